"""What can only be called, on the command line: the exit code, and what is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command

CODE = """
import math
import numpy as np

def simulated(x, y):
    return round(math.sin(float(x)) * math.exp(float(y)), 6)

def right(x, y):
    return math.cos(x) * math.exp(y), math.sin(x) * math.exp(y)

def wrong(x, y):
    return math.cos(x) * math.exp(y), -math.sin(x) * math.exp(y)

def hidden(x):
    return 1e9 + 1e-7 * math.sin(float(x))

def hidden_gradient(x):
    return 1e-7 * math.cos(x)

def hinge(x):
    return max(0.0, 1.0 - float(x))

def hinge_gradient(x):
    return -1.0

def filled(x):
    gradient = np.zeros(2)
    for i in range(2):
        gradient[i] = 2 * float(x[i])
    return gradient

def squares(x):
    return np.sum(x**2)
"""

ROWS = {
    "right": ("simulated", "right", "x=1.2, y=0.3", 0, "would have been seen"),
    "wrong": ("simulated", "wrong", "x=1.2, y=0.3", 1, "the sign is wrong"),
    "hidden by noise": ("hidden", "hidden_gradient", "x=0.3", 3, "the error bar is too wide to tell"),
    "at a kink": ("hinge", "hinge_gradient", "x=1", 3, "from the left and"),
    "a claim that can't be traced": ("squares", "filled", "x=[1, -2]", 0, "agrees at all 6 points"),
}


@pytest.mark.parametrize(("f", "hand", "at", "code", "said"), ROWS.values(), ids=ROWS)
def test_a_black_box_on_the_command_line(
    run: Command, folder: Path, f: str, hand: str, at: str, code: int, said: str
) -> None:
    (folder / "boxes.py").write_text(CODE)
    done = run(f"check boxes.py:{f} --at '{at}' --hand boxes.py:{hand}")
    assert done.code == code
    assert said in " ".join(done.out.split())
