"""Where a primitive is tried: points over its domain, in every broadcasting combination.

Nothing here names a primitive: what it needs is read from the table's entry. An operand that is a
condition is known by the entry's example, and drawn as True or False.
"""

from __future__ import annotations

import itertools
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradlab.engine.primitive import Primitive, Value

SCALAR_POINTS = 12
BASIC_SHAPES: tuple[tuple[int, ...], ...] = ((), (1,), (3,), (2, 1), (2, 3))
SMALLEST_MARGIN = 1e-6
"""Nearer to a kink than this there is no derivative to compare; differences here step by 1e-30."""
_MOST_DRAWS = 2000
_POOL = 200


@dataclass(frozen=True, eq=False)
class Trial:
    """Operands to try a primitive on; compared by identity, so that what is known of it can be kept."""

    operands: tuple[Value, ...]
    parameters: dict[str, Any]
    wrt: tuple[int, ...]
    """The operands by which it is differentiable here."""
    smooth: bool
    """Whether it is away from every kink."""
    seed: int

    @property
    def inputs(self) -> list[Value]:
        return [self.operands[i] for i in self.wrt]

    @property
    def is_scalar(self) -> bool:
        return all(np.ndim(x) == 0 for x in self.operands)

    def filled(self, inputs: Any) -> list[Value]:
        """All operands, those of `wrt` replaced."""
        operands = list(self.operands)
        for position, value in zip(self.wrt, inputs, strict=True):
            operands[position] = value
        return operands

    def weights(self, *shapes: tuple[int, ...]) -> list[Value]:
        """The same random cotangents or tangents every time, one a shape; floats where it is ()."""
        generator = np.random.default_rng(self.seed)
        drawn = [generator.integers(-64, 65, shape) / 16 + 1 / 32 for shape in shapes]
        return [w if w.shape else float(w) for w in map(np.asarray, drawn)]

    def __str__(self) -> str:
        return ", ".join(map(repr, self.operands)) + (f", {self.parameters}" if self.parameters else "")


def differentiable(primitive: Primitive) -> bool:
    """Whether the entry gives any derivative."""
    return primitive.vjp is not None or any(partial is not None for partial in primitive.partials or ())


_KNOWN: dict[tuple[Any, ...], tuple[Trial, ...]] = {}


def trials(primitive: Primitive) -> tuple[Trial, ...]:
    """All trials of a primitive: the same ones for a copy of it that has other rules."""
    partials = primitive.partials or ()
    has_derivative = tuple(partial is not None for partial in partials)
    key = (
        primitive.name,
        primitive.impl,
        primitive.domain,
        primitive.kinks,
        has_derivative,
        primitive.vjp is None,
    )
    if key not in _KNOWN:
        seeds = itertools.count(zlib.crc32(primitive.name.encode()))
        if primitive.is_elementwise:
            _KNOWN[key] = tuple(
                _drawn(primitive, shapes, seed)
                for shapes, seed in zip(_shapes(len(partials)), seeds, strict=False)
            )
        else:
            _KNOWN[key] = tuple(
                _of_example(primitive, example, seed)
                for example, seed in zip(primitive.examples, seeds, strict=False)
            )
    assert _KNOWN[key], f"{primitive.name}: there is nothing to try it on; give its entry examples"
    return _KNOWN[key]


def _shapes(arity: int) -> list[tuple[tuple[int, ...], ...]]:
    """Scalars several times, then every combination (of three operands, every sixth)."""
    combinations = list(itertools.product(BASIC_SHAPES, repeat=arity))
    return [((),) * arity] * SCALAR_POINTS + combinations[1 :: 1 if arity < 3 else 6]


def smooth_trials(primitive: Primitive) -> list[Trial]:
    """The trials at which there is a derivative; every differentiable operand takes part in some."""
    chosen = [trial for trial in trials(primitive) if trial.smooth and trial.wrt]
    wanted = {i for i, partial in enumerate(primitive.partials or ()) if partial is not None}
    missed = wanted - {i for trial in chosen for i in trial.wrt}
    assert chosen and not missed, f"{primitive.name}: no trial has a derivative by operand {sorted(missed)}"
    return chosen


