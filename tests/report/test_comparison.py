"""What changed, drawn: the same words in a terminal and in Markdown, and nothing of a text obeyed."""

from __future__ import annotations

import io
import unicodedata

import pytest
from rich.console import Console

from gradlab import record as r
from gradlab.comparing import compare
from gradlab.record.comparison import Comparison
from gradlab.report.markdown import MOST
from gradlab.report.markdown.comparison import write
from gradlab.report.terminal.comparison import Changes, to_text
from tests.report import classes, samples
from tests.report.hostile import hostile_record
from tests.report.test_hostile import TEXTS as HOSTILE
from tests.report.test_markdown import TEXTS, assert_plain, rendered, shapes


def digits(count: float) -> r.Point:
    estimate = r.Estimate(method="finite_difference", verdict="agree", values=(1.0,), digits=(count,))
    return r.Point(
        given=True, inputs=(), value=(1.0,), components=("x",), reference=("1",), verdict="agree", estimates=(estimate,)
    )  # fmt: skip


def timing(ratio: float) -> r.Timing:
    each = r.Duration(
        method="symbolic", derive=None, evaluate=None, derive_ratio=None, evaluate_ratio=ratio,
        quartiles=(ratio * 0.98, ratio * 1.02),
    )  # fmt: skip
    return r.Timing(function=1e-6, rounds=9, durations=(each,), noise=0.01)


def sizes(derivative: int) -> tuple[r.Size, ...]:
    counts = {"f": 5, "f′ shared": derivative}
    return tuple(r.Size(form=form, operations=count, ratio=None) for form, count in counts.items())


def changes(timed: bool = False) -> Comparison:
    mistake = r.Mistake(kind="sign of a rule", sentence="The derivative of cos is −sin.")
    old = classes.run(
        classes.case("ann", "1", "agree"),
        classes.case("ann", "2", "agree", points=(digits(9.7),), swell=sizes(1200)),
        classes.case("ann", "3", "inconclusive", reason="too few digits"),
        classes.case("ann", "4", "agree", timing=timing(2.0)),
        classes.case("ann", "5", "disagree", reason="a sign"),
        classes.case("ann", "6", "agree"),
        seed=1,
    )
    new = classes.run(
        classes.case("ann", "1", "disagree", reason="∂f/∂x: -1 times the reference.", mistakes=(mistake,)),
        classes.case("ann", "2", "agree", points=(digits(7.2),), swell=sizes(3600)),
        classes.case("ann", "3", "agree"),
        classes.case("ann", "4", "agree", timing=timing(5.0)),
        classes.case("ann", "6", "agree"),
        classes.case("ann", "7", "error", reason="it can't be read"),
        versions={"numpy": "3.0"},
    )
    return compare(old, new, timed=timed)


WORDS = [
    "4 of 6 cases passed",
    "agree → disagree",
    "∂f/∂x: -1 times the reference.",
    "found now: sign of a rule",
    "finite difference: 9 → 7",
    "f′ shared: 1,200 → 3,600 (×3.0)",
    "inconclusive → agree",
    "none any more; it was: too few digits",
    "symbolic: ×2.0 → ×5.0, slower (quartiles 2.0–2.0 → 4.9–5.1)",
    "gone, and was: disagree",
    "new: error",
    "2 cases got worse, 1 got better, 1 new, 1 gone, 1 changed, 1 as before.",
]


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("words", WORDS)
def test_everything_that_changed_is_told_in_every_format(words: str) -> None:
    found = changes()
    assert words in squeezed(to_text(found, 120))
    assert words in squeezed("".join([*rendered(write(found)).text]))


def test_what_is_worse_stands_first_and_is_marked_by_a_sign() -> None:
    lines = to_text(changes(), 80).splitlines()
    titles = [line.split()[1] for line in lines if line.startswith("━━")]
    assert titles == ["worse", "better", "new", "gone", "changed"]
    assert [line[0] for line in lines if line[1:6] == " ann:"] == ["✗", "✗", "✓", "·", "·", "·"]


def test_settings_stand_under_one_another() -> None:
    lines = to_text(changes(), 80).splitlines()
    start = lines.index("not in common:")
    assert lines[start + 1 : start + 3] == ["  seed   1 → 0", "  numpy  none → 3.0"]


def test_a_slower_gradient_that_counts_is_among_what_is_worse() -> None:
    assert "3 cases got worse" in to_text(changes(timed=True))


def test_nothing_changed_is_a_sentence() -> None:
    same = compare(samples.lectures(), samples.lectures())
    assert to_text(same).splitlines()[-1] == f"✓ Nothing changed in {same.same} cases."


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"interrupted": True}, "The new run was interrupted. 4 as before."),
        ({"cases": ()}, "The new run has checked nothing. 3 cases got worse, 1 gone."),
    ],
)
def test_a_run_that_is_not_whole_is_told(fields: dict[str, object], words: str) -> None:
    old = classes.run(*(classes.case("ann", str(n), "agree" if n else "error") for n in range(4)))
    found = compare(old, r.replace(old, **fields))
    assert to_text(found).splitlines()[-1] == f"✗ {words}"


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for found in (changes(), compare(samples.hostile(), samples.lectures())):
        assert max(map(len, to_text(found, width).splitlines())) <= width


def test_a_terminal_without_unicode_gets_ascii() -> None:
    told = io.BytesIO()
    file = io.TextIOWrapper(told, encoding="ascii")
    Console(file=file, width=80).print(Changes(changes()))
    file.flush()
    assert b"x ann: 1  agree > disagree" in told.getvalue()


@pytest.mark.parametrize("text", [*TEXTS, *HOSTILE])
def test_nothing_of_a_text_is_obeyed_or_rendered(text: str) -> None:
    hostile = r.replace(hostile_record(text), versions={text: text}, started=text)
    for runs in ((hostile, samples.empty()), (samples.empty(), hostile), (hostile, samples.lectures())):
        found = compare(*runs)
        report = write(found)
        assert_plain(rendered(report))
        assert all(len(widths) == 1 for widths in shapes(report))
        signs = {unicodedata.category(sign) for sign in set(to_text(found)) - {"\n"}}
        assert not signs & {"Cc", "Cs"}


def test_a_long_comparison_fits_into_a_comment() -> None:
    old = classes.run(*(classes.case("ann", str(n), "agree") for n in range(900)))
    new = classes.run(*(classes.case("ann", str(n), "disagree", reason="because " * 60) for n in range(900)))
    text = write(compare(old, new))
    assert len(text) <= MOST
    assert "more cases, for which there is no room." in text


@pytest.mark.parametrize("text", ["$" * 30_000, "@a " * 9_000])
def test_a_comparison_of_long_texts_fits_too(text: str) -> None:
    versions = {f"{n}{text}": text for n in range(80)}
    hostile = r.replace(hostile_record(text), versions=versions, started=text)
    assert len(write(compare(hostile, samples.empty()))) <= MOST
    assert len(write(compare(samples.lectures(), hostile))) <= MOST
