"""A wrong derivation gets the name of the slip that gives just this answer; two slips at once get none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest

import gradlab
from gradlab.cases import Case, Point
from gradlab.harness import case_of
from gradlab.judge.behaviour import pose
from gradlab.judge.mistakes import Mistake, find_mistake
from gradlab.judge.mistakes.table import TABLE
from gradlab.library import select
from gradlab.methods import Problem
from gradlab.notation.formula import parse_formula

LOSS = "(1/2)*(σ(w x + b) - t)^2 + (lam/2) w^2"
WRITTEN_OUT = "(1/(1 + e^{-(w x + b)}) - t)^2/2 + lam w^2/2"
AT = {"w": 0.5, "b": -0.3, "x": 1.2, "t": 1.0, "lam": 0.1}
SLOPE = "σ(w x + b) (1 - σ(w x + b))"


def posed(case: Case, wrt_moves: int = 2) -> list[Problem]:
    """The case's first claim at its point, and at some beside it."""
    generator = np.random.default_rng(1)
    base = case.points[0].inputs
    points = [Point(base)]
    for _ in range(wrt_moves):
        moved = {name: np.asarray(base[name]) * generator.uniform(0.8, 1.2) for name in case.wrt}
        numbers = {name: float(v) if v.ndim == 0 else v for name, v in moved.items()}
        points.append(Point({**base, **numbers}, given=False))
    return [replace(pose(case, point, 50), claim=case.claims[0]) for point in points]


def asked(
    f: Any, at: dict[str, Any], hand: Any, wrong: Sequence[str] = (), before: Callable[..., Any] | None = None
) -> Mistake | None:
    case = case_of(f, at, hand=hand)
    names = list(wrong) or (list(hand) if isinstance(hand, dict) else list(case.wrt))
    return find_mistake(posed(case), names, before)


class Row(NamedTuple):
    f: str
    at: dict[str, float]
    hand: dict[str, str]
    kind: str
    says: str = ""


