"""A slip: one entry of the table, and what it is shown of the place where it might have been made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from gradlab.engine.primitive import Value
from gradlab.engine.trace import plain, shape_of
from gradlab.judge.mistakes.places import Place
from gradlab.judge.mistakes.scene import Scene, inner


@dataclass(frozen=True)
class Sight:
    """One place, seen for one column: values and right tangents, as floats or as tracers."""

    scene: Scene
    place: Place
    column: int

    @property
    def y(self) -> Value:
        """The result."""
        return self.scene.values[self.place.result]

    @property
    def scale(self) -> Value:
        """What the rule's result is multiplied by."""
        return 1.0 if self.place.scale is None else self.scene.values[self.place.scale]

    @property
    def sign(self) -> int:
        """Of the first operand of a function, or of a whole product."""
        return self.place.signs[0] if self.place.signs else 1

    @property
    def moved(self) -> Value:
        """The right tangent of the result."""
        return self.tangent(self.place.result)

    @property
    def x(self) -> list[Value]:
        """The operands."""
        return [self.scene.values[i] for i in self.place.operands]

    @property
    def t(self) -> list[Value]:
        """Their tangents."""
        return [self.tangent(i) for i in self.place.operands]

    @property
    def flow(self) -> Value:
        """The cotangent of the result."""
        return self.scene.cotangents[self.place.result]

    @property
    def variable(self) -> Value:
        """The number that is derived by."""
        return self.scene.variable(self.column)

    @property
    def is_bare(self) -> bool:
        """Whether the operand is what is derived by: then there is no other place to take f′ at."""
        return self.place.operands[0] == self.scene.columns[self.column].slot

    def tangent(self, slot: int) -> Value:
        """The right tangent of a slot; 0 where it does not move."""
        found = self.scene.tangents[self.column][slot]
        return 0.0 if found is None else found

    def is_moving(self, slot: int) -> bool:
        """Whether a slot depends on what is derived by."""
        return self.scene.tangents[self.column][slot] is not None


CANCELLED = 1e-12
"""Of a sum, relative to its terms: what roundings leave."""


def unit(tangent: Value) -> Value:
    """1 in place of a tangent, where it moves at all."""
    moved = plain(tangent)
    return np.where(moved != 0, 1.0, 0.0) if shape_of(moved) else float(moved != 0)


def without_factor(sight: Sight, *, above: bool = True, below: bool = True) -> Iterator[tuple[Value, int]]:
    """Of a product or quotient, the tangent without one of the factors that stay, and that factor; of −c the
    minus may stay. Of those above the line, or below it, or of both.
    """
    split = int(sight.place.number) or len(sight.x)
    for i, slot in enumerate(sight.place.operands):
        if (above if i < split else below) and not sight.is_moving(slot):
            rest = sight.moved / sight.x[i] if i < split else sight.moved * sight.x[i]
            yield rest, slot
            negated = sight.scene.reading.by(slot, "negative")
            if negated is not None:
                yield -rest, negated.operands[0]


class About(NamedTuple):
    """A wrong value, and the slot that its sentence is about: the term that is missing, say."""

    value: Value
    slot: int


Wrong = Callable[[Sight], Iterable["Value | About"]]


@dataclass(frozen=True)
class Slip:
    """One entry: what is done wrong where, and how it is told."""

    kind: str
    forms: frozenset[str]
    told: str
    """A sentence with {y} for the place, {x} {x1} for its operands, {z} for what a variant is about, {f} for a
    function's name, {p} for an exponent, {by} for what is derived by.
    """
    wrong: Wrong
    """The tangents that it gives to the place's result instead of the right one."""
    names: frozenset[str] = frozenset()
    """Of functions; empty for all."""
    is_change: bool = False
    """Whether `wrong` gives changes of the whole derivative, and not tangents."""
    at_rest: bool = False
    """Whether it is also made where nothing moves."""

    def fits(self, place: Place) -> bool:
        """Whether it can be made there."""
        return place.form in self.forms and (not self.names or place.name in self.names)

    def variants(self, sight: Sight) -> list[tuple[Value, int]]:
        """By how much the derivative is changed, in each way that the slip is made, and the slot that it is
        about: the place's own where that is not told.
        """
        if not self.at_rest and not sight.is_moving(sight.place.result) and not self.is_change:
            return []
        wrong = self._found(sight)
        if self.is_change:
            return [(change, slot) for change, slot in wrong]
        right, flow = sight.moved, sight.flow
        return [(inner(flow, tangent - right), slot) for tangent, slot in wrong]

    def cancels(self, sight: Sight, variant: int) -> bool:
        """Whether what it gives adds up to nothing, as Σ (x − μ) does: it only looks like what was left out then."""
        if self.is_change:
            return False
        parts = [np.asarray(sight.flow * tangent) for tangent, _ in self._found(sight)[variant : variant + 1]]
        total = sum(float(np.sum(np.abs(part))) for part in parts)
        return total > 0 and abs(sum(float(np.sum(part)) for part in parts)) <= CANCELLED * total

    def _found(self, sight: Sight) -> list[About]:
        """What is done wrong there; nothing for 0/0 at this point, or a shape that it isn't made for."""
        try:
            return [
                one if isinstance(one, About) else About(one, sight.place.result) for one in self.wrong(sight)
            ]
        except (ArithmeticError, ValueError, TypeError, LookupError):
            return []


SLIPS: list[Slip] = []
"""Every entry; `table.TABLE` has them in order."""


def slip(kind: str, forms: str, told: str, names: str = "", **fields: Any) -> Callable[[Wrong], Wrong]:
    """Enter a slip in the table."""

    def enter(wrong: Wrong) -> Wrong:
        SLIPS.append(Slip(kind, frozenset(forms.split()), told, wrong, frozenset(names.split()), **fields))
        return wrong

    return enter
