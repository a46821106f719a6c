"""What is asked of a black box: every element; of very many a random sample, and all of them together along
random directions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradlab.judge.bars import Direction, element_slopes, slopes_along
from gradlab.judge.compare import Reference
from gradlab.measure.noise import direction_of
from gradlab.methods import Problem

MOST_ELEMENTS = 400
"""All asked one by one; of more, a sample."""
SAMPLE = 64
DIRECTIONS = 16


@dataclass(frozen=True)
class Along:
    """A direction through all elements, and the slope of each output along it."""

    direction: Direction
    references: tuple[Reference, ...]


def measured_references(problem: Problem) -> list[Reference]:
    """The derivatives of a black box, row by row; of very many elements, those of a random sample."""
    columns = sampled_columns(problem)
    found = element_slopes(problem, columns)
    whole = [Reference(None, sampled=False)] * (problem.rows * problem.columns)
    for row in range(problem.rows):
        for place, column in enumerate(columns):
            whole[row * problem.columns + column] = found.reference(row, place)
    return whole


def sampled_columns(problem: Problem) -> list[int]:
    """The elements that are asked one by one."""
    count = problem.columns
    if count <= problem.effort * MOST_ELEMENTS:
        return list(range(count))
    chosen = np.random.default_rng(0).choice(count, min(SAMPLE, count), replace=False)
    return sorted(chosen.tolist())


def random_slopes(problem: Problem) -> list[Along]:
    """The slopes along random directions through all elements, each of which moves by its size or theirs."""
    x = problem.flat()
    typical = float(np.sqrt(np.mean(x**2))) or 1.0
    size = np.maximum(np.abs(x), typical)
    directions = [Direction(np.arange(x.size), direction_of(size, seed)) for seed in range(DIRECTIONS)]
    found = slopes_along(problem, directions, np.ones(len(directions)), {})
    return [
        Along(direction, tuple(found.reference(row, k) for row in range(problem.rows)))
        for k, direction in enumerate(directions)
    ]


def element_that_is_off(
    problem: Problem, row: int, claimed: np.ndarray, allowed: np.ndarray, direction: Direction
) -> int:
    """The element because of which a claim for one output, shape (columns,), is off along a direction, by
    halving it. allowed: the claim's error bars.
    """
    while direction.columns.size > 1:
        half = direction.columns.size // 2
        first = Direction(direction.columns[:half], direction.sizes[:half])
        slope = slopes_along(problem, [first], np.ones(1), {})
        bar = float(slope.bar[row, 0] + np.abs(first.sizes) @ allowed[first.columns])
        is_off = not abs(float(slope.value[row, 0] - first.sizes @ claimed[first.columns])) <= bar
        direction = first if is_off else Direction(direction.columns[half:], direction.sizes[half:])
    return int(direction.columns[0])


def asked(problem: Problem, along: Sequence[Along]) -> str:
    """Which components were asked, where they were too many; "" where all were."""
    if not along:
        return ""
    sampled = len(sampled_columns(problem))
    return (
        f"of {problem.columns:,} elements {sampled} were drawn at random and asked one by one; the others were "
        f"asked together, along {len(along)} random directions through all"
    )
