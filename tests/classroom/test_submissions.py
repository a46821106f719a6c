"""Every file of a folder is somebody's, in order, and what can't be opened is told and not passed over."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gradlab.cases import InputError
from gradlab.classroom.submissions import MOST_BYTES, Submission, shown, submissions_in


def lay_out(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")


def told(found: list[Submission], folder: Path) -> list[tuple[str, str]]:
    return [(s.student, os.path.relpath(s.path, folder)) for s in found]


def test_the_first_folder_is_the_student_and_else_the_files_name(tmp_path: Path) -> None:
    lay_out(tmp_path, "bob/a/hw.tex", "bob/hw.md", "alice/HW.MD", "carol.py", "alice/notes.txt")
    assert told(submissions_in(tmp_path), tmp_path) == [
        ("alice", "alice/HW.MD"),
        ("bob", "bob/hw.md"),
        ("bob", "bob/a/hw.tex"),
        ("carol", "carol.py"),
    ]


def test_numbers_in_names_are_in_their_own_order(tmp_path: Path) -> None:
    lay_out(tmp_path, "hw10.md", "hw9.md", "hw1.md", "10/x.md", "2/x.md")
    assert [s.student for s in submissions_in(tmp_path)] == ["2", "10", "hw1", "hw9", "hw10"]


def test_what_archives_and_editors_leave_is_passed_over(tmp_path: Path) -> None:
    lay_out(tmp_path, "a/hw.md", "a/.hw.md", "__MACOSX/a/hw.md", "a/__pycache__/hw.py", ".git/x.py")
    assert told(submissions_in(tmp_path), tmp_path) == [("a", "a/hw.md")]


def test_what_tells_of_the_folder_is_nobodys_homework(tmp_path: Path) -> None:
    for name in ("README.md", "alice.md"):
        (tmp_path / name).write_text("# Homework\n")
    assert [submission.student for submission in submissions_in(tmp_path)] == ["alice"]


def test_links_are_not_followed_and_told(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "class"
    lay_out(outside, "secret.md")
    lay_out(folder, "a/hw.md")
    (folder / "a" / "linked.md").symlink_to(outside / "secret.md")
    (folder / "a" / "nowhere.md").symlink_to(outside / "nothing.md")
    (folder / "b").symlink_to(outside)
    found = {os.path.relpath(s.path, folder): s.refused for s in submissions_in(folder)}
    refused = "it is a symbolic link, which is not followed"
    assert found == {"a/hw.md": "", "a/linked.md": refused, "a/nowhere.md": refused, "b": refused}


def test_what_is_no_plain_file_is_not_opened(tmp_path: Path) -> None:
    lay_out(tmp_path, "b/hw.md")
    os.mkfifo(tmp_path / "a.md")
    with (tmp_path / "large.md").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    refused = {s.student: s.refused for s in submissions_in(tmp_path)}
    assert refused == {"b": "", "a": "it is not a plain file", "large": "it is larger than 10 MB"}


def test_a_student_who_handed_in_nothing_that_can_be_read_is_told(tmp_path: Path) -> None:
    lay_out(tmp_path, "a/hw.pdf", "b/hw.md")
    (first, _) = submissions_in(tmp_path)
    assert (first.student, first.refused) == ("a", "it holds no .md, .tex or .py file")


def test_a_folder_with_nothing_is_refused(tmp_path: Path) -> None:
    lay_out(tmp_path, "notes.txt")
    with pytest.raises(InputError, match=r"holds no \.md, \.tex or \.py file"):
        submissions_in(tmp_path)


def test_folders_in_folders_end_somewhere(tmp_path: Path) -> None:
    lay_out(tmp_path, "a/" + "b/" * 30 + "hw.md")
    (found,) = submissions_in(tmp_path)
    assert (found.student, found.refused) == ("a", "it lies more than 20 folders deep")


@pytest.mark.skipif(sys.platform != "linux", reason="file names are text elsewhere")
def test_names_that_are_no_text_or_steer_a_terminal_are_shown_escaped(tmp_path: Path) -> None:
    name = b"\xff\x1b[31m=1+1\n\xe2\x80\xae"
    with open(os.fsencode(tmp_path) + b"/" + name + b".md", "wb"):  # noqa: PTH123
        pass
    (found,) = submissions_in(tmp_path)
    assert found.student == r"\xff\x1b[31m=1+1\n\u202e"
    assert found.shown == shown(tmp_path) + r"/\xff\x1b[31m=1+1\n\u202e.md"
    assert Path(found.path).exists()


def test_ten_thousand_are_found(tmp_path: Path) -> None:
    for n in range(10_000):
        (tmp_path / f"{n}.md").touch()
    assert [s.student for s in submissions_in(tmp_path)] == [str(n) for n in range(10_000)]
