"""Whatever texts a record holds, its page runs nothing, asks for nothing, and holds no element of theirs."""

from __future__ import annotations

import itertools
import re
import typing
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from gradlab.record import Record, replace
from gradlab.report.html import in_frame, write
from tests.report.html.browser import Report
from tests.report.html.conftest import Open
from tests.report.html.records import RECORDS

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
    "a long line of signs": "(" * 200_000,
    "marks above one another": "e\u0301\u0302\u0303" * 5_000,
    "many lines": "line\n" * 5_000,
    "what has no width": "\u200b\u200d\u2060\ufeff",
    "nothing": "",
    "spaces": " \u00a0\u3000\t\n ",
    "letters that look like others": "Ѕсriрt аgrее <ѕcript>",
    "a sign of agreement": "✓ agree\n✓",
    "words from right to left": "ﷺ مرحبا <b>עברית</b>",
    "a style rule": "x{background:url(https://x.test/a.png)} @import 'https://x.test/b.css';",
    "a style in an attribute": '" style="position:fixed;inset:0;background:red" class="said',
    "an id": '"id="case-1"><a id=overview name=overview>',
    "a data address": "data:text/html,<script>window.ran = true</script>",
    "a table that ends": "</td></tr></table></details></main></body></html><p>",
    "a comment that does not end": "<!--",
    "a text that does not end": "<textarea><title><xmp><plaintext>",
    "slots of LaTeX": r"\text{0}\text{1}\text{99999999}\text{-1}\mathrm{}\text{}",
    "commands of LaTeX": r"\def\x{\x\x}\x\char60\unicode{x3c}\color{red}{x}\class{said}{x}\style{x}{y}\htmlId{a}{b}",
    "LaTeX in LaTeX": r"\left(" * 150 + "x" + r"\right)" * 150,
    "fractions in fractions": r"\frac{1}{" * 150 + "x" + "}" * 150,
    "a long formula": "x+" * 1_990 + "x",
    "a wide matrix": r"\begin{pmatrix}" + "1&" * 1_000 + r"1\end{pmatrix}",
    "a tall matrix": r"\begin{pmatrix}" + r"1\\" * 1_000 + r"1\end{pmatrix}",
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
_MATHEMATICS |= {"mtable", "mtr", "mtd", "mfrac", "mo stretchy"}
_LABELS = {
    "tspan",
    *(f"{name} {how}" for name in ("text", "tspan") for how in ("textLength", "lengthAdjust")),
}


_NUMBER = re.compile(r"-?[0-9.]+(e[+-]?[0-9]+)?")


def markup_of(report: Report) -> Counter[str]:
    """How many there are of each element, and of each attribute of it."""
    return Counter(report.ask(_MARKUP))


def poisoned(value: Any, hint: Any, texts: str | Iterator[str]) -> Any:
    """A value of a record with this text, or the next of these, in place of every text that is free, and no number."""
    text = texts if isinstance(texts, str) else next(texts)
    if isinstance(value, msgspec.Struct):
        hints = typing.get_type_hints(type(value))
        changed = {name: poisoned(getattr(value, name), hints[name], texts) for name in hints}
        return msgspec.structs.replace(value, **changed)
    options = typing.get_args(hint)
    if isinstance(value, str):
        return text if (hint is str or str in options) and not _NUMBER.fullmatch(value) else value
    if isinstance(value, dict):
        return {f"{text}{key}": poisoned(item, options[1], texts) for key, item in value.items()}
    if isinstance(value, tuple):
        listed = next((option for option in (hint, *options) if typing.get_origin(option) is tuple), hint)
        kinds = typing.get_args(listed)
        return tuple(poisoned(item, kinds[0], texts) for item in value)
    return value


@pytest.fixture(scope="module")
def record() -> Record:
    """One that has something to say in nearly every section."""
    return RECORDS["homework"]()


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
        for one in report.page.locator(touched).all()[:1]:
            one.hover(force=True)
    assert report.ask("window.ran") is None
    assert report.messages == []
    assert report.requests == []
    assert report.structure() == []
    assert report.layout() == []
    markup = markup_of(report)
    assert set(markup) - set().union(*harmless) <= _MATHEMATICS | _LABELS
    assert [(name, markup[name]) for name in _FIXED] == [(name, harmless[0][name]) for name in _FIXED]


@pytest.mark.parametrize("shift", [0, 7, 20])
def test_nothing_of_a_record_with_something_hostile_of_each_kind_is_run(
    shift: int, record: Record, open_report: Open
) -> None:
    """Also where one hostile text stands beside another, and in every study."""
    others = [RECORDS[name]() for name in ("family", "step_sizes", "explanation")]
    cases = (*record.cases, *(case for other in others for case in other.cases))
    texts = [*PAYLOADS.values()]
    chosen = itertools.cycle([*texts[shift:], *texts[:shift]])
    report = open_report(write(poisoned(replace(record, cases=cases), Record, chosen)))
    report.unfold()
    report.show(360, "light")
    assert report.ask("window.ran") is None
    assert report.messages + report.requests == []
    assert report.structure() + report.layout() == []


def test_a_frame_in_a_notebook_runs_nothing(record: Record, open_report: Open) -> None:
    page = in_frame(poisoned(record, Record, PAYLOADS["a script"]), f"</pre></iframe>{PAYLOADS['a script']}")
    report = open_report(f"<!DOCTYPE html><title>notebook</title>{page}")
    frame = report.page.frames[1]
    assert frame.locator("h1").count() == 1
    assert frame.evaluate("window.ran") is None
    assert report.ask("window.ran") is None
    assert report.messages + report.requests == []


def test_links_in_a_frame_stay_in_it(record: Record, open_report: Open) -> None:
    report = open_report(f"<!DOCTYPE html><title>notebook</title>{in_frame(record, '')}")
    frame = report.page.frames[1]
    frame.click("main a[href='#overview'] >> nth=0")
    assert frame.url == "about:srcdoc#overview"
    assert frame.locator("h1").count() == 1
    assert report.messages + report.requests == []
