"""Convolutions and pooling, with the windows of the image written as slices."""

import numpy as np

from gradlab import case


def _correlate(x, k):
    """Σᵢⱼ kᵢⱼ xᵢⱼ over the window at each place; deep learning calls it convolution."""
    m, n = k.shape
    rows, columns = x.shape[0] - m + 1, x.shape[1] - n + 1
    return sum(k[i, j] * x[i : i + rows, j : j + columns] for i in range(m) for j in range(n))


def _convolve_back(y_bar, k):
    """The kernel turned round, over the upstream with a border of zeros."""
    m, n = k.shape
    bordered = np.pad(y_bar, ((m - 1, m - 1), (n - 1, n - 1)))
    return _correlate(bordered, k[::-1, ::-1])


@case(
    at=dict(
        image=[[0.5, -1.2, 0.8], [1.7, 0.4, -0.6], [-0.3, 1.1, 0.2]],
        k1=[[0.7, -0.4], [0.3, 0.9]],
        k2=[[-0.5, 0.8]],
        g=[[0.9], [-1.1]],
    ),
    wrt=("image", "k1", "k2"),
    source="LeCun et al. 1998, two layers of convolution: backwards the kernel is turned round",
    tags=("network", "matrix", "convolution"),
)
def two_convolutions(image, k1, k2, g):
    upper = k1[0, 0] * image[:-1, :-1] + k1[0, 1] * image[:-1, 1:]
    lower = k1[1, 0] * image[1:, :-1] + k1[1, 1] * image[1:, 1:]
    h = np.tanh(upper + lower)
    y = k2[0, 0] * h[:, :-1] + k2[0, 1] * h[:, 1:]
    return np.sum(g * y)


@two_convolutions.hand
def two_convolutions_backward(image, k1, k2, g):
    h = np.tanh(_correlate(image, k1))
    h_bar = _convolve_back(g, k2)
    z_bar = h_bar * (1 - h**2)
    return dict(
        image=_convolve_back(z_bar, k1),
        k1=_correlate(image, z_bar),
        k2=_correlate(h, g),
    )


@case(
    at=dict(
        x=[[0.5, -1.2, 0.8, 0.3, 1.6], [1.7, 0.4, -0.6, 0.9, -0.2]],
        w=[[[0.7, -0.4], [0.3, 0.9]], [[-0.5, 0.8], [1.1, 0.2]]],
        b=[0.2, -0.3],
        g=[[0.9, -1.1], [0.6, 1.4]],
    ),
    wrt=("x", "w", "b"),
    source="Waibel et al. 1989, convolution in time: two channels to two, in steps of 2",
    tags=("layer", "matrix", "convolution"),
)
def strided_convolution(x, w, b, g):
    first = np.sum(w * x[:, 0:2], axis=(1, 2)) + b
    second = np.sum(w * x[:, 2:4], axis=(1, 2)) + b
    return np.sum(g * np.stack([first, second], axis=1))


@strided_convolution.hand
def strided_convolution_backward(x, w, b, g):
    windows = np.stack([x[:, 0:2], x[:, 2:4]])
    x_bar = np.einsum("ot,ock->ctk", g, w).reshape(2, 4)
    in_no_window = np.zeros((2, 1))
    return dict(
        x=np.concatenate([x_bar, in_no_window], axis=1),
        w=np.einsum("ot,tck->ock", g, windows),
        b=np.sum(g, axis=1),
    )


@case(
    at=dict(
        x=[[0.5, -1.2, 0.8, 0.3], [1.7, 0.4, -0.6, 0.9]],
        a=1.3,
        b=-0.4,
        g=[0.9, -1.1],
    ),
    wrt=("x", "a", "b"),
    source="LeCun et al. 1998, a subsampling layer of LeNet-5: σ(a Σ + b) over each window of 2×2",
    tags=("layer", "matrix", "convolution"),
)
def lenet_subsampling(x, a, b, g):
    total = x[0, ::2] + x[0, 1::2] + x[1, ::2] + x[1, 1::2]
    y = 1 / (1 + np.exp(-(a * total + b)))
    return g @ y


@lenet_subsampling.hand
def lenet_subsampling_backward(x, a, b, g):
    total = x.reshape(2, 2, 2).sum(axis=(0, 2))
    y = 1 / (1 + np.exp(-(a * total + b)))
    delta = g * y * (1 - y)
    return dict(
        x=np.tile(np.repeat(a * delta, 2), (2, 1)),
        a=delta @ total,
        b=np.sum(delta),
    )


@case(
    at=dict(
        x=[[0.5, -1.2, 0.8, 0.3], [1.7, 0.4, -0.6, 0.9]],
        g=[0.9, -1.1],
    ),
    wrt="x",
    source="LeCun et al. 1998, average pooling: the gradient is spread evenly",
    tags=("layer", "matrix", "convolution"),
)
def average_pooling(x, g):
    y = np.mean(x.reshape(2, 2, 2), axis=(0, 2))
    return np.sum(g * y**2)


@average_pooling.hand
def average_pooling_backward(x, g):
    y = np.mean(x.reshape(2, 2, 2), axis=(0, 2))
    return np.tile(np.repeat(2 * g * y, 2) / 4, (2, 1))


@case(
    at=dict(
        x=[[0.5, -1.2, 0.8, 0.3], [1.7, 0.4, -0.6, 1.9]],
        g=[0.9, -1.1],
    ),
    wrt="x",
    source="Jarrett et al. 2009, max pooling: the gradient goes to the winner",
    tags=("layer", "matrix", "selection", "convolution"),
)
def max_pooling(x, g):
    y = np.max(x.reshape(2, 2, 2), axis=(0, 2))
    return np.sum(g * y**2)


@max_pooling.hand
def max_pooling_backward(x, g):
    windows = x.reshape(2, 2, 2)
    y = np.max(windows, axis=(0, 2), keepdims=True)
    won = np.where(windows == y, 1.0, 0.0)
    return (won * (2 * g[:, np.newaxis] * y)).reshape(2, 4)
