"""Reverse mode: the engine's gradient program, one pass an output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from gradlab.engine.compile import compile_program
from gradlab.engine.program import Program, evaluate
from gradlab.engine.reverse import reverse
from gradlab.methods import Derivation, Estimate, Problem
from gradlab.numbers.precise import Precise

TITLE = "reverse mode"


def derive(problem: Problem) -> Derivation:
    """The program of cotangents of the function's trace."""
    program = problem.needs_program()
    gradient = reverse(program, problem.traced_inputs, wrt=problem.wrt_places)

    def exact(at: Problem, digits: int) -> list[Any]:
        numbers = Precise(digits)
        inputs = [numbers.constant(x) for x in at.traced_inputs]
        rows = []
        for seed in _seeds(program):
            for part in evaluate(gradient, [*inputs, numbers.constant(seed)], numbers):
                rows += np.ravel(np.asarray(part, dtype=object)).tolist()
        return [numbers.number(v) for v in rows]

    def estimate(at: Problem) -> Estimate:
        with np.errstate(all="ignore"):
            rows = [_flat(evaluate(gradient, [*at.traced_inputs, seed])) for seed in _seeds(program)]
        return Estimate(np.array(rows))

    def bare(at: Problem) -> Callable[[], Any]:
        function = compile_program(only_unit_seed(gradient), tuple(at.traced_inputs))
        inputs = at.traced_inputs
        return lambda: function(*inputs)

    sizes = [("gradient program", only_unit_seed(gradient).operations())] if problem.rows == 1 else []
    return Derivation(estimate, exact, bare if problem.rows == 1 else None, same_branch=True, sizes=sizes)


def only_unit_seed(gradient: Program) -> Program:
    """The gradient of a number: the seed is the constant 1, and what that makes needless is gone."""
    from gradlab.engine.simplify import simplify

    return simplify(with_unit_seed(gradient))


def with_unit_seed(gradient: Program) -> Program:
    """The gradient of a number as it was recorded, with the constant 1 as its seed."""
    *inputs, seed = gradient.inputs
    shape = gradient.shapes[seed]
    constants = {**gradient.constants, seed: np.ones(shape) if shape else 1.0}
    return replace(gradient, inputs=tuple(inputs), constants=constants)


def _seeds(program: Program) -> list[Any]:
    """One unit cotangent for each element of the output."""
    shape = program.shapes[program.outputs[0]]
    return list(np.eye(int(np.prod(shape))).reshape(-1, *shape)) if shape else [1.0]


def _flat(parts: list[Any]) -> np.ndarray:
    return np.concatenate([np.ravel(np.asarray(part, dtype=np.float64)) for part in parts])
