"""Typed formulas are read as mathematicians mean them, or refused with the place and a way out."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys

import numpy as np
import pytest

from gradlab.notation.formula import (
    Formula,
    FormulaError,
    canonical_name,
    parse_assignments,
    parse_claim,
    parse_formula,
)

NAMES = ("x", "y", "w", "b", "z", "t", "a", "c", "x1", "x2", "lambda")
VALUES = {name: 0.3 + 0.2 * place for place, name in enumerate(NAMES)}


def read(text: str, *more: str) -> Formula:
    return parse_formula(text, (*NAMES, *more))


def refusal(text: str, *more: str) -> FormulaError:
    with pytest.raises(FormulaError) as caught:
        read(text, *more)
    return caught.value


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("ln(x1) + x1*x2 - sin(x2)", "ln(x1) + x1·x2 − sin(x2)"),
        # numbers
        ("2", "2"),
        ("0.5", "0.5"),
        (".5", "0.5"),
        ("5.", "5.0"),
        ("1e-3", "0.001"),
        ("2e3x", "2000.0·x"),
        ("½(y-t)²", "0.5·(y − t)^2"),
        # operators and their order
        ("-x^2", "−x^2"),
        ("a^b^c", "a^(b^c)"),
        ("2^-1", "2^(−1)"),
        ("x**2", "x^2"),
        ("x**-y", "x^(−y)"),
        ("--x", "−(−x)"),
        ("+x", "x"),
        ("x - -y", "x + y"),
        ("a-b-c", "a − b − c"),
        ("a-(b-c)", "a − (b − c)"),
        ("a/b/c", "(a/b)/c"),
        ("a/b*c", "(a/b)·c"),
        ("a/(b*c)", "a/(b·c)"),
        ("-x/2*y", "−(x/2)·y"),
        ("1/2*x", "(1/2)·x"),
        ("x·y⋅z × w ∗ t ÷ a − b – c", "x·y·z·w·t/a − b − c"),
        ("{x + 1}^{2}", "(x + 1)^2"),
        # products without a sign
        ("2x", "2·x"),
        ("2 x", "2·x"),
        ("x y", "x·y"),
        ("(a+b)(c+t)", "(a + b)·(c + t)"),
        ("2 sin(x)", "2·sin(x)"),
        ("x sin x", "x·sin(x)"),
        ("x y/z", "x·y/z"),
        ("2x/3", "2·x/3"),
        ("x^2y", "x^2·y"),
        ("x²y³", "x^2·y^3"),
        ("3x^2(y+1)z", "3·x^2·(y + 1)·z"),
        ("x(y+1)", "x·(y + 1)"),
        ("wx+b", "w·x + b"),
        ("x1x2", "x1·x2"),
        ("2πx", "2·π·x"),
        ("xe^-z", "x·exp(−z)"),
        ("xsin(y)", "x·sin(y)"),
        ("sinx", "sin(x)"),
        ("sin2x", "sin(2·x)"),
        ("sinx cosy", "sin(x)·cos(y)"),
        # superscripts and bars
        ("x⁻¹", "x^(−1)"),
        ("x¹²", "x^12"),
        ("2^x²", "2^(x^2)"),
        ("|x|", "abs(x)"),
        ("|x||y|", "abs(x)·abs(y)"),
        ("|x - |y||", "abs(x − abs(y))"),
        ("||x| - 1|", "abs(abs(x) − 1)"),
        ("2|x|/|-y|", "2·abs(x)/abs(−y)"),
        ("max(|x|, |y|)", "max(abs(x), abs(y))"),
        # functions
        ("sin x", "sin(x)"),
        ("sin 2x", "sin(2·x)"),
        ("sin 2 pi x", "sin(2·π·x)"),
        ("sin wx", "sin(w·x)"),
        ("sin x^2", "sin(x^2)"),
        ("sin^2 x", "sin(x)^2"),
        ("sin^2(x)", "sin(x)^2"),
        ("sin²x", "sin(x)^2"),
        ("sin^{2} x", "sin(x)^2"),
        ("sin(x)^2", "sin(x)^2"),
        ("sin x cos y", "sin(x)·cos(y)"),
        ("sin x * cos y", "sin(x)·cos(y)"),
        ("sin x / cos x", "sin(x)/cos(x)"),
        ("sin x + y", "sin(x) + y"),
        ("ln sin x", "ln(sin(x))"),
        ("ln |x|", "ln(abs(x))"),
        ("1/sin x", "1/sin(x)"),
        ("e^{-z}", "exp(−z)"),
        ("e^x sin x", "exp(x)·sin(x)"),
        ("√x + √(x+1)y", "sqrt(x) + sqrt(x + 1)·y"),
        ("log(x)", "ln(x)"),
        ("log_10(x) + log2 x", "log10(x) + log2(x)"),
        ("asin(x) + atan2(y, x)", "arcsin(x) + arctan2(y, x)"),
        ("max(x, y, 2)", "max(x, y, 2)"),
        ("sgn(x)", "sign(x)"),
        ("ReLU(x)", "relu(x)"),
        ("σ(wx+b)", "σ(w·x + b)"),
        ("sigma(z) + sigmoid(z)", "σ(z) + σ(z)"),
        # names
        ("x_1 + x₁ + x_{1} + x1", "x1 + x1 + x1 + x1"),
        ("λ w^2/2", "λ·w^2/2"),
        ("lambda w²", "λ·w^2"),
    ],
)
def test_a_formula_is_read_as_it_is_meant(text: str, read_as: str) -> None:
    formula = read(text)
    assert formula.read_as() == read_as
    again = read(read_as)
    assert again.read_as() == read_as
    np.testing.assert_equal(again(**VALUES), formula(**VALUES))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-2^2", -4.0),
        ("2^3^2", 512.0),
        ("2^-1", 0.5),
        ("1/2", 0.5),
        ("8/4/2", 1.0),
        ("8/4*2", 4.0),
        ("5-3-1", 1.0),
        ("3 - 2·2 + 1", 0.0),
        ("|2-3|", 1.0),
        ("max(1, 3, 2) - min(1, 3, 2)", 2.0),
        ("log10(1000) + log2(8)", 6.0),
        ("ln(e) + log(e)", 2.0),
        ("expm1(0) + log1p(0)", 0.0),
        ("sin(pi/2) + cos π", 0.0),
        ("sec(0) + cot(π/4) + csc(π/2)", 3.0),
        ("sigmoid(0) + relu(-1) + softplus(0) - ln 2", 0.5),
        ("cbrt(27) + √16", 7.0),
        ("sign(-3)", -1.0),
        ("2²", 4.0),
        ("½ + ¼", 0.75),
    ],
)
def test_a_constant_formula_has_its_value(text: str, expected: float) -> None:
    assert parse_formula(text, ())() == pytest.approx(expected, abs=1e-12)


def test_a_formula_is_evaluated_on_what_numpy_accepts() -> None:
    formula = read("ln(x1) + x1*x2 - sin(x2)")
    assert formula(x1=2.0, x2=5.0) == pytest.approx(11.652071455223083)
    assert formula(x_1=2, **{"x₂": 5}) == formula(x1=2.0, x2=5.0)
    np.testing.assert_allclose(formula(x1=np.array([2, 2]), x2=5), [11.652071455223083] * 2)
    slope = formula(x1=2 + 1e-30j, x2=5.0).imag / 1e-30
    assert slope == pytest.approx(5.5)
    assert formula(x1=np.float32(2), x2=np.float32(5)).dtype == np.float32


def test_a_tracer_passes_through_a_formula() -> None:
    from gradlab.engine import grad

    formula = read("½(σ(wx+b)-t)² + λ w²/2")
    point = {"x": 1.2, "t": 1.0, "lambda": 0.1}
    slopes = grad(lambda w, b: formula(w=w, b=b, **point), argnums=(0, 1))(0.5, -0.3)
    assert slopes == pytest.approx((-0.0748372766411018, -0.1040310638675848))


def test_an_integer_exponent_stays_an_integer() -> None:
    class Exponents:
        __array_ufunc__ = None

        def __pow__(self, exponent: object) -> object:
            return exponent

    for text, exponent in (("x^2", 2), ("x²", 2), ("x^-3", -3), ("x^{2}", 2), ("x^(1/2)", 0.5)):
        seen = read(text)(x=Exponents())
        assert (seen, type(seen)) == (exponent, type(exponent))


@pytest.mark.parametrize("text", ["1/x", "ln(x)", "x^-1", "ln(x − 1)", "1/(x − x)"])
def test_outside_its_domain_a_formula_is_not_finite_and_does_not_raise(text: str) -> None:
    assert not np.isfinite(read(text)(x=0.0))


def test_a_formula_says_which_value_is_missing_and_ignores_others() -> None:
    assert read("x_1 + 1")(x1=1.0, y=5.0) == 2
    with pytest.raises(TypeError, match=r"'x_1 \+ y' needs a value for x1, y"):
        read("x_1 + y")()


def test_a_formula_knows_its_names_and_can_be_sent_to_a_worker() -> None:
    formula = read("x_1 + λ·x₁ + σ(2)")
    assert formula.names == {"x1", "lambda"}
    assert pickle.loads(pickle.dumps(formula)) == formula
    error = refusal("2 3").with_traceback(None)  # which is no part of what is sent
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize(
    ("text", "more", "note"),
    [
        ("log(x)", (), "log is the natural logarithm (for base 10 write log10, for base 2 log2)."),
        ("σ(z)", (), "σ is the logistic function 1/(1 + e^(−z))."),
        ("wx", (), "wx is read as w·x."),
        ("xsinx", (), "xsinx is read as x·sin x."),
        ("x(y+1)", (), "x(…) is read as a product, since x is a declared symbol."),
        ("π(y+1)", (), "π(…) is read as a product, since π is a number."),
        ("asin(x)", (), "asin is read as one function, not as a·sin."),
        ("e + 1", (), "e is Euler's number 2.71828…."),
        ("σ + 1", ("sigma",), "σ is the declared symbol here, not the logistic function"),
        ("e^x", ("e",), "e is the declared symbol here, not Euler's number"),
        ("π x", ("pi",), "π is the declared symbol here"),
        ("exp x", ("exp",), "exp is the declared symbol here, not the function."),
        ("exp(x)", ("exp",), "exp(…) is read as the function, though exp is a declared symbol too"),
    ],
)
def test_what_is_assumed_is_said(text: str, more: tuple[str, ...], note: str) -> None:
    assert any(said.startswith(note) for said in read(text, *more).notes)


@pytest.mark.parametrize("text", ["2x + ln(x) - sigmoid(z)", "e^{-z}", "x1 x2"])
def test_what_is_not_assumed_is_not_said(text: str) -> None:
    assert read(text).notes == ()


@pytest.mark.parametrize(
    ("text", "name", "read_as"),
    [
        ("sigma(1-sigma)", "σ", "σ·(1 − σ)"),
        ("sigmoid(z) - σ", "sigma", "sigmoid(z) − σ"),
        ("e^x", "e", "e^x"),
        ("2 pi", "pi", "2·π"),
        ("xsin(y)", "xsin", "xsin·(y)"),
        ("wx + 1", "wx", "wx + 1"),
        ("ŷ - y", "ŷ", "ŷ − y"),
        ("W_{out} x", "W_out", "W_out·x"),
        ("θ0 + theta_0", "theta_0", "θ0 + θ0"),
    ],
)
def test_a_declared_name_comes_before_everything_else(text: str, name: str, read_as: str) -> None:
    assert read(text, name).read_as() == read_as.replace("(y)", "y")


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("1/2x", "(1/2)*x", "1/(2x)"),
        ("1/2 (y-t)^2", "(1/2)*(y-t)^2", "1/(2 (y-t)^2)"),
        ("a/b c", "(a/b)*c", "a/(b c)"),
        ("1/-2x", "(1/-2)*x", "1/(-2x)"),
        ("1/wx", "(1/w)*x", "1/(wx)"),
        ("1/2 sin x", "(1/2)*sin x", "1/(2 sin x)"),
        ("sin x y", "sin(x)*y", "sin(x y)"),
        ("sin^2 x y", "sin^2(x)*y", "sin^2(x y)"),
        ("sin x(y+1)", "sin(x)*(y+1)", "sin(x(y+1))"),
        ("sin 2(x+1)", "sin(2)*(x+1)", "sin(2(x+1))"),
        ("ln |x| y", "ln(|x|)*y", "ln(|x| y)"),
        ("sin cos x y", "cos(x)*y", "cos(x y)"),
        ("sin x/2", "sin(x)/2", "sin(x/2)"),
        ("sin x * y", "sin(x)*y", "sin(x*y)"),
        ("2 sin x · y", "sin(x)·y", "sin(x·y)"),
        ("ln sin x cos y", "ln(sin x)*cos y", "ln(sin x*cos y)"),
        ("√2x", "sqrt(2)*x", "sqrt(2x)"),
        ("e^2x", "e^2*x", "e^(2*x)"),
        ("e^-wx", "e^-w*x", "e^(-w*x)"),
        ("2^3 x", "2^3*x", "2^(3*x)"),
        ("e^2sin(x)", "e^2*sin(x)", "e^(2*sin(x))"),
        ("e^xsin(y)", "e^x*sin(y)", "e^(x*sin(y))"),
        ("x^ab", "x^a*b", "x^(a*b)"),
    ],
)
def test_what_has_two_readings_is_refused_with_both(text: str, first: str, second: str) -> None:
    message = refusal(text).message
    assert message.endswith(f"could mean two things: write {first} or {second}.")
    one, other = read(first)(**VALUES), read(second)(**VALUES)
    assert one != pytest.approx(other)


@pytest.mark.parametrize(
    ("text", "more", "message"),
    [
        ("sin^-1 x", (), "write 1/sin(x) (or another power of sin(x)) or arcsin(x)"),
        ("sin⁻¹(x)", (), "write 1/sin(x) (or another power of sin(x)) or arcsin(x)"),
        ("√x²", (), "could mean two things: write sqrt(x²) or sqrt(x)²."),
        ("sin^2(x)^3", (), "A power of 'sin^2(x)' is not clear: write (sin^2(x))^…"),
        ("x²^3", (), "could mean two things: write (x²)^3 or x^(2^3)"),
        ("|x|y|z|", (), "can be paired in more than one way: write abs(…)"),
        ("tanhx", ("h",), "'tanhx' can be read as tanh x or as tan h·x"),
        ("log2x", (), "'log2x' can be read as log2 x or as log 2·x"),
    ],
)
def test_other_ambiguities_are_refused_too(text: str, more: tuple[str, ...], message: str) -> None:
    assert message in refusal(text, *more).message


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "The formula is empty."),
        ("   ", 1, "The formula is empty."),
        ("ln(x1 + ", 8, "something is missing after '+', and a ')' is missing: the '(' of column 3"),
        ("ln(x1", 6, "a ')' is missing: the '(' of column 3 is never closed"),
        ("(", 2, "nothing follows '(', and a ')' is missing"),
        ("x)", 2, "This ')' closes nothing: no '(' is open."),
        ("(x}", 3, "This '}' does not close the '(' of column 1."),
        ("x + ", 4, "something is missing after '+'"),
        ("x * / y", 5, "Something is missing between '*' and '/'."),
        ("*x", 1, "Something is missing before '*'."),
        ("x^²", 3, "Something is missing between '^' and '²'."),
        ("()", 2, "Nothing stands between '(' and ')'."),
        ("(*x)", 2, "Something is missing between '(' and '*'."),
        ("max(x,,y)", 7, "Something is missing between ',' and ','."),
        ("|x", 1, "The bars |…| don't pair up"),
        ("2 3", 3, "Two numbers stand side by side: write 2*3 for the product."),
        ("x 2", 3, "A number after 'x' is not read as a factor: write x*2 or x^2."),
        ("(x)2", 4, "write …)*2 or …)^2"),
        ("1,5 x", 2, "decimals are written with a point: 0.5"),
        ("x.y", 2, "This point belongs to no number"),
        ("1_000", 2, "Numbers are written without '_'."),
        ("1e999", 1, "This number is too large for a float."),
        ("1e-999", 1, "This number is too small for a float."),
        # names
        ("q + 1", 1, "'q' is not known here (known: a, b, c, lambda, t, w, x, x1, x2, y, z)."),
        ("1 + lamda", 5, "Did you mean lambda?"),
        ("W x", 1, "Did you mean w?"),
        ("x3", 1, "For the product write 3x, for the power x^3."),
        ("x_i", 1, "'x_i' is not known here"),
        ("x_ab", 1, "'x_ab' is not known here"),
        # functions
        ("foo(x)", 1, "'foo' is not a function that is known here"),
        ("sine(x)", 1, "Did you mean sin?"),
        ("Sin(x)", 1, "Did you mean sin?"),
        ("sinx(y)", 1, "'sinx' is not a function that is known here"),
        ("sin(x, y)", 1, "sin takes 1 argument, and has 2 here."),
        ("atan2(x)", 1, "atan2 takes 2 arguments, and has 1 here."),
        ("max x", 1, "max takes 2 or more arguments, and has 1 here."),
        ("max(x)", 1, "max takes 2 or more arguments, and has 1 here."),
        ("log(x, 2)", 1, "For a logarithm to another base write ln(x)/ln(b), log2(x) or log10(x)."),
        ("sin()", 5, "Nothing stands between '(' and ')'."),
        ("x + sin", 8, "The function sin needs an argument: write sin(x)."),
        ("sin^2", 6, "The function sin needs an argument: write sin^2(x)."),
        ("sin² + x", 6, "The function sin needs an argument: write sin²(x)."),
        ("sin * x", 5, "The function sin needs an argument"),
        ("exp -x", 5, "one with a sign stands in brackets: exp(-x)"),
        ("x^sin y", 7, "A function in an exponent needs brackets around its argument: write …^sin(…)."),
        (
            "σ(1-σ)",
            6,
            "'σ(1-σ)' could mean two things, and σ lacks its argument: write σ(z)(1-σ(z)) or σ(1-σ(z)).",
        ),
        ("1 - σ", 6, "σ is the logistic function and needs an argument: write σ(z). If σ is a symbol"),
        # stray characters
        ("x = 2", 3, "without '='; a claim is written as 'name: formula'"),
        ("x: 2", 2, "without ':'"),
        ("“x”", 1, "Quotation marks have no place in a formula: take '“' away."),
        ("[x", 3, "a ']' is missing: the '[' of column 1 is never closed"),
        ("x; y", 2, "A formula is one expression, without ';'."),
        ("x < y", 3, "A formula is one expression, without '<'."),
        ("5!", 2, "Factorials are not read in formulas."),
        ("x²⁻", 2, "A superscript is a whole number"),
        ("x # y", 3, "'#' (U+0023, NUMBER SIGN) has no meaning in a formula."),
        # primes, derivatives and sums
        ("f'(x)", 1, "'f' is not a function that is known here"),
        ("2'", 2, "A prime stands directly after a function, as in σ'(z) or f'(x); this one does not."),
        ("(x + w)'", 8, "The prime after '(x + w)' is not clear, for it is made of w, x"),
        ("σ' x", 4, "Write the argument of σ' in brackets: σ'(z)."),
        ("σ' + x", 4, "A function with a prime needs its argument in brackets: σ'(z)."),
        ("max'(x, y)", 1, "a prime is the derivative of a function of one number"),
        ("df/dx", 2, "'f' is not known here"),
        ("∂f/∂x", 2, "'f' is not known here"),
        ("∂x/∂f", 5, "'f' is not known here, so that nothing can be derived by it"),
        ("∂x", 1, "Write a derivative as ∂/∂x[…], ∂L/∂x or d/dx[…]."),
        ("∂²x/∂y", 1, "This derivative is of order 2 above and 1 below the line."),
        ("d/dx + x", 6, "What is derived is missing after 'd/dx'"),
        ("∇ x", 1, "Write a gradient with the name to derive by: ∇_w L."),
        ("sum_{i=1}^n x", 11, "'n' is not declared, and no array with the index i tells it."),
        ("∑ x", 1, "Write the index of a sum, as in ∑_i x_i or ∑_{i=1}^{n} x_i."),
        ("sum_i x", 1, "How far does i go? Write sum_{i=1}^{n}, with n a number."),
        ("sum_{x=1}^3 x", 6, "x is a declared name, and can't be an index too"),
        ("sum_i=1^3 x", 5, "Put where the index begins in braces. Write it as sum_{i=1}^{n}."),
        ("sum_{i=1}^{99999} i", 1, "A sum has at most 10000 terms here."),
        ("wᵀx", 2, "A transpose needs shapes"),
        ("x^T", 2, "A transpose needs shapes"),
        ("det(x)", 1, "'det' is not read in formulas: write it out, or give a Python function."),
        ("x + 9^9^9", 5, "'9^9^9' is too large: a float ends at 1.8·10^308."),
        ("e^1000", 1, "'e^1000' is too large"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, column: int, message: str) -> None:
    error = refusal(text)
    assert message in error.message
    assert (error.column, error.text) == (column, text)
    assert error.message.endswith((".", "?"))


def test_a_refusal_shows_the_line_and_a_caret() -> None:
    with pytest.raises(FormulaError) as caught:
        parse_formula("x\n + ln(y z", ["x", "y", "z"], where="--hand x")
    assert str(caught.value) == (
        "--hand x: The text ends too early: a ')' is missing: the '(' of column 6 is never closed.\n"
        "     + ln(y z\n"
        "             ^"
    )


def test_of_many_declared_names_some_are_listed() -> None:
    with pytest.raises(FormulaError, match=r"\(known: x0, x1, .*, …\)"):
        parse_formula("q", [f"x{place}" for place in range(99)])


def test_names_that_are_the_same_when_read_cannot_both_be_declared() -> None:
    with pytest.raises(FormulaError, match="x_1 and x1 are the same name when read"):
        parse_formula("x1", ["x_1", "x1"])
    with pytest.raises(FormulaError, match="'2x' is not a name"):
        parse_formula("x", ["2x"])


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("x", "x"),
        (" x ", "x"),
        ("x1", "x1"),
        ("x_1", "x1"),
        ("x₁", "x1"),
        ("x₁₂", "x12"),
        ("x_{12}", "x12"),
        ("x_i", "x_i"),
        ("xᵢ", "x_i"),
        ("x_{out}", "x_out"),
        ("λ", "lambda"),
        ("λ_1", "lambda1"),
        ("Θ", "Theta"),
        ("ϵ", "epsilon"),
        ("x1_2", "x1_2"),
        ("_private", "_private"),
    ],
)
def test_every_spelling_of_a_name_has_one_canonical_form(typed: str, canonical: str) -> None:
    assert canonical_name(typed) == canonical
    assert canonical_name(canonical) == canonical


@pytest.mark.parametrize("text", ["", "2x", "x y", "x-1", "x'", "x_{", "х", "x\0"])
def test_what_is_no_name_has_no_canonical_form(text: str) -> None:
    with pytest.raises(FormulaError, match="is not a name"):
        canonical_name(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("x1=2, x2=5", {"x1": 2.0, "x2": 5.0}),
        ("w=[1, 2]; A=[[1,2],[3,4]]", {"w": [1.0, 2.0], "A": [[1.0, 2.0], [3.0, 4.0]]}),
        ("x_1 = 1/2, λ=-2e-3;", {"x1": 0.5, "lambda": -0.002}),
        ("x=sqrt(4), y=|−2|, z=2^-1", {"x": 2.0, "y": 2.0, "z": 0.5}),
        ("e=1, sin=2, lambda=3", {"e": 1.0, "sin": 2.0, "lambda": 3.0}),
        ("w=[-1, 2 - 3, max(1, 2)]", {"w": [-1.0, -1.0, 2.0]}),
        ("x=½,\ny=2π/π", {"x": 0.5, "y": 2.0}),
    ],
)
def test_values_are_read(text: str, values: dict[str, object]) -> None:
    read = parse_assignments(text)
    assert read == values
    assert all(isinstance(value, (float, list)) for value in read.values())


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "No values are given"),
        ("x", 2, "A '=' is missing after 'x': write name=number."),
        ("x 2", 2, "A '=' is missing after 'x'"),
        ("x:2", 2, "A '=' is missing after 'x'"),
        ("x=2; y", 7, "A '=' is missing after 'y'"),
        ("x=", 3, "A value is missing after '='."),
        ("=2", 1, "Something is missing before '='."),
        ("x=2 y=3", 5, "A comma is missing before 'y'."),
        ("x=2,,y=3", 5, "Write each value as name=number"),
        ("x=1,5", 5, "Write each value as name=number"),
        ("x=1, x=2", 6, "'x' is given twice."),
        ("x_1=1, x₁=2", 8, "'x₁' is given twice."),
        ("A=[[1,2],[3]]", 1, "row 1 has 2 and row 2 has 1"),
        ("A=[1,[2]]", 1, "numbers and lists stand side by side"),
        ("x=[]", 4, "Nothing stands between '[' and ']'."),
        ("x=[1 2]", 6, "A comma is missing between '1' and '2'."),
        ("x=[1 -2]", 6, "Is this one number or two? Write '1, -…' or '1 - …'."),
        ("x=[1; 2]", 5, "Within a list the numbers are separated by commas"),
        ("x=(1, 2)", 5, "A list is written in square brackets: name=[1, 2]."),
        ("x=[1, 2", 8, "a ']' is missing"),
        ("x=nan", 3, "NaN and infinity are not values"),
        ("x=[1, -Inf]", 8, "NaN and infinity are not values"),
        ("x=1/0", 3, "'1/0' is not a finite real number."),
        ("x=9^9^9", 3, "'9^9^9' is too large: a float ends at 1.8·10^308."),
        ("x=[1, sqrt(-1)]", 7, "'sqrt(-1)' is not a finite real number."),
        ("x=y", 3, "'y' is not a number"),
        ("x='a'", 3, "Quotation marks have no place in a number."),
        ("x=__import__('os')", 3, "'__import__' is not a number"),
    ],
)
def test_values_that_cannot_be_used_are_refused(text: str, column: int, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_assignments(text)
    assert message in caught.value.message
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("x1: 1/x1 + x2", ("x1", "1/x1 + x2", 4)),
        ("x_1 = 1/x1", ("x1", "1/x1", 6)),
        ("∂x1: 2", ("x1", "2", 5)),
        ("∂f/∂x1 = 2x", ("x1", "2x", 9)),
        ("∂/∂λ: 2", ("lambda", "2", 6)),
        ("df/dx₁ = 2 ", ("x1", "2", 9)),
        ("dx1: 2", ("dx1", "2", 5)),
        ("∂L/∂W_{out} = y", ("W_out", "y", 14)),
    ],
)
def test_a_claim_is_a_name_and_a_formula(text: str, claim: tuple[str, str, int]) -> None:
    assert parse_claim(text) == claim
    assert text[claim[2] :].strip() == claim[1]


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "The claim is empty."),
        (": 2", 1, "no name stands here"),
        ("1: 2", 1, "no name stands here"),
        ("x1", 3, "a ':' is missing after 'x1'"),
        ("x1 2", 3, "a ':' is missing after 'x1'"),
        ("x1: ", 4, "The formula of this claim is missing."),
        ("∂²f/∂x² = 2", 7, "a ':' is missing after 'x'"),
    ],
)
def test_a_claim_that_cannot_be_read_is_refused(text: str, column: int, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_claim(text)
    assert message in caught.value.message
    assert caught.value.column == column


def test_every_suggested_spelling_of_a_function_is_known() -> None:
    from gradlab.notation.functions import FUNCTIONS

    for name, function in FUNCTIONS.items():
        arguments = ", ".join("xyz"[: function.fewest])
        assert re.match(r"[σa-z0-9]+\(", read(f"{name}({arguments})").read_as())


def test_reading_formulas_needs_no_heavy_library() -> None:
    code = (
        "import sys, gradlab.notation.formula as f; before = 'lark' in sys.modules; "
        "f.parse_formula('x', ['x']); "
        "print(before, sorted({'sympy', 'mpmath', 'matplotlib'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split("\n")[0] == "False []"
