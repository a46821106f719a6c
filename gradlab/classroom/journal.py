"""What is finished, kept as it is finished, so that an interrupted run can go on.

A journal is JSON Lines: a header, then one line a submission, with a fingerprint of all that its record
depends on: the file's content and place, the settings, the limits, and gradlab's version. A line is written
at once and whole; of a run that was killed in the middle of one, that line is dropped.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path

import msgspec

from gradlab.cases import InputError
from gradlab.classroom.examining import Answer, Task
from gradlab.record import SCHEMA

HEADER = b'{"journal":"gradlab/journal/1"}\n'


class Line(msgspec.Struct, frozen=True):
    """One finished submission."""

    key: str
    answer: Answer


@dataclass
class Journal:
    """The finished submissions of this run and of those before it."""

    known: dict[str, Answer] = field(default_factory=dict)
    """By `key_of`."""
    file: int = -1
    """A descriptor; -1 where nothing is kept."""

    def keep(self, key: str, answer: Answer) -> None:
        """Add a finished submission."""
        if self.file >= 0:
            data = msgspec.json.encode(Line(key, answer)) + b"\n"
            while data:
                data = data[os.write(self.file, data) :]


def key_of(task: Task) -> str:
    """The fingerprint of all that a submission's record depends on.

    It does not depend on how many work at it, or where.
    """
    parts = (SCHEMA, _version(), task.submission, task.digest, task.settings, task.limits)
    return hashlib.sha256("\n".join(map(repr, parts)).encode("utf-8", "backslashreplace")).hexdigest()


@cache
def _version() -> str:
    return version("gradlab")


@contextmanager
def journal_at(path: Path | None) -> Iterator[Journal]:
    """The journal in a file, which is made if it is not there; without a file, one that keeps nothing.

    Raises InputError for a file that is something else, or can't be written.
    """
    if path is None:
        yield Journal()
        return
    try:
        known, end = _read(path)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise InputError(f"the journal {path} can't be used: {error.strerror}") from None
    try:
        os.ftruncate(file, end)
        if not end:
            os.write(file, HEADER)
        yield Journal(known, file)
    finally:
        os.close(file)


def _read(path: Path) -> tuple[dict[str, Answer], int]:
    """The answers by their keys, and where the last whole line ends."""
    if not path.exists():
        return {}, 0
    known: dict[str, Answer] = {}
    end = 0
    with path.open("rb") as file:
        for line in file:
            if not end and line != HEADER and not HEADER.startswith(line):
                raise InputError(
                    f"{path} is no journal of gradlab: give --resume a new file, or one it has made"
                )
            if not line.endswith(b"\n"):
                break  # torn
            end += len(line)
            if line != HEADER:
                try:
                    kept = msgspec.json.decode(line, type=Line)
                except (msgspec.DecodeError, RecursionError):
                    continue  # damaged: it is checked again
                known[kept.key] = kept.answer
    return known, end
