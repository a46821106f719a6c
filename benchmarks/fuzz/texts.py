"""Hostile texts: the texts of the tests and the examples, and formulas made by rule, changed at random; plain noise."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from pathlib import Path

from tests.notation.making import Rule

ROOT = Path(__file__).parents[2]
LONGEST = 10_000
"""Characters of a text: a formula has no more."""
_SOURCES = ("tests/notation", "tests/homework", "tests/judge", "tests/cli", "examples/homework")

TYPED = [
    *"xywbtzAWrsnuvfghqkLT0129", "x1", "x_1", "x_i", "x_{i+1}", "W_{ij}", "W_ij", "A_{12}", "W^(1)", "W^{(1)}", "λ",
    "lambda", "σ", "σ'", "f'", "f''", "e", "e^", "pi", "π", "½", "²", "⁻¹", "ᵀ", "^T", "^{T}", "@", "⊙", "∘", "·",
    "×", "*", "**", "/", "+", "-", "−", "^", "(", ")", "[", "]", "{", "}", "|", "||", "‖", "‖_1", "‖_F", "_", ",",
    ";", "=", " ", " ", "'", "′", "″", "!", ":", ".", "sin ", "sin^2 ", "sin^{-1}", "ln", "log_2(", "sqrt", "√",
    "max(", "relu(", "tanh", "exp(", "diag(", "outer(", "σ(", "f(", "g(", "d/dx", "d/dx[", "∂/∂x ", "∂L/∂x", "∂x/∂",
    "d²/dx²", "∂²f/∂x∂y", "∇_x ", "∇", "sum_{i=1}^{3} ", "sum_i ", "∑_{i=1}^n", "prod_{i=1}^3 ", "sum_{", "}^{",
    "cases(", " if ", " otherwise", "<", "≥", "!=", "0.5", "1e5", "1e308", "9^9", "1/0", "0^0", ".", "x₁", "ₙ",
    "⊤", "∏", "xsin", "sinx", "wx", "2x", "10^7", "norm(", "mean(", "sum(", "[1,2]", "[[1,2],[3,4]]",
]  # fmt: skip
LATEX = [
    "\\frac", "\\tfrac12", "\\frac{", "}{", "\\partial", "\\frac{\\partial}{\\partial x}", "\\frac{\\partial L}{\\partial x}",
    "\\frac{d}{dx}", "\\nabla_x", "\\nabla_{x}", "\\sum_{i=1}^{3}", "\\sum_i", "\\prod_{i=1}^n", "\\left(", "\\right)", "\\left[",
    "\\right]", "\\left|", "\\right|", "\\lVert", "\\rVert", "\\|", "\\Vert", "^{\\top}", "^\\top", "^T", "^{(1)}", "^{-1}",
    "^2", "^{2}", "_{ij}", "_i", "_1", "_{12}", "_{\\mathrm{out}}", "\\sigma", "\\sigma'", "\\sigma(", "\\lambda", "\\mathbf{x}",
    "\\boldsymbol{w}", "\\hat{y}", "\\bar{x}", "\\mathrm{d}", "\\mathrm{ReLU}", "\\operatorname{diag}", "\\text{otherwise}",
    "\\text{if }", "\\begin{cases}", "\\end{cases}", "\\begin{aligned}", "\\end{aligned}", "\\begin{pmatrix}", "\\end{pmatrix}",
    "\\begin{bmatrix}", "\\end{bmatrix}", "&", "\\\\", "\\cdot", "\\times", "\\odot", "\\circ", "\\log", "\\ln", "\\exp", "\\sin",
    "\\sin^2", "\\tanh", "\\max", "\\sqrt", "\\sqrt[3]", "\\,", "\\;", "\\quad", "\\le", "\\geq", "\\ne", "<", ">", "=", "+", "-",
    "/", "(", ")", "[", "]", "{", "}", "|", "'", "\\prime", "^", "_", ",", ".", "~", "%", "$", *"xywbtzAWTdefghk01234",
    "\\pi", "\\infty", "\\mathbb{R}", "\\in", "\\dots", "\\label{a}", "\\boxed{", "\\bigl(", "\\bigr)", "\\displaystyle",
    "\\circ", "\\intercal", "\\mathsf{T}", "\\mathcal{L}", "\\phi", "\\varphi", "\\ell", "\\ ", "\n", "\\!", "½", "²", "∂", "∑",
]  # fmt: skip
DOCUMENT = [
    "# Problem\n", "## a\n", "$", "$$", "\n$$\n", "\\[", "\\]", "\\(", "\\)", "```gradlab\n", "```\n", "```math\n", "~~~\n", "    ",
    "> ", "- ", "at: ", "shapes: ", "shapes: W: 2×2, x: 2\n", "function: ", "x: 2x\n", "wrt: x\n", "problem: ", "symbols: ",
    "at: x=2, w=0.5\n", "∂L/∂w = ", "L = x^2\n", "\n\n", "\n", "$x = 2$", "$W \\in \\mathbb{R}^{2\\times 3}$", "\\section{a}\n",
    "\\begin{align*}\n", "\\end{align*}\n", "\\begin{equation}", "\\end{equation}", "\\begin{problem}", "\\begin{document}",
    "% gradlab: ", "% gradlab: at: x=1\n", "\\begin{verbatim}", "\\end{verbatim}", "<!--", "-->", "\\input{/etc/passwd}", "&=", "\\\\",
    "\\newcommand{\\a}{\\a\\a}", "\\def\\x{1}", "\\verb|$|", "\\%", "\\$", "`", "``", "<script>", "[a](b)", "|a|b|\n|-|-|\n", "\\text{if}",
]  # fmt: skip
STRANGE = [
    "\0", "\x1b[31m", "\u202e", "\u2066", "\u200b", "\ufeff", "\u0445", "\uff58", "\u0301", "\ud800", "\udfff", "\U0001d465", "∞", "\u211d",
    "٣", "१", "Ⅷ", "\x85", "\u2028", "\r", "\t", "\x07", "\x7f", "ß", "İ", "ﬁ", "é", "e\u0301", "K", "Å", "µ", "ϵ", "ϕ",
    "ς", "\u00ad", "\u061c", "ǆ", "⅓", "①", "㎏", "¹", "₊", "⁽", "__import__", "\\x41", "{{7*7}}", "%s", "{0}", "{x}", "=1+1",
]  # fmt: skip

_LONG = [
    [piece for piece in dict.fromkeys(pieces) if len(piece) > 1 or piece > "\x7f"]
    for pieces in (LATEX, TYPED, DOCUMENT)
]
PIECES = [*_LONG[0][:54], *_LONG[1][:46], *_LONG[2][:20], *STRANGE[:8]]
"""What the bytes above 127 stand for, where texts are made of bytes."""


def seeds(more: tuple[Path, ...] = ()) -> tuple[list[str], list[str]]:
    """The texts of one line or a few, and the documents; `more` are files whose lines are texts too."""
    short: dict[str, None] = {}
    documents: dict[str, None] = {}
    for folder in _SOURCES:
        for path in sorted((ROOT / folder).iterdir()):
            if path.suffix == ".py":
                for text in _strings(path):
                    (documents if "\n" in text else short)[text] = None
            elif path.is_file():
                text = path.read_text(encoding="utf-8")
                documents[text] = None
                short.update(dict.fromkeys(line.strip() for line in text.splitlines()))
    for path in more:
        lines = path.read_text(encoding="utf-8").splitlines()
        short.update(dict.fromkeys(line.strip() for line in lines))
    return [text for text in short if text], [text for text in documents if len(text) < LONGEST]


def _strings(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and 0 < len(node.value) < LONGEST:
            yield node.value


class Maker:
    """Makes texts, from one seed of randomness."""

    def __init__(self, seed: int, more: tuple[Path, ...] = ()) -> None:
        self.random = random.Random(seed)
        self.short, self.documents = seeds(more)

    def formula(self, scope: str = "arrays and definitions", *, definition: bool = False) -> str:
        """A formula, a chain or a definition, or what is left of one; made by rule, over the names of a scope."""
        kind = self.random.random()
        if kind < 0.55:
            text = Rule(self.random, scope, latex=self.random.random() < 0.45).text(definition)
            return text if self.random.random() < 0.75 else self.changed(text)[:LONGEST]
        if kind < 0.8:
            return self.changed(self.random.choice(self.short))[:LONGEST]
        return self.soup() if kind < 0.985 else self.repeated()

    def values(self) -> str:
        """What stands after --at or --hand."""
        tokens = [
            *"xwA=:,;[]()+-/",
            "1",
            "0.5",
            "pi",
            "e",
            "sqrt(2)",
            "1e308",
            "9^9",
            "=[1,2]",
            "x_1=",
            "∂f/∂x:",
            " ",
            "1/0",
            "∂",
        ]
        kind = self.random.random()
        if kind < 0.4:
            pairs = [
                f"{self.random.choice(_TARGETS)}{self.value()}" for _ in range(self.random.randint(1, 4))
            ]
            return self.random.choice((", ", "; ", ",")).join(pairs)
        if kind < 0.7:
            return "".join(self.random.choices(tokens, k=self.random.randint(1, 15)))
        return self.changed(self.random.choice(self.short))[:LONGEST]

    def value(self) -> str:
        """A number, or a list of them."""
        pick = self.random
        if pick.random() < 0.25:
            return "[" + ", ".join(self.value() for _ in range(pick.randint(0, 3))) + "]"
        made = Rule(pick, "none", latex=False)
        made.names = ["1", "2", "0.5", "pi", "e", "1e300", "0", "3"]
        made.deepest = pick.choice((1, 1, 2))
        return made.sum()

    def document(self, form: str = "md") -> str:
        """A document, of blocks and formulas."""
        kind = self.random.random()
        if kind < 0.35:
            return self.changed(self.random.choice(self.documents))[:LONGEST]
        if kind < 0.7:
            text = self.homework(form)
            return text if self.random.random() < 0.7 else self.changed(text)[:LONGEST]
        parts = []
        for _ in range(self.random.randint(1, 12)):
            parts.append(self.random.choice(DOCUMENT))
            if self.random.random() < 0.5:
                parts.append(self.formula(definition=self.random.random() < 0.3)[:400])
        return "".join(parts)[:LONGEST]

    def homework(self, form: str) -> str:
        """A problem of the usual form: a function, perhaps a point, and a derivation."""
        pick = self.random
        latex = form == "tex" or pick.random() < 0.5

        def rule() -> str:
            made = Rule(pick, "numbers", latex=latex)
            made.deepest = pick.choice((1, 1, 1, 2, 2, 3))
            return made.sum().strip()

        by = pick.choice("xywb")
        point = pick.choice(
            ("", "", "", "at: x=2, y=0.5, w=1, b=-1, t=1, z=3, x1=1, λ=2\n", f"at: x = {rule()}\n")
        )
        steps = " = ".join(rule() for _ in range(pick.randint(1, 3)))
        if latex:
            marks = (
                "\\frac{\\partial L}{\\partial %s}",
                "\\frac{dL}{d%s}",
                "\\nabla_%s L",
                "\\frac{\\partial}{\\partial %s} L",
            )
            also = " + xywbtz x_1 \\lambda" if point else ""
            text = f"$q = {rule()}$, $L = {rule()} + {by}^2{also}$\n\n$$\n{pick.choice(marks) % by} = {steps}\n$$\n"
            if form == "md":
                return f"# One\n```gradlab\n{point}```\n{text}" if point else text
            return f"\\section{{One}}\n% gradlab: {point}\n{text}"
        left = pick.choice((f"∂L/∂{by} =", f"dL/d{by} =", f"{by}:"))
        return f"# One\n\n```gradlab\n{point}q = {rule()}\nL = {rule()} + {by}^2\n{left} {steps}\n```\n"

    def soup(self) -> str:
        """Tokens in a row."""
        tokens = self.random.choice(
            [TYPED, TYPED, LATEX, LATEX, [*TYPED, *LATEX], [*TYPED, *STRANGE], STRANGE]
        )
        glue = self.random.choice(["", "", " "])
        return glue.join(self.random.choices(tokens, k=int(self.random.paretovariate(0.7)) % 60 + 1))

    def repeated(self) -> str:
        """A few tokens, again and again: what takes time that grows with the square of the length shows here."""
        body = self.random.choice(["", " "]).join(self.token() for _ in range(self.random.randint(1, 5)))
        return self.random.choice(["", "x", "L = ", "$"]) + (body * LONGEST)[: LONGEST - 100]

    def token(self) -> str:
        """Any token."""
        kind: list[str] = self.random.choice([TYPED, LATEX, STRANGE, DOCUMENT])
        return self.random.choice(kind)

    def changed(self, text: str) -> str:
        """A text with some changes."""
        pick = self.random
        for _ in range(min(int(pick.paretovariate(1.0)), 8)):
            first, last = sorted((pick.randint(0, len(text)), pick.randint(0, len(text))))
            part = text[first:last]
            match pick.randint(0, 8):
                case 0:
                    text = text[:first] + text[last:]
                case 1:
                    text = text[:last] + part + text[last:]
                case 2:
                    much = pick.choice([2, 10, 60, 151, 1000])
                    text = text[:first] + part[:40] * much + text[last:]
                case 3:
                    text = text[:first] + self.token() + text[last if pick.random() < 0.3 else first :]
                case 4:
                    other = pick.choice(self.short)
                    cut = pick.randint(0, len(other))
                    text = text[:first] + other[cut:]
                case 5:
                    opening, closing = pick.choice(_WRAPS)
                    much = pick.choice([1, 1, 1, 20, 61, 200])
                    text = text[:first] + opening * much + part + closing * much + text[last:]
                case 6:
                    middle = pick.randint(last, len(text))
                    text = text[:first] + text[last:middle] + part + text[middle:]
                case 7 if text:
                    place = pick.randrange(len(text))
                    text = text[:place] + pick.choice("()[]{}|^_=+-/*'\\&$% \n") + text[place + 1 :]
                case _:
                    text = text[:first] + self.token() + text[first:]
            text = text[: 2 * LONGEST]
        return text


_TARGETS = ["x = ", "w=", "A = ", "x_1=", "λ=", "W^(1) = ", "x: ", "∂f/∂x1 = ", "df/dx: ", "∂y: "]
_WRAPS = [
    ("(", ")"), ("{", "}"), ("[", "]"), ("|", "|"), ("‖", "‖"), ("sin(", ")"), ("\\left(", "\\right)"), ("\\sqrt{", "}"),
    ("\\frac{1}{", "}"), ("d/dx[", "]"), ("∂(", ")/∂x"), ("\\frac{\\partial}{\\partial x}(", ")"), ("cases(", " if x > 0)"),
    ("\\mathrm{", "}"), ("\\hat{", "}"), ("x^{", "}"), ("sum_{i=1}^3 (", ")"), ("\\begin{pmatrix}", "\\end{pmatrix}"), ("f(", ")"),
    ("$", "$"), ("$$", "$$"), ("```gradlab\n", "\n```\n"), ("\\begin{aligned}", "\\end{aligned}"), ("x_{", "}"), ("|x", "x|"),
]  # fmt: skip
