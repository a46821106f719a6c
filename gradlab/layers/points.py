"""Where a pair is looked at: what its file says of points and shapes, and else values drawn by seed."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from gradlab.cases import InputError
from gradlab.layers.pair import Argument, Pair
from gradlab.layers.shapes import ROWS, SIZES, draw, is_count, next_size, shape_of, shown

SEED = 0
_AT, _SHAPES, _WRT = ("AT", "at", "POINTS", "points", "POINT", "point"), ("SHAPES", "shapes"), ("WRT", "wrt")
_HEADER = re.compile(r"^[ \t#]*at:[ \t]*(\S.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Given:
    """What a file says: points, shapes, and what to derive by; each for all of its pairs, or by a pair's name."""

    points: tuple[Mapping[str, Any], ...] = ()
    shapes: Mapping[str, Any] = field(default_factory=dict)
    wrt: Any = None

    def points_for(self, name: str) -> list[Mapping[str, Any]]:
        """The points of one pair, which may hold names of other pairs; one that is empty where none is given."""
        own: list[Mapping[str, Any]] = []
        for point in self.points:
            flat = {n: v for n, v in point.items() if not isinstance(v, Mapping)}
            own.append({**flat, **point.get(name, {})} if isinstance(point.get(name), Mapping) else flat)
        return own or [{}]

    def shapes_for(self, name: str) -> dict[str, Any]:
        """The shapes for one pair."""
        flat = {n: s for n, s in self.shapes.items() if not isinstance(s, Mapping)}
        own = self.shapes.get(name)
        return {**flat, **own} if isinstance(own, Mapping) else flat

    def wrt_for(self, name: str) -> tuple[str, ...]:
        """What to derive one pair by; () where nothing is said."""
        own = self.wrt.get(name, ()) if isinstance(self.wrt, Mapping) else self.wrt
        return (own,) if isinstance(own, str) else tuple(own or ())


def given_in(module: ModuleType) -> Given:
    """What a module says in AT, SHAPES and WRT, or in a line `at: x=[1, 2]` of its docstring."""
    told = vars(module)
    points = next((p for name in _AT if (p := _as_points(told.get(name)))), ())
    shapes: Mapping[str, Any] = next(
        (told[name] for name in _SHAPES if isinstance(told.get(name), Mapping)), {}
    )
    wrt = next(
        (told[name] for name in _WRT if isinstance(told.get(name), (str, list, tuple, Mapping))),
        None,
    )
    return Given(points or header(module.__doc__ or ""), shapes, wrt)


def _as_points(value: Any) -> tuple[Mapping[str, Any], ...]:
    points = [value] if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else []
    usable = bool(points) and all(
        isinstance(p, Mapping) and all(isinstance(n, str) for n in p) for p in points
    )
    return tuple(points) if usable else ()


def header(text: str) -> tuple[Mapping[str, Any], ...]:
    """The points in lines `at: x=[1, 2]`. Raises InputError where one can't be read.

    >>> header("at: x=[1, 2]")
    ({'x': [1.0, 2.0]},)
    """
    from gradlab.notation.formula import FormulaError, parse_assignments

    try:
        return tuple(parse_assignments(found) for found in _HEADER.findall(text))
    except FormulaError as error:
        raise InputError(f"the line 'at:' can't be read: {error}") from None


def values_at(
    pair: Pair, point: Mapping[str, Any], shapes: Mapping[str, Any], runs: Callable[[Mapping[str, Any]], str]
) -> tuple[dict[str, Any], list[str]]:
    """(a value for each argument that needs one, what is to be said of them).

    runs: tries the pair at values, and says why they won't do, or "". Raises InputError where a value is
    missing and none can be drawn, with what to write.
    """
    values: dict[str, Any] = {}
    drawn = np.random.default_rng(SEED)
    sizes: dict[str, int] = {}
    made: list[str] = []
    spelled = as_arguments(point, [a.name for a in pair.arguments])
    for argument in pair.arguments:
        if argument.name in spelled:
            values[argument.name] = cleaned(spelled[argument.name], argument)
    told = {a.name for a in pair.arguments if a.name in values and not a.constructs}
    for argument in pair.arguments:
        name = argument.name
        if name in values or not argument.is_needed:
            continue
        if name not in shapes and is_count(argument):
            values[name] = sizes.setdefault(name, next_size(sizes))
            made.append(f"{name} = {values[name]}")
            continue
        shape = shape_of(argument, pair, shapes, sizes, values)
        if shape is not None:
            values[name] = draw(shape, drawn)
            made.append(f"{name}{shown(shape)}")
    missing = [a for a in pair.arguments if a.is_needed and a.name not in values]
    if not missing and not any(a.is_needed for a in pair.arguments):
        values = {a.name: a.default for a in pair.arguments if type(a.default) is float} | values
    if missing:
        if told or any(a.constructs for a in missing):
            raise no_point(pair, missing, "")
        found = _tried(pair, values, missing, runs)
        values |= found
        made += [f"{name}{shown(np.shape(value))}" for name, value in found.items()]
    order = {a.name: values[a.name] for a in pair.arguments if a.name in values}
    return order, [f"drawn at random: {', '.join(made)}; to choose, write {_example(order)}"] if made else []


