"""The simplest point at which a claim is still wrong: few nonzero elements, short decimals.

A failing point is made simpler step by step, as property-based testing does it (Claessen & Hughes 2000,
QuickCheck): whole arguments first, then single elements, then fewer digits. A simpler point counts only
if the function behaves and is differentiable there, and the claim is wrong there by an error that shows.
Only what is derived by is changed: of the other arguments a claim may take for granted what they are like
(labels that sum to 1, a tolerance that is small), and would be wrong for a reason that is not the error.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradlab.cases import Case, Claim, Point, call
from gradlab.judge.behaviour import pose
from gradlab.judge.compare import Exact, relative_error
from gradlab.judge.counterexample.bounded import TooLong, bounded, lines_run
from gradlab.judge.kinks import kinks_at
from gradlab.judge.panel import Derived, Testimony
from gradlab.judge.point import Judged, judge_point
from gradlab.methods import Problem, methods

MOST_TRIES = 200
FEWEST_TRIES = 30
BLACK_BOX_TRIES = 20
BLACK_BOX_ELEMENTS = 400
"""Of a function that can't be traced, over all tries: each element takes many calls of it."""
MOST_WORK = 1_500_000
"""Lines of Python and scalar operations, over all tries."""
CONFIRMATIONS = 3
"""By all methods, of the simplest points that are found."""
VISIBLE = 1e-2
"""A relative error that shows in the first two digits."""
ROUGH = 1e-3
"""Errors of that size can be looked for in float64 first."""
SIMPLE = (0.0, 1.0, -1.0, 2.0, -2.0, 3.0, 0.5)
"""What an argument or an element is replaced by, the simplest first."""
DIGITS = (1, 2, 3, 4)
"""Significant digits that a point is rounded to."""
LINES_SPARE = 10_000
"""Beside ten times the lines that the function runs at the failing point: with these it counts as hanging."""

Values = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Failure:
    """A claim that is wrong at a point, and one component that shows it."""

    claim: Claim
    judged: Judged
    component: int
    claimed: Exact
    derivative: Exact

    @property
    def point(self) -> Point:
        """Where it is wrong."""
        return self.judged.point

    @property
    def error(self) -> float:
        """The relative error, of the larger of both values: 0 to 2."""
        return relative_error(self.claimed, self.derivative)


def failure_of(case: Case, judged: Sequence[Judged]) -> Failure | None:
    """The first point at which a claim is wrong; None where it is a method that differs, or nothing does."""
    general = case.general_claims
    found = (_failure_at(j, case.claims if j.point.given else general) for j in judged)
    return next((failure for failure in found if failure is not None), None)


def _failure_at(judged: Judged, claims: Sequence[Claim]) -> Failure | None:
    if judged.witnesses.kind in ("undefined", "disagree", "error"):
        return None
    testimonies = [t for t in judged.testimonies if t.method == "claimed"]
    for claim, testimony in zip(claims, testimonies, strict=True):
        wrong = list(_wrong_components(judged, testimony)) if testimony.verdict.kind == "disagree" else []
        if wrong:
            shown = [w for w in wrong if relative_error(*w[1:]) >= VISIBLE]
            return Failure(claim, judged, *max(shown[:1] or wrong, key=lambda w: relative_error(*w[1:])))
    return None


def _wrong_components(judged: Judged, testimony: Testimony) -> Iterator[tuple[int, Exact, Exact]]:
    """(component, claimed, derivative) of each that disagrees."""
    assert testimony.estimate is not None
    values = testimony.estimate.value.ravel().tolist()
    for k, (kind, reference) in enumerate(zip(testimony.verdicts, judged.reference, strict=True)):
        if kind == "disagree" and reference.exact is not None:
            exact = testimony.exact
            yield k, exact[k] if exact is not None else Exact(values[k], 0.0), reference.exact


