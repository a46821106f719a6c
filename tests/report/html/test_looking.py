"""What is asserted of a page in a browser can fail: a page with one thing wrong is found to be so."""

from __future__ import annotations

import pytest

from tests.report.html.conftest import Open

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>t</title>
<style>body { color: #000; background: #fff } .wide { width: 3000px }</style></head>
<body><main><h1>One</h1>BROKEN</main></body></html>"""


@pytest.mark.parametrize(
    ("broken", "check", "told"),
    [
        ("", "everything", ""),
        ("<h3>Three</h3>", "structure", "h3 after h1: Three"),
        ("<h1>Again</h1>", "structure", "headings: 1,1"),
        ('<p id="a">x</p><p id="a">y</p>', "structure", "two elements have the id a"),
        ('<a href="#nowhere">x</a>', "structure", "#nowhere leads nowhere"),
        ('<a href="https://example.org">x</a>', "structure", "links to https://example.org"),
        ('<p style="color: #111">x</p>', "structure", "has style"),
        ('<img alt="x">', "structure", "there is a img"),
        ('<p aria-labelledby="b">x</p>', "structure", "there is no b"),
        ('<p class="wide">x</p>', "layout", "reaches from"),
        ('<svg width="0" height="0"></svg>', "layout", "has no size"),
        ('<p><font color="#bbbbbb">pale</font></p>', "contrast", "color-contrast"),
        ("<table><tr><th></th><td>1</td></tr></table>", "barriers", "empty-table-header"),
    ],
)
def test_what_is_wrong_with_a_page_is_found(broken: str, check: str, told: str, open_report: Open) -> None:
    report = open_report(PAGE.replace("BROKEN", broken))
    report.show(800, "light")
    checks = ["structure", "layout", "contrast", "barriers"] if check == "everything" else [check]
    found = [sentence for name in checks for sentence in getattr(report, name)()]
    assert any(told in sentence for sentence in found) if told else found == []


def test_what_a_page_asks_for_and_says_is_noted(open_report: Open) -> None:
    report = open_report(
        PAGE.replace("BROKEN", '<img src="missing.png" alt="x"><script>console.log("hi")</script>')
    )
    report.page.wait_for_load_state("networkidle")
    assert [request.rsplit("/", 1)[-1] for request in report.requests] == ["missing.png"]
    assert "log: hi" in report.messages
