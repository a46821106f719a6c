"""One case, examined: every point judged, the derivations line by line, and what is to be said of it, as a record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import numpy as np

from gradlab import record as rec
from gradlab.cases import Case, Claim, InputError, Point
from gradlab.judge.behaviour import look_again, notes_on, pose
from gradlab.judge.counterexample import failure_of, simplest
from gradlab.judge.derivation import JudgedChain, judge_chain
from gradlab.judge.expected import against_expected
from gradlab.judge.mistakes import Mistake, find_mistake
from gradlab.judge.panel import Derived
from gradlab.judge.point import Judged, judge_point
from gradlab.judge.reasons.assumptions import limits_of, needed_by
from gradlab.judge.reasons.degenerate import cannot_tell, why_hidden
from gradlab.judge.reasons.layout import explain, reference_at
from gradlab.judge.reasons.unsafe import overflow_of
from gradlab.judge.repair import right_claim, right_line
from gradlab.judge.verdict import Verdict, worst
from gradlab.methods import Problem, Unsupported, methods
from gradlab.methods.claimed import Impure, Misbehaviour
from gradlab.recording import (
    case_record,
    chain_record,
    counterexample_record,
    mistake_record,
    point_record,
    repair_record,
)
from gradlab.recording.mathematics import formulas_of
from gradlab.study.explain import Explaining, explain_derivation
from gradlab.study.step_size import study_step_sizes
from gradlab.study.swell import swell
from gradlab.study.timing import time_methods

TRIES = 40
DRAWN_EFFORT = 0.2
REPAIRING = "the repair of the wrong line"
WRITING = "the function as mathematics"
NEGLIGIBLE = 1e-12
"""Of the largest component."""
MOST_REPAIRED = 8
"""Lines of a derivation, and arguments of a claim."""
GRANTED = "taken for granted"
TRANSPOSED = "It is right up to a transpose: a gradient has the shape of what it is taken by."


@dataclass(frozen=True)
class Settings:
    """How to check."""

    methods: tuple[str, ...] = ()
    """Empty for all."""
    points: int = 5
    """Drawn around the given one."""
    seed: int = 0
    timeout: float | None = None
    digits: int = 50
    timed: bool = True
    explaining: Explaining | None = None
    """How to explain the derivative, if at all."""
    step_sizes: bool = False
    """Whether to study the error of difference quotients against their step."""
    pictures: Literal["none", "failed", "all"] = "none"
    """Of which cases to keep what a report's pictures are drawn from: the graph and a V curve."""

    def __post_init__(self) -> None:
        for name, value, least in (
            ("points", self.points, 0),
            ("seed", self.seed, 0),
            ("timeout", self.timeout, 0),
        ):
            if value is not None and (value < least or (name == "timeout" and not value)):
                raise InputError(
                    f"{name} is {value}: it is {'more than' if name == 'timeout' else 'at least'} {least}"
                )

    @property
    def study(self) -> rec.Study:
        """What is asked for."""
        return "explain" if self.explaining is not None else "step-size" if self.step_sizes else "check"

    def chosen(self) -> dict[str, Any]:
        """The methods by name. Raises InputError for one that is not there."""
        known = methods()
        unknown = [m for m in self.methods if m not in known]
        if unknown:
            raise InputError(
                f"there is no method {', '.join(map(repr, unknown))}; there are {', '.join(known)}"
            )
        return {
            name: method
            for name, method in known.items()
            if not self.methods or name in self.methods or name == "claimed"
        }


