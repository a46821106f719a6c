"""Equations that are to be checked, read: what is derived, by what, and the steps.

- `∂L/∂w = … = …`, `dL/dw`, `∇_w L`, `w: …` and `f′(x) = …` are derivations, of L by w.
- Another left side makes an identity (`σ′(z) = σ(z)(1 − σ(z))`): its members are compared with each other.
- `δ = ∂L/∂z = …` is a definition and a derivation.
- A decimal number at the end (`… = -0.0748`) is a printed value, to be held against the derivative at the
  point that is given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gradlab.cases import Chain, Step
from gradlab.homework.context import Context, Said
from gradlab.homework.header import Refused, Shape, refused
from gradlab.notation.bounds import needed
from gradlab.notation.error import FormulaError
from gradlab.notation.formula import Formula, parse_chain, parse_formula, undeclared
from gradlab.notation.names import printed
from gradlab.notation.scope import Definition
from gradlab.notation.tree import Apply, Call, Derivative, Name, Node, Prime
from gradlab.notation.write import write

_DECIMAL = re.compile(r"\s*[-+−]?\s*(?:\d+\.\d*|\.\d+)(?:[eE][-+−]?\d+)?\s*")


@dataclass(frozen=True)
class Derivation:
    """A chain that was read, with what it derives."""

    function: Formula
    chain: Chain
    context: Context
    line: int
    last: Formula | None = None
    """What is claimed; None for an identity, or where only a number is printed."""
    printed: str = ""
    """The derivative's value, as typed, where one is given."""
    notes: tuple[str, ...] = ()

    @property
    def by(self) -> str:
        """The canonical name derived by; "" for an identity."""
        return self.chain.by

    @property
    def cut(self) -> bool:
        """Whether it is derived by a quantity that is defined, which is then given a value of its own."""
        return self.by in self.context.scope.definitions

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """The function and every step."""
        return (
            self.function,
            *(step.formula for step in self.chain.steps if isinstance(step.formula, Formula)),
        )

    def names_of(self, formula: Formula) -> frozenset[str]:
        """The names whose values a formula needs here."""
        definitions: Mapping[str, Definition] = self.context.scope.definitions
        known = {name: d for name, d in definitions.items() if name != self.by}
        return frozenset(needed(formula.tree, known))

    def shape_of(self, name: str) -> Shape:
        """The shape of a symbol or quantity."""
        return self.context.scope.shape_of(name) or ()


def read_derivation(said: Said, context: Context, path: str, *, has_point: bool) -> Derivation | None:
    """An equation as a derivation or an identity; None where it only defines. Raises Refused.

    path: of the file, for the places of the steps. has_point: whether a point is given, at which a decimal
    number at the end can be held against the derivative.
    """
    try:
        return _read(said, context, path, has_point)
    except FormulaError as error:
        raise refused(error, said.equation.line) from None


def _read(said: Said, context: Context, path: str, has_point: bool) -> Derivation | None:
    equation = said.equation
    if equation.by:
        return _claim(said, context, path)
    text = equation.text
    if said.name in context.scope.definitions:
        # δ = ∂L/∂z = …: what follows the name is a derivation of its own
        rest = text[said.equals[0] + 1 :]
        blanked = " " * (said.equals[0] + 1) + rest
        found = _chain(blanked, said, context) if len(said.equals) > 1 else []
        if found and isinstance(found[0].tree, Derivative):
            text = blanked
    first = text[: said.equals[1]] if text is not equation.text else said.left
    context = _with_first(first, context, said)
    members = _chain(text, said, context)
    if len(members) == 1:
        return None
    by, function = _derived(members[0], context)
    value = ""
    if by and has_point and _DECIMAL.fullmatch(members[-1].text) and not members[-1].names:
        value = re.sub(r"\s", "", members[-1].text).replace("−", "-").removeprefix("+")
        members = members[:-1]
    steps = tuple(
        Step(
            member.shaped(context.scope.shape_of(by) or ()) if place == len(members) - 1 and by else member,
            re.sub(r"\s+", " ", member.text).strip(),
            member.read_as(),
            f"{path}:{equation.line_at(member.start)}",
        )
        for place, member in enumerate(members)
    )
    title = steps[0].read_as
    title = title[1:-1] if title.startswith("(∂") and title.endswith("])") else title
    last = steps[-1].formula if by and len(steps) > 1 else None
    if members[-1].shape not in (members[0].shape, ()):
        last = None  # a claim of another shape is none; the chain says what is wrong with it
    derivation = Derivation(
        function,
        Chain(steps, by, title),
        context,
        equation.line,
        last if isinstance(last, Formula) else None,
        value,
        members[0].notes,
    )
    _refuse_strange(derivation)
    return derivation


