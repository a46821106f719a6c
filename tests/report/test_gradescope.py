"""What Gradescope documents of results.json: each test has a score and a status, and its texts are plain."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

from gradlab import record as r
from gradlab.report.gradescope import write
from tests.report import classes

VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
NUMBER = {"type": "number"}
TEXT = {"type": "string"}
# https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "anyOf": [{"required": ["score"]}, {"required": ["tests"]}],
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number", "minimum": 0},
        "execution_time": {"type": "number", "minimum": 0},
        "output": TEXT,
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "leaderboard": {"type": "array"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": NUMBER,
                    "max_score": NUMBER,
                    "status": {"enum": ["passed", "failed"]},
                    "name": TEXT,
                    "name_format": FORMAT,
                    "number": TEXT,
                    "output": TEXT,
                    "output_format": FORMAT,
                    "tags": {"type": "array", "items": TEXT},
                    "visibility": VISIBILITY,
                    "extra_data": {"type": "object"},
                },
            },
        },
    },
}

DOCUMENTED = Draft202012Validator(SCHEMA)


def results(record: r.Record) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(write(record))
    return read


def test_every_sample_is_as_gradescope_documents_it(sample: r.Record) -> None:
    found = results(sample)
    DOCUMENTED.validate(found)
    assert found["score"] == sum(test["score"] for test in found["tests"])
    for test in found["tests"]:
        assert test["status"] == ("passed" if test["score"] == test["max_score"] == 1 else "failed")
        assert test["output_format"] == test["name_format"] == "text"


def test_a_test_a_problem_and_a_score_for_what_passed() -> None:
    found = results(classes.record())
    assert [(test["name"], test["score"], test["status"]) for test in found["tests"]] == [
        ("ann: problem 1", 1, "passed"),
        ("bob: problem 1", 0, "failed"),
        ("bob: problem 2", 0, "failed"),
        ("cy: hw3.py", 0, "failed"),
    ]
    assert (found["score"], found["execution_time"]) == (1, 2.5)
    wrong = found["tests"][1]["output"]
    assert "line 4 is wrong" in wrong
    assert "The inner derivative is missing." in wrong
    assert "s/bob/hw3.md:14" in wrong
    assert "inner derivative forgotten: 1 student" in found["output"]


def test_a_problem_passes_if_all_of_its_cases_do() -> None:
    both = (classes.case("ann", "1", "agree"), classes.case("ann", "1", "inconclusive", reason="who knows"))
    (test,) = results(classes.run(*both))["tests"]
    assert (test["name"], test["score"], test["status"]) == ("1", 0, "failed")
    assert "who knows" in test["output"]


def test_an_empty_run_scores_nothing_and_a_cut_one_says_so() -> None:
    assert results(classes.run())["score"] == 0
    cut = results(classes.run(classes.case("ann", "1", "agree"), interrupted=True))
    assert "Interrupted" in cut["output"]
    assert cut["extra_data"]["interrupted"]


def test_what_is_long_is_cut() -> None:
    (test,) = results(classes.run(classes.case("ann", "1", "error", reason="x" * 100_000)))["tests"]
    assert len(test["output"]) < 11_000
