"""The peers, each as its documentation shows it, at its defaults.

A peer is handed the function and the claim over one flat array: what their users write. The libraries that
derive are kept from deriving, so that what is judged is the claim: as the backward pass of a custom
function whose forward pass is the plain NumPy function.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.verdicts.subject import Inputs, Subject, by_name
from benchmarks.verdicts.tools import Answer
from gradlab.cases import call

SCIPY_THRESHOLD = 1e-6
"""Of check_grad, which returns a norm and leaves the verdict to its user; the example in its page has 1e-8."""
Claim = Callable[..., Any]
Peer = Callable[[Subject, Inputs, Claim], Answer]


@dataclass(frozen=True)
class Flat:
    """A function and its claimed gradient over one array."""

    function: Callable[[Any], Any]
    gradient: Callable[[Any], np.ndarray]
    x: np.ndarray


def flattened(subject: Subject, inputs: Inputs, claim: Claim) -> Flat:
    """The arguments that are derived by, one after another; float32 where all of them are."""
    parts = [np.asarray(inputs[name]) for name in subject.wrt]
    shapes = [part.shape for part in parts]
    splits = np.cumsum([part.size for part in parts])[:-1]
    dtype = np.result_type(*parts)

    def restored(x: Any) -> dict[str, Any]:
        pieces = np.split(np.asarray(x), splits)
        own = {
            name: piece.reshape(shape) if shape else piece[0]
            for name, piece, shape in zip(subject.wrt, pieces, shapes, strict=True)
        }
        return {**inputs, **own}

    def function(x: Any) -> Any:
        return call(subject.function, restored(x))

    def gradient(x: Any) -> np.ndarray:
        given = by_name(call(claim, restored(x)), subject.wrt)
        return np.concatenate(
            [
                np.reshape(np.broadcast_to(np.asarray(given[name]), shape), -1)
                for name, shape in zip(subject.wrt, shapes, strict=True)
            ]
        ).astype(dtype)

    return Flat(function, gradient, np.concatenate([part.ravel() for part in parts]).astype(dtype))


def _passed(yes: Any, reason: str = "") -> Answer:
    return Answer("passed" if yes else "refused", reason)


def torch_gradcheck(subject: Subject, inputs: Inputs, claim: Claim) -> Answer:
    """torch.autograd.gradcheck: eps 1e-6, atol 1e-5, rtol 1e-3, slow mode."""
    import torch
    from torch.autograd.gradcheck import GradcheckError

    flat = flattened(subject, inputs, claim)

    class Custom(torch.autograd.Function):
        """The function, with the claim as its backward pass."""

        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return torch.as_tensor(np.asarray(flat.function(x.detach().numpy())), dtype=x.dtype)

        @staticmethod
        def backward(ctx: Any, cotangent: Any) -> Any:
            (x,) = ctx.saved_tensors
            return cotangent * torch.as_tensor(flat.gradient(x.detach().numpy()), dtype=x.dtype)

    x = torch.tensor(flat.x, requires_grad=True)
    try:
        return _passed(torch.autograd.gradcheck(Custom.apply, (x,)))
    except GradcheckError as error:
        return Answer("refused", str(error))


def jax_check_grads(subject: Subject, inputs: Inputs, claim: Claim) -> Answer:
    """jax.test_util.check_grads in reverse mode, first order, float64 enabled: tolerances by dtype."""
    import jax
    from jax.test_util import check_grads

    flat = flattened(subject, inputs, claim)
    dtype = flat.x.dtype

    @jax.custom_vjp
    def function(x: Any) -> Any:
        return jax.numpy.asarray(flat.function(np.asarray(x)), dtype=dtype)

    def forward(x: Any) -> Any:
        return function(x), x

    def backward(x: Any, cotangent: Any) -> Any:  # run eagerly, so that no pure_callback is needed
        return (cotangent * jax.numpy.asarray(flat.gradient(np.asarray(x))),)

    function.defvjp(forward, backward)
    try:
        check_grads(function, (flat.x,), order=1, modes=["rev"])
    except AssertionError as error:
        return Answer("refused", str(error))
    return Answer("passed")


def autograd_check_grads(subject: Subject, inputs: Inputs, claim: Claim) -> Answer:
    """autograd.test_util.check_grads in reverse mode, first order."""
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    flat = flattened(subject, inputs, claim)

    @primitive
    def function(x: Any) -> Any:
        return np.float64(flat.function(x))

    defvjp(function, lambda y, x: lambda cotangent: cotangent * flat.gradient(x))
    try:
        check_grads(function, modes=["rev"], order=1)(flat.x)
    except AssertionError as error:
        return Answer("refused", str(error))
    return Answer("passed")


def scipy_check_grad(subject: Subject, inputs: Inputs, claim: Claim) -> Answer:
    """scipy.optimize.check_grad, whose norm is to be under 1e-6."""
    from scipy.optimize import check_grad

    flat = flattened(subject, inputs, claim)
    off = check_grad(flat.function, flat.gradient, flat.x)
    return _passed(off < SCIPY_THRESHOLD, f"{off:.3g}")


def _compared(flat: Flat, numeric: Any) -> Answer:
    """numpy.allclose at its defaults: rtol 1e-5, atol 1e-8."""
    return _passed(np.allclose(flat.gradient(flat.x), np.ravel(numeric)), f"{np.ravel(numeric)[:4]}")


def statsmodels_forward(subject: Subject, inputs: Inputs, claim: Claim) -> Answer:
    """statsmodels' approx_fprime (forward differences), compared by numpy.allclose."""
    from statsmodels.tools.numdiff import approx_fprime

    flat = flattened(subject, inputs, claim)
    return _compared(flat, approx_fprime(flat.x, flat.function))


def statsmodels_complex(subject: Subject, inputs: Inputs, claim: Claim) -> Answer:
    """statsmodels' approx_fprime_cs (complex steps), compared by numpy.allclose."""
    from statsmodels.tools.numdiff import approx_fprime_cs

    flat = flattened(subject, inputs, claim)
    return _compared(flat, approx_fprime_cs(flat.x, flat.function))


def numdifftools_gradient(subject: Subject, inputs: Inputs, claim: Claim) -> Answer:
    """numdifftools.Gradient (centered, Richardson, adaptive steps), compared by numpy.allclose."""
    from numdifftools import Gradient

    flat = flattened(subject, inputs, claim)
    return _compared(flat, Gradient(flat.function)(flat.x))


PEERS: dict[str, Peer] = {
    "torch gradcheck": torch_gradcheck,
    "jax check_grads": jax_check_grads,
    "autograd check_grads": autograd_check_grads,
    "scipy check_grad": scipy_check_grad,
    "statsmodels forward": statsmodels_forward,
    "statsmodels complex": statsmodels_complex,
    "numdifftools": numdifftools_gradient,
}
LIBRARIES = ("torch", "jax", "autograd", "scipy", "statsmodels", "numdifftools")


def present() -> list[str]:
    """The peers whose libraries are installed."""
    warnings.simplefilter("ignore")  # a peer's remark on its precision is not its verdict
    return [name for name in PEERS if find_spec(name.split()[0]) is not None]
