"""The sections on studies: the same words and numbers as in the terminal, in tables that anyone can read."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from typing import Any

import numpy as np
import pytest
from markupsafe import Markup, escape

from gradlab.harness import Settings, case_of, check_cases
from gradlab.judge.behaviour import pose
from gradlab.library import library
from gradlab.record import CaseRecord, Point, Record, Size, replace
from gradlab.report.html import write
from gradlab.report.html.rendering import named
from gradlab.report.html.sections import cost, explanation, step_sizes, sweep
from gradlab.report.html.sections._compact import compact
from gradlab.report.html.sections._matrices import numerals
from gradlab.report.terminal import to_text
from gradlab.study.explain import Explaining, explain_derivation
from tests.report.test_cost import TIMING
from tests.report.test_sweep import NOTE, SWEEP

SECTIONS = (explanation, step_sizes, sweep, cost)
EMPTY = CaseRecord(name="f", verdict="agree", passed=True, function="f")
HOSTILE = "</td><script>alert(1)</script>"
CASES = {case.name: case for case in library()}


def explained(name: str | Any, **settings: Any) -> CaseRecord:
    """A case of the library, or one's own, with its explanation."""
    case = CASES[name] if isinstance(name, str) else name
    told = explain_derivation(case, pose(case, case.points[0], 50), Explaining(**settings))
    return replace(EMPTY, name=case.name, explanation=told)


def of_formula(text: str, at: dict[str, Any], **settings: Any) -> CaseRecord:
    return explained(case_of(text, at, name="f"), **settings)


@cache
def studied() -> CaseRecord:
    """A case with everything that the four sections draw."""
    case = case_of("ln(x1) + x1*x2 - sin(x2)", dict(x1=2.0, x2=5.0), name="studied")
    record = check_cases([case], Settings(points=0, timed=False, step_sizes=True))
    told = of_formula("ln(x1) + x1*x2 - sin(x2)", dict(x1=2.0, x2=5.0), step=0.1).explanation
    swell = (
        Size(form="f", operations=5, ratio=1.0),
        Size(form="f′ as a tree", operations=None, ratio=None, note="too many"),
    )
    return replace(record.cases[0], explanation=told, sweep=SWEEP, swell=swell, timing=TIMING)


def drawn(case: CaseRecord, identifier: str = "case-1") -> str:
    """All four sections."""
    return "".join(str(part.section(case, identifier)) for part in SECTIONS)


def text_of(markup: str) -> str:
    """What is read: cells and lines apart, tags away."""
    return unescape(re.sub(r"<[^>]*>", "", re.sub(r"<(?:t[dhr]|d[dt]|p|li|/summary)\b", " <", markup)))


def rows(markup: str, caption: str) -> list[list[str]]:
    """The cells of the table with this caption, row by row; what a pass has of mathematics as plain text."""
    tables = re.findall(r"<table.*?<caption[^>]*>([^<]*)(.*?)</table>", markup, re.DOTALL)
    table = next(body for title, body in tables if title.startswith(caption))
    return [
        [" ".join(text_of(cell).split()) for cell in re.split(r"<t[dh]\b[^>]*>", row)[1:]]
        for row in re.split(r"<tr\b[^>]*>", table)[1:]
    ]


@pytest.mark.parametrize("part", SECTIONS)
def test_where_nothing_was_studied_there_is_no_section(part: Any) -> None:
    assert part.section(EMPTY, "case-1") == Markup("")


def test_the_forward_pass_tells_how_each_value_comes_about() -> None:
    found = rows(explanation.section(of_formula("x^2 + 3*x", dict(x=2.0)), "case-1"), "forward pass")
    assert found[:2] == [["name", "computed by", "value"], ["x", "derived by", "= 2"]]
    assert [(row[0], row[2]) for row in found[2:]] == [("v1", "= 4"), ("v2", "= 6"), ("f", "= 10")]


