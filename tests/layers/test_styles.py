"""Each way to lay out a hand-coded gradient is found in a file as it is, and judged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gradlab.cases import Case
from gradlab.harness import Settings, check_case
from gradlab.library import cases_in_file
from gradlab.record import CaseRecord
from tests.layers.styles import STYLES, Style

SETTINGS = Settings(points=2, timed=False)


def cases_of_text(folder: Path, text: str) -> list[Case]:
    path = folder / "layer.py"
    path.write_text("import numpy as np\n" + text, encoding="utf-8")
    return cases_in_file(path)


def judged(folder: Path, text: str) -> tuple[Case, CaseRecord]:
    case = cases_of_text(folder, text)[-1]
    return case, check_case(case, SETTINGS)


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_a_right_gradient_agrees_at_fifty_digits(style: Style, tmp_path: Path) -> None:
    case, record = judged(tmp_path, style.text)
    assert (record.verdict, record.reason) == ("agree", "")
    assert case.wrt == style.wrt
    assert not [note for note in record.notes if note.startswith("judged in float64")]


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_a_wrong_one_disagrees(style: Style, tmp_path: Path) -> None:
    assert judged(tmp_path, style.mistaken)[1].verdict == "disagree"


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_the_upstream_gradient_is_an_input_without_zeros_and_ones(style: Style, tmp_path: Path) -> None:
    case = cases_of_text(tmp_path, style.text)[-1]
    inputs = case.points[0].inputs
    above = set(inputs) & {"dout", "dy", "grad", "J_out", "dh", "goutput", "grad_output", "upstream"}
    assert len(above) == (style.upstream is not None)
    for name in above:
        assert np.shape(inputs[name]) == style.upstream
        assert len(np.unique(np.abs(inputs[name]))) == inputs[name].size
        assert not np.any(np.isin(inputs[name], (0.0, 1.0)))
