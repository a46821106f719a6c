"""`%load_ext gradlab`: what a cell and a line check, and what is said of those that can't be read."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from gradlab.harness import Result
from tests.workshop import ROOT, documents

DERIVATION = """f = ln(x1) + x1*x2 - sin(x2)
df/dx1 = 1/x1 + x2
df/dx2 = x1 - d/dx2 sin(x2)
       = x1 + cos(x2)
"""
FUNCTIONS = """
import types
import numpy as np

def f(x_1, w):
    return x_1 * np.sum(w**2)

def gradient(x_1, w):
    return np.sum(w**2), 2 * x_1 * w

def wrong(x_1, w):
    return np.sum(w**2), x_1 * w

model = types.SimpleNamespace(f=f, gradient=gradient)
number = 3
"""


@pytest.fixture(scope="module")
def shell() -> Iterator[Any]:
    new: Any = InteractiveShell  # it has no types
    made = new()
    made.history_manager.enabled = False
    made.run_cell("%load_ext gradlab")
    made.run_cell(FUNCTIONS)
    yield made
    made.clear_instance()


def result_of(shell: Any, cell: str, capsys: pytest.CaptureFixture[str]) -> Result:
    ran = shell.run_cell(cell)
    capsys.readouterr()
    assert isinstance(ran.result, Result)
    return ran.result


def test_a_cell_of_mathematics_is_checked_line_by_line(
    shell: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    result = result_of(shell, f"%%gradcheck x1=2, x2=5\n{DERIVATION}", capsys)
    (case,) = result.records
    assert result.verdict.kind == "disagree"
    lines = [(line.location, line.verdict) for chain in case.chains for line in chain.lines[1:]]
    assert lines == [("cell:3", "agree"), ("cell:4", "agree"), ("cell:5", "disagree")]
    assert {i.name: i.values for i in case.points[0].inputs} == {"x1": (2.0,), "x2": (5.0,)}


@pytest.mark.parametrize(
    ("cell", "verdict"),
    [
        ("%%gradcheck\nf = x^2\ndf/dx = 2x", "agree"),
        ("%%gradcheck\nL = \\frac12 (wx - t)^2\n\\frac{\\partial L}{\\partial w} = (wx - t) x", "agree"),
        ("%%gradcheck\nshapes: w: 3\nL = wᵀ w\n∂L/∂w = w", "disagree"),
        ("%%gradcheck\nf = x^2\nat: x = 2\nat: x = 3\ndf/dx = 2x", "agree"),
        ("%gradcheck f gradient at x_1=1.5, w=[1, 2]", "agree"),
        ("%gradcheck f gradient at x1=3/2, w=[1, 2]", "agree"),
        ("%gradcheck model.f model.gradient at x_1=1.5, w=[1, 2]", "agree"),
        ("%gradcheck f wrong at x_1=1.5, w=[1, 2]", "disagree"),
        ("%gradcheck f at x_1=1.5, w=[1, 2]", "agree"),
        ("%gradcheck np.sum at a=[1, 2]", "agree"),
    ],
)
def test_what_is_derived_has_its_verdict(
    shell: Any, capsys: pytest.CaptureFixture[str], cell: str, verdict: str
) -> None:
    assert result_of(shell, cell, capsys).verdict.kind == verdict


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("%gradcheck", "write %gradcheck f gradient at x=1.5"),
        ("%gradcheck f gradient", "write %gradcheck f gradient at x=1.5"),
        ("%gradcheck f gradient more at x=1", "write %gradcheck f gradient at x=1.5"),
        ("%gradcheck f, gradient at x=1", "write %gradcheck f gradient at x=1.5"),
        ("%gradcheck nothing at x=1", "'nothing' is not defined in this notebook: run the cell that defines it"),
        ("%gradcheck f model.nothing at x=1", "'model.nothing' is not defined in this notebook"),
        ("%gradcheck number at x=1", "number is int, and no function"),
        ("%gradcheck f gradient at x_1=", "A value is missing after '='."),
        ("%gradcheck f gradient at x_1=1.5", "f: the point gives no value for w"),
        ("%%gradcheck x=\nf = x^2\ndf/dx = 2x", "A value is missing after '='."),
        ("%%gradcheck q=2\nf = x^2\ndf/dx = 2x", "line 1: q is named in the header, and does not occur otherwise"),
        ("%%gradcheck x=2\nf = x^2", "no derivation was found: write it as df/dx = … below f = …"),
        ("%%gradcheck\nf = x^2\ndf/dx = 2x q_1^2", "line 3: 'q_1' is not known here"),
        ("%%gradcheck\nf = x^2\n```\ndf/dx = 2x", "line 3: '```' says nothing"),
        ("%%gradcheck\n```\n# Heading\n$f = x$", "line 2: '```' says nothing"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_a_sentence(
    shell: Any, capsys: pytest.CaptureFixture[str], cell: str, said: str
) -> None:
    ran = shell.run_cell(cell)
    shown = capsys.readouterr()
    assert ran.result is None
    assert shown.err.startswith(f"UsageError: {said}")
    assert "Traceback" not in shown.out + shown.err


def test_a_notebook_shows_the_page_and_a_terminal_the_report(
    shell: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    result = result_of(shell, f"%%gradcheck\n{DERIVATION}", capsys)
    shown, _ = shell.display_formatter.format(result)
    assert set(shown) == {"text/html", "text/plain"}
    assert shown["text/html"].startswith("<iframe sandbox")
    assert shown["text/plain"].startswith("gradlab ")


def test_ctrl_c_ends_a_check(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("import signal\ndef interrupted(x):\n    signal.raise_signal(signal.SIGINT)\n    return x")
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        ran = shell.run_cell("%gradcheck interrupted at x=1.5")
    finally:
        signal.signal(signal.SIGINT, former)
    capsys.readouterr()
    assert isinstance(ran.error_in_exec, KeyboardInterrupt)


def test_the_cells_of_the_document_run_in_a_kernel(tmp_path: Path) -> None:
    reason = "nbclient, nbformat and ipykernel are needed"
    nbclient, nbformat = (pytest.importorskip(name, reason=reason) for name in ("nbclient", "nbformat"))
    pytest.importorskip("ipykernel", reason=reason)
    cells = [b.text for b in documents.blocks(ROOT / "docs" / "notebooks.md") if b.language == "ipython"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    shown = [_output(cell) for cell in notebook.cells]
    assert [bool(output) for output in shown] == [False, True, False, True]
    assert [re.findall(r"━━ (.) ", output["text/plain"])[0] for output in shown if output] == ["✗", "✓"]
    assert all(output["text/html"].startswith("<iframe sandbox") for output in shown if output)


def _output(cell: Any) -> dict[str, str]:
    """What a cell shows as its value, by media type."""
    data = [output["data"] for output in cell.outputs if output["output_type"] == "execute_result"]
    return dict(data[0]) if data else {}
