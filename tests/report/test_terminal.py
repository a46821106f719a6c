"""What a reader of the terminal report can rely on, at any width, with and without colour."""

from __future__ import annotations

import io
import math
import re

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from rich.console import Console

from gradlab import record as r
from gradlab.report._words.wording import derivative, findings, outcome, passed, would_have_been_seen
from gradlab.report.terminal import render, to_text
from tests.report import samples

WIDTHS = (60, 80, 100, 140)


def flat(text: str) -> str:
    """The text as one line: where it is wrapped is of no account."""
    return " ".join(text.split())


def last_line(text: str) -> str:
    return text.rstrip("\n").rsplit("\n", 1)[-1]


@pytest.mark.parametrize("verbosity", [-1, 0, 1])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_longer_than_the_terminal_is_wide(sample: r.Record, width: int, verbosity: int) -> None:
    if verbosity > 0 and any(len(point.components) > 1000 for case in sample.cases for point in case.points):
        verbosity = 0  # ten thousand components on a thousand pages say no more than nine on one
    lines = to_text(sample, width, verbosity=verbosity).split("\n")
    assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("width", [80, 100, 140])
def test_no_name_is_cut_and_no_number_is_broken(width: int) -> None:
    record = samples.lectures()
    text = to_text(record, width)
    for point in (point for case in record.cases for point in case.points if point.given):
        for component in point.components:
            assert derivative(component) in text
        for estimate in point.estimates:
            for value in estimate.values:
                assert repr(value).removesuffix(".0") in text


@pytest.mark.parametrize("width", [20, 33, 40])
def test_a_very_narrow_terminal_gets_everything_folded(sample: r.Record, width: int) -> None:
    assert max(map(cell_len, to_text(sample, width).split("\n"))) <= width


def test_without_colour_there_is_no_escape_sequence_and_no_control_character(sample: r.Record) -> None:
    text = to_text(sample, 100)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)


def test_with_colour_only_colours_are_sent(sample: r.Record) -> None:
    text = to_text(sample, 100, colour=True)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", re.sub(r"\x1b\[[0-9;]*m", "", text))


def test_colour_changes_no_word(sample: r.Record) -> None:
    coloured = re.sub(r"\x1b\[[0-9;]*m", "", to_text(sample, 100, colour=True))
    assert coloured == to_text(sample, 100)


def test_texts_of_users_are_shown_and_not_obeyed() -> None:
    text = to_text(samples.hostile())
    assert "[bold red]x[/]" in text
    assert "owned" not in text
    assert "\u202e" not in text


def test_lines_end_where_their_words_end(sample: r.Record) -> None:
    assert not [line for line in to_text(sample).split("\n") if line != line.rstrip()]


def test_a_terminal_without_unicode_gets_ascii_of_the_same_shape(sample: r.Record) -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", errors="strict")
    Console(file=file, width=80, color_system=None, legacy_windows=False).print(render(sample))
    file.seek(0)
    lines = file.read().split("\n")
    assert max(map(len, lines)) <= 80
    assert all(line.isascii() for line in lines)


@pytest.mark.parametrize("verbosity", [-1, 0, 1])
@pytest.mark.parametrize("name", [name for name in samples.SAMPLES if name != "network"])
def test_the_last_line_is_the_verdict(name: str, verbosity: int) -> None:
    record = samples.SAMPLES[name]()
    last = last_line(to_text(record, 200, verbosity=verbosity))
    assert last.endswith(".")
    assert last.startswith("✓") == passed(record)


def test_a_report_of_nothing_or_of_a_part_never_says_that_it_passed() -> None:
    case = samples.right_ln_case()
    for record in (
        r.Record(gradlab="0.1", verdict="agree"),
        samples.run(case, interrupted=True),
        samples.run(case, verdict="inconclusive"),
        samples.run(replace(case, passed=False), verdict="agree"),
        samples.run(case, case, interrupted=True),
    ):
        last = last_line(to_text(record))
        assert not re.search(r"✓|passed|All", last)
        assert "agrees" not in last


def test_an_interrupted_run_says_so_and_shows_what_is_done() -> None:
    text = to_text(samples.interrupted())
    assert "ln-product-sine" in text
    assert last_line(text) == "! Interrupted after 1 case: nothing is known about the others."


@pytest.mark.parametrize("width", WIDTHS)
def test_a_wrong_claim_is_named_with_its_component_and_how_far_it_is_off(width: int) -> None:
    text = flat(to_text(samples.wrong_claim(), width))
    assert "✗ ∂f/∂x2 claimed off by 0.567, 1.33 times the reference" in text
    assert "x2: x1 + cos(x2)" in text
    assert last_line(to_text(samples.wrong_claim())) == "✗ ln-product-sine: the claimed derivative disagrees."


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("disagree", "✗ ln-product-sine: a step of the derivation is wrong."),
        ("agree", "✓ Every step of the derivation is right at all 6 points."),
    ],
)
def test_the_end_of_a_derivation_speaks_of_its_steps(kind: r.Kind, sentence: str) -> None:
    case = samples.wrong_claim().cases[0] if kind == "disagree" else samples.right_ln_case()
    chain = r.Chain(title="∂f/∂x1", by="x1", verdict=kind, lines=())
    assert last_line(to_text(samples.run(replace(case, chains=(chain,))))) == sentence


