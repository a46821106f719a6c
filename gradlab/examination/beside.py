"""The points drawn around the given one, and what is said of a claim that is wrong there alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from gradlab.cases import Case, Point
from gradlab.examination.settings import Settings
from gradlab.judge.behaviour import pose
from gradlab.judge.point import Judged
from gradlab.judge.reasons.degenerate import why_hidden
from gradlab.judge.reasons.layout import reference_at
from gradlab.judge.verdict import Verdict
from gradlab.methods import Problem
from gradlab.methods.claimed import Impure, Misbehaviour

TRIES = 40
DRAWN_EFFORT = 0.2


def placed(judged: Judged, where: str) -> Judged:
    """The same with the place told in the reasons of what does not agree."""

    def told(verdict: Verdict) -> Verdict:
        return verdict if verdict.ok else replace(verdict, reason=verdict.reason + where)

    return replace(judged, witnesses=told(judged.witnesses), claims=told(judged.claims))


def judged_beside(
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
            where = f", at a point drawn beside yours{point_text(point, case)}"
            beside = placed(beside, f"{where}; at the given point alone it agrees{why}")
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
            raise Impure(f"{error}, at a point drawn beside yours{point_text(point, case)}") from None
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


def point_text(point: Point, case: Case) -> str:
    """The first few numbers of a point, in brackets."""
    parts = [f"{name} = {point.inputs[name]:.4g}" for name in case.wrt if np.ndim(point.inputs[name]) == 0]
    return f" ({', '.join(parts[:4])})" if parts else ""
