"""Every primitive of the table meets every check. A new entry is found here by itself."""

from __future__ import annotations

import numpy as np
import pytest

import gradlab.engine  # noqa: F401  (fills the table)
from gradlab.engine.primitive import PRIMITIVES
from tests.conformance.checks import CHECKS, DERIVATIVE_CHECKS, Check
from tests.conformance.trials import differentiable, trials


def _title(check: Check) -> str:
    return check.__name__.removeprefix("check_")


@pytest.mark.parametrize("name", PRIMITIVES)
@pytest.mark.parametrize("check", CHECKS, ids=_title)
def test_value(check: Check, name: str) -> None:
    check(PRIMITIVES[name])


@pytest.mark.parametrize(
    "name", [name for name, primitive in PRIMITIVES.items() if differentiable(primitive)]
)
@pytest.mark.parametrize("check", DERIVATIVE_CHECKS, ids=_title)
def test_derivative(check: Check, name: str) -> None:
    check(PRIMITIVES[name])


@pytest.mark.parametrize(
    "name", [name for name, primitive in PRIMITIVES.items() if not differentiable(primitive)]
)
def test_only_conditions_and_positions_have_no_derivative(name: str) -> None:
    primitive = PRIMITIVES[name]
    for trial in trials(primitive):
        value = np.asarray(primitive.impl(*trial.operands, **trial.parameters))
        assert value.dtype.kind in "biu", f"{name} has real values, and no derivative: a silent zero"