def examine(
    case: Case, settings: Settings, begin: Callable[[str], None], skip: dict[str, str]
) -> rec.CaseRecord:
    """Every point of a case: the given ones, and those drawn around them."""
    if "the function" in skip:
        return case_record(case, Verdict("error", f"the function: {skip['the function']}"))
    chosen, derived = settings.chosen(), Derived()
    judged: list[Judged] = []
    notes: list[str] = []
    for number, point in enumerate(case.points, 1):
        begin("the function")
        try:
            problem = pose(case, point, settings.digits)
        except Misbehaviour as error:
            return case_record(case, Verdict("error", str(error)), points=tuple(map(point_record, judged)))
        if problem.untraceable:
            because = problem.untraceable.removeprefix("it can't be traced: ")
            notes.append(f"judged in float64, because it can't be traced: {because}")
        judged.append(judge_point(case, point, problem, case.claims, chosen, derived, begin, skip))
        notes += [t.verdict.reason for t in judged[-1].testimonies if t.verdict.ok and t.verdict.reason]
        if len(case.points) > 1:
            judged[-1] = _placed(judged[-1], f", at given point {number}{_point_text(point, case)}")
    given = list(judged)
    try:
        # at a kink the question is settled; what holds beside it is another question
        if not any(j.verdict.kind == "undefined" for j in given):
            general = case.general_claims

            def judged_at(point: Point, problem: Problem) -> Judged:
                return judge_point(case, point, problem, general, chosen, derived, begin, skip)

            judged += _judged_beside(case, given, settings, judged_at, begin)
            missing = settings.points - (len(judged) - len(given))
            if missing and len(judged) > len(given):
                notes.append(
                    f"{missing} of {settings.points} random points were not inside the function's domain"
                )
        begin("the function")
        precision = list(filter(None, [look_again(j.problem) for j in given]))
    except Misbehaviour as error:
        return case_record(case, Verdict("error", str(error)), points=tuple(map(point_record, judged)))
    notes += precision or notes_on([j.problem for j in judged])
    notes += _alone(case, judged) if settings.study == "check" else []
    judged = explain(case.claims, judged)
    first = given[0].problem
    printed = against_expected(case, first) or Verdict("agree")
    usable = [j.problem for j in judged if j.verdict.kind != "undefined" and j.problem.program is not None]
    chains, lines = _derivations(case, usable, begin, skip)
    verdict = worst([*lines, *(j.verdict for j in judged), printed])
    mistakes: list[rec.Mistake] = []
    if verdict.kind == "disagree" and "naming the mistake" not in skip:
        begin("naming the mistake")
        mistakes = _mistakes(case, judged, usable, chains)
        verdict = replace(verdict, reason=_with_mistakes(verdict.reason, mistakes))
    elif verdict.ok:
        notes += _reservations(case, first)
    timed = None
    if settings.timed and "timing" not in skip and verdict.kind != "error":
        begin("timing")
        timed = _timing(case, first, derived)
    studies, unstudied = _studies(case, first, settings, begin, skip)
    verdict = worst([*unstudied, verdict])
    failure = failure_of(case, judged) if verdict.kind == "disagree" else None
    if failure is not None and "counterexample" not in skip:
        begin("counterexample")
        failure = simplest(case, failure, chosen, derived, settings.digits)
    made = case_record(
        case,
        verdict,
        passed=_passed(case, verdict, judged, printed, mistakes),
        notes=list(dict.fromkeys(notes)),
        formulas=_formulas(case, first, begin, skip),
        points=tuple(map(point_record, judged)),
        counterexample=counterexample_record(case, failure) if failure is not None else None,
        chains=tuple(map(chain_record, chains)),
        mistakes=tuple(mistakes),
        repairs=tuple(_repairs(case, judged, usable, chains, begin, skip))
        if verdict.kind == "disagree"
        else (),
        swell=tuple(swell(first.program, derived.latest, derived.unsupported)),
        timing=timed,
        **studies,
    )
    if settings.pictures == "all" or (settings.pictures == "failed" and not made.passed):
        return _with_pictures(made, case, first, begin, skip)
    return made


def pictured(made: rec.CaseRecord, case: Case, settings: Settings) -> rec.CaseRecord:
    """The record of a case that was examined without, with what a report's pictures are drawn from."""
    if not made.points:
        return made
    try:
        problem = pose(case, case.points[0], settings.digits)
    except Misbehaviour as error:
        return rec.replace(made, undrawn=(f"no pictures: {error}",))
    return _with_pictures(made, case, problem, lambda step: None, {})


def _formulas(
    case: Case, problem: Problem, begin: Callable[[str], None], skip: Mapping[str, str]
) -> tuple[rec.Formula, ...]:
    """The function as mathematics. No verdict depends on it."""
    if WRITING in skip:
        return ()
    begin(WRITING)
    return formulas_of(case, problem)


