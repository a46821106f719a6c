"""Random records: all that the types allow, with the strangest numbers, shapes and words."""

from __future__ import annotations

import math
import types
import typing
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace

from gradlab.record import Explanation, Input, Number, Point, Record, StepSizes, real
from gradlab.record.explanation import Flow, Node, Pass
from gradlab.record.step_sizes import Curve

REALS = [0.0, -0.0, 1.0, -2.5, 1 / 3, 17.0, 1e308, -1.7976931348623157e308, 5e-324, 2.2e-16, 123456.789]
WHOLES = [0, 1, 2, 3, 7, -1, 1000, 2**53, 10**400]
TEXTS = [
    *("", " ", "w", "f", "W0[0, 1]", "y[1] by x[0]", "∂L/∂w", "line 1\nline 2", "w" * 300, "\\frac{a}{b}"),
    *("0", "-1.5E+10", "1.23456789012345678901234567890", "1e400", "1e999999999", "sNaN", "-", "Infinity"),
    *("f′ shared", "gradient program", "reverse", "claimed", "finite_difference", "centered", "float32"),
]
SHAPES = [
    *((), (), (), (2,), (2, 3), (0,), (2, 0, 3), (1,) * 9, (1000,)),
    *((2,) * 60, (4,) * 40, (2**60, 3), (0,) * 60),
]
KEPT = 300
"""Values that are kept of a large array."""


def random_record(seed: int) -> Record:
    made: Record = _struct(Random(seed), Record)
    return made


def _any(random: Random, hint: Any) -> Any:
    """A value of a type."""
    origin, options = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        most = options[1].le
        whole = abs(_any(random, options[0]))
        return whole if most is None else min(whole, most)
    if origin is typing.Literal:
        return random.choice(options)
    if origin in {typing.Union, types.UnionType}:
        return _any(random, random.choice(options))
    if origin is dict:
        return {_any(random, str): _any(random, options[1]) for _ in range(random.randint(0, 3))}
    if origin is tuple and Ellipsis in options:
        return tuple(_any(random, options[0]) for _ in range(random.choice([0, 0, 1, 1, 2, 3])))
    if origin is tuple:
        return tuple(_any(random, option) for option in options)
    if issubclass(hint, msgspec.Struct):
        return _struct(random, hint)
    return {
        type(None): None,
        bool: random.random() < 0.5,
        str: random.choice(TEXTS),
        int: random.choice(WHOLES),
        float: random.choice([*REALS, random.gauss(0, 1) * 10.0 ** random.randint(-20, 20)]),
    }[hint]


def _struct(random: Random, kind: Any) -> Any:
    """A struct whose lists fit one another."""
    if kind is Explanation:
        return _explanation(random)
    fields = _fields(random, kind, {"schema"})
    if kind is Input or kind is Node:
        fields["shape"], fields["values"] = _array(random)
    if kind is Flow:
        fields["local_shape"], fields["local_values"] = _array(random)
        fields["downstream"] = ()
    if kind is StepSizes:
        fields["steps"] = tuple(10.0**-order for order in range(random.choice([0, 1, 2, 17])))
        fields["curves"] = tuple(_curve(random, len(fields["steps"])) for _ in range(random.randint(0, 4)))
    return _fitted(kind(**fields)) if kind is Point else kind(**fields)


def _fields(random: Random, kind: Any, left: set[str]) -> dict[str, Any]:
    hints = typing.get_type_hints(kind, include_extras=True)
    return {name: _any(random, hint) for name, hint in hints.items() if name not in left}


def _array(random: Random) -> tuple[tuple[int, ...], tuple[Number, ...]]:
    shape = random.choice(SHAPES)
    size = math.prod(shape)
    kept = size if size < KEPT else random.choice([0, KEPT])
    return shape, tuple(_any(random, Number) for _ in range(kept))


def _curve(random: Random, count: int) -> Curve:
    errors = [_any(random, Number) for _ in range(count)]
    positive: list[Number] = ["NaN" if real(one) < 0 or random.random() < 0.3 else one for one in errors]
    return Curve(**_fields(random, Curve, {"errors"}), errors=tuple(positive))


def _fitted(point: Point) -> Point:
    """The point with one thing said of each component, or nothing."""
    count = len(point.components)

    def fitted(values: tuple[Any, ...], default: Any) -> tuple[Any, ...]:
        return (*values[:count], *[default] * (count - len(values))) if values else ()

    defaults = dict(values=1.0, digits=None, verdicts="agree", errors=0.0, steps=0.1, detectable=None)
    return replace(
        point,
        reference=fitted((*point.reference, ""), ""),
        bars=fitted(point.bars, 1.0),
        estimates=tuple(
            replace(one, **{name: fitted(getattr(one, name), default) for name, default in defaults.items()})
            for one in point.estimates
        ),
    )


def _explanation(random: Random) -> Explanation:
    count = random.choice([1, 2, 4, 8, 20])
    nodes = tuple(
        replace(_struct(random, Node), operands=tuple(random.randrange(place) for _ in range(2)))
        if place and random.random() < 0.8
        else replace(_struct(random, Node), operands=())
        for place in range(count)
    )
    return Explanation(
        **_fields(random, Explanation, {"nodes", "output", "passes"}),
        nodes=nodes,
        output=random.randrange(count),
        passes=tuple(_pass(random, nodes) for _ in range(random.randint(1, 3))),
    )


def _pass(random: Random, nodes: tuple[Node, ...]) -> Pass:
    def like(node: Node) -> tuple[Number, ...]:
        return tuple(_any(random, Number) for _ in node.values) if random.random() < 0.8 else ()

    edges = [(place, operand) for place, node in enumerate(nodes) for operand in node.operands]
    if random.random() < 0.3:
        edges = [(random.randrange(len(nodes)), random.randrange(len(nodes))) for _ in range(4)]
    flows = [
        replace(_struct(random, Flow), source=source, target=target, downstream=like(nodes[target]))
        for source, target in edges
    ]
    return Pass(of=random.choice(TEXTS), derivatives=tuple(map(like, nodes)), flows=tuple(reversed(flows)))
