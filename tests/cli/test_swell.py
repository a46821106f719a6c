"""`gradlab swell`: what it shows, what it refuses, and how it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gradlab.cli.families import read_sizes
from gradlab.library import select
from gradlab.study.swell import forms
from gradlab.sweeping import refusing, sweep
from tests.cli.conftest import Command

MINE = """
import os

import numpy as np
from gradlab import case


def tower(x, n):
    for _ in range(n):
        x = x * np.sin(x)
    return x


def unlucky(x, n):
    if n == 5:
        raise ValueError("five is unlucky")
    return x**n


def never(x, n):
    raise ValueError("not today")


def hanging(x, n):
    while n > 2:
        pass
    return x**n


def dying(x, n):
    if n == 5:
        os._exit(7)
    return x**n


def angular(x, n):
    return abs(x - n)


def chatting(x, n):
    print("here I am")
    return x**n


def boxed(x, n):
    return float(x) ** n


@case(at=dict(x=2.0), source="mine")
def plain(x):
    return x**2


@case(at=dict(x=[1.0, 2.0]), source="mine")
def squares(x):
    return np.sum(x**2)


@squares.family
def squares_of_size(n):
    return dict(x=np.arange(1.0, n + 1))
"""
UNFINISHED = """
from gradlab import case


@case(at=dict(x=2.0), source="mine")
def square(x):
    return x**2


@square.family
def square_of_size(n):
    if n == 1:
        return [2.0]
    raise RuntimeError(f"not yet {n}")
"""


@pytest.fixture(autouse=True)
def mine(folder: Path) -> None:
    (folder / "mine.py").write_text(MINE, encoding="utf-8")


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what SymPy takes long for."""
    for form in ("f′ expanded", "f′ factored", "f′ simplified"):
        monkeypatch.delitem(forms.TABLE, form)


def row(out: str, size: int) -> list[str]:
    """The first row of the report's tables for a size."""
    found = re.search(rf"^ +{size}  +(.*)$", out, re.MULTILINE)
    assert found, out
    return found[1].split()


@pytest.mark.usefixtures("cheap")
def test_the_logistic_map_swells_as_the_lectures_have_it(run: Command) -> None:
    ran = run("swell logistic-map --depth 1:8")
    assert ran.code == 0, ran.err
    assert row(ran.out, 4) == ["9", "24", "17", "20", "18", "82", "27"]
    assert row(ran.out, 5) == ["12", "32", "24", "26", "38", "264", "45"]
    assert row(ran.out, 6) == ["15", "40", "31", "32", "78", "768", "67"]
    assert "from n = 3 on, f′ as a tree takes more operations than a finite difference" in ran.out
    assert "linear: 3·n − 3, for n = 1…8" in ran.out
    assert "0.3125·n²·2^n" in ran.out


def test_the_expensive_forms_are_there_too(run: Command) -> None:
    ran = run("swell logistic-map --depth 2:4")
    assert ran.code == 0
    assert row(ran.out, 3) == ["6", "16", "10", "14", "8", "21", "12", "8", "10", "8"]


@pytest.mark.usefixtures("cheap")
def test_a_function_of_ones_own_has_its_size_as_an_argument(run: Command) -> None:
    ran = run('swell mine.py:tower --at "x=0.7, n=3" --size n --depth 1:3')
    assert ran.code == 0, ran.err
    assert [row(ran.out, n)[0] for n in (1, 2, 3)] == ["2", "4", "6"]


@pytest.mark.usefixtures("cheap")
def test_of_a_file_the_families_are_swept(run: Command) -> None:
    ran = run("swell mine.py --depth 1,2,4")
    assert ran.code == 0, ran.err
    assert "squares" in ran.out
    assert "plain" not in ran.out
    assert row(ran.out, 4)[0] == "7"


@pytest.mark.usefixtures("cheap")
def test_a_size_that_fails_is_a_gap_and_the_rest_goes_on(run: Command) -> None:
    ran = run('swell mine.py:unlucky --at "x=0.7, n=3" --size n --depth 4:6')
    assert ran.code == 3
    assert "no derivative at n = 5" in ran.out
    assert "five is unlucky" in ran.out
    assert row(ran.out, 6)[0] == "1"


@pytest.mark.usefixtures("cheap")
def test_a_size_at_which_the_function_hangs_is_a_gap(run: Command) -> None:
    ran = run('swell mine.py:hanging --at "x=0.7, n=3" --size n --depth 2:3 --budget 1')
    assert ran.code == 3
    assert "the function takes more than 1 s" in ran.out
    assert row(ran.out, 2)[0] == "1"


@pytest.mark.usefixtures("cheap")
def test_a_size_at_which_python_dies_is_a_gap_and_the_rest_goes_on(run: Command) -> None:
    ran = run('swell mine.py:dying --at "x=0.7, n=3" --size n --depth 4:6')
    assert ran.code == 3
    assert "no derivative at n = 5: Python ended with exit code 7 in the function" in ran.out
    assert row(ran.out, 6)[0] == "1"


