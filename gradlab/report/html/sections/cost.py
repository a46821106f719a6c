"""What a derivative costs: its size beside that of f (expression swell), and its time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from gradlab.record import CaseRecord, Size, Timing
from gradlab.report._words.cost import MEANINGS, caption, columns
from gradlab.report._words.numerals import times
from gradlab.report._words.wording import method_name
from gradlab.report.html.figures.times import draw_times
from gradlab.report.html.rendering import render
from gradlab.report.html.sections._compact import compact
from gradlab.report.html.sections._footnotes import Footnotes

__all__ = ["section"]

_HEADS = {"first": "first gradient", "to derive": "derive once", "each": "each gradient"}
"""Where there is more room than in a terminal."""


class _Table(NamedTuple):
    """What is to be said, a row a form or a method."""

    label: str
    """In a word or two."""
    caption: str
    heads: list[str]
    rows: list[tuple[str, Markup, list[str]]]
    """A name with the sign of its remark, and the cells."""
    meanings: list[tuple[str, str]]
    notes: Footnotes


def section(case: CaseRecord, identifier: str, *, brief: bool = False) -> Markup:
    """The section as HTML; empty where the record holds nothing for it.

    brief: the times without their table, where there is a picture of them, and the sizes in a sentence.
    """
    timing = case.timing
    figure = draw_times(timing) if timing is not None else None
    tables = [_swell(case.swell)] if case.swell and not brief else []
    if timing is not None and not (brief and figure is not None):
        tables.append(_timing(timing))
    sizes = _in_short(case.swell) if brief else ""
    if not tables and figure is None and not sizes:
        return Markup("")
    return compact(
        render(
            "cost",
            place=identifier.replace("-", " "),
            figure=figure,
            sizes=sizes,
            tables=tables,
        )
    )


def _in_short(sizes: Sequence[Size]) -> str:
    """The operations of each form that was counted."""
    counted = [
        f"{size.form} {size.operations:,} ({times(size.ratio)})"
        if size.ratio is not None and size.form != "f"
        else f"{size.form} {size.operations:,}"
        for size in sizes
        if size.operations is not None
    ]
    return f"Operations: {', '.join(counted)}." if counted else ""


def _swell(sizes: Sequence[Size]) -> _Table:
    notes = Footnotes()
    rows = [
        (
            size.form,
            notes.sign(size.note),
            ["–" if size.operations is None else f"{size.operations:,}", times(size.ratio)],
        )
        for size in sizes
    ]
    return _Table("expression size", "Expression size", ["form", "operations", "vs f"], rows, [], notes)


def _timing(timing: Timing) -> _Table:
    """Seconds and bytes of f alone; of a gradient, multiples of these."""
    notes, told = Footnotes(), columns(timing.durations)
    rows = [
        (
            method_name(duration.method),
            notes.sign(duration.note),
            [column.cells[number] for column in told],
        )
        for number, duration in enumerate(timing.durations)
    ]
    heads = [_HEADS.get(column.head, column.head) for column in told]
    meanings = [
        (_HEADS.get(column.head, column.head), MEANINGS[column.head])
        for column in told
        if column.head in MEANINGS
    ]
    return _Table("time", f"Time: {caption(timing)}", ["gradient by", *heads], rows, meanings, notes)
