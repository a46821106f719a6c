"""Networks: layers in a chain, the backward pass written out from the loss to the first weights."""

import numpy as np

from gradlab import case


@case(
    at=dict(x=[1.0, 2.0], W=[[0.5, -0.25], [0.5, -0.125]], b=[0.0, -0.25], v=[4.0, 6.0], c=5.1, t=12.1),
    wrt=("W", "b", "v", "c"),
    source="VU, a network one scalar at a time",
    tags=("network", "loss", "lecture"),
    expected=dict(
        y="10.1",
        value="4",
        W=(("-4", "-8"), ("-6", "-12")),
        b=("-4", "-6"),
        v=("-2", "-2"),
        c="-4",
    ),
)
def scalar_mlp(x, W, b, v, c, t):
    k = W @ x + b
    h = 1 / (1 + np.exp(-k))
    y = v @ h + c
    return (y - t) ** 2


@scalar_mlp.hand
def scalar_mlp_gradient(x, W, b, v, c, t):
    h1 = 1 / (1 + np.exp(-(W[0, 0] * x[0] + W[0, 1] * x[1] + b[0])))
    h2 = 1 / (1 + np.exp(-(W[1, 0] * x[0] + W[1, 1] * x[1] + b[1])))
    y = v[0] * h1 + v[1] * h2 + c
    k1_bar = 2 * (y - t) * v[0] * h1 * (1 - h1)
    k2_bar = 2 * (y - t) * v[1] * h2 * (1 - h2)
    W1_bar = np.stack([k1_bar * x[0], k1_bar * x[1]])
    W2_bar = np.stack([k2_bar * x[0], k2_bar * x[1]])
    return dict(
        W=np.stack([W1_bar, W2_bar]),
        b=np.stack([k1_bar, k2_bar]),
        v=np.stack([2 * (y - t) * h1, 2 * (y - t) * h2]),
        c=2 * (y - t),
    )


@scalar_mlp.shows
def scalar_mlp_steps(x, W, b, v, c, t):
    return dict(y=v @ (1 / (1 + np.exp(-(W @ x + b)))) + c)


@case(
    at=dict(
        x1=0.8, x2=-0.5, w11=0.6, w12=0.2, w21=-0.3, w22=0.9, b1=0.1, b2=-0.2, v1=1.2, v2=-0.7, c=0.3, t=0.5
    ),
    wrt=("v2", "w12"),
    source="VU, the two derivatives that the lecture works out for that network",
    tags=("network", "loss", "scalar", "lecture"),
)
def scalar_mlp_two_derivatives(x1, x2, w11, w12, w21, w22, b1, b2, v1, v2, c, t):
    k1 = w11 * x1 + w21 * x2 + b1
    k2 = w12 * x1 + w22 * x2 + b2
    h1 = 1 / (1 + np.exp(-k1))
    h2 = 1 / (1 + np.exp(-k2))
    y = v1 * h1 + v2 * h2 + c
    return (y - t) ** 2


@scalar_mlp_two_derivatives.hand
def scalar_mlp_two_derivatives_by_hand(x1, x2, w11, w12, w21, w22, b1, b2, v1, v2, c, t):
    h1 = 1 / (1 + np.exp(-(w11 * x1 + w21 * x2 + b1)))
    h2 = 1 / (1 + np.exp(-(w12 * x1 + w22 * x2 + b2)))
    y = v1 * h1 + v2 * h2 + c
    return dict(
        v2=2 * (y - t) * h2,
        w12=2 * (y - t) * v2 * h2 * (1 - h2) * x1,
    )


_Y = "v1 σ(w11 x1 + w21 x2 + b1) + v2 σ(w12 x1 + w22 x2 + b2) + c"
_K2 = "w12 x1 + w22 x2 + b2"
scalar_mlp_two_derivatives.derivation(
    v2=f"""∂/∂v2[({_Y} − t)²]
       = 2({_Y} − t) ∂/∂v2[v2 σ({_K2})]
       = 2({_Y} − t) σ({_K2})""",
    w12=f"""∂/∂w12[({_Y} − t)²]
       = 2({_Y} − t) v2 ∂/∂w12[σ({_K2})]
       = 2({_Y} − t) v2 σ({_K2}) (1 − σ({_K2})) ∂/∂w12[{_K2}]
       = 2({_Y} − t) v2 σ({_K2}) (1 − σ({_K2})) x1""",
)


@case(
    at=dict(
        x=[0.8, -0.5],
        W=[[0.6, -0.3], [0.2, 0.9]],
        b=[0.1, -0.2],
        V=[[1.2, -0.7], [0.4, 0.5]],
        c=[0.05, -0.1],
        t=[0.5, 0.3],
    ),
    wrt=("W", "b", "V", "c"),
    source="VU, the same network in matrices",
    tags=("network", "matrix", "loss", "lecture"),
)
def mlp_squared_error(x, W, b, V, c, t):
    k = W @ x + b
    h = 1 / (1 + np.exp(-k))
    y = V @ h + c
    return np.sum((y - t) ** 2)


