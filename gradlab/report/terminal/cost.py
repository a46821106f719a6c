"""What a derivative costs: its size beside that of f (expression swell), and its time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.text import Text

from gradlab.record import CaseRecord, Duration, Size, Timing
from gradlab.report._numerals import percent, plain, seconds, times
from gradlab.report._wording import method_name
from gradlab.report.terminal.layout import Lines, Page, beside, hanging, indented, table, width_of
from gradlab.report.terminal.palette import NAME, QUIET

__all__ = ["cost_lines"]

_BAR = 12
_GUTTER = 6
_EIGHTHS = " ▏▎▍▌▋▊▉"
_MEANINGS = {
    "first": "to the first gradient, with tracing, deriving and compiling; timed once, and so an order of magnitude",
    "each": "of every other gradient, the median",
    "pays after": "about so many gradients until it took less time in all than finite differences",
}
_UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


class _Column(NamedTuple):
    head: str
    cells: list[str]
    importance: int
    """Of columns that find no room the least important goes first."""


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
    columns = [column for column in _columns(timing.durations) if any(column.cells)]
    lines = _table(names, columns)
    while width_of(lines) > page.width and len(columns) > 1:
        columns.remove(min(columns, key=lambda column: column.importance))
        lines = _table(names, columns)
    lines = hanging(Text("time  ", NAME), Text(_caption(timing)), page) + lines
    # No wider than the table: the expression sizes may stand to the left of it.
    below = page.narrowed(max(0, page.width - max(width_of(lines), 40)))
    meanings = [column.head for column in columns if column.head in _MEANINGS]
    margin = 2 + max(map(len, meanings), default=0)
    for head in meanings:
        lines += hanging(Text(head.ljust(margin), QUIET), Text(_MEANINGS[head], QUIET), below)
    return lines + notes.lines(below)


def _caption(timing: Timing) -> str:
    # Of a scatter that is itself estimated no more than whole percents are known.
    noise = (
        f"; noise ±{percent(max(0.01, round(timing.noise, 2)))}, f against itself"
        if timing.noise is not None
        else ""
    )
    memory = f" and {_bytes(timing.memory)}" if _is_comparable(timing.durations) else ""
    return f"f takes {seconds(timing.function)}{memory} to evaluate (×1.0){noise}"


def _columns(durations: Sequence[Duration]) -> list[_Column]:
    """All there may be, in order; those of an older record are partly empty."""
    known = any(d.first is not None for d in durations)
    return [
        _Column("first", [_roughly(d.first_ratio) or "–" for d in durations] if known else [], 5),
        _Column("to derive", [] if known else [times(d.derive_ratio) for d in durations], 4),
        _Column("each", [times(d.evaluate_ratio) or "–" for d in durations], 6),
        _Column("quartiles", [_span(d.quartiles) for d in durations], 1),
        _Column("operations", [times(d.operations_ratio) for d in durations], 3),
        _Column("pays after", _payments(durations), 4),
        _Column("memory", [_memory(d, _is_comparable(durations)) for d in durations], 2),
    ]


def _table(names: Sequence[Text], columns: Sequence[_Column]) -> Lines:
    rows = [[Text("gradient", QUIET), *(Text(column.head, QUIET) for column in columns)]]
    for number, name in enumerate(names):
        cells = [
            Text(column.cells[number], QUIET if column.head == "quartiles" else "") for column in columns
        ]
        rows.append([name, *cells])
    return table(rows, "l" + "r" * len(columns))


def _roughly(ratio: float | None) -> str:
    """Of what was timed once no more than a digit is known.

    >>> _roughly(37123.0), _roughly(8.2), _roughly(None)
    ('×40,000', '×8', '')
    """
    return times(None if ratio is None else float(f"{ratio:.1g}")).removesuffix(".0")


def _span(quartiles: tuple[float, float] | None) -> str:
    return f"{times(quartiles[0])}–{times(quartiles[1])}".replace("×", "") if quartiles is not None else ""


def _payments(durations: Sequence[Duration]) -> list[str]:
    """The column is there if any pays."""
    if all(d.pays_after is None for d in durations):
        return []
    return [_payment(d) for d in durations]


def _payment(duration: Duration) -> str:
    if duration.pays_after is not None:
        return f"{float(f'{duration.pays_after:.1g}'):,.0f}"
    return "" if duration.method == "finite_difference" else "–"  # which has nothing to pay


def _is_comparable(durations: Sequence[Duration]) -> bool:
    """Whether f uses enough memory for ratios to it."""
    return any(d.memory_ratio is not None for d in durations)


def _memory(duration: Duration, comparable: bool) -> str:
    return times(duration.memory_ratio) if comparable else _bytes(duration.memory)


def _bytes(count: int | None) -> str:
    """A count of bytes, to two digits.

    >>> _bytes(0), _bytes(352), _bytes(1234), _bytes(25_600_000)
    ('0 B', '352 B', '1.2 kB', '26 MB')
    """
    if count is None:
        return ""
    scale, unit = next(((s, u) for s, u in _UNITS if count >= s), (1.0, "B"))
    return f"{plain(float(f'{count / scale:.2g}' if scale > 1 else count))} {unit}"
