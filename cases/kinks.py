"""The kink of relu: away from it the lectures agree, and at it there is no derivative to agree on."""

import numpy as np

from gradlab import case


@case(
    at=dict(x=[-1.5, 0.4, 2.0], g=[1.0, -0.5, 3.0]),
    wrt="x",
    source="UM, GT and MIT, the rectifier",
    tags=("vector", "layer", "selection", "activation", "lecture"),
)
def relu(x, g):
    return np.sum(g * np.maximum(0, x))


@relu.hand
def relu_backward(x, g):
    return np.where(x > 0, g, 0.0)


relu.derivation(x="∂/∂x[gᵀ relu(x)] = g ⊙ relu'(x)")


@case(
    at=dict(x=0.0),
    source="UM and MIT: the slope is 1 where x ≥ 0",
    tags=("scalar", "kink", "activation", "lecture"),
    verdict="undefined",
    because="GT prints 0 here; the slope is 0 from the left and 1 from the right, and both are subgradients",
)
def relu_at_0(x):
    return np.maximum(0, x)


@relu_at_0.hand
def relu_at_0_as_in_um_and_mit(x):
    return np.where(x >= 0, 1.0, 0.0)


@case(
    at=dict(x=0.0),
    source="GT: the slope is 1 where x > 0",
    tags=("scalar", "kink", "activation", "lecture"),
    verdict="undefined",
    because="UM and MIT print 1 here; the slope is 0 from the left and 1 from the right, and both are subgradients",
)
def relu_at_0_in_gt(x):
    return np.maximum(0, x)


@relu_at_0_in_gt.hand
def relu_at_0_as_in_gt(x):
    return np.where(x > 0, 1.0, 0.0)
