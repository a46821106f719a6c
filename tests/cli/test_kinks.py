"""What the command says of a point at a kink, and how it exits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command

LINES = {
    "a claim between the slopes": ('check "abs(x)" --at x=0 --hand "x: 0.5"', 3, "as a subgradient may be"),
    "a claim beyond them": ('check "abs(x)" --at x=0 --hand "x: 3"', 3, "the claimed 3 is not between them"),
    "the edge of a domain": ('check "sqrt(x)" --at x=0', 3, "not defined from the left and unbounded"),
    "a kink that is smooth": ('check "x abs(x)" --at x=0 --hand "x: 2 abs(x)"', 0, "all the same"),
    "a wrong claim where it is smooth": ('check "x abs(x)" --at x=0 --hand "x: 3 abs(x) + 1"', 1, "disagree"),
    "a kink beside the point": ('check "abs(x)" --at x=1e-7 --hand "x: 1" --points 0', 0, "1e-07 from"),
}


@pytest.mark.parametrize(("line", "code", "said"), LINES.values(), ids=LINES)
def test_a_kink_has_its_exit_code(run: Command, line: str, code: int, said: str) -> None:
    ran = run(line)
    assert ran.code == code, ran.out + ran.err
    assert said in " ".join(ran.out.split())


def test_a_kink_in_a_file_is_told_with_its_line(run: Command, folder: Path) -> None:
    (folder / "mine.py").write_text(
        "import numpy as np\n\n\ndef f(x):\n    y = 2 * x\n    return np.maximum(y, 0)\n"
    )
    ran = run("check mine:f --at x=0")
    assert ran.code == 3, ran.out + ran.err
    assert "mine.py:6" in ran.out
