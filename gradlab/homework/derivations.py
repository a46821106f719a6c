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
from dataclasses import dataclass, replace

from gradlab.cases import Chain, Step
from gradlab.homework.context import Context
from gradlab.homework.endings import flat, is_condition, without_numbers, without_zero
from gradlab.homework.habits import whole_derivative
from gradlab.homework.header import Refused, Shape, refused
from gradlab.homework.said import Said
from gradlab.notation.bounds import needed
from gradlab.notation.error import FormulaError
from gradlab.notation.formula import Formula, parse_chain, parse_formula, undeclared
from gradlab.notation.indexed import free_indices
from gradlab.notation.names import printed
from gradlab.notation.scope import Definition, Scope
from gradlab.notation.substitution import asked_for, in_terms_of
from gradlab.notation.tree import Apply, Call, Derivative, Name, Node, Prime, called, walk
from gradlab.notation.words import Names
from gradlab.notation.write import write


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
    """The value of what is derived or, of an identity, of its first member, as typed, where one is given."""
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
            *(
                step.formula
                for step in self.chain.steps
                if isinstance(step.formula, Formula) and not step.formula.unfit
            ),
        )

    def names_of(self, formula: Formula) -> frozenset[str]:
        """The names whose values a formula needs here."""
        definitions: Mapping[str, Definition] = self.context.scope.definitions
        known = {name: d for name, d in definitions.items() if name != self.by}
        return frozenset(needed(formula.tree, known))

    def shape_of(self, name: str) -> Shape:
        """The shape of a symbol or quantity."""
        return self.context.scope.shape_of(name) or ()


def read_derivation(said: Said, context: Context, path: str, *, has_point: bool) -> Derivation | str | None:
    """An equation as a derivation or an identity; None where it only defines; for a condition (`x² + y² = 1`), what
    is said of it. Raises Refused.

    path: of the file, for the places of the steps. has_point: whether a point is given, at which a decimal
    number at the end can be held against the derivative.
    """
    try:
        return _read(said, context, path, has_point)
    except FormulaError as error:
        raise refused(error, said.equation.line) from None


def _read(said: Said, context: Context, path: str, has_point: bool) -> Derivation | str | None:
    if said.equation.by:
        return _claim(said, context, path)
    said = whole_derivative(said)
    equation, text = said.equation, said.equation.text
    if said.name in context.scope.definitions:
        # δ = ∂L/∂z = …: what follows the name is a derivation of its own
        rest = text[said.equals[0] + 1 :]
        blanked = " " * (said.equals[0] + 1) + rest
        if len(said.equals) > 1 and _begins_with_a_derivative(blanked, said, context):
            text = blanked
    first = text[: said.equals[1]] if text is not equation.text else said.left
    context = _with_first(first, context, said)
    members = _chain(text, said, context)
    if len(members) == 1:
        return None
    rewritten = _in_terms_asked_for(members, context, said)
    if rewritten is not context:
        context = rewritten
        members = _chain(text, said, context)
    by, function = _derived(members[0], context)
    _refuse_implicit(members[0], said, context)
    if not any(member.names for member in members):
        context, function = _at_numbers(members, context, function)
    if not by and len(members) == 2 and is_condition(members):
        return f"line {equation.line}: '{flat(text)}' is taken as a condition, and not checked"
    members, notes = without_zero(members)
    members, value, numbers, told = without_numbers(members, has_point)
    steps = tuple(
        Step(
            member.shaped(context.scope.shape_of(by) or ()) if place == len(members) - 1 and by else member,
            flat(member.text),
            member.read_as(),
            f"{path}:{equation.line_at(member.start)}",
        )
        for place, member in enumerate(members)
    )
    title = steps[0].read_as
    title = title[1:-1] if title.startswith("(∂") and title.endswith("])") else title
    last = steps[-1].formula if by and len(steps) > 1 and not numbers else None
    of, claimed = members[0].shape, members[-1].shape
    if isinstance(last, Formula) and len(of) == 1 and claimed == (1, *of):
        last = replace(last, result=of)  # a row, where the gradient is a column
    elif members[-1].unfit or claimed not in (of, ()):
        last = None  # a claim of another shape is none; the chain says what is wrong with it
    derivation = Derivation(
        function,
        Chain(steps, by, title, numbers),
        context,
        equation.line,
        last if isinstance(last, Formula) else None,
        value,
        (*members[0].notes, *notes, *told),
    )
    _refuse_strange(derivation)
    return derivation


