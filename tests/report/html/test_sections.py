"""What each part of a page shows: the overview, the question, derivations, components, counterexamples."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gradlab import record as r
from gradlab.record.explanation import Node, Pass
from gradlab.record.step_sizes import Curve
from gradlab.report.html import write
from tests.report import classes, samples
from tests.report.estimating import argument
from tests.report.html.tree import Element, read

SNIPPET = samples.counterexample().cases[0]


def part(tree: Element, heading: str) -> Element:
    """The section whose heading begins so."""
    (found,) = [
        one
        for one in tree.all("section")
        if any(child.tag == "h3" and child.text.startswith(heading) for child in one.all("h3"))
    ]
    return found


def drawn(*cases: r.CaseRecord, **fields: object) -> Element:
    return read(write(replace(samples.run(*cases), **fields)))


def derivation(*, repairs: tuple[r.Repair, ...] = ()) -> r.CaseRecord:
    lines = (
        r.Line(text="dL/dw", read_as="∂L/∂w", verdict="agree", right="agree", location="hw.md:3"),
        r.Line(text="(y - t) y' x", read_as="(y − t)·y′·x", verdict="agree", right="agree", location="hw.md:4"),
        r.Line(text="(y-t)x", read_as="(y − t)·x", verdict="disagree", right="disagree", reason="does not follow",
               location="hw.md:5"),
        r.Line(text="yx-tx", read_as="y·x − t·x", verdict="agree", right="disagree", location="hw.md:6"),
        r.Line(text="yx", read_as="y·x", verdict="disagree", right="disagree", reason="is wrong too", location="hw.md:7"),
    )  # fmt: skip
    mistake = r.Mistake(
        kind="factor", sentence="The inner derivative is missing.", by=("w",), also=("another",), line=2, location="hw.md:5"
    )  # fmt: skip
    chain = r.Chain(title="∂L/∂w", by="w", verdict="disagree", lines=lines)
    wrong = samples.wrong_claim().cases[0]
    return replace(wrong, chains=(chain,), mistakes=(mistake,), repairs=repairs)


def test_a_cell_of_the_overview_says_how_a_method_did_and_leads_to_its_case() -> None:
    tree = drawn(samples.right_ln_case(), samples.wrong_claim().cases[0])
    table = tree.one("table", "overview")
    heads = [one.text for one in table.all("thead")[0].all("th")]
    assert heads[:4] == ["case", "verdict", "claimed", "reverse"]
    claimed = table.all("tbody")[0].all("tr")[1].all("td")[1]
    assert claimed.text == "0 ✗disagree"
    assert "disagree" in claimed.classes
    assert claimed.one("a").attributes["href"] == "#case-2"


def test_a_method_that_was_not_asked_leaves_its_cell_empty() -> None:
    right = samples.right_ln_case()
    fewer = tuple(replace(p, estimates=p.estimates[:2]) for p in right.points)
    rows = drawn(right, replace(right, points=fewer)).one("table", "overview").all("tbody")[0].all("tr")
    assert [bool(cell.text) for cell in rows[1].all("td")] == [True] * 3 + [False] * 5


def test_a_disagreement_that_is_declared_is_marked_calmly() -> None:
    declared = replace(samples.wrong_claim().cases[0], expected="disagree", passed=True)
    table = drawn(declared, declared).one("table", "overview")
    assert "calm" in table.all("tbody")[0].all("td")[1].classes


def test_functions_and_claims_are_shown_as_typed_and_as_mathematics() -> None:
    formulas = (r.Formula(name="f", formula="x1·x2", latex="x_{1} \\cdot x_{2}"),)
    claimed = (r.Formula(name="∂f/∂x1", formula="x2", latex="x_{2}"),)
    case = replace(samples.right_ln_case(), formulas=formulas, claimed=claimed, function="x1 < x2 & <b>")
    tree = drawn(case)
    function = part(tree, "Function")
    assert function.one("pre").text == "x1 < x2 & <b>"
    assert function.one("dl", "formulas").one("dt").text == "f"
    assert function.one("math").text
    assert part(tree, "Claimed").one("dl", "formulas").one("math").text == "x2"


def test_formulas_that_cannot_be_set_are_told_as_they_were_read() -> None:
    tree = drawn(replace(samples.right_ln_case(), read_as="ln(x1) + x1·x2"))
    assert "read as ln(x1) + x1·x2" in part(tree, "Function").text


def test_notes_and_what_could_not_be_drawn_are_told() -> None:
    case = replace(
        samples.right_ln_case(), notes=("integers became floats",), undrawn=("It has no graph: too large.",)
    )
    quiet = [one.text for one in drawn(case).all("p", "note")]
    assert "integers became floats" in quiet
    assert "It has no graph: too large." in quiet


def test_the_first_wrong_line_of_a_derivation_is_marked_with_its_reason_and_mistake() -> None:
    tree = drawn(derivation())
    lines = tree.one("ol", "derivation").all("li")
    assert [line.text.split()[0] for line in lines] == ["✓agree1", "✗disagree2", "↳3", "✗disagree4"]
    assert [line.classes for line in lines] == [[], ["first"], ["follows"], []]
    assert (
        "First wrong line Does not follow. The inner derivative is missing. (Or: another.)" in lines[1].text
    )
    assert "written: (y-t)x" in lines[1].text
    assert "Follows from the line above, but the derivative is not this." in lines[2].text
    assert "First wrong line" not in lines[3].text
    assert "Is wrong too" in lines[3].text


def test_the_line_made_right_stands_below_the_wrong_one() -> None:
    case = derivation()
    repair = r.Repair(
        by="w",
        text="(y − t)·y′·x",
        line=2,
        change="y′ was missing",
        location=case.chains[0].lines[2].location,
    )
    lines = drawn(replace(case, repairs=(repair,))).one("ol", "derivation").all("li")
    assert lines[1].one("div", "repair").text == "right would be (y − t)·y′·x y′ was missing"
    assert not any(line.all("div", "repair") for line in (lines[0], *lines[2:]))


def test_below_a_line_after_a_wrong_one_stands_what_would_follow() -> None:
    repair = r.Repair(by="w", text="y·x", line=4, location="hw.md:7")
    last = drawn(derivation(repairs=(repair,))).one("ol", "derivation").all("li")[-1]
    assert last.one("div", "repair").text == "what would follow y·x"


def test_a_claim_that_is_a_line_of_a_derivation_is_not_shown_twice_and_the_gradient_comes_after_it() -> None:
    claimed = (r.Formula(name="∂L/∂w", formula="y·x"), r.Formula(name="∂L/∂b", formula="y − t"))
    closed = (r.Formula(name="∂L/∂w", formula="x"),)
    node = Node(name="L", kind="step", shape=(), values=(1.0,))
    one = Pass(of="L", derivatives=((1.0,),), flows=())
    told = r.Explanation(mode="reverse", nodes=(node,), output=0, passes=(one,), needed=1, closed=closed)
    tree = drawn(replace(derivation(), claimed=claimed, explanation=told))
    assert "y·x" not in part(tree, "Claimed").text
    assert "y − t" in part(tree, "Claimed").text
    heads = [one.text.split()[0] for one in tree.all("h3")]
    assert heads.index("Derivation") < heads.index("Gradient")


def test_a_claim_made_right_stands_with_the_claims() -> None:
    repair = r.Repair(by="x2", text="x1 − cos(x2)", change="a sign")
    told = part(drawn(replace(samples.wrong_claim().cases[0], repairs=(repair,))), "Claimed")
    assert told.one("div", "repair").text == "right would be ∂/∂x2 = x1 − cos(x2) a sign"


def test_every_method_has_its_value_and_its_digits_with_a_bar_as_long() -> None:
    tree = drawn(samples.wrong_claim().cases[0])
    table = tree.one("table", "components")
    rows = {row.one("th").text: row.all("td") for row in table.all("tbody")[0].all("tr")}
    assert list(rows)[:3] == ["reference", "claimed", "reverse"]
    assert [cell.text for cell in rows["claimed"][2:4]] == ["2.283662185463226", "0 ✗disagree"]
    assert rows["claimed"][2].one("i", "wrong").text == "2.283662185463226"
    for method in list(rows)[1:]:
        for cell in rows[method][1::2]:
            if cell.text and cell.text[0].isdigit():
                assert cell.classes[0] == f"n{cell.text.split()[0]}"


def test_decimal_points_stand_below_one_another() -> None:
    cells = [
        row.all("td")[0]
        for row in drawn(samples.wrong_claim().cases[0]).one("table", "components").all("tbody")[0].all("tr")
    ]
    texts = ["".join(str(c) if isinstance(c, str) else c.text for c in cell.children) for cell in cells]
    assert len({text.index(".") for text in texts if "." in text}) == 1


def test_what_is_wrong_with_a_component_is_said_as_a_ratio() -> None:
    tree = drawn(samples.one_lucky_point().cases[0])
    assert "The first drawn point that does not agree" in [one.text for one in tree.all("h4")]
    assert any("∂f/∂x, claimed" in one.text for one in tree.one("ul", "wrong-ones").all("li"))


def test_of_many_components_the_worst_are_shown_and_the_others_listed() -> None:
    tree = read(write(samples.network()))
    first, *_, listing = tree.all("table", "components")
    assert len(first.all("thead")[0].all("th")) == 7
    assert "fewest of 10,000 components" in first.text
    assert len(listing.all("tbody")[0].all("tr")) == 200
    assert "The first 200 of the 9,997 other components" in tree.text


def test_error_bars_and_the_least_error_that_would_be_seen_are_told() -> None:
    tree = read(write(samples.black_box()))
    assert "1204.8 ± 0.25" in tree.text
    assert "an error of 2.2e-8 % in ∂f/∂w[0] would have been seen, in ∂f/∂w[1] only one of 7.1 %" in tree.text
    assert "it can't be traced: it is compiled" in tree.text
    assert "3 of the 20,000 components, drawn at random" in tree.text


def test_why_digits_were_lost_and_kinks_are_told() -> None:
    assert "cancellation: 1 − 0.999999995" in read(write(samples.lost_digits())).text
    case = samples.kink().cases[0]
    tree = drawn(case)
    assert all(kink in tree.text for point in case.points if point.given for kink in point.kinks)


def test_the_simplest_counterexample_can_be_copied() -> None:
    tree = drawn(SNIPPET)
    assert SNIPPET.counterexample is not None
    (pasted,) = [
        "".join(child for child in one.one("code").children if isinstance(child, str))
        for one in part(tree, "Simplest").all("pre", "paste")
    ]
    assert pasted == SNIPPET.counterexample.snippet.rstrip()
    assert "∂f/∂x2 = 1.540302305868139…" in tree.text


@pytest.mark.parametrize(("study", "first"), [("check", "What the methods say"), ("step-size", "Which step")])
def test_what_was_asked_for_comes_first(study: r.Study, first: str) -> None:
    curve = Curve(
        component="x1", method="centered", precision="float64", scale=1.0, reference="1.7", errors=(0.1, 0.01, 1e-3)
    )  # fmt: skip
    steps = r.StepSizes(steps=(1.0, 0.1, 0.01), curves=(curve,), drawn="x1")
    tree = drawn(replace(samples.right_ln_case(), step_sizes=steps), study=study)
    found = [one.text for one in tree.all("h3")]
    relevant = [text for text in found if text.startswith(("What the methods say", "Which step"))]
    assert relevant[0].startswith(first)
    assert len(relevant) == 2


def test_problems_that_all_students_share_are_the_columns_of_their_table() -> None:
    cases = [classes.case(student, problem, "agree") for student in ("ann", "bob") for problem in ("1", "2")]
    table = read(write(classes.run(*cases))).all("table", "overview")[0]
    assert [one.text for one in table.all("thead")[0].all("th")] == ["student", "score", "1", "2"]


def test_long_arrays_are_shortened_and_names_of_what_is_derived_by_are_bold() -> None:
    case = samples.right_ln_case()
    inputs = (argument("x", [float(i) for i in range(40)]), argument("c", 2.0, differentiated=False))
    points = tuple(replace(point, inputs=inputs) for point in case.points)
    at = part(drawn(replace(case, points=points)), "What the methods say").all("dd")[0]
    assert at.text == "x (40) = [0, 1, 2, …, 39], c = 2"
    assert [one.text for one in at.all("b")] == ["x"]
