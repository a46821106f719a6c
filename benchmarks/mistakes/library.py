"""The case library's functions as SymPy trees: those of few numbers, each number a symbol of its own."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import sympy as sp

from benchmarks.mistakes.expressions import is_known, maximum, recognised
from benchmarks.mistakes.slips import SLOPES
from benchmarks.mistakes.textbook import Subject
from gradlab.cases import Case, call, is_real
from gradlab.engine import evaluate, trace
from gradlab.library import library
from gradlab.numbers.symbolic import Symbolic

MOST_NUMBERS = 12
"""What has more inputs is no formula for one line."""
MOST_OPERATIONS = 45


def from_library() -> list[Subject]:
    """Every case with one number as its value whose formula is short, and made of functions known here."""
    return [subject for case in library() if (subject := _subject(case)) is not None]


def _subject(case: Case) -> Subject | None:
    inputs = dict(case.points[0].inputs)
    real = {name: np.asarray(x) for name, x in inputs.items() if is_real(x)}
    if (
        case.quantity != "gradient"
        or case.verdict != "agree"
        or sum(x.size for x in real.values()) > MOST_NUMBERS
    ):
        return None
    names = {name: _elements(name, x.shape) for name, x in real.items()}

    def function(*values: Any) -> Any:
        return call(case.function, {**inputs, **dict(zip(real, values, strict=True))})

    program, _ = trace(function, list(real.values()))
    if program.branches:  # the formula would hold on one side alone
        return None
    symbols = [
        np.array([sp.Symbol(n, real=True) for n in names[name]], dtype=object).reshape(x.shape)[()]
        for name, x in real.items()
    ]
    try:
        (tree,) = evaluate(program, symbols, Symbolic())
    except (LookupError, TypeError, ValueError):
        return None
    tree = recognised(np.asarray(tree, dtype=object).item())
    if not is_known(tree) or not _is_derived(tree) or tree.count_ops() > MOST_OPERATIONS:
        return None
    at = {n: float(x) for name in real for n, x in zip(names[name], real[name].ravel(), strict=True)}
    used = {symbol.name for symbol in tree.free_symbols}
    wrt = tuple(n for name in case.wrt for n in names[name] if n in used)
    if len(real) == len(inputs) and all(not x.shape for x in real.values()):
        return Subject(case.name, tree, at, wrt, case=case.name)
    return Subject(case.name, tree, {n: x for n, x in at.items() if n in used}, wrt)


def _is_derived(tree: Any) -> bool:
    """Whether the slips know the slope of every function in a tree."""
    return all(
        node.func.__name__ in SLOPES or (node.func is maximum and len(node.args) == 2)
        for node in sp.preorder_traversal(tree)
        if node.is_Function
    )


def _elements(name: str, shape: tuple[int, ...]) -> list[str]:
    """`x1`, `x2`; `W11`, `W12`."""
    if not shape:
        return [name]
    stem = name.replace("_", "")
    letters = stem + ("_" if stem[-1].isdigit() else "")
    return [letters + "".join(str(i + 1) for i in index) for index in itertools.product(*map(range, shape))]
