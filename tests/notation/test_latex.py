"""LaTeX is read as it prints, or refused with the place and what to write instead."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gradlab.notation.formula import (
    Formula,
    FormulaError,
    Scope,
    parse_chain,
    parse_definition,
    parse_formula,
    undeclared,
)
from gradlab.notation.latex import read_latex
from gradlab.notation.latex.write import to_latex
from gradlab.notation.names import canonical_name
from gradlab.notation.words import Names

NUMBERS = ("w", "x", "b", "t", "z", "n", "N", "y", "a", "c", "lambda", "y_hat", "x1", "v_2", "p_out", "L_reg")
SHAPES = {
    **dict.fromkeys(NUMBERS, ()),
    "W": (2, 2),
    "u": (2,),
    "v": (2,),
    "W^(1)": (2, 2),
    "h^(1)": (2,),
    "A1": (2, 2),
    "v_bar_4": (),
}


def scope() -> Scope:
    known = Scope(SHAPES)
    known = known.defining(parse_definition(r"L = \tfrac12(\sigma(wx+b)-t)^2", known))
    return known.defining(parse_definition(r"f(x) = x^3", known))


SCOPE = scope()


def read(text: str, more: dict[str, tuple[int, ...]] | None = None) -> Formula:
    names = Scope({**SCOPE.names, **(more or {})}, SCOPE.definitions)
    return parse_formula(text, names, latex=True)


def refusal(text: str, more: dict[str, tuple[int, ...]] | None = None) -> FormulaError:
    with pytest.raises(FormulaError) as caught:
        read(text, more)
    return caught.value


READINGS = [
    # a prime is never dropped
    (r"\sigma'(z)", "σ'(z)"),
    (r"\sigma''(z)", "σ''(z)"),
    (r"\sigma^\prime(z)", "σ'(z)"),
    (r"\sigma^{\prime\prime}(z)", "σ''(z)"),
    (r"f'(x)", "f'(x)"),
    (r"\text{ReLU}'(x)", "relu'(x)"),
    (r"\sigma'(z)^2", "σ'(z)^2"),
    # σ needs its argument
    (r"\sigma(z)(1-\sigma(z))", "σ(z)·(1 − σ(z))"),
    # one symbol, whatever its dress
    (r"\mathbf{w}x", "w·x"),
    (r"\boldsymbol\lambda w", "λ·w"),
    (r"\mathit{w} x", "w·x"),
    (r"\vec{v}_1", "v_{1}"),
    (r"\mathcal{L}", "L"),
    (r"\hat y - \hat{y}", "y_hat − y_hat"),
    (r"\hat{\mathbf{y}}", "y_hat"),
    ("ŷ", "y_hat"),
    (r"\bar v_4 \cdot v_2", "v_bar4·v2"),
    (r"\bar{v}_4 v_2", "v_bar4·v2"),
    (r"\overline{v_4}", "v_bar4"),
    (r"p_{\text{out}}", "p_out"),
    (r"L_\mathrm{reg}", "L_reg"),
    (r"wx + b", "w·x + b"),
    (r"N n", "N·n"),
    (r"x_1 + x_{1} + x1", "x1 + x1 + x1"),
    # e is Euler's number
    (r"e^{-z}", "exp(−z)"),
    (r"\mathrm{e}^{x} y", "exp(x)·y"),
    (r"e^\lambda x", "exp(λ)·x"),
    (r"\exp(-z)", "exp(−z)"),
    (r"\exp\left[-z\right]", "exp(−z)"),
    # a transpose is no power
    (r"v^\top u", "vᵀ @ u"),
    (r"v^T u", "vᵀ @ u"),
    (r"v^{\mathsf T} u", "vᵀ @ u"),
    (r"v^\mathrm{T} u", "vᵀ @ u"),
    (r"v^{\!\intercal} u", "vᵀ @ u"),
    # fractions as TeX takes them
    (r"\frac1N", "1/N"),
    (r"\frac12x", "(1/2)·x"),
    (r"\frac\lambda2 w^2", "(λ/2)·w^2"),
    (r"\tfrac{x}y", "x/y"),
    (r"\dfrac{w x}{2} y", "(w·x/2)·y"),
    (r"-\frac{1}{x^2}", "−1/x^2"),
    (r"x^\frac12", "x^(1/2)"),
    (r"\left(\frac{a}{b}\right)^2", "(a/b)^2"),
    # a layer index is no power
    (r"W^{(1)} v", "W^(1) @ v"),
    (r"W^{(1)\top} v", "W^(1)ᵀ @ v"),
    (r"(W^{(1)})^\top v", "W^(1)ᵀ @ v"),
    (r"\mathbf{W}^{(1)}v", "W^(1) @ v"),
    (r"h^{(1)}_2", "h^(1)_{2}"),
    (r"A^{[1]} v", "A1 @ v"),
    # exponents
    (r"x^{10}", "x^10"),
    (r"x^2y", "x^2·y"),
    (r"2^{-x}x", "2^(−x)·x"),
    (r"\lambda w^2/2", "λ·w^2/2"),
    ("λ w²/2", "λ·w^2/2"),
    # functions
    (r"\sin^2x", "sin(x)^2"),
    (r"\sin 2x", "sin(2·x)"),
    (r"\sin x \cos y", "sin(x)·cos(y)"),
    (r"\log{x}", "ln(x)"),
    (r"\log_{10} x + \log_2(x)", "log10(x) + log2(x)"),
    (r"\ln\frac{x}{2}", "ln(x/2)"),
    (r"\max\{0, x\} + \max(0, x)", "max(0, x) + max(0, x)"),
    (r"\sqrt{x}y + \sqrt[3]{x} + \sqrt[4]{x}", "sqrt(x)·y + cbrt(x) + x^(1/4)"),
    (r"\operatorname{tr}(W)", "trace(W)"),
    # bars and norms
    (r"|x||y|", "abs(x)·abs(y)"),
    (r"\left|x - \left|y\right|\right|^2", "abs(x − abs(y))^2"),
    (r"\sin|x|", "sin(abs(x))"),
    (r"\lVert v \rVert^2", "‖v‖^2"),
    (r"\|v\|_2^2 + \|v\|^2_2", "‖v‖^2 + ‖v‖^2"),
    (r"\left\|W\right\|_F + ||v||_1", "‖W‖_F + ‖v‖_1"),
    # products
    (r"u \odot v", "u ⊙ v"),
    (r"u \circ v", "u ⊙ v"),
    (r"a \cdot b \times c", "a·b·c"),
    # derivatives
    (r"\frac{\partial L}{\partial w}", "∂L/∂w"),
    (r"\partial L/\partial w \cdot x", "∂L/∂w·x"),
    (r"\frac{\mathrm{d}L}{\mathrm{d}w}", "∂L/∂w"),
    (r"\frac{dL}{dw}", "∂L/∂w"),
    (r"dL/dw", "∂L/∂w"),
    (r"\nabla_w L", "∂L/∂w"),
    (r"\nabla_{\mathbf w} L", "∂L/∂w"),
    (r"\frac{\partial (wx+b)}{\partial w}", "(∂/∂w[w·x + b])"),
    (r"\frac{\partial}{\partial w}\left[(wx)^2\right]", "(∂/∂w[(w·x)^2])"),
    (r"\frac{d}{dx}x^2", "(∂/∂x[x^2])"),
    (r"\frac{d^2}{dx^2} x^3", "(∂/∂x[(∂/∂x[x^3])])"),
    (r"\frac{\partial^2 (x^2y)}{\partial x\,\partial y}", "(∂/∂x[(∂/∂y[x^2·y])])"),
    # sums
    (r"\frac1N \sum_{i=1}^{2} v_i^2", "(1/N)·(sum_{i=1}^{2} v_{i}^2)"),
    (r"\sum_i v_i u_i + x", "(sum_{i=1}^{2} (v_{i}·u_{i})) + x"),
    (r"\sum_{i,j} W_{ij}", "(sum_{i=1}^{2} (sum_{j=1}^{2} W_{i, j}))"),
    (r"\sum\limits_{i=1}^2 (v_i - x)^2", "(sum_{i=1}^{2} (v_{i} − x)^2)"),
    (r"\prod_{i=1}^2 v_i", "(prod_{i=1}^{2} v_{i})"),
    # cases and matrices
    (r"\begin{cases} x, & x > 0 \\ 0, & \text{otherwise} \end{cases}", "cases(x if x > 0; 0 otherwise)"),
    (r"\begin{cases} x & \text{if } x \ge 0 \\ 0 & x<0 \end{cases}", "cases(x if x ≥ 0; 0 if x < 0)"),
    (r"\begin{pmatrix} x & y \\ a & b \end{pmatrix} v", "[[x, y], [a, b]] @ v"),
    (r"\begin{bmatrix} x \\ y \end{bmatrix}", "[x, y]"),
    # what only moves things about
    (r"w\,x \quad + \; b .", "w·x + b"),
    (r"\displaystyle \bigl( x + y \bigr) \label{eq:1} % a comment", "x + y"),
    (r"$x + {}y$", "x + y"),
    (r"\boxed{x+1}w", "(x + 1)·w"),
]


@pytest.mark.parametrize(("text", "read_as"), READINGS)
def test_latex_is_read_as_it_prints(text: str, read_as: str) -> None:
    assert read(text).read_as() == read_as


@pytest.mark.parametrize("text", [text for text, _ in READINGS])
def test_a_tree_is_written_as_latex_that_reads_as_the_same_tree(text: str) -> None:
    tree = read(text).tree
    assert read(to_latex(tree)).tree == tree


def test_a_name_declared_with_its_accent_is_that_of_the_command() -> None:
    assert parse_formula(r"\hat{y} + \hat{y}_1", ["ŷ", "y_hat_1"]).names == {"ŷ", "y_hat1"}


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        # what prints as one thing and could be two
        (r"\sigma(1-\sigma)", r"\sigma)", r"write \sigma(z)(1-\sigma(z)) for the product"),
        ("x^10", "10", "write ^{10}, or ^{1} \\cdot 0, which is what TeX prints"),
        ("x_12", "12", "write _{12}, or _{1} \\cdot 2"),
        (r"\frac1234", "234", "could mean two things"),
        (r"\sqrt12", "12", "could mean two things"),
        (r"2\frac12", r"\frac", r"write 2 + \frac12 or 2 \cdot \frac12"),
        (r"\frac{a}{b}^2", "^", "an exponent of the whole or of what stands below"),
        (r"\sin x y", "y", r"write \sin(x) \cdot y or \sin(x y)"),
        (r"\sin xy", "y", r"write \sin(x) \cdot y or \sin(xy)"),
        (r"\log\frac{x}{2} y", "y", "could mean two things"),
        (r"\log\frac{x}{2} \cdot y", r"\cdot", "could mean two things"),
        ("a/b c", "c", "write (a/b)*c or a/(b c)"),
        ("{a+b}^2", "{a", "does not print these braces: write (a+b)"),
        ("1e-3", "1e", "could mean two things"),
        ("2{,}5", "{", "written with a point"),
        ("L(w)", "(w)", "could be a product or the value at w"),
        (r"\frac{dL}{dw}(w)", "(w)", "could be a product or the value at w"),
        (r"\mathbf{w} + w", "w", "would be one name, w"),
        (r"\lg x", r"\lg", "write \\log_{10} or \\log_2"),
        (r"x \pm 1", r"\pm", "stands for two formulas"),
        (r"f^{(2)}(x)", "(2)", "a derivative, a layer or a power"),
        ("x^{(2)}", "x", "never as a power"),
        ("(x+y)^{(2)}", "(2)", "is a layer index"),
        ("x^2^3", "^3", "one exponent"),
        ("x^-1", "-1", "write ^{-…}"),
        # names
        (r"\mathbf{wx}", r"\mathbf", r"write \mathbf{w}\mathbf{x} for the product"),
        (r"\alpha w", r"\alpha", "'\\alpha' is not known here"),
        (r"\mathrm{softmin}(x)", r"\mathrm", "is not a function that is known here"),
        ("exp(-x)", "exp", "write \\exp for the function"),
        ("lambda w", "lambda", "write \\lambda for the declared name"),
        ("x'", "'", "'x' is no function"),
        (r"(wx)'", "'", "is not clear, for it is made of w, x"),
        ("x2", "2", "write x_{2} for the name, x^{2} for the power"),
        (r"\sum_{i=1}^2 w_i", "w_i", "w is not declared as an array"),
        ("v_k", "v", "'v_k' is not known here"),
        (r"\sum_{i=1}^2 v_i + v_i", "v_i", "'v_i' is not known here"),
        ("\u0445w", "\u0445", "has no meaning in a formula"),  # Cyrillic, and no x
        # commands
        (r"\foo", r"\foo", "\\foo is not a command that is read here"),
        (r"\lamda w", r"\lamda", "Did you mean \\lambda?"),
        (r"\def\x{1}", r"\def", "belongs to the commands that define or load"),
        (r"\input{/etc/passwd}", r"\input", "belongs to the commands that define or load"),
        (r"\newcommand{\a}{x}", r"\newcommand", "belongs to the commands that define or load"),
        (r"\catcode`\@=11", r"\catcode", "belongs to the commands that define or load"),
        (r"x + \ldots", r"\ldots", "write the terms out"),
        (r"x \approx y", r"\approx", "write '='"),
        (r"x \to \infty", r"\to", "a chain is written with '='"),
        (r"\mathbb{1}[x>0]", r"\mathbb", r"\begin{cases} 1 & x > 0"),
        ("x < 3", "<", "only in the conditions of cases"),
        (r"\frac{\partial L}{\partial w}\Big|_{w=1}", "|_", "Evaluation bars"),
        (r"\left.x\right|_{x=1}", r"\left", "substitute the value"),
        (r"30^\circ", r"\circ", "Degrees are not read"),
        # derivatives
        (r"\frac{\partial L}{3}", r"\partial", "has its ∂ above and below"),
        (r"\partial L", r"\partial", "stands in a quotient"),
        (r"\nabla L", r"\nabla", "write \\nabla_w L"),
        (r"\frac{\partial wx+b}{\partial w}", "wx+b", "stands in brackets here"),
        (r"\frac{\partial^2 L}{\partial w}", r"\frac", "the order 2, and below 1"),
        # what does not pair
        (r"\frac{1}", "", "\\frac{1} needs what it stands for"),
        (r"\frac", "", "\\frac needs what it stands for"),
        ("{x", "", "a '}' is missing for the { of column 1"),
        ("x}", "}", "closes nothing"),
        (r"\left( x", r"\left", "'\\right)' is missing"),
        (r"x \right)", r"\right", "closes nothing"),
        (r"\left( x ]", "]", "does not close the '\\left(' before it"),
        (r"\frac{(a}{b)}", "(a", "')' is missing"),
        (r"\begin{cases} x", "", "\\end{cases} is missing"),
        (r"\begin{cases} x \end{aligned}", r"\end", "does not close the \\begin{cases} of column 1"),
        (r"\begin{vmatrix} x \end{vmatrix}", r"\begin", "pmatrix or bmatrix"),
        (r"x \\ + \begin{foo} y \end{foo}", r"\begin", "is not an environment that is read here"),
        ("x & y", "&", "stands in no row"),
        ("x_", "", "_ needs what it stands for"),
        ("^2", "^", "Nothing stands before"),
        (r"\sum x", r"\sum", r"write \sum_{i=1}^{n} or \sum_i"),
        ("x $y", "$", "stands within the formula"),
        ("x \\", "\\", "ends within a command"),
    ],
)
def test_what_is_not_clear_is_refused_at_its_place(text: str, at: str, message: str) -> None:
    error = refusal(text)
    assert message in error.message
    place = text.rindex(at) if at else len(text)
    assert error.column == place + 1


def test_a_transpose_is_asked_about_where_T_is_declared() -> None:
    assert "write x^\\top for the transpose" in refusal("x^T", {"T": ()}).message
    assert read("v^T u", {"T": ()}).read_as() == "vᵀ @ u"
    assert read(r"(v)^\top u", {"T": ()}).read_as() == "vᵀ @ u"
    assert read(r"x^{1 \cdot T}", {"T": ()}).read_as() == "x^(1·T)"


def test_d_is_no_operator_where_it_is_declared() -> None:
    assert "since d is a declared symbol" in refusal(r"\frac{d x}{d w}", {"d": ()}).message
    assert "since d is a declared symbol" in refusal("dx/dw", {"d": ()}).message
    assert read(r"\frac{\mathrm{d}(x^2)}{\mathrm{d}x} d", {"d": ()}).read_as() == "(∂/∂x[x^2])·d"


def test_a_declared_e_is_a_symbol() -> None:
    formula = read("e^2", {"e": ()})
    assert formula.read_as() == "e^2"
    assert formula.names == {"e"}
    assert "not Euler's number" in formula.notes[0]


def test_a_declared_sigma_is_a_symbol() -> None:
    formula = read(r"\sigma(1-\sigma)", {"sigma": ()})
    assert formula.names == {"sigma"}
    assert formula(sigma=0.25) == 0.1875


@pytest.mark.parametrize("declared", ["v_bar_4", "v4_bar", "v_bar4"])
def test_a_bar_and_a_subscript_are_declared_in_either_order(declared: str) -> None:
    formula = parse_formula(r"\bar v_4 \cdot v_2", [declared, "v_2"], latex=True)
    assert formula.names == {canonical_name(declared), "v2"}


def test_a_layer_is_read_as_the_number_in_the_name_where_only_that_is_declared() -> None:
    formula = parse_formula(r"w^{(1)} x", ["w1", "x"], latex=True)
    assert formula.read_as() == "w1·x"
    assert formula.notes == ("w^{(1)} is read as w1: (…) in an exponent is a layer.",)


def test_symbols_stay_apart_that_differ_in_case_alone() -> None:
    assert read(r"\frac1N + n").names == {"N", "n"}


@pytest.mark.parametrize(
    ("text", "members"),
    [
        (r"a &= b \\ &= c", ["a", "b", "c"]),
        (r"a = b = \\ = c", ["a", "b", "c"]),
        (r"a &= b \\[2pt] &\quad + c, \\ &= x \nonumber \\", ["a", "b + c", "x"]),
    ],
)
@pytest.mark.parametrize("environment", ["aligned", "align*", "align", "split", "gather"])
def test_rows_are_one_chain(text: str, members: list[str], environment: str) -> None:
    chain = parse_chain(rf"\begin{{{environment}}} {text} \end{{{environment}}}", SCOPE)
    assert [member.read_as() for member in chain] == members


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (r"\begin{aligned} z &= wx \\ y &= x \end{aligned}", "Two equations stand in two displays"),
        (r"\begin{aligned} z &= w - \\ &- b \end{aligned}", "write it once"),
    ],
)
def test_rows_that_do_not_go_on_are_refused(text: str, message: str) -> None:
    with pytest.raises(FormulaError, match=message):
        parse_chain(text, SCOPE)


def test_every_line_of_a_derivation_has_the_value_of_the_first() -> None:
    chain = parse_chain(
        r"""
        \begin{aligned}
        \frac{\partial L}{\partial w}
          &= \frac{\partial}{\partial w}\left[\tfrac12(\sigma(wx+b)-t)^2\right] \\
          &= (\sigma(wx+b)-t)\,\frac{\partial}{\partial w}\bigl(\sigma(wx+b)-t\bigr) \\
          &= (\sigma(wx+b)-t)\,\sigma'(wx+b)\,\frac{\partial (wx+b)}{\partial w} \\
          &= (\sigma(wx+b)-t)\,\sigma'(wx+b)\,x
        \end{aligned}""",
        SCOPE,
    )
    values = [float(member(w=0.5, x=1.2, b=-0.3, t=1.0)) for member in chain]
    y = 1 / (1 + math.exp(-0.3))
    assert len(values) == 5
    np.testing.assert_allclose(values, (y - 1) * y * (1 - y) * 1.2, rtol=1e-12)


def test_the_places_of_a_chain_are_those_of_the_text() -> None:
    first, second = parse_chain(r"\frac{a}{b} = a b^{-1}", SCOPE)
    assert (first.text, first.start) == (r"\frac{a}{b}", 0)
    assert (second.text, second.start) == ("a b^{-1}", 14)


def test_what_is_undeclared_is_told_in_order() -> None:
    assert undeclared(r"\tfrac12(\sigma(wx+b)-\hat{t})^2 + \mathbf{W}^{(1)}_{out}", {"x": ()}) == (
        "w",
        "b",
        "t_hat",
        "W^(1)_out",
    )


def test_log_is_the_natural_logarithm_and_a_note_says_so() -> None:
    formula = read(r"\log(x)^2")
    assert formula.read_as() == "ln(x)^2"
    assert "natural logarithm" in formula.notes[0]
    assert formula.notes[1] == r"A power of \log(x) is that of its value: (\log(x))^…."


def test_tokens_have_the_place_of_what_was_typed() -> None:
    text = r"\mathbf{w}_{1} + \frac{x}{2}"
    tokens = read_latex(text, Names.declare(["w_1", "x"]), [])
    assert text[tokens[0].start : tokens[0].end] == r"\mathbf{w}_{1}"
    assert [text[token.start : token.end] for token in tokens if token.type == "NUMBER"] == ["2"]
    assert text[tokens[2].start : tokens[-1].end] == r"\frac{x}{2}"
