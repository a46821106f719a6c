"""What the plugins run: a file's cases, a check of them, and what is said of one that fails."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gradlab import record as rec
from gradlab.cases import Case, InputError
from gradlab.checklist import SUFFIX, cases_in_checklist
from gradlab.classroom.examining import unreadable
from gradlab.harness import Result, Settings, check_cases
from gradlab.homework import SUFFIXES, Unreadable, cases_in_document
from gradlab.judge.verdict import Verdict
from gradlab.library import cases_in_file
from gradlab.report.terminal import to_text

WIDTH = 100
"""Columns of a report."""


def cases_in(path: Path) -> list[Case | rec.CaseRecord]:
    """The cases of a file, by the end of its name; in place of a problem that can't be read, its record.

    Raises InputError where nothing in the file can be read, and FormulaError.
    """
    if path.name.endswith(SUFFIX):
        return list(cases_in_checklist(path))
    if path.suffix == ".py":
        return list(cases_in_file(path))
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path} is no checklist ({SUFFIX}), file of cases (.py) or document (.md, .tex)")
    found = cases_in_document(path)
    if all(isinstance(one, Unreadable) for one in found):
        raise InputError("\n".join(map(str, found)))
    return [one if isinstance(one, Case) else unreadable(one) for one in found]


def check(cases: Sequence[Case | rec.CaseRecord], settings: Settings) -> Result:
    """Check cases. Raises InputError, and KeyboardInterrupt where Ctrl-C ends it."""
    with forking():
        record = check_cases(cases, settings)
    if record.interrupted:
        raise KeyboardInterrupt
    return Result(record, Verdict(record.verdict, record.reason), record.cases, tuple(cases), settings)


@contextmanager
def forking() -> Iterator[None]:
    """Where work with a timeout may fork: the process waits for no thread of this one, so that Python needs not warn."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        yield


def report(record: rec.Record) -> str:
    """The terminal report of a check that failed, without what it costs to derive."""
    cases = tuple(rec.replace(case, swell=(), timing=None) for case in record.cases)
    return to_text(rec.replace(record, cases=cases), WIDTH)