def _of_example(primitive: Primitive, example: tuple[Any, ...], seed: int) -> Trial:
    *operands, parameters = example
    wrt = tuple(range(len(operands))) if primitive.vjp is not None else ()
    return Trial(tuple(operands), parameters, wrt, _misses_kinks(primitive, operands, parameters), seed)


def _drawn(primitive: Primitive, shapes: tuple[tuple[int, ...], ...], seed: int) -> Trial:
    """One trial within the domain; for a derivative away from kinks too."""
    rng = np.random.default_rng(seed)
    has_derivative = [partial is not None for partial in primitive.partials or ()]
    conditions = (
        [isinstance(x, bool) for x in primitive.examples[0][:-1]]
        if primitive.examples
        else [False] * len(shapes)
    )
    pools = [_draw(rng, _POOL, c) for c in conditions]
    if not any(conditions):  # each operand's numbers are those that are good with some others
        good = _good(primitive, pools)
        pools = [pool[good] for pool in pools]
    for _ in range(_MOST_DRAWS):
        operands = [rng.choice(pool, shape) for pool, shape in zip(pools, shapes, strict=True)]
        operands = [x if np.ndim(x) else x.item() for x in operands]
        smooth = _misses_kinks(primitive, operands, {})
        if within(primitive, operands) and (smooth or (not any(has_derivative) and rng.random() < 0.2)):
            wrt = tuple(
                i for i, yes in enumerate(has_derivative) if yes and _is_interior(primitive, operands, i)
            )
            if seed % 3 and wrt:  # one operand alone, so that the others are constants of the program
                wrt = (wrt[seed % len(wrt)],)
            return Trial(tuple(operands), {}, wrt, smooth, seed)
    raise AssertionError(f"{primitive.name}: no point of its domain was found for shapes {shapes}")


def _draw(rng: np.random.Generator, count: int, condition: bool) -> Value:
    """Numbers of both signs over five magnitudes, some of them whole; or truth values."""
    if condition:
        return rng.random(count) < 0.5
    size = 10.0 ** rng.uniform(-3.0, 1.5, count) * rng.choice([-1.0, 1.0], count)
    return np.where(rng.random(count) < 0.2, rng.integers(-3, 4, count), size)


def _good(primitive: Primitive, pools: list[Value]) -> Value:
    """Which of the drawn tuples of numbers are of the domain, away from kinks, with a finite value."""
    good = np.ones(_POOL, dtype=bool)
    with np.errstate(all="ignore"):
        y = primitive.impl(*pools)
        if primitive.domain is not None:
            good &= primitive.domain(*pools)
        if primitive.kinks is not None and primitive.partials != (None,) * len(pools):
            good &= np.abs(primitive.kinks(y, *pools)) > SMALLEST_MARGIN
    return good & np.isfinite(y)


def within(primitive: Primitive, operands: Any) -> bool:
    """Whether all operands are of the domain, and the value is finite there."""
    with np.errstate(all="ignore"):
        arrays = [np.asarray(x) for x in operands]
        if primitive.domain is not None and not np.all(primitive.domain(*arrays)):
            return False
        return bool(np.all(np.isfinite(primitive.impl(*operands))))


def _misses_kinks(primitive: Primitive, operands: Any, parameters: dict[str, Any]) -> bool:
    if primitive.kinks is None:
        return True
    with np.errstate(all="ignore"):
        y = primitive.impl(*operands, **parameters)
        return bool(
            np.all(np.abs(primitive.kinks(y, *map(np.asarray, operands), **parameters)) > SMALLEST_MARGIN)
        )


def _is_interior(primitive: Primitive, operands: list[Value], position: int) -> bool:
    """Whether the domain goes on to both sides of an operand (it does not for (−2)^p by p)."""
    moved = [[x * (1 + s) + s if i == position else x for i, x in enumerate(operands)] for s in (1e-7, -1e-7)]
    return all(within(primitive, m) for m in moved)
