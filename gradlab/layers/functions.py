"""Pairs of functions: `f` and `f_grad`, `affine_forward` and `affine_backward`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType, ModuleType
from typing import Any

from gradlab.cases import InputError, location_of
from gradlab.layers.naming import GENERAL, MAIN, is_derivative_of, returned_names
from gradlab.layers.pair import (
    Gradients,
    Inputs,
    Pair,
    Taken,
    among,
    arguments_of,
    by_argument,
    outputs_of,
    taken_by,
)


def function_pairs(module: ModuleType) -> list[Pair]:
    """The pairs of functions that a module defines. Raises InputError where it is not clear what belongs to what."""
    own = {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__ and name == value.__name__
    }
    pairs: list[Pair] = []
    taken: dict[str, str] = {}
    for base, function in own.items():
        derivatives = [name for name in own if name != base and is_derivative_of(name, base)]
        if len(derivatives) > 1:
            raise InputError(
                f"{location_of(function)}: {base} has {len(derivatives)} derivatives, {' and '.join(derivatives)}: "
                "keep one of them, or rename the others"
            )
        if derivatives:
            (name,) = derivatives
            if name in taken:
                raise InputError(
                    f"{location_of(own[name])}: {name} could be the derivative of {taken[name]} and of {base}: rename one"
                )
            taken[name] = base
            pairs.append(paired(function, own[name]))
    for name in GENERAL:
        if name in own and name not in taken:
            others = {
                n: f
                for n, f in own.items()
                if n not in taken and n not in taken.values() and n not in GENERAL
            }
            main = _main(own[name], others)
            if main is not None:
                taken[name] = main.__name__
                pairs.append(paired(main, own[name]))
    return pairs


def _main(derivative: FunctionType, others: Mapping[str, FunctionType]) -> FunctionType | None:
    """The function that a derivative without a name of its own belongs to. Raises InputError where several could."""
    agreeing = [f for f in others.values() if _roles(f, derivative) is not None]
    usual = [f for f in agreeing if f.__name__ in MAIN]
    chosen = usual or agreeing
    if len(chosen) > 1:
        name = derivative.__name__
        raise InputError(
            f"{location_of(derivative)}: {name} could be the derivative of "
            f"{' or of '.join(f.__name__ for f in chosen)}: rename it, as in {chosen[0].__name__}_grad"
        )
    return chosen[0] if chosen else None


def paired(function: FunctionType, derivative: FunctionType) -> Pair:
    """A function and its derivative as a Pair. Raises InputError where their arguments don't agree."""
    taken = _roles(function, derivative)
    if taken is None:
        raise InputError(
            f"{location_of(derivative)}: {_called(derivative)} looks like the derivative of {_called(function)}, and "
            "their arguments don't agree: give it the same ones by the same names, an upstream gradient before "
            "them, or (dout, cache) where the function returns (out, cache)"
        )
    arguments = arguments_of(function)
    names = returned_names(derivative)

    def run(inputs: Inputs) -> tuple[tuple[Any, ...], Any]:
        return outputs_of(function(**among(arguments, inputs)), taken, function.__name__)

    def backward(inputs: Inputs, above: Sequence[Any]) -> Gradients:
        saved = run(inputs)[1] if taken.cache else None
        positional, named = taken.given(inputs, above, saved)
        order = [a.name for a in arguments]
        return by_argument(
            derivative(*positional, **named), order, names, inputs, derivative.__name__, list(inputs)
        )

    return Pair(
        name=function.__name__,
        arguments=arguments,
        upstream=taken.upstream,
        code=(function, derivative),
        forward=lambda inputs: run(inputs)[0],
        backward=backward,
        hints=documentation(function, derivative),
    )


def _roles(function: Callable[..., Any], derivative: Callable[..., Any]) -> Taken | None:
    """What the derivative takes; None where that does not agree with the function's arguments."""
    own = arguments_of(function)
    taken = taken_by(derivative, 0, [a.name for a in own])
    if taken.cache:
        return taken
    all_again = own and all(a.name in taken.again for a in own if a.is_needed)
    return taken if all_again and len(taken.upstream) <= 1 else None


def _called(function: Callable[..., Any]) -> str:
    return f"{function.__name__}{inspect.signature(function)}"


def documentation(*objects: Any) -> str:
    """The docstrings and the source of what may tell shapes."""
    texts = []
    for thing in objects:
        texts.append(inspect.getdoc(thing) or "")
        try:
            texts.append(inspect.getsource(thing))
        except (OSError, TypeError):
            continue
    return "\n".join(texts)
