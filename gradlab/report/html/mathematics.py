r"""Formulas as MathML, and the font that they are set in.

A record may come from anywhere. So LaTeX is set only if it is made of nothing but what our own writer prints;
words are taken out of it before latex2mathml reads it; and what latex2mathml gives is not passed on: it is
parsed, and written anew of the elements that we know. What fails any of this is shown as text.
"""

from __future__ import annotations

import base64
import re
from functools import cache, lru_cache
from importlib.resources import files
from unicodedata import name
from xml.etree import ElementTree as ET

from markupsafe import Markup, escape

__all__ = ["formula", "style"]

_LONGEST = 4000
_DEEPEST = 200

_WORD = re.compile(r"\\(mathrm|operatorname|mathtt|text)\{((?:[^{}\\]|\\_|\\ldots |\{:\})*)\}")
_CODE = {"\\_": "_", "\\ldots ": "…", "{:}": ":"}
_GREEK = {
    (spelled.capitalize() if letter.isupper() else spelled): letter
    for small in "αβγδεζηθικλμνξοπρστυφχψω"
    for spelled in [name(small).split()[-1].lower().replace("lamda", "lambda")]
    for letter in (small, small.upper())
}
_LETTER = re.compile(rf"\\({'|'.join(sorted(_GREEK, key=len, reverse=True))})(?![A-Za-z])")
_TABLE = re.compile(r"\\(begin|end)\{[a-z]+\}")
"""To latex2mathml a matrix is no group that can be raised."""
_ACCENTS = {"^": "\u02c6", "~": "\u02dc", "¯": "¯", "˙": "˙", "¨": "¨", "ˇ": "ˇ", "˘": "˘"}
_PRINTED = re.compile(
    r"""(?:
    \\(?:
        frac | partial | sqrt | cdot | odot | top | sum | prod | infty | le | ge | ne
        | hat | bar | tilde | dot | ddot | check | breve
        | exp | ln | log | sin | cos | tan | tg | sec | csc | cot | arcsin | arccos | arctan
        | sinh | cosh | tanh | coth | max | min | det
        | left(?=[(\[|] | \\lVert) | right(?=[)\]|] | \\rVert) | lVert | rVert
        | begin(?=\{(?:cases|pmatrix)\}) | end(?=\{(?:cases|pmatrix)\}) | text(?=\{[0-9]+\})
    )(?![A-Za-z])
    | \\\\
    | [\w\ +\-=<>,.()\[\]|'&^{}]
    )*""",
    re.VERBOSE,
)
"""All that gradlab.notation.latex.write prints, its words by number and its Greek letters as such."""

_PARTS = {
    "mfrac": 2,
    "mroot": 2,
    "msub": 2,
    "msup": 2,
    "mover": 2,
    "munder": 2,
    "msubsup": 3,
    "munderover": 3,
}
"""How many parts an element has, where that is fixed."""
_ROWS = {"msqrt", "mtable", "mtr", "mtd"}
"""Elements of any number of parts."""

_TALL = {"mfrac", "mroot", "msqrt", "mtable", "munder", "munderover"}
_PRIMES = set("′″‴⁗")
_BRACKETS = {f"<mo>{bracket}</mo>" for bracket in "()[]"}
_BEFORE_A_SIGN = {*"([,", "|", "‖"}
"""A minus after one of these has one operand."""


def formula(latex: str, text: str) -> Markup:
    r"""A formula that we have written as LaTeX, set; or its text as code, where it can't be.

    >>> formula("x_{1}^{2}", "x1^2")
    Markup('<math><msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup></math>')
    >>> formula(r"\href{javascript:alert(1)}{x}", "x < y")
    Markup('<code>x &lt; y</code>')
    """
    content = _content(latex) if 0 < len(latex) <= _LONGEST else None
    if content is None:
        return Markup(f"<code>{escape(text)}</code>")  # noqa: S704 (escaped)
    return Markup(f"<math>{content}</math>")  # noqa: S704 (of our own elements, their texts escaped)


@cache
def style() -> str:
    """The style sheet of formulas, with the font in it."""
    folder = files("gradlab.report.html")
    font = base64.b64encode((folder / "fonts" / "mathematics.woff2").read_bytes()).decode()
    sheet = (folder / "styles" / "mathematics.css").read_text(encoding="utf-8")
    return sheet.replace("url(mathematics.woff2)", f"url(data:font/woff2;base64,{font})")


