"""A class whose submissions do all that submissions should not, beside some that are fine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gradlab.examination import Settings
from gradlab.worker import Limits

SETTINGS = Settings(methods=("reverse",), points=1, timeout=20)
LIMITS = Limits(seconds=20)
HASTY = Limits(seconds=2.0)

GOOD = """
import numpy as np
from gradlab import case

@case(at=dict(x=0.5))
def right(x):
    return x**2

right.hand(lambda x: 2 * x)
"""
WRONG = GOOD.replace("2 * x", "x")
KILLS = """
import os
guard = open(f"/proc/{os.getppid()}/stat").read().split()
os.kill(int(guard[3]), 9)  # the process of the pool that the guard was forked from
while True: pass
"""
BAD: dict[str, tuple[str, str]] = {
    "hangs": ("while True: pass", "it took more than 2 s"),
    "exits": ("import os; os._exit(0)", "it ended Python with exit code 0"),
    "crashes": ("import ctypes; ctypes.string_at(0)", "Python crashed (SIGSEGV)"),
    "prints": ("while True: print('x' * 1000)", "it took more than 2 s"),
    "forks": ("import os\nwhile True: os.fork()", "it started more than 32 processes"),
    "broken": ("x = = 1", "is not Python: invalid syntax (line 1)"),
    "empty": (
        "",
        "holds no case: decorate a function with @gradlab.case(at=…), or write a derivative beside it",
    ),
    "raises": ("1 / 0", "raises ZeroDivisionError when it is imported: division by zero"),
    "kills": (
        KILLS,
        "it ended the process that checked it",
    ),
    "half": (
        GOOD
        + "\n@case(at=dict(x=0.5))\ndef stuck(x):\n    import os\n    os.kill(os.getppid(), 9)\n    while True: pass\n",
        "the rest was not checked: Python crashed (SIGKILL)",
    ),
}


def hand_in(folder: Path, **texts: str) -> Path:
    """Write hw.py of each student."""
    for student, text in texts.items():
        (folder / student).mkdir(parents=True, exist_ok=True)
        (folder / student / "hw.py").write_text(text)
    return folder


def verdicts(record: Any) -> list[tuple[str, str, str]]:
    """(student, problem, verdict) of each case."""
    return [(case.student, case.problem, case.verdict) for case in record.cases]


def is_running(process: int) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
