"""Hand-coded gradients in Python files as they are: functions and their derivatives, layers with forward and backward.

`cases_of` finds them in a module by their names; `case_of_pair` takes one of them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import FunctionType, ModuleType
from typing import Any

from gradlab.cases import Case, InputError
from gradlab.layers.build import case_for
from gradlab.layers.functions import function_pairs
from gradlab.layers.objects import class_pairs, pair_of_class
from gradlab.layers.pair import Pair
from gradlab.layers.points import Given, as_arguments, given_in


def cases_of(module: ModuleType) -> list[Case]:
    """A case for each pair of forward and backward code in a module, in the order they stand in; [] where it has none.

    Points come from AT (or POINTS, SHAPES, a line `at: x=[1, 2]` of a docstring, default arguments), and
    are drawn by seed where the shapes are clear. Raises InputError where it is not clear what belongs to
    what, or what to write for a point.
    """
    pairs = pairs_of(module)
    given = given_in(module)
    refused: list[str] = []
    cases = []
    for pair in pairs:
        try:
            cases.append(case_for(pair, given))
        except InputError as error:
            refused.append(str(error))
    if refused:
        raise InputError("\n".join(refused))
    _refuse_unknown(given, pairs, cases)
    return cases


def pairs_of(module: ModuleType) -> list[Pair]:
    """The pairs of a module, functions and classes, in the order they stand in."""
    pairs = {pair.name: pair for pair in (*function_pairs(module), *class_pairs(module))}
    return [pairs[name] for name in vars(module) if name in pairs]


def case_of_pair(
    target: Any,
    *,
    at: Mapping[str, Any] | Sequence[Mapping[str, Any]] = (),
    wrt: Sequence[str] = (),
) -> Case:
    """The case of one pair: a class with forward and backward, a function whose derivative stands beside it, or a
    module that holds just one.

    at: a value for each argument, of forward and of `__init__`, or a list of such; what the class's own file says
    by default. wrt: what to derive by; all that backward gives a gradient for by default. Raises InputError.

    >>> class Square:
    ...     def forward(self, x):
    ...         self.x = x
    ...         return x**2
    ...
    ...     def backward(self, dy):
    ...         return 2 * self.x * dy
    >>> case = case_of_pair(Square, at={"x": [1.0, 2.0]})
    >>> case.wrt, case.points[0].inputs["dy"].shape
    (('x',), (2,))
    """
    points = [at] if isinstance(at, Mapping) else list(at)
    pair, module = _pair_at(target)
    given = given_in(module) if module is not None else Given()
    case = case_for(pair, replace(given, wrt=tuple(wrt) or given.wrt), at=points)
    names = list(case.points[0].inputs)
    given_names = [name for point in points for name in as_arguments(point, names)]
    unknown = [name for name in given_names if name not in names]
    if unknown:
        raise InputError(f"the point gives {', '.join(unknown)}, and {pair.name} has {', '.join(names)}")
    return case


def _pair_at(target: Any) -> tuple[Pair, ModuleType | None]:
    """(the pair that a module, a class or a function is, its module)."""
    if isinstance(target, ModuleType):
        pairs = pairs_of(target)
        if len(pairs) != 1:
            raise InputError(
                f"{target.__name__} holds {len(pairs)} pairs of forward and backward code"
                + (f" ({', '.join(p.name for p in pairs)}): name one" if pairs else "")
            )
        return pairs[0], target
    module = sys.modules.get(getattr(target, "__module__", None) or "")
    if isinstance(target, type):
        return pair_of_class(target, module), module
    if isinstance(target, FunctionType) and module is not None:
        found = next((p for p in function_pairs(module) if p.name == target.__name__), None)
        if found is not None:
            return found, module
    raise InputError(
        f"{getattr(target, '__name__', target)!s:.60} has no derivative beside it: name it {_EXAMPLE}"
    )


_EXAMPLE = "f_grad for a function f, or give a class forward and backward"


def _refuse_unknown(given: Given, pairs: Sequence[Pair], cases: Sequence[Case]) -> None:
    """A name in AT that nothing has is a slip of the pen."""
    known = {name for case in cases for point in case.points for name in point.inputs}
    known |= {a.name for pair in pairs for a in pair.arguments} | {pair.name for pair in pairs}
    unknown = [name for point in given.points for name in point if name not in known]
    if unknown and pairs:
        raise InputError(
            f"{pairs[0].location.rpartition(':')[0]}: AT gives {', '.join(unknown)}, and the file's functions and layers "
            f"have {', '.join(sorted(known - {p.name for p in pairs}))}"
        )


__all__ = ["case_of_pair", "cases_of", "pairs_of"]