def _derivations(
    case: Case, problems: Sequence[Problem], begin: Callable[[str], None], skip: Mapping[str, str]
) -> tuple[list[JudgedChain], list[Verdict]]:
    """The derivations line by line, and a verdict on each; one that took too long is undecided."""
    if not case.chains:
        return [], []
    if "the derivation" in skip:
        return [], [Verdict("inconclusive", f"the derivation: {skip['the derivation']}")]
    begin("the derivation")
    chains = [judge_chain(chain, problems, len(case.points)) for chain in case.chains]
    return chains, [chain.verdict for chain in chains]


def _reservations(case: Case, problem: Problem) -> list[str]:
    """What is to be said of claims that are right: where they are right alone, or of no use in float64."""
    found = ((limits_of(claim, problem), overflow_of(claim, problem)) for claim in case.general_claims)
    return [sentence for both in found for sentence in both if sentence]


def _mistakes(
    case: Case, judged: Sequence[Judged], problems: Sequence[Problem], chains: Sequence[JudgedChain]
) -> list[rec.Mistake]:
    """Why what is wrong is wrong: of a derivation by its lines, of any other claim as a whole."""
    found: list[rec.Mistake] = []
    explained: set[str] = set()
    for judged_chain in chains:
        by, steps = judged_chain.chain.by, judged_chain.chain.steps
        if by not in case.wrt:
            continue
        for k in judged_chain.wrong_lines:
            explained.add(by)
            claim = Claim({by: steps[k].formula}, typed=frozenset({by}))
            before = steps[k - 1].formula if k > 1 else None  # what is derived is no line that one copies
            mistake = find_mistake([replace(p, claim=claim) for p in problems], [by], before)
            if mistake is None and judged_chain.findings[k].transposed:
                mistake = Mistake("transposed", TRANSPOSED, (by,))
            if mistake is not None:
                found.append(mistake_record(mistake, line=k, location=steps[k].location))
    for number, claim in enumerate(case.claims):
        wrong = _wrong_names(number, case.claims, judged)
        unexplained = [name for name in wrong if name not in explained]
        if unexplained:
            mistake = find_mistake([replace(p, claim=claim) for p in problems], unexplained)
            found += [mistake_record(mistake)] if mistake is not None else []
        if wrong and (needed := needed_by(claim, problems)):
            found.append(mistake_record(Mistake(GRANTED, f"The claim is {needed}.", tuple(wrong))))
    return found


def _repairs(
    case: Case,
    judged: Sequence[Judged],
    problems: Sequence[Problem],
    chains: Sequence[JudgedChain],
    begin: Callable[[str], None],
    skip: Mapping[str, str],
) -> list[rec.Repair]:
    """What is wrong and was typed, made right: lines of derivations, and claims that are no last lines of such. No
    verdict depends on it.
    """
    if REPAIRING in skip:
        return []
    begin(REPAIRING)
    found: list[rec.Repair] = []
    derived = {one.chain.by for one in chains}
    for one in chains:
        for k in one.wrong_lines[:MOST_REPAIRED]:
            right = right_line(one, k, case.function, problems)
            location = one.chain.steps[k].location
            found += [repair_record(right, one.chain.by, line=k, location=location)] if right else []
    for number, claim in enumerate(case.claims):
        for by in _wrong_names(number, case.claims, judged)[:MOST_REPAIRED]:
            if (
                by in claim.typed
                and by not in derived
                and not callable(claim.given)
                and callable(claim.given[by])
            ):
                right = right_claim(claim.given[by], by, case.function, problems)
                found += [repair_record(right, by)] if right is not None else []
    return found


def _wrong_names(number: int, claims: Sequence[Claim], judged: Sequence[Judged]) -> list[str]:
    """The arguments by which a claim disagrees at some point, in order."""
    wrong: dict[str, None] = {}
    for at in judged:
        testimony = at.testimony_on(number, claims)
        owners = at.problem.owners
        for k, kind in enumerate(testimony.verdicts if testimony is not None else ()):
            if kind == "disagree":
                wrong[owners[k % len(owners)]] = None
    return list(wrong)


def _with_mistakes(reason: str, mistakes: Sequence[rec.Mistake]) -> str:
    """A verdict's reason with what was found out about just that."""
    own = [m for m in mistakes if m.line is None or (m.location in reason and f"line {m.line} " in reason)]
    granted = [m for m in own[1:2] if m.kind == GRANTED]
    sentences = [mistake.sentence.rstrip(".") for mistake in [*own[:1], *granted]]
    told = [reason, *(said for said in sentences if said not in reason)]
    return " ".join([*(part if part.endswith("?") else f"{part}." for part in told[:-1]), told[-1]])