def test_every_component_of_a_wrong_claim_is_named() -> None:
    record = samples.jacobian()
    text = to_text(record)
    wrong = [finding for finding in findings(record.cases[0].points[0]) if finding.method == "claimed"]
    assert len(wrong) == 6
    for finding in wrong:
        name = derivative(record.cases[0].points[0].components[finding.component])
        assert re.search(rf"✗ {re.escape(name)} +claimed +\S", text)


def test_of_many_components_the_worst_are_shown_and_the_others_counted() -> None:
    text = flat(to_text(samples.network(), 140))
    assert "3 of 10,000 components are shown" in text
    assert "claimed disagrees in 300" in text
    assert "fewest of 10,000" in text
    table = text[: text.index("fewest of 10,000")]
    assert table.count("∂f/∂weights[") == 3


def test_more_detail_shows_every_component_and_every_point() -> None:
    point = samples.network().cases[0].points[0]
    few = slice(0, 60)
    estimates = [
        replace(e, values=e.values[few], digits=e.digits[few], verdicts=e.verdicts[few], steps=e.steps[few])
        for e in point.estimates
    ]
    smaller = replace(
        point, components=point.components[few], reference=point.reference[few], estimates=tuple(estimates)
    )
    record = samples.run(samples.case("few", (smaller,), function="f"))
    assert "3 of 60 components are shown" in flat(to_text(record))
    text = to_text(record, verbosity=1)
    assert "are shown" not in text
    assert all(derivative(component) in text for component in smaller.components)
    drawn = to_text(samples.run(samples.right_ln_case()), verbosity=1)
    assert "x1 = 2.31, x2 = 4.87" in drawn
    assert "1.7163378145367737355333608284864426916655774077478" in drawn


def test_drawn_points_that_agree_take_one_line() -> None:
    text = to_text(samples.run(samples.right_ln_case()))
    assert "Also at 5 points drawn around it (seed 0): all agree." in text
    assert "4.87" not in text


def test_the_first_drawn_point_that_disagrees_is_shown_where_the_given_one_agrees() -> None:
    text = flat(to_text(samples.one_lucky_point()))
    assert "Also at 2 points drawn around it (seed 0): all disagree. Here is the first" in text
    assert "x = 2.13" in text
    assert "x = 1.87" not in text


def test_a_declared_disagreement_is_no_alarm() -> None:
    declared = samples.run(samples.degrees_case())
    text = to_text(declared)
    assert "disagree, as declared" in text
    assert last_line(text) == "✓ sine-of-exp-chain disagrees, as declared."
    assert "31m" not in to_text(declared, colour=True), "red"
    assert "31m" in to_text(samples.run(samples.degrees_case(declared=False)), colour=True)


