"""Whatever texts a record holds, no report steers a terminal, holds a formula or another's markup, or fails."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.hostile import FORMULA, check_reports

TEXTS = [
    "",
    " ",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b2J",
    "\x9d0;title\x9c",
    "a\x1fb\x1cc\x85d\u2028e",
    "\0\x07\x08\x7f",
    "\u202egnp.exe",
    "\u2066\u2069\u061c",
    "\ud800 alone",
    "\ufffe\uffff",
    "line\r\nand\rline\n",
    "=1+1",
    " =1+1",
    "\t@SUM(A1)",
    "\u200b=1+1",
    "\"=cmd|' /C calc'!A0\"",
    "]]>&lt;<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[red]markup[/red] [/] \\[bold]",
    "../../etc/passwd",
    "{0} %s ${x}",
    "x" * 20_000,
    "e\u0301" * 200,
    *(f"{sign}1" for sign in FORMULA),
]


@pytest.mark.parametrize("text", TEXTS)
def test_every_report_of_a_hostile_record_is_plain(text: str) -> None:
    assert check_reports(text)


@settings(max_examples=30)
@given(st.text(max_size=40))
def test_every_report_of_any_text_is_plain(text: str) -> None:
    assert check_reports(text)