@lru_cache(maxsize=8192)
def _content(latex: str) -> str | None:
    """What stands within `math`; None if that is not what our writer prints."""
    from latex2mathml.converter import convert

    words: list[str] = []

    def number(match: re.Match[str]) -> str:
        words.append(_word(*match.groups()))
        return f"\\text{{{len(words) - 1}}}"

    plain = _LETTER.sub(lambda match: _GREEK[match[1]], _WORD.sub(number, latex))
    plain = _TABLE.sub(lambda match: f"{{{match[0]}" if match[1] == "begin" else f"{match[0]}}}", plain)
    if not _PRINTED.fullmatch(plain):
        return None
    try:
        tree = ET.fromstring(convert(plain, display="block"))  # noqa: S314 (what is parsed has neither entities nor a DTD)
        return "".join(_inner(tree, words)) if _depth(tree) <= _DEEPEST else None
    except Exception:  # what it can't read, it may meet in any way
        return None


def _word(command: str, text: str) -> str:
    """A word, which latex2mathml would take for a product of letters."""
    for latex, character in _CODE.items():
        text = text.replace(latex, character)
    if command == "text":
        return f"<mtext>{escape(text)}</mtext>"
    if command == "mathtt":
        return f'<mtext class="code">{escape(text)}</mtext>'
    upright = ' mathvariant="normal"' if len(text) == 1 else ""
    return f"<mi{upright}>{escape(text)}</mi>"


def _depth(element: ET.Element) -> int:
    """How deep elements lie in one another."""
    return 1 + max(map(_depth, element), default=0)


def _inner(element: ET.Element, words: list[str]) -> list[str]:
    """The parts of an element, without a row that is its only one."""
    while len(element) == 1 and element[0].tag.endswith("}mrow"):
        element = element[0]
    flat = not any(part.tag.rpartition("}")[2] in _TALL for part in element.iter())
    written, before = [], ""
    for part in element:
        text = _written(part, words)
        # Brackets that may stretch are set with room for their largest form.
        if flat and text in _BRACKETS:
            text = f'<mo stretchy="false">{text[4:]}'
        if text == "<mo>−</mo>" and before in _BEFORE_A_SIGN:
            text = '<mo form="prefix">−</mo>'
        written.append(text)
        before = part.text or ""
    return written


def _written(element: ET.Element, words: list[str]) -> str:
    """An element of MathML, by its name, with no attribute but those that change how it looks."""
    tag = element.tag.rpartition("}")[2]
    if tag in {"mi", "mn", "mo", "mtext"}:
        return _symbol(tag, element, words)
    inner = _inner(element, words)
    if tag == "mrow":
        return inner[0] if len(inner) == 1 else f"<mrow>{''.join(inner)}</mrow>"
    attribute = ""
    if tag == "mover":
        attribute = ' accent="true"'
        inner = [inner[0], f"<mo>{_ACCENTS[element[1].text or '']}</mo>"]
    elif tag == "mtable" and element.find(".//*[@columnalign='left']") is not None:
        attribute = ' class="cases"'
    if tag in _PARTS:
        inner = [_written(part, words) for part in element] if tag != "mover" else inner
    if tag not in _ROWS and _PARTS.get(tag) != len(inner):
        raise ValueError(f"{tag} of {len(inner)} parts")
    if tag == "msup" and element[1].text and set(element[1].text) <= _PRIMES:
        # a prime is raised already, and not every browser takes its larger form in a script
        return f'<mrow>{inner[0]}<mo lspace="0.05em" rspace="0">{element[1].text}</mo></mrow>'
    return f"<{tag}{attribute}>{''.join(inner)}</{tag}>"


def _symbol(tag: str, element: ET.Element, words: list[str]) -> str:
    """A letter, a number, a sign or a word."""
    text = element.text or ""
    if tag == "mtext":
        return words[int(text)]
    if tag == "mo" and (text.isalnum() or text in "∂∞⊤"):
        tag = "mi"  # an operator would stand apart
    elif tag == "mi" and text and set(text) <= _PRIMES:
        tag = "mo"
    elif tag == "mi" and not text.isalnum():
        raise ValueError(f"{text} is no letter")
    fixed = ' stretchy="false"' if element.get("stretchy") == "false" else ""
    return f"<{tag}{fixed}>{escape(text)}</{tag}>"
