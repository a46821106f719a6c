"""Input that can't be used: one sentence with the place on stderr, exit code 2, and nothing half-done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Command

CASE = """
import numpy as np
from gradlab import case

@case(at=dict(x=2.0))
def f(x):
    return {body}
"""

FILES: dict[str, tuple[bytes, str]] = {
    "not Python": (b"x = = 1\n", r"^gradlab: mine.py is not Python: invalid syntax \(line 1\)$"),
    "not finished": (b"def f(x:\n", r"mine.py is not Python: '\(' was never closed \(line 1\)"),
    "an exception": (
        b"import math\n\nmath.sqrt(-1)\n",
        r"^gradlab: mine.py raises ValueError when it is imported: .* \(line 3 of \S*mine.py\)$",
    ),
    "an exit": (b"import sys\nsys.exit('stop')\n", "mine.py raises SystemExit when it is imported: stop"),
    "a module that is not there": (
        b"import not_there\n",
        "mine.py raises ModuleNotFoundError when it is imported",
    ),
    "a mistake in a module of its own": (
        b"import beside\n",
        r"is not Python: invalid syntax \(line 2 of \S*beside.py\)",
    ),
    "no case": (
        b"x = 1\n",
        r"^gradlab: mine.py holds no case: decorate a function with @gradlab.case\(at=…\), or write a derivative beside it: f_grad",
    ),
    "empty": (b"", "mine.py holds no case"),
    "not UTF-8": (b"x = '\xff\xfe'\n", "^gradlab: mine.py is not text in UTF-8$"),
    "a zero byte": (b"x = 1\0\n", "mine.py is not Python|mine.py raises ValueError"),
    "a case twice": (
        CASE.format(body="x").encode() + b"\n@case(at=dict(x=1.0), name='f')\ndef g(x):\n    return x\n",
        "^gradlab: mine.py declares f twice: give one of them another name=$",
    ),
    "a point without a value": (
        b"from gradlab import case\n@case(at=dict(x=2.0))\ndef f(x, y):\n    return x\n",
        "^gradlab: f: the point gives no value for y; the arguments are x, y$",
    ),
    "a point that is nan": (
        b"from gradlab import case\n@case(at=dict(x=float('nan')))\ndef f(x):\n    return x\n",
        "^gradlab: f: x holds nan: a point must be finite$",
    ),
    "a verdict there is none of": (
        b"from gradlab import case\n@case(at=dict(x=2.0), verdict='wrong')\ndef f(x):\n    return x\n",
        "^gradlab: f: verdict='wrong' is not one of agree, disagree, ",
    ),
}


@pytest.mark.parametrize(("content", "message"), FILES.values(), ids=FILES)
def test_a_file_that_is_no_file_of_cases_is_told(
    run: Command, folder: Path, content: bytes, message: str
) -> None:
    (folder / "mine.py").write_bytes(content)
    (folder / "beside.py").write_text("x = 1\ny = = 2\n")
    ran = run("check mine.py --output report.txt")
    assert (ran.code, ran.out) == (2, "")
    assert re.search(message, ran.err.rstrip()), ran.err
    assert "Traceback" not in ran.err
    assert not (folder / "report.txt").exists()


LINES = {
    "a file that is not there": ("check mine.py", "^gradlab: mine.py does not exist$"),
    "a path that is not there": ("check ./work/hw3.md2", "work/hw3.md2 does not exist"),
    "a folder that is not there": ("check nowhere/", "^gradlab: nowhere/ does not exist$"),
    "a folder without files": (
        "check empty",
        r"^gradlab: empty holds no \.md, \.tex or \.py file, and no folder of a student$",
    ),
    "a file of another kind": (
        "check note.txt",
        r"^gradlab: note.txt is not a file of cases \(\.py\), a document \(\.md, \.tex\) or a checklist",
    ),
    "a folder named like a file": (
        "check folder.py",
        r"^gradlab: folder.py holds no \.md, \.tex or \.py file",
    ),
    "no target": ("check ''", "^gradlab: a target is empty$"),
    "a formula without a point": (
        "check x^2",
        "'x.2' is no case of the library, no file, and for a formula --at is missing",
    ),
    "a misspelled case": (
        "check tanh-2-2",
        "'tanh-2-2' is no case of the library, .*; did you mean tanh-2-2-1",
    ),
    "a glob that matches nothing": ("check 'nothing-*'", "'nothing-.' is no case of the library"),
    "one target of two": ("check cube nothing", "'nothing' is no case of the library"),
    "a formula cut off": (
        "check 'ln(x1 + ' --at x1=2",
        r"^gradlab: The text ends too early: .*\n    ln\(x1 \+ \n           \^$",
    ),
    "an undeclared name": (
        "check x*q --at x=2",
        r"^gradlab: 'q' is not known here \(known: x\)\.\n    x\*q\n      \^$",
    ),
    "code": (
        'check \'__import__("os").system("touch pwned")\' --at x=1',
        "^gradlab: ",
    ),
    "two formulas": ("check 'x^2; y' --at x=1", r"^gradlab: .*\n    x.2; y\n       \^$"),
    "a missing variable": ("check x*y --at x=2", r"'y' is not known here \(known: x\)"),
    "an additional variable": (
        "check x^2 --at x=2,y=3",
        "the point gives y, which the formula 'x.2' does not have",
    ),
    "a point of nan": ("check x^2 --at x=nan", r"NaN and infinity are not values .*\n    x=nan\n      \^$"),
    "a point of inf": (
        "check x^2 --at x=-inf",
        r"NaN and infinity are not values .*\n    x=-inf\n       \^$",
    ),
    "a point out of range": ("check x^2 --at x=1e400", "too large"),
    "a point without a name": ("check x^2 --at 2", r"\n    2\n    \^$"),
    "a point without a value": ("check x^2 --at x", "A '=' is missing after 'x'"),
    "a point of nothing": ("check x^2 --at ''", "No values are given"),
    "a value twice": ("check x^2 --at x=1,x=2", "'x' is given twice"),
    "rows of other lengths": (
        "check x^2 --at 'x=[[1,2],[3]]'",
        "must be of equal length: row 1 has 2 and row 2 has 1",
    ),
    "no point": ("check x^2 --hand 'x: 2x'", "^gradlab: 'x.2' needs a point: --at \"x=1.5\"$"),
    "no formula": (
        "check --at x=2",
        "--at, --wrt, --hand and --jacobian go with one formula or one module:function",
    ),
    "two formulas for a point": (
        "check x^2 x^3 --at x=2",
        "--at, --wrt, --hand and --jacobian go with one formula",
    ),
    "a point for a library case": (
        "check cube --at x=2",
        "^gradlab: cube is a case of the library, with a point of its own: leave out --at, --wrt, --hand and --jacobian$",
    ),
    "a point for a file": ("check mine.py --at x=2", "or name one function as file.py:function$"),
    "another argument to derive by": (
        "check x^2 --at x=2 --wrt w",
        "can't derive by 'w': the arguments are x",
    ),
    "nothing to derive by": (
        "check x^2 --at x=2 --wrt ,",
        "^gradlab: --wrt is empty: name one or more, with commas$",
    ),
    "no method": ("check x^2 --at x=2 --methods ''", "^gradlab: --methods is empty"),
    "a claim without a name": (
        "check x^2 --at x=2 --hand 2x",
        r"Write a claim as 'name: formula', .*\n    2x\n    \^$",
    ),
    "a claim without a formula": ("check x^2 --at x=2 --hand x:", "The formula of this claim is missing"),
    "a claim cut off": ("check x^2 --at x=2 --hand 'x: 2*'", r"the claim for x: .*\n    2\*\n      \^$"),
    "a claim for another": (
        "check x^2 --at x=2 --hand 'w: 2x'",
        "the hand derivative is by 'w'; derived by are x",
    ),
    "a claim twice": ("check x^2 --at x=2 --hand 'x: 2x' --hand 'x: x'", "--hand gives two derivatives by x"),
    "a module that is not there": (
        "check nothing_there:f --at x=2",
        "^gradlab: there is no module 'nothing_there'",
    ),
    "a file of functions that is not there": ("check hw.py:f --at x=2", "^gradlab: hw.py does not exist$"),
    "a misspelled function": (
        "check math:sinn --at x=2",
        "^gradlab: math has no function 'sinn'; did you mean sin",
    ),
    "a hand derivative that is not there": (
        "check math:sin --at x=2 --hand math:coss",
        "no function 'coss'; did you mean cos",
    ),
    "what is no function": ("check math:pi --at x=2", "^gradlab: math:pi is float, which can't be called$"),
    "a function without a point": ("check math:sin", '^gradlab: math:sin needs a point: --at "x=1.5"$'),
    "an unknown method": (
        "check x^2 --at x=2 --methods revers",
        "there is no method 'revers'; there are reverse, forward",
    ),
    "an unknown format": ("check x^2 --at x=2 --format jsn", "^gradlab: there is no format 'jsn': choose "),
    "an unknown format to show": (
        "show note.txt --format jsn",
        "^gradlab: there is no format 'jsn': choose ",
    ),
    "a folder for the report that is not there": (
        "check x^2 --at x=2 --output nowhere/r.txt",
        "^gradlab: nowhere/r.txt can't be written: there is no folder nowhere$",
    ),
    "a record that is not there": (
        "show r.json",
        "^gradlab: r.json can't be read: No such file or directory$",
    ),
    "a record that is a folder": ("show empty", "^gradlab: empty can't be read: Is a directory$"),
    "a record that is none": (
        "show note.txt",
        "^gradlab: note.txt: This is not a gradlab record: it is not JSON",
    ),
    "a case to list that is not there": ("list nothing", "'nothing' is no case of the library"),
}


@pytest.mark.parametrize(("line", "message"), LINES.values(), ids=LINES)
def test_what_cannot_be_used_is_told_in_a_sentence(
    run: Command, folder: Path, line: str, message: str
) -> None:
    (folder / "empty").mkdir()
    (folder / "folder.py").mkdir()
    (folder / "note.txt").write_text("hello")
    (folder / "note.md").write_text("# hello")
    before = {path.name for path in folder.iterdir()}
    ran = run(line)
    assert (ran.code, ran.out) == (2, "")
    assert re.search(message, ran.err.rstrip("\n")), ran.err
    assert "Traceback" not in ran.err
    assert {path.name for path in folder.iterdir()} == before


OPTIONS = {
    "no such option": ("check --att x=2", "No such option"),
    "no such command": ("chek", "No such command 'chek'"),
    "a negative number of points": ("check --points -1", "-1 is not in the range"),
    "a word for a number": ("check --points many", "'many' is not a valid integer"),
    "no time": ("check --timeout 0", "is not in the range"),
    "an output that is a folder": ("check x^2 --at x=2 --output .", "is a directory"),
    "nothing to show": ("show", "Missing argument 'FILE'"),
}


@pytest.mark.parametrize(("line", "message"), OPTIONS.values(), ids=OPTIONS)
def test_a_mistake_in_the_options_is_told(run: Command, line: str, message: str) -> None:
    ran = run(line)
    assert ran.code == 2
    assert message in ran.err


BODIES = {
    "a vector": ("x * np.ones(3)", "the function returns an array of shape (3,)"),
    "None": ("print(end='')", "the function returns None: is its `return` missing?"),
    "text": ("'hi'", "the function returns the text 'hi', and a number is needed"),
    "a complex number": ("1j * x", "the function returns a complex number"),
    "a random number": ("x + np.random.rand()", "the function is not deterministic"),
    "an exception": ("1 / 0", "the function raises ZeroDivisionError at "),
    "out of the domain": ("np.log(-x)", "the function is nan here: log of -2 is nan"),
}


@pytest.mark.parametrize(("body", "message"), BODIES.values(), ids=BODIES)
def test_a_function_that_misbehaves_exits_with_2(run: Command, folder: Path, body: str, message: str) -> None:
    (folder / "mine.py").write_text(CASE.format(body=body))
    ran = run("check mine.py -q")
    assert ran.code == 2
    assert message in ran.out
    assert "Traceback" not in ran.out + ran.err


def test_a_hand_derivative_that_does_not_fit_exits_with_2(run: Command, folder: Path) -> None:
    (folder / "mine.py").write_text(
        CASE.format(body="x**2").replace("2.0", "np.ones((2, 3))").replace("x**2", "np.sum(x**2)")
        + "\n@f.hand\ndef g(x):\n    return 2 * x.T\n"
    )
    ran = run("check mine.py")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "gradlab: f: the hand derivative by x has shape (3, 2), and x needs (2, 3): "
        "it is the transpose of the right gradient: return its .T\n"
    )


def test_a_bad_record_is_told(run: Command, folder: Path) -> None:
    assert run("check x^2 --at x=2 --format json --output r.json").code == 0
    whole = (folder / "r.json").read_text()
    for name, text in {
        "cut off": whole[:500],
        "another version": whole.replace("record/1", "record/99"),
    }.items():
        (folder / "r.json").write_text(text)
        ran = run("show r.json")
        assert (ran.code, ran.out) == (2, ""), name
        assert ran.err.startswith("gradlab: r.json: "), name
