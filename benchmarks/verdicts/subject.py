"""Subject: a function of plain NumPy, its gradient by hand, and where to look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradlab.cases import call, clean_inputs

Inputs = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Subject:
    """One function of the corpus. `points` give every argument; the gradient is by those in `wrt`."""

    name: str
    kind: str
    function: Callable[..., Any]
    gradient: Callable[..., Any]
    points: tuple[Inputs, ...]
    wrt: tuple[str, ...]

    def claimed(self, inputs: Inputs) -> dict[str, Any]:
        """The gradient by hand, by argument."""
        return by_name(call(self.gradient, inputs), self.wrt)


def subject(
    name: str,
    kind: str,
    function: Callable[..., Any],
    gradient: Callable[..., Any],
    at: Inputs | Sequence[Inputs],
    wrt: str | Sequence[str] | None = None,
) -> Subject:
    """A subject; `wrt` is all arguments by default, and lists become arrays of float64."""
    points = [at] if isinstance(at, Mapping) else list(at)
    names = list(points[0]) if wrt is None else [wrt] if isinstance(wrt, str) else list(wrt)
    cleaned = tuple(clean_inputs({k: _array(v) for k, v in p.items()}, names, name)[0] for p in points)
    return Subject(name, kind, function, gradient, cleaned, tuple(names))


def _array(value: Any) -> Any:
    return np.array(value, dtype=np.float64) if isinstance(value, list) else value


def by_name(result: Any, wrt: Sequence[str]) -> dict[str, Any]:
    """A gradient as it was returned (a dictionary, a tuple, or one array), by argument."""
    if isinstance(result, Mapping):
        return dict(result)
    parts = result if isinstance(result, (tuple, list)) and len(wrt) > 1 else [result]
    return dict(zip(wrt, parts, strict=True))


def components(inputs: Inputs, wrt: Sequence[str]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The arguments' elements in order, row by row."""
    return ((name, index) for name in wrt for index in np.ndindex(np.shape(inputs[name])))
