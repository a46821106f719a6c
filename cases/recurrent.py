"""Recurrent cells, and backpropagation through time."""

import numpy as np

from gradlab import case


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


_LSTM = dict(
    x=[0.7, -0.4],
    h=[0.3],
    c=[-0.6],
    W_f=[[0.5, -0.8, 0.4]],
    W_i=[[0.9, 0.2, -0.7]],
    W_o=[[-0.3, 0.6, 1.1]],
    W_g=[[0.8, -0.5, 0.1]],
    g_h=[1.2],
    g_c=[-0.9],
)


@case(
    at=_LSTM,
    wrt=("W_f", "W_i", "W_o", "W_g", "h", "c"),
    source="Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000: a cell of an LSTM",
    tags=("network", "matrix", "recurrent"),
)
def lstm_cell(x, h, c, W_f, W_i, W_o, W_g, g_h, g_c):
    z = np.concatenate([x, h])
    f = 1 / (1 + np.exp(-(W_f @ z)))
    i = 1 / (1 + np.exp(-(W_i @ z)))
    o = 1 / (1 + np.exp(-(W_o @ z)))
    g = np.tanh(W_g @ z)
    next_c = f * c + i * g
    next_h = o * np.tanh(next_c)
    return g_h @ next_h + g_c @ next_c


@lstm_cell.hand
def lstm_cell_backward(x, h, c, W_f, W_i, W_o, W_g, g_h, g_c):
    z = np.concatenate([x, h])
    f, i = _sigmoid(W_f @ z), _sigmoid(W_i @ z)
    o, g = _sigmoid(W_o @ z), np.tanh(W_g @ z)
    t = np.tanh(f * c + i * g)
    c_bar = g_c + g_h * o * (1 - t**2)
    f_bar = c_bar * c * f * (1 - f)
    i_bar = c_bar * g * i * (1 - i)
    o_bar = g_h * t * o * (1 - o)
    g_bar = c_bar * i * (1 - g**2)
    z_bar = W_f.T @ f_bar + W_i.T @ i_bar
    z_bar = z_bar + W_o.T @ o_bar + W_g.T @ g_bar
    return dict(
        W_f=np.outer(f_bar, z),
        W_i=np.outer(i_bar, z),
        W_o=np.outer(o_bar, z),
        W_g=np.outer(g_bar, z),
        h=z_bar[2:],
        c=c_bar * f,
    )


@case(
    at=_LSTM,
    wrt="W_f",
    source="Hochreiter & Schmidhuber 1997, a cell of an LSTM with the path of its memory forgotten",
    tags=("network", "matrix", "recurrent", "wrong-claim"),
    verdict="disagree",
    because="the next state c goes on to the next cell by itself, and not through h alone",
    mistake="term missing",
)
def lstm_without_cell_path(x, h, c, W_f, W_i, W_o, W_g, g_h, g_c):
    z = np.concatenate([x, h])
    f = 1 / (1 + np.exp(-(W_f @ z)))
    i = 1 / (1 + np.exp(-(W_i @ z)))
    o = 1 / (1 + np.exp(-(W_o @ z)))
    g = np.tanh(W_g @ z)
    next_c = f * c + i * g
    next_h = o * np.tanh(next_c)
    return g_h @ next_h + g_c @ next_c


@lstm_without_cell_path.hand
def lstm_without_cell_path_backward(x, h, c, W_f, W_i, W_o, W_g, g_h, g_c):
    z = np.concatenate([x, h])
    f, i = _sigmoid(W_f @ z), _sigmoid(W_i @ z)
    o, g = _sigmoid(W_o @ z), np.tanh(W_g @ z)
    t = np.tanh(f * c + i * g)
    c_bar = g_h * o * (1 - t**2)
    return np.outer(c_bar * c * f * (1 - f), z)


@case(
    at=dict(
        x=[0.7, -0.4],
        h=[0.3],
        W_z=[[0.5, -0.9]],
        U_z=[[0.4]],
        W_r=[[-0.3, 0.7]],
        U_r=[[0.8]],
        W=[[1.2, 0.2]],
        U=[[-0.5]],
        g=[-1.3],
    ),
    wrt=("W_z", "U_z", "W_r", "U_r", "W", "U"),
    source="Cho et al. 2014, the gated recurrent unit",
    tags=("network", "matrix", "recurrent"),
)
def gru_cell(x, h, W_z, U_z, W_r, U_r, W, U, g):
    z = 1 / (1 + np.exp(-(W_z @ x + U_z @ h)))
    r = 1 / (1 + np.exp(-(W_r @ x + U_r @ h)))
    h_tilde = np.tanh(W @ x + U @ (r * h))
    next_h = z * h + (1 - z) * h_tilde
    return g @ next_h


