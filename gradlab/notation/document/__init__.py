r"""Documents: what of a Markdown or LaTeX file is mathematics, section by section, each with its line.

What is read:

- In Markdown, mathematics is `$…$`, `$$…$$`, `\(…\)`, `\[…\]`, amsmath's environments, and blocks that begin
  with ```` ```math ````; a block that begins with ```` ```gradlab ```` holds typed lines. In LaTeX, mathematics
  is what LaTeX takes for it, and comments `% gradlab: …` hold typed lines.
- A heading begins a section (in LaTeX `\section` and those below it, and `\begin{problem}`).
- A statement has a sign of equality. Mathematics without one (`$x$`, `$x > 0$`) mentions something, and is left
  aside. So is `$i = 1, \ldots, n$`.
- `$W \in \mathbb{R}^{2 \times 3}$` says a shape.
- What looks like a derivation and stands where nothing is read is told, never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from gradlab.notation.document.equations import statements
from gradlab.notation.document.macros import expand_macros
from gradlab.notation.document.markdown import markdown_parts, without_quotes
from gradlab.notation.document.parts import (
    UNNAMED,
    Block,
    Document,
    DocumentError,
    Equation,
    Field,
    Heading,
    Mathematics,
    Part,
    Section,
    Source,
    Stray,
    Trouble,
)
from gradlab.notation.document.tex import header_text, tex_parts, without_comments, without_programs
from gradlab.notation.document.typed import typed_lines
from gradlab.notation.error import shown

__all__ = ["UNNAMED", "Document", "DocumentError", "Equation", "Field", "Section", "Trouble", "read_document"]

MOST_CHARACTERS = 1_000_000
MOST_SECTIONS = 200
MOST_EQUATIONS = 2_000
MOST_PARTS = 20_000
"""Headings, and pieces of mathematics of any kind."""
LONGEST = 10_000
"""Characters of one piece of mathematics."""

_RANGE = re.compile(r"\s*\w+\s*=\s*\w+\s*,\s*(?:\w+\s*,\s*)*(?:\\[lc]?dots\w?|…|\.\.\.)")
_NAME = (
    r"(?:\\[a-zA-Z]{2,9}|[^\W\d_](?:_(?:hat|bar|tilde))?)(?:_\{?\w{1,9}\}?)?"
    r"(?:\^(?:\{\s*[(\[]\d{1,3}[)\]]\s*\}|\(\d{1,3}\)))?"
)
_SIZE = r"(?:\d{1,6}|[a-zA-Z](?:_(?:\w|\{\w{1,9}\}))?)"
_SPACE = re.compile(
    rf"(?<![\w\\^{{])(?P<names>{_NAME}(?:\s*,\s*{_NAME}){{0,9}})\s*(?:\\in\b|∈)\s*"
    r"(?>\\mathbb\s*(?:\{\s*R\s*\}|R)|\\R\b|ℝ)\s*+"
    rf"(?:\^\s*(?:(?P<size>\d|[a-zA-Z])|\{{\s*(?P<sizes>{_SIZE}(?:\s*(?:\\times|×)\s*{_SIZE})?)\s*\}}))?+(?!\^)"
)
_ITEM = re.compile(
    r"^[ \t]*(?:\\item\b|(?:\\noindent\b[ \t]*)?(?:[-*+][ \t]+)?"
    r"(?:#{1,6}[ \t]*|\*\*|__|\\(?:textbf|textit|emph|underline)[ \t]*\{)?[ \t]*"
    r"(?:(?:Problem|Question|Exercise|Task|Part|Ex|Q|No)\b[. \t~#]*(?:\d|\(?[a-zA-Z]\b)|Q\d"
    r"|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{2,4})[.):](?!\d)))",
    re.MULTILINE | re.IGNORECASE,
)
"""Where an item of a list begins, or another part of a problem set that has no heading."""
_PLAIN = str.maketrans(",", " ", "\\")
_STYLE = re.compile(
    r"\\(?:mathbf|boldsymbol|bm|vec|mathit)(?:\s*\{\s*(\\?[a-zA-Z]+)\s*\}|\s*(\\[a-zA-Z]+)|\s+([a-zA-Z])(?![a-zA-Z]))"
)
_ACCENT = re.compile(r"\\(hat|bar|tilde)\s*(?:\{\s*([a-zA-Z])\s*\}|([a-zA-Z])\b)")
_LAYER = re.compile(r"\^(?:\{\s*[(\[](\d{1,3})[)\]]\s*\}|\((\d{1,3})\))")
_APPROXIMATELY = re.compile(r"≈|\\approx\b|\\simeq\b")


def read_document(text: str, kind: Literal["markdown", "tex"]) -> Document:
    r"""The sections of a document. Raises `DocumentError` where it is no text, or too much.

    >>> document = read_document("# Problem 1\nWith $L = w^2$:\n$$ dL/dw = 2w $$\n", "markdown")
    >>> [(section.title, [e.text for e in section.equations]) for section in document.sections]
    [('Problem 1', ['L = w^2', 'dL/dw = 2w'])]
    """
    if len(text) > MOST_CHARACTERS:
        raise DocumentError(
            f"a document has at most {MOST_CHARACTERS:,} characters; this one has {len(text):,}"
        )
    if "\0" in text:
        raise DocumentError("this is no text: it holds NUL bytes", text.count("\n", 0, text.index("\0")) + 1)
    if kind == "markdown":
        text = without_quotes(text)
    else:
        text = expand_macros(text, without_comments(without_programs(text)), MOST_CHARACTERS)
    source = Source(text)
    sections = [_Section("", 0, 1)]
    count = 0
    parts = markdown_parts(text) if kind == "markdown" else tex_parts(text)
    items, behind = 0, 0
    for number, part in enumerate(parts):
        if number == MOST_PARTS:
            raise DocumentError(f"a document has at most {MOST_PARTS:,} headings and pieces of mathematics")
        if isinstance(part, Heading):
            sections.append(_Section(shown(part.title)[:100], part.level, source.line(part.start)))
            continue
        items += sum(1 for _ in _ITEM.finditer(text, behind, max(behind, part.start)))
        behind = part.end if isinstance(part, Mathematics | Block) else part.start
        for found in _content(text, part, source, kind):
            sections[-1].add(replace(found, item=items) if isinstance(found, Equation) else found)
            count += 1
        if count > MOST_EQUATIONS:
            line = source.line(part.start)
            raise DocumentError(f"a document has at most {MOST_EQUATIONS:,} statements", line)
    made = [section.made() for section in sections if section.parts or section.title]
    filled = sum(bool(section.equations or section.fields) for section in made)
    if filled > MOST_SECTIONS:
        raise DocumentError(f"a document has at most {MOST_SECTIONS} problems; this one has {filled}")
    return Document(tuple(made))


@dataclass
class _Section:
    """A section while it is being read."""

    title: str
    level: int
    line: int
    parts: list[Field | Equation | Trouble | str] = field(default_factory=list)

    def add(self, part: Field | Equation | Trouble | str) -> None:
        self.parts.append(part)

    def made(self) -> Section:
        """The section, as it is known now."""
        return Section(
            self.title,
            self.level,
            self.line,
            fields=tuple(p for p in self.parts if isinstance(p, Field)),
            equations=tuple(p for p in self.parts if isinstance(p, Equation)),
            troubles=tuple(p for p in self.parts if isinstance(p, Trouble)),
            remarks=tuple(p for p in self.parts if isinstance(p, str)),
        )


def _content(text: str, part: Part, source: Source, kind: str) -> Iterator[Field | Equation | Trouble | str]:
    """What a part says."""
    match part:
        case Stray(start, message):
            yield Trouble(message, source.line(start))
        case Block(start, end):
            if kind == "tex":  # of the same length, so that places stay
                text = text[:start] + header_text(text[start:end])
            yield from typed_lines(text, start, end, source)
        case Mathematics(start, end, form):
            if end - start > LONGEST:
                message = (
                    f"mathematics has at most {LONGEST:,} characters in one piece; this has {end - start:,}"
                )
                yield Trouble(message, source.line(start))
                return
            written = text[start:end]
            if kind == "tex":
                written = without_comments(written)
            for statement in statements(written):
                line = source.line(start + statement.start)
                if statement.has_equality and not _RANGE.match(statement.text):
                    yield Equation(statement.text, line, form)
                elif not statement.has_equality:
                    yield from _shapes(statement.text, line)
                if not statement.has_equality and _APPROXIMATELY.search(statement.text):
                    yield f"line {line}: what is said with ≈ is not checked; a claim is said with ="
        case _:
            raise TypeError(part)


def _shapes(text: str, line: int) -> Iterator[Field]:
    r"""What `W \in \mathbb{R}^{2 \times 3}` says."""
    plain = _ACCENT.sub(
        lambda accent: f"{accent[2] or accent[3]}_{accent[1]}",
        _STYLE.sub(lambda style: next(filter(None, style.groups())), text),
    )
    for space in _SPACE.finditer(plain):
        named = _LAYER.sub(lambda layer: f"^({layer[1] or layer[2]})", space["names"])
        sizes = (space["size"] or space["sizes"] or "number").replace("\\times", "×")
        yield Field("space", f"{named.translate(_PLAIN)}: {sizes}", line)
