"""Is the function differentiable here? Branches and selections that are decided by nothing say where to look,
one-sided slopes whether it matters: kinks may cancel, or stand in a branch that counts for nothing.

Where all partial derivatives exist, random directions are tried too: a differentiable function's slope
along v is its gradient times v (Fréchet's derivative, where Gateaux's alone would not do).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradlab.engine.trace import at_line
from gradlab.judge.compare import Exact, Reference
from gradlab.judge.kinks.margins import Margins, kinks_at
from gradlab.judge.kinks.probes import noise_beside, probed_sides
from gradlab.judge.kinks.sides import Side, Sides, Unevaluable, exact_sides
from gradlab.judge.verdict import derivative_by
from gradlab.methods import Problem
from gradlab.methods.finite_difference import default_steps

__all__ = ["Kinked", "Slopes", "against_slopes", "kinked_at", "kinks_at", "near_kinks"]

MOST_OPERATIONS = 1_000_000
"""Made at 50 digits; elements beyond are looked at in float64."""
EVALUATIONS = 32
"""Of the program, for both sides of one element."""
MOST_PROBED = 400
"""Elements whose slopes are taken."""
MOST_COLUMNS = 2000
"""Elements of which it is asked whether they leave a kink; the others share what is found."""
DIRECTIONS = 3
SHOWN = 4
WITNESS = "one-sided slopes"
_ROUNDED = 2.0**-46
"""Slopes that differ by less may do so because a constant in the code (np.pi) is rounded."""
_MEASURED = 1e-7
"""Measured slopes that differ by less may do so because of curvature within the finest step."""
_CLAIM = 1e-12
"""A claim in float64 may be off by this, relative to the slopes."""


@dataclass(frozen=True)
class Slopes:
    """Both sides of one output, by one element."""

    row: int
    column: int
    left: Side
    right: Side

    @property
    def agree(self) -> bool:
        """Whether there is one derivative."""
        return _the_same(self.left, self.right)

    @property
    def exact(self) -> Exact | None:
        """The derivative at 50 digits, where both sides agree and were evaluated so."""
        if not self.agree or self.left.exact is None or self.right.exact is None:
            return None
        left, right = self.left.exact, self.right.exact
        between = abs(left.value - right.value)
        return Exact((left.value + right.value) / 2, between + left.error + right.error)


def _the_same(left: Side, right: Side) -> bool:
    if not (left.settles and right.settles) or left.jumps or right.jumps:
        return False
    if left.exact is not None and right.exact is not None:
        difference = abs(left.exact.value - right.exact.value)
        size = max(abs(left.exact.value), abs(right.exact.value))
        return bool(difference <= left.exact.error + right.exact.error + _ROUNDED * size)
    apart, size = abs(left.slope - right.slope), max(abs(left.slope), abs(right.slope))
    return left.slope == right.slope or apart <= left.error + right.error + _MEASURED * size


@dataclass(frozen=True)
class Kinked:
    """A point at a kink or jump of some operation: what is said of it, and which derivatives there are."""

    sentences: tuple[str, ...]
    slopes: tuple[Slopes, ...] = ()
    """Of the components that have no derivative."""
    reason: str = ""
    """Why it is not differentiable; "" where it is all the same."""
    broken: frozenset[tuple[int, int]] = frozenset()
    known: Mapping[tuple[int, int], Exact] = field(default_factory=dict)
    """The derivatives that there are, as far as both sides settle at 50 digits."""
    operation: str = ""
    """The first at its kink, with its line."""

    def holds(self, row: int, column: int) -> bool:
        """Whether this component of the derivative is one that does not exist."""
        return (row, column) in self.broken

    def references(self, found: Sequence[Reference], columns: int) -> list[Reference]:
        """The references, but none for what does not exist, and both sides' slope where methods that
        follow one branch have another.
        """
        return [self._reference(divmod(k, columns), r) for k, r in enumerate(found)]

    def _reference(self, component: tuple[int, int], found: Reference) -> Reference:
        if component in self.broken:
            return Reference(None)
        slope = self.known.get(component)
        if slope is None:
            return found
        if found.exact is not None and abs(found.exact.value - slope.value) <= 4 * slope.error:
            return found
        return Reference(slope, witnesses=(WITNESS,))


def kinked_at(problem: Problem, components: Sequence[str]) -> Kinked | None:
    """What there is to say of kinks at the point; None where there is none.

    A traced function is looked at where its trace has a margin of zero; one that can't be traced
    everywhere, for kinks and jumps that rise above its noise.
    """
    if problem.program is None:
        return _of_black_box(problem, components)
    margins = Margins.of(problem)
    if not margins.at_kink:
        return None
    everywhere = margins.distance(_random_direction(problem, 0))
    if everywhere is None:
        return None
    return _Look(problem, components, margins).kinked(everywhere[1])


class _Look:
    """A traced function looked at from both sides, along elements and directions."""

    def __init__(self, problem: Problem, components: Sequence[str], margins: Margins) -> None:
        self.problem, self.components, self.margins = problem, components, margins
        cost = EVALUATIONS * max(1, problem.needs_program().operations())
        self.affordable = max(1, int(problem.effort * MOST_OPERATIONS / cost))
        self.beside: np.ndarray | None = None

    def kinked(self, sites: Sequence[int]) -> Kinked:
        slopes: list[Slopes] = []
        unseen: list[int] = []
        met: set[int] = set()
        for j in range(self.problem.columns):
            unit = _unit(self.problem.columns, j)
            distance = self.margins.distance(unit) if j < MOST_COLUMNS else None
            if j >= MOST_COLUMNS or (distance is not None and len(slopes) >= MOST_PROBED * self.problem.rows):
                unseen.append(j)
                continue
            if distance is None:
                continue
            sides = self.sides(unit, distance[0], exact=len(slopes) < self.affordable * self.problem.rows)
            slopes += [Slopes(i, j, *pair) for i, pair in enumerate(sides)]
            if any(not s.agree for s in slopes[-self.problem.rows :]):
                met.update(distance[1])
        broken = [s for s in slopes if not s.agree]
        if broken:
            of_slopes = [_told(s, self.components, self.problem) for s in broken]
            holes = {(s.row, s.column) for s in broken} | {(s.row, j) for s in broken for j in unseen}
            return self._told(sorted(met), of_slopes, broken, holes, slopes)
        return self._along_directions(slopes) or self._smooth(sites, slopes)

    def sides(self, direction: np.ndarray, distance: float, exact: bool = True) -> list[Sides]:
        """At 50 digits, or in float64 where that is not wanted or not possible."""
        if exact:
            try:
                return exact_sides(self.problem, direction, distance)
            except Unevaluable:
                pass
        if self.beside is None:
            self.beside = noise_beside(self.problem)
        return probed_sides(self.problem, direction, self.beside)

    def _along_directions(self, slopes: Sequence[Slopes]) -> Kinked | None:
        """Whether the slope along some direction is not the partial derivatives' times it."""
        partial = {(s.row, s.column): s for s in slopes}
        for number in range(DIRECTIONS if self.problem.columns > 1 else 0):
            v = _random_direction(self.problem, number)
            distance = self.margins.distance(v)
            if distance is None:
                continue
            for row, (left, right) in enumerate(self.sides(v, distance[0])):
                own = [partial.get((row, int(j))) for j in np.flatnonzero(v)]
                known = [s for s in own if s is not None]
                complete = len(known) == len(own)
                if not _the_same(left, right) or (complete and not _is_linear(v, known, left)):
                    along = _told_along(v, left, right, known if complete else [])
                    holes = {(row, int(j)) for j in np.flatnonzero(v)}
                    return self._told(distance[1], [along], known, holes, slopes)
        return None

    def _told(
        self,
        sites: Sequence[int],
        of_slopes: Sequence[str],
        broken: Sequence[Slopes],
        holes: set[tuple[int, int]],
        slopes: Sequence[Slopes],
    ) -> Kinked:
        kinks = [self._at(k, "is exactly at its kink") for k in sites]
        return Kinked(
            sentences=(*kinks, *of_slopes),
            slopes=tuple(broken),
            reason=f"not differentiable here: {'; '.join([*kinks[:1], of_slopes[0]])}",
            broken=frozenset(holes),
            known=_known(slopes, holes),
            operation=self.margins.told(sites[0]) if sites else "",
        )

    def _smooth(self, sites: Sequence[int], slopes: Sequence[Slopes]) -> Kinked:
        more = "is exactly at its kink, and the function is differentiable here all the same"
        return Kinked(
            tuple(self._at(k, more) for k in sites),
            known=_known(slopes, set()),
            operation=self.margins.told(sites[0]),
        )

    def _at(self, k: int, what: str) -> str:
        site = self.margins.sites[k]
        return f"{site.operation} {what}{at_line(site.location)}"


