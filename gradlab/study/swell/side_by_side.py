"""The derivative written out by SymPy and by the engine, in one notation: the same formula with its parts shared."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from gradlab.methods import component_names
from gradlab.notation.programs.equations import fresh_names
from gradlab.record.sweep import Written
from gradlab.study.swell.forms import Subject, make
from gradlab.study.swell.printing import lines_of, text_printer

MOST_CHARACTERS = 300
"""Of the derivative as a tree: longer ones are no pleasure to read."""


def write_side_by_side(subject: Subject, size: int) -> Written | None:
    """The derivative as a tree, with shared parts, and as the engine's program; None where that would be long."""
    length = make(subject, "f′ as a tree").length
    if length is None or length() > MOST_CHARACTERS:
        return None
    arguments, slopes = make(subject, "f′ as a tree").content
    _, shared, reduced = make(subject, "f′ shared").content
    problem, gradient = subject.problem, make(subject, "gradient program").content
    names = _names(subject, arguments, [symbol for symbol, _ in shared])
    columns = component_names(problem.inputs, problem.wrt, [""])
    heads = [f"∂f/∂{column}" for column in columns]
    return Written(
        size=size,
        tree=tuple(f"{head} = {_text(slope, names)}" for head, slope in zip(heads, slopes, strict=True)),
        shared=(
            *(f"{_text(symbol, names)} = {_text(part, names)}" for symbol, part in shared),
            *(f"{head} = {_text(slope, names)}" for head, slope in zip(heads, reduced, strict=True)),
        ),
        program=lines_of(gradient, problem.traced, problem.wrt),
    )


def _names(subject: Subject, arguments: Sequence[Any], shared: Sequence[Any]) -> Mapping[Any, Any]:
    """Symbols as the user calls them: one that is only printed may have any name."""
    from sympy import Symbol

    problem = subject.problem
    own = component_names(problem.inputs, problem.traced, [""])
    called = (*own, *islice(fresh_names("v", set(own)), len(shared)))
    return {old: Symbol(name) for old, name in zip((*arguments, *shared), called, strict=True)}


def _text(expression: Any, names: Mapping[Any, Any]) -> str:
    text = str(text_printer().doprint(expression.xreplace(names))).replace("**", "^").replace("*", "·")
    return re.sub(r"(?<!e)-", "−", text)
