"""Draws docs/check.svg, the picture in the README: `python docs/make_picture.py`."""

from __future__ import annotations

import contextlib
from pathlib import Path

from rich.console import Console
from rich.text import Text

from gradlab.cases import Case
from gradlab.harness import Settings, check_cases
from gradlab.homework import cases_in_document
from gradlab.report.terminal import render

ROOT = Path(__file__).parent.parent
HOMEWORK = Path("examples/homework/forgotten-inner.md")


def main() -> None:
    """Check the README's homework, and save what the terminal shows."""
    with contextlib.chdir(ROOT):
        cases = [case for case in cases_in_document(HOMEWORK) if isinstance(case, Case)]
        record = check_cases(cases, Settings(timed=False))
    with Path("/dev/null").open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=96, file=nowhere, force_terminal=True, color_system="truecolor")
        console.print(Text(f"$ gradlab check {HOMEWORK}", "bold"))
        console.print(render(record))
    console.save_svg(str(Path(__file__).with_name("check.svg")), title="gradlab")


if __name__ == "__main__":
    main()
