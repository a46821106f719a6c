"""Counting: false alarms, misses, what was left open; with intervals; and whether the goals are met."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks.verdicts.mutants import KINDS, SMALLEST
from benchmarks.verdicts.ours import BLACK, TRACED
from benchmarks.verdicts.tools import Word

Z = 1.959964
SIZES = (1e-9, 1e-6, 1e-3, 0.05, 1.0, math.inf)
MOST_UNDECIDED = {TRACED: 0.001, BLACK: 0.05}


@dataclass(frozen=True)
class Outcome:
    """What one tool said of one claim."""

    tool: str
    subject: str
    kind: str
    point: int
    mutant: str
    """Empty for the right gradient."""
    size: float
    """The largest relative error of a component; of a right gradient that is refused: that of its value in
    float64, in which all but `gradlab` as it stands see it."""
    hidden: bool
    word: Word
    reason: str
    slipped: str
    """Components whose error is above what is said to be detectable, though the claim passed."""
    seconds: float
    """0 where it was judged together with others."""

    @property
    def false_alarm(self) -> bool:
        """A right gradient refused, though its value is right too."""
        return not self.mutant and self.word == "refused" and not self.inaccurate

    @property
    def inaccurate(self) -> bool:
        """A right formula refused whose value in float64 is off by as much as a mutant's."""
        return not self.mutant and self.word == "refused" and self.tool != TRACED and self.size >= SMALLEST

    @property
    def miss(self) -> bool:
        """A wrong one passed."""
        return bool(self.mutant) and self.word == "passed"

    def __str__(self) -> str:
        what = (
            f"{self.mutant} ({self.size:.1e}{', hidden' if self.hidden else ''})" if self.mutant else "right"
        )
        if self.inaccurate:
            what = f"right, but off by {self.size:.1e} in float64"
        told = f" | above detectable: {self.slipped}" if self.slipped else ""
        return f"{self.subject} [{self.point}] | {self.tool} | {what} | {self.word} | {self.reason}{told}"


@dataclass(frozen=True)
class Goal:
    """Something to be reached, and what stands in its way."""

    text: str
    met: bool
    measured: str
    failing: tuple[Outcome, ...] = ()

    @property
    def line(self) -> str:
        """Met or not, and what was measured."""
        return f"{'met' if self.met else 'NOT MET'}: {self.text}: {self.measured}"

    def __str__(self) -> str:
        return "\n".join([self.line, *(f"    {outcome}" for outcome in self.failing)])


