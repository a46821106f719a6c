"""What every format says in the same words: outcomes, findings, the sentence that closes a report."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from gradlab.record import CaseRecord, Estimate, Kind, Number, Point, Record
from gradlab.record.comparison import Standing
from gradlab.report._words.numerals import difference, percent

MARKS: dict[Kind, str] = {
    "agree": "✓",
    "disagree": "✗",
    "inconclusive": "?",
    "undefined": "∄",
    "unsupported": "–",
    "error": "!",
}
# What one case does, and what several do.
_CLAUSES: dict[Kind, tuple[str, str]] = {
    "agree": ("agrees", "agree"),
    "disagree": ("disagrees", "disagree"),
    "inconclusive": ("is inconclusive", "are inconclusive"),
    "undefined": ("is undefined", "are undefined"),
    "unsupported": ("is unsupported", "are unsupported"),
    "error": ("ended in an error", "ended in an error"),
}
# Detectable errors that differ by no more than this factor are told as one.
_ALIKE = 3.0
# From the worst to the best.
SEVERITY: tuple[Kind, ...] = ("error", "disagree", "undefined", "inconclusive", "unsupported", "agree")


@dataclass(frozen=True)
class Outcome:
    """How a case came out: the kind to mark it with, and the words."""

    kind: Kind
    words: str

    def clause(self, count: int = 1) -> str:
        """What so many cases do.

        >>> Outcome("agree", "disagree, as declared").clause(2), Outcome("error", "error").clause()
        ('disagree, as declared', 'ended in an error')
        """
        verdict = next(kind for kind in SEVERITY if self.words.startswith(kind))
        return _CLAUSES[verdict][count != 1] + self.words.removeprefix(verdict)


@dataclass(frozen=True)
class Sentence:
    """The end of a report: what it says, and the kind to mark it with."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Finding:
    """One component of one method that does not agree."""

    method: str
    component: int
    verdict: Kind
    value: Number


def plural(count: int, noun: str) -> str:
    """A count of things.

    >>> plural(1, "case"), plural(1200, "case")
    ('1 case', '1,200 cases')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def derivative(component: str) -> str:
    """The name of a component as a derivative.

    >>> derivative("W0[0, 1]"), derivative("y[1] by x[0]")
    ('∂f/∂W0[0, 1]', '∂y[1]/∂x[0]')
    """
    output, by, variable = component.partition(" by ")
    return f"∂{output}/∂{variable}" if by else f"∂f/∂{component}"


def method_name(method: str) -> str:
    """The name of a method as it is printed.

    >>> method_name("finite_difference")
    'finite difference'
    """
    return method.replace("_", " ")


def outcome(case: CaseRecord | Standing) -> Outcome:
    """A case that was expected to disagree, and did, has come out well."""
    if case.expected == case.verdict:
        if case.passed:
            words = case.verdict if case.verdict == "agree" else f"{case.verdict}, as declared"
            return Outcome("agree", words)
        return Outcome(
            "disagree" if case.verdict == "agree" else case.verdict,
            f"{case.verdict}, but not for the declared reason",
        )
    words = case.verdict if case.expected == "agree" else f"{case.verdict}, but declared: {case.expected}"
    return Outcome("disagree" if case.verdict == "agree" else case.verdict, words)


def findings(point: Point) -> list[Finding]:
    """What does not agree at a point, component by component, the claim's own first."""
    found = []
    for estimate in claims_first(point.estimates):
        for component, value in enumerate(estimate.values):
            verdict = verdict_of(estimate, component)
            if verdict not in {"agree", "unsupported"}:
                found.append(Finding(estimate.method, component, verdict, value))
    return found


def claims_first(estimates: tuple[Estimate, ...]) -> list[Estimate]:
    """The claim is what is judged; the witnesses follow it."""
    return sorted(estimates, key=lambda estimate: estimate.method != "claimed")


def verdict_of(estimate: Estimate, component: int) -> Kind:
    """The verdict on one component, which is the method's own where there is none on each."""
    return estimate.verdicts[component] if component < len(estimate.verdicts) else estimate.verdict


_WORTH_TELLING = 1e-9


