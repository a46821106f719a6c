"""A whole class: each submission has its own end, the order is that of the files, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gradlab import record as rec
from gradlab.cases import InputError
from gradlab.classroom.executors import processes
from gradlab.classroom.journal import HEADER
from gradlab.classroom.run import check_side_by_side, check_submissions
from gradlab.classroom.submissions import submissions_in
from gradlab.library import library
from tests.classroom.classes import BAD, GOOD, HASTY, LIMITS, SETTINGS, WRONG, hand_in, verdicts


def check(folder: Path, jobs: int = 2, **options: Any) -> rec.Record:
    limits = options.pop("limits", LIMITS)
    settings = options.pop("settings", SETTINGS)
    return check_submissions(submissions_in(folder), settings, limits, processes(jobs), **options)


@pytest.fixture(autouse=True)
def _there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_what_one_submission_does_harms_no_other() -> None:
    texts = {name: text for name, (text, _) in BAD.items()}
    record = check(hand_in(Path("class"), ann=GOOD, zoe=GOOD, bob=WRONG, **texts), limits=HASTY)
    told = {case.student: case for case in record.cases}
    assert sorted(told) == sorted(["ann", "zoe", "bob", *BAD])
    assert [told[name].verdict for name in ("ann", "bob", "zoe")] == ["agree", "disagree", "agree"]
    for name, (_, reason) in BAD.items():
        assert (name, told[name].verdict, told[name].passed) == (name, "error", False)
        assert reason in told[name].reason
        assert told[name].location == f"class/{name}/hw.py"
    assert [case.problem for case in record.cases if case.student == "half"] == ["right", "hw.py"]


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_records_come_in_the_order_of_the_files(tmp_path: Path, jobs: int) -> None:
    folder = hand_in(tmp_path / "class", a="sum(range(5_000_000))\n" + GOOD, b=GOOD, c=WRONG)
    record = check(folder, jobs)
    assert verdicts(record) == [("a", "right", "agree"), ("b", "right", "agree"), ("c", "right", "disagree")]
    assert [case.name for case in record.cases] == ["a: right", "b: right", "c: right"]
    assert record.cases[2].location == "class/c/hw.py:5"


def test_a_document_is_checked_like_a_file(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ann.md").write_bytes(b"\xff\x00")
    (case,) = check(tmp_path / "class").cases
    assert (case.student, case.verdict) == ("ann", "error")
    assert case.reason


def test_one_student_s_problems_keep_their_names(tmp_path: Path) -> None:
    assert [case.name for case in check(hand_in(tmp_path / "class", ann=GOOD)).cases] == ["right"]


def test_what_is_printed_reaches_no_report(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    check(hand_in(tmp_path / "class", ann="import os\nprint('hello'); os.write(1, b'hi')\n" + GOOD))
    assert capfd.readouterr() == ("", "")


def test_a_failure_of_our_own_is_told_with_its_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(*anything: Any) -> None:
        raise RuntimeError("a bug of ours\x1b[2J")

    monkeypatch.setattr("gradlab.classroom.examining._checked", fails)
    (case,) = check(hand_in(tmp_path / "class", ann=GOOD)).cases
    assert "please report it" in case.reason
    err = capfd.readouterr().err
    assert "RuntimeError: a bug of ours" in err
    assert "\x1b" not in err


# Resuming


def test_what_is_finished_is_not_done_again(tmp_path: Path) -> None:
    count = "open('count', 'a').write('x')\n"
    folder = hand_in(tmp_path / "class", a=count + GOOD, b=count + WRONG)
    taken: list[int] = []
    first = check(folder, journal=Path("journal"), on_start=taken.append)
    again = check(folder, journal=Path("journal"), on_start=taken.append)
    assert taken == [0, 2]
    assert Path("count").read_text() == "xx"
    assert again.cases == first.cases


CHANGES: dict[str, Any] = {
    "another content": lambda folder: hand_in(folder, a=WRONG),
    "another file beside it": lambda folder: (folder / "a" / "beside.py").write_text("x = 1\n" + GOOD),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_has_changed_is_checked_again(tmp_path: Path, change: Any) -> None:
    folder = hand_in(tmp_path / "class", a=GOOD, b=GOOD)
    check(folder, journal=Path("journal"))
    change(folder)
    taken: list[int] = []
    check(folder, journal=Path("journal"), on_start=taken.append)
    assert taken == [1]


def test_other_settings_and_limits_are_another_question(tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "class", a=GOOD)
    taken: list[int] = []

    for options in ({}, {"settings": replace(SETTINGS, points=2)}, {"limits": HASTY}, {"jobs": 1}):
        check(folder, journal=Path("journal"), on_start=taken.append, **options)
    assert taken == [0, 0, 0, 1]


def test_an_interrupted_run_goes_on(tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "class", a=GOOD, b="while True: pass", c=WRONG)

    def interrupt(count: int, name: str) -> None:
        raise KeyboardInterrupt

    cut = check(folder, jobs=1, journal=Path("journal"), on_done=interrupt)
    assert (cut.interrupted, verdicts(cut)) == (True, [("a", "right", "agree")])
    hand_in(folder, b=GOOD)
    taken: list[int] = []
    whole = check(folder, journal=Path("journal"), on_start=taken.append)
    assert taken == [1]
    assert [v for _, _, v in verdicts(whole)] == ["agree", "agree", "disagree"]
    assert not whole.interrupted


@pytest.mark.parametrize("kept", [0, 5, len(HEADER), len(HEADER) + 1, -1, -200])
def test_a_torn_journal_is_mended(tmp_path: Path, kept: int) -> None:
    folder = hand_in(tmp_path / "class", a=GOOD, b=GOOD)
    journal = tmp_path / "journal"
    first = check(folder, jobs=1, journal=journal)
    whole = journal.read_bytes()
    journal.write_bytes(whole[:kept] if kept >= 0 else whole[: len(whole) + kept])
    taken: list[int] = []
    again = check(folder, jobs=1, journal=journal, on_start=taken.append)
    assert taken == [1 if kept < 0 else 0]
    assert verdicts(again) == verdicts(first)
    check(folder, journal=journal, on_start=taken.append)
    assert taken[1:] == [2]
    assert journal.read_bytes().count(b"\n") == 3


def test_a_damaged_line_is_checked_again(tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "class", a=GOOD, b=GOOD)
    check(folder, jobs=1, journal=Path("journal"))
    lines = Path("journal").read_bytes().splitlines(keepends=True)
    Path("journal").write_bytes(lines[0] + b'{"key": 1}\n' + lines[2])
    taken: list[int] = []
    check(folder, journal=Path("journal"), on_start=taken.append)
    assert taken == [1]


@pytest.mark.parametrize("content", [b"# Homework\n", b"{}\n", b"x" * 100])
def test_another_file_is_not_taken_for_a_journal(tmp_path: Path, content: bytes) -> None:
    Path("mine").write_bytes(content)
    with pytest.raises(InputError, match="mine is no journal of gradlab"):
        check(hand_in(tmp_path / "class", a=GOOD), journal=Path("mine"))
    assert Path("mine").read_bytes() == content


def test_a_journal_that_can_t_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the journal nowhere/j can't be used: No such file or directory"):
        check(hand_in(tmp_path / "class", a=GOOD), journal=Path("nowhere/j"))


# Cases side by side


def test_cases_side_by_side_are_those_one_after_the_other() -> None:
    cases = [case for case in library() if case.verdict == "agree"][:4]
    error = rec.CaseRecord(name="unread", verdict="error", passed=False, function="")
    record = check_side_by_side([*cases[:2], error, *cases[2:]], SETTINGS, 2)
    names = [case.name for case in cases]
    assert [case.name for case in record.cases] == [*names[:2], "unread", *names[2:]]
    assert {case.verdict for case in record.cases if case != error} == {"agree"}
    assert record.cases[2] == error