@pytest.mark.parametrize(
    ("verdict", "expected", "has_passed", "kind", "words"),
    [
        ("agree", "agree", True, "agree", "agree"),
        ("agree", "agree", False, "disagree", "agree, but not for the declared reason"),
        ("disagree", "disagree", True, "agree", "disagree, as declared"),
        ("disagree", "disagree", False, "disagree", "disagree, but not for the declared reason"),
        ("agree", "disagree", False, "disagree", "agree, but declared: disagree"),
        ("error", "agree", False, "error", "error"),
        ("undefined", "undefined", True, "agree", "undefined, as declared"),
        ("inconclusive", "disagree", False, "inconclusive", "inconclusive, but declared: disagree"),
    ],
)
def test_a_case_is_marked_by_what_was_declared(
    verdict: r.Kind, expected: r.Kind, has_passed: bool, kind: r.Kind, words: str
) -> None:
    case = r.CaseRecord(name="c", verdict=verdict, expected=expected, passed=has_passed, function="f")
    result = outcome(case)
    assert (result.kind, result.words) == (kind, words)


def test_a_case_that_agrees_against_its_declaration_is_told_so() -> None:
    case = replace(samples.right_ln_case(), expected="disagree", passed=False)
    text = to_text(samples.run(case, verdict="disagree"))
    assert "✗ ln-product-sine: agree, but declared: disagree." in text


def test_each_given_point_is_shown_in_full() -> None:
    case = samples.right_ln_case()
    text = to_text(
        samples.run(replace(case, points=tuple(replace(point, given=True) for point in case.points)))
    )
    assert text.count("▸ claimed") == 6
    assert "drawn around it" not in text


def test_a_kink_is_told_in_its_sentences_and_the_missing_method_in_a_footnote() -> None:
    text = flat(to_text(samples.kink()))
    assert "The slope is 0 from the left and 1 from the right." in text
    assert "² symbolic: Heaviside(0) has no value." in text
    assert "reference none" in text
    assert text.endswith("∄ relu: undefined.")


def test_the_values_of_a_component_stand_with_their_decimal_points_in_one_column() -> None:
    text = to_text(samples.run(samples.logistic_case()))
    rows = [line for line in text.split("\n") if re.match(r"(▸|  )\S?.*-0\.0748372766", line)]
    assert len(rows) == 8
    assert len({row.index(".0748") for row in rows}) == 1


def test_the_claim_is_set_apart_from_the_witnesses_without_colour_too() -> None:
    marked = [line for line in to_text(samples.wrong_claim()).split("\n") if line.startswith("▸")]
    assert [line.split()[1] for line in marked] == ["claimed"]


def test_the_step_of_a_finite_difference_is_reported() -> None:
    assert "step h = 6.06e-06 to 1.21e-05, 4 evaluations of f" in to_text(samples.wrong_claim())


def test_size_and_time_stand_side_by_side_where_there_is_room() -> None:
    def heads(width: int) -> list[str]:
        text = to_text(samples.wrong_claim(), width)
        return [line for line in text.split("\n") if "expression size" in line or "to evaluate" in line]

    assert len(heads(140)) == 1
    assert len(heads(80)) == 2


def test_a_size_that_is_not_known_is_told_why() -> None:
    text = flat(to_text(samples.network()))
    assert "¹ more than 200,000 operations" in text
    assert "¹ not timed: the expression would have 2.1e5 operations" in text


def test_quiet_takes_a_line_a_case_and_the_verdict() -> None:
    lines = to_text(samples.lectures(), 100, verbosity=-1).rstrip("\n").split("\n")
    assert len(lines) == 5
    assert lines[3].startswith("✓ sine-of-exp-chain")


def test_the_summary_counts_by_outcome_and_names_what_did_not_pass() -> None:
    record = samples.run(*samples.lectures().cases, *samples.wrong_claim().cases, *samples.error().cases)
    text = to_text(record, 100)
    tail = flat(text[text.rindex("━━ summary") :])
    assert "✓ 4 agree ✓ 1 disagree, as declared ✗ 1 disagree ! 1 error" in tail
    assert "✗ ln-product-sine ∂f/∂x2 (claimed): off by 0.567" in tail
    assert "! homework Two calls at the same point gave" in tail
    assert tail.endswith("! 2 of 7 cases did not pass: 1 disagrees, 1 ended in an error.")


def test_a_case_that_ended_in_an_error_shows_what_there_is() -> None:
    text = to_text(samples.error())
    assert "homework.py:3" in text
    assert "return x * random.random()" in text


