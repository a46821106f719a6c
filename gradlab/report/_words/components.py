"""Which components of a point are shown, and what is said of the methods: the same in every table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from gradlab.record import Estimate, Kind, Point
from gradlab.report._words.numerals import plain, reference, short, split_at_digit
from gradlab.report._words.wording import (
    SEVERITY,
    Finding,
    claims_first,
    findings,
    method_name,
    plural,
    verdict_of,
    would_have_been_seen,
)

__all__ = [
    "MANY",
    "WORST",
    "bar",
    "column",
    "elision",
    "fewest",
    "is_given",
    "known_digits",
    "labels",
    "split_at_error",
    "worst",
    "wrong_ones",
]

MANY, WORST = 30, 3
"""So many components are looked at one by one; of more, the worst few are shown."""
_FINDINGS = 6
# A float64 next to the true value has 15.95 digits or more: none of what it prints is wrong.
_FULL = 15.0


def worst(point: Point) -> list[int]:
    """The components to show of many: the wrong ones first, then those of fewest digits."""
    ranks: dict[int, int] = {}
    for finding in findings(point):
        # The claim comes first in `findings`: what is wrong with it goes before what is with a witness.
        rank = SEVERITY.index(finding.verdict) + (0 if finding.method == "claimed" else len(SEVERITY))
        ranks[finding.component] = min(rank, ranks.get(finding.component, rank))

    def badness(component: int) -> tuple[int, float]:
        return ranks.get(component, 2 * len(SEVERITY)), _least(point.estimates, component)

    return sorted(sorted(range(len(point.components)), key=badness)[:WORST])


def _least(estimates: tuple[Estimate, ...], component: int) -> float:
    known = (known_digits(estimate, component) for estimate in estimates)
    return min((count for count in known if count is not None), default=99.0)


def known_digits(estimate: Estimate, component: int) -> float | None:
    """The correct digits of one component, where they are known."""
    return estimate.digits[component] if component < len(estimate.digits) else None


def is_given(estimate: Estimate, component: int) -> bool:
    """Whether a method says anything of a component: a claim may be of some arguments alone."""
    silent = verdict_of(estimate, component) == "unsupported" and estimate.values[
        component : component + 1
    ] == ("NaN",)
    return component < len(estimate.values) and not silent


def column(point: Point, estimates: list[Estimate], component: int) -> list[str]:
    """The numerals of one component: the reference, and what each method says."""
    values = [reference(point.reference[component]) or "none"]
    return values + [plain(e.values[component]) if is_given(e, component) else "–" for e in estimates]


def bar(point: Point, component: int) -> str:
    """The reference's error bar, where it was measured.

    >>> point = Point(given=True, inputs=(), value=(), components=("w",), reference=("2",), verdict="agree", bars=(1e-9,))
    >>> bar(point, 0)
    ' ± 1e-9'
    """
    return f" ± {short(point.bars[component])}" if component < len(point.bars) else ""


def split_at_error(numeral: str, known: float | None) -> tuple[str, str, str]:
    """A numeral in three: the digits that are right, those that are not, and an exponent.

    >>> split_at_error("0.12345", 3.2), split_at_error("1.5", 15.9), split_at_error("-1.25e-7", 2)
    (('0.123', '45', ''), ('1.5', '', ''), ('-1.2', '5', 'e-7'))
    """
    if known is None or known >= _FULL:
        return numeral, "", ""
    mantissa, mark, exponent = numeral.partition("e")
    return *split_at_digit(mantissa, int(known)), mark + exponent


def fewest(estimates: Iterable[Estimate]) -> tuple[float | None, Kind]:
    """What a method does over all components that it says anything of, at one point or several: the fewest digits, and
    the worst verdict.
    """
    found = list(estimates)
    known = [count for estimate in found for count in estimate.digits if count is not None]
    kinds = [kind for estimate in found for kind in _kinds(estimate)]
    return min(known, default=None), min(kinds, key=SEVERITY.index)


def _kinds(estimate: Estimate) -> list[Kind]:
    given = (index for index in range(len(estimate.values)) if is_given(estimate, index))
    return [verdict_of(estimate, index) for index in given] or [estimate.verdict]


def elision(point: Point, shown: int) -> str:
    """Which of many components are shown."""
    wrong = any(findings(point))
    which = "those that do not agree first, then those" if wrong else "those"
    return (
        f"{shown} of {len(point.components):,} components are shown: {which} with the fewest correct digits"
    )


def wrong_ones(point: Point, shown: list[int], *, everything: bool = False) -> tuple[str, list[Finding]]:
    """What disagrees: of many the count by method, and those that are shown in the table."""
    found = [finding for finding in findings(point) if finding.verdict == "disagree"]
    if everything or len(found) <= _FINDINGS:
        return "", found
    counts = Counter(method_name(finding.method) for finding in found)
    parts = ", ".join(f"{method} disagrees in {count:,}" for method, count in counts.items())
    told = [finding for finding in found if finding.component in shown][:_FINDINGS]
    return f"of {len(point.components):,} components, {parts}", told


def labels(point: Point, *, detailed: bool = False) -> list[tuple[str, list[str]]]:
    """The name of each estimate, claims first, and what is to be said of it below the table."""
    estimates = claims_first(point.estimates)
    claims = sum(1 for estimate in estimates if estimate.method == "claimed")
    found = []
    for number, estimate in enumerate(estimates, 1):  # claims come first
        # Where it matters most, it is the reason of the verdict too, and has been told.
        told = estimate.verdict == "agree" and estimate.reason
        seen = "" if told else would_have_been_seen(estimate, point.components)
        several = estimate.method == "claimed" and claims > 1
        alone = sum(other.reason == estimate.reason for other in estimates) == 1
        remarks = [*_remarks(estimate, alone, detailed), *([seen] if seen else [])]
        found.append((method_name(estimate.method) + (f" {number}" if several else ""), remarks))
    return found


def _remarks(estimate: Estimate, alone: bool, detailed: bool) -> Iterator[str]:
    """What is to be said of a method; a reason that several have is told once, without their names."""
    name = method_name(estimate.method)
    told_above = estimate.method == "claimed" and estimate.verdict == "disagree"
    if estimate.verdict != "agree" and estimate.reason and not told_above:
        yield f"{name}: {estimate.reason}" if alone else estimate.reason
    yield from estimate.lost
    if estimate.steps:
        sizes = sorted({f"{float(step):.3g}" for step in estimate.steps}, key=float)
        span = sizes[0] if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
        calls = f", {plural(estimate.evaluations, 'evaluation')} of f" if estimate.evaluations else ""
        yield f"step h = {span}{calls}"
    if estimate.errors and detailed:
        largest = max((float(error) for error in estimate.errors), default=0.0)
        yield f"{name}: estimates its own error at {largest:.2e} or less (an estimate, not a bound)"
