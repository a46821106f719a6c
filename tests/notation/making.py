"""Formulas made by rule, typed and in LaTeX, most of which can be read: what is refused never reaches what is deeper.

For the tests beside it and for `benchmarks.fuzz`. The names are those of the scopes in `fuzzing`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

_NAMES = {
    "numbers": ([*"xywbtz", "x1", "x_1", "λ"], []),
    "arrays": ([*"xybstWArn", "y_hat", "W^(1)", "W^(1)_out", "v_a"], []),
    "definitions": ([*"xywbtzqhqh", "λ"], ["f", "f'", "g", "σ", "σ'", "f''"]),
    "arrays and definitions": ([*"xybstWArnzLzLk", "y_hat", "W^(1)"], ["f", "f'", "φ", "φ'"]),
    "awkward": ([*"TdeiDf", "pi", "sigma", "sum", "max", "sin", "rate", "d_x", "x_1a"], []),
    "none": ([*"xyw12"], []),
}
_IN_LATEX = {
    "λ": "\\lambda ", "y_hat": "\\hat{y}", "W^(1)": "W^{(1)}", "W^(1)_out": "W^{(1)}_{\\mathrm{out}}", "pi": "\\pi ",
    "x1": "x_1", "v_a": "v_a", "sigma": "\\sigma ", "rate": "\\mathrm{rate}", "sin": "\\sin ", "max": "\\max ", "sum": "\\mathrm{sum}",
    "x_1a": "x_{1a}",
}  # fmt: skip


_DERIVATIVES = (
    "d/d{0}[{1}]",
    "∂/∂{0} {2}",
    "∂({1})/∂{0}",
    "∂{2}/∂{0}",
    "∇_{0} ({1})",
    "d{2}/d{0}",
    "d²/d{0}² ({1})",
)
_DERIVATIVES_IN_LATEX = (
    r"\frac{{\partial {1}}}{{\partial {0}}}",
    r"\frac{{d}}{{d{0}}}[{1}]",
    r"\frac{{\partial}}{{\partial {0}}} {2}",
    r"\nabla_{{{0}}} ({1})",
    r"\frac{{\partial ({1})}}{{\partial {0}}}",
    r"\frac{{d^2 {2}}}{{d{0}^2}}",
    r"\frac{{\partial^2 {2}}}{{\partial {0} \partial x}}",
)
"""{0} is a name, {1} a sum and {2} a factor."""


@cache
def _functions() -> tuple[str, ...]:
    return (
        "sin",
        "cos",
        "tan",
        "exp",
        "ln",
        "log",
        "tanh",
        "sqrt",
        "σ",
        "relu",
        "arctan",
        "abs",
        "sinh",
        "log2",
        "log10",
        "sec",
    )


class Rule:
    """Formulas made by rule, most of which can be read: what is refused never reaches the deeper parts."""

    def __init__(self, source: random.Random, scope: str, *, latex: bool) -> None:
        self.random = source
        self.latex = latex
        self.names, self.functions = _NAMES[scope]
        self.arrays = "W" in self.names or source.random() < 0.05
        self.indices: list[str] = []
        self.level = 0
        self.deepest = source.choice((1, 2, 2, 3, 3, 4, 5))

    def text(self, definition: bool = False) -> str:
        """A formula, or a chain or definition."""
        form = self.random.random()
        if form < 0.1:
            return f"{self.sum()} = {self.sum()}"
        if form < 0.12 or definition:
            return f"{self.random.choice(('p', 'F(u)', 'F(u, v)', 'φ(z)', 'm_1', 'C'))} = {self.sum()}"
        return self.sum()

    def sum(self) -> str:
        """Terms."""
        self.level += 1
        if self.level > self.deepest:
            self.level -= 1
            return self.atom()
        text = self.random.choice(("", "", "", "", "", "", "-", "−", "+")) + self.term()
        while self.random.random() < 0.35:
            text += self.random.choice((" + ", " - ", "+", "-", " − ")) + self.term()
        self.level -= 1
        return text

    def term(self) -> str:
        """Factors."""
        text = self.factor()
        signs: tuple[str, ...] = ("\\cdot ", " ", "/") if self.latex else (" ", "·", "*", "/", "")
        if self.arrays:
            signs += ("\\odot ", "\\times ") if self.latex else (" @ ", " ⊙ ")
        while self.random.random() < 0.4:
            text += (
                self.random.choice(signs)
                + (self.random.choice(("-", "+")) if self.random.random() < 0.03 else "")
                + self.factor()
            )
        return text

    def factor(self) -> str:
        """An atom, perhaps with an exponent."""
        text = self.atom()
        chance = self.random.random()
        if chance < 0.12:
            exponent = self.random.choice(
                ("2", "3", "{2}", "{-1}", "{" + self.sum() + "}", "{" + self.name() + "}", "2", "{10}")
            )
            if self.random.random() < 0.03:
                exponent = self.random.choice(("(1)", "{(1)}", "x", "-2", "T"))
            text += "^" + exponent
        elif chance < 0.18 and self.arrays:
            text += self.random.choice(("^{\\top}", "^T", "^\\top") if self.latex else ("ᵀ", "^T", "⊤"))
        elif chance < 0.2:
            text += self.random.choice(("²", "⁻¹", "³"))
        return text

    def atom(self) -> str:
        """What stands by itself, or begins with an operator."""
        chance = self.random.random()
        if self.level >= self.deepest or chance < 0.35:
            return self.name()
        if chance < 0.45:
            return self.random.choice(
                ("1", "2", "0.5", "10", "3", "0", "1e3" if not self.latex else "1.5", "½", "7", "12345678.9")
            )
        made: Callable[[], str] = self.random.choice((
            self.group, self.group, self.function, self.function, self.derivative, self.big, self.bars, self.cases, self.call,
            self.quotient, *((self.matrix, self.element) if self.arrays else ()),
        ))  # fmt: skip
        return made()

    def name(self) -> str:
        """A symbol."""
        name: str = self.random.choice((*self.names, *self.indices))
        if self.latex:
            name = _IN_LATEX.get(name, name)
            name = f"\\mathbf{{{name}}}" if name.isalpha() and self.random.random() < 0.05 else name
        return name + (" " if self.latex and self.random.random() < 0.3 else "")

    def group(self) -> str:
        """Brackets."""
        pairs = (
            (("(", ")"), ("\\left(", "\\right)"), ("[", "]"))
            if self.latex
            else (("(", ")"), ("(", ")"), ("[", "]"), ("{", "}"))
        )
        opening, closing = self.random.choice(pairs)
        return opening + self.sum() + closing

    def function(self) -> str:
        """A function, with or without brackets."""
        name = self.random.choice(_functions())
        if self.latex:
            known = {
                "σ": "\\sigma",
                "relu": "\\mathrm{ReLU}",
                "abs": "\\operatorname{abs}",
                "log2": "\\log_2",
                "log10": "\\log_{10}",
            }
            name = known.get(name, "\\" + name)
        if name == "\\sqrt":
            return f"\\sqrt{{{self.sum()}}}"
        name += self.random.choice(("", "", "", "", "^2", "'", "''"))
        if self.random.random() < 0.7:
            return f"{name}({self.sum()})"
        return f"{name} {self.factor()}"

    def call(self) -> str:
        """A function that is defined, or one of several arguments."""
        name = self.random.choice((*self.functions, "σ'")).replace("φ", "\\phi" if self.latex else "φ")
        name = name.replace("σ", "\\sigma" if self.latex else "σ")
        if self.random.random() < 0.7:
            return f"{name}({self.sum()})"
        head = self.random.choice(
            ("max", "min", "diag", "outer", "dot", "sum", "mean", "norm") if self.arrays else ("max", "min")
        )
        if "g" in self.functions and self.random.random() < 0.6:
            head = "g"
        if self.latex and head != "g":
            head = "\\" + head if head in {"max", "min"} else f"\\operatorname{{{head}}}"
        return (
            f"{head}({self.sum()}, {self.sum()})" if self.random.random() < 0.6 else f"{head}({self.sum()})"
        )

    def derivative(self) -> str:
        """∂/∂x, in one of its forms."""
        by = self.name().strip()
        form = self.random.choice(_DERIVATIVES_IN_LATEX if self.latex else _DERIVATIVES)
        return form.format(by, self.sum(), self.factor())

    def big(self) -> str:
        """A sum or product over an index."""
        index = self.random.choice(
            [letter for letter in "ijkm" if letter not in (*self.indices, *self.names)] or ["l"]
        )
        operation = self.random.choice(("\\sum", "\\prod") if self.latex else ("sum", "∑", "prod", "∏"))
        last = self.random.choice(("3", "2", "n", "10", self.sum()))
        self.indices.append(index)
        body = self.factor() if self.random.random() < 0.6 else self.group()
        self.indices.pop()
        limits = self.random.choice(
            (
                f"_{{{index}=1}}^{{{last}}}",
                f"_{index}",
                f"_{{{index}={self.sum()}}}^{{3}}",
                f"_{{{index}=1}}^3",
            )
        )
        return f"{operation}{limits} {body}"

    def bars(self) -> str:
        """A length, or an absolute value."""
        typed = (("|", "|"), ("‖", "‖"), ("||", "||"), ("‖", "‖_1"), ("‖", "‖_F"))
        pairs = (
            (("|", "|"), ("\\lVert ", "\\rVert"), ("\\left|", "\\right|"), ("\\|", "\\|_1"))
            if self.latex
            else typed
        )
        opening, closing = self.random.choice(pairs)
        return opening + self.sum() + closing

    def cases(self) -> str:
        """Cases."""
        first, left, right, last = self.sum(), self.sum(), self.sum(), self.sum()
        if self.latex:
            relation = self.random.choice(("<", "\\ge", "=", "\\ne"))
            return f"\\begin{{cases}} {first} & {left} {relation} {right} \\\\ {last} & \\text{{otherwise}} \\end{{cases}}"
        return (
            f"cases({first} if {left} {self.random.choice(('<', '≥', '=', '!='))} {right}; {last} otherwise)"
        )

    def matrix(self) -> str:
        """A vector or a matrix."""
        if self.latex:
            return f"\\begin{{pmatrix}} {self.sum()} & {self.sum()} \\\\ {self.sum()} & {self.sum()} \\end{{pmatrix}}"
        parts = self.sum(), self.sum()
        return (
            f"[{parts[0]}, {parts[1]}]"
            if self.random.random() < 0.6
            else f"[[{parts[0]}, {parts[1]}], [{parts[1]}, {parts[0]}]]"
        )

    def quotient(self) -> str:
        """A fraction."""
        return f"\\frac{{{self.sum()}}}{{{self.sum()}}}" if self.latex else f"({self.sum()})/({self.sum()})"

    def element(self) -> str:
        """An element of an array."""
        index = self.random.choice(
            (*self.indices, "1", "2", "3", "i", "{i+1}", "{12}", "{1,2}", "{ij}", "{i,j}", "0", "{n}")
        )
        return self.random.choice(("x", "x", "W", "A", "y", "b", "W^{(1)}", "r")) + "_" + index