def _begins_with_a_derivative(text: str, said: Said, context: Context) -> bool:
    try:
        return isinstance(_chain(text, said, context)[0].tree, Derivative)
    except FormulaError:  # told when all of it is read
        return False


def _refuse_implicit(first: Formula, said: Said, context: Context) -> None:
    """Raises Refused for dy/dx of a y that is a symbol, and no function of x."""
    for node in walk(first.tree):
        match node:
            case Derivative(Name(name), by) if name in context.scope.names and name != by:
                shown, of = printed(name), printed(by)
                raise Refused(
                    f"d{shown}/d{of} is the derivative of a {shown} that is not given: write {shown} = … with {of} in it "
                    "(what is given by an equation alone is not derived here)",
                    said.equation.line,
                )


def _at_numbers(members: list[Formula], context: Context, function: Formula) -> tuple[Context, Formula]:
    """Of `f′(2) = 12`, which has no symbol in it, the function that it is about; else the same again."""
    names = sorted(set().union(*(called(member.tree) for member in members)))
    if not names:
        return context, function
    parameters = context.scope.definitions[names[0]].parameters
    context = context.with_symbols(parameters)
    text = f"{printed(names[0])}({', '.join(map(printed, parameters))})"
    return context, parse_formula(text, context.scope, latex=False)


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
    indices = _indices(said, context)
    unfit = not context.has_assumed_lengths
    return list(parse_chain(text, context.scope, latex=said.equation.latex, indices=indices, unfit=unfit))


def _indices(said: Said, context: Context) -> tuple[str, ...]:
    """The letters for each value of which an equation holds: i of `∂L/∂z_i = p_i − y_i`."""
    try:
        names = undeclared(said.left, context.scope, latex=said.equation.latex)
    except FormulaError:  # told when it is read
        return ()
    return free_indices(names, Names.declare(context.scope))


def _with_first(first: str, context: Context, said: Said) -> Context:
    """The context with the symbols of a first member that brings its own function: d/dx[x² sin x], σ′(z).

    Raises Refused for ∂L/∂w of an L that is not defined, and by a w that L is not made of.
    """
    latex = said.equation.latex
    try:
        new = undeclared(first, context.scope, latex=latex, indices=_indices(said, context))
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
    (whole,) = parse_chain(said.left, wider.scope, latex=latex, indices=_indices(said, wider))
    body, by = _derivative(whole.tree)
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


def _in_terms_asked_for(members: list[Formula], context: Context, said: Said) -> Context:
    """The context with f in terms of u, where ∂f/∂u is written and u = … stands after f = ….

    Raises Refused where it is not clear what f is in terms of u.
    """
    definitions = context.scope.definitions
    for function, by in asked_for([member.tree for member in members], definitions):
        found = in_terms_of(function, by, definitions)
        if found is None:
            raise Refused(
                f"{printed(function)} is not written in terms of {printed(by)}, so that ∂{printed(function)}/∂{printed(by)} "
                f"is not clear: write {printed(function)} = … with {printed(by)} in it",
                said.equation.line,
            )
        definitions = found
        note = f"with {found[by].read_as}, {found[function].read_as}"
        context = replace(
            context, scope=Scope(context.scope.names, definitions), notes=(*context.notes, note)
        )
    return context


def _derived(first: Formula, context: Context) -> tuple[str, Formula]:
    """(the name derived by, the function) of a first member; ("", itself) of an identity's."""
    body, by = _derivative(first.tree)
    if not by:
        return "", first
    sigma = "sigmoid" if "sigma" in first.declared else "σ"
    return by, parse_formula(write(body, sigma=sigma), context.scope, latex=False)


def _derivative(tree: Node) -> tuple[Node, str]:
    match tree:
        case Derivative(body, by, ()):
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
