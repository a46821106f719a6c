"""A comment on a pull request, in which nothing but gradlab's own words and tables is rendered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from gradlab import record as r
from gradlab.report.markdown import MOST, write
from gradlab.report.markdown.escaping import code, fenced, in_html, prose, table
from tests.report import classes, samples
from tests.report.hostile import hostile_record

OURS = {"h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "br", "em", "details", "summary",
        "span", "ul", "li"}  # fmt: skip
OF_GITHUB = {
    "a name or an address": r"@[\w.-]",
    "an issue": r"#\w|\bgh-\d",
    "an address": r"://|\bwww\.|\b(?:mailto|xmpp):",
    "a picture": r":(?=\w*[a-z_])[\w+-]+:|:100:",
    "a commit": r"\b(?=\d*[a-f])[0-9a-f]{7,40}\b",
    "a formula": r"\$.*\$",
}
"""What GitHub makes something of in the text of a page, outside of code."""
TEXTS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</details></summary><h1>",
    "<!-- a",
    "**bold** _slanted_ ~~gone~~ `code`",
    "a `` b ``` c ```` d",
    "w@.h a@-b.c",
    "``` \n```\n# title",
    "| a | b |",
    "\\| a \\\\| b \\",
    "a\\`b`c",
    "[link](https://example.org) ![picture](x.png) [ref]: x",
    "https://example.org www.example.org ftp://a.b mailto:a@b.org",
    "@somebody a@b.org #12 GH-12 user/repo#1 0123456789abcdef 0123abc",
    ":tada: :+1: :100: $x^2$ $$y$$ $`z`$",
    "# title",
    " #",
    "     > quote",
    "- item",
    "1. item",
    "> quote",
    "> [!WARNING]\n> x",
    "- [ ] task [^1]",
    "===",
    "---",
    "    code",
    "&lt;b&gt; &#64;you &copy;",
    "a\n\nb\n\n<b>",
    "\x1b[31m\u202ex",
    "```math\nx\n```",
    "x" * 20_000,
    "",
    " ",
    "`",
]


class Page(HTMLParser):
    """The elements of a page, with their attributes, and its text outside of code."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text: list[str] = []
        self.code: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))
        if tag != "br":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        (self.code if "code" in self._open else self.text).append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError("a declaration")

    def handle_pi(self, data: str) -> None:
        raise AssertionError("an instruction")


def rendered(markdown: str) -> Page:
    """As GitHub renders it, but for what it makes of names, numbers and the like."""
    return Page(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown))


def by_github(markdown: str) -> Page:
    """As GitHub's own library for Markdown renders it, with the extensions that it uses."""
    library = pytest.importorskip("cmarkgfm")
    options = library.Options.CMARK_OPT_UNSAFE | library.Options.CMARK_OPT_FOOTNOTES
    extensions = ["table", "autolink", "strikethrough", "tasklist"]
    html = library.markdown_to_html_with_extensions(markdown, options=options, extensions=extensions)
    return Page(html)


def assert_plain(page: Page) -> None:
    """That there is nothing on a page but what we have put there."""
    for tag, attributes in page.elements:
        assert tag in OURS
        for name, value in attributes:
            allowed = {
                "align": "right",
                "style": "text-align:right",
                "class": "language-(python|text)",
                "open": "",
            }
            assert re.fullmatch(allowed[name], value or ""), f"{tag} with {name}={value}"
    for text in page.text:
        for what, pattern in OF_GITHUB.items():
            assert not re.search(pattern, text, re.IGNORECASE), f"{what} in {text!r}"


def shapes(markdown: str) -> Iterator[set[int]]:
    """Of each table, how many cells its rows have."""
    widths: list[int] = []
    for token in MarkdownIt("commonmark", {"html": True}).enable(["table"]).parse(markdown):
        if token.type == "tr_open":
            widths.append(0)
        elif token.type in {"th_open", "td_open"}:
            widths[-1] += 1
        elif token.type == "table_close":
            yield set(widths)
            widths = []


def test_every_sample_is_rendered_as_we_mean_it(sample: r.Record) -> None:
    text = write(sample)
    assert_plain(rendered(text))
    assert all(len(widths) == 1 for widths in shapes(text))


def test_every_sample_is_rendered_by_github_as_by_us(sample: r.Record) -> None:
    text = write(sample)
    assert_plain(by_github(text))
    assert [tag for tag, _ in by_github(text).elements] == [tag for tag, _ in rendered(text).elements]


@pytest.mark.parametrize("text", TEXTS)
def test_nothing_of_a_text_is_rendered(text: str) -> None:
    report = write(hostile_record(text))
    page = rendered(report)
    assert_plain(page)
    assert [tag for tag, _ in page.elements].count("details") == 3
    assert [tag for tag, _ in page.elements].count("h2") == 1
    assert [sorted(widths) for widths in shapes(report)] == [[5], [4], [6], [4]]


