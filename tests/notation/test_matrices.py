"""Vectors and matrices in formulas: a product is the one that the shapes ask for, or it is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gradlab
from gradlab.engine import grad
from gradlab.notation.formula import Formula, FormulaError, Scope, parse_definition, parse_formula
from gradlab.notation.scope import Shape
from gradlab.notation.tree import (
    Apply,
    Derivative,
    Element,
    Hadamard,
    MatMul,
    Name,
    Node,
    Norm,
    Number,
    Power,
    Product,
    Sum,
    Transpose,
)
from gradlab.notation.write import write

SHAPES: dict[str, Shape] = {
    "W": (2, 3),
    "A": (3, 3),
    "B": (3, 2),
    "x": (3,),
    "v": (3,),
    "y": (2,),
    "r": (1, 3),
    "k": (3, 1),
    "o": (1,),
    "c": (),
    "n": (),
}
RANDOM = np.random.default_rng(4)
POINT: dict[str, Any] = {name: RANDOM.uniform(0.3, 1.3, shape) for name, shape in SHAPES.items()} | {
    "n": np.float64(3.0)
}
W, A, B, x, v, y, r, k, o, c, n = (POINT[name] for name in SHAPES)
K = k[:, 0]


def read(text: str) -> Formula:
    return parse_formula(text, SHAPES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # products
        ("W x", W @ x),
        ("Wx", W @ x),
        ("W·x", W @ x),
        ("W @ x", W @ x),
        ("2Wx", 2 * W @ x),
        ("W(x + v)", W @ (x + v)),
        ("AB", A @ B),
        ("xᵀ A x", x @ A @ x),
        ("x^T A x", x @ A @ x),
        ("x^{T}Ax", x @ A @ x),
        ("x^⊤ v", x @ v),
        ("x · v", x @ v),
        ("x @ v", x @ v),
        ("dot(x, v)", x @ v),
        ("x vᵀ", np.outer(x, v)),
        ("y xᵀ", np.outer(y, x)),
        ("outer(y, x)", np.outer(y, x)),
        ("Wᵀ y", W.T @ y),
        ("(W x)ᵀ y", W @ x @ y),
        ("r x", (r @ x)[0]),
        ("rᵀ", r[0]),
        ("rᵀ ⊙ x", r[0] * x),
        ("x r", np.outer(x, r)),
        ("kᵀ x", K @ x),
        ("A k", A @ K),
        ("k + x", K + x),
        ("c x", c * x),
        ("o x", o * x),
        ("o + c", (o + c)[0]),
        ("x ⊙ v", x * v),
        ("x ∘ v", x * v),
        ("x * v", x * v),
        ("W ⊙ W", W * W),
        ("yᵀ W x · 2", y @ W @ x * 2),
        ("−W x + y", -W @ x + y),
        ("x / c", x / c),
        ("x/v", x / v),
        ("c/x", c / x),
        # element by element
        ("x^2", x**2),
        ("x²", x**2),
        ("e^{-x}", np.exp(-x)),
        ("σ(W x + y)", 1 / (1 + np.exp(-(W @ x + y)))),
        ("tanh'(x)", 1 - np.tanh(x) ** 2),
        ("max(0, x − 1)", np.maximum(0, x - 1)),
        ("x − c", x - c),
        ("1 − x ⊙ x", 1 - x * x),
        # norms and reductions
        ("‖x‖", np.sqrt(x @ x)),
        ("||x||", np.sqrt(x @ x)),
        ("‖x‖²", x @ x),
        ("‖x − v‖^2", (x - v) @ (x - v)),
        ("½||W x − y||²", 0.5 * np.sum((W @ x - y) ** 2)),
        ("‖x‖_1", np.sum(np.abs(x))),
        ("‖x‖_2", np.sqrt(x @ x)),
        ("‖x‖_2^2", x @ x),
        ("||x||_1", np.sum(np.abs(x))),
        ("‖x‖_∞", np.max(np.abs(x))),
        ("‖W‖_F", np.sqrt(np.sum(W**2))),
        ("‖W‖_F²", np.sum(W**2)),
        ("‖W‖²", np.sum(W**2)),
        ("sum(x)", np.sum(x)),
        ("mean(W)", np.mean(W)),
        ("prod(x)", np.prod(x)),
        ("trace(A)", np.trace(A)),
        ("diag(x)", np.diag(x)),
        ("diag(A)", np.diag(A)),
        ("diag(x) v", x * v),
        ("[c, c^2, 1]", np.array([c, c**2, 1])),
        ("[c, 1]ᵀ y", c * y[0] + y[1]),
        ("[[c, 1], [0, 2]] y", np.array([c * y[0] + y[1], 2 * y[1]])),
        # elements, counted from 1
        ("x_1 + x_{3}", x[0] + x[2]),
        ("x₂", x[1]),
        ("W_{12}", W[0, 1]),
        ("W_{1,2} W_{2,3}", W[0, 1] * W[1, 2]),
        ("r_2", r[0, 1]),
        ("W_{2,1}^2", W[1, 0] ** 2),
        # sums over an index
        ("sum_i x_i", np.sum(x)),
        ("∑_i x_i v_i", x @ v),
        ("Σ_i x_i^2", x @ x),
        ("sum_{i=1}^{3} x_i", np.sum(x)),
        ("sum_{i=1}^n x_i", np.sum(x)),
        ("sum_{i=1}^N x_i", np.sum(x)),
        ("sum_{i=2}^{3} x_i", x[1] + x[2]),
        ("sum_{i=1}^{n-1} x_i x_{i+1}", x[0] * x[1] + x[1] * x[2]),
        ("sum_i sum_j W_{ij} x_j y_i", y @ W @ x),
        ("sum_{i=1}^{2} sum_{j=1}^{i} A_{i,j}", A[0, 0] + A[1, 0] + A[1, 1]),
        ("sum_j W_{1j} x_j", (W @ x)[0]),
        ("sum_i x_i + c", np.sum(x) + c),
        ("sum_i (x_i + c)", np.sum(x) + 3 * c),
        ("sum_i -x_i − c", -np.sum(x) - c),
        ("2 sum_i x_i · c", 2 * c * np.sum(x)),
        ("c/n · sum_i x_i^2", c / 3 * (x @ x)),
        ("(sum_i x_i)^2", np.sum(x) ** 2),
        ("exp(sum_i x_i)", np.exp(np.sum(x))),
        ("prod_i x_i", np.prod(x)),
        ("∏_{i=1}^{3} i", 6.0),
        ("sum_{i=1}^{3} i c", 6 * c),
        ("sum_{i=3}^{2} x_i", 0.0),
        ("sum_{i=1}^{3} x_i v", np.sum(x) * v),
        ("cases(x_1 if c > 2; 0 otherwise)", 0.0),
        ("cases(2 if c ≤ 2; 3 if c > 2)", 2.0),
        ("cases(x if x >= 0.8; 0 otherwise)", np.where(x >= 0.8, x, 0)),
        # derivatives
        ("∂/∂x[xᵀ A x]", (A + A.T) @ x),
        ("∂(xᵀAx)/∂x − (A + Aᵀ)x", np.zeros(3)),
        ("∂/∂x[W x]", W),
        ("∂(W x)/∂x", W),
        ("∂(yᵀ W x)/∂W", np.outer(y, x)),
        ("∂/∂k[‖k‖²]", 2 * K),
        ("∂/∂o[o^2]", 2 * o[0]),
        ("∂/∂x ‖x − v‖²", 2 * (x - v)),
        ("∂/∂x sum_i x_i^2", 2 * x),
        ("∇_x ‖x‖", x / np.sqrt(x @ x)),
        ("∂²(xᵀ A x)/∂x²", A + A.T),
        ("∂/∂c[c x]", x),
        ("∂/∂x[x ⊙ x]", np.diag(2 * x)),
        ("(∂/∂x[W x])ᵀ y", W.T @ y),
    ],
)
def test_a_formula_of_arrays_has_its_value_and_its_shape(text: str, expected: np.ndarray) -> None:
    formula = read(text)
    value = np.asarray(formula(**POINT))
    np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-14)
    assert value.shape == formula.shape
    again = read(formula.read_as())
    assert again.tree == formula.tree
    assert again.shape == formula.shape


def test_the_square_of_a_norm_is_smooth_where_the_norm_is_not() -> None:
    square = read("‖x‖²")
    np.testing.assert_array_equal(grad(lambda x: square(x=x))(np.zeros(3)), np.zeros(3))


@pytest.mark.parametrize(
    "text",
    [
        "xᵀ A x",
        "½‖W x − y‖²",
        "sum_i sum_j W_{ij} x_j y_i",
        "yᵀ σ(W x)",
        "sum(tanh'(x))",
        "yᵀ (∂/∂x[W(x ⊙ x)]) x",
    ],
)
def test_a_formula_of_arrays_is_traced(text: str) -> None:
    formula = read(text)
    rest = {name: value for name, value in POINT.items() if name != "x"}
    gradient = grad(lambda x: formula(x=x, **rest))(x)
    step = 1e-6
    for place, unit in enumerate(np.eye(3)):
        slope = (formula(x=x + step * unit, **rest) - formula(x=x - step * unit, **rest)) / (2 * step)
        assert gradient[place] == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("x · v", "'x · v' is read as the dot product of two columns."),
        ("x * v", "'x * v' is taken element by element, as NumPy does."),
        ("x^2", "'x^2' is taken element by element."),
        ("c/x", "'c/x' is taken element by element."),
        ("‖W‖", "The norm of a matrix is the Frobenius norm"),
        ("sum_{i=1}^N x_i", "N is read as 3, the length of what i runs over."),
    ],
)
def test_what_is_assumed_of_arrays_is_said(text: str, note: str) -> None:
    assert any(said.startswith(note) for said in read(text).notes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x v", "two columns of 3 side by side could mean two things: write ⊙"),
        ("x v", "or transpose the first (xᵀ y) for the dot product."),
        (
            "W y",
            "the shapes don't fit: a 2×3 matrix times a column of 2 (2×1) (2×3 by 2×1): transpose the first.",
        ),
        ("y x", "for the outer product transpose the second (x yᵀ)."),
        ("W + A", "'+' needs equal shapes, and here stand a 2×3 matrix and a 3×3 matrix."),
        ("x + r", "a column of 3 (3×1) and a row of 3 (1×3): transpose one of them (xᵀ)."),
        ("x − y", "'−' needs equal shapes"),
        ("x ⊙ y", "'⊙' needs equal shapes"),
        ("W * x", "write ⊙ for the product element by element, or @ for the matrix product."),
        ("x × v", "'×' between a column of 3 (3×1) and a column of 3 (3×1) could mean two things"),
        ("W @ y", "the shapes don't fit"),
        ("A^2", "write A ⊙ A for the power of each element, or A @ A for the matrix product."),
        ("A^{-1}", "a power of a 3×3 matrix could mean two things"),
        ("c^T", "'c' is a number, which needs no transpose"),
        ("x_4", "'x_4' is not there: this index goes from 1 to 3."),
        ("x_0", "'x_0' is not there: this index goes from 1 to 3."),
        ("x_{1,2}", "'x_{1,2}' has 2 indexes, and x is a column of 3 (3×1)."),
        ("W_{1}", "'W_{1}' has 1 index, and W is a 2×3 matrix."),
        ("x_i", "'x_i' is not known here"),
        ("sum_i x_i y_i", "i runs over x of length 3 and y of length 2"),
        ("[x, 1]", "The elements of a vector or a matrix are numbers, and here stands a column of 3 (3×1)."),
        ("trace(W)", "trace takes a square matrix, and here stands a 2×3 matrix."),
        ("diag(W)", "diag takes a column or a square matrix"),
        ("dot(x, y)", "dot takes two vectors of one length, and these have 3 and 2."),
        ("‖W‖_1", "Of a matrix only the Frobenius norm ‖W‖_F is read."),
        ("max(x, y)", "'max' needs equal shapes"),
        ("cases(x if c > 0; y otherwise)", "'cases' needs equal shapes"),
        ("sum_{i=1}^x i", "A limit of a sum is a whole number."),
        ("sum_{i=1}^{2.5} i", "A limit of a sum is a whole number."),
    ],
)
def test_shapes_that_do_not_fit_are_refused_with_both(text: str, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        read(text)
    assert message in caught.value.message
    assert 1 <= caught.value.column <= len(text) + 1


def test_a_transpose_and_a_symbol_named_t() -> None:
    shapes: dict[str, Shape] = {"T": (), "x": (3,), "c": ()}
    formula = parse_formula("c^T + x^T x", shapes)
    assert formula(T=2.0, x=x, c=3.0) == pytest.approx(9.0 + x @ x)
    assert any("^T is read as the transpose" in note for note in formula.notes)
    with pytest.raises(FormulaError, match=r"write …ᵀ for the transpose or …\^\(T\) for the power"):
        parse_formula("(c x)^T", shapes)


def test_a_layer_is_a_name_and_no_power() -> None:
    shapes: dict[str, Shape] = {"W^(1)": (2, 3), "W": (2, 2), "x": (3,)}
    for text in ("W^(1) x", "W^{(1)}x", "\\mathbf{W}^{(1)} x"):
        formula = parse_formula(text, shapes)
        assert formula.names == {"W^(1)", "x"}
        assert formula.read_as() == "W^(1) @ x"
        np.testing.assert_allclose(formula(**{"W^(1)": W, "x": x}), W @ x)
    assert parse_formula("W^(1)_{12} + W^{(1)}_{12}", shapes)(**{"W^(1)": W}) == pytest.approx(2 * W[0, 1])
    with pytest.raises(FormulaError, match=r"'x\^\{\(2\)\}' is not known here .* For the power write x\^2\."):
        parse_formula("x^{(2)}", shapes)


def test_an_index_that_leaves_its_array_is_told_when_it_does() -> None:
    formula = read("sum_{i=1}^{n} x_{i+1}")
    with pytest.raises(ValueError, match="x has 3 elements, counted from 1, and 4 is not among them"):
        formula(**POINT)
    with pytest.raises(ValueError, match=r"must be a whole number, and this one is 2\.5"):
        formula(**{**POINT, "n": 2.5})
    with pytest.raises(ValueError, match="more than 10000 terms"):
        read("sum_{i=1}^{n} i")(**{**POINT, "n": 1e9})


def test_quantities_and_functions_of_arrays() -> None:
    scope = Scope({"W": (2, 3), "x": (3,), "b": (2,), "t": (2,)})
    for text in (
        "z = W x + b",
        "h = σ(z)",
        "L = ½‖h − t‖²",
        "f(x) = xᵀ x",
        "s(z) = 1/(1 + e^{-z})",
        "δ = (h − t) ⊙ h ⊙ (1 − h)",
    ):
        scope = scope.defining(parse_definition(text, scope))
    point = {"W": W, "x": x, "b": y, "t": 0.3 * y}

    def value(text: str) -> np.ndarray:
        return np.asarray(parse_formula(text, scope)(**point))

    np.testing.assert_allclose(value("∂L/∂W"), value("δ xᵀ"))
    np.testing.assert_allclose(value("∂L/∂x"), value("Wᵀ δ"))
    np.testing.assert_allclose(value("∂L/∂b"), value("δ"))
    np.testing.assert_allclose(value("∂L/∂z"), value("∂L/∂h ⊙ σ'(z)"))
    np.testing.assert_allclose(value("(∂z/∂x)ᵀ ∂L/∂z"), value("∂L/∂x"))
    np.testing.assert_allclose(value("s'(z)"), value("σ'(z)"))
    np.testing.assert_allclose(value("s(x)"), 1 / (1 + np.exp(-x)))
    assert parse_formula("f(x)", scope).shape == ()
    assert scope.definitions["s"].elementwise
    with pytest.raises(FormulaError, match="the argument x of f is a column of 3"):
        parse_formula("f(b)", scope)
    np.testing.assert_allclose(value("∂L/∂h ∂h/∂z"), value("∂L/∂z"))
    np.testing.assert_allclose(value("∂L/∂z ∂z/∂W"), value("∂L/∂W"))


def test_a_claim_can_take_the_shape_of_its_variable() -> None:
    formula = read("2k")
    assert formula.shape == (3,)
    assert np.shape(formula(**POINT)) == (3,)
    assert np.shape(formula.shaped((3, 1))(**POINT)) == (3, 1)
    assert np.shape(formula.shaped((1, 3))(**POINT)) == (3,)


def test_names_without_shapes_work_element_by_element_as_before() -> None:
    formula = parse_formula("w x + x^2", ["w", "x"])
    np.testing.assert_allclose(formula(w=v, x=x), v * x + x**2)
    np.testing.assert_allclose(parse_formula("d/dx[x^3]", ["x"])(x=x), 3 * x**2)
    np.testing.assert_allclose(parse_formula("W @ x", ["W", "x"])(W=W, x=x), W @ x)
    np.testing.assert_allclose(parse_formula("d/dx[sum(x^2)]", ["x"])(x=x), 2 * x)


@pytest.mark.parametrize(
    ("function", "hand"),
    [
        ("½‖W x − y‖²", {"x": "Wᵀ(W x − y)", "W": "(W x − y) xᵀ", "y": "y − W x"}),
        ("½‖W x − y‖²", {"x": "∂/∂x[½‖W x − y‖²]"}),
        ("yᵀ tanh(W x)", {"x": "Wᵀ (y ⊙ tanh'(W x))"}),
        ("‖k‖²", {"k": "2k"}),
        ("sum_i sum_j W_{ij} x_j y_i", {"W": "y xᵀ"}),
        ("cases(x_1^2 if x_1 > 0; x_2 otherwise)", {"x": "[2 x_1, 0, 0]"}),
        ("sum(∂/∂x[xᵀx x_1])", {"x": "∂/∂x[sum(∂/∂x[xᵀx x_1])]"}),
        ("prod_i x_i + trace(x xᵀ) + x·x", {"x": "∂/∂x[x_1 x_2 x_3] + 4x"}),
    ],
)
def test_formulas_of_arrays_are_judged_like_functions(function: str, hand: dict[str, str]) -> None:
    formula = read(function)
    claims = {name: read(text).shaped(SHAPES[name]) for name, text in hand.items()}
    result = gradlab.check(
        formula, {name: POINT[name] for name in formula.names}, wrt=list(hand), hand=claims
    )
    assert result.verdict.kind == "agree"
    first = next(iter(hand))
    wrong = parse_formula(f"2({hand[first]})", SHAPES).shaped(SHAPES[first])
    result = gradlab.check(
        formula, {name: POINT[name] for name in formula.names}, wrt=list(hand), hand={**claims, first: wrong}
    )
    assert result.verdict.kind == "disagree"


# Whatever is written is read as the same tree


def nodes(shape: Shape, depth: int) -> st.SearchStrategy[Node]:
    """Trees of a shape."""
    fitting = [name for name, one in SHAPES.items() if one == shape and name != "n"]
    leaves: list[st.SearchStrategy[Node]] = [st.sampled_from(fitting).map(Name)] if fitting else []
    if not shape:
        leaves += [st.integers(2, 9).map(Number), st.just(Element("x", (Number(2),)))]
    leaf = st.one_of(leaves)
    if not depth:
        return leaf

    def deeper(shape: Shape) -> st.SearchStrategy[Node]:
        return nodes(shape, depth - 1)

    inner = deeper(shape)
    number = deeper(())
    same = [
        st.builds(lambda a, b: Sum((("+", a), ("-", b))), inner, inner),
        st.builds(lambda a: Apply("sin", (a,)), inner),
    ]
    if shape:
        same += [
            st.builds(lambda a, b: Hadamard(a, b), inner, inner),
            st.builds(lambda a, b: Product((("*", a), ("*", b))), number, inner),
        ]
    columns, rows = deeper((3,)), st.just(Name("r"))
    special: dict[Shape, list[st.SearchStrategy[Node]]] = {
        (): [
            st.builds(lambda a: Power(a, Number(2)), number),
            st.builds(lambda a, b: MatMul(Transpose(a), b), columns, columns),
            st.builds(lambda a, b: Apply("dot", (a, b)), columns, columns),
            st.builds(Norm, columns),
            st.builds(lambda a, b: MatMul(a, b), rows, columns),
            st.builds(lambda a: Derivative(a, "c"), number),
        ],
        (3,): [
            st.builds(lambda a, b: MatMul(a, b), deeper((3, 3)), columns),
            st.builds(lambda a: Derivative(a, "x"), number),
        ],
        (2,): [st.builds(lambda a, b: MatMul(a, b), deeper((2, 3)), columns)],
        (3, 3): [
            st.builds(lambda a, b: MatMul(a, Transpose(b)), columns, columns),
            st.builds(lambda a: Transpose(a), inner),
            st.builds(lambda a: Derivative(a, "x"), columns),
        ],
        (2, 3): [st.builds(lambda a, b: MatMul(a, b), inner, deeper((3, 3)))],
    }
    return st.one_of(leaf, *same, *special.get(shape, []))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([(), (3,), (2,), (3, 3), (2, 3)]).flatmap(lambda shape: nodes(shape, 2)))
def test_a_written_tree_of_arrays_reads_as_the_same_tree(tree: Node) -> None:
    formula = read(write(tree))
    assert read(formula.read_as()).tree == formula.tree
    assert formula.shape == np.shape(formula(**POINT))
