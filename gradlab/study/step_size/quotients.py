"""Difference quotients of the user's own function, in float32 and float64, at many steps."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gradlab.cases import is_real
from gradlab.methods import Problem

METHODS = ("forward", "centered", "five-point", "complex step")
CALLS = 5
"""Of f, for all of them at one step."""


@dataclass(frozen=True)
class Precision:
    """A floating-point format."""

    name: str
    real: type[np.floating[Any]]
    complex: type[np.complexfloating[Any, Any]]

    @property
    def epsilon(self) -> float:
        """The distance from 1 to the next number."""
        return float(np.finfo(self.real).eps)


DOUBLE = Precision("float64", np.float64, np.complex128)
SINGLE = Precision("float32", np.float32, np.complex64)


@dataclass(frozen=True)
class Line:
    """f along one element of one argument, in one precision; values are flattened, nan where there is none."""

    problem: Problem
    column: int
    precision: Precision
    patience: float = 1.0
    """Seconds that one call may take."""

    @cached_property
    def place(self) -> tuple[str, int]:
        """The argument, and which of its elements."""
        owners = self.problem.owners
        name = owners[self.column]
        return name, self.column - owners.index(name)

    def inputs(self, x: Any) -> dict[str, Any]:
        """All real inputs in this precision, the element replaced by x."""
        cast = in_precision(self.problem.inputs, self.precision)
        name, element = self.place
        array = np.array(cast[name], dtype=np.asarray(x).dtype)
        array.flat[element] = x
        return {**cast, name: array if array.ndim else array[()]}

    def at(self, x: Any) -> np.ndarray:
        """f with the element replaced by x; in float64 or complex128, whatever it was computed in."""
        rows, complex_ones = self.problem.rows, np.iscomplexobj(x)
        nothing = np.full(rows, np.nan, dtype=np.complex128 if complex_ones else np.float64)
        try:
            with np.errstate(all="ignore"), _ended_after(self.patience):
                result = np.ravel(np.asarray(self.problem.call(self.inputs(x))))
        except (Exception, _Endless):  # beside the point it may be outside of its domain
            return nothing
        if result.shape != (rows,) or result.dtype.kind not in ("biufc" if complex_ones else "biuf"):
            return nothing
        return np.asarray(result.astype(nothing.dtype))

    @property
    def origin(self) -> Any:
        """The element, rounded to this precision."""
        name, element = self.place
        return self.precision.real(np.ravel(np.asarray(self.problem.inputs[name]))[element])


class _Endless(BaseException):
    """A call that took too long; not an Exception, which the function may catch itself."""


@contextmanager
def _ended_after(seconds: float) -> Iterator[None]:
    """End what takes longer: a loop that ends at the point may not do so beside it. Where there are no timers, and
    outside of the main thread, it takes what it takes.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: Any) -> None:
        raise _Endless

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def in_precision(inputs: Mapping[str, Any], precision: Precision) -> dict[str, Any]:
    """The inputs with all that are real in this precision."""
    return {
        name: np.asarray(value, dtype=precision.real)[()] if is_real(value) else value
        for name, value in inputs.items()
    }


def quotients(line: Line, steps: Sequence[float], *, with_complex: bool) -> dict[str, np.ndarray]:
    """Each method's quotients, and `backward` ones; shape (steps, rows).

    The distance that is divided by is that of the points as they are after rounding. nan where f gives no
    finite number, and where a step is lost in the rounding of the argument.
    """
    middle = line.at(line.origin)
    found: dict[str, list[np.ndarray]] = {name: [] for name in (*METHODS, "backward")}
    for step in steps:
        above, above_by = _beside(line, step)
        below, below_by = _beside(line, -step)
        far_above, far_above_by = _beside(line, 2 * step)
        far_below, far_below_by = _beside(line, -2 * step)
        with np.errstate(all="ignore"):
            near = (above - below) / (above_by - below_by)
            far = (far_above - far_below) / (far_above_by - far_below_by)
            found["forward"].append((above - middle) / above_by)
            found["backward"].append((middle - below) / -below_by)
            found["centered"].append(near)
            found["five-point"].append((4 * near - far) / 3)
            found["complex step"].append(
                _complex_step(line, step) if with_complex else np.full_like(middle, np.nan)
            )
    return {name: _finite(np.array(values)) for name, values in found.items()}


def _beside(line: Line, step: float) -> tuple[np.ndarray, float]:
    """(f there, how far that really is); nan where it is no distance at all."""
    with np.errstate(all="ignore"):
        x = line.precision.real(float(line.origin) + step)
        apart = float(x) - float(line.origin)
    if apart == 0 or not np.isfinite(apart):
        return np.full(line.problem.rows, np.nan), np.nan
    return line.at(x), apart


def _complex_step(line: Line, step: float) -> np.ndarray:
    length = line.precision.real(step)
    values = line.at(line.precision.complex(complex(float(line.origin), float(length))))
    slopes: np.ndarray = np.imag(values) / float(length)
    return slopes


def _finite(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), values, np.nan)
