"""Programs and local derivatives written as mathematics: how they read, and that they say what is calculated."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from gradlab.engine import relu, rules, sigmoid, softmax  # noqa: F401 (the rules fill the table)
from gradlab.engine.primitive import PRIMITIVES, Primitive
from gradlab.engine.program import Program, evaluate
from gradlab.engine.reverse import reverse
from gradlab.engine.rules.elementary import DEGREE, LN2, PI, RADIAN
from gradlab.engine.trace import trace
from gradlab.judge.behaviour import pose
from gradlab.library import library
from gradlab.methods.reverse import only_unit_seed
from gradlab.notation.bounds import depth_of
from gradlab.notation.error import FormulaError
from gradlab.notation.formula import parse_formula
from gradlab.notation.latex.write import to_latex
from gradlab.notation.programs import Operand, Written, write_jvp, write_partial, write_program, write_vjp
from gradlab.notation.programs.constants import write_constant
from gradlab.notation.tree import (
    MOST_DEPTH,
    Apply,
    Cases,
    Condition,
    Constant,
    Name,
    Node,
    Number,
    Power,
    Product,
    Setting,
    Subscript,
    Sum,
)
from gradlab.notation.write import write
from tests.conformance.trials import trials
from tests.engine.functions import FUNCTIONS as EXAMPLES
from tests.notation.reading_as_numpy import numpy_value

V, W, X = np.array([0.5, -1.0]), np.array([[1.0, 2.0], [0.5, -1.0]]), np.arange(6.0).reshape(2, 3)


def written(function: Callable[..., Any], inputs: Mapping[str, Any], *, every: bool = False) -> Written:
    program, _ = trace(function, list(inputs.values()))
    return write_program(program, dict(zip(program.inputs, inputs, strict=True)), every=every)


def shared(x: Any, y: Any, z: Any) -> Any:
    product = x * y
    return np.sin(product) + product**z


def text_of(function: Callable[..., Any], inputs: Mapping[str, Any]) -> str:
    one = written(function, inputs)
    lines = (*one.lines(), *(write(output, sigma=one.sigma) for output in one.outputs))
    return "; ".join(lines)


def is_balanced(latex: str) -> bool:
    """Whether all that is opened is closed, in LaTeX."""
    depths = [*itertools.accumulate({"{": 1, "}": -1}.get(character, 0) for character in latex), 0]
    brackets = latex.count("\\left") == latex.count("\\right")
    return brackets and min(depths) == 0 == latex.count("{") - latex.count("}")


NUMBERS = {"x": 0.5, "y": 2.0, "z": 3.0}
READS: list[tuple[Callable[..., Any], Mapping[str, Any], str]] = [
    (lambda x, y, z: x + y - z, NUMBERS, "x + y − z"),
    (lambda x, y, z: x - (y - z), NUMBERS, "x − (y − z)"),
    (lambda x, y, z: x + (y - z), NUMBERS, "x + y − z"),
    (lambda x, y, z: -x + y * z, NUMBERS, "y·z − x"),
    (lambda x, y, z: x - -y * z, NUMBERS, "x + y·z"),
    (lambda x, y, z: -(x + y) * z, NUMBERS, "−(x + y)·z"),
    (lambda x, y, z: x * 2.0 * y * z, NUMBERS, "2·x·y·z"),
    (lambda x, y, z: x * -2.0 + y * 0.1 + z, NUMBERS, "0.1·y − 2·x + z"),
    (lambda x, y, z: x / y / z, NUMBERS, "x/(y·z)"),
    (lambda x, y, z: x / y / y * z, NUMBERS, "x·z/y^2"),
    (lambda x, y, z: x / 4 / 3 + y / 2 / z / 5, NUMBERS, "x/12 + y/(10·z)"),
    (lambda x, y, z: x / y / y / y + z, NUMBERS, "x/y^3 + z"),
    (lambda x, y, z: x * (1.0 / y) * z, NUMBERS, "x·z/y"),
    (lambda x, y, z: (x + y) / (x * y) ** z, NUMBERS, "(x + y)/(x·y)^z"),
    (lambda x, y, z: x**2 + y**-1 + z**0.5, NUMBERS, "x^2 + y^(−1) + z^0.5"),
    (lambda x, y, z: x * x + np.square(y) + np.reciprocal(z), NUMBERS, "x^2 + y^2 + 1/z"),
    (lambda x, y, z: x * 3.0 * (y * 0.5) * z, NUMBERS, "1.5·x·y·z"),
    (lambda x, y, z: 2.0 * x / 6 + 6 * y / 3 + 2 * z / 3, NUMBERS, "x/3 + 2·y + 2·z/3"),
    (
        lambda x, y, z: 1e300 * x / 1e-300 + math.inf * y - math.inf * y + z,
        NUMBERS,
        "1e+300·x/1e-300 + ∞·y − ∞·y + z",
    ),
    (lambda x, y, z: x + y + 2 * x - 3 * y + z, NUMBERS, "3·x − 2·y + z"),
    (lambda x, y, z: y * z + x - x, NUMBERS, "y·z + x − x"),
    (lambda x, y, z: x * y / (y * y) + y * z / y, NUMBERS, "x/y + y·z/y"),
    (lambda x, y, z: np.where(x <= 0, 0.0, 1.0) * y + z, NUMBERS, "where(x > 0, 1, 0)·y + z"),
    (lambda A, B: (A.T @ B).T, {"A": W, "B": W}, "Bᵀ @ A"),
    (lambda X: np.sum(X, axis=1).reshape(2, 1) * X, {"X": X}, "sum(X, axis=1, keepdims=True) ⊙ X"),
    (lambda x, y, z: np.exp(-x) * np.log(y) + np.abs(z), NUMBERS, "exp(−x)·ln(y) + abs(z)"),
    (lambda x, y, z: sigmoid(x) + np.exp2(y) + relu(z), NUMBERS, "σ(x) + 2^y + relu(z)"),
    (lambda x, y, z: np.maximum(x, y) + np.minimum(y, z), NUMBERS, "max(x, y) + min(y, z)"),
    (lambda x, y, z: np.where(x > 0, y, z), NUMBERS, "where(x > 0, y, z)"),
    (lambda x, y, z: np.where(x <= y * z, y, 0.0), NUMBERS, "where(x ≤ y·z, y, 0)"),
    (lambda x, y, z: x // y + z % y, NUMBERS, "floor(x/y) + mod(z, y)"),
    (lambda x, y, z: np.hypot(x, y) + z, NUMBERS, "hypot(x, y) + z"),
    (shared, NUMBERS, "v1 = x·y; sin(v1) + v1^z"),
    (lambda x, y, z: (x > y) * (x + z) + (x > y) * y, NUMBERS, "(x > y)·(x + z) + (x > y)·y"),
    (lambda x, y, z: (-x) * y + np.sin(-x) + z, NUMBERS, "sin(−x) − x·y + z"),
    (lambda W, x: W @ x, {"W": W, "x": V}, "W @ x"),
    (lambda W, x: W.T @ np.tanh(x), {"W": W, "x": V}, "Wᵀ @ tanh(x)"),
    (lambda W, x: W.T.T @ -x, {"W": W, "x": V}, "−W @ x"),
    (lambda W, x: np.sum(x * x) / 2 * W, {"W": W, "x": V}, "sum(x^2)·W/2"),
    (lambda W, x: W * W + W @ W, {"W": W, "x": V}, "square(W) + W @ W"),
    (lambda a, b: a * b * 3.0, {"a": V, "b": V}, "3·(a ⊙ b)"),
    (lambda a, b: a * (b * a) - 1.0, {"a": V, "b": V}, "a ⊙ b ⊙ a − 1"),
    (lambda a, b: np.outer(a, b), {"a": V, "b": V}, "outer(a, b)"),
    (lambda a, b: np.stack([a[0], b[1] * 2.0]), {"a": V, "b": V}, "[a[0], 2·b[1]]"),
    (lambda a, b: np.stack([a, b]), {"a": V, "b": V}, "stack(a, b)"),
    (lambda a, b: np.concatenate([a, b]), {"a": V, "b": V}, "concatenate(a, b)"),
    (lambda X: X[1:, 0] + X[..., 0][::-1][:1], {"X": X}, "X[1:, 0] + X[..., 0][::-1][:1]"),
    (lambda X: np.sum(X) + np.max(X) + np.min(X), {"X": X}, "sum(X) + max(X) + min(X)"),
    (lambda X: np.sum(X, axis=0), {"X": X}, "sum(X, axis=0)"),
    (lambda X: np.sum(X, axis=1, keepdims=True), {"X": X}, "sum(X, axis=1, keepdims=True)"),
    (lambda X: np.reshape(X, (3, 2)), {"X": X}, "reshape(X, (3, 2))"),
    (
        lambda X: np.concatenate([X.reshape(6), X.reshape(6)]),
        {"X": X},
        "concatenate(reshape(X, (6,)), reshape(X, (6,)))",
    ),
    (lambda X: X.reshape(6)[2], {"X": X}, "reshape(X, (6,))[2]"),
    (lambda A, B: np.einsum("ij,jk->ik", A, B), {"A": W, "B": X}, "A @ B"),
    (lambda A, B: np.einsum("ik,jk->ij", A, B), {"A": W, "B": W}, "A @ Bᵀ"),
    (lambda A, B: np.einsum("ij,ki->jk", A, B), {"A": W, "B": W}, "Aᵀ @ Bᵀ"),
    (lambda A, B: np.einsum("ij,ki->kj", A, B), {"A": W, "B": W}, "B @ A"),
    (lambda A, B: np.einsum("ij,ij->ij", A, B), {"A": W, "B": W}, 'einsum("ij,ij->ij", A, B)'),
    (lambda A, x: np.einsum("ij,i->j", A, x), {"A": W, "x": V}, "Aᵀ @ x"),
    (lambda x, y: np.einsum("i,i->", x, y), {"x": V, "y": V}, "x @ y"),
    (lambda x, y: np.einsum("i,j->ij", x, y), {"x": V, "y": V}, "outer(x, y)"),
    (lambda x, y: np.einsum("i,j->ji", x, y), {"x": V, "y": V}, 'einsum("i,j->ji", x, y)'),
    (lambda x: np.einsum("ij->", x), {"x": W}, "sum(x)"),
    (lambda X: np.einsum("ij->ji", X), {"X": X}, 'einsum("ij->ji", X)'),
    (lambda X: X[np.array([1, 0])], {"X": X}, "X[[1, 0]]"),
    (lambda x: x[(1,)] * x, {"x": V}, "x[1]·x"),
    (lambda a, B: a.reshape(2, 1) * B, {"a": V[None, :], "B": W}, "reshape(a, (2, 1)) ⊙ B"),
    (lambda a, B: a.reshape(3, 2) + B, {"a": X, "B": X.T}, "reshape(a, (3, 2)) + B"),
    (lambda a, B: a.reshape(1, 2) * B, {"a": V, "B": W}, "a ⊙ B"),
    (lambda A: np.trace(A) + np.diag(A), {"A": W}, "trace(A) + diag(A)"),
    (lambda x: x + np.ones(2), {"x": V}, "x + [1, 1]"),
    (lambda x: x * np.zeros(7)[:, None], {"x": V}, "x ⊙ zeros((7, 1))"),
    (lambda x: np.diag(x), {"x": V}, "diag(x)"),
]


@pytest.mark.parametrize(
    ("function", "inputs", "expected"), READS, ids=lambda v: v if isinstance(v, str) else ""
)
def test_a_program_reads_as_a_mathematician_writes(
    function: Callable[..., Any], inputs: Mapping[str, Any], expected: str
) -> None:
    assert text_of(function, inputs) == expected


LATEX = [
    (lambda x, y, z: x / y + np.sqrt(z), NUMBERS, r"\frac{x}{y} + \sqrt{z}"),
    (lambda W, x: W.T @ x, {"W": W, "x": V}, r"W^{\top} \cdot x"),
    (lambda X: X[1:, 0], {"X": X}, r"X\left[\mathtt{1{:}, 0}\right]"),
    (lambda X: np.sum(X, axis=0), {"X": X}, r"\operatorname{sum}\left(X, \mathtt{axis=0}\right)"),
    (
        lambda x, y, z: np.where(x > 0, y, z),
        NUMBERS,
        r"\begin{cases} y & x > 0 \\ z & \text{otherwise} \end{cases}",
    ),
    (lambda x, y, z: (x >= y) * z, NUMBERS, r"\left(x \ge y\right) \cdot z"),
]


@pytest.mark.parametrize(("function", "inputs", "expected"), LATEX)
def test_a_program_is_written_as_latex_too(
    function: Callable[..., Any], inputs: Mapping[str, Any], expected: str
) -> None:
    (output,) = written(function, inputs).outputs
    assert to_latex(output) == expected


@pytest.mark.parametrize(
    ("tree", "text", "latex"),
    [
        (Number(float("inf")), "∞", r"\infty"),
        (Sum((("-", Number(float("inf"))),)), "−∞", r"-\infty"),
        (Number(float("nan")), "NaN", r"\mathrm{NaN}"),
        (
            Subscript(Sum((("+", Name("x")), ("+", Name("y")))), "0"),
            "(x + y)[0]",
            r"\left(x + y\right)\left[\mathtt{0}\right]",
        ),
        (
            Apply("broadcast_to", (Name("x"), Setting("key_word=3"))),
            "broadcast_to(x, key_word=3)",
            r"\operatorname{broadcast-to}\left(x, \mathtt{key\_word=3}\right)",
        ),
        (Condition("≠", Name("x"), Number(0)), "x ≠ 0", r"x \ne 0"),
    ],
)
def test_the_nodes_of_programs_are_written(tree: Node, text: str, latex: str) -> None:
    assert (write(tree), to_latex(tree)) == (text, latex)


CONSTANTS: list[tuple[Any, str | None]] = [
    (0.1, "0.1"),
    (2.0, "2"),
    (-3, "−3"),
    (np.float64(1e300), "1e+300"),
    (np.array(2.5), "2.5"),
    (-np.inf, "−∞"),
    (LN2, "ln(2)"),
    (PI, "π"),
    (DEGREE, "π/180"),
    (RADIAN, "180/π"),
    (True, "True"),
    (np.array([1.0, -0.5]), "[1, −0.5]"),
    (np.array([[1.0, 2.0], [3.0, 4.0]]), "[[1, 2], [3, 4]]"),
    (np.zeros((3, 4)), "zeros((3, 4))"),
    (np.ones(9), "ones((9,))"),
    (np.full(9, 0.5), "broadcast_to(0.5, (9,))"),
    (np.arange(9.0), None),
    (np.zeros((0,)), None),
]


@pytest.mark.parametrize(("value", "expected"), CONSTANTS)
def test_a_constant_is_written_as_a_number_or_needs_a_name(value: Any, expected: str | None) -> None:
    tree = write_constant(value)
    assert (None if tree is None else write(tree)) == expected


def test_every_exact_constant_is_written_without_a_decimal_point() -> None:
    from gradlab.engine.primitive import EXACT

    for constant in EXACT.values():
        tree = write_constant(constant)
        assert tree is not None and "." not in write(tree), f"{constant.name} needs an entry"
        assert float(parse_formula(write(tree), ())()) == pytest.approx(float(constant), rel=1e-15)


# Names


def test_a_named_slot_has_a_line_and_so_has_what_is_used_twice() -> None:
    program, _ = trace(lambda w, x: np.tanh(w * x) * (w * x + 1.0), [2.0, 3.0])  # w·x twice, and not shared
    first, *_, last = (e.result for e in program.equations)
    names = {**dict(zip(program.inputs, "wx", strict=True)), first: "z", last: "f"}
    assert write_program(program, names).lines() == ("z = w·x", "f = tanh(z)·(w·x + 1)")
    assert write_program(program, {0: "w", 1: "x"}).lines() == ()


def test_with_every_line_each_equation_has_its_own_in_order() -> None:
    one = written(lambda x, y, z: np.sin(x * y) - z / 2, NUMBERS, every=True)
    assert one.lines() == ("v1 = x·y", "v2 = sin(v1)", "v3 = z/2", "v4 = v2 − v3")
    assert one.outputs == (Name("v4"),)


def test_fresh_names_avoid_those_that_are_given() -> None:
    def function(v1: Any, x: Any) -> Any:
        product = v1 * x
        return np.sin(product) + np.cos(product)

    assert written(function, {"v1": 2.0, "x": 3.0}).lines() == ("v2 = v1·x",)


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (("lam", "y_hat"), "λ·y_hat"),
        (("x_1", "x1"), "x1·x1_2"),
        (("x", "дом"), "x·v"),
        (("x", "x"), "x·x2"),
        (("n" * 60, "n" * 60), f"{'n' * 48}·{'n' * 48}2"),
    ],
)
def test_names_of_code_become_names_of_formulas_each_once(names: tuple[str, str], shown: str) -> None:
    program, _ = trace(lambda a, b: a * b, [2.0, 3.0])
    (output,) = write_program(program, dict(zip(program.inputs, names, strict=True))).outputs
    assert write(output) == shown


def test_a_large_constant_has_one_name_however_often_it_is_used() -> None:
    data, other = np.arange(9.0), np.arange(9.0) + 1.0
    one = written(lambda w: np.sum(w * data) + np.sum(data + other * w), {"w": 2.0})
    assert [write(output) for output in one.outputs] == ["sum(w·c1) + sum(c1 + w·c2)"]
    assert one.lines() == ()


def test_a_constant_that_is_named_is_used_by_its_name() -> None:
    program, _ = trace(lambda w: w * 0.1 + 1.0, [2.0])
    (tenth,) = (slot for slot, value in program.constants.items() if value == 0.1)
    one = write_program(program, {0: "w", tenth: "lam"})
    assert one.lines() == ("λ = 0.1",) and write(one.outputs[0]) == "w·λ + 1"


def test_a_large_constant_that_is_named_has_its_name_everywhere() -> None:
    data = np.arange(9.0)
    program, _ = trace(lambda w: np.sum(w * data) + np.sum(data), [2.0])
    first = min(slot for slot, value in program.constants.items() if value is data)
    one = write_program(program, {0: "w", first: "X"})
    assert write(one.outputs[0]).startswith("sum(w·X)") and "c1" not in one.names.values()


def test_a_variable_named_pi_or_sigma_is_not_the_constant_or_the_function() -> None:
    tree = written(lambda pi: np.radians(pi) * 1.0, {"pi": 2.0})
    assert "radians(π)" in write(tree.outputs[0])
    slope = only_unit_seed(reverse(trace(lambda pi: np.radians(pi), [2.0])[0], [2.0]))
    assert "π" not in write(write_program(slope, {slope.inputs[0]: "pi"}).outputs[0])
    logistic = written(lambda sigma: sigmoid(sigma) * 2.0, {"sigma": 2.0})
    assert write(logistic.outputs[0], sigma=logistic.sigma) == "2·sigmoid(σ)"


def test_what_no_output_needs_is_left_out() -> None:
    def function(x: Any) -> Any:
        np.sin(x)
        return x * 2.0 if x > 0 else x

    assert text_of(function, {"x": 1.0}) == "2·x"
    assert len(written(function, {"x": 1.0}, every=True).formulas) == 3


# Large programs


def chain(x: Any) -> Any:
    for _ in range(2000):
        x = np.sin(x) * 0.99
    return x


def long_sum(x: Any) -> Any:
    total = x
    for k in range(2000):
        total = total + x * float(k)
    return total


@pytest.mark.parametrize("function", [chain, long_sum])
def test_no_formula_of_a_large_program_is_deep_or_long(function: Callable[..., Any]) -> None:
    one = written(function, {"x": 0.5})
    for tree in (*one.formulas.values(), *one.outputs):
        assert depth_of(tree, {}) <= MOST_DEPTH
        assert len(write(tree)) < 600
    assert 20 < len(one.formulas) < 2000


# What is written is what is calculated


def readable(tree: Node) -> Node:
    """The same with what formulas have no word for in their words: where as cases."""
    match tree:
        case Apply("where", (Condition(relation, left, right), value, otherwise)):
            held = Condition(relation, readable(left), readable(right))
            return Cases(((readable(value), held),), readable(otherwise))
        case Apply("radians", (degrees,)):
            return Product((("*", readable(degrees)), ("*", Constant("pi")), ("/", Number(180))))
        case Apply(function, arguments):
            return Apply(function, tuple(map(readable, arguments)))
        case Sum(terms):
            return Sum(tuple((sign, readable(term)) for sign, term in terms))
        case Product(factors):
            return Product(tuple((by, readable(factor)) for by, factor in factors))
        case Power(base, exponent):
            return Power(readable(base), readable(exponent))
    return tree


def value_of(tree: Node, values: Mapping[str, Any], sigma: str) -> Any:
    """Of numbers alone, of the text; else of the tree, read as NumPy."""
    if any(map(np.shape, values.values())):
        return numpy_value(tree, values)
    return parse_formula(write(readable(tree), sigma=sigma), set(values))(**values)


def read_back(one: Written, inputs: Mapping[str, Any], constants: Mapping[int, Any]) -> list[Any]:
    """The outputs, calculated line by line from what is written."""
    values = {one.names[slot]: value for slot, value in constants.items() if slot in one.names}
    values.update(inputs)
    for slot, tree in one.formulas.items():
        values[one.names[slot]] = value_of(tree, values, one.sigma)
    return [value_of(tree, values, one.sigma) for tree in one.outputs]


def gradients() -> Iterator[Any]:
    for case in library():
        problem = pose(case, case.points[0], 50)
        if problem.program is not None and problem.rows == 1:
            program = reverse(problem.program, problem.traced_inputs, wrt=problem.wrt_places)
            one = only_unit_seed(program)
            yield pytest.param(
                one, dict(zip(problem.traced, problem.traced_inputs, strict=True)), id=case.name
            )


GRADIENTS = list(gradients())


@pytest.mark.parametrize(("program", "inputs"), GRADIENTS)
def test_the_written_gradient_of_a_case_is_the_gradient(program: Program, inputs: Mapping[str, Any]) -> None:
    one = write_program(program, dict(zip(program.inputs, inputs, strict=True)))
    names = {one.names[slot]: value for slot, value in zip(program.inputs, inputs.values(), strict=True)}
    for tree in (*one.formulas.values(), *one.outputs):
        assert is_balanced(to_latex(tree))
    read = read_back(one, names, program.constants)
    for got, wanted in zip(read, evaluate(program, list(inputs.values())), strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("every", [False, True])
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_written_program_is_the_program(name: str, every: bool) -> None:
    function, at = EXAMPLES[name]
    program, _ = trace(function, at)
    seeds = [np.ones(program.shapes[slot]) for slot in program.outputs]
    for one, inputs in ((program, [*at]), (reverse(program, at, optimise=False), [*at, *seeds])):
        lines = write_program(one, {slot: f"in{slot}" for slot in one.inputs}, every=every)
        named = {lines.names[slot]: value for slot, value in zip(one.inputs, inputs, strict=True)}
        values = {
            lines.names[slot]: value for slot, value in one.constants.items() if slot in lines.names
        } | named
        for slot, tree in lines.formulas.items():
            values[lines.names[slot]] = numpy_value(tree, values)
        for tree, wanted in zip(lines.outputs, evaluate(one, inputs), strict=True):
            np.testing.assert_allclose(numpy_value(tree, values), wanted, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("primitive", PRIMITIVES.values(), ids=PRIMITIVES)
def test_every_primitive_can_be_written(primitive: Primitive) -> None:
    for trial in trials(primitive):
        operands = [np.asarray(x) if np.ndim(x) else x for x in trial.operands]
        with np.errstate(all="ignore"):
            program, _ = trace(lambda *x: primitive(*x, **trial.parameters), operands)  # noqa: B023
            y = Operand("y", primitive.impl(*operands, **trial.parameters))
        names = {slot: f"x{slot}" for slot in program.inputs}
        x = [Operand(f"x{i}", value) for i, value in enumerate(operands)]
        trees = [
            *write_program(program, names).outputs,
            *(write_vjp(primitive, place, "g", y, x, trial.parameters) for place in range(len(x))),
            write_jvp(primitive, [f"dx{i}" for i in range(len(x))], y, x, trial.parameters),
        ]
        for tree in trees:
            if tree is not None:
                assert write(tree)
                assert is_balanced(to_latex(tree))


# Local derivatives


def number(value: Any, name: str = "x") -> Operand:
    return Operand(name, value)


PARTIALS: list[tuple[str, int, list[Operand], str | None]] = [
    ("tanh", 0, [number(0.5)], "1 − y^2"),
    ("sigmoid", 0, [number(0.5)], "y·(1 − y)"),
    ("exp", 0, [number(0.5)], "y"),
    ("log", 0, [number(0.5)], "1/x"),
    ("cos", 0, [number(0.5)], "−sin(x)"),
    ("multiply", 0, [number(0.5, "w"), number(2.0)], "x"),
    ("divide", 1, [number(0.5, "w"), number(2.0)], "−y/x"),
    ("subtract", 1, [number(0.5, "w"), number(2.0)], "−1"),
    ("power", 0, [number(0.5), Operand(None, 3)], "3·x^2"),
    ("relu", 0, [number(0.5)], "where(x > 0, 1, 0)"),
    ("exp2", 0, [number(0.5)], "y·ln(2)"),
    ("where", 0, [number(True, "c"), number(0.5, "a"), number(0.7, "b")], None),
    ("floor", 0, [number(0.5)], "0"),
    ("sum", 0, [number(V)], None),
]


@pytest.mark.parametrize(("name", "position", "x", "expected"), PARTIALS)
def test_a_local_derivative_is_written_in_the_names_given(
    name: str, position: int, x: list[Operand], expected: str | None
) -> None:
    tree = write_partial(PRIMITIVES[name], position, number(0.5, "y"), x)
    assert (None if tree is None else write(tree)) == expected


ELEMENTWISE = [p for p in PRIMITIVES.values() if p.is_elementwise]


@pytest.mark.parametrize("primitive", ELEMENTWISE, ids=lambda p: p.name)
def test_a_written_local_derivative_is_the_slope(primitive: Primitive) -> None:
    def slope(operands: Sequence[float], place: int, step: float) -> float:
        above, below = (
            float(primitive.impl(*(x + by if i == place else x for i, x in enumerate(operands))))
            for by in (step, -step)
        )
        return (above - below) / (2 * step)

    for trial in trials(primitive):
        if not (trial.is_scalar and trial.smooth and trial.wrt):
            continue
        x = [Operand(f"x{i}", value) for i, value in enumerate(trial.operands)]
        y = float(primitive.impl(*trial.operands))
        values = {"y": y, **{f"x{i}": value for i, value in enumerate(trial.operands)}}
        for place in trial.wrt:
            tree = write_partial(primitive, place, Operand("y", y), x)
            assert tree is not None
            try:
                formula = parse_formula(write(readable(tree)), set(values))
            except FormulaError:
                continue
            if slope(trial.operands, place, 1e-6) == pytest.approx(
                slope(trial.operands, place, 1e-5), rel=1e-3
            ):
                expected = slope(trial.operands, place, 1e-6)
                assert float(formula(**values)) == pytest.approx(expected, rel=1e-5, abs=1e-7)


FLOWS: list[tuple[str, int, dict[str, Any], dict[str, Any], Any, str]] = [
    ("matmul", 0, {"W": W, "x": V}, {}, V, "outer(g, x)"),
    ("matmul", 1, {"W": W, "x": V}, {}, V, "Wᵀ @ g"),
    ("matmul", 0, {"A": X, "B": X.T}, {}, W, "g @ Bᵀ"),
    ("tanh", 0, {"x": V}, {}, V, "g ⊙ (1 − y^2)"),
    ("sigmoid", 0, {"x": V}, {}, V, "g ⊙ y ⊙ (1 − y)"),
    ("add", 1, {"x": X, "b": X[0]}, {}, X, "sum(g, axis=0)"),
    ("multiply", 0, {"s": 2.0, "x": V}, {}, V, "sum(g ⊙ x)"),
    ("sum", 0, {"x": V}, {"axis": (0,), "keepdims": False}, 1.0, "broadcast_to(g, (2,))"),
    ("reshape", 0, {"x": X}, {"shape": (3, 2)}, X.T, "reshape(g, (2, 3))"),
    ("index", 0, {"x": V}, {"key": 0}, 1.0, "scatter(g, [0], (2,))"),
    ("transpose", 0, {"X": X}, {"axes": (1, 0)}, X.T, "gᵀ"),
]


@pytest.mark.parametrize(("name", "position", "x", "parameters", "y", "expected"), FLOWS)
def test_what_flows_to_an_operand_is_written(
    name: str, position: int, x: dict[str, Any], parameters: dict[str, Any], y: Any, expected: str
) -> None:
    operands = [Operand(one, value) for one, value in x.items()]
    tree = write_vjp(PRIMITIVES[name], position, "g", Operand("y", y), operands, parameters)
    assert tree is not None and write(tree) == expected


def test_a_cotangent_may_be_any_tree() -> None:
    from gradlab.notation.tree import Derivative

    tree = write_vjp(PRIMITIVES["tanh"], 0, Derivative(Name("f"), "x2"), Operand("x2", V), [Operand("x1", V)])
    assert tree is not None and write(tree) == "∂f/∂x2 ⊙ (1 − x2^2)"


def test_one_operand_may_stand_in_two_places() -> None:
    x = Operand("x", 3.0)
    tree = write_jvp(PRIMITIVES["multiply"], ["dx", "dx"], Operand("y", 9.0), [x, x])
    assert tree is not None and write(tree) == "2·dx·x"


TANGENTS: list[tuple[str, list[str | None], dict[str, Any], str | None]] = [
    ("multiply", ["dw", "dx"], {"w": 2.0, "x": 3.0}, "dw·x + dx·w"),
    ("multiply", ["dw", None], {"w": 2.0, "x": 3.0}, "dw·x"),
    ("multiply", [None, None], {"w": 2.0, "x": 3.0}, None),
    ("matmul", ["dW", "dx"], {"W": W, "x": V}, "dW @ x + W @ dx"),
    ("floor", ["dx"], {"x": 2.5}, None),
]


@pytest.mark.parametrize(("name", "tangents", "x", "expected"), TANGENTS)
def test_the_tangent_of_a_result_is_written(
    name: str, tangents: list[str | None], x: dict[str, Any], expected: str | None
) -> None:
    operands = [Operand(one, value) for one, value in x.items()]
    y = Operand("y", PRIMITIVES[name].impl(*x.values()))
    tree = write_jvp(PRIMITIVES[name], tangents, y, operands)
    assert (None if tree is None else write(tree)) == expected


def test_softmax_reads_as_it_is_calculated() -> None:
    assert text_of(lambda z: softmax(z), {"z": V}) == "exp(z − logsumexp(z, keepdims=True))"