def _known(slopes: Sequence[Slopes], holes: set[tuple[int, int]]) -> dict[tuple[int, int], Exact]:
    exact = {(s.row, s.column): s.exact for s in slopes if (s.row, s.column) not in holes}
    return {component: value for component, value in exact.items() if value is not None}


def _unit(size: int, j: int) -> np.ndarray:
    unit = np.zeros(size)
    unit[j] = 1.0
    return unit


def _random_direction(problem: Problem, number: int) -> np.ndarray:
    """Every element moves, by about its own size."""
    generator = np.random.default_rng(number)
    x = np.abs(problem.flat())
    signs = generator.choice([-1.0, 1.0], x.size)
    direction: np.ndarray = signs * generator.uniform(0.5, 1.5, x.size) * np.where(x > 0, x, 1.0)
    return direction


def _is_linear(v: np.ndarray, partial: Sequence[Slopes], along: Side, share: float = 1e-9) -> bool:
    """Whether the slope along v is Σ vⱼ ∂f/∂xⱼ."""
    terms = [(s.right.slope * v[s.column], s.right.error * abs(v[s.column])) for s in partial]
    size = sum(abs(t) for t, _ in terms) + abs(along.slope)
    error = sum(e for _, e in terms) + along.error
    return bool(abs(sum(t for t, _ in terms) - along.slope) <= share * size + 4 * error)


