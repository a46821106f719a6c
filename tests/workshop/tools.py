"""Runs a development tool on the whole checkout."""

from __future__ import annotations

import subprocess
import sys

from tests.workshop import ROOT


def findings(module: str, *arguments: str) -> str:
    """What `python -m module` complains about; empty where it finds nothing."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr
