"""The derivations: right ones, those wrong by one slip, and those wrong by two, drawn with a seed.

Slips are taken from families in turn, so that rare ones are asked about as often as common ones, as far as
there are functions for them. Two slips that give the same answer on a function count as one derivation.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from benchmarks.mistakes.expressions import CONTEXT, typed, value, written_out
from benchmarks.mistakes.forms import copied_wrongly, rewritten
from benchmarks.mistakes.library import from_library
from benchmarks.mistakes.slips import Slip, at_one_place, derivative, slips
from benchmarks.mistakes.textbook import Subject, textbook

ONE, TWO, NONE, COPIES = 480, 130, 60, 30
"""How many derivations have one slip, two, and none; and how many of those with one are slips of the pen."""
MOST_OF_A_FAMILY = 30
MOST_OF_A_FUNCTION = 16
MOST_PLACES = 4
"""Of one quantity in a formula, that are looked at one by one."""
LONGEST = 1500
"""Characters of a formula: nobody hands in a longer one."""
SAME = CONTEXT.mpf(10) ** -25
Answer = tuple[str, ...]
"""The values at a few points, printed: what tells answers apart."""


@dataclass(frozen=True)
class Derivation:
    """A hand derivation to be judged: a function, a point, and formulas for the derivative."""

    name: str
    formula: str
    """The function as typed; for a library case, for the reader alone."""
    case: str
    at: dict[str, float]
    by: str
    """What the slip is in the derivative by."""
    hand: dict[str, str]
    """Formulas by argument: that by `by`, and at times the right ones by the others."""
    planted: tuple[str, ...]
    """The families of its slips; none for a right one."""
    same: frozenset[str] = frozenset()
    """All families of which one slip gives the very same answer."""

    def __str__(self) -> str:
        return f"{self.name} | f = {self.formula} | ∂{self.by} claimed: {self.hand[self.by]}"


@dataclass(frozen=True, eq=False)
class _Question:
    """A function and a variable, with everything that one slip can make of the derivative."""

    subject: Subject
    by: Any
    points: tuple[dict[str, float], ...]
    right: Any
    wrong: dict[Answer, list[Slip]]

    def answer(self, tree: Any) -> Answer | None:
        """None where it is not a number everywhere, or 0 everywhere."""
        values = [value(tree, at) for at in self.points]
        if not all(map(CONTEXT.isfinite, values)) or all(abs(v) < SAME for v in values):
            return None
        return tuple(CONTEXT.nstr(v, 20) for v in values)

    def is_as_one(self, tree: Any, answer: Answer, planted: tuple[Slip, Slip]) -> bool:
        """Whether one slip, or none, gives the answer too: one of the list, at one place of several, or in one
        term of the finished derivative; or a constant factor.
        """
        if answer in self.wrong or answer == self.answer(self.right):
            return True
        ratios = [value(tree, at) / value(self.right, at) for at in self.points if value(self.right, at)]
        if all(abs(ratio - ratios[0]) < SAME for ratio in ratios):
            return True
        finished = sp.expand(self.right) if self.right.count_ops() < 100 else self.right
        once: list[Any] = [finished - part * term for term in sp.Add.make_args(finished) for part in (1, 2)]
        once += [
            derivative(self.subject.tree, self.by, {slip.node: at_one_place(slip.wrong, place)})
            for slip in planted
            for place in range(MOST_PLACES)
        ]
        return any(self.answer(other) == answer for other in once)

    def families(self, answer: Answer) -> frozenset[str]:
        return frozenset(slip.family for slip in self.wrong.get(answer, ()))


def corpus(seed: int) -> list[Derivation]:
    """All derivations of a seed: with one slip, with two, and with none."""
    draw = random.Random(seed)
    questions = [
        _question(subject, name, draw) for subject in (*textbook(), *from_library()) for name in subject.wrt
    ]
    return [*_with_one(questions, draw), *_with_two(questions, draw), *_with_none(questions, draw)]


def _question(subject: Subject, name: str, draw: random.Random) -> _Question:
    by = sp.Symbol(name, real=True)
    points = tuple(
        {n: x * draw.uniform(0.8, 1.2) if x else draw.uniform(0.1, 0.2) for n, x in subject.at.items()}
        for _ in range(3)
    )
    question = _Question(subject, by, points, derivative(subject.tree, by), {})
    right = question.answer(question.right)
    for slip in slips(subject, by):
        answer = question.answer(derivative(subject.tree, by, {slip.node: slip.wrong}))
        if answer is not None and answer != right:
            question.wrong.setdefault(answer, []).append(slip)
    return question


def _with_one(questions: Sequence[_Question], draw: random.Random) -> Iterator[Derivation]:
    waiting: dict[str, list[tuple[_Question, Answer, Slip]]] = {}
    for question in questions:
        for answer, found in question.wrong.items():
            for family in {slip.family: slip for slip in found}:
                slip = draw.choice([s for s in found if s.family == family])
                waiting.setdefault(family, []).append((question, answer, slip))
    for candidates in waiting.values():
        draw.shuffle(candidates)
    made: Counter[str] = Counter()
    of_function: Counter[str] = Counter()
    taken: set[tuple[int, Answer]] = set()
    copies = [
        _copied(question, draw) for question in draw.sample(list(questions), min(3 * COPIES, len(questions)))
    ]
    yield from [copy for copy in copies if copy is not None][:COPIES]
    left = ONE - COPIES
    while left and waiting:
        for family in sorted(waiting):
            candidates = waiting[family]
            while candidates and left:
                question, answer, slip = candidates.pop()
                name = question.subject.name
                if (id(question), answer) in taken or of_function[name] >= MOST_OF_A_FUNCTION:
                    continue
                tree = derivative(question.subject.tree, question.by, {slip.node: slip.wrong})
                derivation = _derivation(question, tree, (family,), question.families(answer), draw)
                if derivation is None:
                    continue
                taken.add((id(question), answer))
                of_function[name] += 1
                made[family] += 1
                left -= 1
                yield derivation
                break
            if not candidates or made[family] >= MOST_OF_A_FAMILY:
                del waiting[family]


def _copied(question: _Question, draw: random.Random) -> Derivation | None:
    """The right derivative, with one constant of the finished formula copied wrongly."""
    form = rewritten(question.right, draw)
    places = [
        (tree, answer)
        for tree in copied_wrongly(form)
        if (answer := question.answer(tree)) is not None and answer != question.answer(question.right)
    ]
    if not places:
        return None
    tree, answer = draw.choice(places)
    families = question.families(answer) | {"constant copied wrongly"}
    return _derivation(question, tree, ("constant copied wrongly",), families, draw, rewrite=False)


def _with_two(questions: Sequence[_Question], draw: random.Random) -> Iterator[Derivation]:
    taken: set[tuple[int, Answer]] = set()
    left = TWO
    while left:
        question = draw.choice(questions)
        found = list(slips(question.subject, question.by))
        if len({slip.node for slip in found}) < 2:
            continue
        first, second = draw.sample(found, 2)
        if first.node == second.node:
            continue
        planted = {slip.node: slip.wrong for slip in (first, second)}
        tree = derivative(question.subject.tree, question.by, planted)
        answer = question.answer(tree)
        if (
            answer is None
            or (id(question), answer) in taken
            or question.is_as_one(tree, answer, (first, second))
        ):
            continue
        derivation = _derivation(question, tree, (first.family, second.family), frozenset(), draw)
        if derivation is not None:
            taken.add((id(question), answer))
            left -= 1
            yield derivation


def _with_none(questions: Sequence[_Question], draw: random.Random) -> Iterator[Derivation]:
    usable = [question for question in questions if question.answer(question.right) is not None]
    for question in draw.sample(usable, NONE):
        derivation = _derivation(question, question.right, (), frozenset(), draw)
        if derivation is not None:
            yield derivation


def _derivation(
    question: _Question,
    tree: Any,
    planted: tuple[str, ...],
    same: frozenset[str],
    draw: random.Random,
    *,
    rewrite: bool = True,
) -> Derivation | None:
    """Written out; None where that is too long, or where rewriting has changed what it says."""
    subject, by = question.subject, question.by.name
    form = rewritten(tree, draw) if rewrite else tree
    if question.answer(form) != question.answer(tree):
        return None
    hand = {by: _written(form, draw)}
    if len(subject.wrt) > 1 and draw.random() < 0.3:
        others = {n: derivative(subject.tree, sp.Symbol(n, real=True)) for n in subject.wrt if n != by}
        hand = {n: hand[n] if n == by else _written(rewritten(others[n], draw), draw) for n in subject.wrt}
    if max(map(len, hand.values())) > LONGEST:
        return None
    return Derivation(
        name=subject.name,
        formula=_written(subject.tree, draw),
        case=subject.case,
        at=subject.at,
        by=by,
        hand=hand,
        planted=planted,
        same=same,
    )


def _written(tree: Any, draw: random.Random) -> str:
    style = draw.choice(("sigmoid", "σ", "written out"))
    return typed(written_out(tree)) if style == "written out" else typed(tree, sigma=style)
