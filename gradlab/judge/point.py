"""One point: every method heard, the claims held against the reference, and the verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gradlab.cases import Case, Claim, Point
from gradlab.judge.compare import Reference
from gradlab.judge.kinks import Kinked, against_slopes, kinked_at, near_kinks
from gradlab.judge.panel import FAMILIES, Derived, Testimony, ask, judge, references
from gradlab.judge.reasons.misshapen import told_shape
from gradlab.judge.rounding import Rounding
from gradlab.judge.sampling import asked, random_slopes
from gradlab.judge.verdict import Verdict, derivative_by, worst
from gradlab.methods import Problem, component_names, element_names
from gradlab.methods.claimed import WrongShape


@dataclass(frozen=True)
class Judged:
    """A point with all that was said there."""

    point: Point
    problem: Problem
    components: tuple[str, ...]
    reference: tuple[Reference, ...]
    testimonies: tuple[Testimony, ...]
    kinks: tuple[str, ...]
    """Sentences on where it is not differentiable."""
    asked: str
    """Which components were asked, where not all of them were."""
    witnesses: Verdict
    """Without the claims: do the methods agree?"""
    claims: Verdict
    """Of the claims alone; agree where there is none."""

    def testimony_on(self, number: int, claims: Sequence[Claim]) -> Testimony | None:
        """What was found of one of the claims here: at a drawn point only those are asked that hold everywhere."""
        asked = (k for k, claim in enumerate(claims) if self.point.given or claim.general() is not None)
        heard = (t for t in self.testimonies if t.method == "claimed")
        return dict(zip(asked, heard, strict=False)).get(number)

    @property
    def verdict(self) -> Verdict:
        """The verdict at the point; where it is undefined, no claim can be right or wrong."""
        if self.witnesses.kind == "undefined":
            said = self.claims.reason
            return replace(self.witnesses, reason=f"{self.witnesses.reason}{'; ' if said else ''}{said}")
        return worst([self.witnesses, self.claims])


def judge_point(
    case: Case,
    point: Point,
    problem: Problem,
    claims: Sequence[Claim],
    chosen: Mapping[str, Any],
    derived: Derived,
    begin: Callable[[str], None],
    skip: Mapping[str, str],
) -> Judged:
    """Ask every chosen method at a point, and judge what they say. `begin` is told of each step."""
    rows = element_names((problem.rows,)) if case.quantity == "jacobian" else [""]
    components = component_names(problem.inputs, case.wrt, [f"y{row}" if row else "" for row in rows])
    kinked = kinked_at(problem, components)
    heard: list[tuple[Testimony, Problem]] = []
    misshapen: WrongShape | None = None
    for name, method in chosen.items():
        begin(name)
        posed = [replace(problem, claim=claim) for claim in claims] if name == "claimed" else [problem]
        try:
            heard += [(ask(name, method, own, derived, skip), own) for own in posed]
        except WrongShape as error:
            misshapen = error
    begin("judging")
    testimonies = [testimony for testimony, _ in heard]
    found = references(problem, testimonies, derived)
    if misshapen is not None:
        raise told_shape(misshapen, problem, found)
    if kinked is not None:  # before judging, so that the sentences are about what does exist
        found = kinked.references(found, problem.columns)
    along = random_slopes(problem) if any(not r.sampled for r in found) else []
    for testimony, own in heard:
        judge(testimony, own, found, Rounding(own), components, derived, along)
    if kinked is not None and kinked.reason:
        witnesses, of_claims = _at_kink(kinked, problem, testimonies)
    else:
        if kinked is not None:
            _excuse(kinked, problem, testimonies, found)
        witnesses, of_claims = _of_witnesses(testimonies, found, components), _of_claims(testimonies)
    return Judged(
        point,
        problem,
        tuple(components),
        tuple(found),
        tuple(testimonies),
        kinked.sentences if kinked else tuple(_of_near_kinks(problem, components, testimonies)),
        asked(problem, along),
        witnesses,
        of_claims,
    )


def _of_claims(testimonies: Sequence[Testimony]) -> Verdict:
    """The worst of the claims; one that could not be compared is undecided."""
    claims = [t.verdict for t in testimonies if t.method == "claimed"]
    decided = [Verdict("inconclusive", v.reason) if v.kind == "unsupported" else v for v in claims]
    return worst(decided) if decided else Verdict("agree")


def _of_witnesses(
    testimonies: Sequence[Testimony], found: Sequence[Reference], components: Sequence[str]
) -> Verdict:
    """Whether the methods agree: an outlier is named, and no claim is blamed for it."""
    verdicts = []
    blameless = " (this is not the claim's fault)" if any(t.method == "claimed" for t in testimonies) else ""
    for testimony in testimonies:
        kind, reason = testimony.verdict.kind, testimony.verdict.reason
        if testimony.method == "claimed":
            continue
        if kind == "disagree" and testimony.exact is None:  # float64 alone contradicts 50 digits
            verdicts.append(Verdict("inconclusive", f"{testimony.method} is the outlier: {reason}"))
        elif kind == "disagree":
            verdicts.append(Verdict("disagree", f"{testimony.method} is the outlier{blameless}: {reason}"))
        elif kind == "error" and (testimony.estimate is None or testimony.exact is not None):
            verdicts.append(Verdict("inconclusive", f"{testimony.method} fails: {reason}"))
        elif kind == "agree":
            verdicts.append(testimony.verdict)
    if any(t.method == "claimed" and t.verdict.ok for t in testimonies):
        verdicts.append(Verdict("agree"))
    missing = [k for k, r in enumerate(found) if r.exact is None and r.sampled]
    if missing and not any(v.kind == "disagree" for v in verdicts):
        named = found[missing[0]].witnesses
        differ = f"{' and '.join(named)} differ, and no majority says which is right"
        why = differ if named else "no method gives a reference"
        verdicts.insert(0, Verdict("inconclusive", f"{derivative_by(components[missing[0]])}: {why}"))
    is_judged = any(t.method == "claimed" and t.verdicts for t in testimonies)  # and has its own verdict
    verdict = worst(verdicts or ([Verdict("agree")] if is_judged else []))
    heard = [t.method for t in testimonies if t.verdict.ok] + [name for r in found for name in r.witnesses]
    if verdict.ok and not is_judged and len({FAMILIES.get(name, name) for name in heard}) < 2:
        alone = " and ".join(dict.fromkeys(heard))
        return Verdict("inconclusive", f"nothing independent to compare {alone} with")
    return verdict


def _of_near_kinks(
    problem: Problem, components: Sequence[str], testimonies: Sequence[Testimony]
) -> list[str]:
    """What is said of kinks inside the finite difference's step."""
    differences = next((t for t in testimonies if t.method == "finite_difference"), None)
    if differences is None or differences.estimate is None:
        return []
    return near_kinks(problem, components, differences.estimate.step)


