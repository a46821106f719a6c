"""`gradlab check checks.grad.toml`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command

RIGHT = '[[check]]\nname = "right"\nfunction = "x^2"\nat = { x = 1.5 }\nhand.x = "2x"\n'
WRONG = '[[check]]\nname = "wrong"\nfunction = "x^2"\nat = { x = 1.5 }\nhand.x = "x"\n'
KINK = '[[check]]\nname = "kink"\nfunction = "abs(x)"\nat = { x = 0.0 }\n'


@pytest.mark.parametrize(
    ("text", "code"),
    [(RIGHT, 0), (RIGHT + WRONG, 1), (WRONG + 'verdict = "disagree"\n', 0), (KINK, 3), (RIGHT + "points = 1", 2)],
)  # fmt: skip
def test_a_checklist_is_checked(run: Command, text: str, code: int) -> None:
    Path("checks.grad.toml").write_text(text, encoding="utf-8")
    assert run("check -q checks.grad.toml").code == code


def test_a_checklist_is_one_target_among_others(run: Command) -> None:
    Path("checks.grad.toml").write_text(RIGHT + WRONG, encoding="utf-8")
    Path("more.grad.toml").write_text(RIGHT, encoding="utf-8")
    ran = run("check --format json --points 1 checks.grad.toml tanh-* more.grad.toml")
    cases = json.loads(ran.out)["cases"]
    assert [(case["name"], case["location"]) for case in (cases[0], cases[1], cases[-1])] == [
        ("right", "checks.grad.toml:1"),
        ("wrong", "checks.grad.toml:6"),
        ("right", "more.grad.toml:1"),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("check pyproject.toml", "pyproject.toml is not read: a file of checks is called NAME.grad.toml"),
        ("check none.grad.toml", "none.grad.toml does not exist"),
        ("check checks.grad.toml --at x=1", "checks.grad.toml has cases with points of their own"),
    ],
)
def test_what_is_no_checklist_is_told_in_a_sentence(run: Command, line: str, said: str) -> None:
    Path("pyproject.toml").write_text("[project]\n", encoding="utf-8")
    Path("checks.grad.toml").write_text(RIGHT, encoding="utf-8")
    ran = run(line)
    assert (ran.code, ran.err.startswith(f"gradlab: {said}"), ran.err.count("\n")) == (2, True, 1)