X = {"x": 1.3}
ROWS = [
    Row("x^3", X, {"x": "3x^3"}, "exponent not reduced", "x³"),
    Row("x^3", X, {"x": "x^2"}, "exponent not brought down", "exponent 3"),
    Row("1/x", X, {"x": "1/x^2"}, "1/u misremembered", "the minus is missing"),
    Row("1/x", X, {"x": "ln x"}, "1/u misremembered", "not ln u"),
    Row("sqrt(x)", X, {"x": "1/sqrt(x)"}, "√u misremembered", "½"),
    Row("2^x", X, {"x": "2^x"}, "ln of the base forgotten"),
    Row("e^{x}", X, {"x": "x e^{x-1}"}, "e^u by the power rule"),
    Row("log10(x)", X, {"x": "1/x"}, "ln 10"),
    Row("erf(3x)", X, {"x": "(2/sqrt(pi)) e^{-9x^2}"}, "inner derivative forgotten", "erf(3·x)"),
    Row("erf(x)", X, {"x": "e^{-x^2}"}, "erf misremembered", "2/√π·exp(−x²)"),
    Row("x erf(x)", X, {"x": "erf(x) + (2/sqrt(pi)) x e^{x^2}"}, "erf misremembered", "2/√π·exp(−x²)"),
    Row(
        "x erf(x/sqrt(2))",
        X,
        {"x": "erf(x/sqrt(2)) + (2/sqrt(pi)) x e^{-x^2/2}"},
        "inner derivative forgotten",
        "erf(x/√2)",
    ),
    Row("sin x", X, {"x": "-cos x"}, "sign of a rule", "sin is cos"),
    Row("cos x", X, {"x": "sin x"}, "sign of a rule", "minus"),
    Row("x^2 sin x", X, {"x": "2x cos x"}, "product rule: f′g′", "x²·sin(x)"),
    Row("x^2 sin x", X, {"x": "2x sin x"}, "product rule: one term missing"),
    Row("sin(x)/x", X, {"x": "(sin x - x cos x)/x^2"}, "quotient rule: order"),
    Row("sin(x)/(1+x)", X, {"x": "((1+x) cos x - sin x)/(1+x)"}, "quotient rule: square missing"),
    Row("sin(x)/(1+x^2)", X, {"x": "cos(x)/(2x)"}, "quotient rule: f′/g′"),
    Row("sin(3x)", X, {"x": "cos(3x)"}, "inner derivative forgotten", "3·x"),
    Row("sin(3x^2)", X, {"x": "6x cos(x)"}, "outer derivative at the wrong place", "3·x²"),
    Row("sin(x^2)", X, {"x": "4x^2 cos(x^2)"}, "chain rule applied twice"),
    Row("x^2 - 3x + sin x", X, {"x": "2x + 3 + cos x"}, "sign of a term", "3·x"),
    Row("x^3 - 5x + 2", X, {"x": "3x^2 - 6"}, "copy slip in a constant", "6"),
    Row("sin(pi x/180)", {"x": 40.0}, {"x": "cos(pi x/180)"}, "inner derivative forgotten"),
    Row("max(x, y)^2", {"x": 1.3, "y": 0.4}, {"y": "2max(x, y)"}, "max routed to the loser"),
    Row("w1 x1 + w2 x2", {"w1": 1.0, "w2": 2.0, "x1": 0.3, "x2": 0.7}, {"w1": "x2"}, "wrong index"),
    Row("x y + sin(x)", {"x": 1.3, "y": 0.7}, {"x": "cos(x)"}, "term missing", "x·y"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.f} by {row.hand}")
def test_a_slip_is_named(row: Row) -> None:
    found = asked(row.f, row.at, row.hand)
    assert found is not None
    assert row.kind in (found.kind, *found.also)
    assert found.by == tuple(row.hand)
    assert row.says in found.sentence


@pytest.mark.parametrize("loss", [LOSS, WRITTEN_OUT])
@pytest.mark.parametrize(
    ("by", "hand", "kind"),
    [
        ("w", "(σ(w x + b) - t) x + lam w", "local derivative forgotten"),
        ("w", "(σ(w x + b) - t) σ(w x + b) x + lam w", "σ for σ′"),
        ("w", "(σ(w x + b) - t) (1 - σ(w x + b)) x + lam w", "1 − σ for σ′"),
        ("w", "(σ(w x + b) - t) σ(w x + b) (1 - w x - b) x + lam w", "σ′ of the value before"),
        ("w", f"(σ(w x + b) - t) {SLOPE} + lam w", "inner derivative forgotten"),
        ("w", f"(σ(w x + b) - t) {SLOPE} x", "term missing"),
        ("w", "lam w", "term missing"),
        ("w", f"{SLOPE} x + lam w", "upstream gradient forgotten"),
        ("w", f"(w x + b - t) {SLOPE} x + lam w", "value before for the value after"),
        ("w", f"2 (σ(w x + b) - t) {SLOPE} x + lam w", "factor 2"),
        ("b", f"(σ(w x + b) - t) {SLOPE} x", "bias treated as a weight"),
    ],
)
def test_the_regularised_logistic_loss_is_understood_however_it_is_written(
    loss: str, by: str, hand: str, kind: str
) -> None:
    found = asked(loss, AT, {by: hand})
    assert found is not None
    assert kind in (found.kind, *found.also)


def test_the_missing_slope_of_the_activation_is_told_in_the_problems_own_formula() -> None:
    found = asked(WRITTEN_OUT, AT, {"w": "(σ(w x + b) - t) x + lam w"})
    assert found is not None
    assert found.sentence == (
        "The local derivative is missing: by the chain rule σ(w·x + b) brings a factor σ′(w·x + b)."
    )


def test_one_slip_explains_several_arguments() -> None:
    hand = {"w": "(σ(w x + b) - t) σ(w x + b) x + lam w", "b": "(σ(w x + b) - t) σ(w x + b)"}
    found = asked(LOSS, AT, hand)
    assert found is not None
    assert (found.kind, found.by) == ("σ for σ′", ("w", "b"))


def test_of_two_arguments_with_a_slip_each_one_is_explained_and_named() -> None:
    hand = {"w": f"(σ(w x + b) - t) {SLOPE} x", "b": "σ(w x + b) - t"}
    found = asked(LOSS, AT, hand)
    assert found is not None
    assert (found.kind, found.by) == ("term missing", ("w",))


@pytest.mark.parametrize(
    "hand",
    [
        "-(σ(w x + b) - t) x + lam w",
        "(σ(w x + b) - t) x",
        "(σ(w x + b) - t) σ(w x + b) + 3 lam w",
        "(σ(w x + b) - t) cos(w) x + lam w^3",
    ],
)
def test_two_slips_at_once_are_not_called_one(hand: str) -> None:
    found = asked(LOSS, AT, {"w": hand})
    assert found is None or not found.kind


@pytest.mark.parametrize(
    ("hand", "said"),
    [
        (f"(σ(w x + b) - t) {SLOPE} x + lam w + x t", "is too large by x·t"),
        (f"(σ(w x + b) - t) {SLOPE} x + lam w - 3 x t", "is short by 3·x·t"),
        (f"7/3 (σ(w x + b) - t) {SLOPE} x + (7/3) lam w", "is 7/3 times the right one"),
        (f"ln(2) ((σ(w x + b) - t) {SLOPE} x + lam w)", "is ln 2 times the right one"),
    ],
)
def test_without_a_slip_the_ratio_or_the_difference_is_told_in_the_problems_quantities(
    hand: str, said: str
) -> None:
    found = asked(LOSS, AT, {"w": hand.replace("7/3 (", "(7/3) (")})
    assert found is not None
    assert found.kind == ""
    assert said in found.sentence


def test_what_is_right_has_no_mistake() -> None:
    assert asked(LOSS, AT, {"w": f"(σ(w x + b) - t) {SLOPE} x + lam w"}) is None


def test_a_factor_that_rounds_to_one_is_not_told() -> None:
    found = asked("sin(x)", {"x": 0.3}, {"x": "1.0000000001 cos(x)"})
    assert found is None or "1 times" not in found.sentence


def test_numbers_that_hold_nowhere_else_have_none() -> None:
    assert asked("x^3", {"x": 2.0}, {"x": 7.0}) is None


@pytest.mark.parametrize(
    ("line", "hand", "kind", "says"),
    [
        ("(σ(w x + b) - t) x + lam w", "(σ(w x + b) - t) x - lam w", "sign of a term", "the sign of λ·w"),
        ("(σ(w x + b) - t) x + lam w", "(σ(w x + b) - t) x", "term missing", "λ·w is missing"),
        ("(σ(w x + b) - t) x + lam w", "(σ(w x + b) - t) + lam w", "factor missing", "x is missing"),
        (
            "(σ(w x + b) - t) x + lam w",
            "(σ(w x + b) - t) b + lam w",
            "wrong index",
            "b stands where x belongs",
        ),
        (
            "(σ(w x + b) - t) x + 4 lam w",
            "(σ(w x + b) - t) x + 5 lam w",
            "copy slip in a constant",
            "4 became 5",
        ),
        ("sin(w x) + lam w", "cos(w x) + lam w", "another function", "cos stands for sin"),
    ],
)
def test_after_a_wrong_line_the_slip_is_looked_for_between_the_two(
    line: str, hand: str, kind: str, says: str
) -> None:
    before = parse_formula(line, set(AT))
    found = asked(LOSS, AT, {"w": hand}, before=before)
    assert found is not None
    assert kind in (found.kind, *found.also)
    assert says in found.sentence


def test_after_a_right_line_the_rules_are_asked_too() -> None:
    before = parse_formula(f"(σ(w x + b) - t) {SLOPE} x + lam w", set(AT))
    found = asked(LOSS, AT, {"w": "(σ(w x + b) - t) σ(w x + b) x + lam w"}, before=before)
    assert found is not None
    assert found.kind == "σ for σ′"


def test_what_does_not_follow_from_a_wrong_line_by_one_change_is_not_named() -> None:
    before = parse_formula("(σ(w x + b) - t) x + lam w", set(AT))
    assert asked(LOSS, AT, {"w": "(σ(w x + b) + t) b"}, before=before) is None


def test_a_claim_that_cannot_be_traced_is_not_named() -> None:
    found = asked("x^3", {"x": 2.0}, {"x": lambda x: float(x) ** 3})
    assert found is None


def test_special_data_do_not_make_one_slip_look_like_another() -> None:
    """With x = 1 and w = 1 each is the other's value; the data are moved too."""
    at = {"w": 1.0, "x": 1.0, "v": 1.0}
    found = asked("tanh(w x) v", at, {"w": "(1 - tanh(w x)^2) x"})
    assert found is not None
    assert "constant factor lost" in (found.kind, *found.also)
    assert "wrong index" not in (found.kind, *found.also)


def network(W: Any, b: Any, V: Any, x: Any, t: Any) -> Any:
    h = np.tanh(W @ x + b)
    return np.sum((V @ h - t) ** 2) / 2


def backward(slips: str) -> Callable[..., dict[str, Any]]:
    def hand(W: Any, b: Any, V: Any, x: Any, t: Any) -> dict[str, Any]:
        z = W @ x + b
        h = np.tanh(z)
        r = V @ h - t
        h_bar = V @ r if slips == "transposed factor" else V.T @ r
        slope = {
            "local derivative forgotten": 1.0,
            "1 − tanh for tanh′": 1 - h,
            "tanh′ misremembered": 1 + h**2,
        }.get(slips, 1 - h**2)
        z_bar = h_bar * slope
        V_bar = np.outer(r, z if slips == "value before for the value after" else h)
        W_bar = np.outer(np.ones(2) if slips == "upstream gradient forgotten" else z_bar, x)
        b_bar = z_bar * x if slips == "bias treated as a weight" else z_bar
        if slips == "mean for sum":
            V_bar = V_bar / 2
        return {"W": W_bar, "b": b_bar, "V": V_bar}

    return hand


@pytest.mark.parametrize(
    ("slip", "wrong"),
    [
        ("local derivative forgotten", ["W", "b"]),
        ("1 − tanh for tanh′", ["W", "b"]),
        ("tanh′ misremembered", ["W", "b"]),
        ("transposed factor", ["W", "b"]),
        ("value before for the value after", ["V"]),
        ("upstream gradient forgotten", ["W"]),
        ("bias treated as a weight", ["b"]),
        ("mean for sum", ["V"]),
    ],
)
def test_slips_in_a_backward_pass_of_matrices(slip: str, wrong: list[str]) -> None:
    at = {
        "W": np.array([[0.4, -0.7], [0.9, 0.3]]),
        "b": np.array([0.1, -0.2]),
        "V": np.array([[0.6, -0.5], [0.8, 1.1]]),
        "x": np.array([0.7, -1.2]),
        "t": np.array([0.3, 0.5]),
    }
    case = case_of(network, at, wrt=["W", "b", "V"], hand=backward(slip))
    found = find_mistake(posed(case), wrong)
    assert found is not None
    assert slip in (found.kind, *found.also)
    assert found.by == tuple(wrong)


@pytest.mark.parametrize(
    "name", ["logistic-regularised", "tanh-2-2-1", "scalar-mlp", "softmax-cross-entropy"]
)
def test_the_right_derivations_of_the_lectures_have_no_mistake(name: str) -> None:
    (case,) = select([name])
    assert find_mistake(posed(case), case.wrt) is None


def test_a_jacobian_is_asked_too() -> None:
    def layer(x: Any, b: Any) -> Any:
        return np.tanh(x + b)

    at = {"x": np.array([0.5, -1.2]), "b": np.array([0.3, 0.1])}
    case = case_of(
        layer, at, wrt=["x"], quantity="jacobian", hand=lambda x, b: {"x": np.diag(1 - np.tanh(x + b))}
    )
    found = find_mistake(posed(case), ["x"])
    assert found is not None
    assert found.kind == "1 − tanh for tanh′"


def test_a_long_program_is_answered_in_bounded_work() -> None:
    def chain(w: Any) -> Any:
        x = w
        for _ in range(700):
            x = np.sin(x) + 0.1 * w
        return x

    case = case_of(chain, {"w": 0.4}, hand=lambda w: 2.0 * w)
    assert find_mistake(posed(case, 0), ["w"]) is None


@pytest.mark.parametrize("entry", TABLE, ids=lambda entry: entry.wrong.__name__)
def test_every_entry_of_the_table_has_a_sentence_that_can_be_filled(entry: Any) -> None:
    parts = dict.fromkeys(("y", "x", "x1", "z", "f", "p", "by", "slope"), "u")
    said = entry.told.format(**parts)
    assert said.endswith(".")
    assert "{" not in said


def test_a_slip_that_has_no_value_at_some_point_does_not_hide_the_others() -> None:
    """ln of a negative number, at a data point beside it, would be one way to be wrong about 1/u."""
    found = asked("1/(x - y) + x^3", {"x": 0.3, "y": 0.9}, {"x": "-1/(x - y)^2 + 3x^3"})
    assert found is not None
    assert "exponent not reduced" in (found.kind, *found.also)


def test_a_line_of_a_wrong_shape_is_not_named_here() -> None:
    at = {"w": np.array([0.4, -0.7]), "x": np.array([1.5, 0.8])}
    case = case_of(lambda w, x: np.tanh(w @ x), at, wrt=["w"], hand=lambda w, x: np.outer(x, x))
    assert find_mistake(posed(case), ["w"]) is None


def test_a_claim_that_is_a_number_everywhere_is_a_formula_too() -> None:
    found = asked("tanh(w x + b)", {"w": 0.5, "x": 1.2, "b": -0.3}, {"b": "1"})
    assert found is not None
    assert found.kind == "local derivative forgotten"


def test_a_constant_copied_wrongly_into_a_logarithm_is_found() -> None:
    found = asked("log10(x + y)", {"x": 1.3, "y": 0.4}, {"x": "1/((x + y) ln(11))"})
    assert found is not None
    assert found.kind == "copy slip in a constant"


def test_a_large_function_is_left_alone() -> None:
    at = {"W": np.ones((60, 60)) / 7, "x": np.linspace(0.1, 1.0, 60)}
    case = case_of(
        lambda W, x: np.sum(np.tanh(W @ x)), at, wrt=["W"], hand=lambda W, x: np.outer(np.ones(60), x)
    )
    assert find_mistake(posed(case, 0), ["W"]) is None


@pytest.mark.parametrize(
    ("function", "claim", "kind"),
    [
        ("sum_{i=1}^{3} (w x_i - y_i)^2", "2 sum_{i=1}^{3} (w x_i - y_i)", "inner derivative forgotten"),
        ("sum_{i=1}^{3} y_i tanh(w x_i)", "sum_{i=1}^{3} y_i x_i", "local derivative forgotten"),
        ("sum_{i=1}^{3} x_i cos(w y_i)", "sum_{i=1}^{3} x_i y_i sin(w y_i)", "sign of a rule"),
    ],
)
def test_a_rule_that_is_broken_in_every_term_of_a_sum_is_one_slip(
    function: str, claim: str, kind: str
) -> None:
    at = {"w": 0.7, "x": [0.5, -1.2, 0.8], "y": [1.1, 0.3, -0.6]}
    (record,) = gradlab.check(function, at, wrt="w", hand={"w": claim}).records
    assert record.verdict == "disagree"
    assert kind in (record.mistakes[0].kind, *record.mistakes[0].also)


def test_rules_that_are_broken_in_two_terms_of_three_are_not_one_slip() -> None:
    at = {"w": 0.7, "x": [0.5, -1.2, 0.8]}
    claim = "x_1 + x_2 + x_3 (1 - tanh(w x_3)^2)"
    (record,) = gradlab.check("sum_{i=1}^{3} tanh(w x_i)", at, wrt="w", hand={"w": claim}).records
    assert not any(mistake.kind for mistake in record.mistakes)


X3 = {"x": np.array([0.5, 1.7, -0.6]), "g": np.array([0.9, -1.1, 0.4])}


def test_a_softmax_is_not_derived_element_by_element() -> None:
    def softmax(x: Any, g: Any) -> Any:
        return g @ (np.exp(x) / np.sum(np.exp(x)))

    def by_its_diagonal(x: Any, g: Any) -> Any:
        p = np.exp(x) / np.sum(np.exp(x))
        return g * p * (1 - p)

    case = case_of(softmax, X3, wrt=["x"], hand=by_its_diagonal)
    found = find_mistake(posed(case), ["x"])
    assert found is not None
    assert found.kind == "derived element by element"
    assert "Each element of exp(x)/sum(exp(x)) depends on every element of x" in found.sentence


def test_what_cancels_is_not_the_slip_that_left_a_term_out() -> None:
    """Σ (x − μ) is 0, so that the variance's term vanishes too if the derivative of x − μ is forgotten in it."""

    def normalised(x: Any, g: Any) -> Any:
        return g @ ((x - np.mean(x)) / np.sqrt(np.mean((x - np.mean(x)) ** 2) + 1e-5))

    def without_the_variance(x: Any, g: Any) -> Any:
        return (g - np.mean(g)) / np.sqrt(np.var(x) + 1e-5)

    case = case_of(normalised, X3, wrt=["x"], hand=without_the_variance)
    found = find_mistake(posed(case), ["x"])
    assert found is not None
    assert found.kind == "quotient rule: one term missing"
    assert "inner derivative forgotten" not in found.also


def test_a_divisor_that_is_forgotten_is_told_as_a_divisor() -> None:
    case = case_of(
        lambda x, g, d: np.tanh(x @ g / d),
        {**X3, "d": 1.7},
        wrt=["x"],
        hand=lambda x, g, d: g * (1 - np.tanh(x @ g / d) ** 2),
    )
    found = find_mistake(posed(case), ["x"])
    assert found is not None
    assert found.kind == "inner derivative forgotten"
    assert found.sentence.endswith(
        "x @ g/d is inside another function, and the chain rule brings a division by d."
    )