def _excuse(
    kinked: Kinked, problem: Problem, testimonies: Sequence[Testimony], found: Sequence[Reference]
) -> None:
    """Of a point that is differentiable though an operation is at its kink: methods that follow one branch,
    or a convention, are no witnesses there.
    """
    for testimony in testimonies:
        if testimony.method in ("claimed", "finite_difference") or testimony.verdict.ok:
            continue
        if testimony.verdict.kind == "error" and len(kinked.known) == len(found):
            why = f"{testimony.verdict.reason}, where {kinked.operation} is exactly at its kink"
            testimony.verdict = Verdict("unsupported", why)
            continue
        misled = [
            k
            for k, kind in enumerate(testimony.verdicts)
            if kind != "agree" and found[k].exact is not None and divmod(k, problem.columns) in kinked.known
        ]
        for k in misled:
            testimony.verdicts[k] = "unsupported"
        if misled and all(kind in ("agree", "unsupported") for kind in testimony.verdicts):
            why = f"it follows one side of {kinked.operation}, which is exactly at its kink"
            testimony.verdict = Verdict("unsupported", why)


def _at_kink(kinked: Kinked, problem: Problem, testimonies: Sequence[Testimony]) -> tuple[Verdict, Verdict]:
    """Undefined; what is broken has no reference, and no method is right or wrong about it."""
    broken = [k for k in range(problem.rows * problem.columns) if kinked.holds(*divmod(k, problem.columns))]
    claims = Verdict("agree")
    for testimony in testimonies:
        if not testimony.verdicts:
            continue
        for k in broken:
            testimony.verdicts[k] = "undefined"
            testimony.digits[k] = None
        if testimony.method == "claimed":
            own = _claim_at_kink(kinked, problem, testimony)
            claims = own if claims.ok and not claims.reason else worst([claims, own])
        testimony.verdict = Verdict("undefined")
    return Verdict("undefined", kinked.reason), claims


def _claim_at_kink(kinked: Kinked, problem: Problem, testimony: Testimony) -> Verdict:
    """A claim against what there is: derivatives where they exist, else the slopes of both sides."""
    elsewhere = worst(
        [Verdict(kind) for kind in testimony.verdicts if kind not in ("undefined", "unsupported")]
        or [Verdict("agree")]
    )
    if not elsewhere.ok:
        return testimony.verdict
    assert testimony.estimate is not None
    known = testimony.estimate.known
    values = testimony.exact or testimony.estimate.value.ravel().tolist()
    claimed = {
        divmod(k, problem.columns): getattr(value, "value", value)
        for k, value in enumerate(values)
        if known is None or known[k % problem.columns]
    }
    between, said = against_slopes(kinked, claimed)
    return Verdict("agree" if between else "disagree", said)
