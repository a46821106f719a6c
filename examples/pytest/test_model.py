"""Tests with the fixture `gradcheck`: pytest examples/pytest"""

import numpy as np
from model import Affine, gradient, loss

rng = np.random.default_rng(0)


def test_the_gradient_of_the_loss(gradcheck):
    X, y = rng.normal(size=(4, 2)), np.array([0.0, 1.0, 1.0, 0.0])
    gradcheck(loss, at=dict(w=np.array([0.5, -0.3]), X=X, y=y), wrt="w", hand=gradient)


def test_a_layer_by_a_random_upstream_gradient(gradcheck):
    def total(x, W, b, dy):
        return np.sum(Affine(W, b).forward(x) * dy)

    def backward(x, W, b, dy):
        layer = Affine(W, b)
        layer.forward(x)
        return {"x": layer.backward(dy), "W": layer.dW, "b": layer.db}

    shapes = {"x": (5, 3), "W": (3, 2), "b": (2,), "dy": (5, 2)}
    point = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    gradcheck(total, at=point, wrt=["x", "W", "b"], hand=backward)
