"""Documents: what of them is mathematics, on which line, and what is told where it can't be read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab.notation.document import DocumentError, Section, read_document

ENDS = "\n\n```gradlab\nlast = 1\n```\n"


def only(text: str, kind: str = "markdown") -> Section:
    """The one section of a document without headings."""
    (section,) = read_document(text, "tex" if kind == "tex" else "markdown").sections
    return section


def equations(text: str, kind: str = "markdown") -> list[str]:
    return [" ".join(e.text.split()) for e in only(text, kind).equations]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Let $a = b$ be.", ["a = b"]),
        ("Let $ a = b $ be.", ["a = b"]),
        ("$$a = b$$", ["a = b"]),
        ("$$\na\n= b\n- c\n+ d\n$$", ["a = b - c + d"]),
        ("The rest is $$\na\n- c = b\n$$", ["a - c = b"]),
        (r"\[ a = b \]", ["a = b"]),
        (r"so \(a = b\), and", ["a = b"]),
        ("\\begin{align*}\na &= b \\\\\n&= c\n\\end{align*}", ["a = b = c"]),
        ("```math\na = b\n```", ["a = b"]),
        ("> $$\n> a = b\n> $$", ["a = b"]),
        ("1. $a = b$\n2. $c = d$", ["a = b", "c = d"]),
        ("- ```gradlab\n  a = b\n  ```", ["a = b"]),
        # what is no mathematics
        ("It costs $5, and b = $6.", []),
        ("`$a = b$` is how it is typed, and ``$c = d$`` too", []),
        ("```python\nx = '$a = b$'\n```", []),
        ("<!-- $a = b$ -->", []),
        (r"\$a = b\$", []),
        # mathematics that claims nothing
        (r"$x \in \mathbb{R}^n$, $k \in S$", []),
        ("$x$, $x > 0$, $x + 1$, $i = 1, \\ldots, n$", []),
        ("$$ x + 1 $$", []),
    ],
)
def test_mathematics_in_markdown(text: str, found: list[str]) -> None:
    assert equations(text + ENDS)[:-1] == found
    assert not only(text + ENDS).troubles


@pytest.mark.parametrize(
    ("display", "found"),
    [
        (r"a = b, \quad c = d.", ["a = b", "c = d"]),
        (r"a = b \text{ and } c = d", ["a = b", "c = d"]),
        (r"a = b \Rightarrow c = d", ["a = b", "c = d"]),
        (r"\therefore a = b", ["a = b"]),
        (r"f(x, y) = x, y", ["f(x, y) = x, y"]),
        (r"a := b", ["a = b"]),
        (r"\begin{aligned} a &= b = \\ &= c \end{aligned}", ["a = b = c"]),
        (r"\begin{aligned} a &= b \\ &\quad + c \\ &= d \end{aligned}", ["a = b + c = d"]),
        (r"\begin{aligned} a &= b \\[2pt] c &= d \nonumber \label{eq:c} \end{aligned}", ["a = b", "c = d"]),
        (r"\begin{split} a \\ = b \end{split}", ["a = b"]),
        (r"\begin{alignat}{2} a &= b & c &= d \\ &= e & &= f \end{alignat}", ["a = b = e", "c = d = f"]),
        (r"\begin{eqnarray} a &=& b \\ &=& c = d \end{eqnarray}", ["a = b = c = d"]),
        (r"a &= b \quad \text{where } c = d \\ &= e && \text{(a rule)}", ["a = b = e", "c = d"]),
        (
            r"a = \begin{cases} 1 & x = 0 \\ 2 & x > 0 \end{cases}",
            [r"a = \begin{cases} 1 & x = 0 \\ 2 & x > 0 \end{cases}"],
        ),
        (r"a = \sum_{i=1}^n x_i", [r"a = \sum_{i=1}^n x_i"]),
    ],
)
def test_a_display_is_divided_into_its_statements(display: str, found: list[str]) -> None:
    assert equations(f"$$ {display} $$" + ENDS)[:-1] == found
    assert equations(f"\\[ {display} \\]", "tex") == found


def test_every_statement_knows_its_line() -> None:
    text = "# One\n\nSay $a = b$ and\n$c = d$:\n\n$$\ne\n= f\n\\\\ g = h\n$$\n\n```gradlab\nat: x=1\ni = j\n```\n"
    (section,) = read_document(text, "markdown").sections
    assert [(e.text.split()[0], e.line) for e in section.equations] == [
        ("a", 3),
        ("c", 4),
        ("e", 7),
        ("g", 9),
        ("i", 14),
    ]
    assert [e.line_at(e.text.index("f")) for e in section.equations if "f" in e.text] == [8]
    assert [(f.key, f.line) for f in section.fields] == [("at", 13)]


def test_headings_begin_sections() -> None:
    text = "$z = 0$\n# A #\n$a = 1$\nB\n---\n$b = 1$\n```\n# no heading\n```\n### C\n$c = 1$"
    found = read_document(text, "markdown").sections
    assert [(s.title, s.level, s.line) for s in found] == [("", 0, 1), ("A", 1, 2), ("B", 2, 4), ("C", 3, 10)]


TEX = r"""\documentclass{article}
\newcommand{\R}{\mathbb{R}}
\begin{document}
\section{First $\sigma$}
% gradlab: at: w=0.5,
% gradlab:     b=1
% gradlab: by: w
A value $x = 3$ % $no = 1$
\begin{align*}
  a &= b \\ % a comment
  c &= 100\%
