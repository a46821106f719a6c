"""Reports in a real browser, at three widths, light and dark, folded and unfolded."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest

from gradlab.report.html import write
from tests.report.html.browser import SCHEMES, WIDTHS
from tests.report.html.conftest import Open
from tests.report.html.records import RECORDS, explanation
from tests.report.samples import SAMPLES


@pytest.fixture(params=RECORDS)
def html(request: pytest.FixtureRequest) -> str:
    return write(RECORDS[request.param]())


def test_a_report_is_read_by_everybody_everywhere(
    html: str, open_report: Open, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    report = open_report(html)
    folder = Path(os.environ.get("GRADLAB_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    found = report.structure()
    for scheme, width in itertools.product(SCHEMES, WIDTHS):
        report.show(width, scheme)
        found += [f"{width} px: {told}" for told in report.layout()]
        picture = folder / f"{request.node.callspec.id}-{width}-{scheme}.png"
        report.page.screenshot(path=picture, full_page=True)
        print(f"{picture.name}: {picture.stat().st_size:,} bytes, of a page of {len(html.encode()):,}")  # noqa: T201 (told by -s, and where it fails)
    report.unfold()
    report.show(800, "dark")
    found += [f"dark: {told}" for told in report.contrast()]
    report.show(360, "light")
    found += [f"unfolded: {told}" for told in (*report.layout(), *report.barriers())]
    assert found == []
    assert report.messages == []
    assert report.requests == []


def test_formulas_are_set_in_the_font_of_the_page(open_report: Open) -> None:
    report = open_report(write(explanation()))
    assert report.ask("document.querySelectorAll('math').length") > 0
    assert report.ask("[...document.fonts].map(font => `${font.family}: ${font.status}`)") == [
        "gradlab mathematics: loaded"
    ]


def test_a_page_without_formulas_goes_without_their_font() -> None:
    assert "@font-face" not in write(SAMPLES["empty"]())


@pytest.mark.parametrize("name", SAMPLES)
def test_records_of_every_kind_are_laid_out(name: str, open_report: Open) -> None:
    report = open_report(write(SAMPLES[name]()))
    report.unfold()
    report.show(360, "light")
    assert report.structure() + report.layout() == []
    assert report.messages + report.requests == []
