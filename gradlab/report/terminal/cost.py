"""What a derivative costs: its size beside that of f (expression swell), and its time."""

from __future__ import annotations

from rich.text import Text

from gradlab.record import CaseRecord, Duration, Size
from gradlab.report._numerals import seconds, times
from gradlab.report._wording import method_name
from gradlab.report.terminal.layout import Footnotes, Lines, Page, beside, indented, table, width_of
from gradlab.report.terminal.palette import NAME, QUIET

__all__ = ["cost_lines"]

_BAR = 12
_GUTTER = 6
_EIGHTHS = " ▏▎▍▌▋▊▉"


def cost_lines(case: CaseRecord, page: Page) -> Lines:
    """Swell and timing, side by side where there is room for both."""
    inner = page.narrowed(2)
    swell, timing = _swell(case.swell, inner), _timing(case, inner)
    blocks = [block for block in (swell, timing) if block]
    if len(blocks) > 1 and width_of(swell) + _GUTTER + width_of(timing) <= inner.width:
        blocks = [beside(swell, timing, _GUTTER)]
    return [line for block in blocks for line in (Text(), *indented(block))]


def _swell(sizes: tuple[Size, ...], page: Page) -> Lines:
    if not sizes:
        return []
    notes = Footnotes()
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


def _timing(case: CaseRecord, page: Page) -> Lines:
    timing = case.timing
    if timing is None:
        return []
    notes = Footnotes()
    heads = ["to derive", "vs f", "to evaluate", "vs f", "quartiles"]
    rows = [
        [Text("time", NAME), *(Text(head, QUIET) for head in heads)],
        [Text("f"), Text(), Text(), Text(seconds(timing.function)), Text(times(1.0)), Text()],
    ]
    rows += [_duration(duration, notes) for duration in timing.durations]
    lines = table(rows, "lrrrrr")
    if width_of(lines) > page.width:
        lines = table([row[:-1] for row in rows], "lrrrr")
    return lines + notes.lines(page)


def _duration(duration: Duration, notes: Footnotes) -> list[Text]:
    low, high = duration.quartiles or (None, None)
    name = Text.assemble(method_name(duration.method), (notes.sign(duration.note), QUIET))
    span = f"{times(low)} to {times(high)}" if low is not None else ""
    return [
        name,
        Text(seconds(duration.derive) or "–"),
        Text(times(duration.derive_ratio)),
        Text(seconds(duration.evaluate) or "–"),
        Text(times(duration.evaluate_ratio)),
        Text(span.replace("×", ""), QUIET),
    ]
