"""`--html FILE`, beside any format, and `--format html`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command

WRONG = "check 'x1^2 sin(x2)' --at 'x1=2, x2=0.5' --hand 'x1: 2 sin(x2)'"


@pytest.mark.parametrize("form", ["terminal", "json", "junit"])
def test_html_is_written_besides(run: Command, folder: Path, form: str) -> None:
    ran = run(f"{WRONG} --format {form} --html r.html")
    assert (ran.code, ran.err) == (1, "")
    assert "x1" in ran.out
    page = (folder / "r.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "<html lang=" in page
    assert "Content-Security-Policy" in page
    assert "<script" not in page


def test_html_as_the_format_holds_the_same_parts(run: Command, folder: Path) -> None:
    ran = run(f"{WRONG} --format html")
    run(f"{WRONG} --format html --output a.html --html b.html")
    for page in (ran.out, *((folder / name).read_text(encoding="utf-8") for name in ("a.html", "b.html"))):
        assert page.count("<svg") == ran.out.count("<svg") > 0
        assert page.count("<math") == ran.out.count("<math") > 0


def test_only_a_report_with_pictures_asks_for_them(run: Command) -> None:
    assert '"explanation": null' in run(f"{WRONG} --format json").out


def test_a_saved_record_is_drawn_with_the_pictures_that_it_holds(run: Command, folder: Path) -> None:
    run(f"{WRONG} --format json --output r.json --html r.html")
    shown = run("show r.json --format html")
    assert shown.code == 0
    assert shown.out == (folder / "r.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--html no/r.html", "no/r.html can't be written: there is no folder no"),
        ("--output r --html r", "--output and --html both name r: give each report a file of its own"),
        ("--format pdf", "there is no format 'pdf': choose "),
    ],
)
def test_a_report_that_can_not_be_written_is_refused_before_any_work(
    run: Command, folder: Path, options: str, sentence: str
) -> None:
    ran = run(f"check nothing-of-that-name {options}")
    assert (ran.code, ran.out) == (2, "")
    assert list(folder.iterdir()) == []
    ran = run(f"{WRONG} {options}")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"gradlab: {sentence}")


@pytest.mark.parametrize("study", ["explain", "step-size", "swell"])
def test_a_study_as_html_shows_what_was_asked_for(run: Command, folder: Path, study: str) -> None:
    target = "speelpenning --depth 1:4" if study == "swell" else "'x1*sin(x2)' --at 'x1=2, x2=0.5'"
    ran = run(f"{study} {target} --html r.html")
    assert (ran.code, ran.err) == (0, "")
    assert "<svg" in (folder / "r.html").read_text(encoding="utf-8")


def test_the_terminal_says_the_same_with_and_without_pictures(run: Command) -> None:
    alone, beside = run(f"{WRONG}").out, run(f"{WRONG} --html r.html").out
    assert len(beside.splitlines()) == len(alone.splitlines())
    assert "relative error against the step" in run(f"{WRONG} --html r.html -v").out
