"""Plots as SVG: what stands where, what is said of it, and that a reader can read it at any width."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from importlib.resources import files
from itertools import pairwise

import pytest
from markupsafe import Markup, escape

from gradlab.record import Duration, Number, StepSizes, Sweep, Timing, replace
from gradlab.record.step_sizes import Curve
from gradlab.record.sweep import Depth, Form, Growth, Law
from gradlab.report.html.figures import Figure
from gradlab.report.html.figures.axes import Scale, apart, powers, rounds
from gradlab.report.html.figures.growth import draw_growth
from gradlab.report.html.figures.paths import simplified
from gradlab.report.html.figures.times import draw_times
from gradlab.report.html.figures.v_curve import draw_v_curve
from tests.report.html.browser import Report

STEPS = tuple(10 ** (-place / 3) for place in range(49))
_SVG = "{http://www.w3.org/2000/svg}"


def curve(
    method: str, order: float, *, noise: float = 1e-16, precision: str = "float64", note: str = ""
) -> Curve:
    """The V curve of a formula of this order, with what a study would find in it."""
    errors = tuple(0.3 * step**order + (noise / step if noise else 0) for step in STEPS)
    if not noise:
        errors = tuple(error if error > 1e-16 else 0.0 for error in errors)
    best = min(range(49), key=errors.__getitem__)
    return Curve(
        component="x2", method=method, precision=precision, errors=errors, truncation_slope=order,
        round_off_slope=-1.0 if noise else None, best=STEPS[best], least=errors[best],
        predicted=STEPS[best - 1], predicted_error=errors[best - 1], scale=5.0, note=note,
    )  # fmt: skip


STUDY = StepSizes(
    steps=STEPS,
    curves=(
        curve("forward", 1),
        curve("centered", 2),
        curve("five-point", 4),
        curve("complex step", 2, noise=0.0),
        curve("forward", 1, noise=1e-8, precision="float32"),
    ),
    drawn="x2",
)


def depth(size: int) -> Depth:
    counts: dict[str, int | None] = {
        "f": 3 * size - 3,
        "gradient program": 7 * size,
        "finite difference": 6 * size + 9,
        "f′ as a tree": size**2 * 2**size,
        "f′ expanded": 3 * 2**size if size < 6 else None,
    }
    note = "f′ expanded is given up from n = 6 on: it takes more than 10 s"
    forms = tuple(
        Form(form=name, operations=count, note="" if count is not None else note)
        for name, count in counts.items()
    )
    return Depth(size=size, verdict="agree", forms=forms)


def law(
    form: str, name: Law, coefficients: tuple[float, ...], base: float | None = None, last: int = 8
) -> Growth:
    return Growth(
        form=form,
        law=name,
        coefficients=coefficients,
        base=base,
        first=1,
        last=last,
        sentence=f"{name}: b^n",
    )


FAMILY = Sweep(
    depths=tuple(map(depth, range(1, 9))),
    growth=(
        law("f", "linear", (-3.0, 3.0)),
        law("gradient program", "linear", (0.0, 7.0)),
        law("f′ as a tree", "size² × exponential", (1.0, 0.0, 0.0), 2.0),
        law("f′ expanded", "exponential", (3.0, 0.0), 2.0, 5),
    ),
    crossings=("from n = 3 on, f′ as a tree takes more operations than a finite difference",),
)


def duration(method: str, ratio: float | None) -> Duration:
    quartiles = None if ratio is None else (0.9 * ratio, 1.2 * ratio)
    return Duration(
        method=method,
        derive=None,
        evaluate=None,
        derive_ratio=None,
        evaluate_ratio=ratio,
        quartiles=quartiles,
    )


TIMES = Timing(
    function=2e-6, rounds=7, noise=0.023,
    durations=(duration("reverse", 2.0), duration("finite_difference", 9.0), duration("symbolic", None)),
)  # fmt: skip
SLOW = Timing(function=2e-6, rounds=7, durations=(duration("reverse", 0.5), duration("symbolic", 700.0)))


def drawn(figure: Figure | None) -> ET.Element:
    assert figure is not None
    assert isinstance(figure.svg, Markup)
    return ET.fromstring(str(figure.svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))  # noqa: S314  # ours


def texts(svg: ET.Element) -> list[str]:
    return [text.text or "" for text in svg.iter(f"{_SVG}text")]


def told(svg: ET.Element) -> str:
    return svg.attrib["aria-label"]


def paths(svg: ET.Element, name: str) -> list[str]:
    """The paths that have a class."""
    return [path.attrib["d"] for path in svg.iter(f"{_SVG}path") if name in path.attrib["class"].split()]


def starts(d: str) -> list[tuple[float, float]]:
    """Where the parts of a path begin."""
    return [(float(x), float(y)) for x, y in re.findall(r"M(-?[\d.]+) ?(-?[\d.]+)", d)]


def places(d: str) -> list[tuple[float, float]]:
    """The points of lines that are written with M, h and l."""
    found: list[tuple[float, float]] = []
    for command, arguments in re.findall(r"([Mhl])([^Mhl]*)", d):
        numbers = [float(number) for number in re.findall(r"-?(?:\d+\.\d+|\.\d+|\d+)", arguments)]
        steps = (
            [(number, 0.0) for number in numbers]
            if command == "h"
            else list(zip(numbers[::2], numbers[1::2], strict=True))
        )
        for dx, dy in steps:
            x, y = (0.0, 0.0) if command == "M" else found[-1]
            found.append((x + dx, y + dy))
    return found


FIGURES: dict[str, Callable[[], Figure | None]] = {
    "v curve": lambda: draw_v_curve(STUDY),
    "growth": lambda: draw_growth(FAMILY),
    "times": lambda: draw_times(TIMES),
    "slow times": lambda: draw_times(SLOW),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_described_and_has_no_ids_but_of_what_it_shares(name: str) -> None:
    svg = drawn(FIGURES[name]())
    assert svg.attrib["role"] == "img"
    assert len(told(svg)) > 50
    used = [element.attrib["href"].removeprefix("#") for element in svg.iter(f"{_SVG}use")]
    assert [element.attrib["id"] for element in svg.iter() if "id" in element.attrib] == used


@pytest.mark.parametrize("name", FIGURES)
def test_colours_come_from_the_style_sheet_alone(name: str) -> None:
    svg = drawn(FIGURES[name]())
    assert not {"style", "fill", "stroke", "onclick"} & {
        key for element in svg.iter() for key in element.attrib
    }
    sheet = (files("gradlab.report.html") / "styles" / "figures.css").read_text(encoding="utf-8")
    assert not re.findall(r"#[0-9a-f]{3,6}\b|rgb", sheet)
    known = set(re.findall(r"\.([a-z]\d?|plot)\b", sheet))
    assert {name for element in svg.iter() for name in element.attrib.get("class", "").split()} <= known


@pytest.mark.parametrize(
    ("low", "high"), [(-18, 1), (-16, 0), (-3, 3), (0, 1), (0, 0.5), (-300, 300), (0, 12)]
)
@pytest.mark.parametrize("room", [30, 70])
def test_labels_of_powers_have_room(low: float, high: float, room: float) -> None:
    ticks = powers(Scale(low, high, 60, 600, logarithmic=True), room)
    assert len(ticks) >= (2 if high - low >= 0.5 else 1)
    assert all(after.place - before.place >= 0.99 * room for before, after in pairwise(ticks))
    assert len({tick.label for tick in ticks}) == len(ticks)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 7.3), (1, 12), (0, 4e5), (0.3, 0.9)])
def test_labels_of_round_numbers_have_room_and_are_right(low: float, high: float) -> None:
    scale = Scale(low, high, 0, 500)
    ticks = rounds(scale, 50)
    assert len(ticks) >= 2
    assert all(after.place - before.place >= 49 for before, after in pairwise(ticks))
    assert all(abs(scale.place(float(tick.label.replace(",", ""))) - tick.place) < 1 for tick in ticks)


@pytest.mark.parametrize("wanted", [[10, 10, 10], [0, 200, 199, 5], [50], [], [90, 100, 100, 0, 3, 95]])
def test_labels_are_pushed_apart_and_keep_their_order(wanted: list[float]) -> None:
    found = apart(wanted, 20, 0, 200)
    ordered = sorted(found)
    assert all(after - before >= 20 - 1e-9 for before, after in pairwise(ordered))
    assert all(0 <= place <= 200 for place in found)
    assert [wanted[found.index(place)] for place in ordered] == sorted(wanted)


def test_a_simplified_line_is_nowhere_far_from_the_line() -> None:
    full = [(float(x), 3 * math.sin(x / 3) + (x > 30) * x) for x in range(60)]
    short = simplified(full, 0.5)
    assert short[0] == full[0]
    assert short[-1] == full[-1]
    assert len(short) < len(full) / 2
    for x, y in full:
        (x0, y0), (x1, y1) = next((one, other) for one, other in pairwise(short) if one[0] <= x <= other[0])
        assert abs((y1 - y0) * (x - x0) - (x1 - x0) * (y - y0)) <= 0.5 * math.hypot(x1 - x0, y1 - y0) + 1e-9


def labels(svg: ET.Element, axis: str) -> dict[str, float]:
    """Where the labels of an axis, x or y, stand along it."""
    group = next(group for group in svg.iter(f"{_SVG}g") if group.attrib.get("class") == axis)
    return {text.text or "": float(text.attrib[axis]) for text in group}


def test_the_best_step_is_marked_where_the_axes_say_it_is() -> None:
    svg = drawn(draw_v_curve(STUDY))
    x, y = labels(svg, "x"), labels(svg, "y")
    best = next(
        path.attrib["d"]
        for group in svg.iter(f"{_SVG}g")
        if group.attrib.get("class") == "s1"
        for path in group
        if path.attrib.get("class") == "b"
    )
    across, above = starts(best)[0]
    best_step, third = STUDY.curves[0].best, (x["10⁻⁸"] - x["10⁻¹⁰"]) / 6
    assert best_step == pytest.approx(10 ** (-23 / 3))
    assert across == pytest.approx(x["10⁻⁸"] + third, abs=0.6)
    power = (y["10⁻⁸"] - y["10⁻⁶"]) / 2
    least = STUDY.curves[0].least
    assert isinstance(least, float)
    assert above + 6 == pytest.approx(y["10⁻⁸"] - power * (math.log10(least) + 8), abs=0.6)


def test_slopes_are_told_once_each() -> None:
    found = [text for text in texts(drawn(draw_v_curve(STUDY))) if text.startswith("slope")]
    assert sorted(found) == ["slope 1", "slope 2", "slope 4", "slope −1"]


def test_the_words_of_a_v_curve_have_its_numbers() -> None:
    figure = draw_v_curve(STUDY)
    svg = drawn(figure)
    assert figure is not None
    assert "forward 1e-8 at h = 2e-8" in told(svg)
    assert "in float32: forward 1e-4 at h = 2e-4" in told(svg)
    assert "five-point 4.0" in told(svg)
    assert "10⁻⁸ at h = 2·10⁻⁸ (forward)" in figure.caption
    assert "step h, in units of 5" in texts(svg)


def test_methods_are_told_apart_by_the_shapes_of_their_marks() -> None:
    shapes = {
        re.sub(r"M[-\d.]+ ?[-\d.]+", "", d.split("z")[0]) for d in paths(drawn(draw_v_curve(STUDY)), "b")
    }
    assert len(shapes) == 4


def test_errors_that_are_zero_stand_below_all_others() -> None:
    svg = drawn(draw_v_curve(STUDY))
    (zeros,) = paths(svg, "z")
    lowest = max(y for d in paths(svg, "l") if d != zeros for _, y in places(d))
    assert min(y for _, y in starts(zeros)) > lowest
    assert "0" in texts(svg)
    without = StepSizes(steps=STEPS, curves=STUDY.curves[:3], drawn="x2")
    assert "0" not in texts(drawn(draw_v_curve(without)))


def test_a_curve_is_interrupted_where_there_is_no_number() -> None:
    errors: tuple[Number, ...] = tuple("NaN" if 10 <= k < 20 else 0.1 * h for k, h in enumerate(STEPS))
    gap = StepSizes(
        steps=STEPS, curves=(Curve(component="x", method="forward", precision="float64", errors=errors),)
    )
    line = next(d for d in paths(drawn(draw_v_curve(gap)), "l") if len(starts(d)) > 1)
    assert len(starts(line)) == 2


def test_without_a_number_there_is_no_v_curve() -> None:
    lost = Curve(component="x", method="forward", precision="float64", errors=("NaN",) * 49)
    assert draw_v_curve(StepSizes(steps=STEPS, curves=(lost,), drawn="x")) is None
    assert draw_v_curve(StepSizes(steps=(), curves=())) is None


def test_where_every_error_is_0_there_is_no_v_curve() -> None:
    exact = Curve(
        component="x", method="forward", precision="float64", errors=(0.0,) * 49, best=1.0, least=0.0
    )
    assert draw_v_curve(StepSizes(steps=STEPS, curves=(exact,), drawn="x")) is None


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ((1e-3,) * 24 + (1e-6,) + (1e-3,) * 24, "lucky"),
        ((1e-3,) * 24 + (1e9,) + (1e-3,) * 24, "Errors above 10³ stand at the upper edge."),
        ((1e-3,) * 24 + (1e-30,) + (1e-3,) * 24, "Errors below 10⁻¹⁸ stand at the lower edge."),
    ],
)
def test_the_caption_says_what_the_curve_hides(errors: tuple[Number, ...], said: str) -> None:
    found = Curve(component="x", method="forward", precision="float64", errors=errors, best=1e-3, least=1e-3)
    plain = replace(found, errors=(1e-3,) * 49)
    captions = [
        figure.caption
        for one in (found, plain)
        if (figure := draw_v_curve(StepSizes(steps=STEPS, curves=(one,), drawn="x")))
    ]
    assert [said in caption for caption in captions] == [True, False]


def test_where_short_steps_are_exact_the_caption_does_not_say_that_they_get_worse() -> None:
    found = Curve(
        component="x", method="centered", precision="float64", errors=(1e-3,) * 49, best=1e-3, least=1e-3,
        round_off_slope=-1.0,
    )  # fmt: skip
    exact = replace(found, errors=(1e-3,) * 40 + (0.0,) * 9)
    captions = [
        figure.caption
        for one in (found, exact)
        if (figure := draw_v_curve(StepSizes(steps=STEPS, curves=(one,), drawn="x")))
    ]
    assert ["only gets worse" in caption for caption in captions] == [True, False]


@pytest.mark.parametrize("odd", ["Infinity", 1e-300, 1e300])
def test_errors_of_any_size_stay_within_the_picture(odd: Number) -> None:
    one = Curve(
        component="x", method="forward", precision="float64", errors=(odd,) * 49, best=1e-3, least=odd
    )
    svg = drawn(draw_v_curve(StepSizes(steps=STEPS, curves=(one,), drawn="x")))
    height = float(svg.attrib["height"])
    assert all(0 <= y <= height for d in [*paths(svg, "l"), *paths(svg, "b")] for _, y in starts(d))
    assert "nan" not in ET.tostring(svg, "unicode").lower()


def test_an_error_that_is_absolute_is_called_so() -> None:
    zero = StepSizes(steps=STEPS, curves=(curve("forward", 1, note="the derivative is 0"),), drawn="x2")
    assert "absolute error" in texts(drawn(draw_v_curve(zero)))


def test_names_are_escaped() -> None:
    hostile = "<script>alert(1)</script>&\"'"
    named = StepSizes(
        steps=STEPS,
        curves=(Curve(component=hostile, method="forward", precision="float64", errors=STEPS),),
        drawn=hostile,
    )
    figure = draw_v_curve(named)
    assert figure is not None
    assert "<script" not in figure.svg
    assert hostile in told(drawn(figure))
    parameter = Sweep(parameter=hostile, depths=FAMILY.depths)
    swell = draw_growth(parameter)
    assert swell is not None
    assert "<script" not in swell.svg


def test_a_fit_goes_through_what_it_fits() -> None:
    svg = drawn(draw_growth(FAMILY))
    fitted = compared = 0
    for group in svg.iter(f"{_SVG}g"):
        found = {path.attrib["class"]: path.attrib["d"] for path in group.findall(f"{_SVG}path")}
        if "w" in found and "m" in found:
            fitted += 1
            fit = places(found["w"])
            for x, y in starts(found["m"]):
                for (x0, y0), (x1, y1) in pairwise(fit):
                    if x0 <= x < x1:
                        # A mark is written by its top or foot, 4 pixels from its middle.
                        assert abs(y0 + (y1 - y0) * (x - x0) / (x1 - x0) - y) <= 8
                        compared += 1
    assert fitted == 4
    assert compared > 20


def test_a_crossing_is_marked_between_the_sizes_where_it_is() -> None:
    svg = drawn(draw_growth(FAMILY))
    (ring,) = paths(svg, "r")
    ((x, _),) = starts(ring)
    sizes = labels(svg, "x")
    assert sizes["2"] < x < sizes["3"]  # 16 and 21 operations at 2, 72 and 27 at 3


def test_a_form_that_was_given_up_ends_in_a_cross() -> None:
    figure = draw_growth(FAMILY)
    svg = drawn(figure)
    assert figure is not None
    assert len(paths(svg, "u")) == 1
    assert "f′ expanded 6 at 1 and 96 at 5 and is given up after it" in told(svg)
    assert "Crosses: given up" in figure.caption


def test_the_words_of_swell_have_its_laws_and_numbers() -> None:
    figure = draw_growth(FAMILY)
    assert figure is not None
    assert "f′ as a tree: size² × exponential: bⁿ" in figure.caption
    assert "f′ as a tree 2 at 1 and 16,384 at 8" in told(drawn(figure))


def test_each_form_is_named_beside_its_line_and_no_name_hides_another() -> None:
    svg = drawn(draw_growth(FAMILY))
    forms = {form.form for form in FAMILY.depths[0].forms}
    heights = sorted(float(text.attrib["y"]) for text in svg.iter(f"{_SVG}text") if text.text in forms)
    assert len(heights) == len(forms)
    assert all(after - before >= 19 for before, after in pairwise(heights))


@pytest.mark.parametrize("sizes", [(1, 2, 4, 8, 16, 32, 64), (0, 10, 20), (3, 4)])
def test_sizes_stand_on_an_axis_that_shows_each(sizes: tuple[int, ...]) -> None:
    svg = drawn(draw_growth(Sweep(depths=tuple(map(depth, sizes)))))
    (marks, *_) = paths(svg, "m")
    across = sorted({x for x, _ in starts(marks)})
    assert len(across) == len(sizes)
    assert all(after - before > 15 for before, after in pairwise(across))


def test_a_family_of_one_size_has_no_picture() -> None:
    assert draw_growth(Sweep(depths=(depth(3),))) is None
    assert draw_growth(Sweep(depths=())) is None


def bars(timing: Timing) -> list[float]:
    """The ends of the bars."""
    (d,) = paths(drawn(draw_times(timing)), "f")
    return [float(bar.partition("H")[2].partition("v")[0]) for bar in d.split("M")[1:]]


def test_bars_are_as_long_as_what_they_stand_for() -> None:
    reverse, difference = bars(TIMES)
    left = starts(paths(drawn(draw_times(TIMES)), "f")[0])[0][0]
    assert (difference - left) / (reverse - left) == pytest.approx(4.5, rel=0.01)


def test_times_that_differ_much_are_on_a_logarithmic_axis_which_says_so() -> None:
    assert "one gradient, in evaluations of f (logarithmic)" in texts(drawn(draw_times(SLOW)))
    assert "one gradient, in evaluations of f" in texts(drawn(draw_times(TIMES)))
    assert bars(SLOW)[0] < bars(SLOW)[1]


def test_numbers_stand_at_the_ends_of_bars_beyond_the_whiskers() -> None:
    svg = drawn(draw_times(TIMES))
    written = {text.text: float(text.attrib["x"]) for text in svg.iter(f"{_SVG}text") if "x" in text.attrib}
    whiskers = paths(svg, "i")[0].split("M")[1:]
    for label, whisker in zip(("×2.0", "×9.0"), whiskers, strict=True):
        assert written[label] > float(whisker.partition("H")[2].partition("m")[0])


def test_the_words_of_times_have_the_noise_and_the_numbers() -> None:
    figure = draw_times(TIMES)
    assert figure is not None
    assert "±2\N{NO-BREAK SPACE}%" in figure.caption
    assert "reverse 2.0, finite difference 9.0" in told(drawn(figure))
    assert draw_times(Timing(function=1e-6, rounds=0, durations=(duration("reverse", None),))) is None


def page(figures: Iterable[Figure | None]) -> str:
    """A page with figures alone."""
    styles = files("gradlab.report.html") / "styles"
    sheet = "".join(
        (styles / f"{name}.css").read_text(encoding="utf-8") for name in ("colours", "page", "figures")
    )
    body = "".join(
        f"<figure>{one.svg}<figcaption>{escape(one.caption)}</figcaption></figure>" for one in figures if one
    )
    # What is shared stands in its place: the browser tells no boxes of what is drawn by a `use`.
    body = re.sub(r"<symbol[^>]*>(.*?)</symbol><use[^>]*>", r"<g>\1</g>", body)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>plots</title>'
        f'<meta name="viewport" content="width=device-width"><style>{sheet}</style></head>'
        f"<body><main><h1>plots</h1>{body}</main></body></html>"
    )


_COLLISIONS = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
    const edge = svg.getBoundingClientRect(), found = [];
    const boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
    boxes.forEach(([name, a], i) => {
        if (a.left < edge.left - 1 || a.right > edge.right + 1 || a.top < edge.top - 1 || a.bottom > edge.bottom + 1)
            found.push(`${name} is cut`);
        for (const [other, b] of boxes.slice(i + 1))
            if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3)
                found.push(`${name} meets ${other}`);
    });
    return found;
})"""


_SMALLEST = """() => Math.min(...[...document.querySelectorAll('svg')].map(svg =>
    parseFloat(getComputedStyle(svg.querySelector('text')).fontSize)
        * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width))"""


@pytest.mark.parametrize("width", [360, 800, 1600])
def test_no_label_is_cut_or_meets_another_in_a_browser(
    open_report: Callable[[str], Report], width: int
) -> None:
    report = open_report(page(make() for make in FIGURES.values()))
    report.show(width, "dark")
    assert report.ask(_COLLISIONS) == []
    assert report.layout() == []
    assert report.ask(_SMALLEST) >= 8