@settings(max_examples=60)
@given(st.text(alphabet=st.sampled_from("`|\\<>*_[]()#@:$&!~-+= \n1a") | st.characters(), max_size=24))
def test_nothing_of_any_text_is_rendered(text: str) -> None:
    report = write(hostile_record(text))
    assert_plain(rendered(report))
    assert all(len(widths) == 1 for widths in shapes(report))


@settings(max_examples=60)
@given(st.text(alphabet="`|\\<>*_[]()#@:$&!~-+= \n1a./wh", max_size=24))
def test_nothing_of_any_text_is_rendered_by_github(text: str) -> None:
    report = write(hostile_record(text))
    page = by_github(report)
    assert_plain(page)
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in rendered(report).elements]


@given(st.text(alphabet="`|\\<>*_[]#@:$&!~.-+= 1ag/wh", max_size=16))
def test_what_is_read_is_what_was_written(text: str) -> None:
    line = " ".join(text.split())
    cell = table(["a", "b", "c"], [[prose(line), code(line), "end"]])
    page = rendered(
        f"{cell}\n\n<details>\n<summary>{in_html(line)}</summary>\n\n{fenced(line)}\n\n</details>"
    )
    assert_plain(page)
    assert list(shapes(cell)) == [{3}]
    in_code = "".join(page.code).split("\n")[0]
    assert in_code == 3 * line if line else in_code == ""
    written = "".join(page.text).replace("\u200b", "")
    assert " ".join(written.split()) == " ".join(f"a b c {line} end".split())


def test_a_class_is_counted_listed_and_told_case_by_case() -> None:
    text = write(classes.record())
    assert text.startswith("## ! gradlab: 3 of 4 cases did not pass: 2 disagree, 1 ended in an error.\n")
    assert "3 students, of whom 1 passed everything." in text
    assert "| ✗ | `bob: problem 1` | disagree | line 4, `s/bob/hw3.md:14` | line 4 is wrong |" in text
    summaries = re.findall("<summary>(.*)</summary>", text)
    assert summaries == [
        "✗ <code>bob: problem 1</code>: disagree",
        "✗ <code>bob: problem 2</code>: disagree",
        "! <code>cy: hw3.py</code>: error",
        "4 cases in all",
    ]


def test_a_wrong_claim_is_shown_with_what_is_right_and_how_far_it_is_off() -> None:
    text = write(samples.counterexample())
    assert re.search(r"\| `∂f/∂x2` \| reference \| `[\d.]+…` \|", text)
    assert re.search(r"\| +\| claimed \| `[\d.]+` \| \d+ \| ✗ disagree \| .*off by", text)
    assert "```python\n" in text
    assert "<details open>" in text


def test_a_derivation_shows_the_line_that_is_wrong() -> None:
    text = write(classes.record())
    assert "| ✗ | 1 | `3x` |  |" in text


def test_the_words_of_a_passing_run_hold_no_list_of_failures() -> None:
    text = write(samples.lectures())
    assert text.startswith("## ✓ gradlab: All")
    assert "reason" not in text
    assert "cases in all" in text


def test_versions_and_the_command_end_it() -> None:
    last, command = write(samples.run(*samples.lectures().cases, command="gradlab check a | b")).splitlines()[
        -3::2
    ]
    assert last.startswith("gradlab 0.1.0 · 5 points drawn around each · seed 0 · python 3.11.9 · numpy")
    assert command == "<code>gradlab check a &#124; b</code>"


@pytest.mark.parametrize("count", [5, 300, 3000])
def test_it_fits_into_a_comment_and_says_what_is_left_out(count: int) -> None:
    cases = tuple(classes.case("ann", str(n), "disagree", reason="because " * 60) for n in range(count))
    text = write(classes.run(*cases))
    assert len(text) <= MOST
    assert ("left out: a comment on GitHub takes 65,536 characters" in text) == (count > 5)
    assert_plain(rendered(text))
    rows = text.partition("<details")[0].count("\n| ✗ | `ann: ")
    (told,) = re.findall(r"… and ([\d,]+) more cases that did not pass", text) or ["0"]
    assert rows + int(told.replace(",", "")) == count
    assert rows >= min(count, 50)


@pytest.mark.parametrize("text", ["$" * 30_000, "@a " * 9_000])
def test_a_report_of_long_texts_fits_too(text: str) -> None:
    hostile = r.replace(hostile_record(text), versions={text: text})
    for record in (hostile, r.replace(hostile, cases=()), r.replace(hostile, cases=20 * hostile.cases)):
        assert len(write(record)) <= MOST
