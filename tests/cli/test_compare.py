"""`gradlab compare`: two saved records in, what changed out, and an exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradlab.report.json import read, write
from tests.cli.conftest import Command
from tests.report import classes


@pytest.fixture
def saved(folder: Path) -> Path:
    """A folder with the record of one class, `old.json`."""
    (folder / "old.json").write_text(write(classes.record()), encoding="utf-8")
    return folder


def test_runs_of_the_same_are_as_before(run: Command) -> None:
    for name in ("old", "new"):
        assert run(f"check 'x^2' --at x=1 --format jsonl --output {name}").code == 0
    ran = run("compare old new")
    assert (ran.code, ran.err) == (0, "")
    assert "1 of 1 case passed" in ran.out


def test_a_claim_that_is_no_longer_right_is_worse(run: Command) -> None:
    assert run("check 'x^2' --at x=1 --hand 'x: 2x' --format json --output old.json").code == 0
    assert run("check 'x^2' --at x=1 --hand 'x: x' --format jsonl --output new.jsonl").code == 1
    ran = run("compare old.json new.jsonl")
    assert ran.code == 1
    assert "agree → disagree" in ran.out
    assert "changed    the claims" in ran.out
    assert ran.out.splitlines()[-1].startswith("✗ 1 case got worse")
    assert run("compare new.jsonl old.json").code == 0


@pytest.mark.parametrize("form", ["terminal", "markdown", "json"])
def test_output_takes_it_in_every_format(run: Command, saved: Path, form: str) -> None:
    (saved / "new.json").write_text(write(classes.run()), encoding="utf-8")
    line = f"compare old.json new.json --format {form}"
    ran = run(line)
    assert (ran.code, ran.err) == (1, "")
    again = run(f"{line} --output told")
    assert (again.code, again.out, again.err) == (1, "", "")
    text = (saved / "told").read_text(encoding="utf-8")
    if form == "terminal":
        assert "The new run has checked nothing." in text
    else:
        assert text == ran.out
    if form == "json":
        found = json.loads(text)
        assert (found["schema"], found["course"], found["old"]["passed"]) == (
            "gradlab/comparison/1",
            "worse",
            1,
        )


def test_a_slower_gradient_counts_if_it_is_asked_for(run: Command, saved: Path) -> None:
    assert run("check cube --format json --output fast.json").code == 0
    record = read((saved / "fast.json").read_bytes())
    slow = json.loads(write(record))
    for duration in slow["cases"][0]["timing"]["durations"]:
        duration["quartiles"] = [100 * end for end in duration["quartiles"] or ()] or None
        duration["evaluate_ratio"] = 100 * (duration["evaluate_ratio"] or 0)
    slow["cases"][0]["timing"]["noise"] = 0.01
    (saved / "slow.json").write_text(json.dumps(slow), encoding="utf-8")
    ran = run("compare fast.json slow.json")
    assert ran.code == 0
    assert "slower" in ran.out
    assert run("compare fast.json slow.json --timing").code == 1
    assert run("compare slow.json fast.json --timing").code == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("compare old.json none.json", "none.json can't be read: No such file"),
        ("compare none.json old.json", "none.json can't be read: No such file"),
        ("compare old.json broken.json", "broken.json: This record is cut off"),
        ("compare old.json .", ". can't be read: Is a directory"),
        (
            "compare old.json old.json --output none/told",
            "none/told can't be written: there is no folder none",
        ),
    ],
)
def test_what_cannot_be_read_or_written_exits_with_2(
    run: Command, saved: Path, line: str, words: str
) -> None:
    (saved / "broken.json").write_text('{"schema": "gradlab/record/1",', encoding="utf-8")
    ran = run(line)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"gradlab: {words}")


def test_a_format_that_it_lacks_is_usage(run: Command, saved: Path) -> None:
    ran = run("compare old.json old.json --format junit")
    assert ran.code == 2
    assert "'junit' is not one of" in ran.err


def test_help_says_what_is_worse_and_the_exit_codes(run: Command) -> None:
    said = " ".join(run("compare --help").out.split())
    assert "Worse is: a case that passed and does not any more" in said
    assert "Exit code: 0 nothing got worse, 1 something did, 2 a file that can't be read." in said
