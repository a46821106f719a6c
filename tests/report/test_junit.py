"""JUnit XML that Jenkins takes, in which nothing that did not pass looks as if it had."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import JUnitXml

from gradlab import record as r
from gradlab.report.junit import write
from tests.report import classes


def read(record: r.Record) -> Any:
    reader: Any = JUnitXml
    return reader.fromstring(write(record).encode())


def counts(whole: Any) -> tuple[int, int, int, int]:
    return whole.tests, whole.failures, whole.errors, sum(suite.skipped for suite in whole)


@pytest.fixture(scope="module")
def jenkins() -> Any:
    """The schema, of which the reader that judges it is a package of the test extra."""
    return pytest.importorskip("xmlschema").XMLSchema(Path(__file__).with_name("junit.xsd"))


def test_every_sample_is_as_jenkins_takes_it(sample: r.Record, jenkins: Any) -> None:
    jenkins.validate(write(sample))


def test_a_class_is_as_jenkins_takes_it(jenkins: Any) -> None:
    jenkins.validate(write(classes.record()))
    assert not jenkins.is_valid(write(classes.record()).replace(' failures="2"', ""))


def test_a_failure_says_where_it_is() -> None:
    (failure,) = next(iter(list(read(classes.record()))[1])).result
    assert failure.text.splitlines()[0] == "s/bob/hw3.md:14"


def test_every_sample_is_read_again(sample: r.Record) -> None:
    whole = read(sample)
    tests, failures, errors, skipped = counts(whole)
    assert skipped == 0
    passed = sample.verdict == "agree" and bool(sample.cases) and not sample.interrupted
    assert (failures + errors == 0) == passed
    assert tests == sum(len(list(suite)) for suite in whole) > 0


def test_a_suite_a_student_and_a_test_a_problem() -> None:
    whole = read(classes.record())
    assert counts(whole) == (4, 2, 1, 0)
    assert [(suite.name, [test.name for test in suite]) for suite in whole] == [
        ("ann", ["problem 1"]),
        ("bob", ["problem 1", "problem 2"]),
        ("cy", ["hw3.py"]),
    ]
    (failure,) = next(iter(list(whole)[1])).result
    assert (failure.type, failure.message) == ("disagree", "line 4 is wrong")
    assert "The inner derivative is missing." in failure.text
    assert next(iter(next(iter(whole)))).time == 0.5


@pytest.mark.parametrize("verdict", ["disagree", "inconclusive", "undefined", "unsupported", "error"])
def test_what_does_not_agree_is_a_failure_or_an_error(verdict: r.Kind) -> None:
    whole = read(classes.run(classes.case("ann", "1", verdict, reason="why")))
    assert counts(whole) == ((1, 0, 1, 0) if verdict == "error" else (1, 1, 0, 0))


def test_a_run_that_was_cut_off_or_found_nothing_is_an_error() -> None:
    for record in (classes.run(), classes.run(classes.case("ann", "1", "agree"), interrupted=True)):
        assert read(record).errors == 1


@given(st.text())
def test_any_text_is_xml(text: str) -> None:
    record = classes.run(classes.case(text, text, "error", reason=text, location=text))
    assert counts(read(record)) == (1, 0, 1, 0)
    assert ET.fromstring(write(record)).tag == "testsuites"  # noqa: S314 (our own)
