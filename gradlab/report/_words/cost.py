"""What a derivative costs, in every format's words: seconds and bytes of f, and multiples of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gradlab.record import Duration, Timing
from gradlab.report._words.numerals import percent, plain, quartiles, seconds, times

__all__ = ["MEANINGS", "Column", "caption", "columns", "noise"]

MEANINGS = {
    "first": "to the first gradient, with tracing, deriving and compiling; timed once, and so an order of magnitude",
    "each": "of every other gradient, the median",
    "pays after": "about so many gradients until it took less time in all than finite differences",
}
_UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


class Column(NamedTuple):
    """One cell a method."""

    head: str
    cells: list[str]
    importance: int
    """Of columns that find no room the least important goes first."""


def caption(timing: Timing) -> str:
    """What f itself takes, and how well that is known."""
    scatter = f"; noise ±{noise(timing.noise)}, f against itself" if timing.noise is not None else ""
    memory = f" and {_bytes(timing.memory)}" if _is_comparable(timing.durations) else ""
    return f"f takes {seconds(timing.function)}{memory} to evaluate (×1.0){scatter}"


def noise(share: float) -> str:
    """By how much f, timed against itself, differs. Of an estimate no more than whole percents are known.

    >>> noise(0.023), noise(0.001)
    ('2 %', '1 %')
    """
    return percent(max(0.01, round(share, 2)))


def columns(durations: Sequence[Duration]) -> list[Column]:
    """Those that say something, in order; those of an older record are partly empty."""
    known = any(d.first is not None for d in durations)
    found = [
        Column("first", [_roughly(d.first_ratio) or "–" for d in durations] if known else [], 5),
        Column("to derive", [] if known else [times(d.derive_ratio) for d in durations], 4),
        Column("each", [times(d.evaluate_ratio) or "–" for d in durations], 6),
        Column("quartiles", ["" if d.quartiles is None else quartiles(d.quartiles) for d in durations], 1),
        Column("operations", [times(d.operations_ratio) for d in durations], 3),
        Column("pays after", _payments(durations), 4),
        Column("memory", [_memory(d, _is_comparable(durations)) for d in durations], 2),
    ]
    return [column for column in found if any(column.cells)]


def _roughly(ratio: float | None) -> str:
    """Of what was timed once no more than a digit is known.

    >>> _roughly(37123.0), _roughly(8.2), _roughly(None)
    ('×40,000', '×8', '')
    """
    return times(None if ratio is None else float(f"{ratio:.1g}")).removesuffix(".0")


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
