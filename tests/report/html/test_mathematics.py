"""Formulas as MathML: all that our writer prints is set, and nothing else gets through."""

from __future__ import annotations

import base64
import itertools
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab.notation.latex.commands import ACCENTS, FUNCTION_COMMANDS, GREEK
from gradlab.notation.latex.write import latex_name, to_latex
from gradlab.notation.tree import (
    Apply,
    Big,
    Cases,
    Condition,
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
from gradlab.report.html.mathematics import formula, style

ELEMENTS = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup"),
    *("mover", "munder", "munderover", "mtable", "mtr", "mtd"),
}
ATTRIBUTES = {"stretchy", "form", "accent", "mathvariant", "class", "lspace", "rspace"}

X, Y, TWO = Name("x"), Name("y_hat"), Number(2)
BESIDE = 'lspace="0.05em" rspace="0"'
OF_X = '<mrow><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo></mrow>'
HALF = Product((("*", Number(1)), ("/", TWO)))
TREES: dict[str, tuple[Node, str]] = {
    "a fraction": (HALF, "<mfrac><mn>1</mn><mn>2</mn></mfrac>"),
    "a root": (Apply("sqrt", (X,)), "<msqrt><mi>x</mi></msqrt>"),
    "a cube root": (Apply("cbrt", (X,)), "<mroot><mi>x</mi><mn>3</mn></mroot>"),
    "an accent": (Y, '<mover accent="true"><mi>y</mi><mo>\u02c6</mo></mover>'),
    "an operator of several letters": (
        Apply("broadcast_to", (X, Setting("(2, 3)"))),
        (
            '<mi>broadcast-to</mi><mrow><mo stretchy="false">(</mo><mi>x</mi><mo>,</mo>'
            '<mtext class="code">(2, 3)</mtext><mo stretchy="false">)</mo></mrow>'
        ),
    ),
    "the logistic function's second derivative": (
        Prime("sigmoid", 2, X, defined=False),
        f"<mrow><mi>σ</mi><mo {BESIDE}>″</mo></mrow>{OF_X}",
    ),
    "a transpose": (Transpose(Name("W0")), "<msubsup><mi>W</mi><mn>0</mn><mi>⊤</mi></msubsup>"),
    "an elementwise product": (Hadamard(X, Name("b")), "<mi>x</mi><mo>⊙</mo><mi>b</mi>"),
    "a matrix product": (MatMul(Name("W0"), X), "<msub><mi>W</mi><mn>0</mn></msub><mo>·</mo><mi>x</mi>"),
    "a norm": (
        Power(Norm(X, "1"), TWO),
        "<msubsup><mrow><mo>‖</mo><mi>x</mi><mo>‖</mo></mrow><mn>1</mn><mn>2</mn></msubsup>",
    ),
    "brackets around what is tall": (
        Product((("*", X), ("*", Sum((("-", HALF),))))),
        '<mi>x</mi><mo>·</mo><mrow><mo>(</mo><mo form="prefix">−</mo><mfrac><mn>1</mn><mn>2</mn></mfrac><mo>)</mo></mrow>',
    ),
    "a sum": (
        Big("sum", "i", Number(1), Name("n"), Element("x", (Name("i"),))),
        (
            "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>"
            "<msub><mi>x</mi><mi>i</mi></msub>"
        ),
    ),
    "cases": (
        Cases(((X, Condition(">", X, Number(0))),), TWO),
        (
            '<mo>{</mo><mtable class="cases"><mtr><mtd><mi>x</mi></mtd><mtd><mi>x</mi><mo>&gt;</mo><mn>0</mn></mtd></mtr>'
            "<mtr><mtd><mn>2</mn></mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable>"
        ),
    ),
    "a matrix, transposed": (
        Transpose(Matrix(((X, TWO),))),
        (
            "<msup><mrow><mo>(</mo><mtable><mtr><mtd><mi>x</mi></mtd><mtd><mn>2</mn></mtd></mtr></mtable><mo>)</mo></mrow>"
            "<mi>⊤</mi></msup>"
        ),
    ),
    "a derivative": (
        Derivative(Name("loss"), "x1"),
        "<mfrac><mrow><mi>∂</mi><mi>loss</mi></mrow><mrow><mi>∂</mi><msub><mi>x</mi><mn>1</mn></msub></mrow></mfrac>",
    ),
    "a piece of code": (
        Subscript(X, "1:, …, a_b"),
        '<mi>x</mi><mrow><mo stretchy="false">[</mo><mtext class="code">1:, …, a_b</mtext><mo stretchy="false">]</mo></mrow>',
    ),
}


@pytest.mark.parametrize("what", TREES)
def test_what_our_writer_prints_is_set(what: str) -> None:
    tree, expected = TREES[what]
    assert str(formula(to_latex(tree), "")) == f"<math>{expected}</math>"


@pytest.mark.parametrize("name", [*FUNCTION_COMMANDS, "sigmoid", "log10", "relu", "solve_triangular"])
def test_every_function_is_set_as_one_word(name: str) -> None:
    latex = to_latex(Apply(name, (X,)))
    assert formula(latex, "").count("<mi>") == 2


@pytest.mark.parametrize(
    "name",
    [*GREEK.values(), *(f"x_{accent}" for accent in ACCENTS.values()), "W^(2)_out", "λ", "é", "g_loss", "_x"],
)
def test_every_name_is_set(name: str) -> None:
    assert formula(latex_name(name), "").startswith("<math>")


@pytest.mark.parametrize(
    "latex",
    [
        "",
        r"\href{javascript:alert(1)}{x}",
        r"\def\x{1}\x",
        r"\text{a}\unknown",
        r"x \label{a}",
        r"\style{color: red}{x}",
        "<script>alert(1)</script>",
        "x;y",
        '"',
        "x\0",
        r"\frac{1}",
        r"\left(x",
        "{" * 300 + "x" + "}" * 300,
        r"\left(" * 300 + "x" + r"\right)" * 300,
        "x" * 10_000,
        r"\begin{array}{c} x \end{array}",
    ],
)
def test_what_our_writer_does_not_print_is_shown_as_text(latex: str) -> None:
    assert formula(latex, "<b>&") == "<code>&lt;b&gt;&amp;</code>"


PIECES = [
    *(
        r"\frac",
        "{",
        "}",
        "x",
        "1",
        "_",
        "^",
        "'",
        r"\left(",
        r"\right)",
        "&",
        r"\\",
        r"\sqrt",
        "[",
        "]",
        "<",
        ">",
        "-",
    ),
    *(
        r"\begin{cases}",
        r"\end{cases}",
        r"\hat",
        r"\sum",
        r"\text{<b>}",
        r"\mathrm{<i>&}",
        r"\mathtt{'\"}",
        r"\text{0}",
    ),
]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=20))
def test_nothing_but_our_elements_comes_out(latex: str) -> None:
    """Whatever goes in: of a record that was tampered with, too."""
    tree = ET.fromstring(str(formula(latex, "")))  # noqa: S314 (it is ours)
    assert {element.tag for element in tree.iter()} <= ELEMENTS | {"code"}
    assert set(itertools.chain(*(element.attrib for element in tree.iter()))) <= ATTRIBUTES


def test_the_font_is_in_the_style_sheet() -> None:
    sheet = style()
    (font,) = re.findall(r"url\(data:font/woff2;base64,([^)]+)\)", sheet)
    assert base64.b64decode(font).startswith(b"wOF2")
    assert sheet.count("url(") == 1
    assert len(sheet) < 60_000
