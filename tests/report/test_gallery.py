"""The sample reports are what gradlab draws today of the record beside them; `python reports/make.py` makes them anew."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from gradlab.record import Record
from gradlab.report import load
from gradlab.report.json import json_schema, read
from tests.workshop import ROOT

REPORTS = ROOT / "reports"
MOST = 3_000_000
"""Characters of a page."""


@pytest.fixture(scope="module")
def record() -> Record:
    return read((REPORTS / "library.json").read_bytes())


def test_the_librarys_record_is_whole(record: Record) -> None:
    assert record.verdict == "agree"
    assert not record.interrupted
    assert len(record.cases) >= 144
    with_pictures = [case for case in record.cases if case.explanation and case.step_sizes]
    assert len(with_pictures) >= 140
    assert sum(case.sweep is not None for case in record.cases) >= 11


def test_the_librarys_record_follows_the_schema() -> None:
    data = json.loads((REPORTS / "library.json").read_text(encoding="utf-8"))
    Draft202012Validator(json_schema()).validate(data)


@pytest.mark.parametrize(("form", "file"), [("html", "library.html"), ("markdown", "library.md")])
def test_the_librarys_reports_are_those_of_its_record(record: Record, form: str, file: str) -> None:
    # Compared as a whole: a difference of megabytes would not be shown usefully.
    is_same = load(form).write(record) == (REPORTS / file).read_text(encoding="utf-8")
    assert is_same, f"reports/{file} is drawn otherwise today: run python reports/make.py"


@pytest.mark.parametrize("file", sorted(path.name for path in REPORTS.glob("*.html")))
def test_a_page_is_one_file_that_can_be_mailed(file: str) -> None:
    page = (REPORTS / file).read_text(encoding="utf-8")
    assert len(page) < MOST
    assert "Content-Security-Policy" in page
    assert "<svg" in page
    assert "<math" in page or file == "swell.html"  # which has no formula but in code
    assert "<script" not in page
    assert ' src="' not in page
    assert 'href="http' not in page
