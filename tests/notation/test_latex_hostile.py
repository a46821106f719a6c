"""Whatever stands in a LaTeX text, the answer is tokens or a FormulaError with its place; nothing recurses or hangs."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab.notation.error import FormulaError
from gradlab.notation.formula import parse_chain
from gradlab.notation.latex import read_latex
from gradlab.notation.words import Names

SHAPES = {"x": (), "w": (), "T": (), "d": (), "v": (3,), "W": (2, 2), "y_hat": ()}
DECLARED = Names.declare(SHAPES)

PIECES = [
    r"\frac", r"\tfrac", r"\partial", r"\sum", r"\prod", r"\nabla", "_", "^", "{", "}", "(", ")", "[",
    "]", "|", r"\|", "‖", r"\left", r"\right", r"\left(", r"\right)", r"\left|", r"\right|", r"\bigl",
    r"\lVert", r"\rVert", "'", r"\prime", r"\sigma", r"\log", r"\max", r"\exp", r"\mathbf", r"\hat",
    r"\text", r"\mathrm", "if", "otherwise", r"\begin{cases}", r"\end{cases}", r"\begin{aligned}",
    r"\end{aligned}", r"\begin{pmatrix}", r"\end{pmatrix}", "&", r"\\", r"\\[2pt]", "=", "<", r"\le",
    "+", "-", r"\cdot", "/", "x", "w", "W", "v", "i", "T", "d", "∂", "σ", "1", "2", "10", ".", ",",
    "e", r"\sqrt", r"\,", r"\mathrm{d}", r"\mathrm{T}", "(1)", r"\{", r"\}", r"\infty", "_{ij}", "_i",
    "_{i=1}^n", "^2", "^{2}", "²", r"\operatorname", r"\boxed", "%", "$", r"\label", "~", r"\foo",
    "sin", "exp", r"^\circ", "^T", r"^\top", "^{(1)}", "é", r"\def",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{" * 3000 + "x" + "}" * 3000, "nested more than 60 deep"),
        ("(" * 3000 + "x" + ")" * 3000, "nested more than 60 deep"),
        ("\\left(" * 1500 + "x", "nested more than 60 deep"),
        ("\\frac" * 1900 + "12", "has arguments of its own"),
        ("x^" * 3000 + "x", "one exponent"),
        ("x^\\frac" * 1000, "one exponent"),
        ("\\hat" * 2000 + "x", "has arguments of its own"),
        ("\\begin{cases}" * 700, "nested more than 60 deep"),
        ("\\sum_i" * 1500, "already that of a sum"),
        ("\\sqrt[" * 1500 + "]", "needs what it stands for"),
        ("d(" * 4000, "nested more than 60 deep"),
        ("∂(" * 4000, "stands in a quotient"),
        ("a" * 9000, "is not known here"),
        ("9" * 9000, "too large for a float"),
        ("x" + "'" * 9000, "is no function"),
        ("x" + "\u0301" * 5000, "accent"),
        ("|x|" * 3000, "too many bars"),
        ("\\" * 9000, "empty"),
        ("%" * 9000, "empty"),
        (" " * 9000, "empty"),
        ("x+" * 50_000, "at most 10000 characters"),
        ("\\" + "x" * 9000, "is not a command"),
        ("\\begin{" + "x" * 9000 + "}", "is missing"),
        ("x\0", "has no meaning"),
        ("x\u202e", "has no meaning"),
        ("\\\x1b[31m", "is not a command"),
        ("\\mathrm{__import__}", "one word"),
        ("\\text{<script>}", "one word"),
        ("\\ensuremath{x}", "is not a command"),
    ],
)
def test_hostile_latex_gets_its_sentence(text: str, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_chain(text, SHAPES, latex=True)
    assert message in caught.value.message
    assert len(caught.value.message) < 400


def check(text: str, declared: Names) -> None:
    try:
        tokens = read_latex(text, declared, [])
        places = [(token.start, token.end) for token in tokens]
        assert places
    except FormulaError as error:
        places = [(error.column - 1, error.column - 1)]
    assert all(0 <= start <= end <= len(text) for start, end in places)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25), st.sampled_from(["", " "]), st.booleans())
def test_any_run_of_commands_is_tokens_or_an_error_with_its_place(
    pieces: list[str], glue: str, undeclared: bool
) -> None:
    check(glue.join(pieces), Names(undeclared=True) if undeclared else DECLARED)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_tokens_or_an_error_with_its_place(text: str) -> None:
    check(text, DECLARED)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_any_run_of_commands_is_a_chain_or_an_error(pieces: list[str]) -> None:
    with contextlib.suppress(FormulaError):
        assert all(member.read_as() for member in parse_chain(" ".join(pieces), SHAPES, latex=True))
