"""By how much a branch or a selection was decided: zero exactly where the operation is not differentiable."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from gradlab.engine.primitive import PRIMITIVES


class Row(NamedTuple):
    name: str
    operands: tuple[Any, ...]
    margin: Any
    parameters: dict[str, Any] = {}  # noqa: RUF012 (a NamedTuple's default, never changed)


MARGINS = {
    "the largest of a row leads the next": Row(
        "max", (np.array([[1.0, 4.0, 3.5], [2.0, 2.0, 0.0]]),), [0.5, 0.0], dict(axis=(1,), keepdims=False)
    ),
    "the least of all": Row("min", (np.array([3.0, 1.0, 1.25]),), 0.25, dict(axis=(0,), keepdims=False)),
    "a single element leads none": Row("max", (np.array([3.0]),), np.inf, dict(axis=(0,), keepdims=False)),
    "the place of the largest": Row("argmax", (np.array([1.0, 2.0, 2.0]),), 0.0, dict(axis=None)),
    "of the largest by column": Row(
        "argmax", (np.array([[1.0, 5.0], [3.0, 5.0]]),), [2.0, 0.0], dict(axis=0)
    ),
    "by the last axis, counted from behind": Row(
        "argmax", (np.array([[1.0, 5.0], [3.0, 3.5]]),), [4.0, 0.5], dict(axis=-1)
    ),
    "the place of the least": Row("argmin", (np.array([1.0, 4.0, 1.5]),), 0.5, dict(axis=None)),
    "a whole power is smooth": Row("power", (0.0, 3.0), np.inf),
    "a power to nothing too": Row("power", (0.0, 0.0), np.inf),
    "a broken power is not, at 0": Row("power", (0.0, 1.5), 0.0),
    "a broken power beside 0": Row("power", (0.25, 0.5), 0.25),
    "the angle's cut": Row("arctan2", (0.0, -1.0), 0.0),
    "the angle's cut from above": Row("arctan2", (0.5, -1.0), 0.5),
    "the angle at the origin": Row("arctan2", (0.0, 0.0), 0.0),
    "the angle on the other side": Row("arctan2", (0.0, 2.0), 2.0),
    "arcsin's edge": Row("arcsin", (1.0,), 0.0),
    "a whole number's floor": Row("floor", (2.0,), 0.0),
    "a half's round": Row("rint", (2.5,), 0.0),
    "a whole number's round": Row("rint", (2.0,), -0.5),
}


@pytest.mark.parametrize("row", MARGINS.values(), ids=MARGINS)
def test_a_margin_is_the_distance_to_the_kink(row: Row) -> None:
    primitive = PRIMITIVES[row.name]
    assert primitive.kinks is not None
    operands = [np.asarray(x) for x in row.operands]
    y = primitive.impl(*operands, **row.parameters)
    np.testing.assert_allclose(primitive.kinks(y, *operands, **row.parameters), row.margin)