def simplest(
    case: Case, failure: Failure, chosen: Mapping[str, Any], derived: Derived, digits: int
) -> Failure:
    """A failure at the simplest point that is found, borne out by all the chosen methods; the one that was
    given where there is none, or where the claim is numbers, which hold at their own point only.
    """
    claim = failure.claim.general()
    if claim is None:
        return failure
    own = replace(derived, seconds={}, latest={}, unsupported={}, given={})  # what was timed and told stays
    search = _Search(case, claim, failure.judged.problem, failure.point, own, digits)
    for point in search.simplified()[:CONFIRMATIONS]:
        confirmed = search.judged_at(point, chosen)
        if confirmed is not None:
            return confirmed
    return failure


class _Search:
    """The search for simpler points: it evaluates reverse mode and the claim at each, and nothing else."""

    def __init__(
        self, case: Case, claim: Claim, problem: Problem, start: Point, derived: Derived, digits: int
    ) -> None:
        self.claim, self.start, self.derived, self.digits = claim, start, derived, digits
        self.quick = {name: method for name, method in methods().items() if name in ("reverse", "claimed")}
        self.names = case.wrt
        lines = _lines(lambda: (call(case.function, _copies(start.inputs)), self._claimed(start)), math.inf)
        self.most = 10 * lines + LINES_SPARE
        self.case = replace(case, function=bounded(case.function, self.most))
        self.tries = _tries(problem, lines)
        self.known: dict[bytes, float] = {}
        self.trail: list[Values] = []
        self.floor = 0.0

    def simplified(self) -> list[Point]:
        """Points at which the claim is wrong, the simplest first; without the given one."""
        start = {name: np.asarray(self.start.inputs[name]) for name in self.names}
        everywhere = {name: np.ones(np.shape(array), dtype=bool) for name, array in start.items()}
        self.trail = [start]
        error = self._error(start)
        if error >= VISIBLE:
            self.floor = VISIBLE
            self._improve(_replacements(start, everywhere))
        elif error > 0:
            # an error that grows with the numbers should be looked at where it is large enough to see
            surveyed = [start, *_replacements(start, everywhere)]
            errors = [self._error(values) for values in surveyed]
            self.floor = min(VISIBLE, max(errors) / 2)
            wrong = [values for values, e in zip(surveyed, errors, strict=True) if e >= self.floor]
            self.trail = [min(wrong, key=simplicity)]
        else:  # what is wrong there is not what holds everywhere
            return []
        while self._round():
            pass
        return [self._point(values) for values in reversed(self.trail) if values is not start]

    def _round(self) -> bool:
        """Whether anything became simpler."""
        before = len(self.trail)
        for name in self.names:
            self._improve(_replacements(self.trail[-1], {name: np.ones(self._shape(name), dtype=bool)}))
        for name in self.names:
            self._zero(name, np.flatnonzero(self.trail[-1][name]))
        for name in self.names:
            for i in np.flatnonzero(self.trail[-1][name]):
                self._improve(_replacements(self.trail[-1], {name: self._only(name, [i])}))
        return len(self.trail) > before and self.tries > 0

    def _zero(self, name: str, places: Any) -> None:
        """Make elements zero: all at once, or else each half of them."""
        if not len(places) or self.tries <= 0:
            return
        everywhere = _replaced(self.trail[-1], {name: self._only(name, places)}, 0.0)
        if self._improve([everywhere]) or len(places) == 1:
            return
        half = len(places) // 2
        self._zero(name, places[:half])
        self._zero(name, places[half:])

    def _improve(self, candidates: Iterable[Values]) -> bool:
        """Take the first candidate that is simpler, and at which the claim is visibly wrong."""
        now = simplicity(self.trail[-1])
        for values in candidates:
            if simplicity(values) < now and 0 < self._error(values) >= self.floor:
                self.trail.append(values)
                return True
        return False

    def _shape(self, name: str) -> tuple[int, ...]:
        return np.shape(self.start.inputs[name])

    def _only(self, name: str, places: Any) -> np.ndarray:
        mask = np.zeros(self._shape(name), dtype=bool)
        mask.reshape(-1)[places] = True
        return mask

    def _error(self, values: Values) -> float:
        """By how much the claim is wrong at these values; 0 where it is not, or nothing can be said."""
        key = b"".join(array.tobytes() for array in values.values())
        if key not in self.known:
            if self.tries <= 0:
                return 0.0
            self.tries -= 1
            failure = self.judged_at(self._point(values), self.quick)
            self.known[key] = failure.error if failure is not None else 0.0
        return self.known[key]

    def _point(self, values: Values) -> Point:
        own = {name: float(v) if v.ndim == 0 else v for name, v in values.items()}
        return Point({**self.start.inputs, **own}, given=False)

    def _claimed(self, point: Point) -> Any:
        return self.claim(_copies(point.inputs), self.names)

    def judged_at(self, point: Point, asked: Mapping[str, Any]) -> Failure | None:
        """The claim's failure at a point; None where there is none, or the function is not differentiable."""
        try:
            _lines(lambda: self._claimed(point), self.most)
            problem = pose(self.case, point, self.digits)
            if problem.program is not None and (
                kinks_at(problem.program, problem.traced_inputs) or self._agrees_roughly(problem)
            ):
                return None
            claims = [self.claim]
            judged = judge_point(
                self.case, point, problem, claims, asked, self.derived, lambda step: None, {}
            )
        except (Exception, TooLong, SystemExit):  # whatever a function does where it was not asked
            return None
        return _failure_at(judged, claims)

    def _agrees_roughly(self, problem: Problem) -> bool:
        """Whether float64, which is much quicker, is enough to see no error of the size that is looked for."""
        if self.floor < ROUGH:
            return False
        posed = replace(problem, claim=self.claim)
        reverse, claimed = (
            self.derived.get(name, method, posed).estimate(posed) for name, method in self.quick.items()
        )
        known = slice(None) if claimed.known is None else claimed.known
        a, b = reverse.value[:, known], claimed.value[:, known]
        return bool(np.all(np.abs(a - b) <= self.floor / 10 * np.maximum(np.abs(a), np.abs(b))))


