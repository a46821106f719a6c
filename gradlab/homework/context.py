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

from gradlab.homework.header import Header, Refused, Shape, refused
from gradlab.notation.document import UNNAMED, Equation
from gradlab.notation.error import FormulaError
from gradlab.notation.formula import parse_assignments, parse_definition, parse_formula, undeclared
from gradlab.notation.names import canonical_name, printed, scan
from gradlab.notation.scope import Scope
from gradlab.notation.tree import Name

_CALL = re.compile(
    r"(?P<head>[^()=]+?)\s*(?P<brackets>(?:\\left\s*)?\((?P<parameters>[^()=]+?)(?:\\right\s*)?\))\s*\Z"
)
_LITERAL = re.compile(r"\s*[-+−]?\s*(?:\d+\.?\d*|\.\d+)(?:[eE][-+−]?\d+)?\s*\Z")


@dataclass(frozen=True)
class Said:
    """An equation, taken apart as far as that needs no symbols."""

    equation: Equation
    equals: tuple[int, ...]
    """The places of the signs of equality that stand in no bracket."""
    name: str = ""
    """The canonical name of its left side, if that is one name, with or without brackets."""
    parameters: tuple[str, ...] = ()

    @property
    def left(self) -> str:
        """What stands before the first sign of equality."""
        return self.equation.text[: self.equals[0]] if self.equals else ""

    @property
    def first(self) -> str:
        """Up to the second sign of equality."""
        return self.equation.text[: self.equals[1]] if len(self.equals) > 1 else self.equation.text


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
    notes: tuple[str, ...] = ()

    def with_symbols(self, names: Iterable[str]) -> Context:
        """The same with more symbols, each of them a number."""
        symbols = {**self.scope.names, **{name: () for name in names if name not in self.scope.names}}
        return Context(
            Scope(symbols, self.scope.definitions), self.values, self.printed, self.texts, self.notes
        )


def take_apart(equation: Equation) -> Said:
    r"""An equation's left side, and where its members end.

    >>> take_apart(Equation("f(x, y) = x^2 = y", 1, "typed")).parameters
    ('x', 'y')
    """
    if equation.by == UNNAMED:
        return Said(equation, ())
    if equation.by:
        return Said(equation, (), canonical_name(equation.by))
    equals = tuple(_equalities(equation.text))
    if not equals:
        return Said(equation, ())
    left = equation.text[: equals[0]]
    if name := _symbol(left, equation.latex):
        return Said(equation, equals, name)
    if call := _CALL.match(left):
        head = _symbol(call["head"], equation.latex, functions=True)
        parameters = [_symbol(part, equation.latex) for part in call["parameters"].split(",")]
        if head and all(parameters):
            return Said(equation, equals, head, tuple(parameters))
    return Said(equation, equals)


def _equalities(text: str) -> Iterable[int]:
    """Signs of equality outside of brackets and environments."""
    depth = 0
    for match in re.finditer(r"\\(?:begin|end)\b|\\.|[{}()\[\]=]", text, re.DOTALL):
        sign = match[0]
        depth += (sign in ("{", "(", "[", "\\begin")) - (sign in ("}", ")", "]", "\\end"))
        if sign == "=" and depth <= 0:
            yield match.start()


def _symbol(text: str, latex: bool | None, *, functions: bool = False) -> str:
    """The canonical name that a text is, as a symbol; "" where it is something else."""
    text = text.strip()
    if not text or len(text) > 200:
        return ""
    try:
        if scan(text, 0) == len(text) and (
            not latex or len(text) == 1 or "_" in text or text.isascii() is False
        ):
            name = canonical_name(text)
            if functions or _is_free(name):
                return name
        if latex is None and "\\" not in text:
            return ""
        if functions and text in {"\\sigma", "\\phi", "\\tanh"}:
            return text[1:]
        (name,) = undeclared(text, Scope({}), latex=latex)
        tree = parse_formula(text, Scope({name: ()}), latex=latex).tree
    except (FormulaError, ValueError):
        return ""
    return name if tree == Name(name) else ""


def _is_free(name: str) -> bool:
    """Whether a name can be a symbol: it is no function and no constant."""
    from gradlab.notation.functions import CONSTANTS, FUNCTIONS

    return name not in CONSTANTS and (name not in FUNCTIONS or len(printed(name)) == 1)


def read_context(said: Sequence[Said], header: Header) -> tuple[Context, list[Said], list[Refused]]:
    """(what holds, the equations that are to be checked, what can't be read) of a problem's equations."""
    said = _named(said)
    values: dict[str, np.ndarray] = {}
    given: dict[str, tuple[Said, np.ndarray]] = {}
    definitions: dict[str, Said] = {}
    rest: list[Said] = []
    notes: list[str] = []
    functions = _used_as_functions(said)
    for one in said:
        if not one.name or one.equation.by:
            rest.append(one)
        elif len(one.equals) == 1 and not one.parameters and (number := _number(one)) is not None:
            given.setdefault(one.name, (one, number))
        elif one.name in definitions:
            rest.append(one)
        elif not one.parameters and _is_update(one, header):
            notes.append(
                f"line {one.equation.line}: {printed(one.name)} is set to something made of itself, which is no definition"
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
        for f, _, x in [_subscripted(n)]
        if f in definitions and x and (x in shapes or _occurs(x, definitions[f]))
    ]
    symbols = {n: s for n, s in shapes.items() if n not in definitions}
    scope, unread = _defined(definitions, Scope(symbols))
    context = Context(
        scope,
        values,
        printed_values,
        tuple(_flat(definitions[n].first) for n in scope.definitions),
        tuple(notes),
    )
    return context, rest, [*problems, *unread]


def _subscripted(name: str) -> tuple[str, str, str]:
    """f_x is f and x."""
    return name.partition("_")


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
    call = _CALL.match(one.left)
    assert call is not None
    start, end = call.span("brackets")
    text = one.equation.text[:start] + " " * (end - start) + one.equation.text[end:]
    equation = Equation(text, one.equation.line, one.equation.form)
    return Said(equation, one.equals, one.name)


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
    needed = undeclared(one.first, scope, latex=latex)
    others = [name for name in needed if name in pending and name != one.name]
    if others:
        raise _Waits(
            f"{printed(one.name)} and {printed(others[0])} are each defined by the other", one.equation.line
        )
    new: dict[str, Shape] = {name: () for name in needed if name not in one.parameters and name != one.name}
    wider = Scope({**scope.names, **new}, scope.definitions)
    return wider.defining(parse_definition(one.first, wider, latex=latex))
