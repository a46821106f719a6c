"""The witnesses, one a file: each derives a Problem in its own way, and none imports another.

A method is a module with `TITLE`, and `derive(problem)`, which returns a Derivation or raises
Unsupported with the reason. `methods()` finds the files.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, cast

import numpy as np

from gradlab.cases import Claim, is_real
from gradlab.engine.program import Program
from gradlab.engine.simplify import simplify

Inputs = Mapping[str, Any]

ORDER = ("reverse", "forward", "symbolic", "finite_difference", "complex_step", "precise", "claimed")
"""The order of report; a method not named here comes after, by name."""


class Unsupported(Exception):
    """This method can't, and why: a finding, not a failure."""


@dataclass(frozen=True)
class Problem:
    """What a method is asked: the derivative of a function at a point.

    The derivative is a matrix J[i, j] = ∂yᵢ/∂xⱼ with a row for each output (one for a gradient) and
    a column for each element of the arguments in `wrt`, in order, row by row.
    """

    call: Callable[[Inputs], Any]
    """The user's own function; it gets copies, so it can't change the point."""
    inputs: Inputs
    wrt: tuple[str, ...]
    rows: int
    value: np.ndarray
    """The function's outputs at the point, flattened."""
    program: Program | None
    """The function's trace here, over `traced`; None where it can't be traced."""
    untraceable: str = ""
    traced: tuple[str, ...] = ()
    claim: Claim | None = None
    digits: int = 50
    effort: float = 1.0
    """What share of its usual work a method may do here: less at points that are drawn besides."""

    @property
    def columns(self) -> int:
        """How many elements the derivative is taken by."""
        return sum(int(np.size(self.inputs[name])) for name in self.wrt)

    @property
    def traced_inputs(self) -> list[Any]:
        """The values that go into the program."""
        return [self.inputs[name] for name in self.traced]

    @property
    def wrt_places(self) -> list[int]:
        """Where the arguments to derive by are among the program's inputs."""
        return [self.traced.index(name) for name in self.wrt]

    @property
    def owners(self) -> list[str]:
        """The argument that each of the derivative's columns belongs to."""
        return [name for name in self.wrt for _ in range(int(np.size(self.inputs[name])))]

    @cached_property
    def types(self) -> list[np.dtype]:
        """The type of each of the derived arguments' elements."""
        return [np.asarray(self.inputs[name]).dtype for name in self.owners]

    def needs_program(self) -> Program:
        """The trace; raises Unsupported where there is none."""
        if self.program is None:
            raise Unsupported(self.untraceable)
        return self.program

    @cached_property
    def straight(self) -> Program:
        """The trace without what only decides its branches; raises Unsupported where there is none."""
        return simplify(self.needs_program(), branches=False)

    def moved(self, steps: np.ndarray) -> list[dict[str, Any]]:
        """The inputs with one element moved by its step, for each element in turn."""
        x = self.flat() if not np.iscomplexobj(steps) else self.flat().astype(np.complex128)
        points = []
        for j, step in enumerate(steps):
            beside = x.copy()
            beside[j] += step
            points.append(self.with_values(beside))
        return points

    def with_values(self, x: np.ndarray) -> dict[str, Any]:
        """The inputs with the derived arguments' elements replaced by x, flattened."""
        inputs = dict(self.inputs)
        start = 0
        for name in self.wrt:
            size, shape = int(np.size(inputs[name])), np.shape(inputs[name])
            part = x[start : start + size]
            dtype = np.float64 if np.ndim(inputs[name]) == 0 or np.iscomplexobj(x) else inputs[name].dtype
            inputs[name] = (
                part.reshape(shape).astype(dtype if not np.iscomplexobj(x) else x.dtype) if shape else part[0]
            )
            start += size
        return inputs

    def flat(self) -> np.ndarray:
        """The derived arguments' elements, flattened."""
        return np.concatenate(
            [np.ravel(np.asarray(self.inputs[name], dtype=np.float64)) for name in self.wrt]
        )