def as_arguments(point: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """A point by the arguments' own spelling: `x_1` where x1 is given."""
    from gradlab.notation.formula import FormulaError, canonical_name

    def canonical(name: str) -> str:
        try:
            return canonical_name(name)
        except FormulaError:
            return name

    own = {canonical(name): name for name in names}
    return {name if name in names else own.get(canonical(name), name): value for name, value in point.items()}


def cleaned(value: Any, argument: Argument | None = None) -> Any:
    """A value as an array or a number; a count that a class is given as an integer."""
    if isinstance(value, (list, tuple)):
        try:
            array = np.array(value)
        except ValueError:
            raise InputError("a point holds a ragged list: every row needs the same length") from None
        return array if array.dtype.kind in "biuf" else value
    if argument is not None and argument.constructs and is_count(argument) and isinstance(value, float):
        return int(value) if value.is_integer() else value
    return value


def _tried(
    pair: Pair,
    values: Mapping[str, Any],
    missing: Sequence[Argument],
    runs: Callable[[Mapping[str, Any]], str],
) -> dict[str, Any]:
    """Values for the arguments, of the first shapes with which the pair runs. Raises InputError."""
    reason = ""
    for shapes in _candidates(pair, values, len(missing)):
        for positive in (False, True):
            generator = np.random.default_rng(SEED)
            found = {
                a.name: draw(shape, generator, positive=positive)
                for a, shape in zip(missing, shapes, strict=True)
            }
            failed = runs({**values, **found})
            if not failed:
                return found
            reason = failed if is_plain(pair) else reason or failed
    raise no_point(pair, missing, reason)


def _candidates(pair: Pair, values: Mapping[str, Any], count: int) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Shapes to try, those that show most first: several rows, several columns, one vector, numbers."""
    if is_plain(pair):
        if count == 1:
            yield ((3,),)
        yield ((),) * count
        return
    counts = [v for a in pair.arguments if a.constructs and isinstance(v := values.get(a.name), int)]
    for size in dict.fromkeys([*counts[:4], SIZES[0]]):
        yield ((ROWS, size),) * count
        yield ((size, ROWS),) * count
        if 2 <= count <= 3:
            yield ((ROWS, size), (size, size + 1), (size + 1,))[:count]
        yield ((size,),) * count
    yield ((),) * count


def is_plain(pair: Pair) -> bool:
    """Whether it is a function and its derivative, and no layer."""
    return not pair.upstream and pair.parameters is None


def no_point(pair: Pair, missing: Sequence[Argument], reason: str) -> InputError:
    """That a value is missing, and what to write."""
    names = ", ".join(a.name for a in missing)
    example = ", ".join(
        f'"{a.name}": {"3" if is_count(a) else "np.array([0.5, -1.0])"}' for a in missing[:3]
    ) + (", …" if len(missing) > 3 else "")
    tried = f" ({reason})" if reason else ""
    return InputError(
        f"{pair.location}: {pair.name} needs a value for {names}{tried}: write AT = {{{example}}} at the top of the file, "
        f'or SHAPES = {{"{missing[0].name}": (2, 3)}} to have one drawn'
    )


def _example(values: Mapping[str, Any]) -> str:
    named = ", ".join(f'"{name}": …' for name in list(values)[:3])
    return f"AT = {{{named}{', …' if len(values) > 3 else ''}}}"


def quietly(work: Callable[[], Any]) -> Any:
    """Run someone's code: what it prints goes to stderr, and SystemExit is an error as any other."""
    try:
        with redirect_stdout(sys.stderr), np.errstate(all="ignore"):
            return work()
    except SystemExit as error:
        raise RuntimeError(f"it ends the program ({error})") from None
