"""One case, examined: every point judged, the derivations line by line, and what is to be said of it, as a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradlab import record as rec
from gradlab.cases import Case, Point
from gradlab.examination.beside import judged_beside, placed, point_text
from gradlab.examination.pictures import with_pictures
from gradlab.examination.settings import Settings
from gradlab.examination.wrong import mistakes, repairs, with_mistakes
from gradlab.judge.behaviour import look_again, notes_on, pose
from gradlab.judge.counterexample import failure_of, simplest
from gradlab.judge.derivation import JudgedChain, judge_chain
from gradlab.judge.expected import against_expected
from gradlab.judge.panel import Derived
from gradlab.judge.point import Judged, judge_point
from gradlab.judge.reasons.assumptions import limits_of
from gradlab.judge.reasons.degenerate import cannot_tell
from gradlab.judge.reasons.layout import explain, reference_at
from gradlab.judge.reasons.unsafe import overflow_of
from gradlab.judge.verdict import Verdict, worst
from gradlab.methods import Problem, Unsupported
from gradlab.methods.claimed import Misbehaviour
from gradlab.recording import (
    case_record,
    chain_record,
    counterexample_record,
    point_record,
)
from gradlab.recording.mathematics import formulas_of
from gradlab.study.explain import explain_derivation
from gradlab.study.step_size import study_step_sizes
from gradlab.study.swell import swell
from gradlab.study.timing import time_methods

__all__ = ["Settings", "examine"]

WRITING = "the function as mathematics"


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
            judged[-1] = placed(judged[-1], f", at given point {number}{point_text(point, case)}")
    given = list(judged)
    try:
        # at a kink the question is settled; what holds beside it is another question
        if not any(j.verdict.kind == "undefined" for j in given):
            general = case.general_claims

            def judged_at(point: Point, problem: Problem) -> Judged:
                return judge_point(case, point, problem, general, chosen, derived, begin, skip)

            judged += judged_beside(case, given, settings, judged_at, begin)
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
    named: list[rec.Mistake] = []
    if verdict.kind == "disagree" and "naming the mistake" not in skip:
        begin("naming the mistake")
        named = mistakes(case, judged, usable, chains)
        verdict = replace(verdict, reason=with_mistakes(verdict.reason, named))
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
        passed=_passed(case, verdict, judged, printed, named),
        notes=list(dict.fromkeys(notes)),
        formulas=_formulas(case, first, begin, skip),
        points=tuple(map(point_record, judged)),
        counterexample=counterexample_record(case, failure) if failure is not None else None,
        chains=tuple(map(chain_record, chains)),
        mistakes=tuple(named),
        repairs=tuple(repairs(case, judged, usable, chains, begin, skip))
        if verdict.kind == "disagree"
        else (),
        swell=tuple(swell(first.program, derived.latest, derived.unsupported)),
        timing=timed,
        **studies,
    )
    if settings.pictures == "all" or (settings.pictures == "failed" and not made.passed):
        return with_pictures(made, case, first, begin, skip)
    return made


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


def _timing(case: Case, problem: Problem, derived: Derived) -> rec.Timing | None:
    """What every method costs, the first claim among them."""
    claiming = replace(problem, claim=case.claims[0] if case.claims else None)
    try:
        return time_methods(claiming, derived.latest, derived.seconds)
    except Exception:  # the user's code, at its thousandth call
        return None
