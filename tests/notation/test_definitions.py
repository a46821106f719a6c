"""Quantities and functions that are defined beside a formula, and the derivatives through them."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from gradlab.engine import grad, hessian
from gradlab.notation.formula import (
    FormulaError,
    Scope,
    parse_chain,
    parse_definition,
    parse_formula,
    undeclared,
)
from gradlab.notation.scope import Definition
from gradlab.notation.tree import Derivative, Name

SYMBOLS = ("w", "x", "b", "t", "lambda", "c")
POINT = {"w": 0.5, "x": 1.2, "b": -0.3, "t": 1.0, "lambda": 0.1, "c": 2.0}
LOSS = ("z = w x + b", "y = σ(z)", "L = ½(y − t)²", "R = ½w²", "f(x) = x^3 + c x", "g(u, v) = u^2 v")


def scope_of(*definitions: str, symbols: tuple[str, ...] = SYMBOLS) -> Scope:
    scope = Scope(dict.fromkeys(symbols, ()))
    for text in definitions:
        scope = scope.defining(parse_definition(text, scope))
    return scope


SCOPE = scope_of(*LOSS)


def value(text: str, scope: Scope = SCOPE, **given: float) -> float:
    return float(parse_formula(text, scope)(**{**POINT, **given}))


def sigmoid(z: float) -> float:
    return float(1 / (1 + np.exp(-z)))


Y = sigmoid(0.5 * 1.2 - 0.3)
SLOPE = Y * (1 - Y)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L", 0.5 * (Y - 1) ** 2),
        ("∂L/∂w", (Y - 1) * SLOPE * 1.2),
        ("dL/dw", (Y - 1) * SLOPE * 1.2),
        ("∇_w L", (Y - 1) * SLOPE * 1.2),
        ("∇_{w} L", (Y - 1) * SLOPE * 1.2),
        ("∂L/∂y · ∂y/∂z · ∂z/∂w", (Y - 1) * SLOPE * 1.2),
        ("∂L/∂y ∂y/∂z ∂z/∂b", (Y - 1) * SLOPE),
        ("∂L/∂z", (Y - 1) * SLOPE),
        ("∂L/∂L", 1.0),
        ("∂t/∂w", 0.0),
        ("∂(L + λR)/∂w", (Y - 1) * SLOPE * 1.2 + 0.1 * 0.5),
        ("d(wx + b)/dw", 1.2),
        ("(y − t) σ'(z) x", (Y - 1) * SLOPE * 1.2),
        ("(y − t) σ′(wx+b) x", (Y - 1) * SLOPE * 1.2),
        ("σ''(z)", SLOPE * (1 - 2 * Y)),
        ("σ″(z)", SLOPE * (1 - 2 * Y)),
        ("σ'(z)^2", SLOPE**2),
        ("tanh'(0)", 1.0),
        ("cos'(0)", 0.0),
        ("d/dx[x^2]", 2.4),
        ("d/dx(x^2)", 2.4),
        ("d/dx x^2", 2.4),
        ("d/dx (x + 1)^2", 4.4),
        ("d/dx sin 2x", 2 * np.cos(2.4)),
        ("d/dx[x^2] x", 2.88),
        ("d/dx x^2 · w", 1.2),
        ("w d/dx x^2", 1.2),
        ("½ ∂/∂w (σ(wx+b) − t)^2 + (λ/2) ∂/∂w w^2", (Y - 1) * SLOPE * 1.2 + 0.1 * 0.5),
        ("d²/dx² [x^4]", 12 * 1.2**2),
        ("d^2/dx^2 x^4", 12 * 1.2**2),
        ("∂²L/∂w²", (SLOPE**2 + (Y - 1) * SLOPE * (1 - 2 * Y)) * 1.2**2),
        ("∂²(w^2 x^3)/∂w∂x", 2 * 0.5 * 3 * 1.2**2),
        ("∂/∂w ∂/∂x (w^2 x^3)", 2 * 0.5 * 3 * 1.2**2),
        ("∂/∂w(∂L/∂w) − ∂²L/∂w²", 0.0),
        ("∂L/∂w / ∂L/∂b", 1.2),
        ("f(w)", 0.125 + 1.0),
        ("f(2 f(1))", 216.0 + 12.0),
        ("f'(w)", 3 * 0.25 + 2.0),
        ("f''(w)", 3.0),
        ("df/dx", 3 * 1.44 + 2),
        ("df(w)/dw", 3 * 0.25 + 2),
        ("g(w, x)", 0.25 * 1.2),
        ("∂g(w, x)/∂x", 0.25),
        ("∂f(z)/∂w", (3 * 0.3**2 + 2) * 1.2),
        ("sum_{i=1}^{3} i x^i", 1.2 + 2 * 1.2**2 + 3 * 1.2**3),
    ],
)
def test_definitions_and_derivatives_have_their_values(text: str, expected: float) -> None:
    assert value(text) == pytest.approx(expected, rel=1e-12, abs=1e-15)
    formula = parse_formula(text, SCOPE)
    assert parse_formula(formula.read_as(), SCOPE).tree == formula.tree


def test_a_formula_needs_the_symbols_and_not_the_quantities() -> None:
    formula = parse_formula("∂L/∂w + λ", SCOPE)
    assert formula.names == {"w", "x", "b", "t", "lambda"}
    assert parse_formula("f(2)", SCOPE).names == {"c"}
    with pytest.raises(TypeError, match="needs a value for t"):
        formula(**{name: value for name, value in POINT.items() if name != "t"})


def test_a_value_that_is_given_comes_before_the_definition() -> None:
    formula = parse_formula("∂L/∂y", SCOPE)
    assert formula(y=3.0, t=1.0) == pytest.approx(2.0)
    assert formula(z=0.0, t=1.0) == pytest.approx(-0.5)


def test_a_formula_with_derivatives_can_be_derived_again_and_sent_to_a_worker() -> None:
    formula = parse_formula("∂L/∂w", SCOPE)
    rest = {name: value for name, value in POINT.items() if name != "w"}
    loss = parse_formula("L", SCOPE)
    assert grad(lambda w: loss(w=w, **rest))(0.5) == pytest.approx(formula(**POINT))
    second = hessian(lambda w: loss(w=w, **rest))(0.5)
    assert grad(lambda w: formula(w=w, **rest))(0.5) == pytest.approx(second)
    assert pickle.loads(pickle.dumps(formula))(**POINT) == formula(**POINT)


@pytest.mark.parametrize("text", ["∂L/∂w", "(y − t) σ'(z) x", "f'(w)", "sum_{i=1}^{3} ∂L/∂w i"])
def test_a_formula_with_derivatives_is_exact_at_50_digits(text: str) -> None:
    from gradlab.engine import evaluate, trace
    from gradlab.numbers.precise import Precise

    formula = parse_formula(text, SCOPE)
    program, result = trace(lambda w: formula(**{**POINT, "w": w}), [0.5])
    fifty, more = Precise(50), Precise(70)
    (exact,) = evaluate(program, [fifty.constant(0.5)], fifty)
    (closer,) = evaluate(program, [more.constant(0.5)], more)
    assert float(exact) == pytest.approx(float(result), rel=1e-13)
    assert abs(exact - closer) < 1e-48


def test_a_derivative_is_known_by_its_node() -> None:
    first, last = parse_chain("∂L/∂w = (y − t) σ'(z) x", SCOPE)
    assert isinstance(first.tree, Derivative)
    assert first.tree == Derivative(Name("L"), "w")
    assert (first.text, first.start, last.text, last.start) == ("∂L/∂w", 0, "(y − t) σ'(z) x", 8)
    assert float(first(**POINT)) == pytest.approx(float(last(**POINT)))


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("z = w x + b", "z = w·x + b"),
        ("σ(z) = 1/(1+e^{-z})", "σ(z) = 1/(1 + exp(−z))"),
        ("f( u , v ) = u v", "f(u, v) = u·v"),
        ("θ_1 = w", "θ1 = w"),
        ("W^(1) = 2", "W^(1) = 2"),
        ("f(x) = d/dx[x^2]", "f(x) = (∂/∂x[x^2])"),
    ],
)
def test_a_definition_is_read(text: str, read_as: str) -> None:
    assert parse_definition(text, scope_of()).read_as == read_as


def test_a_sigma_of_ones_own_is_not_the_logistic_function() -> None:
    scope = scope_of("σ(z) = tanh(z)")
    formula = parse_formula("σ(1) + sigmoid(0) + σ'(0)", scope)
    assert formula() == pytest.approx(np.tanh(1.0) + 0.5 + 1.0)
    assert formula.read_as() == "σ(1) + sigmoid(0) + σ'(0)"
    assert not any("logistic" in note for note in formula.notes)


def test_a_parameter_hides_what_is_outside_of_the_function_alone() -> None:
    scope = scope_of("q = x^2", "h(x) = x + q")
    assert value("h(1)", scope) == pytest.approx(1 + 1.44)
    assert value("∂h(1)/∂x", scope) == pytest.approx(2.4)
    assert value("∂h(x)/∂x", scope) == pytest.approx(1 + 2.4)
    assert value("d/dx[h(x)]", scope_of("h(u) = d/dx[u x]")) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q = q + 1", "'q' is what is being defined here"),
        ("h(x) = h(x − 1)", "'h' is what is being defined here"),
        ("p = q + 1", "'q' is not known here"),
        ("w = 2", "w is a declared symbol, so it can't be defined here as well."),
        ("L = 2", "L is defined already: L = 0.5·(y − t)^2."),
        ("f(x) = 2", "f is defined already"),
        ("h(u, u) = u", "The arguments of h need different names."),
        ("h(h) = 2", "h can't be its own argument."),
        ("e = 2", "e is a number that is known here"),
        ("sin = 2", "sin is a function that is known here"),
        ("2x = 3", "Write a definition as a name"),
        ("wx + b", "Write a definition as a name"),
        ("q = 1 = 2", "A formula is one expression, without '='"),
        ("q =", "The formula is empty."),
        ("h() = 2", "Write a definition as a name"),
    ],
)
def test_what_cannot_be_defined_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_definition(text, SCOPE)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("d/dx x sin x", "could mean two things: write d/dx[x] sin x or d/dx[x sin x]."),
        ("d/dx (x^2) x", "could mean two things: write d/dx[(x^2)] x or d/dx[(x^2) x]."),
        ("∂/∂w (wx) · z", "could mean two things: write ∂/∂w[(wx)]·z or ∂/∂w[(wx)·z]."),
        ("∂L/∂q", "'q' is not known here, so that nothing can be derived by it"),
        ("sum_{i=1}^3 ∂x/∂i", "i is the index of a sum, by which nothing is derived."),
        ("f x", "Write the argument of f in brackets"),
        ("f(1, 2)", "f takes 1 argument, and has 2 here."),
        ("g(1)", "g takes 2 arguments, and has 1 here."),
        ("g'(1, 2)", "a prime is the derivative of a function of one number"),
        ("dg/dx", "g is a function of u, v: write g(…) with its argument."),
        ("f + 1", "The function f needs an argument"),
        ("w'", "A prime stands directly after a function"),
        ("σ(1 − σ)", "write σ(z)"),
    ],
)
def test_what_is_not_clear_with_definitions_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_formula(text, SCOPE)
    assert message in caught.value.message


def test_a_name_that_looks_like_a_differential_stays_a_name() -> None:
    names = ["dx", "dy", "x", "y"]
    assert parse_formula("dy/dx", names)(dy=6.0, dx=2.0) == 3.0
    assert parse_formula("dy dx", names)(dy=6.0, dx=2.0) == 12.0
    with pytest.raises(FormulaError, match="d is a declared symbol, so that"):
        parse_formula("d/dx", ["d", "x"])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("z = w x + b", ("w", "x", "b")),
        ("L = ½(σ(w x + b) − t)² + λ/2 w²", ("w", "x", "b", "t", "lambda")),
        ("f(u) = u^2 + a", ("a",)),
        ("∂L/∂w = (y − t) x", ("w", "L", "y", "t", "x")),
        ("sum_{i=1}^{n} i a", ("a",)),
        ("e^x + π", ("x",)),
        ("x_1 + x_2", ("x1", "x2")),
        ("2", ()),
    ],
)
def test_the_symbols_that_need_to_be_declared_are_told(text: str, names: tuple[str, ...]) -> None:
    assert set(undeclared(text, Scope({}))) == set(names)


@pytest.mark.parametrize("text", ["z = wx + b", "rate x", "k(x + 1)"])
def test_symbols_that_are_not_clear_are_not_guessed(text: str) -> None:
    with pytest.raises(FormulaError, match="is not declared"):
        undeclared(text, Scope({}))


def test_what_unfolds_without_end_is_refused_at_once() -> None:
    scope = Scope({"x": ()})
    refusal = ""
    for step in range(1, 100):
        before = f"f{step - 1}(x)" if step > 1 else "x"
        try:
            scope = scope.defining(parse_definition(f"f{step}(x) = {before} + {before}", scope))
        except FormulaError as error:
            refusal = error.message
            break
    assert "With all its definitions and sums written out this would have" in refusal


def test_a_long_line_of_definitions_is_evaluated_without_deep_recursion() -> None:
    scope = Scope({"x": ()})
    for step in range(1, 400):
        definition: Definition = parse_definition(
            f"q{step} = {'x' if step == 1 else f'q{step - 1}'} + 1", scope
        )
        scope = scope.defining(definition)
    assert parse_formula("q399", scope)(x=1.0) == 400.0
    assert parse_formula("∂q399/∂x", scope)(x=1.0) == 1.0
