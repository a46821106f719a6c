"""gradlab: compares symbolic, numeric and automatic differentiation, and checks gradients.

>>> import gradlab
>>> gradlab.grad(lambda x: x**3)(2.0)
12.0

Everything here is loaded when it is first used, so that the command line starts at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradlab.cases import Case as Case
    from gradlab.cases import Claim as Claim
    from gradlab.cases import InputError as InputError
    from gradlab.cases import case as case
    from gradlab.engine import TraceError as TraceError
    from gradlab.engine import compile as compile
    from gradlab.engine import erf as erf
    from gradlab.engine import erfc as erfc
    from gradlab.engine import grad as grad
    from gradlab.engine import hessian as hessian
    from gradlab.engine import jacobian as jacobian
    from gradlab.engine import jvp as jvp
    from gradlab.engine import log_softmax as log_softmax
    from gradlab.engine import logsumexp as logsumexp
    from gradlab.engine import relu as relu
    from gradlab.engine import sigmoid as sigmoid
    from gradlab.engine import softmax as softmax
    from gradlab.engine import softplus as softplus
    from gradlab.engine import value_and_grad as value_and_grad
    from gradlab.engine import vjp as vjp
    from gradlab.harness import Result as Result
    from gradlab.harness import check as check

_HOMES = {
    "gradlab.engine": (
        "TraceError",
        "compile",
        "erf",
        "erfc",
        "grad",
        "hessian",
        "jacobian",
        "jvp",
        "log_softmax",
        "logsumexp",
        "relu",
        "sigmoid",
        "softmax",
        "softplus",
        "value_and_grad",
        "vjp",
    ),
    "gradlab.cases": ("Case", "Claim", "InputError", "case"),
    "gradlab.harness": ("Result", "check"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # noqa: PLE0605 (names that __getattr__ serves)


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext gradlab` calls: it gives the notebook `%gradcheck` and `%%gradcheck`."""
    from gradlab.plugins.notebook import load

    load(shell)


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'gradlab' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
