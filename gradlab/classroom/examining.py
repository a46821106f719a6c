"""Checking one submission, where it can do no harm to others.

`examine` is what an executor runs, on this machine or another. The file is read, and if it is Python
imported and run, in the limited process alone; what comes back is JSON.
"""

from __future__ import annotations

import errno
import hashlib
import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import msgspec

from gradlab import record as rec
from gradlab.cases import Case, InputError
from gradlab.classroom.submissions import Submission, shown
from gradlab.examination import Settings
from gradlab.harness import check_case
from gradlab.methods import load
from gradlab.worker import Ended, Limits, Send, run_limited

if TYPE_CHECKING:
    from gradlab.homework import Unreadable


@dataclass(frozen=True)
class Task:
    """What is needed to check one submission, anywhere that has its file at the same place."""

    submission: Submission
    digest: str
    """Of the file's content, as it was when the run began."""
    settings: Settings
    limits: Limits
    folder: str
    """The working folder, by which paths are told."""


class Answer(msgspec.Struct, frozen=True):
    """What was found in one submission."""

    cases: tuple[rec.CaseRecord, ...]
    trouble: str = ""
    """The traceback of a failure of ours."""


def digest_of(path: str, *, beside: bool = False) -> str:
    """A fingerprint of a file's content, and for Python that of the files `beside` it, which it may import.

    Raises OSError where it can't be read.
    """
    file = Path(path)
    others = sorted(file.parent.glob("*.py")) if beside and file.suffix.lower() == ".py" else []
    whole = hashlib.sha256()
    for one in [file, *(other for other in others if other != file and other.is_file())]:
        content = one.read_bytes()
        whole.update(b"%d " % len(content) + content)
    return whole.hexdigest()


def examine(task: Task) -> bytes:
    """The Answer, as JSON. Raises nothing on the submission's account.

    A submission that is stopped, or crashes, keeps what was checked before, and gets an error for the rest.
    """
    submission = task.submission
    if submission.refused:
        return _encoded(Answer((failed(submission, submission.refused),)))
    try:
        place = os.path.join(task.folder, submission.path)  # noqa: PTH118 (its name may be no text)
        digest = digest_of(place, beside=submission.own_folder)
    except OSError as error:
        where = f" on {platform.node()}" if error.errno == errno.ENOENT else ""
        return _encoded(Answer((failed(submission, f"it can't be read{where}: {error.strerror}"),)))
    if digest != task.digest:
        return _encoded(Answer((failed(submission, "it was changed while it was being checked"),)))
    warm(task.settings)
    ended = run_limited(lambda send: _work(task, send), task.limits)
    return _encoded(_answer(submission, ended))


_SAMPLE = r"""
$$ L = \frac12 (\sigma(wx + b) - t)^2 $$
$$ \frac{\partial L}{\partial w} = (\sigma(wx + b) - t) \sigma'(wx + b) x $$
"""


@cache
def warm(settings: Settings) -> None:
    """Load and fill what checking needs, so that a process that is forked from this one need not: grammars are
    built, and libraries load parts of themselves, when they are first used.
    """
    from gradlab.homework import cases_in_document

    load(settings.chosen().values())
    with TemporaryDirectory() as folder:
        sample = Path(folder) / "sample.md"
        sample.write_text(_SAMPLE, encoding="utf-8")
        for case in cases_in_document(sample):
            if isinstance(case, Case):
                check_case(case, replace(settings, timeout=None, timed=False, points=1))


def failed(submission: Submission, reason: str) -> rec.CaseRecord:
    """A submission that was not checked, and why."""
    return rec.CaseRecord(
        name=submission.shown,
        verdict="error",
        reason=reason,
        passed=False,
        function="",
        location=submission.shown,
        student=submission.student,
        problem=shown(Path(submission.path).name),
    )


def _answer(submission: Submission, ended: Ended) -> Answer:
    """What the limited process sent: nothing of it is trusted to be what it should."""
    cases: list[rec.CaseRecord] = []
    failure = ended.failure
    for part in ended.parts:
        try:
            case = msgspec.json.decode(part, type=rec.CaseRecord)
        except (msgspec.DecodeError, RecursionError):
            failure = failure or "what it sent is no record"
            continue
        cases.append(rec.replace(case, student=submission.student, problem=case.problem or case.name))
    trouble = ""
    if ended.raised:
        failure, trouble = (
            "gradlab itself failed: please report it, with the traceback on stderr",
            ended.printed,
        )
    elif failure and cases:
        failure = f"the rest was not checked: {failure}"
    elif not failure and not cases:
        failure = "nothing in it was checked"
    if failure:
        cases.append(failed(submission, failure))
    return Answer(tuple(cases), trouble)


def _work(task: Task, send: Send) -> None:
    """What the limited process does: a record for each case as it is finished."""
    with suppress(OSError):
        os.chdir(task.folder)
    for found in _found(task.submission):
        send(_encoded(found if isinstance(found, rec.CaseRecord) else _checked(found, task)))


def _checked(case: Case, task: Task) -> rec.CaseRecord:
    try:
        return check_case(case, task.settings)
    except InputError as error:
        reason = str(error).removeprefix(f"{case.name}: ")
        return rec.CaseRecord(
            name=case.name,
            verdict="error",
            reason=reason,
            passed=False,
            function=case.text,
            location=case.location,
        )


def _found(submission: Submission) -> Iterator[Case | rec.CaseRecord]:
    """The file's cases, and a record for each problem in it that can't be read."""
    path = Path(submission.path)
    found: Sequence[Case | Unreadable]
    try:
        if path.suffix.lower() == ".py":
            from gradlab.library import cases_in_file

            found = cases_in_file(path)
        else:
            from gradlab.homework import cases_in_document

            found = cases_in_document(path)
    except ValueError as error:  # InputError, FormulaError
        yield failed(submission, str(error).removeprefix(f"{path} ").removeprefix(f"{path}: "))
        return
    for one in found:
        yield one if isinstance(one, Case) else unreadable(one)


def unreadable(problem: Unreadable) -> rec.CaseRecord:
    """The record of a problem that can't be read."""
    return rec.CaseRecord(
        name=problem.name,
        verdict="error",
        reason=problem.reason,
        passed=False,
        function=problem.excerpt,
        location=problem.location,
    )


def _encoded(message: msgspec.Struct) -> bytes:
    """JSON; halves of characters, as file names and student code may hold, become question marks."""
    try:
        return msgspec.json.encode(message)
    except UnicodeEncodeError:
        return msgspec.json.encode(_whole(msgspec.to_builtins(message)))


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_whole(name): _whole(item) for name, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, (list, tuple)) else value
