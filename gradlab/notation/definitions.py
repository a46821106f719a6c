"""Definitions, `z = w x + b` and `σ(z) = 1/(1 + e^{-z})`; and which symbols a text would need declared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gradlab.notation.bounds import depth_of, size_of
from gradlab.notation.error import FormulaError
from gradlab.notation.functions import CONSTANTS, FUNCTIONS
from gradlab.notation.indexed import subscripted
from gradlab.notation.names import canonical_name, printed
from gradlab.notation.reading import (
    LONGEST,
    Declared,
    is_latex,
    located,
    read_any_tokens,
    read_pieces,
    refuse_long,
)
from gradlab.notation.scope import Definition, Scope, Shape, as_equation
from gradlab.notation.tree import (
    Apply,
    Call,
    Cases,
    Constant,
    Hadamard,
    Name,
    Node,
    Number,
    Power,
    Prime,
    Product,
    Sum,
    walk,
)
from gradlab.notation.words import Names, Token
from gradlab.notation.write import sigma_beside, write

MOST_DEFINITIONS = 500
"""Definitions in one scope."""

_ELEMENTWISE = (Number, Constant, Name, Sum, Product, Hadamard, Power, Cases, Prime)


def parse_definition(
    text: str, scope: Scope, *, where: str = "", latex: bool | None = None, indices: Sequence[str] = ()
) -> Definition:
    """Read `z = w x + b` or `σ(z) = 1/(1 + e^{-z})`. Raises `FormulaError`, as `parse_formula` does.

    A definition can use the symbols and the definitions of the scope, and not itself. A parameter that the
    scope declares with a shape has that shape, unless the function works element by element. indices: those of
    the name, `p_i = …`, where all elements of p are defined at once.

    >>> from gradlab.notation.formula import parse_formula
    >>> scope = Scope({"w": (), "x": (), "b": ()})
    >>> z = parse_definition("z = wx + b", scope)
    >>> z.read_as
    'z = w·x + b'
    >>> float(parse_formula("∂z/∂w", scope.defining(z))(w=1.0, x=3.0, b=0.0))
    3.0
    """
    return located(where, lambda: _define(text, scope, latex, indices))


def undeclared(
    text: str, scope: Declared, *, latex: bool | None = None, indices: Sequence[str] = ()
) -> tuple[str, ...]:
    """The symbols, canonical and in order, that a formula, chain or definition would need declared.

    Of a definition (`z = wx + b` with a fresh z, `f(x) = …`) what it defines is not among them. Raises
    `FormulaError` where it is not clear what the symbols are (typed `wx`).

    >>> undeclared("z = w x + b", {"x": ()})
    ('w', 'b')
    """
    symbols = replace(Names.declare(scope), undeclared=True)
    symbols = symbols.binding(frozenset(indices))
    head, body = _head(text, latex)
    if head and indices:
        head = [subscripted(head[0])[0], *head[1:]]
    if head and head[0] not in symbols.declared and head[0] not in symbols.functions:
        text = body
        symbols = _declaring(symbols, head[1:], [None] * len(head[1:]))
    tokens = read_any_tokens(text, symbols, is_latex(text, latex), [])
    bound = {token.value.partition(":")[2] for token in tokens if token.type == "BIG"}
    found = dict.fromkeys(
        token.value.partition(":")[0] for token in tokens if token.type in {"NAME", "DERIVATIVE"}
    )
    left_out = symbols.declared.keys() | bound | _limits(tokens) | set(indices)
    return tuple(name for name in found if name not in left_out)


def _limits(tokens: Sequence[Token]) -> set[str]:
    """The names that stand only as a limit of a sum, where the length of an array may tell them."""
    alone: set[str] = set()
    elsewhere: set[str] = set()
    for place, token in enumerate(tokens):
        if token.type == "NAME":
            around = [tokens[at].type for at in (place - 2, place - 1, place + 1) if 0 <= at < len(tokens)]
            limit = around[1:] == ["LBRACE", "RBRACE"] and around[0] in {"BIG", "RBRACE"}
            (alone if limit else elsewhere).add(token.value)
    return alone - elsewhere


def _define(text: str, scope: Scope, latex: bool | None, indices: Sequence[str]) -> Definition:
    latex = is_latex(text, latex)
    refuse_long(text)
    head, body = _head(text, latex)
    if not head:
        message = "Write a definition as a name, '=' and what it stands for: z = w x + b, or f(x) = x^2."
        raise FormulaError(message, text, 1)
    name, *parameters = head
    name = subscripted(name)[0] if indices else name
    symbols = Names.declare(scope)
    _refuse_name(text, name, parameters, symbols)
    symbols = replace(symbols, defining=name)
    shapes = [symbols.shapes.get(parameter, ()) for parameter in parameters]
    if not symbols.shaped:
        shapes = [None] * len(parameters)
    notes: list[str] = []
    known = _declaring(symbols, parameters, shapes)
    (piece,), _ = read_pieces(body, known, latex, "formula", notes, indices)
    elementwise = bool(parameters) and _is_elementwise(piece.node, set(parameters), symbols)
    written = write(piece.node, sigma=sigma_beside({*symbols.declared, *symbols.functions, name}))
    return Definition(
        name,
        tuple(parameters),
        piece.node,
        () if elementwise and symbols.shaped else piece.shape,
        text.strip(),
        as_equation(name, tuple(parameters), written),
        tuple(dict.fromkeys(notes)),
        tuple(() if elementwise else shape for shape in shapes),
        elementwise,
        size_of(piece.node, symbols.definitions),
        depth_of(piece.node, symbols.definitions),
    )


def _refuse_name(text: str, name: str, parameters: Sequence[str], symbols: Names) -> None:
    shown = printed(name)
    if name in symbols.definitions:
        raise FormulaError(f"{shown} is defined already: {symbols.definitions[name].read_as}.", text, 1)
    if name in symbols.declared:
        raise FormulaError(f"{shown} is a declared symbol, so it can't be defined here as well.", text, 1)
    if len(set(parameters)) < len(parameters):
        raise FormulaError(f"The arguments of {shown} need different names.", text, 1)
    if name in parameters:
        raise FormulaError(f"{shown} can't be its own argument.", text, 1)
    if not parameters and (name in CONSTANTS or name in FUNCTIONS) and name != "sigma":
        what = "a function" if name in FUNCTIONS else "a number"
        raise FormulaError(f"{shown} is {what} that is known here: take another name.", text, 1)
    if len(symbols.definitions) >= MOST_DEFINITIONS:
        raise FormulaError(f"At most {MOST_DEFINITIONS} definitions are read.", text, 1)


def _declaring(symbols: Names, parameters: Sequence[str], shapes: Sequence[Shape | None]) -> Names:
    """The same names with a function's parameters, which come before others of the same name."""
    return replace(
        symbols,
        declared={**symbols.declared, **{name: printed(name) for name in parameters}},
        shapes={**symbols.shapes, **dict(zip(parameters, shapes, strict=True))},
        functions={name: one for name, one in symbols.functions.items() if name not in parameters},
        definitions={name: one for name, one in symbols.definitions.items() if name not in parameters},
    )


