"""Where a program's branches and selections were decided, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradlab.engine.program import Program, run
from gradlab.engine.trace import at_line
from gradlab.judge.kinks.sides import moved_inputs
from gradlab.methods import Problem

_SHARES = (1e-10, 1e-5, 1e-2)
"""How far off the point it is looked whether a kink is left behind; a short step stays on its own side."""
MOST_NEAR = 200
"""Elements whose distance from kinks is measured."""
_PATTERNS = 3
"""Random signs, by which all elements are moved at once."""


@dataclass(frozen=True)
class Site:
    """An operation of the program that is not differentiable everywhere."""

    operation: str
    location: str
    place: int
    """Of its equation."""


@dataclass(frozen=True)
class Margins:
    """A traced problem's sites, with their margins at the point: arrays, 0 at a kink or jump."""

    problem: Problem
    sites: tuple[Site, ...]
    here: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, problem: Problem) -> Margins:
        """Of a problem that has a program."""
        program = problem.needs_program()
        sites = _sites(program)
        return cls(problem, sites, _margins(program, sites, problem.traced_inputs))

    @property
    def at_kink(self) -> list[int]:
        """The sites at which some margin is zero."""
        return [k for k, margin in enumerate(self.here) if np.any(margin == 0)]

    def beside(self, move: np.ndarray) -> tuple[np.ndarray, ...]:
        """The margins with the derived elements moved."""
        return _margins(self.problem.needs_program(), self.sites, moved_inputs(self.problem, move))

    def left_behind(self, move: np.ndarray) -> list[int]:
        """The sites at a kink that are not there any more, with the derived elements moved."""
        return [
            k
            for k, (before, after) in enumerate(zip(self.here, self.beside(move), strict=True))
            if np.any((before == 0) & (after != 0))
        ]

    def distance(self, direction: np.ndarray) -> tuple[float, list[int]] | None:
        """How far along a direction, to both sides, kinks that we are at are left behind, and which.
        None where none is.
        """
        x = np.abs(self.problem.flat()[direction != 0])
        sizes = {float(np.max(x, initial=0.0)), float(np.max(x, initial=1.0))} - {0.0}
        for share in _SHARES:
            for size in sorted(sizes):
                left = self.left_behind(share * size * direction)
                left += self.left_behind(-share * size * direction)
                if left:
                    return share * size, sorted(set(left))
        return None

    def near(self, steps: np.ndarray) -> list[tuple[int, int, float]]:
        """(site, element, distance) of the nearest kinks that lie within a step of an element."""
        candidates = self._within_some_step(steps)
        found = []
        for j in range(min(steps.size, MOST_NEAR)) if candidates else ():
            for site, distance in self._crossed(candidates, j, steps[j]):
                found.append((site, j, distance))
        nearest: dict[int, tuple[int, int, float]] = {}
        for item in sorted(found, key=lambda item: item[2]):
            nearest.setdefault(item[0], item)
        return list(nearest.values())

    def _within_some_step(self, steps: np.ndarray) -> list[int]:
        """Sites whose margin is no larger than what all steps together may change it by."""
        generator = np.random.default_rng(0)
        found: set[int] = set()
        for _ in range(_PATTERNS):
            move = 1e-3 * steps * generator.choice([-1.0, 1.0], steps.size)
            for k, (before, after) in enumerate(zip(self.here, self.beside(move), strict=True)):
                reach = 4e3 * np.sqrt(steps.size) * np.abs(after - before)
                if np.any((np.abs(before) <= reach) & (before != 0)):
                    found.add(k)
        return sorted(found)

    def _crossed(self, sites: Sequence[int], j: int, step: float) -> list[tuple[int, float]]:
        """How far away element j's kinks are, of those that lie within its step."""
        found = []
        move = np.zeros(self.problem.columns)
        move[j] = 1e-3 * step
        beside = self.beside(move)
        for k in sites:
            with np.errstate(all="ignore"):
                distance = np.abs(self.here[k]) / np.abs(beside[k] - self.here[k]) * 1e-3 * step
            inside = distance[(distance > 0) & (distance <= step)]
            if inside.size:
                found.append((k, float(inside.min())))
        return found

    def told(self, k: int) -> str:
        """`abs at f.py:3`"""
        return f"{self.sites[k].operation}{at_line(self.sites[k].location)}"


def kinks_at(program: Program, inputs: Sequence[object]) -> list[Site]:
    """The branches and selections whose margin is zero at the inputs."""
    sites = _sites(program)
    margins = _margins(program, sites, inputs)
    return [site for site, margin in zip(sites, margins, strict=True) if np.any(margin == 0)]


def _sites(program: Program) -> tuple[Site, ...]:
    """The equations with kinks, of those that something depends on."""
    used = {i for e in program.equations for i in e.operands}
    used |= {*program.outputs, *(b.condition for b in program.branches)}
    locations = program.locations or ("",) * len(program.equations)
    return tuple(
        Site(_name(e.primitive.name, e.primitive.operator), location, place)
        for place, (e, location) in enumerate(zip(program.equations, locations, strict=True))
        if e.primitive.kinks is not None and e.result in used
    )


def _name(name: str, operator: str) -> str:
    if operator in ("<", "<=", ">", ">=", "==", "!="):
        return "the comparison"
    return {"absolute": "abs", "rint": "round"}.get(name, name)


def _margins(program: Program, sites: Sequence[Site], inputs: Sequence[object]) -> tuple[np.ndarray, ...]:
    if not sites:
        return ()
    found = []
    with np.errstate(all="ignore"):
        values = run(program, inputs)
        for site in sites:
            e = program.equations[site.place]
            operands = [np.asarray(values[i], dtype=float) for i in e.operands]
            assert e.primitive.kinks is not None
            margin = e.primitive.kinks(np.asarray(values[e.result]), *operands, **e.parameters)
            found.append(np.broadcast_to(np.asarray(margin, dtype=float), np.shape(margin)))
    return tuple(found)
