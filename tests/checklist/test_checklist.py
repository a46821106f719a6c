"""`*.grad.toml`: what a check may say, and what is said of one that can't be used."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from gradlab.cases import InputError
from gradlab.checklist import cases_in_checklist
from gradlab.harness import Settings, check_case

MODEL = """
import numpy as np

def loss(w, x, scale=2.0):
    return scale * np.sum((w * x) ** 2)

def gradient(w, x):
    return {"w": 4 * w * x**2, "x": np.sum(4 * w**2 * x)}

def rows(x):
    return x**2

class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dy):
        return dy * (1 - self.y**2)

number = 1.0
"""


@pytest.fixture
def checklist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a checklist is written, beside model.py."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    (tmp_path / "model.py").write_text(MODEL)
    (tmp_path / "sub" / "model.py").write_text(MODEL)
    return Path("sub/checks.grad.toml")


ACCEPTED = {
    "a function of a file and its gradient": 'function = "model.py:loss"\ngradient = "model.py:gradient"\nat = { w = [1.0, 2.0], x = 0.5 }',
    "a function of a module": 'function = "model:loss"\ngradient = "model:gradient"\nat = { w = [1, 2], x = 0.5 }',
    "a formula": 'function = "x^2"\nat = { x = 1.5 }\nhand.x = "2x"',
    "a formula with a quotient": 'function = "1/x"\nat = { x = 1.5 }\nhand = { x = "-1/x^2" }',
    "a number as a claim": 'function = "x^2"\nat = { x = 1.5 }\nhand.x = 3.0',
    "several points": 'function = "x^2"\nat = [{ x = 1.5 }, { x = -2 }]\nhand.x = "2x"',
    "a table of its own": 'function = "x*y"\n[check.at]\nx = 1.0\ny = 2.0\n[check.hand]\ny = "x"',
    "no claim": 'function = "x^2"\nat = { x = 1.5 }',
    "one name to derive by": 'function = "x^2 y"\nat = { x = 1.5, y = 2 }\nwrt = "y"\nhand.y = "x^2"',
    "names to derive by": 'function = "x^2 y"\nat = { x = 1.5, y = 2 }\nwrt = ["y"]\nhand.y = "x^2"',
    "a Jacobian": 'function = "model.py:rows"\nat = { x = [1.0, 2.0] }\nquantity = "jacobian"',
    "a layer at a point": 'function = "model.py:Tanh"\nat = { x = [0.5, -1.0] }',
    "a layer without a point": 'function = "model.py:Tanh"\nat = []',
    "printed numbers": 'function = "x^2"\nat = { x = 1.5 }\nexpected = { value = "2.25", x = "3.0" }',
    "a declared disagreement": 'function = "x^2"\nat = { x = 1.5 }\nhand.x = "x"\nverdict = "disagree"\nbecause = "a factor"',
}  # fmt: skip


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=list(ACCEPTED))
def test_a_check_of_every_kind_passes(checklist: Path, text: str) -> None:
    checklist.write_text(f"[[check]]\n{text}\n")
    (case,) = cases_in_checklist(checklist)
    assert check_case(case, Settings(points=2, timed=False)).passed


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ('function = "x^2"\nat = { x = 1.5 }\nhand.x = "x"', "disagree"),
        ('function = "x^2"\nat = { x = 1.5 }\nexpected.value = "2.24"\nhand.x = "2x"', "agree"),
        ('function = "x^2"\nat = { x = 1.5 }\nexpected.value = "2.3"\nhand.x = "2x"', "agree"),
        ('function = "x^2"\nat = { x = 1.5 }\nexpected.value = "2.20"\nhand.x = "2x"', "disagree"),
        ('function = "model.py:loss"\nat = { w = [1.0], x = 0.5, scale = 3.0 }\ngradient = "model.py:gradient"', "error"),
    ],
)  # fmt: skip
def test_what_is_wrong_does_not_pass(checklist: Path, text: str, verdict: str) -> None:
    checklist.write_text(f"[[check]]\n{text}\n")
    (case,) = cases_in_checklist(checklist)
    if verdict == "error":  # the gradient does not take scale
        with pytest.raises(InputError, match="scale"):
            check_case(case, Settings(points=2, timed=False))
        return
    assert check_case(case, Settings(points=2, timed=False)).verdict == verdict


def test_a_case_has_the_name_the_place_and_the_source_that_its_check_gives(checklist: Path) -> None:
    checklist.write_text(
        '# what we check\n[[check]]\nname = "mine"\nsource = "a lecture"\nfunction = "x^2"\nat = { x = 1.5 }\n'
        '\n  [[ check ]]\nfunction = "model.py:loss"\nat = { w = [1, 2], x = 0.5 }\n'
    )
    first, second = cases_in_checklist(checklist)
    assert (first.name, first.source, first.location) == ("mine", "a lecture", "sub/checks.grad.toml:2")
    assert (second.name, second.location) == ("model.py:loss", "sub/checks.grad.toml:8")
    np.testing.assert_array_equal(second.points[0].inputs["w"], [1.0, 2.0])


def test_a_heading_within_a_text_is_none_and_then_no_line_is_told(checklist: Path) -> None:
    checklist.write_text(
        '[[check]]\nname = "a"\nsource = """\n[[check]]\n"""\nfunction = "x^2"\nat = { x = 1.5 }\n'
    )
    (case,) = cases_in_checklist(checklist)
    assert case.location == "sub/checks.grad.toml"


def test_a_file_that_an_editor_of_windows_wrote_is_read(checklist: Path) -> None:
    checklist.write_bytes(b'\xef\xbb\xbf[[check]]\r\nfunction = "x^2"\r\nat = { x = 1.5 }\r\n')
    assert [case.location for case in cases_in_checklist(checklist)] == ["sub/checks.grad.toml:1"]


X = 'function = "x^2"\nat = { x = 1.5 }\n'
REFUSED = {
    "a key that is misspelled": ('funktion = "x"', "there is no key 'funktion'; did you mean function?"),
    "a key that is like none": ("q = 1", "there is no key 'q'; there are name, function, gradient, "),
    "a setting of the run": (X + "points = 3", "points is for the run to say, not for a check (gradlab check --points)"),
    "no function": ("at = { x = 1.0 }", 'function is missing: "file.py:f", "package.module:f", or a formula'),
    "an empty function": ('function = " "\nat = { x = 1.0 }', "function is ' ': name one as file.py:f, or write a formula"),
    "a file alone": ('function = "model.py"\nat = { x = 1.0 }', "function is 'model.py': name one as file.py:f"),
    "a function that is a number": ("function = 2", "function is a number, and should be text in quotes"),
    "a date": ("function = 2001-01-01", "function is a date or a time, and should be text in quotes"),
    "no point": ('function = "x^2"', "at is missing: a value for every argument, as in at = { x = 1.5 }"),
    "a point that is a number": ('function = "x^2"\nat = 1.5', "at is a number, and should be a table or an array, as in at = { x = 1.5 }"),
    "a claim that is text": ('function = "x^2"\nhand = "2x"', 'hand is text in quotes, and should be a table, as in hand = { x = "2x" }'),
    "points that are numbers": ('function = "x^2"\nat = [1.5]', "a point is a table, as in at = { x = 1.5 }, and here it is a number"),
    "nan": ('function = "x^2"\nat = { x = nan }', "at.x holds nan: a value must be finite"),
    "an infinity in an array": ('function = "x^2"\nat = { x = [[1.0, -inf]] }', "at.x holds -inf: a value must be finite"),
    "a table as a value": ('function = "x^2"\nat.x.y = 1.0', "at.x is a table, and should be a number or an array of numbers"),
    "text as a value": ('function = "model.py:rows"\nat = { x = "1.5" }', "nothing to derive by"),
    "a ragged array": ('function = "model.py:rows"\nat = { x = [[1.0], [1.0, 2.0]] }', "x is a ragged list"),
    "an empty array": ('function = "model.py:rows"\nat = { x = [] }', "x is empty, so there is nothing to derive by"),
    "a value too many": ('function = "x^2"\nat = { x = 1.5, y = 1 }', "the point gives y, which the formula 'x^2' does not have"),
    "a value too few": ('function = "model.py:loss"\nat = { w = 1.5 }', "the point gives no value for x"),
    "a formula that ends too early": ('function = "x^2 +"\nat = { x = 1.5 }', "The formula ends too early"),
    "a claim that ends too early": (X + 'hand.x = "2 *"', "the claim for x: The formula ends too early"),
    "a claim by another name": (X + 'hand.y = "2"', "the hand derivative is by 'y'; derived by are x"),
    "an empty claim": (X + "hand = {}", "the hand derivative is an empty dictionary"),
    "a claim that is a date": (X + "hand.x = 2001-01-01", "hand.x is a date or a time"),
    "two claims": (X + 'hand.x = "2x"\ngradient = "model.py:gradient"', "gradient and hand are two claims"),
    "a formula as a gradient": (X + 'gradient = "2x"', "gradient is '2x': it names a function, as file.py:f"),
    "a gradient that is not there": (X + 'gradient = "model.py:gradeint"', "model.py has no function 'gradeint'; did you mean gradient?"),
    "a function that is none": ('function = "model.py:number"\nat = { x = 1.0 }', "is float, which can't be called"),
    "a module that is not there": ('function = "no_such:f"\nat = { x = 1.0 }', "there is no module 'no_such'"),
    "a file that is not there": ('function = "no_such.py:f"\nat = { x = 1.0 }', "no_such.py does not exist"),
    "wrt of another name": (X + 'wrt = "y"', "can't derive by 'y': the arguments are x"),
    "wrt of numbers": (X + "wrt = [1]", "wrt is the name of an argument, or an array of names"),
    "wrt of nothing": (X + "wrt = []", "wrt is the name of an argument, or an array of names"),
    "a verdict that is none": (X + 'verdict = "wrong"', "verdict is 'wrong': it is one of agree, disagree"),
    "a quantity that is none": (X + 'quantity = "hessian"', "quantity='hessian' is neither 'gradient' nor 'jacobian'"),
    "a quantity of a layer": ('function = "model.py:Tanh"\nquantity = "jacobian"', "quantity goes with a function"),
    "a claim about a layer": ('function = "model.py:Tanh"\nhand.x = "1"', "a class brings its gradient, backward: leave out"),
    "a printed number without quotes": (X + "expected.value = 2.25", "expected.value is a number: put it in quotes"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=list(REFUSED))
def test_a_check_that_cannot_be_used_is_told_with_its_place(checklist: Path, text: str, said: str) -> None:
    checklist.write_text(
        f'[[check]]\nfunction = "x"\nat = {{ x = 1.0 }}\n\n[[check]]\nname = "odd"\n{text}\n'
    )
    with pytest.raises(InputError) as refused:
        cases_in_checklist(checklist)
    first = str(refused.value).splitlines()[0]
    assert first.startswith("sub/checks.grad.toml:5: check 2 (odd): ")
    assert said in first


def test_every_check_that_cannot_be_used_is_told_at_once(checklist: Path) -> None:
    checklist.write_text('[[check]]\nq = 1\n[[check]]\nfunction = "x"\nat = { x = 1.0 }\n[[check]]\nr = 1\n')
    with pytest.raises(InputError) as refused:
        cases_in_checklist(checklist)
    told = re.findall(
        r"^sub/checks\.grad\.toml:(\d+: check \d): there is no key", str(refused.value), re.MULTILINE
    )
    assert told == ["1: check 1", "6: check 3"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[[check]\n", r"^sub/checks\.grad\.toml is not TOML: .*line 1, column 8"),
        (b"[[check]]\nfunction = model.py:f\n", r"^sub/checks\.grad\.toml is not TOML: .*line 2.*; text stands in quotes$"),
        (b"[[check]]\nat.x = [1.0, .5]\n", r".*line 2.*; a number has digits on both sides of its point: 0\.5, 1\.0$"),
        (b"[[check]]\nat = { x = 1. }\n", r".*line 2.*; a number has digits on both sides of its point: 0\.5, 1\.0$"),
        (b"[[check]]\nat.x =\n", r".*line 2, column 7\)$"),
        (b'[[check]]\nname = "a"\nname = "b"\n', r"^sub/checks\.grad\.toml is not TOML: .*line 3"),
        (b"x = " + b"1" * 5000, r"^sub/checks\.grad\.toml is not TOML: "),
        (b"x = " + b"[" * 100_000, r"^sub/checks\.grad\.toml is not (TOML|usable): "),
        (b"[[check]]\nname = '\xff'\n", r"^sub/checks\.grad\.toml:2: this is not text in UTF-8$"),
        (b"", r"^sub/checks\.grad\.toml holds no check: begin one with \[\[check\]\]$"),
        (b"check = []", r"^sub/checks\.grad\.toml holds no check"),
        (b"check = 1", r"^sub/checks\.grad\.toml: a check begins with \[\[check\]\], in double brackets$"),
        (b"[check]\n", r"^sub/checks\.grad\.toml: a check begins with \[\[check\]\]"),
        (b"[[checks]]\n", r"^sub/checks\.grad\.toml: 'checks' stands outside of a check"),
        (b"seed = 1\n", r"^sub/checks\.grad\.toml: 'seed' stands outside of a check"),
        (2 * b'[[check]]\nfunction = "x"\nat = { x = 1 }\n', r":4: check 2: another check is called 'x': give it a name$"),
        (b"#" * 4_000_001, r"^sub/checks\.grad\.toml is too large"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_told_in_a_sentence(checklist: Path, content: bytes, said: str) -> None:
    checklist.write_bytes(content)
    with pytest.raises(InputError, match=said):
        cases_in_checklist(checklist)


@pytest.mark.skipif(sys.version_info >= (3, 15), reason="TOML 1.1 has tables in braces of several lines")
def test_braces_of_several_lines_are_told(checklist: Path) -> None:
    checklist.write_text("[[check]]\nat = {\n  x = 1.0,\n}\n")
    with pytest.raises(InputError, match=r"line 2.*; braces close on the same line: .* \[check\.at\]"):
        cases_in_checklist(checklist)


@pytest.mark.parametrize(("name", "said"), [("none.grad.toml", "does not exist$"), ("sub", "is not a file$")])
def test_a_file_that_is_not_there_is_told(checklist: Path, name: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        cases_in_checklist(Path(name))


def test_what_steers_a_terminal_is_not_in_a_sentence(checklist: Path) -> None:
    checklist.write_text('[[check]]\nname = "\\u001b[31m\\nred"\n"\\u001b[2J" = 1\n')
    with pytest.raises(InputError) as refused:
        cases_in_checklist(checklist)
    assert str(refused.value).isprintable()
