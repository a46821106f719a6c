"""Whatever is typed, the answer is a formula or a FormulaError; nothing recurses, hangs or is run."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, TypeVar

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gradlab.notation.evaluate import evaluate
from gradlab.notation.formula import (
    Formula,
    FormulaError,
    Scope,
    canonical_name,
    parse_assignments,
    parse_chain,
    parse_claim,
    parse_definition,
    parse_formula,
    undeclared,
)
from gradlab.notation.scope import Shape
from gradlab.notation.tree import (
    MOST_DEPTH,
    Apply,
    Constant,
    Name,
    Node,
    Number,
    Power,
    Product,
    Sum,
)
from gradlab.notation.write import write

Read = TypeVar("Read")

NAMES = ("x", "y", "w", "x1", "lambda")
VALUES = {"x": 0.7, "y": -1.3, "w": 2.1, "x1": 0.2, "lambda": 0.1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(" * 3000 + "x" + ")" * 3000, "Brackets are nested more than 150 deep"),
        ("(" * 3000, "Brackets are nested more than 150 deep"),
        ("sin(" * 100 + "x" + ")" * 100, "nested more than 60 levels deep"),
        ("sin " * 2000 + "x", "nested more than 60 levels deep"),
        ("x^" * 3000 + "x", "nested more than 60 levels deep"),
        ("-" * 9000 + "x", "nested more than 60 levels deep"),
        ("x+" * 50_000 + "x", "A formula has at most 10000 characters; this one has 100001."),
        ("x" * 9000, "A name has at most 64 characters"),
        ("9" * 9000, "too large for a float"),
        ("x" + "²" * 9000, "too large for a float"),
        ("|x|" * 3000, "too many bars"),
        ("x" + "\u0301" * 500, "A name has at most 64 characters"),
        ("factorial(10^7)", "'factorial' is not a function that is known here"),
        ("9^9^9", "'9^9^9' is too large"),
        ("x" + "^9" * 50, "is too large"),
        ("sum_{i=1}^{9999} " * 5 + "i", "is already the index of the sum around"),
        ("sum_{i=1}^{9999} sum_{j=1}^{9999} i j", "parts, and at most 200,000 are read"),
        ("d/dx " * 50 + "x", "parts, and at most 200,000 are read"),
        ("d/dx[" * 150 + "x" + "]" * 150, "nested more than 60 levels deep"),
        ("∂(" * 150 + "x" + ")/∂x" * 150, "nested more than 60 levels deep"),
        ("σ" + "'" * 50 + "(x)", "Derivatives are read up to order 4"),
        ("[" * 151 + "x" + "]" * 151, "Brackets are nested more than 150 deep"),
        ("sum_{i=" * 1000 + "1", "A '}' is missing"),
        ("cases(" * 151 + "x", "Brackets are nested more than 150 deep"),
        ("‖x‖" * 3000, "too many bars"),
        ("__import__('os').system('ls')", "'__import__' is not a function that is known here"),
        ("x.__class__", "This point belongs to no number"),
        ("lambda: 0", "without ':'"),
        ("x\0", "(U+0000, a control character) has no meaning"),
        ("x\u202e+1", "(U+202E, RIGHT-TO-LEFT OVERRIDE) has no meaning"),
        ("х + 1", "CYRILLIC SMALL LETTER HA) has no meaning in a formula. Names are made of Latin and Greek"),
        ("\x1b[31mx", "has no meaning"),
        ("\ud800", "has no meaning"),
    ],
)
def test_hostile_text_is_refused_with_a_sentence(text: str, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_formula(text, NAMES)
    assert message in caught.value.message
    printed = str(caught.value)
    assert all(len(line) < 200 for line in printed.splitlines())
    assert "\x1b" not in printed
    assert "\0" not in printed


@pytest.mark.parametrize(
    "text",
    [
        "(" * 150 + "x" + ")" * 150,
        "x" + "+x" * 4999,
        "x" + "*x" * 4999,
        "x" + "/x" * 4999,
        "x " * 4999,
        "+" * 9999 + "x",
        "x^" * (MOST_DEPTH - 1) + "x",
        "sin(" * (MOST_DEPTH - 1) + "x" + ")" * (MOST_DEPTH - 1),
        "+".join(["(|x|" + "+|x|" * 11 + ")"] * 150),
        "x" + "^1" * 50,
    ],
)
def test_a_formula_at_the_limits_is_read_evaluated_and_written(text: str) -> None:
    formula = parse_formula(text, NAMES)
    assert np.asarray(formula(**VALUES)).shape == ()
    assert hash(formula) == hash(parse_formula(text, NAMES))
    assert formula.read_as()
    assert repr(formula)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x_{" * 2000 + "1" + "}" * 2000, "Brackets are nested more than 150 deep"),
        ("x_{" * 3000, "Brackets are nested more than 150 deep"),
        ("x_{1", "a '}' is missing"),
        ("W_{" + "1," * 4000 + "1}", "has 4001 indexes, and W is a 3×3 matrix"),
        ("∂x/" * 3000, "something is missing after '/'"),
        ("d(" * 3000, "'d' is not a function that is known here"),
        ("sum_i " * 1600 + "1", "i is already the index of the sum around"),
        ("x" + "ᵀ" * 3000, "A transpose of this needs brackets"),
        ("W" + " W" * 4900 + " " + "x" * 65, "A name has at most 64 characters"),
        ("∇_" * 4000, "Write a gradient with the name to derive by"),
        ("(" + "W x; " * 1900 + ")", "without ';'"),
        ("x = " * 2300 + "x_{" * 200, "Brackets are nested more than 150 deep"),
        ("W_{ij} " * 1400, "is not known here"),
        ("x" * 10_000_000, "A formula has at most 10000 characters"),
    ],
)
def test_hostile_mathematics_is_refused_with_a_sentence(text: str, message: str) -> None:
    shapes: dict[str, Shape] = {"x": (3,), "W": (3, 3)}
    readers = (
        lambda: parse_chain(text, Scope(shapes)),
        lambda: parse_definition("q = " + text, Scope(shapes)),
    )
    for read in readers:
        with pytest.raises(FormulaError) as caught:
            read()
        assert len(str(caught.value)) < 600
    assert outcome(readers[0], text) is None
    with pytest.raises(FormulaError, match=re.escape(message)):
        parse_chain(text, Scope(shapes))


def test_values_and_claims_are_bounded_too() -> None:
    with pytest.raises(FormulaError, match="at most 100000 characters; these have 400002"):
        parse_assignments("x=" + "1+1," * 100_000)
    with pytest.raises(FormulaError, match="A name has at most 64 characters"):
        parse_assignments("x" * 65 + "=1")
    with pytest.raises(FormulaError, match="A name has at most 64 characters"):
        parse_claim("x" * 65 + ": 1")
    with pytest.raises(FormulaError, match="Brackets are nested more than 150 deep"):
        parse_assignments("x=" + "[" * 200 + "1" + "]" * 200)


@pytest.mark.parametrize(
    "text",
    [
        *("1/0", "x/0", "x/(2 − 2)", "1/0*x", "exp(−1/0)", "0^(-1) x", "ln(0)", "x + ln(-1)", "1e308*10"),
        *("exp(1000)", "9999999^2*" * 90 + "1", "2*" * 4999 + "2"),
    ],
)
def test_a_number_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(FormulaError, match="is no finite real number that a float can hold"):
        parse_formula(text, NAMES)


# Random text never gets anything but a refusal

OPERANDS = ["x", "y", "w", "x1", "x_", "₁", "2", ".5", "1e", "3", "e", "pi", "π", "λ", "½", "wx", "xsinx"]
FUNCTIONS = ["sin", "sin(", "ln", "log2", "max(", "σ", "sigma", "√"]
OPERATORS = [
    "^",
    "^2",
    "²",
    "⁻¹",
    "**",
    "*",
    "·",
    "/",
    "+",
    "-",
    "−",
    "(",
    ")",
    "{",
    "}",
    "|",
    "||",
    ",",
    " ",
]
OTHERS = [";", "=", "[", "]", "'", "∂", "d/dx", "\\frac", "\n", "[1,2]", "x=", "nan"]
pieces = st.one_of(*map(st.sampled_from, (OPERANDS, OPERATORS, FUNCTIONS, OTHERS)))
typed = st.lists(pieces, max_size=12).map("".join)
text = st.one_of(st.text(max_size=30), typed)


def outcome(read: Callable[[], Read], text: str) -> Read | None:
    """What is read, or None for a refusal, which must have its sentence and its place."""
    try:
        return read()
    except FormulaError as error:
        refusal = error
    assert 1 <= refusal.column <= len(text) + 1
    assert refusal.message.endswith((".", "?"))
    assert len(str(refusal).splitlines()) <= 3
    return None


def equal(formula: Formula, other: Formula) -> bool:
    return np.array_equal(np.asarray(formula(**VALUES)), np.asarray(other(**VALUES)), equal_nan=True)


@settings(max_examples=400, deadline=None)
@given(text)
def test_any_text_is_a_formula_or_a_refusal(text: str) -> None:
    formula = outcome(lambda: parse_formula(text, NAMES), text)
    if formula is None:
        return
    again = parse_formula(formula.read_as(), NAMES)
    assert again.read_as() == formula.read_as()
    assert equal(again, formula)


@settings(max_examples=200, deadline=None)
@given(text)
def test_any_text_is_values_or_a_refusal(text: str) -> None:
    values = outcome(lambda: parse_assignments(text), text)
    assert values is None or all(canonical_name(name) == name for name in values)


@settings(max_examples=200, deadline=None)
@given(text)
def test_any_text_is_a_claim_or_a_refusal(text: str) -> None:
    claim = outcome(lambda: parse_claim(text), text)
    if claim is not None:
        name, formula, offset = claim
        assert canonical_name(name) == name
        assert text[offset:].startswith(formula)


MATHEMATICS = [
    "∂/∂x",
    "∂y/∂x",
    "d/dx",
    "dq/dx",
    "∂(",
    ")/∂x",
    "∂²",
    "∇_x ",
    "sum_{i=1}^3 ",
    "sum_{i=",
    "∑_i ",
    "prod_{j=1}^{i}",
    "v_i",
    "v_{i+1}",
    "M_{ij}",
    "M",
    "v",
    "u",
    "@",
    "⊙",
    "ᵀ",
    "^T",
    "‖",
    "‖_1",
    "'",
    "f(",
    "f'(",
    "f",
    "cases(",
    " if ",
    " otherwise",
    "<",
    "≥",
    "[",
    "]",
    ";",
    "=",
]
SHAPED: dict[str, Shape] = {"x": (), "y": (), "w": (), "v": (3,), "u": (3,), "M": (3, 3)}
shaped_text = st.lists(
    st.one_of(
        st.sampled_from(MATHEMATICS),
        st.sampled_from(["x", "2", "(", ")", "+", "-", " ", "^2", "·", ",", "}"]),
    ),
    max_size=12,
).map("".join)


def scope() -> Scope:
    """Symbols with shapes, a quantity and a function."""
    given = Scope(SHAPED)
    for definition in ("q = x^2 + y", "f(t) = t^3"):
        given = given.defining(parse_definition(definition, given))
    return given


@settings(max_examples=400, deadline=None)
@given(shaped_text)
def test_any_mathematics_is_a_chain_or_a_refusal(text: str) -> None:
    chain = outcome(lambda: parse_chain(text, scope()), text)
    for formula in chain or ():
        again = parse_formula(formula.read_as(), scope())
        assert again.read_as() == formula.read_as()
        assert again.tree == formula.tree
        assert text[formula.start :].startswith(formula.text)


@settings(max_examples=200, deadline=None)
@given(shaped_text)
def test_any_mathematics_is_a_definition_or_a_refusal(text: str) -> None:
    outcome(lambda: parse_definition("k(t) = " + text, scope()), "k(t) = " + text)
    outcome(lambda: parse_definition(text, scope()), text)
    outcome(lambda: undeclared(text, scope()), text)


# Whatever is written is read as the same formula


def deeper(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    signs: st.SearchStrategy[Literal["+", "-"]] = st.sampled_from(["+", "-"])
    bys: st.SearchStrategy[Literal["*", "/"]] = st.sampled_from(["*", "/"])
    terms = st.lists(st.tuples(signs, nodes), min_size=2, max_size=4)
    factors = st.lists(st.tuples(bys, nodes), min_size=1, max_size=3)
    sums = terms.map(lambda terms: Sum(tuple(terms)))
    negations = nodes.map(lambda node: Sum((("-", node),)))
    products = st.builds(lambda first, rest: Product((("*", first), *rest)), nodes, factors)
    powers = st.builds(Power, nodes, nodes)
    names = st.sampled_from(["sin", "exp", "ln", "abs", "arctan", "sigmoid", "relu", "sec"])
    applications = st.builds(lambda name, node: Apply(name, (node,)), names, nodes)
    selections = st.lists(nodes, min_size=2, max_size=3).map(lambda parts: Apply("max", tuple(parts)))
    return st.one_of(sums, negations, products, powers, applications, selections)


numbers = st.one_of(
    st.integers(min_value=1, max_value=2**53 - 1),  # not 0, since the int −0 has lost its sign
    st.floats(min_value=0, allow_nan=False, allow_infinity=False).filter(lambda value: str(value) != "-0.0"),
)
leaves = st.one_of(st.builds(Number, numbers), st.sampled_from(NAMES).map(Name), st.just(Constant("pi")))


@settings(max_examples=300, deadline=None)
@given(st.recursive(leaves, deeper, max_leaves=12))
def test_a_written_tree_reads_as_an_equal_formula(tree: Node) -> None:
    written = write(tree)
    try:
        formula = parse_formula(written, NAMES)
    except FormulaError as error:  # a number such as 9^9^9 or 1/0, which is refused
        assume("is too large" not in error.message and "is no finite real number" not in error.message)
        raise
    operands = {name: np.float64(value) for name, value in VALUES.items()}
    with np.errstate(all="ignore"):
        np.testing.assert_equal(np.float64(formula(**VALUES)), np.float64(evaluate(tree, operands)))
    assert parse_formula(formula.read_as(), NAMES).tree == formula.tree
