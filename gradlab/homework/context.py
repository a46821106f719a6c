"""What holds throughout a problem: its definitions, in an order in which each can be read, and its symbols.

- The first equation whose left side is a name that stands for nothing yet is its definition (`z = wx + b`);
  so is one with brackets (`σ(z) = …`, `L(w, b) = …`). What comes later with the same left side is checked.
- A name that is set to numbers is no definition: it is the point (`w = 0.5`), or, if the name is defined,
  a value to be held against what is computed.
- A name that is set to something made of itself (`w = w − η ∂L/∂w`) is a step of descent: it is left aside.
- What a definition is made of, and is not defined itself, is a symbol.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from gradlab.homework.header import Header, Refused, refused
from gradlab.homework.said import CALL, Said, take_apart
from gradlab.homework.shapes import fitting
from gradlab.homework.shapes import told as said_of
from gradlab.homework.unsaid import is_derived_by, lengths, sigma_is_a_symbol, summed_arrays, told
from gradlab.notation.document import UNNAMED, Equation
from gradlab.notation.error import FormulaError
from gradlab.notation.formula import parse_assignments, parse_definition, parse_formula, undeclared
from gradlab.notation.indexed import subscripted
from gradlab.notation.names import printed
from gradlab.notation.scope import Definition, Scope

_UPDATE = re.compile(
    r"[_^]\s*\{\s*\(?\s*(?:[a-zA-Z]\s*\+\s*1|new|next|\\(?:text|mathrm)\s*\{\s*(?:new|next)\s*\})\s*\)?\s*\}\s*\Z"
)
"""The left side of `w_{t+1} = w_t - …` and `w^{new} = …`."""
_LITERAL = re.compile(r"\s*[-+−]?\s*(?:\d+\.?\d*|\.\d+)(?:[eE][-+−]?\d+)?\s*\Z")


@dataclass(frozen=True)
class Context:
    """What is known where a derivation is read."""

    scope: Scope
    values: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Set in the text, besides the header's."""
    printed: Mapping[str, str] = field(default_factory=dict)
    """Values that the text gives to what is defined, as typed."""
    texts: tuple[str, ...] = ()
    """The definitions as written."""
    has_assumed_lengths: bool = False
    """Whether arrays have lengths that nothing says, so that shapes that don't fit prove nothing."""
    notes: tuple[str, ...] = ()

    def with_symbols(self, names: Iterable[str]) -> Context:
        """The same with more symbols, each of them a number."""
        symbols = {**self.scope.names, **{name: () for name in names if name not in self.scope.names}}
        return replace(self, scope=Scope(symbols, self.scope.definitions))


