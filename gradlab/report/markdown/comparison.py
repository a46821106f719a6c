"""What changed from one run to another, in Markdown."""

from __future__ import annotations

from gradlab.record.comparison import CaseChange, Comparison
from gradlab.report._words.changes import (
    SIGNS,
    heading,
    name_of,
    rows,
    run_in_short,
    sections,
    sentence,
    settings,
)
from gradlab.report._words.wording import MARKS, plural
from gradlab.report.markdown import MOST
from gradlab.report.markdown.escaping import code, fitting, prose, table

__all__ = ["write"]

_RESERVE = 200
"""For a heading, and the sentence on what is left out."""


def write(comparison: Comparison) -> str:
    """The comparison: a headline, both runs, and a table for each way that cases went."""
    end = sentence(comparison)
    runs = [("old", comparison.old), ("new", comparison.new)]
    parts = [f"## {MARKS[end.kind]} gradlab compare: {prose(end.text)}"]
    parts.append(table(["run", ""], [[name, prose(run_in_short(run))] for name, run in runs]))
    if comparison.settings:
        heads = ["not in common", "old", "new"]
        found, left = fitting(heads, _setting, settings(comparison), MOST // 4 - _RESERVE)
        parts += [*found, *_left_out(left, "setting")]
    room = MOST - _RESERVE - sum(len(part) + 2 for part in parts)
    for title, changes in sections(comparison):
        found, left = fitting(["case", "verdict", "what changed"], _row, changes, room - _RESERVE)
        parts.append("\n\n".join([f"### {title}", *found, *_left_out(left, "case")]))
        room -= len(parts[-1]) + 2
    return "\n\n".join(parts) + "\n"


def _row(change: CaseChange) -> list[str]:
    told = (prose(f"{SIGNS[row.course]} {row.what}: {row.change}") for row in rows(change))
    return [code(name_of(change)), prose(heading(change)), "<br>".join(told)]


def _setting(row: tuple[str, str, str]) -> list[str]:
    name, old, new = row
    return [prose(name), code(old), code(new)]


def _left_out(count: int, what: str) -> list[str]:
    return [f"*… and {plural(count, f'more {what}')}, for which there is no room.*"] if count else []