def test_the_backward_pass_multiplies_edge_by_edge_and_adds_where_paths_meet() -> None:
    found = rows(explanation.section(of_formula("x^2 + 3*x", dict(x=2.0)), "case-1"), "backward pass")
    by = [row[-3:-1] for row in found]
    assert found[1] == ["∂f/∂f", "", "", "", "= 1", ""]
    assert [row[2:5] for row in found[2:4]] == [["1", "· 1", "= 1"], ["1", "· 1", "= 1"]]
    assert found[4][0] == "∂f/∂x" and sorted(by[4:6]) == [["· 3", "= 3"], ["· 4", "= 4"]]
    assert found[5][0].startswith("+") and found[5][-1].startswith("from v")
    assert found[6][-2:] == ["= 7", "2 paths meet, and add"]


def test_a_forward_pass_tells_the_tangents() -> None:
    case = of_formula("x*y", dict(x=2.0, y=3.0), mode="forward")
    section = explanation.section(case, "case-1")
    assert "Forward pass 2 of 2: the tangents by y" in section
    assert rows(section, "forward pass 2")[-1][-2] == "= 2"


def test_what_nothing_flows_to_is_0_and_said_to_be() -> None:
    section = explanation.section(
        explained(case_of(lambda x, y: x * 1.0, dict(x=2.0, y=1.0), name="f")), "case-1"
    )
    assert rows(section, "backward pass")[-1][-2:] == ["= 0", "nothing flows to it here"]


@pytest.mark.parametrize("name", list(CASES)[::6])
def test_every_number_of_a_pass_is_the_terminal_s(name: str) -> None:
    case = explained(name)
    record = Record(gradlab="0.1", verdict="agree", study="explain", cases=(case,))
    told = re.sub(r"\s+", "", to_text(record, 400, verbosity=1))
    for row in rows(explanation.section(case, "case-1"), "backward pass")[1:]:
        for cell in row[-4:-1]:
            assert "".join(re.sub(r"^.*[=≈] ", "", cell).split()) in told


def test_a_step_of_gradient_descent_is_shown_with_the_function_before_and_after() -> None:
    section = explanation.section(of_formula("x^2", dict(x=3.0), step=0.1), "case-1")
    assert "each x becomes x − 0.1·∂f/∂x" in section
    assert "f = 9 before, = 5.76 after: it went down" in section
    assert "step of gradient" not in explanation.section(of_formula("x^2", dict(x=3.0)), "case-1")


def test_where_there_is_no_derivative_the_passes_are_called_a_convention() -> None:
    case = replace(explained("relu-at-0"), verdict="undefined")
    assert "by convention: there is no derivative here" in explanation.section(case, "case-1")


def test_what_is_float64_s_rounding_of_0_is_said_to_be() -> None:
    case = of_formula("x^2", dict(x=3.0))
    point = Point(given=True, inputs=(), value=(9.0,), components=("x",), reference=("0.0",), verdict="agree")
    section = explanation.section(replace(case, points=(point,)), "case-1")
    assert "∂f/∂x: exactly 0; what is shown is float64&#39;s rounding" in section


def test_a_closed_form_stands_once_on_the_page() -> None:
    for name in ("ln-product-sine", "two-convolutions"):
        case = explained(name)
        page = write(Record(gradlab="0.1", verdict="agree", cases=(case,)))
        last = case.explanation.closed[-1].name  # type: ignore[union-attr]
        assert len(re.findall(rf"<dt>({re.escape(last)}|{re.escape(named(last))})<", page)) == 1, name


def test_rules_of_a_long_pass_are_code() -> None:
    assert "<math" in explanation.section(explained("ln-product-sine"), "case-1")
    long = explanation.section(explained("pendulum-rk4"), "case-1")
    assert "<math" not in long[long.index("Backward pass") : long.index("The closed form")]
    assert "<code>∂f/∂" in long


