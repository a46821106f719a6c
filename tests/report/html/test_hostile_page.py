"""Whatever texts a record holds, its page runs nothing, asks for nothing, and holds no element of theirs."""

from __future__ import annotations

import re
import typing
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from gradlab.record import Record
from gradlab.report.html import in_frame, write
from tests.report.html.browser import Report
from tests.report.html.conftest import Open
from tests.report.html.records import checked

if TYPE_CHECKING:
    from playwright.sync_api import Browser

RAN = "window.ran = true"
PAYLOADS = {
    "a script": f"</script><script>{RAN}</script>",
    "an image": f'<img src=x onerror="{RAN}">',
    "an image in an attribute": f"\" onmouseover='{RAN}' onfocus=\"{RAN}\" autofocus tabindex=0 x='",
    "an image after an apostrophe": f"' onmouseover={RAN} autofocus onfocus={RAN} '",
    "a link": f"javascript:{RAN}",
    "the end of the style": f"</style></title></textarea></svg></math><script>{RAN}</script>",
    "a style": "</style><style>*{display:none}</style>",
    "an image in SVG": f'</title></desc></text><svg onload="{RAN}"><image href="https://x.test/a.png"/></svg>',
    "MathML": f'<math><mtext><table><mglyph><style><img src=x onerror="{RAN}"></style></mglyph></table></mtext></math>',
    "MathML with a link": f'<maction actiontype="statusline" xlink:href="javascript:{RAN}">x</maction>',
    "the end of CDATA": f"]]><!--><script>{RAN}</script>-->",
    "a template": "{{7*7}}{% for x in [] %}{{ ''.__class__ }}${7*7}",
    "character references": "&#x3c;script&#x3e;&lt;b&gt;&amp;lt;i&amp;gt;",
    "a frame": f'<iframe srcdoc="<script>{RAN}</script>"></iframe><object data="https://x.test/"></object>',
    "a form": "<form action=https://x.test/><button>sign in</button></form><base href=https://x.test/>",
    "a refresh": '<meta http-equiv="refresh" content="0;url=https://x.test/">',
    "LaTeX": rf"\text{{<img src=x onerror={RAN}>}}\href{{javascript:{RAN}}}{{x}}",
    "words in LaTeX": rf"\mathrm{{<script>{RAN}</script>}}\mathtt{{<b>\_\ldots }}\operatorname{{</math><b>}}",
    "marks that turn the direction": "abc\u202egnp.exe\u2066\u200f",
    "halves of characters": "\ud800 and \udfff",
    "what is no character": "\0\x08\x1b[31m\ufffe\uffff\x7f",
    "a long word": "w" * 100_000,
    "long words": "<b>word</b> " * 9_000,
}

_MARKUP = """() => [...document.querySelectorAll('*')].flatMap(
    e => [e.localName, ...[...e.attributes].map(a => `${e.localName} ${a.name}`)]
)"""
_FIXED = (
    "html",
    "meta",
    "style",
    "h1",
    "h2",
    "table",
    "svg",
    "a",
    "script",
    "img",
    "form",
    "button",
    "iframe",
)
_MATHEMATICS = {"math", "mrow", "mi", "mo", "mn", "mtext", "mtext class", "mi mathvariant", "code"}
_LABELS = {
    "tspan",
    *(f"{name} {how}" for name in ("text", "tspan") for how in ("textLength", "lengthAdjust")),
}


_NUMBER = re.compile(r"-?[0-9.]+(e[+-]?[0-9]+)?")


def markup_of(report: Report) -> Counter[str]:
    """How many there are of each element, and of each attribute of it."""
    return Counter(report.ask(_MARKUP))


def poisoned(value: Any, hint: Any, text: str) -> Any:
    """A value of a record with this text in place of every text that is free, and no number."""
    if isinstance(value, msgspec.Struct):
        hints = typing.get_type_hints(type(value))
        changed = {name: poisoned(getattr(value, name), hints[name], text) for name in hints}
        return msgspec.structs.replace(value, **changed)
    options = typing.get_args(hint)
    if isinstance(value, str):
        return text if (hint is str or str in options) and not _NUMBER.fullmatch(value) else value
    if isinstance(value, dict):
        return {f"{text}{key}": poisoned(item, options[1], text) for key, item in value.items()}
    if isinstance(value, tuple):
        listed = next((option for option in (hint, *options) if typing.get_origin(option) is tuple), hint)
        kinds = typing.get_args(listed)
        return tuple(poisoned(item, kinds[0], text) for item in value)
    return value


@pytest.fixture(scope="module")
def record() -> Record:
    """One that has something to say in every section."""
    return checked("forgotten-inner.md", "unreadable.md")


@pytest.fixture(scope="module")
def harmless(
    record: Record, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> list[Counter[str]]:
    """The markup of pages with words in place of it all, short, many and long, and with what was there before."""
    found = []
    for page in (*(poisoned(record, Record, text) for text in ("word", "words " * 100, "w" * 1000)), record):
        file = tmp_path_factory.mktemp("plain") / "report.html"
        file.write_text(write(page), encoding="utf-8")
        found.append(markup_of(Report(chromium, file)))
    return found


@pytest.mark.parametrize("what", PAYLOADS)
def test_nothing_of_a_hostile_record_is_run_or_rendered(
    what: str, record: Record, harmless: list[Counter[str]], open_report: Open
) -> None:
    report = open_report(write(poisoned(record, Record, PAYLOADS[what])))
    report.unfold()
    report.show(360, "light")
    for touched in ("summary", "a", "[tabindex]"):
        for one in report.page.locator(touched).all()[:3]:
            one.hover(force=True)
    assert report.ask("window.ran") is None
    assert report.messages == []
    assert report.requests == []
    assert report.structure() == []
    assert report.layout() == []
    markup = markup_of(report)
    assert set(markup) - set().union(*harmless) <= _MATHEMATICS | _LABELS
    assert [(name, markup[name]) for name in _FIXED] == [(name, harmless[0][name]) for name in _FIXED]


def test_a_frame_in_a_notebook_runs_nothing(record: Record, open_report: Open) -> None:
    page = in_frame(poisoned(record, Record, PAYLOADS["a script"]))
    report = open_report(f"<!DOCTYPE html><title>notebook</title>{page}")
    frame = report.page.frames[1]
    assert frame.locator("h1").count() == 1
    assert frame.evaluate("window.ran") is None
    assert report.ask("window.ran") is None
    assert report.messages + report.requests == []