def _claim(said: Said, context: Context, path: str) -> Derivation:
    """`w: formula` claims the derivative, by w, of what was defined last."""
    equation = said.equation
    quantities = [d for d in context.scope.definitions.values() if not d.is_function]
    if not quantities:
        raise Refused(
            f"'{equation.by}: …' is the derivative of a function that is not given: write L = … before it",
            equation.line,
        )
    function, by = quantities[-1].name, said.name
    if by not in context.scope.names and by not in context.scope.definitions:
        raise Refused(f"'{equation.by}' is not a symbol here ({listed(context)})", equation.line)
    formula = parse_formula(equation.text, context.scope, latex=equation.latex)
    formula = formula.shaped(context.scope.shape_of(by) or ())
    derivative = parse_formula(f"∂{printed(function)}/∂{printed(by)}", context.scope, latex=False)
    location = f"{path}:{equation.line}"
    steps = (
        Step(derivative, derivative.text, derivative.read_as(), location),
        Step(formula, re.sub(r"\s+", " ", equation.text), formula.read_as(), location),
    )
    return Derivation(
        parse_formula(printed(function), context.scope, latex=False),
        Chain(steps, by, derivative.text),
        context,
        equation.line,
        formula,
        notes=formula.notes,
    )


def listed(context: Context) -> str:
    """The symbols and quantities, for a sentence."""
    names = [printed(name) for name in context.scope.names]
    defined = [printed(name) for name in context.scope.definitions]
    parts = [
        f"{what}: {', '.join(some[:12])}" for what, some in (("symbols", names), ("defined", defined)) if some
    ]
    return "; ".join(parts) or "nothing is declared"


def _chain(text: str, said: Said, context: Context) -> list[Formula]:
    return list(parse_chain(text, context.scope, latex=said.equation.latex))


def _with_first(first: str, context: Context, said: Said) -> Context:
    """The context with the symbols of a first member that brings its own function: d/dx[x² sin x], σ′(z).

    Raises Refused for ∂L/∂w of an L that is not defined, and by a w that L is not made of.
    """
    latex = said.equation.latex
    try:
        new = undeclared(first, context.scope, latex=latex)
    except FormulaError:  # told when it is read
        return context
    if not new:
        return context
    if "d" in new and re.match(r"\s*d\s*\\?[^\W\d_]", first):
        raise Refused(
            f"'{first.strip()}' would be a product with d: write ∂L/∂w = … for the derivative of L by w",
            said.equation.line,
        )
    wider = context.with_symbols(new)
    body, by = _derivative(parse_formula(first, wider.scope, latex=latex).tree)
    if by and isinstance(body, Name):
        if body.name in new:
            raise Refused(
                f"{printed(body.name)} is not defined: write {printed(body.name)} = … before it",
                said.equation.line,
            )
        raise Refused(
            f"{printed(body.name)} does not depend on {printed(by)} ({listed(context)})", said.equation.line
        )
    return wider


def _derived(first: Formula, context: Context) -> tuple[str, Formula]:
    """(the name derived by, the function) of a first member; ("", itself) of an identity's."""
    body, by = _derivative(first.tree)
    if not by:
        return "", first
    sigma = "sigmoid" if "sigma" in first.declared else "σ"
    return by, parse_formula(write(body, sigma=sigma), context.scope, latex=False)


def _derivative(tree: Node) -> tuple[Node, str]:
    match tree:
        case Derivative(body, by):
            return body, by
        case Prime(function, 1, Name(by) as argument, defined):
            return (Call if defined else Apply)(function, (argument,)), by
        case _:
            return tree, ""


def _refuse_strange(derivation: Derivation) -> None:
    """What can be read, and can't be meant. Raises Refused."""
    names = derivation.names_of(derivation.function)
    shown = derivation.function.read_as()
    if derivation.by and derivation.by not in names and derivation.by not in derivation.context.scope.names:
        raise Refused(f"{shown} does not depend on {printed(derivation.by)}", derivation.line)
    if not names:
        raise Refused(
            f"'{shown}' has no symbol in it, so that there is nothing to be derived or compared",
            derivation.line,
        )
