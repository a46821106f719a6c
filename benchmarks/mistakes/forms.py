"""Another form of the same formula, so that the form gives nothing away; and one constant copied wrongly."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sympy as sp

SECONDS = 10
"""After so long a form is given up. What is large is left as it is, so that this is not met in practice."""
LARGE = 60
"""Operations: beyond, only `together` is tried."""


def rewritten(tree: Any, draw: random.Random) -> Any:
    """The tree as it came, over one denominator, cancelled, factored, or multiplied out."""
    form = draw.choice((None, sp.together, sp.cancel, sp.factor, sp.expand))
    if form is None or (form is not sp.together and tree.count_ops() > LARGE):
        return tree
    try:
        with _at_most(SECONDS):
            return form(tree)
    except (TimeoutError, sp.PolynomialError, NotImplementedError):
        return tree


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """Raises TimeoutError after so long, where the platform can."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def copied_wrongly(tree: Any) -> Iterator[Any]:
    """The tree with one of its constants off by one: a coefficient, a denominator, an exponent, a term.

    >>> x = sp.Symbol("x", real=True)
    >>> list(copied_wrongly(2 * x**3))
    [3*x**3, 2*x**4]
    """
    if tree.is_Rational and tree not in (0, 1, -1):
        sign = 1 if tree > 0 else -1
        yield sp.Rational(tree.p, tree.q + 1) if abs(tree.p) == 1 else sp.Rational(tree.p + sign, tree.q)
        return
    for number, part in enumerate(tree.args):
        if tree.is_Pow and number == 1 and part in (sp.Rational(1, 2), sp.Rational(-1, 2)):
            continue  # that is a root
        for other in copied_wrongly(part):
            yield tree.func(*tree.args[:number], other, *tree.args[number + 1 :])
