"""Targets of every kind, and the exit code of what is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gradlab.library import library
from tests.cli.conftest import Command, Ran

F = "ln(x1) + x1*x2 - sin(x2)"
HAND = "--hand 'x1: 1/x1 + x2'"

HOMEWORK = '''
import numpy as np
from gradlab import case


@case(at=dict(w=np.array([1.0, 2.0])), source="homework 3")
def loss(w):
    """What is to be small."""
    return np.sum(w**2)


@loss.hand
def gradient(w):
    return 2 * w


@case(at=dict(x=0.5), verdict="disagree", because="a factor is missing")
def wrong(x):
    return np.sin(2 * x)


@wrong.hand
def wrong_gradient(x):
    return np.cos(2 * x)


def plain(x_1, rate, n):
    return rate * x_1**n


def plain_gradient(x_1, rate, n):
    return dict(x_1=n * rate * x_1 ** (n - 1))
'''


@pytest.fixture
def homework(folder: Path) -> Path:
    (folder / "homework").mkdir()
    (folder / "homework" / "hw3.py").write_text(HOMEWORK)
    return folder / "homework"


def checked(ran: Ran) -> dict[str, Any]:
    """The cases of a record on stdout, by name."""
    return {case["name"]: case for case in json.loads(ran.out)["cases"]}


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (f"'{F}' --at 'x1=2, x2=5' {HAND} --hand 'x2: x1 - cos(x2)'", 0, "claimed derivative agrees"),
        (
            f"'{F}' --at 'x1=2, x2=5' {HAND} --hand 'x2: x1 + cos(x2)'",
            1,
            "∂/∂x2: the claim gives 2.283662185",
        ),
        (f"'{F}' --at 'x1=2, x2=5'", 0, "All methods agree"),
        ("x^3 --at x=2 --hand 'x: 3.0000003*x^2'", 1, "off by a relative 1e-07"),
        ("x^3 --at x=2 --hand '∂f/∂x = 3x²'", 0, "agrees"),
        ("'abs(x)' --at x=0", 3, "not differentiable here"),
        ("'ln(x)' --at x=-1", 2, "the function is nan here: log of -1 is nan"),
        ("math:sin --at x=1", 3, "nothing independent to compare finite_difference with"),
        ("math:sin --at x=1 --hand math:cos", 0, "claimed derivative agrees"),
        ("math:sin --at x=1 --hand 'x: cos(x)'", 0, "claimed derivative agrees"),
        ("math:sin --at x=1 --hand 'x: sin(x)'", 1, "the claim gives 0.8414709848"),
        ("numpy:sum --at 'a=[1, 2]' --hand 'a: 1 + 0a'", 0, "agrees"),
        ("'σ(w x)' --at 'w=0.5, x=1.2' --wrt w --hand 'w: σ(w x) (1 − σ(w x)) x'", 0, "agrees"),
        ("'λ x_1^2' --at 'lambda=2, x_1=3' --wrt x_1 --hand 'x_1: 2 λ x_1'", 0, "agrees"),
    ],
)
def test_one_formula_or_function_with_its_point(run: Command, line: str, code: int, said: str) -> None:
    ran = run(f"check {line}")
    assert ran.code == code
    assert said in ran.out
    assert ran.err == ""


@pytest.mark.parametrize(
    "target", ["homework/hw3.py", "homework", "./homework/", "homework/hw3.py homework/hw3.py"]
)
def test_a_file_or_folder_of_cases(run: Command, homework: Path, target: str) -> None:
    ran = run(f"check {target} --format json")
    cases = checked(ran)
    assert ran.code == 0
    assert list(cases) == ["loss", "wrong"]
    assert [cases[name]["verdict"] for name in cases] == ["agree", "disagree"]
    assert all(case["passed"] for case in cases.values())
    assert cases["loss"]["source"] == "homework 3"
    assert "def loss(w):" in cases["loss"]["function"]


def test_a_file_may_import_what_lies_beside_it(run: Command, homework: Path) -> None:
    (homework / "beside.py").write_text("def squared(x):\n    return x**2\n")
    (homework / "hw4.py").write_text(
        "from beside import squared\nfrom gradlab import case\nf = case(at=dict(x=1.0))(squared)\n"
    )
    assert run("check homework/hw4.py -q").code == 0
    assert run("check homework/hw4.py:squared --at x=1 -q").code == 0


@pytest.mark.parametrize(
    "line",
    [
        "homework/hw3.py:plain --at 'x_1=2, rate=0.5, n=3' --wrt x_1 --hand homework/hw3.py:plain_gradient",
        "homework/hw3.py:plain --at 'x_1=2, rate=0.5, n=3' --wrt x_1 --hand 'x_1: n rate x_1^(n-1)'",
        "homework/hw3.py:plain --at 'x_1=2, rate=0.5, n=3' --hand 'x_1: n rate x_1^(n-1)'",
        "homework.hw3:plain --at 'x_1=2, rate=0.5, n=3' --wrt x_1 --hand homework.hw3:plain_gradient",
        "homework.hw3:loss --at 'w=[1, 2]' --hand homework.hw3:gradient",
    ],
)
def test_a_function_in_a_file_or_module(run: Command, homework: Path, line: str) -> None:
    ran = run(f"check {line}")
    assert (ran.code, ran.err) == (0, "")
    assert "claimed derivative agrees" in ran.out


@pytest.mark.parametrize(
    ("targets", "names"),
    [
        ("cube", ["cube"]),
        ("'cub?'", ["cube"]),
        ("'sum-times*'", ["sum-times", "sum-times-max"]),
        ("cube 'cub*' cube", ["cube"]),
        ("dot cube", ["dot", "cube"]),
        ("relu-at-0", ["relu-at-0"]),
    ],
)
def test_library_cases_by_name_and_glob(run: Command, targets: str, names: list[str]) -> None:
    ran = run(f"check {targets} --points 0 --format json")
    assert ran.code == 0
    assert list(checked(ran)) == names


def test_library_cases_and_files_together(run: Command, homework: Path) -> None:
    assert list(checked(run("check cube homework/hw3.py --points 0 --format json"))) == [
        "cube",
        "loss",
        "wrong",
    ]


def test_no_target_is_the_library(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    few = library()[:2]
    monkeypatch.setattr("gradlab.library._declared_in", lambda path: few if path.stem == "named" else [])
    assert list(checked(run("check --points 0 --format json"))) == [case.name for case in few]


def test_one_that_disagrees_among_many_decides(run: Command, folder: Path) -> None:
    head = "import numpy as np\nfrom gradlab import case\n"
    kink = "@case(at=dict(x=0.0))\ndef kink(x):\n    return np.abs(x)\n"
    broken = "@case(at=dict(x=0.0))\ndef broken(x):\n    return None\n"
    fine = "@case(at=dict(x=1.0))\ndef fine(x):\n    return np.exp(x)\n"
    wrong = "@case(at=dict(x=1.0))\ndef wrong(x):\n    return x**2\nwrong.hand(lambda x: x)\n"
    for parts, code in [
        ([fine], 0),
        ([fine, kink], 3),
        ([fine, kink, broken], 2),
        ([fine, kink, broken, wrong], 1),
        ([wrong, fine], 1),
    ]:
        (folder / "mine.py").write_text(head + "\n".join(parts))
        assert run("check mine.py --points 0 -q").code == code


def test_a_case_that_wrongly_agrees_exits_with_1(run: Command, folder: Path) -> None:
    (folder / "mine.py").write_text(
        "from gradlab import case\n@case(at=dict(x=1.0), verdict='disagree', because='so')\n"
        "def fine(x):\n    return x**2\nfine.hand(lambda x: 2 * x)\n"
    )
    ran = run("check mine.py")
    assert ran.code == 1
    assert "fine" in ran.out.splitlines()[-1]


def test_list_shows_the_library(run: Command) -> None:
    ran = run("list")
    assert (ran.code, ran.err) == (0, "")
    for case in library():
        assert case.name in ran.out
    assert ran.out.splitlines()[-1] == f"{len(library())} cases"
    assert "W0 (2×2)" in ran.out


def test_list_shows_a_part_of_the_library(run: Command) -> None:
    ran = run("list 'sum-times*' cube")
    starts = [line.split()[0] for line in ran.out.splitlines() if line[0] != " "]
    assert starts == ["sum-times", "sum-times-max", "cube", "3"]


def test_list_tells_source_and_tags(run: Command) -> None:
    by, origin, _ = run("list ln-product-sine").out.splitlines()
    assert by.split(maxsplit=1) == ["ln-product-sine", "x1, x2"]
    assert origin.strip() == "GT, Automatic differentiation · scalar, lecture"


@pytest.mark.parametrize("command", ["list", "check -q --points 0"])
def test_cases_are_chosen_by_their_tags(run: Command, command: str) -> None:
    kinks = [case.name for case in library() if "kink" in case.tags]
    out = run(f"{command} --tag 'kin*'").out
    assert kinks
    assert all(name in out for name in kinks)
    assert "tanh-2-2-1" not in out


def test_a_tag_and_a_name_both_choose(run: Command) -> None:
    assert "no kink" not in run("list --tag kink 'relu*'").out
    ran = run("check --tag kink cube")
    assert (ran.code, ran.err) == (2, "gradlab: none of cube has the tag kink\n")


def test_a_tag_that_no_case_has_is_refused_with_those_that_are_there(run: Command) -> None:
    ran = run("check --tag nets")
    assert ran.code == 2
    assert "no case has the tag 'nets'; there are " in ran.err
    assert "network" in ran.err


def test_a_tag_does_not_go_with_a_formula(run: Command) -> None:
    ran = run("check 'x^2' --at x=1 --tag scalar")
    assert ran.code == 2
    assert "--tag chooses among the library's cases" in ran.err