@pytest.mark.parametrize("width", WIDTHS)
def test_why_digits_are_lost_is_told_once_for_the_methods_that_lose_them_in_the_same_way(width: int) -> None:
    text = to_text(samples.lost_digits(), width)
    said = flat(text)
    assert said.count("cancellation: 1 − 0.999999995 at homework.py:2 loses 8 digits") == 1
    assert said.count("saturation: cos of 1e-9 at homework.py:5 is exactly 1") == 1
    assert "round-off: it is off by 7e-5 with the step h = 6e-6" in said
    number = re.search(r"([¹²³⁴⁵]) ∂/∂x: no correct digit: cancellation", said)
    assert number
    for method in ("reverse", "forward"):
        assert f"{method}{number[1]}" in text
    assert f"symbolic{number[1]}" not in text


@pytest.mark.parametrize("width", WIDTHS)
def test_a_reference_that_was_measured_has_its_error_bars_beside_it(width: int) -> None:
    text = to_text(samples.black_box(), width)
    for bar in ("0.36235775448 ± 4e-11", "-0.0071 ± 0.0003", "1204.8 ± 0.25"):
        assert bar in text
    assert "±" not in to_text(samples.lectures(), width)


@pytest.mark.parametrize("width", WIDTHS)
def test_which_components_were_asked_is_told_where_not_all_were(width: int) -> None:
    text = flat(to_text(samples.black_box(), width))
    assert "asked 3 of the 20,000 components, drawn at random, and 8 random directions" in text
    assert " asked " not in flat(to_text(samples.lectures(), width))


@pytest.mark.parametrize(
    ("detectable", "sentence"),
    [
        ((2e-4, 0.4, None), "an error of 0.02 % in ∂f/∂a would have been seen, in ∂f/∂b only one of 40 %"),
        ((0.4, 2e-4, 0.01), "an error of 0.02 % in ∂f/∂b would have been seen, in ∂f/∂a only one of 40 %"),
        ((2e-9, 4e-9, 3e-9), "an error of 4e-7 % in any component would have been seen"),
        ((1e-9, math.inf, None), "an error of 1e-7 % in ∂f/∂a would have been seen, in ∂f/∂b none"),
        ((math.inf, math.inf), "no error would have been seen"),
        ((None, None), ""),
        ((), ""),
    ],
)
def test_how_large_an_error_must_be_to_be_seen_is_said_of_the_best_and_the_worst_component(
    detectable: tuple[float | None, ...], sentence: str
) -> None:
    claim = r.Estimate(method="claimed", verdict="agree", detectable=detectable)
    assert would_have_been_seen(claim, ("a", "b", "c")) == sentence


def test_detectability_is_told_under_the_table_of_a_claim_that_was_held_against_error_bars() -> None:
    text = flat(to_text(samples.black_box()))
    assert "an error of 2.2e-8 % in ∂f/∂w[0] would have been seen, in ∂f/∂w[1] only one of 7.1 %" in text


@pytest.mark.parametrize("width", [80, 140])
def test_the_simplest_counterexample_is_shown_with_code_that_can_be_pasted(width: int) -> None:
    record = samples.counterexample()
    text = to_text(record, width)
    section = text[text.index("simplest counterexample") :]
    assert "at        x1 = 1, x2 = 1" in section
    assert "claimed   ∂f/∂x2 = 1.54030230586813" in section
    assert "reference ∂f/∂x2 = 0.459697694131860" in section
    found = record.cases[0].counterexample
    assert found
    code = [line for line in found.snippet.splitlines() if line]
    assert [line for line in section.splitlines() if line in code] == code, "flush left, and not broken"


def test_a_reason_that_several_methods_have_is_told_once() -> None:
    reason = "it can't be traced: it is compiled"
    case = samples.black_box().cases[0]
    point = case.points[0]
    others = [r.Estimate(method=m, verdict="unsupported", reason=reason) for m in ("forward", "symbolic")]
    point = replace(point, estimates=(*point.estimates, *others))
    text = to_text(samples.run(replace(case, points=(point,))))
    assert text.count(reason) == 1
    assert len(set(re.findall(r"(?:reverse|forward|symbolic)([¹²³⁴⁵])", text))) == 1
