"""JSON Lines: every line is JSON by itself, all of it is the record, and what is cut off does not look whole."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gradlab import record as r
from gradlab.report import json as one_object
from gradlab.report.json import RecordError, read
from gradlab.report.jsonl import write
from tests.report import classes
from tests.report.hostile import hostile_record


def strict(line: str) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(line, parse_constant=refuse)


def test_every_sample_survives_the_round_trip(sample: r.Record) -> None:
    assert read(write(sample)) == read(write(sample).encode()) == sample


def test_the_lines_hold_what_the_one_object_holds(sample: r.Record) -> None:
    first, *cases = map(strict, write(sample).splitlines())
    assert first.pop("case_lines") == len(cases)
    assert {**first, "cases": cases} == strict(one_object.write(sample))


@pytest.mark.parametrize("text", ["a\nb", "\u2028", "\r", "\x85", "\ud800", "}\n{"])
def test_no_text_breaks_a_line(text: str) -> None:
    lines = write(hostile_record(text)).split("\n")
    assert len(lines) == 4
    assert lines.pop() == ""
    assert all(map(strict, lines))


@pytest.mark.parametrize("kept", range(4))
def test_whole_lines_of_a_file_that_is_cut_off_are_an_interrupted_run(kept: int) -> None:
    lines = write(classes.record()).splitlines(keepends=True)
    found = read("".join(lines[: kept + 1]))
    assert found.interrupted
    assert found.cases == classes.record().cases[:kept]


def test_a_line_that_ends_unfinished_is_left_out() -> None:
    lines = write(classes.record()).splitlines(keepends=True)
    found = read("".join(lines[:2]) + lines[2][:40])
    assert (found.interrupted, len(found.cases)) == (True, 1)


def test_the_last_line_may_lack_its_end_and_blank_lines_may_follow() -> None:
    text = write(classes.record())
    assert read(text.rstrip("\n")) == read(text + "\n\n") == classes.record()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda lines: [lines[0], "{", *lines[2:]], "Line 2: This record is cut off"),
        (lambda lines: [lines[0], '{"name": 1}', *lines[2:]], "Line 2: .* at \\$.name"),
        (lambda lines: [*lines, lines[1]], "5 cases follow, and the first line says 4"),
        (lambda lines: [lines[0].replace("record/1", "record/9"), *lines[1:]], "follows the schema"),
        (lambda lines: [lines[0].replace('"verdict"', '"v"'), *lines[1:]], "missing required field"),
        (lambda lines: [lines[0][:30]], "cut off|invalid character"),
        (lambda lines: lines[1:], "it has no field|malformed|trailing"),
    ],
)
def test_what_is_no_record_is_refused_with_its_line(change: Any, words: str) -> None:
    lines = write(classes.record()).splitlines()
    with pytest.raises(RecordError, match=words):
        read("\n".join(change(lines)) + "\n")


def test_a_line_that_is_no_text_is_refused() -> None:
    first, *rest = write(classes.record()).encode().splitlines(keepends=True)
    with pytest.raises(RecordError, match=r"Line 2: .* byte 3 is not UTF-8"):
        read(b"".join([first, b'{"n\xff', *rest]))
