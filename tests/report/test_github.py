"""Annotations as the runner of GitHub Actions reads them: one a case that did not pass, and nothing of a text's."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlab import record as r
from gradlab.report.github import write
from tests.report import classes, samples
from tests.report.hostile import hostile_record

COMMANDS = {"error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "add-matcher", "set-env", "echo",
            "stop-commands", "set-output", "save-state", "add-path"}  # fmt: skip


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    data: str


def parsed(line: str) -> Command | None:
    """What the runner takes a line of a step's output for: `::name key=value,key=value::data`.

    A line that is none is looked through for the older `##[name key=value;]data`, wherever that stands in it.
    """
    line = line.lstrip()
    info, separator, data = line.removeprefix("::").partition("::")
    name, _, rest = info.partition(" ")
    if line.startswith("::") and separator and name in COMMANDS:
        pairs = [part.partition("=") for part in rest.strip().split(",") if part]
        properties = {
            key: unescaped(value, ("%3A", ":"), ("%2C", ",")) for key, _, value in pairs if key and value
        }
        return Command(name, properties, unescaped(data))
    _, older, rest = line.partition("##[")
    info, bracket, data = rest.partition("]")
    return Command(info.partition(" ")[0], {}, data) if older and bracket else None


def unescaped(text: str, *more: tuple[str, str]) -> str:
    for sign, character in (("%0D", "\r"), ("%0A", "\n"), *more, ("%25", "%")):
        text = text.replace(sign, character)
    return text


def read(record: r.Record) -> list[Command]:
    text = write(record)
    lines = text.split("\n")
    assert lines.pop() == ""
    found = [parsed(line) for line in lines]
    assert all(found)
    return [command for command in found if command]


def test_every_sample_is_annotations_alone(sample: r.Record) -> None:
    *cases, last = read(sample)
    assert len(cases) == sum(not case.passed for case in sample.cases)
    assert {command.name for command in cases} <= {"error", "warning"}
    assert last.properties == {"title": "gradlab"}


def test_an_annotation_stands_at_the_line_that_is_wrong() -> None:
    first, second, third, last = read(classes.record())
    assert first == (
        "error",
        {"file": "s/bob/hw3.md", "line": "14", "title": "bob: problem 1: disagree"},
        "line 4 is wrong\nThe inner derivative is missing.",
    )
    assert (second.properties["line"], third.properties.get("line")) == ("21", None)
    assert (last.name, last.data) == ("notice", "3 of 4 cases did not pass: 2 disagree, 1 ended in an error.")


@pytest.mark.parametrize(
    ("verdict", "level"),
    [
        ("disagree", "error"),
        ("error", "error"),
        ("inconclusive", "warning"),
        ("undefined", "warning"),
        ("unsupported", "warning"),
    ],
)
def test_what_could_not_be_decided_is_a_warning(verdict: r.Kind, level: str) -> None:
    assert read(classes.run(classes.case("ann", "1", verdict)))[0].name == level


def test_what_passed_though_it_should_not_is_an_error() -> None:
    case = classes.case("ann", "1", "agree", expected="disagree", passed=False)
    assert read(classes.run(case))[0].name == "error"


def test_a_run_that_passed_is_a_notice_and_one_that_is_not_whole_an_error() -> None:
    well = classes.case("ann", "1", "agree")
    assert [command.name for command in read(classes.run(well))] == ["notice"]
    assert [command.name for command in read(classes.run(well, interrupted=True))] == ["error"]
    assert [command.name for command in read(samples.empty())] == ["error"]


@pytest.mark.parametrize(
    ("location", "file"),
    [
        ("a/b.py:3", "a/b.py"),
        ("a/../c.py:3", "c.py"),
        ("{here}/a/b.py:3", "a/b.py"),
        ("../b.py:3", "../b.py"),
        ("/elsewhere/b.py:3", "/elsewhere/b.py"),
        ("50%,a:b.py:3", "50%,a:b.py"),
    ],
)
def test_a_file_below_the_working_directory_is_named_from_there(
    location: str, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    case = classes.case("ann", "1", "error", location=location.format(here=tmp_path))
    found = read(classes.run(case))[0].properties
    assert (found["file"], found["line"]) == (file, "3")


@pytest.mark.parametrize(
    ("location", "file"),
    [("b.py:3", "a/b.py"), ("../c.py:3", "c.py"), ("{here}/d.py:3", "d.py"), ("../../e.py:3", "../../e.py")],
)
def test_a_file_of_a_repository_is_named_from_its_top(
    location: str, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").write_text("gitdir: elsewhere", encoding="utf-8")  # as in a second working tree
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    case = classes.case("ann", "1", "error", location=location.format(here=tmp_path))
    assert read(classes.run(case))[0].properties["file"] == file


def test_code_that_was_typed_has_no_file() -> None:
    case = classes.case("ann", "1", "error", location="<string>:1")
    assert "file" not in read(classes.run(case))[0].properties


@pytest.mark.parametrize(
    "text",
    [
        "a::b",
        "::error::x",
        "\n::set-env name=PATH::x",
        "%0A::add-path::x",
        "##[add-path]x",
        "a,line=9",
        "%25",
    ],
)
def test_no_text_gives_a_command_of_its_own(text: str) -> None:
    case = classes.case("ann", text, "error", reason=text, location=f"{text}:7")
    first, last = read(classes.run(case))
    assert (first.name, last.name) == ("error", "notice")
    assert first.properties["line"] == "7"
    assert first.data == " ".join(text.split())
    assert first.properties["title"] == f"ann: {' '.join(text.split())}: error"


@given(st.text(max_size=60))
def test_any_text_gives_as_many_annotations_as_cases_that_failed(text: str) -> None:
    assert [command.name for command in read(hostile_record(text))] == ["error", "error", "notice"]


def test_what_is_long_is_cut() -> None:
    case = classes.case("ann", "x" * 10_000, "error", reason="%" * 100_000)
    first, _ = read(classes.run(case))
    assert len(first.data) == 4000
    assert len(first.properties["title"]) <= 250
