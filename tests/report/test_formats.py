"""A format is found by its file name, and a report needs no numbers library."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gradlab import report
from gradlab.record import Record


def test_the_formats_are_the_modules_of_the_package() -> None:
    assert {"json", "terminal"} <= set(report.formats())
    assert not [name for name in report.formats() if name.startswith("_")]


def test_every_format_writes_every_sample(sample: Record) -> None:
    for name in report.formats():
        assert report.load(name).write(sample).endswith("\n")


@pytest.mark.parametrize("name", ["yaml", "", "_words", "terminal.case", "../json"])
def test_an_unknown_format_is_named_with_those_there_are(name: str) -> None:
    with pytest.raises(ValueError, match=r"There is no report format .*json, .*terminal"):
        report.load(name)


@pytest.mark.parametrize(
    ("statement", "forbidden"),
    [
        ("import gradlab.report; gradlab.report.formats()", ("rich", "numpy", "sympy")),
        ("import gradlab.report; gradlab.report.load('json')", ("rich", "numpy", "sympy", "mpmath")),
        ("import gradlab.report; gradlab.report.load('terminal')", ("numpy", "sympy", "mpmath")),
    ],
)
def test_a_report_imports_only_what_it_draws_with(statement: str, forbidden: tuple[str, ...]) -> None:
    # gradlab's own __init__ may import the engine, and so NumPy: what counts is what the report adds.
    code = (
        f"import sys, gradlab; before = set(sys.modules); {statement}; "
        f"print(sorted((set(sys.modules) - before) & set({forbidden!r})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