@dataclass(frozen=True)
class Estimate:
    """A method's derivative at one point, in float64."""

    value: np.ndarray
    """Shape (rows, columns)."""
    error: np.ndarray | None = None
    """The method's own error estimate, of the same shape."""
    step: np.ndarray | None = None
    """The step of each column."""
    evaluations: int = 0
    exact: Sequence[tuple[Any, Any]] | None = None
    """(value, error estimate) in mpmath numbers, row by row, where the method has them already."""
    known: np.ndarray | None = None
    """Which columns were asked at all (a claim may cover some); None for all."""
    along: tuple[np.ndarray, Sequence[tuple[Any, Any]]] | None = None
    """A direction through all columns, and (value, error estimate) of each output along it, in mpmath
    numbers, where the columns are too many to be asked one by one.
    """


@dataclass(frozen=True)
class Derivation:
    """What a method has derived, to be evaluated."""

    estimate: Callable[[Problem], Estimate]
    exact: Callable[[Problem, int], list[Any]] | None = None
    """The derivative in mpmath numbers at a number of working digits, row by row; where the method has a form to evaluate."""
    evaluate: Callable[[Problem], Callable[[], Any]] | None = None
    """For timing: at a problem, a function that does one bare evaluation."""
    same_branch: bool = False
    """Whether it may be evaluated at another point of the same program."""
    sizes: Sequence[tuple[str, int]] = field(default_factory=tuple)
    """(form, operations) of the closed forms it found."""


class Method(Protocol):
    """A module in this folder."""

    TITLE: str
    """A few words for the reports."""

    def derive(self, problem: Problem) -> Derivation:
        """Derive, or raise Unsupported."""


def load(chosen: Iterable[Method]) -> None:
    """Import what the methods will need: a method may have a `load` of its own for a heavy library."""
    for method in chosen:
        getattr(method, "load", lambda: None)()


def methods() -> dict[str, Method]:
    """Every method in this folder by name, in the order of report."""
    names = [m.name for m in pkgutil.iter_modules(__path__)]
    names.sort(key=lambda n: (ORDER.index(n) if n in ORDER else len(ORDER), n))
    return {name: cast("Method", importlib.import_module(f"{__name__}.{name}")) for name in names}


def component_names(inputs: Inputs, wrt: Sequence[str], rows: Sequence[str]) -> list[str]:
    """`w`, `W0[0, 1]`; with several outputs `y[1] by x[0]`.

    >>> component_names({"w": 1.0, "A": np.zeros((1, 2))}, ("w", "A"), [""])
    ['w', 'A[0, 0]', 'A[0, 1]']
    """
    columns = [name + element for name in wrt for element in element_names(np.shape(inputs[name]))]
    return [f"{row} by {column}" if row else column for row in rows for column in columns]


def element_names(shape: tuple[int, ...]) -> list[str]:
    """`[0, 1]` for each element; [""] for a number."""
    return ["[" + ", ".join(map(str, i)) + "]" if i else "" for i in np.ndindex(shape)]


def real_inputs(inputs: Inputs) -> tuple[str, ...]:
    """The names of the inputs that a trace runs over: floats and arrays of floats."""
    return tuple(name for name, value in inputs.items() if is_real(value))


def function_value(problem: Problem, x: np.ndarray) -> np.ndarray:
    """The user's function with its derived arguments replaced, flattened to (rows,); it may hold nan."""
    try:
        with np.errstate(all="ignore"):
            result = np.ravel(np.asarray(problem.call(problem.with_values(x))))
    except Exception:  # it runs at the point; beside it, it is outside its domain: math.log(-1)
        return np.full(problem.rows, math.nan)
    if result.shape != (problem.rows,) or result.dtype.kind == "c":  # (-1) ** 1.5, in plain Python
        return np.full(problem.rows, math.nan)
    return result
