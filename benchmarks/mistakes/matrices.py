"""Vectors and matrices: the gradients of `models`, each with one factor wrong, as functions in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.mistakes.models import MODELS, Model


@dataclass(frozen=True)
class MatrixDerivation:
    """A model's gradient with the slip of one place, by number in the order in which the pass asks; -1 for none."""

    name: str
    planted: tuple[str, ...]
    place: int
    by: str
    same: frozenset[str] = frozenset()

    def claim(self) -> Callable[..., dict[str, Any]]:
        """The gradient by all arguments, as a function of the inputs by name."""
        return _claim(MODELS[self.name], self.place)

    def __str__(self) -> str:
        return f"{self.name} | ∂{self.by}, in NumPy | place {self.place}"


def _claim(model: Model, place: int, asked: list[str] | None = None) -> Callable[..., dict[str, Any]]:
    def claim(**inputs: Any) -> dict[str, Any]:
        number = -1

        def slip(family: str, right: Any, wrong: Callable[[], Any]) -> Any:
            nonlocal number
            number += 1
            if asked is not None:
                asked.append(family)
            return wrong() if number == place else right

        return model.backward(slip, **inputs)

    return claim


def matrices() -> Iterator[MatrixDerivation]:
    """Every slip of every model that changes something, and every model without one."""
    for name, model in MODELS.items():
        asked: list[str] = []
        right = _claim(model, -1, asked)(**model.at)
        answers: dict[tuple[bytes, ...], list[int]] = {}
        for place in range(len(asked)):
            wrong = _claim(model, place)(**model.at)
            if any(np.shape(wrong[n]) != np.shape(right[n]) for n in model.wrt):
                raise ValueError(f"{name}: the slip '{asked[place]}' changes a shape")
            off = [n for n in model.wrt if not np.allclose(wrong[n], right[n])]
            if off:
                answers.setdefault(tuple(np.round(wrong[n], 9).tobytes() for n in model.wrt), []).append(
                    place
                )
        yield MatrixDerivation(name, (), -1, model.wrt[0])
        for places in answers.values():
            wrong = _claim(model, places[0])(**model.at)
            off = [n for n in model.wrt if not np.allclose(wrong[n], right[n])]
            same = frozenset(asked[place] for place in places)
            yield MatrixDerivation(name, (asked[places[0]],), places[0], off[0], same)
