"""What changed from one run to another, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from gradlab.record.comparison import CaseChange, Comparison
from gradlab.report._changes import SIGNS, heading, name_of, rows, run_in_short, sections, sentence, settings
from gradlab.report._wording import MARKS, plural
from gradlab.report.markdown import MOST
from gradlab.report.markdown.escaping import code, prose, table

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
        cells = [[prose(name), code(old), code(new)] for name, old, new in settings(comparison)]
        parts.append(_fitting(["not in common", "old", "new"], cells, MOST // 4, "setting"))
    room = MOST - _RESERVE - sum(len(part) + 2 for part in parts)
    for title, changes in sections(comparison):
        heads = ["case", "verdict", "what changed"]
        parts.append(f"### {title}\n\n{_fitting(heads, map(_row, changes), room, 'case')}")
        room -= len(parts[-1]) + 2
    return "\n\n".join(parts) + "\n"


def _row(change: CaseChange) -> list[str]:
    told = (prose(f"{SIGNS[row.course]} {row.what}: {row.change}") for row in rows(change))
    return [code(name_of(change)), prose(heading(change)), "<br>".join(told)]


def _fitting(heads: list[str], cells: Iterable[list[str]], room: int, what: str) -> str:
    """A table of as many rows as there is room for, and how many more there would be."""
    shown: list[list[str]] = []
    left_out = 0
    room -= _RESERVE
    for cell in cells:
        room -= sum(len(text) + 3 for text in cell)
        if room < 0:
            left_out += 1
        else:
            shown.append(cell)
    parts = [table(heads, shown)] if shown else []
    parts += [f"*… and {plural(left_out, f'more {what}')}, for which there is no room.*"] if left_out else []
    return "\n\n".join(parts)
