"""Records made by hand, to draw reports of: what is usual, and what goes wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
from msgspec.structs import replace

from gradlab import record as r
from tests.report.estimating import METHODS, argument, estimate, names, point

VERSIONS = {"python": "3.11.9", "numpy": "2.4.6", "sympy": "1.14.0", "mpmath": "1.3.0"}
LINES = "    y = 1 / (1 + np.exp(-(w * x + b)))\n    return (y - t) ** 2 / 2 + lam * w**2 / 2"
LOGISTIC = f"def logistic_regularised(w, b, x, t, lam):\n{LINES}"
TANH = (
    "def tanh_2_2_1(W0, W1, x0, y):\n    x1 = W0 @ x0  # the pre-activation\n"
    "    x2 = np.tanh(x1)\n    x3 = W1 @ x2\n    return np.sum((x3 - y) ** 2) / 2"
)


def ln_product_sine(lib: Any, v: list[Any], _at: dict[str, Any]) -> Any:
    return lib.log(v[0]) + v[0] * v[1] - lib.sin(v[1])


def logistic(lib: Any, v: list[Any], at: dict[str, Any]) -> Any:
    y = 1 / (1 + lib.exp(-(v[0] * at["x"] + v[1])))
    return (y - at["t"]) ** 2 / 2 + at["lam"] * v[0] ** 2 / 2


def tanh_network(lib: Any, v: list[Any], at: dict[str, Any]) -> Any:
    x = at["x0"]
    hidden = [lib.tanh(v[0] * x[0] + v[1] * x[1]), lib.tanh(v[2] * x[0] + v[3] * x[1])]
    return (v[4] * hidden[0] + v[5] * hidden[1] - at["y"]) ** 2 / 2


def logistic_gradient(w: float, b: float, x: float, t: float, lam: float) -> list[float]:
    y = 1 / (1 + math.exp(-(w * x + b)))
    return [(y - t) * y * (1 - y) * x + lam * w, (y - t) * y * (1 - y)]


def costs(function: int = 7, tree: int = 21, hopeless: bool = False) -> dict[str, Any]:
    def size(form: str, operations: int) -> r.Size:
        return r.Size(form=form, operations=operations, ratio=operations / function)

    def duration(method: str, derive: float | None, evaluate: float, note: str = "") -> r.Duration:
        ratio = evaluate / 1.2e-6
        return r.Duration(
            method=method,
            derive=derive,
            evaluate=evaluate,
            derive_ratio=None if derive is None else derive / 1.2e-6,
            evaluate_ratio=ratio,
            quartiles=(ratio * 0.97, ratio * 1.08),
            note=note,
        )

    large = r.Size(form="f′ as a tree", operations=None, ratio=None, note="more than 200,000 operations")
    return {
        "swell": (
            size("f", function),
            size("f as a tree", function + 2),
            large if hopeless else size("f′ as a tree", tree),
            size("f′ shared", 2 * function - 2),
            size("gradient program", 2 * function - 1),
        ),
        "timing": r.Timing(
            function=1.2e-6,
            rounds=25,
            durations=(
                duration("reverse", 4.56e-05, 2.31e-6),
                duration("forward", 3.1e-05, 2.9e-6),
                r.Duration(
                    method="symbolic",
                    derive=None,
                    evaluate=None,
                    derive_ratio=None,
                    evaluate_ratio=None,
                    quartiles=None,
                    note="not timed: the expression would have 2.1e5 operations",
                )
                if hopeless
                else duration("symbolic", 0.0231, 1.9e-6),
                duration("finite_difference", None, 4.9e-6),
            ),
        ),
    }


def case(name: str, points: tuple[r.Point, ...], **fields: Any) -> r.CaseRecord:
    verdicts = [p.verdict for p in points if p.verdict != "agree"]
    fields.setdefault("verdict", verdicts[0] if verdicts else "agree")
    fields.setdefault("passed", fields["verdict"] == fields.get("expected", "agree"))
    return r.CaseRecord(name=name, points=points, **{"seconds": 0.31, **fields})


def run(*cases: r.CaseRecord, **fields: Any) -> r.Record:
    bad = [c.verdict for c in cases if not c.passed]
    settings: dict[str, Any] = {
        "gradlab": "0.1.0",
        "verdict": bad[0] if bad else "agree",
        "started": "2026-11-21T08:00:00Z",
        "seconds": 3.24,
        "points": 5,
        "methods": METHODS,
        "versions": VERSIONS,
    }
    return r.Record(cases=cases, **{**settings, **fields})


def ln_case(second: Callable[[float, float], float], claim: str) -> r.CaseRecord:
    drawn = [(2.31, 4.87), (1.77, 5.21), (2.09, 4.6), (1.91, 5.4), (2.2, 5.05)]
    points = tuple(
        point(
            ln_product_sine,
            {"x1": x1, "x2": x2},
            ("x1", "x2"),
            [1 / x1 + x2, second(x1, x2)],
            given=not i,
        )
        for i, (x1, x2) in enumerate([(2.0, 5.0), *drawn])
    )
    return case(
        "ln-product-sine",
        points,
        function="ln(x1) + x1*x2 - sin(x2)",
        read_as="ln(x1) + x1·x2 − sin(x2)",
        claims=("x1: 1/x1 + x2", f"x2: {claim}"),
        source="GT, Backpropagation / Automatic Differentiation",
        **costs(),
    )


def right_ln_case() -> r.CaseRecord:
    return ln_case(lambda x1, x2: x1 - math.cos(x2), "x1 - cos(x2)")


def wrong_claim() -> r.Record:
    return run(ln_case(lambda x1, x2: x1 + math.cos(x2), "x1 + cos(x2)"))


def logistic_case() -> r.CaseRecord:
    at = {"w": 0.5, "b": -0.3, "x": 1.2, "t": 1.0, "lam": 0.1}
    near = {**at, "w": 0.61, "b": -0.25}
    return case(
        "logistic-regularised",
        (
            point(logistic, at, ("w", "b"), logistic_gradient(**at)),
            point(logistic, near, ("w", "b"), logistic_gradient(**near), given=False),
        ),
        function=LOGISTIC,
        claims=(
            (
                "def gradient(w, b, x, t, lam):\n    y = 1 / (1 + np.exp(-(w * x + b)))\n"
                "    dz = (y - t) * y * (1 - y)\n    return dz * x + lam * w, dz"
            ),
        ),
        source="UM, Lecture 8: Optimization, manually calculating gradients",
        location="cases/lectures.py:14",
        notes=("t: integer converted to a float.",),
        **costs(11, 44),
    )


def tanh_case() -> r.CaseRecord:
    at = {"W0": [[1.0, -3.0], [0.2, 1.0]], "W1": [[1.0, -1.0]], "x0": [1.0, 0.1], "y": 0.5}
    dx1 = (-0.11866129, 0.17108013)
    claimed = [dx1[0], dx1[0] * 0.1, dx1[1], dx1[1] * 0.1, -0.11298343, -0.05445939]
    one = point(tanh_network, at, ("W0", "W1"))
    printed = estimate("claimed", claimed, list(one.reference), verdict="agree", verdicts=("agree",) * 6)
    one = replace(one, estimates=(*one.estimates, printed), verdict="agree")
    return case(
        "tanh-2-2-1",
        (one,),
        function=TANH,
        claims=("the numbers that the lecture prints, to 8 digits",),
        source="UM, Lecture 8: Optimization",
        location="cases/lectures.py:41",
        **costs(14, 96),
    )


def degrees_case(declared: bool = True) -> r.CaseRecord:
    def function(lib: Any, v: list[Any], _at: dict[str, Any]) -> Any:
        return 2 / lib.sin(lib.exp(-v[0]))

    return case(
        "sine-of-exp-chain",
        (point(function, {"x": -4.499}, ("x",), [0.0]),),
        expected="disagree" if declared else "agree",
        reason="The claim 0 is what the sine in degrees gives: f′ is 0.0040 there, and -80.4 in radians.",
        function="def sine_of_exp_chain(x):\n    return 2 / np.sin(np.exp(-x))",
        claims=("x: 0",),
        source="VU, Automatic differentiation",
        **costs(4, 9),
    )


def lectures() -> r.Record:
    return run(logistic_case(), tanh_case(), right_ln_case(), degrees_case())


def kink() -> r.Record:
    sentence = (
        "maximum(x, 0) at homework.py:3: both sides are equal here. The slope is 0 from the left and 1 from "
        "the right."
    )
    one = r.Point(
        given=True,
        inputs=(argument("x", 0.0),),
        value=(0.0,),
        components=("x",),
        reference=("",),
        verdict="undefined",
        reason="relu has a kink exactly at this point, so it has no derivative here.",
        kinks=(sentence,),
        estimates=(
            r.Estimate(method="claimed", verdict="undefined", values=(1.0,), digits=(None,)),
            r.Estimate(method="reverse", verdict="undefined", values=(0.0,), digits=(None,)),
            estimate("finite_difference", [0.5], [""], verdict="undefined", verdicts=("undefined",)),
            r.Estimate(method="symbolic", verdict="unsupported", reason="Heaviside(0) has no value."),
        ),
    )
    return run(case("relu", (one,), function="max(0, x)", claims=("x: 1",), reason=one.reason))


def jacobian() -> r.Record:
    outputs, inputs = ("y[0]", "y[1]", "y[2]"), ("x[0]", "x[1]", "x[2]")
    components = tuple(f"{y} by {x}" for y in outputs for x in inputs)
    values = [2.0, -1.0, 0.0, 0.0, 2.0, -1.0, -1.0, 0.0, 1e-7]
    references = [r_ if r_ != "1e-07" else "1.0e-7" for r_ in map(repr, values)]
    transposed = [values[3 * (i % 3) + i // 3] for i in range(9)]
    methods = [estimate(m, values, references) for m in ("reverse", "forward", "precise")]
    claim = estimate("claimed", transposed, references)
    one = r.Point(
        given=True,
        inputs=(argument("x", [1.0, 2.0, 3.0]),),
        value=(0.0, 1.0, -1.0000003),
        components=components,
        reference=tuple(references),
        verdict="disagree",
        estimates=(*methods, claim),
    )
    return run(
        case(
            "circulant",
            (one,),
            function="def circulant(x):\n    return A @ x",
            claims=("def hand(x):\n    return A.T",),
        )
    )


def network() -> r.Record:
    """10,000 components of which 300 are claimed wrongly, and a symbolic method that gave up."""
    size = 10_000
    exact = [math.sin(i + 1.0) / (1 + i % 97) for i in range(size)]
    references = [mpmath.nstr(mpmath.mpf(value) * (1 + mpmath.mpf("1e-16")), 30) for value in exact]
    wrong = [value * (1.001 if i % 33 == 7 and i < 9_900 else 1) for i, value in enumerate(exact)]
    components = names("weights", (100, 100))
    one = r.Point(
        given=True,
        inputs=(
            argument("weights", [[math.cos(100.0 * i + j) for j in range(100)] for i in range(100)]),
            argument("x", [float(i) / 7 for i in range(100)], False),
        ),
        value=(0.1030495857487976,),
        components=tuple(components),
        reference=tuple(references),
        verdict="disagree",
        estimates=(
            estimate("claimed", wrong, references),
            estimate("reverse", exact, references),
            estimate("finite_difference", [v + 3e-11 for v in exact], references),
            r.Estimate(
                method="symbolic", verdict="unsupported", reason="the expression would have 2.1e5 operations"
            ),
            r.Estimate(
                method="forward",
                verdict="unsupported",
                reason="stopped after 10 s: one pass for each component",
            ),
        ),
    )
    return run(
        case(
            "network",
            (one,),
            function="def network(weights, x):\n"
            + "    x = np.tanh(weights @ x)\n" * 30
            + "    return np.sum(x**2)",
            claims=("homework:gradient",),
            location="homework.py:12",
            **costs(42_000, 1, hopeless=True),
        )
    )


def not_finite() -> r.Record:
    values = [math.nan, math.inf, -math.inf]
    references = ["", "1.0", "2.5"]
    one = r.Point(
        given=True,
        inputs=(argument("x", [1e308, -1e308, math.inf]),),
        value=("Infinity",),
        components=("x[0]", "x[1]", "x[2]"),
        reference=tuple(references),
        verdict="inconclusive",
        reason="The function overflows in float64.",
        estimates=(
            estimate("reverse", values, references),
            estimate("precise", [1e-300, 1.0, 2.5], references),
        ),
    )
    return run(case("overflow", (one,), function="exp(x)", reason=one.reason))


def unicode() -> r.Record:
    one = point(
        lambda _lib, v, _at: v[0] * v[1] ** 2, {"größe": 2.0, "重み": 3.0}, ("größe", "重み"), [9.0, 12.0]
    )
    return run(
        case(
            "naïve-σ-重み-🙂",
            (one,),
            function="größe * 重み**2",
            claims=("größe: 重み**2",),
            source="Übungsblatt №3",
        )
    )


def hostile() -> r.Record:
    """Names and texts that try to steer the terminal or the markup."""
    steer = "\x1b[2J\x1b]0;owned\x07[bold red]x[/] \u202eabc\u202c\x9b31m\r\b\x00"
    one = point(lambda _lib, v, _at: v[0] ** 2, {"x": 3.0}, ("x",), [7.0])
    named = (replace(one.inputs[0], name=steer),)
    one = replace(one, components=(steer,), reason=steer, kinks=(steer,), inputs=named)
    function = f"def f(x):\n\treturn x  # {steer}"
    texts = dict.fromkeys(("read_as", "source", "location", "reason"), steer)
    lists = dict.fromkeys(("claims", "notes", "tags"), (steer,))
    cases = (case(steer, (one,), function=function, **texts, **lists),)
    return run(*cases, versions={steer: steer}, command=steer, reason=steer)


def error() -> r.Record:
    function = "def f(x):\n    return x * random.random()"
    reason = (
        "Two calls at the same point gave 1.21 and 0.43: the function is not deterministic. Fix its random "
        "seed, or pass the random numbers as an argument."
    )
    return run(
        case("homework", (), verdict="error", function=function, reason=reason, location="homework.py:3"),
        right_ln_case(),
    )


def interrupted() -> r.Record:
    return run(right_ln_case(), interrupted=True)


def empty() -> r.Record:
    return r.Record(gradlab="0.1.0", verdict="error")


def one_lucky_point() -> r.Record:
    def function(_lib: Any, v: list[Any], _at: dict[str, Any]) -> Any:
        return v[0] ** 2

    points = [point(function, {"x": x}, ("x",), [x + 2], given=x == 2) for x in (2.0, 2.13, 1.87)]
    return run(case("lucky", tuple(points), function="x**2", claims=("x: x + 2",)))


def lost_digits() -> r.Record:
    """A claim that is right, and useless in float64; two methods that lose digits in the same way."""

    def function(lib: Any, v: list[Any], _at: dict[str, Any]) -> Any:
        return (1 - lib.cos(v[0])) / v[0] ** 2

    one = point(function, {"x": 1e-4}, ("x",), [0.0])
    cancelling = (
        "∂/∂x: no correct digit: cancellation: 1 − 0.999999995 at homework.py:2 loses 8 digits, then "
        "9999.999983333335 − 9999.99993922529 in the derivative of cos at homework.py:2 loses the others"
    )
    step = (
        "∂/∂x: no correct digit: round-off: it is off by 7e-5 with the step h = 6e-6 (its error estimate is "
        "0.002); the best step would be about 0.2, with an error of about 8e-8"
    )
    saturated = (
        "∂/∂x: no correct digit: saturation: cos of 1e-9 at homework.py:5 is exactly 1, so 1 − 1 at "
        "homework.py:6 is 0, where 5.0e-19 is right"
    )
    lost = {
        "claimed": saturated,
        "reverse": cancelling,
        "forward": cancelling,
        "finite_difference": step,
    }
    estimates = tuple(
        replace(
            e,
            verdict="agree",
            verdicts=("agree",),
            values=(-4.410804525832646e-05,) if e.method in ("reverse", "forward") else e.values,
            digits=(0.0,) if e.method in lost else e.digits,
            lost=(lost[e.method],) if e.method in lost else (),
        )
        for e in one.estimates
    )
    one = replace(one, estimates=estimates, verdict="agree")
    return run(
        case(
            "versine",
            (one,),
            function="def versine(x):\n    return (1 - np.cos(x)) / x**2",
            claims=("homework:gradient",),
            notes=("∂/∂x: the claim is right, but in float64 it keeps 0 correct digits here",),
        )
    )


def black_box() -> r.Record:
    """A function that can only be called: the reference has error bars, and an error must be so large."""
    references = ["0.36235775448", "-0.0071", "1204.8"]
    methods = [
        estimate(
            "finite_difference",
            [0.362357754481, -0.0070993, 1204.81],
            references,
            errors=(4e-11,) * 3,
            verdict="agree",
            verdicts=("agree",) * 3,
        ),
        r.Estimate(method="reverse", verdict="unsupported", reason="it can't be traced: it is compiled"),
    ]
    claim = estimate("claimed", [0.3623577544766736, -0.007, 1204.8], references, verdict="agree")
    claim = replace(claim, verdicts=("agree",) * 3, detectable=(2.2e-10, 0.0713, 4.2e-4))
    one = r.Point(
        given=True,
        inputs=(argument("w", [0.3, 1e-9, 20.0]),),
        value=(0.955336489125606,),
        components=("w[0]", "w[1]", "w[2]"),
        reference=tuple(references),
        bars=(4e-11, 0.00025, 0.25),
        asked="3 of the 20,000 components, drawn at random, and 8 random directions",
        verdict="agree",
        estimates=(*methods, claim),
    )
    return run(case("compiled", (one,), function="solver.energy", claims=("solver.gradient",)))


def counterexample() -> r.Record:
    """A wrong claim with the simplest point at which it is wrong, and code to paste."""
    snippet = (
        "import gradlab\n\n"
        "result = gradlab.check(\n"
        '    "ln(x1) + x1*x2 - sin(x2)",\n'
        '    at={"x1": 1.0, "x2": 1.0},\n'
        '    hand={"x1": "1/x1 + x2", "x2": "x1 + cos(x2)"},\n'
        ")\n"
        "print(result)  # ∂f/∂x2: 1.540302305868140, where 0.4596976941318603 is right\n"
    )
    found = r.Counterexample(
        inputs=(argument("x1", 1.0), argument("x2", 1.0)),
        component="x2",
        claimed="1.5403023058681397174",
        derivative="0.45969769413186028260",
        snippet=snippet,
    )
    wrong = wrong_claim().cases[0]
    return run(replace(wrong, counterexample=found))


SAMPLES: dict[str, Callable[[], r.Record]] = {
    make.__name__: make
    for make in (
        lectures,
        wrong_claim,
        kink,
        jacobian,
        network,
        not_finite,
        unicode,
        hostile,
        error,
        interrupted,
        empty,
        one_lucky_point,
        lost_digits,
        black_box,
        counterexample,
    )
}
