"""One run over many submissions, or over many cases: side by side, in order, into one record."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from gradlab import record as rec
from gradlab.cases import Case, InputError
from gradlab.classroom.examining import Answer, Task, digest_of, examine, failed, warm
from gradlab.classroom.executors import Lost, Place, all_done, processes
from gradlab.classroom.journal import journal_at, key_of
from gradlab.classroom.submissions import Submission
from gradlab.examination import Settings
from gradlab.harness import check_case, run_record
from gradlab.worker import Limits, can_fork

Told = Callable[[int, str], None]
"""(how many are finished, the name of the last): called as they are finished."""


def check_submissions(
    submissions: Sequence[Submission],
    settings: Settings,
    limits: Limits,
    place: Place,
    *,
    journal: Path | None = None,
    command: str = "",
    on_start: Callable[[int], None] = lambda taken: None,
    on_done: Told = lambda count, name: None,
) -> rec.Record:
    """Check every submission; the record holds their cases in the order of the submissions.

    A submission that hangs, crashes or takes too much gets an error of its own, and the others are checked.
    What is done when Ctrl-C comes is in the record, which says that it is incomplete, and in the journal;
    `on_start` is told how many of them the journal had.
    Raises InputError where processes can't be forked, or the journal can't be used.
    """
    _ready(settings)
    started, clock = datetime.now(UTC), time.perf_counter()
    settings = replace(settings, timed=False)  # times measured side by side say little
    answers: dict[int, Answer] = {}
    interrupted = False
    with journal_at(journal) as kept:
        tasks = [_task(submission, settings, limits) for submission in submissions]
        keys = [key_of(task) for task in tasks]
        answers = {n: kept.known[key] for n, key in enumerate(keys) if key in kept.known}
        on_start(len(answers))
        waiting = [n for n in range(len(tasks)) if n not in answers]
        try:
            for place_in_line, result in all_done(place, examine, [tasks[n] for n in waiting]):
                n = waiting[place_in_line]
                if isinstance(result, Lost):
                    answers[n] = Answer((failed(submissions[n], str(result)),))
                else:
                    answers[n] = msgspec.json.decode(result, type=Answer)
                    kept.keep(keys[n], answers[n])
                if answers[n].trouble:
                    sys.stderr.write(_plain(answers[n].trouble))
                on_done(len(answers), submissions[n].shown)
        except KeyboardInterrupt:
            interrupted = True
    cases = [case for n in sorted(answers) for case in answers[n].cases]
    return run_record(
        _named(cases),
        settings,
        command=command,
        started=started,
        seconds=time.perf_counter() - clock,
        interrupted=interrupted,
    )


def check_side_by_side(
    cases: Sequence[Case | rec.CaseRecord],
    settings: Settings,
    jobs: int,
    *,
    command: str = "",
    on_done: Told = lambda count, name: None,
) -> rec.Record:
    """Check many cases in so many processes. Raises InputError as `check_cases` does."""
    _ready(settings)
    started, clock = datetime.now(UTC), time.perf_counter()
    done: dict[int, rec.CaseRecord] = {}
    interrupted = False
    # The processes are forked with the cases in them, because functions can't be sent.
    _CASES[:] = cases
    try:
        settings = replace(settings, timed=False)
        for n, result in all_done(
            processes(jobs), _check_numbered, [(n, settings) for n in range(len(cases))]
        ):
            done[n] = _lost_case(cases[n], result) if isinstance(result, Lost) else result
            on_done(len(done), cases[n].name)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        _CASES.clear()
    return run_record(
        [done[n] for n in sorted(done)],
        settings,
        command=command,
        started=started,
        seconds=time.perf_counter() - clock,
        interrupted=interrupted,
    )


_CASES: list[Case | rec.CaseRecord] = []
"""Those that are being checked side by side."""


def _check_numbered(task: tuple[int, Settings]) -> rec.CaseRecord:
    number, settings = task
    case = _CASES[number]
    return case if isinstance(case, rec.CaseRecord) else check_case(case, settings)


def _lost_case(case: Case | rec.CaseRecord, lost: Lost) -> rec.CaseRecord:
    if isinstance(case, rec.CaseRecord):
        return case
    return rec.CaseRecord(
        name=case.name,
        verdict="error",
        reason=str(lost),
        passed=False,
        function=case.text or case.name,
        location=case.location,
    )


def _ready(settings: Settings) -> None:
    """Load what every process needs before any is forked. Raises InputError where none can be."""
    if not can_fork():
        raise InputError(
            "many are checked in processes that are forked, which this platform does not have: "
            "name the files one by one, without --jobs"
        )
    warm(settings)


def _task(submission: Submission, settings: Settings, limits: Limits) -> Task:
    digest = ""
    if not submission.refused:
        try:
            digest = digest_of(submission.path, beside=submission.own_folder)
        except OSError as error:
            submission = replace(submission, refused=f"it can't be read: {error.strerror}")
    return Task(submission, digest, settings, limits, os.fspath(Path.cwd()))


def _named(cases: Sequence[rec.CaseRecord]) -> list[rec.CaseRecord]:
    """Where there are several students, a case is called by its student too."""
    if len({case.student for case in cases}) < 2:
        return list(cases)
    return [rec.replace(case, name=f"{case.student}: {case.problem or case.name}") for case in cases]


def _plain(traceback: str) -> str:
    """A traceback without what a terminal would obey."""
    return "".join(c for c in traceback if c.isprintable() or c == "\n")