def wilson(count: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927).

    >>> low, high = wilson(0, 100)
    >>> round(low, 3), round(high, 3)
    (0.0, 0.037)
    """
    if not total:
        return 0.0, 1.0
    share = count / total
    middle = (share + Z**2 / (2 * total)) / (1 + Z**2 / total)
    half = Z * math.sqrt(share * (1 - share) / total + Z**2 / (4 * total**2)) / (1 + Z**2 / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def share(count: int, total: int) -> str:
    """A count of a total, with its interval in percent."""
    if not total:
        return "–"
    low, high = wilson(count, total)
    return f"{count} ({low * 100:.2g} – {high * 100:.2g} %)"


def report(outcomes: Sequence[Outcome], tools: Sequence[str]) -> str:
    """All tables, in Markdown."""
    right = {t: [o for o in outcomes if o.tool == t and not o.mutant] for t in tools}
    wrong = {t: [o for o in outcomes if o.tool == t and o.mutant and not o.hidden] for t in tools}
    hidden = {t: [o for o in outcomes if o.tool == t and o.hidden] for t in tools}
    parts = [
        _counted(right[tools[0]], wrong[tools[0]], hidden[tools[0]]),
        "",
        _overall(tools, right, wrong, hidden),
        "",
        "Missed, of the wrong ones, by kind:",
        "",
        _by("", tools, wrong, [(kind, lambda o, kind=kind: o.mutant == kind) for kind in KINDS]),
        "",
        "Missed, by the largest relative error of a component:",
        "",
        _by("", tools, wrong, _sizes()),
        "",
        "False alarms and errors on right gradients, by kind of function:",
        "",
        _alarms(tools, right),
    ]
    return "\n".join(parts)


def _counted(right: Sequence[Outcome], wrong: Sequence[Outcome], hidden: Sequence[Outcome]) -> str:
    functions = len({o.subject for o in right})
    return (
        f"{functions} functions at {len(right)} points: {len(right)} right gradients, {len(wrong)} wrong ones, "
        f"and {len(hidden)} that are right at the point alone."
    )


def _overall(
    tools: Sequence[str],
    right: dict[str, list[Outcome]],
    wrong: dict[str, list[Outcome]],
    hidden: dict[str, list[Outcome]],
) -> str:
    header = (
        "",
        "false alarms",
        "misses",
        "undecided, right",
        "undecided, wrong",
        "errors, right",
        "errors, wrong",
        "inaccurate",
        "hidden, missed",
        "ms a claim",
    )
    rows = []
    for tool in tools:
        r, w, h = right[tool], wrong[tool], hidden[tool]
        seconds = sorted(o.seconds for o in (*r, *w) if o.seconds)
        rows.append(
            (
                tool,
                share(_count(r, lambda o: o.false_alarm), len(r)),
                share(_count(w, lambda o: o.miss), len(w)),
                share(_count(r, _undecided), len(r)),
                share(_count(w, _undecided), len(w)),
                str(_count(r, _failed)),
                str(_count(w, _failed)),
                str(_count(r, lambda o: o.inaccurate)),
                f"{_count(h, lambda o: o.miss)} of {len(h)}",
                f"{seconds[len(seconds) // 2] * 1e3:.3g}" if seconds else "–",
            )
        )
    return markdown(header, rows)


def _sizes() -> list[tuple[str, Callable[[Outcome], bool]]]:
    rows: list[tuple[str, Callable[[Outcome], bool]]] = []
    low = 0.0
    for high in SIZES:
        name = f"{low:g} to {high:g}" if low else f"up to {high:g}"
        rows.append((name, lambda o, low=low, high=high: low < o.size <= high))
        low = high
    return rows


def _by(
    corner: str,
    tools: Sequence[str],
    wrong: dict[str, list[Outcome]],
    groups: Iterable[tuple[str, Callable[[Outcome], bool]]],
) -> str:
    rows = []
    for name, belongs in groups:
        cells = []
        total = 0
        for tool in tools:
            own = [o for o in wrong[tool] if belongs(o)]
            total = max(total, len(own))
            misses, open_ = _count(own, lambda o: o.miss), _count(own, _undecided)
            cells.append(f"{misses}" + (f" + {open_}?" if open_ else ""))
        if total:
            rows.append((name, str(total), *cells))
    return markdown((corner, "of", *tools), rows)


def _alarms(tools: Sequence[str], right: dict[str, list[Outcome]]) -> str:
    kinds = list(dict.fromkeys(o.kind for o in right[tools[0]]))
    rows = []
    for kind in kinds:
        cells = []
        for tool in tools:
            own = [o for o in right[tool] if o.kind == kind]
            alarms, failed, left = (
                _count(own, lambda o: o.false_alarm), _count(own, _failed), _count(own, _undecided)
            )  # fmt: skip
            cells.append(f"{alarms}" + (f" + {failed}!" if failed else "") + (f" + {left}?" if left else ""))
        rows.append((kind, str(len([o for o in right[tools[0]] if o.kind == kind])), *cells))
    return markdown(("", "of", *tools), rows)


def _count(outcomes: Iterable[Outcome], holds: Callable[[Outcome], bool]) -> int:
    return sum(map(holds, outcomes))


def _undecided(o: Outcome) -> bool:
    return o.word == "undecided"


def _failed(o: Outcome) -> bool:
    return o.word == "error"


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table, its columns lined up in the source too."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]

    def line(row: Sequence[str]) -> str:
        cells = [row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]
        return f"| {' | '.join(cells)} |"

    rule = "|".join(["-" * (widths[0] + 2), *("-" * (w + 1) + ":" for w in widths[1:])])
    return "\n".join([line(header), f"|{rule}|", *map(line, rows)])


def goals(outcomes: Sequence[Outcome]) -> list[Goal]:
    """What gradlab is held to; the pairs that fail are named."""
    found = []
    for tool in (TRACED, BLACK):
        own = [o for o in outcomes if o.tool == tool]
        if not own:
            continue
        alarms = [o for o in own if o.false_alarm or o.word == "error"]
        found.append(_none(f"{tool}: no false alarm and no error", alarms, len(own)))
        misses = [o for o in own if o.miss]
        if tool == TRACED:
            missed = [o for o in misses if o.size >= SMALLEST]
            found.append(_none(f"{tool}: no miss down to a relative error of 1e-10", missed, len(own)))
        else:
            slipped = [o for o in misses if o.slipped]
            found.append(_none(f"{tool}: no miss above what is said to be detectable", slipped, len(misses)))
        for what, of in (("all", own), ("the right ones", [o for o in own if not o.mutant])):
            left = [o for o in of if _undecided(o)]
            found.append(
                Goal(
                    f"{tool}: under {MOST_UNDECIDED[tool] * 100:g} % of {what} undecided",
                    len(left) < MOST_UNDECIDED[tool] * len(of),
                    f"{len(left)} of {len(of)} ({len(left) / len(of) * 100:.3g} %)",
                    tuple(left) if what == "all" else (),
                )
            )
    return found


def _none(text: str, failing: Sequence[Outcome], total: int) -> Goal:
    return Goal(text, not failing, f"{len(failing)} of {total}", tuple(failing))
