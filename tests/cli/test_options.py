"""What the options of `check` and `show` change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gradlab.methods import methods
from tests.cli.conftest import Command

ONE = "check 'x1^2 sin(x2)' --at 'x1=2, x2=0.5'"


def strict(text: str) -> Any:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


def without_times(value: Any) -> Any:
    if isinstance(value, dict):
        times = ("seconds", "started", "timing", "command")
        return {k: without_times(v) for k, v in value.items() if k not in times}
    return [without_times(v) for v in value] if isinstance(value, list) else value


def test_json_on_stdout_is_strict_json_and_nothing_else(run: Command) -> None:
    ran = run(f"{ONE} --format json")
    record = strict(ran.out)
    assert ran.err == ""
    assert record["schema"] == "gradlab/record/1"
    assert record["verdict"] == "agree"
    assert record["command"] == "gradlab check 'x1^2 sin(x2)' --at 'x1=2, x2=0.5' --format json"
    (case,) = record["cases"]
    assert {"name", "verdict", "points", "swell", "timing"} <= set(case)


@pytest.mark.parametrize(
    "target",
    [
        "check 'ln(x)' --at x=-1",
        "check 'abs(x)' --at x=0",
        "check 'arctan(x)' --at x=1 --hand 'x: 1/(1-x^2)'",
        "check 'x^2' --at x=1 --hand 'x: x'",
        "check mine.py",
    ],
)
def test_json_is_strict_whatever_is_found(run: Command, folder: Path, target: str) -> None:
    (folder / "mine.py").write_text(
        "from gradlab import case\n@case(at=dict(x=1.0))\ndef f(x):\n    print('NaN')\n    return x**2\n"
    )
    shown = run(target)
    ran = run(f"{target} --format json")
    assert ran.code == shown.code
    strict(ran.out)


def test_output_takes_the_report_and_leaves_stdout_empty(run: Command, folder: Path) -> None:
    for form in ("json", "terminal"):
        ran = run(f"{ONE} --format {form} --output report")
        assert (ran.code, ran.out, ran.err) == (0, "", "")
        assert ((folder / "report").read_text()[0] == "{") == (form == "json")
    assert "\x1b" not in (folder / "report").read_text()


def test_output_is_replaced_whole(run: Command, folder: Path) -> None:
    (folder / "report").write_text("x" * 1_000_000)
    assert run(f"{ONE} -q --output report").code == 0
    assert "x" * 10 not in (folder / "report").read_text()


@pytest.mark.parametrize("volume", ["-q", "", "-v", "-vv"])
def test_show_draws_a_saved_record_as_it_was_drawn(run: Command, volume: str) -> None:
    for target in ("check cube relu-at-0", "check 'x^2' --at x=1 --hand 'x: x'"):
        assert run(f"{target} --format json --output r.json").code in (0, 1)
        shown = run(f"show r.json {volume}")
        assert shown.code == 0
        again = run(f"show r.json {volume}")
        assert shown == again
        assert "cube" in shown.out or "x^2" in shown.out


def test_show_writes_the_record_again(run: Command, folder: Path) -> None:
    run(f"{ONE} --format json --output r.json")
    saved = (folder / "r.json").read_text()
    assert run("show r.json --format json").out == saved
    run("show r.json --format json --output again.json")
    assert (folder / "again.json").read_text() == saved


def test_quiet_is_short_and_verbose_is_long(run: Command) -> None:
    lengths = [len(run(f"{ONE} {volume}").out.splitlines()) for volume in ("-q", "", "-v", "-vv")]
    assert lengths == sorted(lengths)
    assert lengths[0] == 2
    assert lengths[0] < lengths[1] < lengths[2]


def test_quiet_counts_in_a_file_too(run: Command, folder: Path) -> None:
    run(f"{ONE} -q --output report")
    assert len((folder / "report").read_text().splitlines()) == 2


def test_two_runs_with_a_seed_are_the_same_but_for_their_times(run: Command) -> None:
    first, again, other = (strict(run(f"{ONE} --seed {seed} --format json").out) for seed in (3, 3, 4))
    assert without_times(first) == without_times(again)
    assert without_times(first) != without_times(other)
    assert (first["seed"], other["seed"]) == (3, 4)


@pytest.mark.parametrize("points", [0, 2])
def test_points_are_drawn_besides_the_given_ones(run: Command, points: int) -> None:
    (case,) = strict(run(f"{ONE} --at 'x1=1, x2=1' --points {points} --format json").out)["cases"]
    assert [point["given"] for point in case["points"]] == [True, True] + points * [False]
    assert [i["values"] for i in case["points"][1]["inputs"]] == [[1.0], [1.0]]


def test_only_the_methods_that_are_named_are_asked(run: Command) -> None:
    record = strict(run(f"{ONE} --methods symbolic,reverse --format json").out)
    asked = {e["method"] for case in record["cases"] for point in case["points"] for e in point["estimates"]}
    assert asked == {"symbolic", "reverse"}
    record = strict(run(f"{ONE} --methods 'precise, reverse' --hand 'x1: 2 x1 sin(x2)' --format json").out)
    asked = {e["method"] for case in record["cases"] for point in case["points"] for e in point["estimates"]}
    assert asked == {"precise", "reverse", "claimed"}


def test_one_method_alone_proves_nothing(run: Command) -> None:
    assert run(f"{ONE} --methods reverse -q").code == 3


def test_only_what_is_asked_for_is_derived_by(run: Command) -> None:
    (case,) = strict(run(f"{ONE} --wrt x2 --format json").out)["cases"]
    assert case["points"][0]["components"] == ["x2"]
    (case,) = strict(run(f"{ONE} --wrt 'x2, x1' --format json").out)["cases"]
    assert case["points"][0]["components"] == ["x2", "x1"]


def test_a_budget_is_kept(run: Command, folder: Path) -> None:
    (folder / "mine.py").write_text("def f(x):\n    while True:\n        pass\n")
    ran = run("check mine.py:f --at x=1 --timeout 0.2 -q")
    assert ran.code == 2
    assert "the function: gave up after 0.2 s" in ran.out


def test_what_a_function_prints_is_not_in_the_report(run: Command, folder: Path) -> None:
    (folder / "mine.py").write_text("print('hi')\ndef f(x):\n    print('hello')\n    return x**2\n")
    ran = run("check mine.py:f --at x=1 -q")
    assert "hello" not in ran.out
    assert "hi" not in ran.out.split()


def test_every_method_is_asked_where_none_is_named(run: Command) -> None:
    assert strict(run(f"{ONE} --format json").out)["methods"] == list(methods())


def test_the_version_is_told(run: Command) -> None:
    assert run("--version").out.startswith("gradlab ")


@pytest.mark.parametrize("line", ["--help", "-h", "check --help", "show -h", "list --help"])
def test_help_is_given(run: Command, line: str) -> None:
    ran = run(line)
    assert ran.code == 0
    assert "Usage" in ran.out


def test_an_array_is_derived_whole_where_that_is_asked(run: Command, folder: Path) -> None:
    (folder / "mine.py").write_text("def f(x):\n    return x**2\n\ndef J(x):\n    return np.diag(2 * x)\n")
    (folder / "mine.py").write_text(f"import numpy as np\n{(folder / 'mine.py').read_text()}")
    line = 'check mine.py:f --at "x=[1, 2]" --hand mine.py:J -q'
    assert "ask for the jacobian" in run(line).out
    assert run(f"{line} --jacobian").code == 0