@mlp_squared_error.hand
def mlp_squared_error_gradient(x, W, b, V, c, t):
    h = 1 / (1 + np.exp(-(W @ x + b)))
    y = V @ h + c
    y_bar = 2 * (y - t)
    h_bar = V.T @ y_bar
    k_bar = h_bar * h * (1 - h)
    V_bar, W_bar = np.outer(y_bar, h), np.outer(k_bar, x)
    return dict(W=W_bar, b=k_bar, V=V_bar, c=y_bar)


mlp_squared_error.derivation(
    c="∂/∂c[‖Vσ(Wx + b) + c − t‖²] = 2(Vσ(Wx + b) + c − t)",
    V="∂/∂V[‖Vσ(Wx + b) + c − t‖²] = 2(Vσ(Wx + b) + c − t) σ(Wx + b)ᵀ",
    b="∂/∂b[‖Vσ(Wx + b) + c − t‖²] = 2Vᵀ(Vσ(Wx + b) + c − t) ⊙ σ(Wx + b) ⊙ (1 − σ(Wx + b))",
    W="∂/∂W[‖Vσ(Wx + b) + c − t‖²] = (2Vᵀ(Vσ(Wx + b) + c − t) ⊙ σ(Wx + b) ⊙ (1 − σ(Wx + b))) xᵀ",
)


@case(
    at=dict(
        x=[1.0, -0.5, 0.8, 0.3],
        W1=[[0.5, -0.2, 0.4, 0.1], [-0.6, 0.3, -0.2, 0.2], [0.3, 0.8, 0.6, -0.5]],
        W2=[[0.7, -0.4, 0.2], [-0.3, 0.5, 0.9]],
        y=[0.2, -0.1],
    ),
    wrt=("W1", "W2"),
    source="MIT, a small network backwards (4 → 3 → 2 as drawn, no biases)",
    tags=("network", "matrix", "loss", "selection", "lecture"),
    around=0.1,
)
def mlp_4_3_3_2_relu(x, W1, W2, y):
    z = W1 @ x
    h = np.maximum(0, z)
    y_hat = W2 @ h
    return np.sum((y_hat - y) ** 2)


@mlp_4_3_3_2_relu.hand
def mlp_4_3_3_2_relu_gradient(x, W1, W2, y):
    z = W1 @ x
    h = np.maximum(0, z)
    y_hat_bar = 2 * (W2 @ h - y)
    h_bar = W2.T @ y_hat_bar
    z_bar = np.where(z > 0, h_bar, 0.0)
    return dict(W1=np.outer(z_bar, x), W2=np.outer(y_hat_bar, h))


mlp_4_3_3_2_relu.derivation(
    W1="∂/∂W1[‖W2 relu(W1 x) − y‖²] = (2W2ᵀ(W2 relu(W1 x) − y) ⊙ relu'(W1 x)) xᵀ",
    W2="∂/∂W2[‖W2 relu(W1 x) − y‖²] = 2(W2 relu(W1 x) − y) relu(W1 x)ᵀ",
)


@case(
    at=dict(
        x=[0.5, -0.3, 0.8, -1.1, 0.6],
        W=[[0.4, -0.2, 0.7, 0.3, -0.6], [-0.5, 0.6, 0.2, -0.8, 0.9]],
        b=[0.1, -0.3],
        u=[1.2, -0.9],
    ),
    source="SU, the window classifier: the vectors of five words in a row, here of one number each",
    tags=("network", "matrix", "lecture"),
)
def window_classifier(x, W, b, u):
    z = W @ x + b
    h = 1 / (1 + np.exp(-z))
    return u @ h


@window_classifier.hand
def window_classifier_gradient(x, W, b, u):
    h = 1 / (1 + np.exp(-(W @ x + b)))
    delta = u * h * (1 - h)
    return dict(x=W.T @ delta, W=np.outer(delta, x), b=delta, u=h)


window_classifier.derivation(
    b="∂/∂b[uᵀσ(Wx + b)] = u ⊙ σ'(Wx + b)",
    W="∂/∂W[uᵀσ(Wx + b)] = (u ⊙ σ'(Wx + b)) xᵀ",
    u="∂/∂u[uᵀσ(Wx + b)] = σ(Wx + b)ᵀ",
    x="∂/∂x[uᵀσ(Wx + b)] = Wᵀ(u ⊙ σ'(Wx + b))",
)


_RNN = dict(
    x=[[0.5, -0.3]],
    h=[[0.2, -0.6, 0.9]],
    W_x=[[0.4, -0.2], [-0.5, 0.6], [0.7, 0.8]],
    W_h=[[0.3, 0.1, -0.4], [-0.8, 0.5, 0.6], [0.2, -0.7, 0.9]],
)


