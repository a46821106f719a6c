"""A layer: an object whose forward pass keeps what its backward pass needs, with parameters of its own."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradlab.cases import is_real
from gradlab.layers.naming import returned_names
from gradlab.layers.pair import (
    Argument,
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
from gradlab.layers.state import Slot, gradients_in, slots_of


@dataclass(frozen=True)
class _Layer:
    """How a class is constructed and run."""

    cls: type
    forward: str
    backward: str
    constructing: tuple[Argument, ...]
    forwarded: tuple[Argument, ...]
    taken: Taken
    names: tuple[str, ...]
    """In backward's return statement."""
    make: Callable[[Inputs], Any]
    """A fresh object, so that no state leaks from one run to another."""
    slots: Mapping[str, Slot] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    """The parameters that it is constructed with."""

    def passed(self, inputs: Inputs) -> tuple[Any, tuple[Any, ...], Any]:
        """(a fresh layer after its forward pass, the outputs, what forward returned for backward)."""
        layer = self.make(inputs)
        for name, slot in self.slots.items():
            slot.write(layer, inputs[name])
        result = getattr(layer, self.forward)(**among(self.forwarded, inputs))
        return layer, *outputs_of(result, self.taken, self.cls.__name__)

    def run_back(self, inputs: Inputs, above: Sequence[Any]) -> tuple[Any, Any]:
        """(the layer after both passes, what backward returned)."""
        layer, _, saved = self.passed(inputs)
        positional, named = self.taken.given(inputs, above, saved)
        return layer, getattr(layer, self.backward)(*positional, **named)

    def gradients(self, inputs: Inputs, above: Sequence[Any]) -> Gradients:
        """What backward returns, and what it leaves in the layer."""
        layer, result = self.run_back(inputs, above)
        order = [a.name for a in self.forwarded]
        own = {n: found for n, slot in self.slots.items() if (found := slot.gradient(layer)) is not None}
        own = {**gradients_in(layer, self.given), **own}
        if result is None:
            own = {**gradients_in(layer, order), **own}
            return Gradients(own) if own else Gradients(returned=(None,))
        who = f"{self.cls.__name__}.{self.backward}"
        told = by_argument(result, order, self.names, inputs, who, [*self.slots, *self.given])
        return told if told.returned is not None else replace(told, by_name={**own, **told.by_name})

    def with_parameters(self, inputs: Inputs, above: Sequence[Any]) -> tuple[Pair, Mapping[str, Any]]:
        """(the pair with the layer's own parameters as inputs, what it starts with), as both passes show them."""
        template = self.make(inputs)
        layer, result = replace(self, make=lambda _: deepcopy(template)).run_back(inputs, above)
        spoken = self.names if isinstance(result, tuple) and len(self.names) == len(result) else ()
        constructed = {a.name: inputs[a.name] for a in self.constructing if a.name in inputs}
        given = {name: value for name, value in constructed.items() if is_real(value)}
        slots, silent = slots_of(template, layer, spoken, [*inputs], [*given.values()])

        def make(at: Inputs) -> Any:
            same = not given and all(at.get(name) is value for name, value in constructed.items())
            return deepcopy(template) if same else self.make(at)

        who = f"{self.cls.__name__}.{self.backward}"
        notes = (f"{who} sets no gradient of {', '.join(silent)}",) if silent else ()
        pair = _pair_of(replace(self, make=make, slots=slots, given=tuple(given)))
        return replace(pair, notes=notes), {name: slot.read(template) for name, slot in slots.items()}


def layer_pair(cls: type, forward: str, backward: str, instance: Any = None) -> Pair:
    """A class whose objects have both passes as a Pair. instance: one to be copied in place of constructing."""
    constructing = () if instance is not None else arguments_of(cls, constructs=True)
    forwarded = arguments_of(getattr(cls, forward), skip=1)
    back = getattr(cls, backward)

    def make(inputs: Inputs) -> Any:
        if instance is not None:
            return deepcopy(instance)
        return _seeded(lambda: cls(**among(constructing, inputs)))

    taken = taken_by(back, 1, [a.name for a in forwarded])
    return _pair_of(
        _Layer(cls, forward, backward, constructing, forwarded, taken, returned_names(back), make)
    )


def _pair_of(layer: _Layer) -> Pair:
    return Pair(
        name=layer.cls.__name__,
        arguments=(*layer.constructing, *layer.forwarded),
        upstream=layer.taken.upstream,
        code=(getattr(layer.cls, layer.forward), getattr(layer.cls, layer.backward)),
        forward=lambda inputs: layer.passed(inputs)[1],
        backward=layer.gradients,
        parameters=layer.with_parameters,
    )


def _seeded(make: Callable[[], Any]) -> Any:
    """Construct with the same random numbers each time, and leave the generators as they were."""
    kept, other = np.random.get_state(), random.getstate()  # noqa: NPY002 (it is what layers draw from)
    np.random.seed(0)  # noqa: NPY002
    random.seed(0)
    try:
        return make()
    finally:
        np.random.set_state(kept)  # noqa: NPY002
        random.setstate(other)