@pytest.mark.usefixtures("cheap")
def test_a_size_at_which_the_function_has_a_kink_is_a_gap(run: Command) -> None:
    """Every form has the value 0 there, and they all agree: about what is no derivative."""
    ran = run('swell mine.py:angular --at "x=2, n=3" --size n --depth 1:3')
    assert ran.code == 3
    assert "no derivative at n = 2: not differentiable here: abs is exactly at its kink" in ran.out
    assert row(ran.out, 3)[0] == "2"


@pytest.mark.usefixtures("cheap")
def test_a_kink_at_every_size_is_undefined(run: Command) -> None:
    ran = run('swell mine.py:angular --at "x=2, n=3" --size n --depth 2 --format json')
    assert ran.code == 3
    assert json.loads(ran.out)["cases"][0]["verdict"] == "undefined"


def test_reasons_that_differ_are_told_with_their_sizes(run: Command, folder: Path) -> None:
    (folder / "unfinished.py").write_text(UNFINISHED, encoding="utf-8")
    ran = run("swell unfinished.py --depth 1:3")
    assert ran.code == 2
    assert "no derivative at n = 1, 2, 3; at 1: its family gives list, not a point" in ran.out
    assert "its family raises RuntimeError: not yet 2" in ran.out


@pytest.mark.usefixtures("cheap")
def test_what_a_function_prints_does_not_flood_the_terminal(
    run: Command, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = run('swell mine.py:chatting --at "x=0.7, n=3" --size n --depth 3 --format json')
    assert ran.code == 0
    assert json.loads(ran.out)["cases"][0]["verdict"] == "agree"
    assert len(capfd.readouterr().err.splitlines()) + len(ran.err.splitlines()) < 20


@pytest.mark.parametrize("name", ["never", "boxed"])
def test_nothing_swept_is_an_error(run: Command, name: str) -> None:
    ran = run(f'swell mine.py:{name} --at "x=0.7, n=3" --size n --depth 1:2')
    assert ran.code == 2
    assert "no derivative at n = 1, 2" in ran.out


def test_a_form_out_of_budget_is_given_up_with_its_size(
    run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forever(subject: forms.Subject) -> forms.Made:
        if subject.problem.straight.operations() > 3:
            while True:
                pass
        return forms._tree(subject)

    monkeypatch.setitem(forms.TABLE, "f′ simplified", forms.Entry(forever, "f as a tree"))
    ran = run("swell logistic-map --depth 2:4 --budget 1 --format json")
    assert ran.code == 0
    depths = json.loads(ran.out)["cases"][0]["sweep"]["depths"]
    notes = [form["note"] for depth in depths for form in depth["forms"] if form["form"] == "f′ simplified"]
    assert notes == ["", *["f′ simplified is given up from n = 3 on: it takes more than 1 s"] * 2]
    others = [form for depth in depths for form in depth["forms"] if form["form"] != "f′ simplified"]
    assert all(form["operations"] is not None for form in others), "it costs the others nothing"


def test_a_form_that_is_foreseen_to_be_hopeless_is_not_begun(
    run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "gradlab.sweeping.one_size.foresee", lambda seconds, size: 40.0 if 3 in seconds else 0.0
    )
    ran = run("swell logistic-map --depth 3:5 --format json")
    depths = json.loads(ran.out)["cases"][0]["sweep"]["depths"]
    notes = [form["note"] for depth in depths for form in depth["forms"] if form["form"] == "f as a tree"]
    foreseen = "f as a tree is given up from n = 4 on: it would take about 40 s, by what smaller sizes took"
    assert notes == ["", foreseen, foreseen]


@pytest.mark.usefixtures("cheap")
def test_another_derivative_exits_with_1(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def negative(subject: forms.Subject) -> forms.Made:
        arguments, slopes = forms.make(subject, "f′ as a tree").content
        return forms._of_expressions(subject, arguments, [-slope for slope in slopes])

    monkeypatch.setitem(forms.TABLE, "f′ factored", forms.Entry(negative, "f′ as a tree"))
    ran = run("swell logistic-map --depth 2")
    assert ran.code == 1
    assert "f′ factored: not the derivative that the gradient program has" in ran.out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("swell cube", "cube has no size: choose a family .*logistic-map"),
        ("swell logistic-map --depth 5:1", "empty, because it ends before it begins: write 1:5"),
        ("swell logistic-map --depth 0:4", "sizes are 1 and more"),
        ("swell logistic-map --depth 1:9:0", "a step of 0 leads nowhere"),
        ("swell logistic-map --depth deep", "'deep' is no range of sizes: write 1:12"),
        ("swell logistic-map --depth ''", "is no range of sizes"),
        (f"swell logistic-map --depth 1:{'9' * 5000}", "no sweep goes so far; sizes have up to 7 digits"),
        ("swell logistic-map --depth 1:400,3", "400 sizes are more than anyone reads"),
        (
            "swell logistic-map --depth 1000000",
            r"about 3.0e6 operations, and its derivative about 10\^301,04\d",
        ),
        ("swell logistic-map --depth 1:1000000", "go no further than --depth 30000"),
        ("swell logistic-map --depth 1:400", "100 are the most"),
        ("swell logistic-map --budget 0.001", "a budget of 0.001 s is too little"),
        ("swell logistic-map --budget inf", "a budget of inf s is none"),
        ("swell logistic-map --budget nan", "a budget of nan s is none"),
        ("swell logistic-map --at x=1", "name the argument that is the size"),
        ("swell mine.py:tower --at x=0.7 --size n", 'the point gives x; write --at "x=0.7, n=3"'),
        ("swell mine.py:tower --size n", "--size goes with one function and one point"),
        ("swell mine.py:tower --at 'x=1, n=3' --size n --wrt n", "the size is a whole number"),
        ("swell 'n^2' --at n=3 --size n", "nothing to derive by but the size n"),
        ("swell logistic-map --format pdf", "there is no format 'pdf'"),
    ],
)
def test_bad_input_is_told_in_a_sentence(run: Command, line: str, said: str) -> None:
    ran = run(line)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("gradlab: ")
    assert re.search(said, ran.err), ran.err


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("1:4", [1, 2, 3, 4]),
        ("2:32:10", [2, 12, 22, 32]),
        ("8,1,2,2", [1, 2, 8]),
        ("5", [5]),
        ("1:2, 7", [1, 2, 7]),
        ("1:2000, 3", [*range(1, 2001)]),
    ],
)
def test_a_range_is_read(text: str, sizes: list[int]) -> None:
    assert list(read_sizes(text)) == sizes


