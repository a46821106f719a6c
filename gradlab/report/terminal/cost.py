"""What a derivative costs: its size beside that of f (expression swell), and its time."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from gradlab.record import CaseRecord, Size, Timing
from gradlab.report._words.cost import MEANINGS, Column, caption, columns
from gradlab.report._words.numerals import times
from gradlab.report._words.wording import method_name
from gradlab.report.terminal.layout import Lines, Page, beside, hanging, indented, table, width_of
from gradlab.report.terminal.palette import NAME, QUIET

__all__ = ["cost_lines"]

_BAR = 12
_GUTTER = 6
_EIGHTHS = " ▏▎▍▌▋▊▉"


def cost_lines(case: CaseRecord, page: Page) -> Lines:
    """Swell and timing, side by side where there is room for both."""
    inner = page.narrowed(2)
    swell, timing = _swell(case.swell, inner), _timing(case.timing, inner)
    blocks = [block for block in (swell, timing) if block]
    if len(blocks) > 1 and width_of(swell) + _GUTTER + width_of(timing) <= inner.width:
        blocks = [beside(swell, timing, _GUTTER)]
    return [line for block in blocks for line in (Text(), *indented(block))]


def _swell(sizes: tuple[Size, ...], page: Page) -> Lines:
    if not sizes:
        return []
    notes = page.footnotes()
    largest = max((size.operations or 0 for size in sizes), default=0)
    rows = [[Text("expression size", NAME), Text("operations", QUIET), Text("vs f", QUIET), Text()]]
    for size in sizes:
        known = size.operations is not None
        rows.append(
            [
                Text.assemble(size.form, (notes.sign(size.note), QUIET)),
                Text(f"{size.operations:,}" if known else "–"),
                Text(times(size.ratio)),
                Text(_bar(size.operations or 0, largest), QUIET),
            ]
        )
    return table(rows, "lrrl") + notes.lines(page)


def _bar(operations: int, largest: int) -> str:
    """A bar in eighths of a column, on a linear scale; what is there at all is seen."""
    if not operations or not largest:
        return ""
    eighths = max(1, round(8 * _BAR * operations / largest))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _timing(timing: Timing | None, page: Page) -> Lines:
    """Seconds and bytes of f alone; of a gradient, multiples of these."""
    if timing is None:
        return []
    notes = page.footnotes()
    names = [
        Text.assemble(method_name(duration.method), (notes.sign(duration.note), QUIET))
        for duration in timing.durations
    ]
    kept = columns(timing.durations)
    lines = _table(names, kept)
    while width_of(lines) > page.width and len(kept) > 1:
        kept.remove(min(kept, key=lambda column: column.importance))
        lines = _table(names, kept)
    lines = hanging(Text("time  ", NAME), Text(caption(timing)), page) + lines
    # No wider than the table: the expression sizes may stand to the left of it.
    below = page.narrowed(max(0, page.width - max(width_of(lines), 40)))
    meanings = [column.head for column in kept if column.head in MEANINGS]
    margin = 2 + max(map(len, meanings), default=0)
    for head in meanings:
        lines += hanging(Text(head.ljust(margin), QUIET), Text(MEANINGS[head], QUIET), below)
    return lines + notes.lines(below)


def _table(names: Sequence[Text], kept: Sequence[Column]) -> Lines:
    rows = [[Text("gradient", QUIET), *(Text(column.head, QUIET) for column in kept)]]
    for number, name in enumerate(names):
        cells = [Text(column.cells[number], QUIET if column.head == "quartiles" else "") for column in kept]
        rows.append([name, *cells])
    return table(rows, "l" + "r" * len(kept))
