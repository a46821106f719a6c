"""Layers of a network: the linear one, and functions applied element by element."""

import numpy as np

from gradlab import case


@case(
    at=dict(x=[0.5, -1.0, 2.0], W=[[1.0, 0.2, -0.4], [0.3, -0.6, 0.9]], b=[0.1, -0.2], g=[1.5, -0.7]),
    wrt=("x", "W", "b"),
    source="UM, GT, MIT and SU, the linear layer",
    tags=("layer", "matrix", "lecture"),
)
def linear(x, W, b, g):
    y = W @ x + b
    return g @ y


@linear.hand
def linear_backward(x, W, b, g):
    return dict(x=W.T @ g, W=np.outer(g, x), b=g)


linear.derivation(
    x="∂/∂x[gᵀ(Wx + b)] = gᵀ ∂/∂x[Wx + b] = gᵀW",
    W="∂/∂W[gᵀ(Wx + b)] = g xᵀ",
    b="∂/∂b[gᵀ(Wx + b)] = gᵀ ∂/∂b[Wx + b] = gᵀI = gᵀ",
)


@case(
    at=dict(x=[0.5, -1.0, 2.0], W=[[1.0, 0.2, -0.4], [0.3, -0.6, 0.9]], b=[0.1, -0.2]),
    wrt=("x", "W", "b"),
    quantity="jacobian",
    source="SU and GT, Jacobians of a layer: ∂y/∂W has three indices",
    tags=("layer", "jacobian", "lecture"),
)
def linear_jacobian(x, W, b):
    return W @ x + b


@linear_jacobian.hand
def linear_jacobian_blocks(x, W, b):
    return dict(x=W, W=np.eye(2)[:, :, np.newaxis] * x, b=np.eye(2))


linear_jacobian.derivation(x="∂/∂x[Wx + b] = W", b="∂/∂b[Wx + b] = I_2")


@case(
    at=dict(
        x_in=[[0.5], [-1.3], [2.0]],
        W=[[1.1, 0.2, -0.4], [0.3, -0.6, 0.9]],
        b=[[0.1], [-0.2]],
        J_out=[[1.5, -0.7]],
    ),
    wrt=("x_in", "W", "b"),
    source="MIT, the chapter's class `linear`: activations are columns there, and gradients are rows",
    tags=("layer", "matrix", "lecture"),
)
def linear_layer_code(x_in, W, b, J_out):
    x_out = W @ x_in + b
    return np.sum(J_out @ x_out)


@linear_layer_code.hand
def linear_layer_code_backward(x_in, W, b, J_out):
    J_in = J_out @ W
    dJdW = x_in @ J_out
    dJdb = J_out
    # in rows each is the transpose of a gradient
    return dict(x_in=J_in.T, W=dJdW.T, b=dJdb.T)


@case(
    at=dict(
        x_in=[[0.5], [-1.3], [2.0]],
        W=[[1.1, 0.2, -0.4], [0.3, -0.6, 0.9]],
        b=[[0.1], [-0.2]],
        J_out=[[1.5, -0.7]],
    ),
    wrt=("W", "b"),
    source="MIT, the update of the chapter's class `linear`: W −= lr dJdWᵀ, and b −= lr dJdb",
    tags=("layer", "matrix", "lecture", "wrong-claim"),
    verdict="error",
    because="the update transposes dJdW but not dJdb: a row taken from a column gives a matrix",
)
def linear_layer_code_update(x_in, W, b, J_out):
    x_out = W @ x_in + b
    return np.sum(J_out @ x_out)


@linear_layer_code_update.hand
def linear_layer_code_as_updated(x_in, W, b, J_out):
    dJdW = x_in @ J_out
    dJdb = J_out
    return dict(W=dJdW.T, b=dJdb)


@case(
    at=dict(x=[0.5, -1.2], b=[0.3, 0.1]),
    quantity="jacobian",
    source="UM, MIT and SU, elementwise functions",
    tags=("layer", "jacobian", "activation", "lecture"),
)
def pointwise_tanh(x, b):
    return np.tanh(x + b)


@pointwise_tanh.hand
def pointwise_tanh_jacobian(x, b):
    diagonal = np.diag(1 - np.tanh(x + b) ** 2)
    return dict(x=diagonal, b=diagonal)


pointwise_tanh.derivation(
    x="∂/∂x[tanh(x + b)] = diag(tanh'(x + b)) = diag(1 − tanh(x + b) ⊙ tanh(x + b))",
)


@case(
    at=dict(x=[0.5, -1.2], b=[0.3, 0.1]),
    quantity="jacobian",
    source="UM, MIT and SU, elementwise functions",
    tags=("layer", "jacobian", "activation", "lecture"),
)
def pointwise_sigmoid(x, b):
    return 1 / (1 + np.exp(-(x + b)))


@pointwise_sigmoid.hand
def pointwise_sigmoid_jacobian(x, b):
    y = 1 / (1 + np.exp(-(x + b)))
    diagonal = np.diag(y * (1 - y))
    return dict(x=diagonal, b=diagonal)


pointwise_sigmoid.derivation(
    x="∂/∂x[σ(x + b)] = diag(σ'(x + b)) = diag(σ(x + b) ⊙ (1 − σ(x + b)))",
)


@case(
    at=dict(x=[0.5, -1.2], b=[0.3, 0.1]),
    quantity="jacobian",
    source="UM, MIT and SU, elementwise functions",
    tags=("layer", "jacobian", "selection", "activation", "lecture"),
)
def pointwise_relu(x, b):
    return np.maximum(0, x + b)


@pointwise_relu.hand
def pointwise_relu_jacobian(x, b):
    diagonal = np.diag(np.where(x + b > 0, 1.0, 0.0))
    return dict(x=diagonal, b=diagonal)


pointwise_relu.derivation(x="∂/∂x[relu(x + b)] = diag(relu'(x + b))")
