"""What a name says: which function a derivative belongs to, and which argument a gradient is taken by."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Collection, Iterator
from typing import Any

_GRADIENT_OF = (
    r"(?:d_?|g_|grad_?|gradient_?|delta_?|d[A-Za-z]+?_?d_?|partial_?){0}|{0}(?:_?grads?|_?gradient|_?bar)"
)
_DERIVATIVE_OF = (
    "{0}_grad",
    "{0}_gradient",
    "grad_{0}",
    "gradient_{0}",
    "grad_of_{0}",
    "gradient_of_{0}",
    "d{0}",
    "d_{0}",
    "{0}_prime",
    "{0}prime",
    "{0}_derivative",
    "{0}_deriv",
    "derivative_of_{0}",
    "{0}_backward",
    "backward_{0}",
    "{0}_back",
    "{0}_bwd",
    "{0}_backprop",
    "{0}_vjp",
)
_FORWARD_OF = ("{0}_forward", "forward_{0}", "{0}_fwd", "{0}_fprop")
GENERAL = (
    "gradient",
    "grad",
    "backward",
    "derivative",
    "compute_gradient",
    "analytic_gradient",
    "hand_gradient",
)
"""What a file calls the derivative of its one function."""
MAIN = ("loss", "cost", "f", "forward", "objective", "function", "compute_loss", "compute_cost")
"""What it calls that function, where it has others besides."""


def parameter_of(gradient: str, names: Collection[str]) -> str | None:
    """The one of the names that a gradient's name speaks of; None where none or several would do.

    >>> [parameter_of(g, ["w", "b", "X"]) for g in ("dw", "grad_b", "dL_dX", "dx", "result")]
    ['w', 'b', 'X', 'X', None]
    """
    for flags in (re.NOFLAG, re.IGNORECASE):
        found = [n for n in names if re.fullmatch(_GRADIENT_OF.format(re.escape(n)), gradient, flags)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def is_derivative_of(name: str, base: str) -> bool:
    """Whether a function's name says that it is the derivative of another.

    >>> is_derivative_of("affine_backward", "affine_forward"), is_derivative_of("dsigmoid", "sigmoid")
    (True, True)
    """
    return any(form.format(stem) == name for stem in stems(base) for form in _DERIVATIVE_OF) or (
        name == "backward" and base == "forward"
    )


def stems(base: str) -> list[str]:
    """What a function may be called in its derivative's name: `affine` of `affine_forward`, or as it is.

    >>> stems("affine_forward")
    ['affine_forward', 'affine']
    """
    found = [base]
    for form in _FORWARD_OF:
        match = re.fullmatch(form.format(r"(\w+)"), base)
        if match:
            found.append(match.group(1))
    return found


def returned_names(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of what a function returns, `dx, dw` of `return dx, dw`; () where they can't be read.

    An attribute counts by its own name: `W_grad` of `return self.W_grad`.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    except (OSError, TypeError, SyntaxError, ValueError, RecursionError):
        return ()
    body = tree.body[0]
    if not isinstance(body, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return ()
    ways = {_names_of(node.value) for node in _returns(body.body)}
    return ways.pop() if len(ways) == 1 else ()


def _returns(statements: list[ast.stmt]) -> Iterator[ast.Return]:
    """The return statements of a function itself, not of those inside it."""
    waiting: list[ast.AST] = list(statements)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return):
            yield node
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            waiting += ast.iter_child_nodes(node)


def _names_of(value: ast.expr | None) -> tuple[str, ...]:
    parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]
    names = [
        part.id if isinstance(part, ast.Name) else part.attr if isinstance(part, ast.Attribute) else ""
        for part in parts
    ]
    return tuple(names) if any(names) else ()
