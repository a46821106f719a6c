"""Scaled dot-product attention, backwards through its softmax to queries, keys and values."""

import numpy as np

from gradlab import case


def _softmax(S):
    e = np.exp(S)
    return e / np.sum(e, axis=-1, keepdims=True)


_TOKENS = dict(
    Q=[[0.5, -1.2], [1.7, 0.4]],
    K=[[0.8, 0.3], [-0.4, 1.1]],
    V=[[0.2, -0.5], [1.4, 0.6]],
    g=[[0.9, -0.4], [-1.1, 0.6]],
)


@case(
    at=_TOKENS,
    wrt=("Q", "K", "V"),
    source="Vaswani et al. 2017, attention in a decoder: what is to the right is set to −∞ before the softmax",
    tags=("matrix", "layer", "attention"),
)
def causal_attention(Q, K, V, g):
    S = Q @ K.T / np.sqrt(2)
    S = np.where(np.tri(2) == 1, S, -np.inf)
    e = np.exp(S)
    A = e / np.sum(e, axis=1, keepdims=True)
    return np.sum(g * (A @ V))


@causal_attention.hand
def causal_attention_backward(Q, K, V, g):
    e = np.exp(Q @ K.T / np.sqrt(2)) * np.tri(2)
    A = e / np.sum(e, axis=1, keepdims=True)
    V_bar = A.T @ g
    A_bar = g @ V.T
    S_bar = A * (A_bar - np.sum(A_bar * A, axis=1, keepdims=True))
    return dict(
        Q=S_bar @ K / np.sqrt(2),
        K=S_bar.T @ Q / np.sqrt(2),
        V=V_bar,
    )


@case(
    at=_TOKENS,
    wrt="Q",
    source="Vaswani et al. 2017, attention without its 1/√d on the way back",
    tags=("matrix", "layer", "attention", "wrong-claim"),
    verdict="disagree",
    because="the scores are divided by √d, and so are their gradients",
    mistake="inner derivative forgotten",
)
def attention_without_scale(Q, K, V, g):
    S = Q @ K.T / np.sqrt(2)
    e = np.exp(S)
    A = e / np.sum(e, axis=1, keepdims=True)
    return np.sum(g * (A @ V))


@attention_without_scale.hand
def attention_without_scale_backward(Q, K, V, g):
    A = _softmax(Q @ K.T / np.sqrt(2))
    A_bar = g @ V.T
    S_bar = A * (A_bar - np.sum(A_bar * A, axis=1, keepdims=True))
    return S_bar @ K


@case(
    at=dict(
        X=[[0.5, -1.2], [1.7, 0.4]],
        W_q=[[0.8, 0.3], [-0.4, 1.1]],
        W_k=[[0.2, -0.5], [1.4, 0.6]],
        W_v=[[-0.7], [0.6]],
        g=[[0.9], [-1.1]],
    ),
    wrt="X",
    source="Vaswani et al. 2017, self-attention: the tokens come in by three paths",
    tags=("matrix", "layer", "attention"),
)
def self_attention(X, W_q, W_k, W_v, g):
    Q, K, V = X @ W_q, X @ W_k, X @ W_v
    e = np.exp(Q @ K.T / np.sqrt(2))
    A = e / np.sum(e, axis=1, keepdims=True)
    return np.sum(g * (A @ V))


@self_attention.hand
def self_attention_backward(X, W_q, W_k, W_v, g):
    Q, K, V = X @ W_q, X @ W_k, X @ W_v
    A = _softmax(Q @ K.T / np.sqrt(2))
    V_bar = A.T @ g
    A_bar = g @ V.T
    S_bar = A * (A_bar - np.sum(A_bar * A, axis=1, keepdims=True))
    S_bar = S_bar / np.sqrt(2)
    Q_bar, K_bar = S_bar @ K, S_bar.T @ Q
    return Q_bar @ W_q.T + K_bar @ W_k.T + V_bar @ W_v.T
