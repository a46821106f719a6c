"""The slips of the table, tried at every place of the function: which of them give just what was claimed?

Tried in float64 at one point, where a slip costs some microseconds; what survives is evaluated at 50 digits at
every point. The function is searched as it was written, simplified, and with quotients as powers, since a
derivation may have been made of any of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradlab.engine.primitive import Value
from gradlab.engine.program import Program
from gradlab.engine.trace import Tape, Tracer
from gradlab.judge.mistakes.evidence import Evidence
from gradlab.judge.mistakes.forms import forms
from gradlab.judge.mistakes.places import Place, alike, places
from gradlab.judge.mistakes.printing import SLOPES, Printer
from gradlab.judge.mistakes.scene import Scene, record_scene, recorded, survey
from gradlab.judge.mistakes.slip import Sight, Slip
from gradlab.judge.mistakes.table import TABLE

SCREEN = 1e-6
"""Relative to the error: what survives in float64."""
MOST_PLACES = 600
"""Of a form; of a larger program every so many-th is looked at."""
MOST_SURVIVORS = 60


@dataclass(frozen=True)
class Candidate:
    """A slip that gives the answer, told."""

    rank: int
    kind: str
    sentence: str


@dataclass(frozen=True, eq=False)
class _Survivor:
    rank: int
    slip: Slip
    places: tuple[Place, ...]
    """One, or the same one in every term of a sum."""
    variant: int


def explanations(evidence: Evidence) -> list[Candidate]:
    """The slips that give what was claimed, at every point; the most specific first."""
    found: list[Candidate] = []
    for form, rewritten in forms(evidence.program):
        survivors = list(_screened(evidence, form))
        survivors.sort(key=lambda s: s.rank)
        later = len(TABLE) if rewritten else 0
        confirmed = _confirmed(evidence, form, survivors[:MOST_SURVIVORS])
        found += [replace(candidate, rank=candidate.rank + later) for candidate in confirmed]
    found.sort(key=lambda c: c.rank)
    return found


def float_inputs(values: Sequence[Any]) -> list[Any]:
    """Values as the engine takes them."""
    return [float(x) if np.ndim(x) == 0 else np.asarray(x, dtype=np.float64) for x in values]


def _screened(evidence: Evidence, program: Program) -> Iterator[_Survivor]:
    """What gives the claim in float64 at the first point, in all columns."""
    with np.errstate(all="ignore"):
        scene = survey(program, float_inputs(evidence.points[0]), evidence.columns, evidence.weights)
        claimed = [float(v) for v in evidence.claimed[0]]
        goals = [float(a - b) for a, b in zip(evidence.claimed[0], evidence.right[0], strict=True)]
        allowed = [SCREEN * max(map(abs, goals)) + 1e-12 * abs(c) for c in claimed]
        every = [p for p in places(scene.reading) if scene.cotangents[p.result] is not None]
        stride = -(-len(every) // MOST_PLACES)
        alone = [(place,) for place in every[:: max(stride, 1)]]
        for together in [*alone, *alike(scene.reading, every)[:MOST_PLACES]]:
            for rank, slip in enumerate(TABLE):
                if slip.fits(together[0]):
                    for variant in _surviving(scene, slip, together, goals, allowed):
                        if not _cancels(scene, slip, together, variant):
                            yield _Survivor(rank, slip, together, variant)


def _cancels(scene: Scene, slip: Slip, together: Sequence[Place], variant: int) -> bool:
    """Whether what a slip gives adds up to nothing in every column."""
    sights = [Sight(scene, place, column) for place in together for column in range(len(scene.columns))]
    return all(
        slip.cancels(sight, variant)
        for sight in sights
        if slip.at_rest or sight.is_moving(sight.place.result)
    )


def _surviving(
    scene: Scene, slip: Slip, together: Sequence[Place], goals: Sequence[float], allowed: Sequence[float]
) -> list[int]:
    """Which variants of a slip give the goal: column by column, as long as any does."""
    alive: list[int] | None = None
    for column, (goal, room) in enumerate(zip(goals, allowed, strict=True)):
        changes = [change for change, _ in _variants(slip, scene, together, column)]
        if not changes and all(scene.tangents[column][place.result] is None for place in together):
            changes = [0.0] * (1 + max(alive, default=-1)) if alive is not None else changes
        near = [
            k
            for k, change in enumerate(changes)
            if np.ndim(change) == 0 and abs(float(change) - goal) <= room
        ]
        alive = near if alive is None else [k for k in alive if k in near]
        if not alive:
            return []
    return alive or []


def _variants(slip: Slip, scene: Scene, together: Sequence[Place], column: int) -> list[tuple[Value, int]]:
    """The changes by a slip that is made at all of these places, each with the slot that it is about."""
    first, *others = [slip.variants(Sight(scene, place, column)) for place in together]
    if any(len(other) != len(first) for other in others):
        return []
    total = first
    for other in others:
        total = [(change + more, slot) for (change, slot), (more, _) in zip(total, other, strict=True)]
    return total


def _confirmed(evidence: Evidence, program: Program, survivors: Sequence[_Survivor]) -> list[Candidate]:
    """Those that give it at 50 digits at every point."""
    if not survivors:
        return []
    with np.errstate(all="ignore"):
        tape, tracers, scene = record_scene(
            program, float_inputs(evidence.points[0]), evidence.columns, evidence.weights
        )
        slopes = [scene.slope(column) for column in range(len(evidence.columns))]
        outputs = []
        about: dict[_Survivor, int] = {}
        for s in survivors:
            for column, slope in enumerate(slopes):
                variants = _variants(s.slip, scene, s.places, column)
                known = s.variant < len(variants)
                outputs.append(slope + variants[s.variant][0] if known else slope)
                if known and column == 0:
                    about[s] = variants[s.variant][1]
        values = _values(evidence, tape, tracers, outputs)
    found = []
    printer = Printer(scene.reading, evidence.input_names(program))
    for k, s in enumerate(survivors):
        if evidence.explains(values[k]):
            found.append(Candidate(s.rank, s.slip.kind, _sentence(s, about[s], printer, evidence)))
    return found


def _values(
    evidence: Evidence, tape: Tape, tracers: Sequence[Tracer], outputs: Sequence[Value]
) -> list[list[list[Any]]]:
    """What each survivor gives, by point and column; nothing for one that has no value at another point."""
    width = len(evidence.columns)
    each = [outputs[k : k + width] for k in range(0, len(outputs), width)]
    try:
        rows = evidence.at(recorded(tape, tracers, outputs))
        return [[row[k * width : (k + 1) * width] for row in rows] for k in range(len(each))]
    except (ArithmeticError, ValueError, TypeError, LookupError):
        if len(each) == 1:
            return [[]]
        return [_values(evidence, tape, tracers, own)[0] for own in each]


def _sentence(s: _Survivor, slot: int, printer: Printer, evidence: Evidence) -> str:
    place = s.places[0]
    parts = {
        "y": printer.slot(place.result),
        "by": " and ".join(evidence.names),
        "f": place.name,
        "p": f"{place.number:g}",
        "z": printer.slot(slot),
    }
    x = [printer.slot(i) for i in place.operands[:2]]
    if place.form == "function" and place.signs and place.signs[0] < 0:
        x[0] = printer.negated(place.operands[0])
    parts["x"], parts["x1"] = x[0] if x else "", x[-1] if x else ""
    parts["slope"] = SLOPES.get(place.name, "{y}′").format(**parts)
    if parts["x"].isidentifier():
        parts["slope"] = parts["slope"].replace(f"({parts['x']})²", f"{parts['x']}²")
    return s.slip.told.format(**parts)
