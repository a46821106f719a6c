"""One point: every method heard, the claims held against the reference, and the verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gradlab.cases import Case, Claim, Point
from gradlab.judge.compare import Reference
from gradlab.judge.kinks import Broken, against_slopes, broken_at
from gradlab.judge.panel import FAMILIES, Derived, Testimony, ask, judge, noise_of, references
from gradlab.judge.verdict import Verdict, derivative_by, worst
from gradlab.methods import Problem, component_names, element_names


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
    witnesses: Verdict
    """Without the claims: do the methods agree?"""
    claims: Verdict
    """Of the claims alone; agree where there is none."""

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
    broken = broken_at(problem, components)
    heard: list[tuple[Testimony, Problem]] = []
    for name, method in chosen.items():
        begin(name)
        posed = [replace(problem, claim=claim) for claim in claims] if name == "claimed" else [problem]
        heard += [(ask(name, method, own, derived, skip), own) for own in posed]
    begin("judging")
    testimonies = [testimony for testimony, _ in heard]
    found = references(problem, testimonies, derived)
    if broken is not None:  # before judging, so that the sentences are about what does exist
        found = [
            Reference(None) if broken.holds(*divmod(k, problem.columns)) else r for k, r in enumerate(found)
        ]
    noise = noise_of(problem)
    for testimony, own in heard:
        judge(testimony, own, found, noise, components, derived)
    if broken is not None:
        witnesses, of_claims = _at_kink(broken, problem, testimonies)
    else:
        witnesses, of_claims = _of_witnesses(testimonies, found, components), _of_claims(testimonies)
    return Judged(
        point,
        problem,
        tuple(components),
        tuple(found),
        tuple(testimonies),
        broken.sentences if broken else (),
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
    missing = [k for k, r in enumerate(found) if r.exact is None]
    if missing and not any(v.kind == "disagree" for v in verdicts):
        named = found[missing[0]].witnesses
        differ = f"{' and '.join(named)} differ, and no majority says which is right"
        why = differ if named else "no method gives a reference"
        verdicts.insert(0, Verdict("inconclusive", f"{derivative_by(components[missing[0]])}: {why}"))
    verdict = worst(verdicts)
    heard = [t.method for t in testimonies if t.verdict.ok] + [name for r in found for name in r.witnesses]
    if verdict.ok and len({FAMILIES.get(name, name) for name in heard}) < 2:
        alone = " and ".join(dict.fromkeys(heard))
        return Verdict("inconclusive", f"nothing independent to compare {alone} with")
    return verdict


def _at_kink(broken: Broken, problem: Problem, testimonies: Sequence[Testimony]) -> tuple[Verdict, Verdict]:
    """Undefined; what is broken has no reference, and no method is right or wrong about it."""
    for k in range(problem.rows * problem.columns):
        if not broken.holds(*divmod(k, problem.columns)):
            continue
        for testimony in testimonies:
            if testimony.verdicts:
                testimony.verdicts[k] = "undefined"
                testimony.digits[k] = None
    claims = Verdict("agree")
    for testimony in testimonies:
        if not testimony.verdicts:
            continue
        left = worst(
            [Verdict(kind) for kind in testimony.verdicts if kind != "undefined"] or [Verdict("agree")]
        )
        if testimony.method == "claimed" and testimony.estimate is not None:
            between, said = against_slopes(broken, testimony.estimate.value)
            own = Verdict("agree" if between else "disagree", said)
            claims = (
                worst([claims, own if left.ok else testimony.verdict]) if not own.ok or not left.ok else own
            )
        testimony.verdict = Verdict("undefined")
    return Verdict("undefined", broken.reason), claims
