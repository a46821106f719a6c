"""Running the command in this process, as a shell would: exit code, stdout, stderr."""

from __future__ import annotations

import io
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest

from gradlab.cli import gradlab


class Ran(NamedTuple):
    code: int
    out: str
    err: str


Command = Callable[[str], Ran]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder of its own, whose modules are forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        if str(getattr(sys.modules[name], "__file__", "") or "").startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`run('check "x^2" --at x=2')`, without the `gradlab`."""
    monkeypatch.setenv("COLUMNS", "200")

    def running(line: str) -> Ran:
        arguments = shlex.split(line)
        monkeypatch.setattr(sys, "argv", ["gradlab", *arguments])
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            gradlab()
        return Ran(int(ended.value.code or 0), out.getvalue(), err.getvalue())

    return running
