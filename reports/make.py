"""Makes these reports: `python reports/make.py` runs the commands that README.md lists."""

from __future__ import annotations

import contextlib
import re
import shlex
import sys
from pathlib import Path
from unittest.mock import patch

from gradlab.cli import main

HERE = Path(__file__).parent
COMMAND = re.compile(r"^    (gradlab .*)$", re.MULTILINE)


def run(command: str) -> None:
    """Run one command, in the checkout; what it finds is in its report."""
    sys.stdout.write(f"$ {command}\n")
    with (
        contextlib.chdir(HERE.parent),
        patch.object(sys, "argv", shlex.split(command)),
        contextlib.suppress(SystemExit),
    ):
        main()


if __name__ == "__main__":
    for found in COMMAND.findall((HERE / "README.md").read_text(encoding="utf-8")):
        run(found)
