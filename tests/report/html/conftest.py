"""A real browser, for the tests that open a report as its reader does."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.report.html.browser import Report

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Open = Callable[..., Report]
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of this folder, and for no others: it brings an event loop of its own."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip(f"no browser is installed: none of {', '.join(_NAMES)} is on the PATH")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_report(chromium: Browser, tmp_path: Path) -> Iterator[Open]:
    """`open_report(html)` is the text of a page, opened from disk."""
    opened: list[Report] = []

    def opening(html: str) -> Report:
        file = tmp_path / f"report{len(opened)}.html"
        file.write_text(html, encoding="utf-8")
        opened.append(Report(chromium, file))
        return opened[-1]

    yield opening
    for report in opened:
        report.close()