def test_of_thousands_of_rows_the_first_and_the_last_are_shown() -> None:
    def f(x: Any) -> Any:
        for _ in range(400):
            x = np.sin(x)
        return x

    section = explanation.section(explained(case_of(f, dict(x=1.0), name="f")), "case-1")
    assert "… 321 more rows …" in section
    assert len(rows(section, "forward pass")) < 100


def test_the_table_of_steps_tells_each_method_in_each_precision() -> None:
    found = rows(step_sizes.section(studied(), "case-1"), "∂f/∂x")
    assert found[0] == ["method", "best h", "predicted", "least error", "truncation", "round-off"]
    names = [row[0] for row in found[1:]]
    assert names == [
        *("float64", "centered", "forward", "five-point", "complex step"),
        *("float32", "centered", "forward", "five-point", "complex step"),
    ]
    told = to_text(Record(gradlab="0.1", verdict="agree", cases=(studied(),)), 140, verbosity=1)
    for row in found[1:]:
        assert " ".join(row) in " ".join(told.split())


def test_the_other_components_of_steps_are_a_click_away() -> None:
    section = step_sizes.section(studied(), "case-1")
    assert section.index("1 other component") > section.index("Best steps, least errors, slopes")
    assert len(re.findall("<table", section)) == 2


def test_the_sweep_tells_the_operations_of_each_form_at_each_size() -> None:
    found = rows(sweep.section(studied(), "case-1"), "Operations")
    assert found[0] == ["n", "f", "recorded", "program", "diff.", "f tree", "f′ tree", "expand"]
    assert found[1] == ["7", "21", "56", "49", "42", "128", "896", "188"]
    assert found[3][-1] == "–1"
    assert found[4] == ["10", "the function raises ValueError: ten is too many for it"]


def test_the_sweep_tells_laws_losses_crossings_and_remarks() -> None:
    section = sweep.section(studied(), "case-1")
    said = " ".join(text_of(section).split())
    assert rows(section, "Growth")[1] == ["f", "33", "n = 11", "linear: 3·n, for n = 7…11"]
    assert "wrong by 12 orders of magnitude in float64 (×10^12)" in said
    assert "f′ as a tree takes longer than a finite difference, measured here" in said
    assert said.count(NOTE) == 1
    assert rows(section, "To evaluate")[1][:2] == ["7", "2.0"]


def test_the_derivative_is_written_out_in_three_ways() -> None:
    section = sweep.section(studied(), "case-1")
    assert "<summary>Written out, n = 2</summary>" in section
    assert "<pre class=written><code>v1 = 1 − x\n∂f/∂x = …</code></pre>" in section


def test_sizes_that_all_failed_are_a_list() -> None:
    depths = tuple(replace(one, forms=(), reason=f"no {one.size}", verdict="error") for one in SWEEP.depths)
    section = sweep.section(replace(EMPTY, sweep=replace(SWEEP, depths=depths)), "case-1")
    assert "<li>n = 8: no 8" in section


def test_the_cost_is_the_terminal_s() -> None:
    found = rows(cost.section(studied(), "case-1"), "Time: f takes 1 µs to evaluate (×1.0); noise ±2 %")
    assert found == [
        ["gradient by", "first gradient", "each gradient", "quartiles", "pays after"],
        ["symbolic", "×40,000", "×5.2e-7", "4.7e-7–5.7e-7", "10,000"],
        ["finite difference", "×100", "×4.1", "3.7–4.5", ""],
    ]
    assert "timed once, and so an order of magnitude" in cost.section(studied(), "case-1")


def test_what_was_not_counted_is_a_dash_with_a_remark() -> None:
    section = cost.section(studied(), "case-1")
    assert rows(section, "Expression size")[2] == ["f′ as a tree1", "–", ""]
    assert "<sup>1</sup> too many" in section


