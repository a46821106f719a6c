"""Which files of a folder are submissions, and whose.

The first folder below the given one is the student (`submissions/alice/hw3.md`); a file that lies in the
given folder itself is a student's by its name. Names are the students' own: they are shown with what
can't be shown escaped, and no path to be written is ever made of them. Links are not followed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gradlab.cases import InputError

SUFFIXES = (".md", ".tex", ".py")
MOST_BYTES = 10 << 20
"""Of one file."""
DEEPEST = 20
"""Folders in folders."""
_PASSED_OVER = {"__pycache__", "__MACOSX"}


@dataclass(frozen=True)
class Submission:
    """One file of a student's."""

    path: str
    student: str
    shown: str
    """The path as it is told."""
    refused: str = ""
    """Why it is not opened, where it is not."""
    own_folder: bool = False
    """Whether what lies beside it is the same student's."""


def submissions_in(folder: Path) -> list[Submission]:
    """What a folder holds, in the order of names (hw2 before hw10).

    A student's folder without a file that can be read, a link, and what is no plain file are submissions
    too, which are refused: nobody is passed over in silence. Raises InputError for a folder that can't be
    read or holds nothing.
    """
    found: list[Submission] = []
    try:
        entries = _listed(folder)
    except OSError as error:
        raise InputError(f"{shown(folder)} can't be read: {error.strerror}") from None
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            student = shown(entry.name)
            own = list(_below(entry.path, student))
            found += own or [
                Submission(entry.path, student, shown(entry.path), f"it holds no {_any_of(SUFFIXES)} file")
            ]
        elif entry.name.lower() != "readme.md":  # which tells of the folder, and is nobody's homework
            found += _file(entry, shown(Path(entry.name).stem))
    if not found:
        raise InputError(f"{shown(folder)} holds no {_any_of(SUFFIXES)} file, and no folder of a student")
    return found


def submission_at(path: Path) -> Submission:
    """A file that was named by the user."""
    return Submission(str(path), shown(path.stem), shown(path))


def shown(name: str | os.PathLike[str]) -> str:
    r"""A name or path with what is no text, or steers a terminal, escaped.

    >>> shown("hw\udcff\x1b[31m.md")
    'hw\\xff\\x1b[31m.md'
    """
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _below(folder: str, student: str) -> Iterator[Submission]:
    """Everything in a student's folder, without recursion."""
    waiting = [(folder, 1)]
    while waiting:
        place, depth = waiting.pop()
        if depth > DEEPEST:
            yield Submission(place, student, shown(place), f"it lies more than {DEEPEST} folders deep")
            continue
        try:
            entries = _listed(place)
        except OSError as error:
            yield Submission(place, student, shown(place), f"it can't be read: {error.strerror}")
            continue
        folders = []
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append((entry.path, depth + 1))
            else:
                yield from _file(entry, student, own_folder=True)
        waiting += reversed(folders)


def _listed(folder: str | Path) -> list[os.DirEntry[str]]:
    """A folder's entries in the order of their names, without hidden ones and what archives leave."""
    with os.scandir(folder) as entries:
        kept = [e for e in entries if not e.name.startswith(".") and e.name not in _PASSED_OVER]
    return sorted(kept, key=lambda entry: _order(entry.name))


def _order(name: str) -> tuple[tuple[int, int, str], ...]:
    """hw2 comes before hw10."""
    parts = re.findall(r"[0-9]{1,18}|[^0-9]+", name)
    return tuple((1, int(part), "") if part.isdecimal() else (2, 0, part) for part in parts)


def _file(entry: os.DirEntry[str], student: str, *, own_folder: bool = False) -> Iterator[Submission]:
    """The entry as a submission, if it is named like one, or hides what could be one."""
    linked = entry.is_symlink()
    if not entry.name.lower().endswith(SUFFIXES) and not (linked and entry.is_dir()):
        return
    refused = ""
    if linked:
        refused = "it is a symbolic link, which is not followed"
    elif not entry.is_file(follow_symlinks=False):
        refused = "it is not a plain file"
    elif entry.stat(follow_symlinks=False).st_size > MOST_BYTES:
        refused = f"it is larger than {MOST_BYTES >> 20} MB"
    yield Submission(entry.path, student, shown(entry.path), refused, own_folder)


def _any_of(words: tuple[str, ...]) -> str:
    return ", ".join(words[:-1]) + " or " + words[-1]