def read_context(said: Sequence[Said], header: Header) -> tuple[Context, list[Said], list[Refused]]:
    """(what holds, the equations that are to be checked, what can't be read) of a problem's equations."""
    said = [_over_indices(one, header) for one in _named(said)]
    values: dict[str, np.ndarray] = {}
    given: dict[str, tuple[Said, np.ndarray]] = {}
    definitions: dict[str, Said] = {}
    rest: list[Said] = []
    notes: list[str] = []
    functions = _used_as_functions(said)
    symbols_of: dict[int, tuple[str, ...]] = {}
    for place, one in enumerate(said):
        if _UPDATE.search(one.left):
            notes.append(
                f"line {one.equation.line}: '{_flat(one.left)} = …' is taken as a step of descent, and not checked"
            )
        elif not one.name or one.equation.by:
            rest.append(one)
        elif len(one.equals) == 1 and not one.parameters and (number := _number(one)) is not None:
            given.setdefault(one.name, (one, number))
        elif one.name in definitions:
            rest.append(one)
        elif not one.parameters and _is_update(one, header):
            notes.append(
                f"line {one.equation.line}: {printed(one.name)} is set to something made of itself, which is no definition"
            )
        elif not one.parameters and _is_result(one, said[:place], header, symbols_of):
            notes.append(
                f"line {one.equation.line}: what {printed(one.name)} is solved for is not checked, for {printed(one.name)} is "
                "derived by before"
            )
        else:
            definitions[one.name] = one if one.name in functions or not one.parameters else _bare(one)
            rest += [one] if len(one.equals) > 1 else []
    printed_values: dict[str, str] = {}
    for name, (one, number) in given.items():
        text = one.equation.text[one.equals[0] + 1 :].strip()
        if name not in definitions:
            values[name] = number
        elif _LITERAL.match(text):
            printed_values[name] = text.replace("−", "-").replace(" ", "")
        else:
            notes.append(f"line {one.equation.line}: the value given for {printed(name)} is not checked")
    shapes = {**{n: np.shape(v) for n, v in values.items()}, **header.shapes}
    texts = [one.equation.text for one in said]
    if "sigma" not in {*shapes, *definitions} and sigma_is_a_symbol(texts):
        shapes["sigma"] = ()
        notes.append("σ is a symbol here, and not the logistic function: it is applied to nothing")
    summed = summed_arrays(texts, {*shapes, *definitions})
    shapes.update({n: (length,) for n, length in summed.items()})
    if summed:
        shapes.update({n: () for n in lengths(texts) if n not in {*shapes, *definitions}})
    notes += [told([n for n in summed if summed[n] == k], k) for k in sorted(set(summed.values()))]
    problems = [
        Refused(f"{printed(n)} has a value in `at`, and is defined: take one of them away", one.equation.line)
        for n, one in definitions.items()
        if n in header.given
    ]
    problems += [
        Refused(
            f"'{one.left.strip()}' could be a name, or the derivative of {printed(f)} by {printed(x)}: write "
            f"∂{printed(f)}/∂{printed(x)} = … for the derivative, or take another name",
            one.equation.line,
        )
        for n, one in definitions.items()
        for f, _, x in [n.partition("_")]
        if f in definitions and x and (x in shapes or _occurs(x, definitions[f]))
    ]
    symbols = {n: s for n, s in shapes.items() if n not in definitions}
    scope, unread = _defined(definitions, Scope(symbols))
    notes += [
        note for one in scope.definitions.values() for note in one.notes if note.endswith("nothing else fits")
    ]
    context = Context(
        scope,
        values,
        printed_values,
        tuple(_flat(definitions[n].first) for n in scope.definitions),
        bool(summed),
        tuple(notes),
    )
    return context, rest, [*problems, *unread]


def _occurs(name: str, one: Said) -> bool:
    """Whether a symbol is among what a definition is made of, as far as its letters tell."""
    return bool(re.search(rf"(?<!\\){re.escape(printed(name))}", one.first[len(one.left) :]))


def _named(said: Sequence[Said]) -> list[Said]:
    """The equations, with a name for a function that was given none."""
    taken = {one.name for one in said}
    name = next(name for name in ("f", "L", "F", "J", "g", "f0") if name not in taken)
    named = []
    for one in said:
        if one.equation.by == UNNAMED:
            one = take_apart(replace(one.equation, text=f"{name} = {one.equation.text}", by=""))
        named.append(one)
    return named


def _over_indices(one: Said, header: Header) -> Said:
    """`p_i = e^{z_i}/…`, where z is an array and i no symbol, defines p: it holds for every i."""
    stem, indices = subscripted(one.name)
    declared = {*header.shapes, *header.given}
    if not indices or one.equation.by or one.parameters or declared & {one.name, stem, *indices}:
        return one
    right = one.equation.text[one.equals[0] + 1 :]
    used = all(re.search(rf"_\s*(?:\{{[^{{}}]*{index}|{index}(?![a-zA-Z]))", right) for index in indices)
    return replace(one, name=stem, indices=indices) if used else one


def _is_update(one: Said, header: Header) -> bool:
    """Whether a name is set to something that is made of the name."""
    try:
        return one.name in undeclared(
            one.equation.text[one.equals[0] + 1 :],
            Scope({n: s for n, s in header.shapes.items() if n != one.name}),
            latex=one.equation.latex,
        )
    except FormulaError:  # told when it is read
        return False


