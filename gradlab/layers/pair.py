"""A pair: a function, and the code that someone wrote for its derivative, however the two are laid out."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradlab.cases import InputError, is_real, location_of
from gradlab.engine.primitive import Traced
from gradlab.layers.naming import parameter_of

Inputs = Mapping[str, Any]
UPSTREAM = "upstream"
"""What a gradient from above is called where the code has no name for it."""
CACHES = ("cache", "caches", "ctx", "context", "saved", "memory", "mem", "tape")
"""What is handed from forward to backward by hand."""
EMPTY = inspect.Parameter.empty


@dataclass(frozen=True)
class Argument:
    """What a pair needs a value for."""

    name: str
    default: Any = EMPTY
    annotation: Any = EMPTY
    constructs: bool = False
    """It is given to the class, and not to `forward`."""

    @property
    def is_needed(self) -> bool:
        """Whether there is no default value for it."""
        return self.default is EMPTY


@dataclass(frozen=True)
class Gradients:
    """What a backward pass gives: by argument, as far as that is clear, or as it was returned."""

    by_name: Mapping[str, Any] = field(default_factory=dict)
    returned: Any = None
    """What could not be told apart; None where all of it could."""
    said: str = ""
    """How one array was given to one of several arguments."""


@dataclass(frozen=True)
class Pair:
    """A forward and a backward pass, each of which may be run any number of times."""

    name: str
    arguments: tuple[Argument, ...]
    upstream: tuple[str, ...]
    """What backward calls the gradient that comes from above, one for each output; () if it takes none."""
    code: tuple[Callable[..., Any], Callable[..., Any]]
    """The two as they were written."""
    forward: Callable[[Inputs], tuple[Any, ...]]
    """The outputs."""
    backward: Callable[[Inputs, Sequence[Any]], Gradients]
    """Forward, and then backward with a gradient from above for each output."""
    parameters: Callable[[Inputs, Sequence[Any]], tuple[Pair, Mapping[str, Any]]] | None = None
    """(the pair with its own parameters as arguments, their values), found by running it."""
    hints: str = ""
    """Docstrings and comments that may tell shapes."""
    notes: tuple[str, ...] = ()

    @property
    def location(self) -> str:
        """file:line of the forward pass."""
        return location_of(self.code[0])


def arguments_of(
    function: Callable[..., Any], *, skip: int = 0, constructs: bool = False
) -> tuple[Argument, ...]:
    """The arguments of a function, without the first few; () where it does not tell."""
    try:
        parameters = list(inspect.signature(function).parameters.values())[skip:]
    except (TypeError, ValueError):
        return ()
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return tuple(
        Argument(p.name, p.default, p.annotation, constructs) for p in parameters if p.kind not in variable
    )


def among(arguments: Sequence[Argument], inputs: Inputs) -> dict[str, Any]:
    """The inputs that are among some arguments."""
    return {a.name: inputs[a.name] for a in arguments if a.name in inputs}


@dataclass(frozen=True)
class Taken:
    """What a backward pass takes: gradients from above, what forward returned for it, and forward's arguments again."""

    upstream: tuple[str, ...]
    cache: str = ""
    again: tuple[str, ...] = ()
    any_number: bool = False
    """It takes `*gradients`."""

    def given(self, inputs: Inputs, above: Sequence[Any], saved: Any) -> tuple[Sequence[Any], dict[str, Any]]:
        """What to call it with: by position, and by name."""
        named = {name: inputs[name] for name in self.again if name in inputs}
        if self.cache:
            named[self.cache] = saved
        return (
            (above, named)
            if self.any_number
            else ((), {**dict(zip(self.upstream, above, strict=True)), **named})
        )


def taken_by(back: Callable[..., Any], skip: int, names: Sequence[str]) -> Taken:
    """What a backward pass takes, whose forward pass takes these names. skip: of its first arguments."""
    arguments = arguments_of(back, skip=skip)
    more = [a.name for a in arguments if a.is_needed and a.name not in names]
    cache = next((name for name in more if name in CACHES), "") if len(more) > 1 else ""
    again = tuple(a.name for a in arguments if a.name in names)
    kinds = [p.kind for p in inspect.signature(back).parameters.values()]
    any_number = not more and inspect.Parameter.VAR_POSITIONAL in kinds
    upstream = (UPSTREAM,) if any_number else tuple(name for name in more if name != cache)
    return Taken(upstream, cache, again, any_number)


def outputs_of(result: Any, taken: Taken, who: str) -> tuple[tuple[Any, ...], Any]:
    """(the outputs, what is kept for backward) of what forward returned. Raises InputError."""
    if not taken.cache:
        return (result if isinstance(result, tuple) else (result,)), None
    if not isinstance(result, tuple) or len(result) < 2:
        raise InputError(
            f"{who} returns {type(result).__name__}, and its backward pass takes {taken.cache}: return (out, {taken.cache})"
        )
    return result[:-1], result[-1]


def by_argument(
    result: Any,
    order: Sequence[str],
    names: Sequence[str],
    inputs: Inputs,
    who: str,
    others: Sequence[str] = (),
) -> Gradients:
    """What was returned, by argument: by the names in the return statement, or else in the arguments' order.

    order: the arguments; a gradient is returned for each, or for each that has a value at the inputs.
    names: those in the return statement. others: further names that it may speak of. A gradient of None is none.
    """
    known = list(dict.fromkeys([*order, *others]))
    if isinstance(result, Mapping):
        return Gradients({parameter_of(str(key), known) or str(key): part for key, part in result.items()})
    given = [name for name in order if name in inputs]
    several = isinstance(result, tuple) or (isinstance(result, list) and len(given) > 1)
    parts = list(result) if several else [result]
    meant = [None if name in known else parameter_of(name, known) for name in names]
    if len(meant) == len(parts) and all(meant) and len(set(meant)) == len(meant):
        return _without_none(dict(zip(meant, parts, strict=True)))  # type: ignore[arg-type]
    for asked in (given, order):
        if len(parts) == len(asked):
            return _without_none(
                {name: part for name, part in zip(asked, parts, strict=True) if name in inputs}
            )
    if len(parts) == 1 and parts[0] is not None:
        real = [name for name in given if _is_derivable(inputs[name])]
        fitting = [name for name in real if np.shape(inputs[name]) == np.shape(parts[0])]
        chosen = fitting[0] if fitting else real[0] if real else None
        if chosen is not None:
            said = f"{who} returns one value: it is taken as the derivative by {chosen}"
            return Gradients({chosen: parts[0]}, said=said if len(real) > 1 else "")
    return Gradients(returned=result)


def _is_derivable(value: Any) -> bool:
    """Whether it is a number or an array of numbers, or a tracer that stands for one."""
    return is_real(value) or isinstance(value, Traced)


def _without_none(parts: dict[str, Any]) -> Gradients:
    kept = {name: part for name, part in parts.items() if part is not None}
    return Gradients(kept) if kept else Gradients(returned=tuple(parts.values()))
