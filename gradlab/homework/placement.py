"""Where a derivation is judged: the point that is given, or one that is drawn; and what is held there.

A step of `∂L/∂z`, with z = wx + b, may use what z is made of: σ(wx + b) for σ(z). Then z must have the value
that they give it, to all digits, and no point beside it would do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradlab.homework.derivations import Derivation
from gradlab.homework.header import Header, Refused, Shape
from gradlab.homework.points import draw_point
from gradlab.notation.bounds import needed
from gradlab.notation.formula import Formula, parse_formula
from gradlab.notation.names import printed
from gradlab.notation.tree import Big, Element, Name, walk


@dataclass(frozen=True)
class Held:
    """A formula, with a quantity held to what it is made of.

    Of z = wx + b the value 1.06, rounded in float64, is not w x + b to 50 digits. What is given for z is
    therefore taken as a step from there, and is exact where the step is 0.
    """

    formula: Callable[..., Any]
    quantity: Formula
    name: str
    value: Any

    def __call__(self, /, **values: Any) -> Any:
        """The formula's value."""
        others = {name: value for name, value in values.items() if name != self.name}
        exact = self.quantity(**others) + (values[self.name] - self.value)
        return self.formula(**others, **{self.name: exact})


def typed_formula(given: object) -> Formula | None:
    """The formula that was typed, behind what holds a quantity of it; None for code, and where its shapes don't fit."""
    inner = given.formula if isinstance(given, Held) else given
    return inner if isinstance(inner, Formula) and not inner.unfit else None


@dataclass(frozen=True)
class Placement:
    """The points of a case."""

    points: tuple[Mapping[str, np.ndarray], ...]
    notes: tuple[str, ...]
    drawn: bool
    """Whether numbers of the first point were drawn."""
    held: tuple[Formula, str, Any] | None = None
    """The quantity that is held to what it is made of: its formula, its name, its value in float64."""

    whole: frozenset[str] = frozenset()
    """The names that are lengths, and stay as they are."""

    def hold(self, formula: Callable[..., Any]) -> Callable[..., Any]:
        """The formula with the quantity held, if one is."""
        return formula if self.held is None else Held(formula, *self.held)


def placed(
    header: Header, set_in_text: Mapping[str, np.ndarray], group: Sequence[Derivation], names: Sequence[str]
) -> Placement:
    """The points for derivations of one function, over all names that it and its steps need.

    Raises Refused where what is assumed does not hold, or can't be kept.
    """
    first, scope = group[0], group[0].context.scope
    _refuse_moved(header, group)
    quantity = parse_formula(printed(first.by), scope, latex=False) if first.cut else None
    # the function, and what is to be derived of it, may be taken at any z
    steps = {name for one in group for formula in one.formulas[2:] for name in one.names_of(formula)}
    above = needed(quantity.tree, scope.definitions) if quantity is not None else frozenset()
    symbols = [n for n in dict.fromkeys([*names, *sorted(above)]) if quantity is None or n != first.by]
    if missing := [n for n in symbols if n not in scope.names]:
        raise Refused(f"{printed(missing[0])} has no value", first.line)
    shapes: dict[str, Shape] = {n: scope.names[n] for n in symbols}

    def completed(values: Mapping[str, Any]) -> dict[str, np.ndarray]:
        known = {n: v for n, v in values.items() if n in shapes}
        if quantity is None:
            return known
        return {**known, first.by: np.asarray(quantity(**known), dtype=np.float64)}

    def works(values: Mapping[str, Any]) -> bool:
        try:
            whole = completed(values)
            found = [formula(**whole) for one in group for formula in one.formulas]
            return all(bool(np.all(np.isfinite(np.asarray(v, dtype=np.float64)))) for v in found)
        except (ValueError, TypeError, ArithmeticError, LookupError):
            return False

    lengths = {**_lengths(group), **{n: np.asarray(float(size)) for n, size in header.sizes.items()}}
    given = [{**lengths, **set_in_text, **point} for point in (header.points or ({},))]
    _refuse_broken(header, given)
    is_held = quantity is not None and bool(steps & above)
    printed_at_point = any(one.printed for one in group)
    chosen = [draw_point(shapes, values, header.assumed, works) for values in given]
    drawn = [n for n in symbols if n not in given[0]]
    if is_held and not drawn and not printed_at_point:
        # One point has to do, so that it had better be generic.
        generic = draw_point(shapes, lengths, header.assumed, works)
        chosen = [generic] if works(generic) else chosen
    if is_held:
        chosen = chosen[:1]
    kept = {*names, *symbols} if is_held else set(names)
    points = tuple({n: v for n, v in completed(values).items() if n in kept} for values in chosen)
    notes = [assumption.sentence for assumption in header.assumed if assumption.name in symbols]
    notes += [
        f"{printed(n)} is {int(v)}, the length of what is summed"
        for n, v in lengths.items()
        if n in symbols and given[0][n] is v and n not in header.sizes
    ]
    if header.sizes:
        sizes = ", ".join(f"{printed(n)} = {size}" for n, size in header.sizes.items())
        notes.append(f"sizes: {sizes}")
    if drawn:
        which = (
            "no point is given"
            if len(drawn) == len(set(symbols) - lengths.keys())
            else f"no value is given for {', '.join(map(printed, drawn))}"
        )
        notes.append(f"{which}: generic numbers were drawn")
    if is_held:
        notes.append(
            f"a step uses what {printed(first.by)} is made of, so that one point is judged, and none beside it"
        )
    held = None if quantity is None or not is_held else (quantity, first.by, points[0][first.by])
    return Placement(points, tuple(notes), bool(drawn), held, frozenset(lengths))


def _lengths(group: Sequence[Derivation]) -> dict[str, np.ndarray]:
    """The symbols up to which a sum goes, with the length of the array whose elements it takes."""
    scope = group[0].context.scope
    trees = [definition.body for definition in scope.definitions.values()]
    trees += [formula.tree for one in group for formula in one.formulas]
    found: dict[str, np.ndarray] = {}
    for node in (node for tree in trees for node in walk(tree)):
        if not isinstance(node, Big) or not isinstance(node.upper, Name):
            continue
        for part in walk(node.body):
            if isinstance(part, Element) and Name(node.index) in part.indices:
                shape = scope.shape_of(part.array) or ()
                axis = part.indices.index(Name(node.index))
                if axis < len(shape):
                    found.setdefault(node.upper.name, np.asarray(float(shape[axis])))
    return found


def _refuse_broken(header: Header, given: Sequence[Mapping[str, np.ndarray]]) -> None:
    """Raises Refused where a given value is not as assumed."""
    for assumption in header.assumed:
        for point in given:
            value = point.get(assumption.name)
            if value is not None and not assumption.holds(value):
                raise Refused(
                    f"{assumption.sentence}, and the value that is given is not so", assumption.line
                )


def _refuse_moved(header: Header, group: Sequence[Derivation]) -> None:
    """Raises Refused where elements would be moved one by one that are assumed to be equal."""
    for assumption in header.assumed:
        if assumption.kind == "symmetric" and assumption.name in {one.by for one in group}:
            raise Refused(
                f"{printed(assumption.name)} is assumed to be symmetric and derived by, so that its elements can't "
                "be moved one by one: take the assumption away, or don't derive by it",
                assumption.line,
            )
