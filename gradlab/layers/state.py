"""What a layer keeps: its parameters, where they lie in it, and where backward puts their gradients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradlab.cases import is_real
from gradlab.layers.naming import parameter_of

Path = tuple[tuple[str, Any], ...]
"""Steps from the layer down: an attribute, and a key or index in it (None for the attribute itself)."""
DEEPEST = 3
MOST_SLOTS = 200
_PARAMETERS, _GRADIENTS = ("params", "parameters", "weights"), ("grads", "gradients")


@dataclass(frozen=True)
class Slot:
    """A place for a parameter; the same array may lie at several."""

    places: tuple[Path, ...]
    gradients: tuple[Path, ...]

    def read(self, layer: Any) -> Any:
        """The parameter."""
        return _read(layer, self.places[0])

    def write(self, layer: Any, value: Any) -> None:
        """Put a value at every place."""
        for place in self.places:
            owner, (attribute, key) = _read(layer, place[:-1]), place[-1]
            if key is None:
                setattr(owner, attribute, value)
            else:
                getattr(owner, attribute)[key] = value

    def gradient(self, layer: Any) -> Any:
        """What backward has put there; None where it has not."""
        for place in self.gradients:
            try:
                found = _read(layer, place)
            except (AttributeError, KeyError, IndexError, TypeError):
                continue
            if found is not None:
                return found
        return None


def slots_of(
    before: Any, after: Any, spoken: Sequence[str], taken: Sequence[str], given: Sequence[Any] = ()
) -> tuple[dict[str, Slot], list[str]]:
    """(a layer's parameters by name, the arrays that get no gradient), of a layer before and after its backward pass.

    spoken: the names in backward's return statement, which may be a parameter's gradient. taken: names
    that something else has. given: the arrays that it was constructed with, which are arguments already.
    """
    slots: dict[str, Slot] = {}
    silent: list[str] = []
    for prefix, owner in _owners(before):
        held = _held(owner)
        same = _read(after, prefix)
        gradients = _held(same)
        attributes = list(dict.fromkeys(attribute for attribute, _ in held))
        of = {
            g: p
            for g in dict.fromkeys(a for a, _ in gradients)
            if (p := _parameter(g, attributes)) is not None
        }
        returned = {p for name in spoken if (p := parameter_of(name, attributes)) is not None}
        for (attribute, key), value in held.items():
            known = [*given, *(slot.read(before) for slot in slots.values())]
            if attribute in of or any(value is other for other in known):
                continue
            found = [(g, key) for g, p in of.items() if p == attribute and (g, key) in gradients]
            name = _name(prefix, attribute, key)
            if found or (attribute in returned and not prefix):
                places = tuple((*prefix, place) for place, other in held.items() if other is value)
                name = name if name not in (*taken, *slots) else f"self.{name}"
                slots[name] = Slot(places, tuple((*prefix, place) for place in found))
            elif isinstance(value, np.ndarray):
                silent.append(name)
            if len(slots) >= MOST_SLOTS:
                return slots, silent
    return slots, silent


def gradients_in(layer: Any, names: Sequence[str]) -> dict[str, Any]:
    """The gradients of arguments that a layer keeps in attributes: `dx` for x, or `grads` beside `params` in order."""
    found = (
        {
            name: value
            for attribute, value in vars(layer).items()
            if value is not None and (name := parameter_of(attribute, names)) is not None
        }
        if hasattr(layer, "__dict__")
        else {}
    )
    for attribute in _GRADIENTS:
        kept = getattr(layer, attribute, None)
        if isinstance(kept, list) and len(kept) == len(names):
            found = {**dict(zip(names, kept, strict=True)), **found}
        elif isinstance(kept, dict):
            found = {**{name: kept[name] for name in names if name in kept}, **found}
    return found


def _parameter(gradient: str, attributes: Sequence[str]) -> str | None:
    if gradient in _GRADIENTS:
        return next((p for p in _PARAMETERS if p in attributes), None)
    return parameter_of(gradient, attributes)


def _name(prefix: Path, attribute: str, key: Any) -> str:
    if isinstance(key, str):
        own = key
    else:
        own = attribute if key is None else f"{attribute}[{key}]"
    return ".".join([*(a if k is None else f"{a}[{k}]" for a, k in prefix), own])


def _held(owner: Any) -> dict[tuple[str, Any], Any]:
    """The numbers and arrays that an object holds, itself or in a list or a dictionary."""
    found: dict[tuple[str, Any], Any] = {}
    for attribute, value in getattr(owner, "__dict__", {}).items():
        if is_real(value):
            found[attribute, None] = value
        elif isinstance(value, (list, dict)):
            items = value.items() if isinstance(value, dict) else enumerate(value)
            found |= {(attribute, key): part for key, part in items if is_real(part)}
        if len(found) > MOST_SLOTS:
            break
    return found


def _owners(layer: Any) -> Iterator[tuple[Path, Any]]:
    """A layer, and the layers of the same module inside it."""
    seen: set[int] = set()
    waiting: list[tuple[Path, Any]] = [((), layer)]
    while waiting:
        path, owner = waiting.pop(0)
        if id(owner) in seen or len(path) > DEEPEST:
            continue
        seen.add(id(owner))
        yield path, owner
        for attribute, value in getattr(owner, "__dict__", {}).items():
            items: list[tuple[Any, Any]] = [(None, value)]
            if isinstance(value, (list, tuple)):
                items = list(enumerate(value[:MOST_SLOTS]))
            elif isinstance(value, dict):
                items = list(value.items())[:MOST_SLOTS]
            waiting += [
                ((*path, (attribute, key)), part)
                for key, part in items
                if type(part).__module__ == type(layer).__module__ and hasattr(part, "__dict__")
            ]


def _read(layer: Any, path: Path) -> Any:
    for attribute, key in path:
        layer = getattr(layer, attribute)
        if key is not None:
            layer = layer[key]
    return layer
