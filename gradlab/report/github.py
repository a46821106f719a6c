"""Workflow commands of GitHub Actions: an annotation for each case that did not pass, at the line it is about.

A step prints them, and GitHub shows them beside the lines of a pull request: at most 10 errors and 10 warnings
of a step. The last one, a notice, is the tally.
"""

from __future__ import annotations

import os
from pathlib import Path

from gradlab.record import CaseRecord, Kind, Record
from gradlab.report._words.classroom import place
from gradlab.report._words.cleaning import cleaned
from gradlab.report._words.derivation import repaired, untold, would
from gradlab.report._words.wording import closing, outcome, why

__all__ = ["write"]

_LONGEST_TITLE, _LONGEST = 250, 4000
"""Characters; the runner cuts what is longer."""
_UNDECIDED: tuple[Kind, ...] = ("undefined", "inconclusive", "unsupported")


def write(record: Record) -> str:
    """A line an annotation.

    >>> write(Record(gradlab="0.1", verdict="error", interrupted=True))[:36]
    '::error title=gradlab::Interrupted a'
    """
    record = cleaned(record)
    lines = [_annotation(case) for case in record.cases if not case.passed]
    end = closing(record)
    told = bool(lines) and not record.interrupted
    lines.append(_command("notice" if told else _level(end.kind), end.text, title="gradlab"))
    return "\n".join(lines) + "\n"


def _annotation(case: CaseRecord) -> str:
    result = outcome(case)
    file, line = place(case)
    told = [why(case).removeprefix(f"{file}:{line}: ")]
    told += [mistake.sentence for mistake in untold(case)]
    told += [
        f"Line {number} of the derivation: {would(chain, repair)} {repair.text}"
        + (f" ({repair.change})" if repair.change else "")
        for chain in case.chains
        for number, _ in enumerate(chain.lines)
        for repair in repaired(case, chain, number)
    ]
    title = f"{case.name}: {result.words}"
    return _command(_level(result.kind), "\n".join(told), file=_relative(file), line=line, title=title)


def _level(kind: Kind) -> str:
    if kind == "agree":
        return "notice"
    return "warning" if kind in _UNDECIDED else "error"


def _relative(file: str) -> str:
    """The file as seen from the top of the repository, where GitHub looks for it, or of the working directory."""
    if not file or file.startswith("<"):
        return ""  # code that was typed
    here = Path.cwd()
    top = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)
    absolute = Path(os.path.normpath(here / file))
    return (absolute.relative_to(top) if absolute.is_relative_to(top) else Path(file)).as_posix()


def _command(name: str, message: str, **properties: str) -> str:
    """One command.

    >>> _command("error", "50 % off", file="a,b.py", line="3")
    '::error file=a%2Cb.py,line=3::50 %25 off'
    """
    given = {key: _cut(value, _LONGEST_TITLE) for key, value in properties.items() if value}
    fields = ",".join(f"{key}={_escaped(value, property_too=True)}" for key, value in given.items())
    return f"::{name} {fields}::{_escaped(_cut(message, _LONGEST))}"


def _escaped(text: str, *, property_too: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property_too else text


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
