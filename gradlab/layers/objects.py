"""Classes with forward and backward: which a module has, and operations whose context is given to them."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

from gradlab.cases import InputError
from gradlab.layers.functions import documentation
from gradlab.layers.layer import layer_pair
from gradlab.layers.naming import returned_names
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

_FORWARD = ("forward", "fprop", "__call__")
_BACKWARD = ("backward", "backprop", "bprop", "backward_pass", "grad", "gradient")
_CONTEXTS = ("ctx", "context")


class Context(dict[str, Any]):
    """What an operation keeps for its backward pass: by key, as an attribute, or with save_for_backward."""

    saved_tensors: tuple[Any, ...] = ()
    needs_input_grad: tuple[bool, ...] = ()

    def save_for_backward(self, *values: Any) -> None:
        """Keep values, to be had as `saved_tensors`."""
        self.saved_tensors = values


def class_pairs(module: ModuleType) -> list[Pair]:
    """The classes of a module that have a forward and a backward pass, without those that only promise them."""
    return [
        pair_of_class(value, module)
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__ and name == value.__name__
        if is_layer(value)
    ]


def is_layer(cls: type) -> bool:
    """Whether a class has both passes, and not only promises them to those that derive from it."""
    names = _passes(cls)
    promises = names is not None and any(_is_promise(cls, name) for name in names)
    return names is not None and not inspect.isabstract(cls) and not (promises and cls.__subclasses__())


def _passes(cls: type) -> tuple[str, str] | None:
    """The names of a class's forward and backward pass."""
    forward = next((n for n in _FORWARD if callable(getattr(cls, n, None)) and _is_own(cls, n)), None)
    backward = next((n for n in _BACKWARD if callable(getattr(cls, n, None)) and _is_own(cls, n)), None)
    return (forward, backward) if forward and backward else None


def _is_own(cls: type, name: str) -> bool:
    """Whether Python code defines it: `__call__` of every class is type's."""
    return inspect.isfunction(inspect.unwrap(getattr(cls, name))) or inspect.ismethod(getattr(cls, name))


def _is_promise(cls: type, name: str) -> bool:
    """Whether a method only says that a subclass has it: it raises NotImplementedError, or has no body."""
    code = getattr(inspect.unwrap(getattr(cls, name)), "__code__", None)
    return code is not None and (
        "NotImplementedError" in code.co_names
        or code.co_code in {_bare.__code__.co_code, _told_only.__code__.co_code}
    )


def _bare() -> None:
    pass


def _told_only() -> None:
    """It has a docstring alone."""


def pair_of_class(cls: type, module: ModuleType | None = None) -> Pair:
    """A class as a Pair. Raises InputError where it has no forward and backward pass."""
    names = _passes(cls)
    if names is None:
        raise InputError(f"the class {cls.__name__} has no forward and backward to be checked")
    forward, backward = names
    first = next(iter(arguments_of(getattr(cls, forward))), None)
    if isinstance(inspect.getattr_static(cls, forward), (staticmethod, classmethod)) or (
        first is not None and first.name in _CONTEXTS
    ):
        pair = _operation(cls, forward, backward)
    else:
        instances = [value for value in vars(module).values() if type(value) is cls] if module else []
        pair = layer_pair(cls, forward, backward, instances[0] if instances else None)
    return replace(pair, hints=documentation(cls))


def _operation(cls: type, forward: str, backward: str) -> Pair:
    """Two static methods and a context between them."""
    run, back = getattr(cls, forward), getattr(cls, backward)
    first = arguments_of(run)
    keeps = bool(first) and first[0].name in _CONTEXTS
    arguments = first[1:] if keeps else first
    taken: Taken = taken_by(back, 1 if keeps else 0, [a.name for a in arguments])
    names = returned_names(back)

    def passed(inputs: Inputs) -> tuple[Context, tuple[Any, ...], Any]:
        context = Context()
        context["needs_input_grad"] = context.needs_input_grad = (True,) * len(arguments)
        result = run(*([context] if keeps else []), **among(arguments, inputs))
        return context, *outputs_of(result, taken, cls.__name__)

    def pulled(inputs: Inputs, above: Sequence[Any]) -> Gradients:
        context, _, saved = passed(inputs)
        positional, named = taken.given(inputs, above, saved)
        result = back(*([context] if keeps else []), *positional, **named)
        order = [a.name for a in arguments]
        return by_argument(result, order, names, inputs, f"{cls.__name__}.{backward}")

    return Pair(
        name=cls.__name__,
        arguments=arguments,
        upstream=taken.upstream,
        code=(run, back),
        forward=lambda inputs: passed(inputs)[1],
        backward=pulled,
    )