def _of_black_box(problem: Problem, components: Sequence[str]) -> Kinked | None:
    noise = noise_beside(problem)
    step = max(1, -(-problem.columns // math.ceil(problem.effort * MOST_PROBED)))
    slopes = [
        Slopes(i, j, *pair)
        for j in range(0, problem.columns, step)
        for i, pair in enumerate(probed_sides(problem, _unit(problem.columns, j), noise))
    ]
    broken = [s for s in slopes if not s.agree]
    if broken:
        told = [_told(s, components, problem) for s in broken]
        holes = frozenset((s.row, s.column) for s in broken)
        return Kinked(tuple(told), tuple(broken), f"not differentiable here: {told[0]}", holes)
    for number in range(DIRECTIONS if problem.columns > 1 else 0):
        v = _random_direction(problem, number)
        for row, (left, right) in enumerate(probed_sides(problem, v, noise)):
            partial = [s for s in slopes if s.row == row] if step == 1 else []
            if _the_same(left, right) and (not partial or _is_linear(v, partial, left, 1e-5)):
                continue
            along = _told_along(v, left, right, partial)
            holes = frozenset((row, j) for j in range(problem.columns))
            return Kinked((along,), tuple(partial), f"not differentiable here: {along}", holes)
    return None


def _told(slopes: Slopes, components: Sequence[str], problem: Problem) -> str:
    by = derivative_by(components[slopes.row * problem.columns + slopes.column])
    left, right = slopes.left, slopes.right
    sides = _both(left, right)
    if not (left.jumps or right.jumps):
        return f"{by}: the slope is {sides}"
    here = float(problem.value[slopes.row])
    before, after = (side.limit if side.jumps else here for side in (left, right))
    between = f", and is {here:.6g} at the point itself" if left.jumps and right.jumps else ""
    jump = f"jumps from {before:.6g} to {after:.6g}{between}"
    if f"{before:.6g}" == f"{after:.6g}":
        jump = f"jumps to {here:.6g} at the point alone, and tends to {before:.6g} beside it"
    return f"{by}: the value {jump}; the slope is {sides}"


def _both(left: Side, right: Side) -> str:
    a, b = _side_told(left), _side_told(right)
    if a == b and left.slope != right.slope and left.settles:
        a, b = f"{left.slope:.15g}", f"{right.slope:.15g}"
    return f"{a} from both sides" if a == b else f"{a} from the left and {b} from the right"


def _side_told(side: Side) -> str:
    if not side.defined:
        return "not defined"
    if math.isnan(side.slope):
        return "without a limit"
    return "unbounded" if math.isinf(side.slope) else f"{side.slope:.6g}"


def _told_along(v: np.ndarray, left: Side, right: Side, partial: Sequence[Slopes]) -> str:
    shown = ", ".join(f"{t:.3g}" for t in v[:SHOWN]) + (", …" if v.size > SHOWN else "")
    along = f"along the direction ({shown}) the slope is {_both(left, right)}"
    if not partial:
        return along
    sum_of_partials = sum(s.right.slope * v[s.column] for s in partial)
    return f"{along}, where the partial derivatives give {sum_of_partials:.6g}"


def near_kinks(problem: Problem, components: Sequence[str], steps: np.ndarray | None) -> list[str]:
    """Sentences on kinks beside the point that lie within the default step of a finite difference.

    steps: those it took, by element; None where it was not asked.
    """
    if problem.program is None:
        return []
    margins, usual = Margins.of(problem), default_steps(problem)
    told = []
    for site, j, distance in margins.near(usual):
        taken = usual[j] if steps is None else float(np.ravel(steps)[j])
        shortened = f"; the step was shortened to {taken:.2g}" if taken < usual[j] else ""
        told.append(
            f"{margins.told(site)} has its kink {distance:.2g} from the point by {components[j].split(' by ')[-1]}, "
            f"inside the finite difference's step of {usual[j]:.2g}{shortened}"
        )
    return told


def against_slopes(kinked: Kinked, claimed: Mapping[tuple[int, int], Any]) -> tuple[bool, str]:
    """(whether every claimed value lies between the one-sided slopes, what is said of it)."""
    said = ""
    for slopes in kinked.slopes:
        value = claimed.get((slopes.row, slopes.column))
        if value is None or math.isnan(float(value)):
            continue
        within, told = _claim_told(slopes, float(value))
        if not within:
            return False, told
        said = said or told
    return True, said


def _claim_told(slopes: Slopes, value: float) -> tuple[bool, str]:
    sides = [side for side in (slopes.left, slopes.right) if side.defined and not math.isnan(side.slope)]
    if not sides:
        return True, ""
    value += 0.0  # of -0 that is 0
    low, high = min(side.slope for side in sides), max(side.slope for side in sides)
    finite = [abs(s) for s in (low, high) if math.isfinite(s)]
    errors = sum(side.error for side in sides if math.isfinite(side.error))
    allowed = _CLAIM * max(finite, default=0.0) + errors
    if math.isinf(low) and math.isinf(high) and not math.isinf(value):
        return False, f"the claimed {value:g} is finite, and the slope is not"
    if not low - allowed <= value <= high + allowed:
        other = "not between them" if low != high else f"not the slope {low:g}"
        return False, f"the claimed {value:g} is {other}"
    if low == high:
        jump = slopes.left.jumps or slopes.right.jumps
        what = "slope beside the jump" if jump else "slope on the side that has one"
        what = "partial derivative" if slopes.agree else what
        return True, "" if math.isinf(low) else f"the claimed {value:g} is the {what}"
    if slopes.left.slope <= slopes.right.slope:
        return True, f"the claimed {value:g} is a value between them, as a subgradient may be"
    return True, f"the claimed {value:g} is a value between the one-sided slopes"