@pytest.mark.usefixtures("cheap")
def test_the_record_can_be_shown_again(run: Command) -> None:
    told = run("swell logistic-map --depth 1:3 --format json --output swell.json")
    assert told.code == 0, told.err
    record = json.loads(Path("swell.json").read_text(encoding="utf-8"))
    assert record["study"] == "swell"
    shown = run("show swell.json")
    assert shown.code == 0
    assert row(shown.out, 3)[0] == "6"


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize(
    "name", ["deep-chain", "speelpenning", "rosenbrock", "softmax-cross-entropy", "nested-exp"]
)
def test_every_family_of_the_lectures_is_swept(name: str) -> None:
    (family,) = select([name])
    swept = sweep(family, [2, 3])
    assert swept.verdict == "agree", swept.reason
    assert swept.sweep is not None
    for depth in swept.sweep.depths:
        assert all(form.operations is not None for form in depth.forms)
        assert {form.form for form in depth.forms if form.digits is not None and form.digits < 5} == set()


@pytest.mark.usefixtures("cheap")
def test_what_is_done_when_it_is_interrupted_is_kept() -> None:
    def stop(done: int, size: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    (family,) = select(["logistic-map"])
    swept = sweep(family, [2, 3, 4], on_size=stop)
    assert swept.sweep is not None
    assert [depth.size for depth in swept.sweep.depths] == [2, 3]
    assert swept.sweep.interrupted
    assert (swept.verdict, swept.reason) == ("inconclusive", "interrupted after n = 3")


def test_code_is_made_of_names_of_ours_alone() -> None:
    import sympy

    from gradlab.study.swell.printing import compile_expressions

    named = sympy.Symbol("print(1)")
    with pytest.raises(AssertionError, match="a name of ours"):
        compile_expressions([named], [named**2], "math")


@pytest.mark.usefixtures("cheap")
def test_sizes_with_the_gradient_program_alone_say_so_and_are_no_pass_by_themselves() -> None:
    (family,) = select(["logistic-map"])
    swept = sweep(family, [16], budget=2)
    assert swept.sweep is not None
    (depth,) = swept.sweep.depths
    there = {form.form for form in depth.forms if form.operations is not None}
    assert there == {"f", "gradient recorded", "gradient program", "finite difference", "f as a tree"}
    said = "at n = 16: nothing is left to compare the engine's gradient program with"
    assert (swept.verdict, swept.reason, swept.notes) == ("inconclusive", said, ())
    both = sweep(family, [3, 16], budget=2)
    assert (both.verdict, both.notes) == ("agree", (said,))
    notes = {form.note for form in depth.forms if form.form.startswith("f′")}
    assert len(notes) == 1, "what is made of a form that is given up has its reason"


def test_a_chaotic_map_is_evaluated_in_as_many_digits_as_it_eats(monkeypatch: pytest.MonkeyPatch) -> None:
    for form in [form for form in forms.TABLE if form not in ("f", "gradient program")]:
        monkeypatch.delitem(forms.TABLE, form)
    (family,) = select(["logistic-map"])
    swept = sweep(family, [600])
    assert swept.sweep is not None
    (program,) = (f for f in swept.sweep.depths[0].forms if f.form == "gradient program")
    assert program.error == "Infinity"
    assert program.note == "it overflows in float64"


def test_the_command_and_the_function_have_the_same_budget() -> None:
    from gradlab.cli.swell import swell

    (option,) = (option for option in swell.params if option.name == "budget")
    assert option.default == refusing.BUDGET