@gru_cell.hand
def gru_cell_backward(x, h, W_z, U_z, W_r, U_r, W, U, g):
    z = _sigmoid(W_z @ x + U_z @ h)
    r = _sigmoid(W_r @ x + U_r @ h)
    h_tilde = np.tanh(W @ x + U @ (r * h))
    to_z = g * (h - h_tilde) * z * (1 - z)
    to_tilde = g * (1 - z) * (1 - h_tilde**2)
    to_r = (U.T @ to_tilde) * h * r * (1 - r)
    return dict(
        W_z=np.outer(to_z, x),
        U_z=np.outer(to_z, h),
        W_r=np.outer(to_r, x),
        U_r=np.outer(to_r, h),
        W=np.outer(to_tilde, x),
        U=np.outer(to_tilde, r * h),
    )


@case(
    at=dict(
        Wxh=[[0.5, -0.8]],
        Whh=[[0.4]],
        Why=[[1.1], [-0.5]],
        bh=[0.1],
        by=[0.3, -0.4],
        h0=[-0.7],
    ),
    wrt=("Wxh", "Whh", "Why", "bh", "by"),
    source="Karpathy 2015, the loss of min-char-rnn: two letters, 0 and 1, and after them 1 and 0",
    tags=("network", "matrix", "loss", "recurrent"),
)
def min_char_rnn(Wxh, Whh, Why, bh, by, h0):
    h, loss = h0, 0
    for letter, target in ((0, 1), (1, 0)):
        h = np.tanh(Wxh[:, letter] + Whh @ h + bh)
        y = Why @ h + by
        p = np.exp(y) / np.sum(np.exp(y))
        loss = loss - np.log(p[target])
    return loss


@min_char_rnn.hand
def min_char_rnn_backward(Wxh, Whh, Why, bh, by, h0):
    h1 = np.tanh(Wxh[:, 0] + Whh @ h0 + bh)
    h2 = np.tanh(Wxh[:, 1] + Whh @ h1 + bh)
    p1 = np.exp(Why @ h1 + by) / np.sum(np.exp(Why @ h1 + by))
    p2 = np.exp(Why @ h2 + by) / np.sum(np.exp(Why @ h2 + by))
    dy1 = p1 - np.array([0, 1])
    dy2 = p2 - np.array([1, 0])
    dh2 = Why.T @ dy2
    dz2 = dh2 * (1 - h2**2)
    dh1 = Why.T @ dy1 + Whh.T @ dz2
    dz1 = dh1 * (1 - h1**2)
    return dict(
        Wxh=np.stack([dz1, dz2], axis=1),
        Whh=np.outer(dz1, h0) + np.outer(dz2, h1),
        Why=np.outer(dy1, h1) + np.outer(dy2, h2),
        bh=dz1 + dz2,
        by=dy1 + dy2,
    )


@case(
    at=dict(
        W=[[0.4, -0.6], [0.7, 0.2]],
        x=[[0.5, -0.8], [0.9, 0.3]],
        h0=[0.2, -0.7],
        g=[1.2, -0.9],
    ),
    wrt="W",
    source="Werbos 1990, backpropagation through time: each step adds its part to the shared weights",
    tags=("network", "matrix", "recurrent"),
)
def backpropagation_through_time(W, x, h0, g):
    h1 = np.tanh(W @ h0 + x[0])
    h2 = np.tanh(W @ h1 + x[1])
    return g @ h2


@backpropagation_through_time.hand
def backpropagation_through_time_by_hand(W, x, h0, g):
    h1 = np.tanh(W @ h0 + x[0])
    h2 = np.tanh(W @ h1 + x[1])
    delta2 = g * (1 - h2**2)
    delta1 = (W.T @ delta2) * (1 - h1**2)
    return np.outer(delta1, h0) + np.outer(delta2, h1)


@case(
    at=dict(
        W=[[0.4, -0.6], [0.7, 0.2]],
        x=[[0.5, -0.8], [0.9, 0.3]],
        h0=[0.2, -0.7],
        g=[1.2, -0.9],
    ),
    wrt="W",
    source="Werbos 1990, backpropagation through time, cut off after one step",
    tags=("network", "matrix", "recurrent", "wrong-claim"),
    verdict="disagree",
    because="W made the state before as well: the earlier step's part is missing",
    mistake="one of several paths forgotten",
)
def truncated_backpropagation(W, x, h0, g):
    h1 = np.tanh(W @ h0 + x[0])
    h2 = np.tanh(W @ h1 + x[1])
    return g @ h2


@truncated_backpropagation.hand
def truncated_backpropagation_by_hand(W, x, h0, g):
    h1 = np.tanh(W @ h0 + x[0])
    h2 = np.tanh(W @ h1 + x[1])
    delta2 = g * (1 - h2**2)
    return np.outer(delta2, h1)