def _is_elementwise(body: Node, parameters: set[str], symbols: Names) -> bool:
    """Whether a function treats its arguments element by element, and all else in it is a number."""
    for node in walk(body):
        match node:
            case Apply(function, _):
                if function not in FUNCTIONS or FUNCTIONS[function].shape is not None:
                    return False
            case Call(function, _):
                if not symbols.definitions[function].elementwise:
                    return False
            case Name(name):
                if name not in parameters and symbols.is_array(name):
                    return False
            case _:
                if not isinstance(node, _ELEMENTWISE):
                    return False
    return True


def _head(text: str, latex: bool | None) -> tuple[list[str], str]:
    """[z] of `z = …`, [σ, z] of `σ(z) = …`, and the text with all before the body blanked out.

    An empty list where the text is not of this form.
    """
    if len(text) > LONGEST:
        return [], text
    equals = text.find("=")
    left = text[: max(equals, 0)].rstrip().removesuffix("&").strip()
    if "\\" in left:
        left = left.replace("\\left(", "(").replace("\\right)", ")")
    name, bracket, rest = left.partition("(")
    if name.rstrip("{ ").endswith("^"):  # W^{(1)} and W^(1)
        name, bracket, rest = left, "", ""
    if not name or (bracket and not rest.endswith(")")):
        return [], text
    written = [name.strip(), *(part.strip() for part in (rest[:-1].split(",") if bracket else []))]
    head = [_symbol(one, is_latex(text, latex)) for one in written]
    if not all(head):
        return [], text
    return head, " " * (equals + 1) + text[equals + 1 :]


def _symbol(written: str, latex: bool) -> str:
    """The canonical name that is written; "" where it is not one name."""
    try:
        if not latex:
            return canonical_name(written)
        tokens = read_any_tokens(written, Names(undeclared=True), True, [])
    except FormulaError:
        return ""
    if len(tokens) != 1 or tokens[0].type not in {"NAME", "FUNCTION", "CONSTANT"}:
        return ""
    return "sigma" if tokens[0].value == "sigmoid" else tokens[0].value
