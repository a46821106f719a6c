"""A quantity in terms of another one that is named only afterwards: f = sin(ln x), with u = ln x, is sin(u).

Whoever writes df/du then means the derivative of sin(u). With f as it stands it would be 0, for f does not use u.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gradlab.notation.bounds import depth_of, needed, size_of
from gradlab.notation.scope import Definition, as_equation
from gradlab.notation.tree import Constant, Derivative, Name, Node, Number, free_names, walk
from gradlab.notation.unfold import rebuilt
from gradlab.notation.write import sigma_beside, write


def asked_for(trees: list[Node], definitions: Mapping[str, Definition]) -> list[tuple[str, str]]:
    """The (f, u) of each ∂f/∂u in the trees in which f is made of the same symbols as u, and not of u."""
    found: dict[tuple[str, str], None] = {}
    for tree in trees:
        for node in walk(tree):
            match node:
                case Derivative(Name(function), by) if (
                    function != by and function in definitions and by in definitions
                ):
                    body, other = definitions[function].body, definitions[by].body
                    apart = not _uses(body, by, definitions)
                    if apart and needed(body, definitions) & needed(other, definitions):
                        found[(function, by)] = None
    return list(found)


def in_terms_of(
    function: str, by: str, definitions: Mapping[str, Definition]
) -> dict[str, Definition] | None:
    """The definitions with f written by means of u, and of what else is defined; None where that is not clear.

    It is clear where u's own formula stands in that of f, and some symbol of u stands nowhere else in f: of
    x² + x⁴ and u = x² it can't be told what is meant.
    """
    bodies = {
        name: definition.body
        for name, definition in definitions.items()
        if name != function
        and not definition.is_function
        and not isinstance(definition.body, Name | Number | Constant)
        and not _uses(definition.body, function, definitions)
    }
    if by not in bodies:
        return None
    body = _replaced(definitions[function].body, {by: bodies[by]})
    for others in ({}, {name: one for name, one in bodies.items() if name != by}):
        body = _replaced(body, others)
        used = free_names(body)
        if by not in used:
            continue
        symbolic = {name: one for name, one in definitions.items() if name not in bodies or name not in used}
        if needed(definitions[by].body, definitions) - needed(body, symbolic):
            return _with_body(function, body, definitions)
    return None


def _replaced(tree: Node, bodies: Mapping[str, Node]) -> Node:
    def part(node: Node) -> Node:
        for name, body in bodies.items():
            if node == body:
                return Name(name)
        return rebuilt(node, part)

    return part(tree)


def _uses(tree: Node, name: str, definitions: Mapping[str, Definition]) -> bool:
    """Whether a tree's value may depend on a quantity."""
    return name in needed(tree, {n: one for n, one in definitions.items() if n != name})


def _with_body(function: str, body: Node, definitions: Mapping[str, Definition]) -> dict[str, Definition]:
    """The definitions, in an order in which each uses what stands before it."""
    old = definitions[function]
    later = {name for name, one in definitions.items() if _uses(one.body, function, definitions)}
    before = {name: one for name, one in definitions.items() if name != function and name not in later}
    new = replace(
        old,
        body=body,
        read_as=as_equation(function, old.parameters, write(body, sigma=sigma_beside(definitions))),
        size=size_of(body, before),
        depth=depth_of(body, before),
    )
    return {**before, function: new, **{name: one for name, one in definitions.items() if name in later}}
