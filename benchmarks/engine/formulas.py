"""The functions, written once: each takes the namespace that its operations come from.

`ln_product_sine(numpy)` is the function as a gradlab user writes it, `ln_product_sine(torch)` the
same for torch. Where a library has a better way of its own, `IDIOMS` holds it: nobody is timed on
a phrase that its own users would not write.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Function = Callable[..., Any]
Written = Callable[[Any], Function]
"""namespace -> function"""


def ln_product_sine(np: Any) -> Function:
    """ln x₁ + x₁x₂ − sin x₂."""

    def function(x1: Any, x2: Any) -> Any:
        return np.log(x1) + x1 * x2 - np.sin(x2)

    return function


def logistic_regularised(np: Any) -> Function:
    """½(σ(wx + b) − t)² + λ/2·w², all of them numbers."""

    def function(w: Any, b: Any, x: Any, t: Any, lam: Any) -> Any:
        y = 1 / (1 + np.exp(-(w * x + b)))
        return (y - t) ** 2 / 2 + lam * w**2 / 2

    return function


def tanh_2_2_1(np: Any) -> Function:
    """½(W₁ tanh(W₀x) − y)², with arrays of two."""

    def function(W0: Any, W1: Any, x: Any, y: Any) -> Any:
        return np.sum((W1 @ np.tanh(W0 @ x) - y) ** 2) / 2

    return function


def tanh_2_2_1_unrolled(np: Any) -> Function:
    """The same, every weight a number."""

    def function(a: Any, b: Any, c: Any, d: Any, u: Any, v: Any, p: Any, q: Any, y: Any) -> Any:
        return (u * np.tanh(a * p + b * q) + v * np.tanh(c * p + d * q) - y) ** 2 / 2

    return function


CHAIN_STEPS = 5_000


def chain(np: Any) -> Function:
    """10,000 operations in a row: tanh and a product, 5,000 times. The factor c is shared by them all."""

    def function(x: Any, c: Any) -> Any:
        for _ in range(CHAIN_STEPS):
            x = np.tanh(x) * c
        return x

    return function


def rosenbrock(np: Any) -> Function:
    """Rosenbrock's valley in n dimensions."""

    def function(v: Any) -> Any:
        return np.sum(100 * (v[1:] - v[:-1] ** 2) ** 2 + (1 - v[:-1]) ** 2)

    return function


def logistic_regression(np: Any) -> Function:
    """Mean log loss of Xw + b against labels 0 and 1, plus λ/2·‖w‖².

    ln(1 + e^z) is written so that it can't overflow.
    """

    def function(w: Any, b: Any, X: Any, y: Any, lam: Any) -> Any:
        z = X @ w + b
        return np.mean(np.logaddexp(0.0, z) - y * z) + lam / 2 * (w @ w)

    return function


def network(np: Any) -> Function:
    """A tanh layer and a linear one; the mean softmax cross entropy of a batch against one-hot rows T.

    The largest score is taken off, so that nothing overflows.
    """

    def function(W1: Any, b1: Any, W2: Any, b2: Any, X: Any, T: Any) -> Any:
        z = np.tanh(X @ W1 + b1) @ W2 + b2
        z = z - np.max(z, axis=1, keepdims=True)
        return np.mean(np.log(np.sum(np.exp(z), axis=1)) - np.sum(T * z, axis=1))

    return function


def _torch_logistic_regression(torch: Any) -> Function:
    loss = torch.nn.functional.binary_cross_entropy_with_logits

    def function(w: Any, b: Any, X: Any, y: Any, lam: Any) -> Any:
        return loss(X @ w + b, y) + lam / 2 * (w @ w)

    return function


def _torch_network(torch: Any) -> Function:
    loss = torch.nn.functional.cross_entropy

    def function(W1: Any, b1: Any, W2: Any, b2: Any, X: Any, T: Any) -> Any:
        return loss(torch.tanh(X @ W1 + b1) @ W2 + b2, T)

    return function


def _jax_chain(jnp: Any) -> Function:
    """As a scan: unrolled, 4,000 operations already take XLA 26 s to compile."""
    from importlib import import_module

    scan = import_module("jax.lax").scan

    def function(x: Any, c: Any) -> Any:
        return scan(lambda x, _: (jnp.tanh(x) * c, None), x, None, length=CHAIN_STEPS)[0]

    return function


def _casadi_rosenbrock(casadi: Any) -> Function:
    def function(v: Any) -> Any:
        return casadi.sum1(100 * (v[1:] - v[:-1] ** 2) ** 2 + (1 - v[:-1]) ** 2)

    return function


IDIOMS: dict[tuple[Written, str], Written] = {
    (logistic_regression, "torch"): _torch_logistic_regression,
    (network, "torch"): _torch_network,
    (chain, "jax"): _jax_chain,
    (rosenbrock, "casadi"): _casadi_rosenbrock,
}


def written_for(written: Written, library: str, namespace: Any) -> Function:
    """The function as a user of this library writes it."""
    return IDIOMS.get((written, library), written)(namespace)
