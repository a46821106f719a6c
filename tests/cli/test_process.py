"""What only a process of its own shows: what is imported, Ctrl-C, a closed pipe."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import gradlab

ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join(
        [str(Path(gradlab.__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
    ),
    "COLUMNS": "120",
}


def command(
    *arguments: str, options: tuple[str, ...] = (), folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, "-m", "gradlab.cli", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env=ENVIRONMENT,
        timeout=120,
        check=False,
    )


HEAVY = (
    "numpy",
    "sympy",
    "mpmath",
    "scipy",
    "matplotlib",
    "lark",
    "msgspec",
    "rich.progress",
    "gradlab.harness",
)


def imported(done: subprocess.CompletedProcess[str]) -> set[str]:
    return set(re.findall(r"^import time:.*\| +(\S+)$", done.stderr, re.MULTILINE))


@pytest.mark.parametrize("line", ["--help", "check --help", "--version"])
def test_help_loads_nothing_heavy(line: str) -> None:
    done = command(*line.split(), options=("-X", "importtime"))
    assert done.returncode == 0
    names = imported(done)
    assert "gradlab" in names
    assert not names & set(HEAVY)


def test_show_runs_nothing(tmp_path: Path) -> None:
    done = command("check", "x^2", "--at", "x=1", "--format", "json", "--output", "r.json", folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = command("show", "r.json", options=("-X", "importtime"), folder=tmp_path)
    assert done.returncode == 0
    assert "x^2" in done.stdout
    assert not imported(done) & {"numpy", "sympy", "mpmath", "gradlab.harness", "gradlab.engine"}


INTERRUPTING = """
import os, signal
from gradlab import case

@case(at=dict(x=2.0))
def first(x):
    return x**2

@case(at=dict(x=2.0))
def second(x):
    return x**2

@second.hand
def gradient(x):
    os.kill(os.getppid(), signal.SIGINT)  # as Ctrl-C would, while this is at work
    while True:
        pass

@case(at=dict(x=2.0))
def third(x):
    return x**3
"""


def test_ctrl_c_shows_what_is_done_and_exits_with_130(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(INTERRUPTING)
    done = command("check", "mine.py", folder=tmp_path)
    assert done.returncode == 130
    assert "first" in done.stdout
    assert "third" not in done.stdout
    assert re.search("(?i)interrupted|stopped", done.stdout)
    assert "Traceback" not in done.stderr


def test_ctrl_c_writes_a_record_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(INTERRUPTING)
    done = command("check", "mine.py", "--format", "json", folder=tmp_path)
    assert done.returncode == 130
    record = json.loads(done.stdout)
    assert record["interrupted"]
    assert record["verdict"] != "agree"
    assert [case["name"] for case in record["cases"]] == ["first"]


def test_ctrl_c_while_a_file_is_read_exits_with_130(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    done = command("check", "mine.py", folder=tmp_path)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.strip() == "gradlab: interrupted"


def test_a_warning_of_the_users_libraries_does_not_reach_the_record(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "import warnings\n\ndef f(x):\n    warnings.warn('old')\n    return x**2\n"
    )
    done = command("check", "mine.py:f", "--at", "x=1", "--format", "json", folder=tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout)["verdict"] == "agree"


def test_without_a_terminal_there_is_no_colour_and_no_progress_bar() -> None:
    done = command("check", "cube", "dot", "--points", "0")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


def test_python_dash_m_and_the_command_are_the_same() -> None:
    assert command("list", "cube").stdout.splitlines()[0].split()[0] == "cube"
