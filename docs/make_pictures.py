"""Draws the pictures in the README: `python docs/make_pictures.py`.

docs/check.svg is what the terminal shows of a homework, docs/report.png what a browser shows of the same report as
HTML. The second needs Chromium, and Playwright of the extra `test`.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from gradlab.cases import Case
from gradlab.harness import Settings, check_cases
from gradlab.homework import cases_in_document
from gradlab.record import Record
from gradlab.report.html import write
from gradlab.report.terminal import render

ROOT = Path(__file__).parent.parent
HOMEWORK = Path("examples/homework/forgotten-inner.md")
WIDTH, HEIGHT = 1160, 1500


def main() -> None:
    """Check the README's homework, and save what is shown of it."""
    with contextlib.chdir(ROOT):
        cases = [case for case in cases_in_document(HOMEWORK) if isinstance(case, Case)]
        record = check_cases(
            cases,
            Settings(timed=False, pictures="all"),
            command=f"gradlab check {HOMEWORK} --html report.html",
        )
    _draw_terminal(record)
    _draw_page(record)


def _draw_terminal(record: Record) -> None:
    with Path("/dev/null").open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=96, file=nowhere, force_terminal=True, color_system="truecolor")
        console.print(Text(f"$ gradlab check {HOMEWORK}", "bold"))
        console.print(render(record))
    console.save_svg(str(Path(__file__).with_name("check.svg")), title="gradlab")


def _draw_page(record: Record) -> None:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder, "report.html")
        file.write_text(write(record), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(file.as_uri())
        page.screenshot(path=Path(__file__).with_name("report.png"))
        browser.close()


if __name__ == "__main__":
    main()