def _passed(
    case: Case, verdict: Verdict, judged: Sequence[Judged], printed: Verdict, mistakes: Sequence[rec.Mistake]
) -> bool:
    """Whether the verdict is the declared one, and for the declared reason: what is meant to disagree
    is the claim (or a printed number, where there is no claim), not a method of ours.
    """
    if verdict.kind != case.verdict:
        return False
    if case.verdict == "undefined":
        return printed.ok and all(j.claims.ok for j in judged)
    if case.mistake and case.mistake not in {mistake.kind for mistake in mistakes}:
        return False
    if case.verdict == "disagree":
        meant = worst([j.claims for j in judged]) if case.claims else printed
        others = [j.witnesses for j in judged] + ([printed] if case.claims else [])
        return meant.kind == "disagree" and all(v.ok for v in others)
    return True


def _placed(judged: Judged, where: str) -> Judged:
    """The same with the place told in the reasons of what does not agree."""

    def told(verdict: Verdict) -> Verdict:
        return verdict if verdict.ok else replace(verdict, reason=verdict.reason + where)

    return replace(judged, witnesses=told(judged.witnesses), claims=told(judged.claims))


def _judged_beside(
    case: Case,
    given: Sequence[Judged],
    settings: Settings,
    judged_at: Callable[[Point, Problem], Judged],
    begin: Callable[[str], None],
) -> list[Judged]:
    """The points drawn around the given one, judged; what is wrong there alone is said to be."""
    found: list[Judged] = []
    why: str | None = None
    for point, problem in _drawn(case, settings, begin):
        beside = judged_at(point, problem)
        if beside.verdict.kind == "undefined":
            continue  # a kink that a random point happens to meet says nothing of the given one
        if not beside.verdict.ok and all(j.verdict.ok for j in given):
            why = _why_hidden(case, given, beside, judged_at) if why is None else why
            where = f", at a point drawn beside yours{_point_text(point, case)}"
            beside = _placed(beside, f"{where}; at the given point alone it agrees{why}")
        found.append(beside)
    return found


def _why_hidden(
    case: Case, given: Sequence[Judged], beside: Judged, judged_at: Callable[[Point, Problem], Judged]
) -> str:
    """In brackets, what is special about the given point, where there is but one: of that, what shows the
    error when it alone is moved.
    """
    if len(given) > 1 or beside.claims.kind != "disagree":
        return ""
    problem = given[0].problem

    @cache
    def shows(name: str) -> bool:
        if len(case.wrt) == 1:
            return True
        point = Point({**problem.inputs, name: beside.point.inputs[name]}, given=False)
        try:
            moved = replace(pose(case, point, problem.digits), effort=DRAWN_EFFORT)
        except Misbehaviour:
            return False
        return judged_at(point, moved).claims.kind == "disagree"

    why = why_hidden(problem.inputs, case.wrt, reference_at(given[0]), shows)
    return f" ({why})" if why else ""


def _alone(case: Case, judged: Sequence[Judged]) -> list[str]:
    """A note where the points can hide an error: all are flat, or one special point is all there is."""
    first = judged[0]
    if case.claims and first.verdict.ok and not any(np.any(reference_at(at)) for at in judged):
        return ["the derivative is 0 at every point looked at, so that a wrong factor would not show"]
    at_others = len(judged) > 1 and not all(claim.is_number for claim in case.claims)
    if not case.claims or at_others or len(case.points) > 1 or not first.verdict.ok:
        return []
    said = cannot_tell(first.problem.inputs, case.wrt, reference_at(first))
    return [said] if said else []


def _drawn(case: Case, settings: Settings, begin: Callable[[str], None]) -> Iterator[tuple[Point, Problem]]:
    """Generic points around the first given one, inside the function's domain."""
    generator = np.random.default_rng(settings.seed)
    base = case.points[0].inputs
    found = 0
    for attempt in range(TRIES + settings.points):
        if found == settings.points:
            return
        width = case.around * 0.7 ** max(0, attempt - settings.points)
        moving = {*case.wrt, *case.moved}
        moved = {name: _moved(base[name], width, generator) for name in base if name in moving}
        point = Point({**base, **moved}, given=False)
        begin("the function")
        try:
            problem = pose(case, point, settings.digits)
        except Impure as error:
            raise Impure(f"{error}, at a point drawn beside yours{_point_text(point, case)}") from None
        except Misbehaviour:
            continue
        found += 1
        yield point, replace(problem, effort=DRAWN_EFFORT)


