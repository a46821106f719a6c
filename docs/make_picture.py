"""Draws docs/check.svg, the picture in the README: `python docs/make_picture.py`."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from gradlab.harness import Settings, case_of, check_cases
from gradlab.report.terminal import render

AT = {"w": 0.5, "b": -0.3, "x": 1.2, "t": 1.0, "lambda": 0.1}
HAND = {"w": "(σ(w x + b) - t) x + λ w", "b": "(σ(w x + b) - t) σ(w x + b) (1 - σ(w x + b))"}


def main() -> None:
    """Check the README's first homework, and save what the terminal shows."""
    case = case_of("(σ(w x + b) - t)^2/2 + λ w^2/2", AT, wrt=("w", "b"), hand=HAND)
    record = check_cases([case], Settings())
    with Path("/dev/null").open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=96, file=nowhere, force_terminal=True, color_system="truecolor")
        console.print(
            Text(
                '$ gradlab check "(σ(w x + b) - t)^2/2 + λ w^2/2" --wrt w,b --at … --hand … --hand …', "bold"
            )
        )
        console.print(render(record))
    console.save_svg(str(Path(__file__).with_name("check.svg")), title="gradlab")


if __name__ == "__main__":
    main()