def would_have_been_seen(estimate: Estimate, components: tuple[str, ...]) -> str:
    """How small an error of a claim would have been seen, where it was held against error bars.

    >>> estimate = Estimate(method="claimed", verdict="agree", detectable=(0.0002, 0.4, None))
    >>> would_have_been_seen(estimate, ("w", "b", "c"))
    'an error of 0.02 % in ∂f/∂w would have been seen, in ∂f/∂b only one of 40 %'
    """
    known = [
        (share, derivative(component))
        for share, component in zip(estimate.detectable, components, strict=False)
        if share is not None
    ]
    if not known:
        return ""
    (least, best), (most, worst) = min(known), max(known)
    if most < _WORTH_TELLING:
        return ""
    if not math.isfinite(least):
        return "no error would have been seen"
    where = f" in {best}" if len(components) == 1 or most > _ALIKE * least else " in any component"
    said = f"an error of {percent(least if most > _ALIKE * least else most)}{where} would have been seen"
    if most <= _ALIKE * least:
        return said
    return f"{said}, in {worst} {f'only one of {percent(most)}' if math.isfinite(most) else 'none'}"


def tally(verdicts: Iterator[Kind]) -> str:
    """How many of each kind, the worst first.

    >>> tally(iter(["agree", "disagree", "agree"]))
    '1 disagree, 2 agree'
    """
    counts = Counter(verdicts)
    return ", ".join(f"{counts[kind]} {kind}" for kind in SEVERITY if counts[kind])


def why(case: CaseRecord) -> str:
    """The reason of a case, or what can be said instead: which component, by which method, how far off."""
    if case.reason:
        return case.reason
    for point in sorted(case.points, key=lambda point: SEVERITY.index(point.verdict)):
        found = [finding for finding in findings(point) if finding.component < len(point.components)]
        if point.verdict == "agree" or not (found or point.reason):
            continue
        if point.reason:
            return point.reason
        first = found[0]
        off = difference(first.value, point.reference[first.component]) if first.verdict == "disagree" else ""
        more = f"; {plural(len(found) - 1, 'more value')} not in agreement" if len(found) > 1 else ""
        name = derivative(point.components[first.component])
        where = "" if point.given else " at a point drawn around the given one"
        return f"{name} ({method_name(first.method)}){where}: {off or first.verdict}{more}."
    return f"{outcome(case).words}."


def passed(record: Record) -> bool:
    """Whether everything was checked and came out as declared."""
    return (
        record.verdict == "agree"
        and not record.interrupted
        and bool(record.cases)
        and all(case.passed for case in record.cases)
    )


def closing(record: Record) -> Sentence:
    """The sentence that ends a report. It says "passed" only of a whole run in which every case did."""
    cases, failed = record.cases, [case for case in record.cases if not case.passed]
    if record.interrupted:
        bad = f" ({_counted(failed)})" if failed else ""
        rest = "nothing is known about the others."
        return Sentence("error", f"Interrupted after {plural(len(cases), 'case')}{bad}: {rest}")
    if not cases:
        return Sentence("error", record.reason or "Nothing was checked, so nothing is shown to be right.")
    if failed:
        return _failure(record, failed)
    if not passed(record):
        return Sentence(record.verdict, record.reason or f"The run as a whole: {record.verdict}.")
    return Sentence("agree", _success(record))


def _counted(cases: list[CaseRecord]) -> str:
    counts = Counter(outcome(case) for case in cases)
    return ", ".join(f"{count:,} {result.clause(count)}" for result, count in counts.items())


def _failure(record: Record, failed: list[CaseRecord]) -> Sentence:
    kind = min((outcome(case).kind for case in failed), key=SEVERITY.index)
    if len(record.cases) > 1:
        count = f"{len(failed):,} of {plural(len(record.cases), 'case')} did not pass"
        return Sentence(kind, f"{count}: {_counted(failed)}.")
    case, words = failed[0], outcome(failed[0]).words
    if words == "disagree":
        words = _wrong(case)
    return Sentence(kind, f"{case.name}: {words}.")


def _wrong(case: CaseRecord) -> str:
    """What is wrong with a case that disagrees: the step of a derivation comes before its last line."""
    if any(chain.verdict == "disagree" for chain in case.chains):
        return "a step of the derivation is wrong"
    return "the claimed derivative disagrees" if case.claims else "the methods disagree"


def _success(record: Record) -> str:
    declared = [case for case in record.cases if case.verdict != "agree"]
    if len(record.cases) > 1:
        return f"All {len(record.cases):,} cases passed{f'; {_counted(declared)}' if declared else ''}."
    case = record.cases[0]
    if declared:
        return f"{case.name} {outcome(case).clause()}."
    if record.study == "swell":
        return f"All forms that were derived are the same derivative, in {record.digits} digits."
    claimed = [p for p in case.points if any(e.method == "claimed" for e in p.estimates)]
    points = claimed or case.points
    where = "at this point" if len(points) == 1 else f"at all {len(points)} points"
    if record.study != "check":
        return f"All methods agree {where}."
    if case.chains:
        return f"Every step of the derivation is right {where}."
    return f"The claimed derivative agrees {where}." if case.claims else f"All methods agree {where}."