def _moved(value: Any, width: float, generator: np.random.Generator) -> Any:
    """A value moved by a random share of its size, in both directions, and never left where it was."""
    array = np.asarray(value, dtype=np.float64)
    size = np.where(np.abs(array) > 0, np.abs(array), np.max(np.abs(array), initial=0.0) or 1.0)
    share = generator.uniform(0.2, 1.0, array.shape) * generator.choice([-1.0, 1.0], array.shape)
    moved = array + width * size * share
    return float(moved) if array.ndim == 0 else moved.astype(value.dtype)


def _studies(
    case: Case, problem: Problem, settings: Settings, begin: Callable[[str], None], skip: Mapping[str, str]
) -> tuple[dict[str, Any], list[Verdict]]:
    """(what the studies that are asked for give, as fields of the record; why others give nothing)."""
    asked: dict[str, Callable[[], Any]] = {}
    how = settings.explaining
    if how is not None:
        asked["explanation"] = lambda: explain_derivation(case, problem, how)
    if settings.step_sizes:
        asked["step_sizes"] = lambda: study_step_sizes(problem)
    studies, unstudied = {}, []
    for field, study in asked.items():
        what = f"the {field.replace('_', ' ')}"
        if what in skip:
            unstudied.append(Verdict("inconclusive", f"{what}: {skip[what]}"))
            continue
        begin(what)
        try:
            studies[field] = study()
        except Unsupported as why:
            unstudied.append(Verdict("inconclusive", f"{what}: {why}"))
    return studies, unstudied


def _with_pictures(
    made: rec.CaseRecord, case: Case, problem: Problem, begin: Callable[[str], None], skip: Mapping[str, str]
) -> rec.CaseRecord:
    """The record with what the pictures of a report are drawn from. No verdict depends on it."""
    if problem.untraceable:
        return rec.replace(made, undrawn=(f"no computation graph and no V curve: {problem.untraceable}",))
    drawn: dict[str, Any] = {}
    missing: list[str] = []
    for field, picture, study in (
        ("explanation", "computation graph", lambda: explain_derivation(case, problem, Explaining())),
        ("step_sizes", "V curve", lambda: study_step_sizes(problem, only=_least_accurate(made.points[0]))),
    ):
        what = f"the {field.replace('_', ' ')}"
        why = skip.get(what, "")
        if not why and getattr(made, field) is None:
            begin(what)
            try:
                drawn[field] = study()
            except (Unsupported, InputError) as error:
                why = str(error)
        missing += [f"no {picture}: {why}"] if why else []
    return rec.replace(made, undrawn=tuple(missing), **drawn)


def _least_accurate(point: rec.Point) -> int:
    """The component of which finite differences know the fewest digits; the first where nothing is known.

    What is 0 but for roundings, beside other components, has no digits, and no V either.
    """
    sizes = [abs(float(text or "0")) for text in point.reference]
    least = NEGLIGIBLE * max(sizes, default=0.0)
    for estimate in point.estimates:
        if estimate.method == "finite_difference":
            known = [
                (digits, k)
                for k, (digits, size) in enumerate(zip(estimate.digits, sizes, strict=False))
                if digits is not None and size >= least
            ]
            return min(known, default=(0.0, 0))[1]
    return 0


def _timing(case: Case, problem: Problem, derived: Derived) -> rec.Timing | None:
    """What every method costs, the first claim among them."""
    claiming = replace(problem, claim=case.claims[0] if case.claims else None)
    try:
        return time_methods(claiming, derived.latest, derived.seconds)
    except Exception:  # the user's code, at its thousandth call
        return None


def _point_text(point: Point, case: Case) -> str:
    """The first few numbers of a point, in brackets."""
    parts = [f"{name} = {point.inputs[name]:.4g}" for name in case.wrt if np.ndim(point.inputs[name]) == 0]
    return f" ({', '.join(parts[:4])})" if parts else ""