def _is_result(one: Said, before: Sequence[Said], header: Header, known: dict[int, tuple[str, ...]]) -> bool:
    """Whether a name that was derived by, before, is set to what its derivative is zero at.

    known: the symbols of equations, by their ids, which are found out once.
    """
    if not is_derived_by(one.left, [other.left for other in before]):
        return False
    scope = Scope({n: s for n, s in header.shapes.items() if s})
    for other in before:
        if id(other) not in known:
            known[id(other)] = _symbols(other, scope)
    used = {n for other in before for n in known[id(other)]}
    return set(_symbols(one, scope)) <= used


def _symbols(one: Said, scope: Scope) -> tuple[str, ...]:
    """The symbols at the right of the first sign of equality, as far as they can be told."""
    try:
        right = one.equation.text[one.equals[0] + 1 :] if one.equals else one.equation.text
        return undeclared(right, scope, latex=one.equation.latex)
    except FormulaError:
        return ()


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _used_as_functions(said: Sequence[Said]) -> frozenset[str]:
    """The names with brackets on a left side that are also called, or primed, elsewhere."""
    called = set()
    for one in said:
        if not one.parameters:
            continue
        head = re.escape(one.left.partition("(")[0].removesuffix("\\left").strip())
        use = re.compile(rf"{head}\s*(?:'|′|’|\^\s*\{{?\s*\\prime|(?:\\left\s*)?[({{\[])")
        if one.name == "sigma" or any(
            use.search(other.equation.text, len(one.left) if other is one else 0) for other in said
        ):
            called.add(one.name)
    return frozenset(called)


def _bare(one: Said) -> Said:
    """`L(w, b) = …` as `L = …`, where nothing calls L: its arguments are the symbols."""
    call = CALL.match(one.left)
    assert call is not None
    start, end = call.span("brackets")
    text = one.equation.text[:start] + " " * (end - start) + one.equation.text[end:]
    equation = Equation(text, one.equation.line, one.equation.form)
    return Said(equation, one.equals, one.name, arguments=one.parameters)


def _number(one: Said) -> np.ndarray | None:
    """The numbers that a name is set to."""
    text = one.equation.text[one.equals[0] + 1 :]
    try:
        if one.equation.latex or "\\" in text:
            return np.asarray(parse_formula(text, Scope({}), latex=True)(), dtype=np.float64)
        return np.array(parse_assignments(f"v={text}")["v"], dtype=np.float64)
    except (FormulaError, ValueError, TypeError):
        return None


def _defined(said: Mapping[str, Said], scope: Scope) -> tuple[Scope, list[Refused]]:
    """The scope with all definitions: functions first, and each after what it is made of."""
    pending = dict(sorted(said.items(), key=lambda item: not item[1].parameters))
    while pending:
        errors: dict[str, Refused] = {}
        for name, one in pending.items():
            try:
                scope = _define(one, scope, frozenset(pending))
            except FormulaError as error:
                errors[name] = refused(error, one.equation.line)
            except Refused as error:
                errors[name] = error
            else:
                del pending[name]
                break
        else:
            told = [e for e in errors.values() if not isinstance(e, _Waits)]
            return scope, told or list(errors.values())[:1]
    return scope, []


class _Waits(Refused):
    """A definition that is made of another one, which can't be read yet."""


def _define(one: Said, scope: Scope, pending: frozenset[str]) -> Scope:
    latex = one.equation.latex
    needed = undeclared(one.first, scope, latex=latex, indices=one.indices)
    others = [name for name in needed if name in pending and name != one.name]
    if others:
        raise _Waits(
            f"{printed(one.name)} and {printed(others[0])} are each defined by the other", one.equation.line
        )
    new = [name for name in needed if name not in one.parameters and name != one.name]
    unsaid = [
        *new,
        *(name for name in one.parameters if name not in scope.names and name not in scope.definitions),
    ]

    def read(wider: Scope) -> Definition:
        return parse_definition(one.first, wider, latex=latex, indices=one.indices)

    definition, shapes = fitting(unsaid, scope, read)
    symbols = {**scope.names, **{name: shapes.get(name, ()) for name in new}, **shapes}
    notes = (*definition.notes, *said_of(shapes))
    return Scope(symbols, scope.definitions).defining(
        replace(definition, arguments=one.arguments, notes=notes)
    )
