"""Nested dictionaries, lists and tuples of arrays, as flat lists and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def leaves(tree: Any) -> list[Any]:
    """The values of a nested structure, in order.

    >>> leaves({"w": 1.0, "layers": [2.0, (3.0,)]})
    [1.0, 2.0, 3.0]
    """
    return [leaf for _, leaf in paths(tree)]


def paths(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each leaf with its place, as Python writes it: `['layers'][0]`."""
    if isinstance(tree, dict):
        for key, branch in tree.items():
            yield from paths(branch, f"{path}[{key!r}]")
    elif isinstance(tree, (list, tuple)):
        for i, branch in enumerate(tree):
            yield from paths(branch, f"{path}[{i}]")
    else:
        yield path, tree


def rebuild(tree: Any, values: Iterator[Any]) -> Any:
    """The structure of `tree` with its leaves replaced, in order, by values.

    >>> rebuild({"w": 1.0, "layers": [2.0, (3.0,)]}, iter("abc"))
    {'w': 'a', 'layers': ['b', ('c',)]}
    """
    if isinstance(tree, dict):
        return {key: rebuild(branch, values) for key, branch in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(rebuild(branch, values) for branch in tree))
    if isinstance(tree, (list, tuple)):
        return type(tree)(rebuild(branch, values) for branch in tree)
    return next(values)


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """`function` of every leaf, in the same structure."""
    return rebuild(tree, map(function, leaves(tree)))
