"""Folders of submissions on the command line: options, formats, exit codes, resuming, Ctrl-C."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.classroom.classes import GOOD, WRONG, hand_in, is_running
from tests.cli.conftest import Command
from tests.cli.test_process import ENVIRONMENT

DOCUMENT = """# Homework 3

$$ L = x^2 $$

$$ \\frac{\\partial L}{\\partial x} = 2 x $$
"""
FEW = "--points 0 --methods reverse"


@pytest.fixture
def submissions(folder: Path) -> Path:
    return hand_in(folder / "submissions", ann=GOOD, bob=WRONG, eve="while True: pass")


def test_a_class_is_checked_with_a_verdict_for_each(run: Command, submissions: Path) -> None:
    ran = run(f"check submissions --jobs 2 --time 2 {FEW} -q")
    assert ran.code == 1
    told = [re.split(r"  +", line)[:2] for line in ran.out.splitlines()[:3]]
    assert told == [["✓ ann: right", "agree"], ["✗ bob: right", "disagree"], ["! eve: hw.py", "error"]]
    assert "3 students, of whom 1 passed everything" in ran.out
    assert ran.err == ""


@pytest.mark.parametrize("form", ["json", "csv", "gradescope", "junit", "terminal"])
def test_every_format_can_be_written_of_a_class(run: Command, submissions: Path, form: str) -> None:
    ran = run(f"check submissions --time 2 {FEW} --format {form} --output results")
    assert (ran.code, ran.out, ran.err) == (1, "", "")
    text = Path("results").read_text()
    assert all(student in text for student in ("ann", "bob", "eve"))
    assert "more than 2 s" in text


def test_a_saved_record_is_shown_as_a_table(run: Command, submissions: Path) -> None:
    run(f"check submissions --time 2 {FEW} --format json --output r.json")
    rows = list(csv.DictReader(io.StringIO(run("show r.json --format csv").out)))
    assert [(row["student"], row["problem"], row["verdict"], row["line"]) for row in rows] == [
        ("ann", "right", "agree", "5"),
        ("bob", "right", "disagree", "5"),
        ("eve", "hw.py", "error", ""),
    ]
    assert {row["file"] for row in rows} == {f"submissions/{s}/hw.py" for s in ("ann", "bob", "eve")}


def test_a_second_run_takes_what_is_finished(run: Command, folder: Path) -> None:
    hand_in(folder / "class", ann=GOOD, bob=WRONG)
    line = f"check class {FEW} --resume journal --format json"
    first, again = run(line), run(line)
    assert (first.err, again.err) == ("", "gradlab: 2 of 2 submissions are taken from journal\n")
    assert json.loads(first.out)["cases"] == json.loads(again.out)["cases"]


def test_files_and_folders_together(run: Command, folder: Path) -> None:
    hand_in(folder / "class", ann=GOOD)
    Path("late.py").write_text(WRONG)
    cases = json.loads(run(f"check class late.py class {FEW} --format json").out)["cases"]
    assert [(case["student"], case["verdict"]) for case in cases] == [("ann", "agree"), ("late", "disagree")]


def test_a_document_of_its_own_is_checked_beside_cases(run: Command, folder: Path) -> None:
    Path("hw3.md").write_text(DOCUMENT)
    for jobs in (1, 2):
        record = json.loads(run(f"check hw3.md cube --jobs {jobs} {FEW} --format json").out)
        assert [case["verdict"] for case in record["cases"]] == ["agree", "agree"]
        assert record["cases"][0]["location"].startswith("hw3.md:")


def test_a_document_that_holds_nothing_is_an_error(run: Command, folder: Path) -> None:
    Path("note.md").write_text("# hello")
    ran = run("check note.md cube --points 0 -q")
    assert ran.code == 2
    assert "no derivation was found" in ran.out
    assert "cube" in ran.out


def test_the_library_is_checked_side_by_side(run: Command) -> None:
    one, two = (run(f"check 'sum-times*' dot {FEW} --jobs {jobs} -q") for jobs in (1, 2))
    assert one == two
    assert one.code == 0


REFUSED = {
    "--resume j": "gradlab: --resume goes with a folder of submissions",
    "--time 3": "gradlab: --time goes with a folder of submissions",
    "--memory 100": "gradlab: --memory goes with a folder of submissions",
    "--executor dask://a:1": "gradlab: --executor goes with a folder of submissions",
}


@pytest.mark.parametrize(("options", "said"), REFUSED.items())
def test_options_of_a_class_need_a_class(run: Command, options: str, said: str) -> None:
    ran = run(f"check cube {options}")
    assert (ran.code, ran.out, ran.err) == (2, "", said + "\n")
    assert not Path("j").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("check class cube", "cube is no file, and what is checked with a folder of submissions is files"),
        ("check class --resume class/ann/hw.py", "class/ann/hw.py is no journal of gradlab"),
        ("check class --executor here", "--executor 'here' is no place to work: write dask://HOST:PORT"),
        ("check class --at x=1", "class has cases with points of their own"),
        ("check class --methods magic", "there is no method 'magic'"),
    ],
)
def test_what_does_not_go_with_a_class_is_told(run: Command, folder: Path, line: str, said: str) -> None:
    hand_in(folder / "class", ann=GOOD)
    ran = run(line)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


WAITING = """
import os
from pathlib import Path

(Path(__file__).parent / "pipe").write_text(str(os.getpid()))  # waits until it is read
while True:
    pass
"""


def test_ctrl_c_keeps_what_is_done_and_leaves_nothing_running(tmp_path: Path) -> None:
    hand_in(tmp_path / "class", ann=GOOD, bob=WAITING, zoe=GOOD)
    pipe = tmp_path / "class" / "bob" / "pipe"
    os.mkfifo(pipe)
    command = [
        sys.executable,
        "-m",
        "gradlab.cli",
        "check",
        "class",
        "--resume",
        "journal",
        "-q",
        *FEW.split(),
    ]
    running = subprocess.Popen(
        command, cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    work = int(pipe.read_text())
    journal = tmp_path / "journal"
    while b'"ann"' not in journal.read_bytes():
        assert running.poll() is None
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (130, "")
    assert "right" in out
    assert "Interrupted after 1 case" in out
    assert not is_running(work)
    assert len(journal.read_bytes().splitlines()) == 2