@case(
    at=_RNN,
    wrt=("W_x", "W_h", "h"),
    source="GT, PyTorch's recurrent cell (10 and 20 units there, 2 and 3 here), with an upstream of ones",
    tags=("network", "matrix", "recurrent", "lecture"),
)
def rnn_cell(x, h, W_x, W_h):
    i2h = W_x @ x.T
    h2h = W_h @ h.T
    next_h = np.tanh(i2h + h2h)
    return np.sum(np.ones((3, 1)) * next_h)


@rnn_cell.hand
def rnn_cell_backward(x, h, W_x, W_h):
    next_h = np.tanh(W_x @ x.T + W_h @ h.T)
    delta = np.ones((3, 1)) * (1 - next_h**2)
    return dict(W_x=delta @ x, W_h=delta @ h, h=(W_h.T @ delta).T)


@case(
    at=_RNN,
    wrt="W_h",
    source="GT, the same cell seeded with a row, as if its output were one",
    tags=("network", "matrix", "recurrent", "lecture", "wrong-claim"),
    verdict="disagree",
    mistake="transposed factor",
    because="what begins as a row goes on in rows, and the gradient of W_h comes out transposed",
)
def rnn_cell_in_rows(x, h, W_x, W_h):
    i2h = W_x @ x.T
    h2h = W_h @ h.T
    next_h = np.tanh(i2h + h2h)
    return np.sum(next_h)


@rnn_cell_in_rows.hand
def rnn_cell_in_rows_backward(x, h, W_x, W_h):
    next_h = np.tanh(W_x @ x.T + W_h @ h.T)
    delta = np.ones((1, 3)) * (1 - next_h.T**2)
    return h.T @ delta


@case(
    at=dict(next_h=np.round(np.tanh(np.cos(np.arange(1, 21))), 2).reshape(20, 1)),
    source="GT, the seed of the same cell's backward pass: next_h.backward(torch.ones(1, 20))",
    tags=("network", "vector", "recurrent", "lecture", "wrong-claim"),
    verdict="error",
    because="next_h = tanh(i2h + h2h) is a column, (20, 1), and the seed on the slide is a row",
)
def rnn_cell_seed(next_h):
    return np.sum(next_h)


@rnn_cell_seed.hand
def rnn_cell_seed_on_the_slide(next_h):
    return np.ones((1, 20))


@case(
    at=dict(theta=[[0.5, -0.4], [0.3, 0.8]], x=[0.7, -0.2], g=[1.0, -1.5]),
    wrt="theta",
    source="MIT, one parameter in several layers",
    tags=("network", "matrix", "lecture"),
)
def shared_parameter(theta, x, g):
    x1 = np.tanh(theta @ x)
    x2 = np.tanh(theta @ x1)
    return g @ x2


@shared_parameter.hand
def shared_parameter_gradient(theta, x, g):
    x1 = np.tanh(theta @ x)
    x2 = np.tanh(theta @ x1)
    z2_bar = g * (1 - x2**2)
    z1_bar = (theta.T @ z2_bar) * (1 - x1**2)
    second_copy = np.outer(z2_bar, x1)
    first_copy = np.outer(z1_bar, x)
    return first_copy + second_copy


@case(
    at=dict(x=[0.4, -0.9, 0.6], W=[[0.5, -0.4, 0.2], [0.3, 0.8, -0.6]], u=[1.0, -1.5], lam=0.1),
    wrt="x",
    source="UM and MIT, the data that a unit likes: the same pass, to the other leaf",
    tags=("network", "vector", "lecture"),
)
def data_gradient(x, W, u, lam):
    unit = u @ np.tanh(W @ x)
    return unit + lam * np.sum(x**2) / 2


@data_gradient.hand
def data_gradient_by_hand(x, W, u, lam):
    h = np.tanh(W @ x)
    return W.T @ (u * (1 - h**2)) + lam * x


@case(
    at=dict(w=[0.9, -1.1, 0.7, 1.3], x0=0.8),
    wrt="w",
    source="UM and MIT, a deep chain: each factor is worked out once",
    tags=("network", "family", "swell", "lecture"),
)
def deep_chain(w, x0):
    x = x0
    for layer in range(len(w)):
        x = np.tanh(w[layer] * x)
    return x


@deep_chain.hand
def deep_chain_gradient(w, x0):
    xs = [x0]
    for layer in range(len(w)):
        xs.append(np.tanh(w[layer] * xs[-1]))
    x_bar = 1.0
    w_bar = []
    for layer in reversed(range(len(w))):
        z_bar = x_bar * (1 - xs[layer + 1] ** 2)
        w_bar.insert(0, z_bar * xs[layer])
        x_bar = z_bar * w[layer]
    return np.stack(w_bar)


@deep_chain.family
def deep_chain_of_size(n):
    return dict(w=1.0 + 0.3 * np.cos(np.arange(n)), x0=0.8)