\end{align*}
\begin{verbatim}
$no = 2$
\end{verbatim}
\begin{problem}[Second]
\[ q = r \]
\end{problem}
\end{document}
$after = 1$
"""


def test_a_latex_document() -> None:
    first, second = (s for s in read_document(TEX, "tex").sections if s.title)
    assert (first.title, first.line, second.title, second.line) == ("First", 4, "Second", 16)
    assert [(f.key, "".join(f.text.split()), f.line) for f in first.fields] == [
        ("at", "w=0.5,b=1", 5),
        ("by", "w", 7),
    ]
    assert [(" ".join(e.text.split()), e.line) for e in first.equations] == [
        ("x = 3", 8),
        ("a = b", 10),
        (r"c = 100\%", 11),
    ]
    assert [(e.text, e.line) for e in second.equations] == [("q = r", 17)]


@pytest.mark.parametrize(
    ("text", "kind", "said", "line"),
    [
        ("a\n\nSo ∂L/∂w = 3x.", "markdown", "outside of mathematics", 3),
        ("so dL/dw = 3x", "markdown", "outside of mathematics", 1),
        ("so f'(x) = 3x", "markdown", "outside of mathematics", 1),
        ("```\n∂L/∂w = 3\n```", "markdown", "outside of mathematics", 2),
        ("x\n$$\na = b\n", "markdown", "this $$ is never closed by $$", 2),
        ("then $\\frac{a}{b} = 3", "markdown", "this $ is never closed", 1),
        ("```gradlab\na = b\n", "markdown", "this block, which begins with ```gradlab, is never closed", 1),
        ("\\begin{align}\na = b\n", "markdown", r"this \begin{align} is never closed by \end{align}", 1),
        ("```gradlab\nw\n```", "markdown", "'w' says nothing", 2),
        ("```gradlab\nshaps: W: 2\n```", "markdown", "did you mean 'shapes:'?", 2),
        ("\\[ a = b", "tex", r"this \[ is never closed by \]", 1),
        ("\\let\\L=M\n$\\L = 3$", "tex", r"\L is defined in line 1", 2),
        ("a\n\\input{more}", "tex", "another file is not followed", 2),
    ],
)
def test_what_looks_like_mathematics_is_never_dropped(text: str, kind: str, said: str, line: int) -> None:
    (trouble,) = only(text, kind).troubles
    assert said in trouble.message
    assert trouble.line == line


def test_a_command_of_the_documents_own_does_no_harm_where_it_is_not_used() -> None:
    text = "\\newcommand{\\R}{\\mathbb{R}}\n$a = b$"
    assert equations(text, "tex") == ["a = b"]
    assert not only(text, "tex").troubles


def test_several_shapes_may_be_said_at_once() -> None:
    fields = only(r"$x \in \mathbb{R}^3, t \in \mathbb{R}^n, W \in \mathbb{R}^{2\times 3}$").fields
    assert [field.text for field in fields] == ["x: 3", "t: n", "W: 2× 3"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r"$W_0 \in \mathbb{R}^{2 \times 3}$", "W_0: 2 × 3"),
        (r"$x, t \in \mathbb R^3$", "x  t: 3"),
        ("$b ∈ ℝ$", "b: number"),
        (r"$\mathbf{x}, \theta_1 \in \mathbb{R}^{4}$", "x  theta_1: 4"),
    ],
)
def test_a_shape_may_be_said_in_the_text(text: str, said: str) -> None:
    (field,) = only(text).fields
    assert (field.key, field.text) == ("space", said)


def test_about_is_no_claim_and_that_is_said() -> None:
    assert only("$$ x \\approx 3 $$").remarks == (
        "line 1: what is said with ≈ is not checked; a claim is said with =",
    )


def test_typed_lines() -> None:
    text = (
        "```gradlab\n# a comment\nfunction: L = (y − t)²; y = wx\nat: w=1,\n   x=2\nname: mine\n"
        "w: 2(y − t)\n   · x\n∂L/∂w = 2(y − t)\n       · x\n  = 2x(wx − t)\nfunction: x^2\n```"
    )
    section = only(text)
    assert [(f.key, "".join(f.text.split())) for f in section.fields] == [("at", "w=1,x=2"), ("name", "mine")]
    assert [(e.by, "".join(e.text.split()), e.line) for e in section.equations] == [
        ("", "L=(y−t)²", 3),
        ("", "y=wx", 3),
        ("w", "2(y−t)·x", 7),
        ("", "∂L/∂w=2(y−t)·x=2x(wx−t)", 9),
        ("=", "x^2", 12),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a" * 1_000_001, "at most 1,000,000 characters"),
        ("a\n\0", "NUL"),
        ("$a=b$ " * 2_001, "at most 2,000 statements"),
        ("$a$ " * 20_001, "at most 20,000 headings and pieces"),
        ("# a\n$a=b$\n" * 201, "at most 200 problems"),
    ],
)
def test_what_is_too_much_is_refused(text: str, said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        read_document(text, "markdown")


BOMBS = {
    "dollars": "$" * 100_000,
    "dollars apart": "$ " * 100_000,
    "money": "$5 " * 300_000,
    "open brackets": "\\[ " * 300_000,
    "ticks": " ".join("`" * (k % 300 + 1) for k in range(6_000)),
    "quotes": "> " * 400_000,
    "lists": "- " * 400_000,
    "deep lists": "\n".join(" " * k + "- a" for k in range(1_300)),
    "environments": "\\begin{align}" * 60_000,
    "verbatim": "\\begin{verbatim}" * 60_000,
    "braces": "$$" + "{" * 9_000 + "$$",
    "equals": "$" + "=" * 9_000 + "$",
    "rows": "$$" + "\\\\" * 4_900 + "$$",
    "derivatives": "∂" * 900_000,
    "fractions": "\\frac{\\partial " * 60_000,
    "d": "d" * 900_000,
    "backslashes": "\\" * 900_000,
    "comments": "%" * 900_000,
    "headings": "#\n" * 300_000,
    "underlines": "a\n---\n" * 100_000,
    "spaces": " " * 900_000,
    "a line of a block": "```gradlab\n" + "=" * 900_000 + "\n```",
    "brackets in a block": "```gradlab\n" + "(;" * 400_000 + "\n```",
}


@pytest.mark.parametrize("kind", ["markdown", "tex"])
@pytest.mark.parametrize("name", BOMBS)
def test_hostile_documents_are_read_or_refused(name: str, kind: str) -> None:
    """Work that grew with the square of the text would keep these going for minutes."""
    said = ""
    sections: tuple[Section, ...] = ()
    try:
        sections = read_document(BOMBS[name], "tex" if kind == "tex" else "markdown").sections
    except DocumentError as error:
        said = error.message
    assert "at most" in said or not [e for s in sections for e in s.equations if "=" not in e.text]


@settings(max_examples=200, deadline=None)
@given(st.text("$\\[](){}=`#~>-\n ab∂/&%:;,.|\"'1", max_size=200), st.sampled_from(["markdown", "tex"]))
def test_any_text_is_a_document(text: str, kind: str) -> None:
    lines = text.count("\n") + 1
    for section in read_document(text, "tex" if kind == "tex" else "markdown").sections:
        places = [section.line, *(f.line for f in section.fields), *(e.line for e in section.equations)]
        places += [trouble.line for trouble in section.troubles]
        assert all(1 <= line <= lines for line in places)