def test_each_section_is_named_and_no_two_places_are_called_the_same() -> None:
    html = drawn(studied(), "case-1") + drawn(studied(), "case-2")
    identifiers = re.findall(r"(?<!<symbol) id=\"?([^\s\">]+)", html)
    assert len(set(identifiers)) == len(identifiers)
    labels = re.findall(r'role=group aria-label="([^"]+)"', html)
    assert len(set(labels)) == len(labels) > 20
    assert html.count("<table") == html.count("<caption") == html.count("</table>")


def test_what_can_be_wide_scrolls_by_itself() -> None:
    html = drawn(studied())
    assert html.count("<table") == html.count('"><table')
    assert html.count("<div class=scroll tabindex=0 role=group") == html.count("class=scroll")


def test_nothing_in_a_text_is_markup() -> None:
    case = studied()
    told, steps, swept = case.explanation, case.step_sizes, case.sweep
    assert told and steps and swept and case.timing
    flow = replace(told.passes[0].flows[0], rule=HOSTILE, latex="", note=HOSTILE)
    nodes = tuple(replace(node, name=HOSTILE, formula=HOSTILE, latex="") for node in told.nodes)
    told = replace(
        told,
        nodes=nodes,
        notes=(HOSTILE,),
        passes=(replace(told.passes[0], of=HOSTILE, flows=(flow, *told.passes[0].flows[1:])),),
    )
    steps = replace(
        steps, notes=(HOSTILE,), curves=tuple(replace(c, component=HOSTILE) for c in steps.curves)
    )
    swept = replace(swept, parameter=HOSTILE, crossings=(HOSTILE,))
    timing = replace(case.timing, durations=tuple(replace(d, note=HOSTILE) for d in case.timing.durations))
    html = drawn(replace(case, explanation=told, step_sizes=steps, sweep=swept, timing=timing))
    assert "<script" not in html
    assert html.count(str(escape(HOSTILE))) > 10


def test_no_style_and_no_script_is_in_a_section() -> None:
    assert not re.search(r"\sstyle=|<script|\son\w+=|https?:", drawn(studied()))


def test_in_brief_there_is_the_picture_without_its_tables() -> None:
    for part in SECTIONS:
        full, brief = (part.section(studied(), "case-1", brief=flag) for flag in (False, True))
        assert "<svg" in brief, part.__name__
        assert brief.count("<table") < full.count("<table"), part.__name__


def test_where_there_is_no_picture_brevity_leaves_no_table_out() -> None:
    curves = replace(studied().step_sizes, curves=(), notes=("no numbers",))  # type: ignore[type-var]
    section = step_sizes.section(replace(EMPTY, step_sizes=curves), "case-1", brief=True)
    assert "no numbers" in section
    one = replace(SWEEP, depths=SWEEP.depths[:1], growth=())
    assert "<table" in sweep.section(replace(EMPTY, sweep=one), "case-1", brief=True)


@pytest.mark.parametrize(
    ("array", "lines"),
    [
        ("[0.5, …, 2]", ["[0.5, …, 2]"]),
        ("[[1, -3]]", ["[[1, -3]]"]),
        ("[[1, -3], [0.25, 1]]", ["[[   1, -3],", " [0.25,  1]]"]),
        ("[[1, 2], …, [30, 4]]", ["[[ 1, 2],", " …,", " [30, 4]]"]),
        ("[[[1], [2]], [[3], [4]]]", ["[[[1],", "  [2]],", " [[3],", "  [4]]]"]),
        ("[]", ["[]"]),
    ],
)
def test_the_columns_of_a_matrix_stand_below_one_another(array: str, lines: list[str]) -> None:
    assert text_of(numerals(array)).split("\n") == lines


def test_fewer_bytes_say_the_same() -> None:
    html = Markup('<table><tr><td class="a">{}</td>\n<td id="b c">2</td></tr></table>').format(
        'x="y" </td>\n<'
    )
    assert compact(html).count("</td>") == 0
    assert text_of(compact(html)).split() == text_of(html).split()
    assert 'id="b c"' in compact(html)
