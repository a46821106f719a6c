r"""A tree as LaTeX that reads as the same tree, for reports: `to_latex`.

Everything in it is ours: names are written letter by letter from their canonical form, so that no command
of a document's author can come through.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal

from gradlab.notation.latex.commands import ACCENTS, FUNCTION_COMMANDS, GREEK
from gradlab.notation.tree import (
    Apply,
    Big,
    Call,
    Cases,
    Condition,
    Constant,
    Derivative,
    Element,
    Hadamard,
    MatMul,
    Matrix,
    Name,
    Node,
    Norm,
    Number,
    Power,
    Prime,
    Product,
    Setting,
    Subscript,
    Sum,
    Transpose,
)

_CONDITION, _SUM, _PRODUCT, _POWER, _ATOM = range(5)
_RELATIONS = {"≤": "\\le", "≥": "\\ge", "≠": "\\ne"}
_ORDERS = {"2": "", "1": "_{1}", "F": "_{F}", "inf": "_{\\infty}"}
_FUNCTIONS = {"log10": "\\log_{10}", "log2": "\\log_{2}", "relu": "\\operatorname{ReLU}"}
_NAME = re.compile(
    rf"(?P<stem>[^\W\d_]+)(?:_(?P<accent>{'|'.join(sorted(set(ACCENTS.values())))})(?![^\W\d_]))?"
    r"(?:\^\((?P<layer>[0-9]+)\))?_?(?P<subscript>\w*)"
)


def to_latex(node: Node, *, sigma: str = "σ") -> str:
    r"""The tree as LaTeX. `sigma` is how the logistic function is written in text: σ, or sigmoid.

    >>> to_latex(Product((("*", Number(1)), ("/", Number(2)), ("*", Power(Name("w1"), Number(2))))))
    '\\frac{1}{2} \\cdot w_{1}^{2}'
    """
    return _write(node, sigma)[0]


def latex_name(canonical: str) -> str:
    r"""A canonical name as LaTeX.

    >>> [latex_name(name) for name in ("lambda", "x12", "y_hat", "W^(1)_out", "rate")]
    ['\\lambda', 'x_{12}', '\\hat{y}', 'W^{(1)}_{\\mathrm{out}}', '\\mathrm{rate}']
    """
    match = _NAME.fullmatch(canonical)
    if match is None:
        return f"\\mathrm{{{canonical}}}"
    written = _word(match["stem"])
    if match["accent"]:
        written = f"\\{match['accent']}{{{written}}}"
    if match["layer"]:
        written += f"^{{({match['layer']})}}"
    if match["subscript"]:
        subscript = match["subscript"]
        written += f"_{{{subscript if subscript[0].isdecimal() else _word(subscript)}}}"
    return written


def _word(word: str) -> str:
    if word in GREEK:
        return f"\\{word}"
    return word if len(word) == 1 else f"\\mathrm{{{word}}}"


def _write(node: Node, sigma: str) -> tuple[str, int]:
    """The text and how tightly it binds."""

    def within(part: Node, least: int) -> str:
        text, binding = _write(part, sigma)
        return text if binding >= least else _bracketed(text)

    match node:
        case Number(value):
            return _number(value), _ATOM
        case Constant(name):
            return "\\pi" if name == "pi" else name, _ATOM
        case Name(name):
            return latex_name(name), _POWER if "^" in name else _ATOM
        case Sum(((sign, first), *rest)):
            text = ("-" if sign == "-" else "") + within(first, _PRODUCT)
            return text + "".join(f" {sign} {within(term, _PRODUCT)}" for sign, term in rest), _SUM
        case Product(((_, first), *rest)):
            # A quotient needs brackets neither above nor below; what follows a product is read from the left.
            text = within(first, _SUM if rest[0][0] == "/" else _POWER)
            for by, factor in rest:
                if by == "/":
                    text = f"\\frac{{{text}}}{{{within(factor, _SUM)}}}"
                else:
                    text += f" \\cdot {within(factor, _POWER)}"
            return text, _PRODUCT
        case Power(base, exponent):
            raised = within(exponent, _SUM)
            return f"{within(base, _ATOM)}^{{{'{T}' if raised == 'T' else raised}}}", _POWER
        case MatMul(left, right) | Hadamard(left, right):
            times = "\\cdot" if isinstance(node, MatMul) else "\\odot"
            return f"{_left_of(node, left, sigma)} {times} {within(right, _POWER)}", _PRODUCT
        case Transpose(body):
            return f"{within(body, _ATOM)}^{{\\top}}", _POWER
        case Apply("∂∂", (first, last, _)):
            return f"{_first(first, sigma)} \\cdot {within(last, _POWER)}", _PRODUCT
        case Condition():
            return _condition(node, sigma), _CONDITION
        case Derivative() | Big():
            return _operator(node, sigma)
    layered = isinstance(node, Element) and "^" in node.array
    return _atom(node, sigma), _POWER if layered else _ATOM


def _operator(node: Derivative | Big, sigma: str) -> tuple[str, int]:
    """What stands before the factors that it applies to."""
    if isinstance(node, Big):
        first, last = to_latex(node.lower, sigma=sigma), to_latex(node.upper, sigma=sigma)
        body, binding = _write(node.body, sigma)
        body = body if binding >= _PRODUCT else _bracketed(body)
        return f"\\{node.operation}_{{{latex_name(node.index)}={first}}}^{{{last}}} {body}", _PRODUCT
    by = latex_name(node.by)
    if node.at:
        by = f"{by}_{{{', '.join(to_latex(index, sigma=sigma) for index in node.at)}}}"
    if isinstance(node.body, Name):
        return f"\\frac{{\\partial {latex_name(node.body.name)}}}{{\\partial {by}}}", _POWER
    return f"\\frac{{\\partial}}{{\\partial {by}}}\\left[{to_latex(node.body, sigma=sigma)}\\right]", _POWER


def _atom(node: Node, sigma: str) -> str:
    """What stands by itself."""

    def listed(parts: Sequence[Node], by: str = ", ") -> str:
        return by.join(to_latex(part, sigma=sigma) for part in parts)

    match node:
        case Apply("eye", (Number(size),)):
            return f"I_{{{size}}}"
        case Apply("abs", (body,)):
            return f"\\left|{to_latex(body, sigma=sigma)}\\right|"
        case Apply("sqrt", (body,)):
            return f"\\sqrt{{{to_latex(body, sigma=sigma)}}}"
        case Apply("cbrt", (body,)):
            return f"\\sqrt[3]{{{to_latex(body, sigma=sigma)}}}"
        case Apply("where", (Condition() as held, value, otherwise)):
            return _cases(((value, held),), otherwise, sigma)
        case Apply(name, arguments):
            return _function(name, sigma) + _bracketed(listed(arguments))
        case Call(name, arguments):
            return latex_name(name) + _bracketed(listed(arguments))
        case Prime(name, order, argument, defined):
            head = latex_name(name) if defined else _function(name, sigma)
            return head + "'" * order + _bracketed(to_latex(argument, sigma=sigma))
        case Norm(body, order):
            return f"\\left\\lVert {to_latex(body, sigma=sigma)} \\right\\rVert{_ORDERS[order]}"
        case Element(array, indices):
            # A name with a subscript of its own can't have another in LaTeX.
            numbered = array.isalnum() and array[-1].isdecimal()
            stem = f"\\mathrm{{{array}}}" if numbered else latex_name(array)
            stem = f"{{{stem}}}" if "_{" in stem else stem
            return f"{stem}_{{{listed(indices)}}}"
        case Cases(rows, otherwise):
            return _cases(rows, otherwise, sigma)
        case Subscript() | Setting():
            return _code(node, sigma)
        case Matrix(rows):
            written = " \\\\ ".join(listed(row, " & ") for row in rows)
            return f"\\begin{{pmatrix}} {written} \\end{{pmatrix}}"
    raise TypeError(f"not a node of a formula: {node!r}")


def _condition(held: Condition, sigma: str) -> str:
    left, right = (
        text if binding > _CONDITION else _bracketed(text)
        for text, binding in (_write(held.left, sigma), _write(held.right, sigma))
    )
    return f"{left} {_RELATIONS.get(held.relation, held.relation)} {right}"


def _cases(rows: Sequence[tuple[Node, Condition]], otherwise: Node | None, sigma: str) -> str:
    lines = [f"{to_latex(value, sigma=sigma)} & {_condition(held, sigma)}" for value, held in rows]
    if otherwise is not None:
        lines.append(f"{to_latex(otherwise, sigma=sigma)} & \\text{{otherwise}}")
    return "\\begin{cases} " + " \\\\ ".join(lines) + " \\end{cases}"


def _code(node: Subscript | Setting, sigma: str) -> str:
    """A piece of code: of what LaTeX reads in a way of its own it has the underscore and the dots alone."""
    text = node.text if isinstance(node, Setting) else node.key
    text = text.replace("_", "\\_").replace("…", "\\ldots ").replace(":", "{:}")
    if isinstance(node, Setting):
        return f"\\mathtt{{{text}}}"
    body, binding = _write(node.body, sigma)
    return f"{body if binding >= _POWER else _bracketed(body)}\\left[\\mathtt{{{text}}}\\right]"


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "\\mathrm{NaN}" if math.isnan(value) else "\\infty"
    return format(Decimal(repr(value)), "f")


def _first(left: Node, sigma: str) -> str:
    """The first factor may itself be a product: they are read from the left."""
    text, binding = _write(left, sigma)
    whole = isinstance(left, (MatMul, Hadamard, Product)) or binding >= _POWER
    return text if whole else _bracketed(text)


def _left_of(product: Node, left: Node, sigma: str) -> str:
    """The left factor of a product of arrays: who reads a ⊙ b · c knows no order of the two."""
    text = _first(left, sigma)
    return _bracketed(text) if isinstance(product, MatMul) and isinstance(left, Hadamard) else text


def _bracketed(text: str) -> str:
    return f"\\left({text}\\right)"


def _function(function: str, sigma: str) -> str:
    if function == "sigmoid" and sigma == "σ":
        return "\\sigma"
    if function in _FUNCTIONS:
        return _FUNCTIONS[function]
    if function in FUNCTION_COMMANDS:
        return f"\\{function}"
    return f"\\operatorname{{{function.replace('_', '-')}}}"