def _lines(call: Callable[[], Any], most: float) -> int:
    with np.errstate(all="ignore"):
        return lines_run(call, most)[1]


def _copies(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in inputs.items()}


def _tries(problem: Problem, lines: int) -> int:
    """How many points may be tried: fewer where a function takes much work, or can't be traced."""
    if problem.program is None:
        return min(BLACK_BOX_TRIES, BLACK_BOX_ELEMENTS // problem.columns)
    work = lines + problem.rows * (4 * problem.program.operations() + 10 * problem.columns)
    return max(FEWEST_TRIES, min(MOST_TRIES, MOST_WORK // max(1, work)))


def _replacements(values: Values, masks: Mapping[str, np.ndarray]) -> Iterator[Values]:
    """The masked elements replaced by simple numbers, and rounded to fewer digits; zeros stay zeros."""
    for number in SIMPLE:
        yield _replaced(values, masks, number)
    for digits in DIGITS:
        rounded = {
            name: np.where(mask, _rounded(values[name], digits), values[name]).astype(values[name].dtype)
            for name, mask in masks.items()
        }
        yield {**values, **rounded}


def _replaced(values: Values, masks: Mapping[str, np.ndarray], number: float) -> Values:
    new = {
        name: np.where(mask & (values[name] != 0), number, values[name]).astype(values[name].dtype)
        for name, mask in masks.items()
    }
    return {**values, **new}


def _rounded(array: np.ndarray, digits: int) -> np.ndarray:
    """To so many significant digits."""
    return np.reshape([float(f"{v:.{digits - 1}e}") for v in array.ravel().tolist()], array.shape)


def simplicity(values: Values) -> tuple[int, int, float, int]:
    """What makes a point simpler, the weightiest first: fewer nonzero elements, less to write, smaller
    numbers, fewer negative ones.

    >>> one, half, minus = ({"x": np.array([0.0, v])} for v in (1.0, 0.5, -1.0))
    >>> simplicity(one) < simplicity(minus) < simplicity(half)
    True
    """
    nonzero = length = negative = 0
    size = 0.0
    for array in values.values():
        distinct, counts = np.unique(array, return_counts=True)
        for value, count in zip(distinct, counts.tolist(), strict=True):
            nonzero += count * bool(value)
            length += count * len(str(abs(value)).removesuffix(".0"))
            size += count * float(abs(value))
            negative += count * bool(value < 0)
    return nonzero, length, size, negative
