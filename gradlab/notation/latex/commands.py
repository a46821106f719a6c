r"""What the commands of LaTeX stand for: one table a kind.

A command that is in none of these tables is refused.
"""

from __future__ import annotations

from gradlab.notation import names
from gradlab.notation.functions import FUNCTIONS

DEFINING = frozenset(
    [
        "def",
        "edef",
        "gdef",
        "xdef",
        "let",
        "futurelet",
        "newcommand",
        "renewcommand",
        "providecommand",
        "DeclareMathOperator",
        "newenvironment",
        "renewenvironment",
        "input",
        "include",
        "includegraphics",
        "usepackage",
        "RequirePackage",
        "documentclass",
        "write",
        "immediate",
        "openin",
        "openout",
        "read",
        "catcode",
        "csname",
        "endcsname",
        "expandafter",
        "loop",
        "repeat",
        "special",
        "directlua",
    ]
)
"""Commands that define or load."""

GREEK = {name: name for name in names.GREEK.values()}
"""Command to canonical name."""

VARIANTS = {
    "varepsilon": "epsilon",
    "vartheta": "theta",
    "varphi": "phi",
    "varrho": "rho",
    "varsigma": "sigma",
    "varpi": "pi",
    "varkappa": "kappa",
    "varGamma": "Gamma",
    "varDelta": "Delta",
    "varTheta": "Theta",
    "varLambda": "Lambda",
    "varSigma": "Sigma",
    "varPhi": "Phi",
    "varPsi": "Psi",
    "varOmega": "Omega",
}
"""Other shapes of Greek letters."""

STYLES = {
    **dict.fromkeys(["mathbf", "boldsymbol", "bm", "mathbfit", "symbf", "pmb", "textbf"], "bold"),
    **dict.fromkeys(["vec", "overrightarrow"], "with an arrow"),
    **dict.fromkeys(["mathcal", "mathscr"], "script"),
    **dict.fromkeys(["mathfrak"], "fraktur"),
    **dict.fromkeys(
        ["mathrm", "text", "textrm", "mbox", "operatorname", "operatorname*", "mathup"], "upright"
    ),
    **dict.fromkeys(["mathsf", "mathtt", "textsf", "texttt"], "sans"),
    **dict.fromkeys(["mathit", "mathnormal", "textit"], ""),
}
"""Command to the style that it sets its one symbol in; '' is that of every letter."""

WORDS = frozenset(
    {"mathrm", "text", "textrm", "operatorname", "operatorname*", "mathup", "mathit", "mathsf", "mathtt"}
)
"""The styles in which several letters are one name."""

ACCENTS = {
    "hat": "hat",
    "widehat": "hat",
    "bar": "bar",
    "overline": "bar",
    "tilde": "tilde",
    "widetilde": "tilde",
    "dot": "dot",
    "ddot": "ddot",
    "check": "check",
    "breve": "breve",
}
"""Command to what a name with this accent ends with: \\hat{y} is y_hat."""

MARKS = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde", "\u0307": "dot", "\u0308": "ddot"}
"""The same accents as Unicode has them."""

FUNCTION_COMMANDS = {
    name: name for name in FUNCTIONS if name in {
        "exp", "ln", "log", "sin", "cos", "tan", "tg", "sec", "csc", "cot", "arcsin", "arccos", "arctan",
        "sinh", "cosh", "tanh", "coth", "max", "min", "det",
    }
}  # fmt: skip
"""\\log, \\sin, …: the command to the function's name."""

BASES = {"10": "log10", "2": "log2", "e": "ln"}
"""\\log_{10}: the base to the function."""

SIGNS = {
    "cdot": ("TIMES", "·"),
    "times": ("TIMES", "×"),
    "ast": ("TIMES", "*"),
    "odot": ("HADAMARD", "⊙"),
    "circ": ("HADAMARD", "∘"),
    "div": ("DIVIDE", "/"),
    "slash": ("DIVIDE", "/"),
    "lbrace": ("LPAR", "{"),
    "rbrace": ("RPAR", "}"),
}
"""Command to the terminal and its value."""

CHARACTERS = {
    "+": ("PLUS", "+"),
    **dict.fromkeys("-−–‐‑", ("MINUS", "-")),
    **dict.fromkeys("*∗", ("TIMES", "*")),
    **dict.fromkeys("·⋅∙", ("TIMES", "·")),
    "×": ("TIMES", "×"),
    **dict.fromkeys("/∕⁄÷", ("DIVIDE", "/")),
    **dict.fromkeys("⊙∘", ("HADAMARD", "⊙")),
    "@": ("MATMUL", "@"),
    ",": ("COMMA", ","),
    ";": ("SEMICOLON", ";"),
}
"""Character to the terminal and its value."""

RELATIONS = {
    "<": "<", ">": ">", "=": "=", "≤": "≤", "≥": "≥", "≠": "≠", "lt": "<", "gt": ">", "le": "≤", "leq": "≤",
    "leqslant": "≤", "ge": "≥", "geq": "≥", "geqslant": "≥", "ne": "≠", "neq": "≠",
}  # fmt: skip
"""Character or command to the value of a RELATION."""

DROPPED = frozenset(
    [
        ",",
        ";",
        ":",
        "!",
        ">",
        "/",
        "quad",
        "qquad",
        "thinspace",
        "medspace",
        "thickspace",
        "negthinspace",
        "enspace",
        "displaystyle",
        "textstyle",
        "scriptstyle",
        "limits",
        "nolimits",
        "nonumber",
        "notag",
        "mathstrut",
        "strut",
        "allowbreak",
        "nobreak",
        "break",
        "hfill",
        "middle",
        "mathopen",
        "mathclose",
        "mathbin",
        "mathrel",
        "mathord",
        "mathop",
    ]
) | {" ", "\n", "\t", "\r"}
"""Commands that only move things about."""

DROPPED_WITH_ARGUMENT = frozenset(
    [
        "label",
        "tag",
        "tag*",
        "hspace",
        "hspace*",
        "vspace",
        "vspace*",
        "vphantom",
        "hphantom",
        "phantom",
        "color",
    ]
)
"""The same, with an argument that goes too."""

SIZES = {
    "left": "left",
    "right": "right",
    **{f"{size}{side}": f"any{kind}" for size in ("big", "Big", "bigg", "Bigg") for side, kind in
       (("", ""), ("l", " left"), ("r", " right"), ("m", ""))},
}  # fmt: skip
"""\\left, \\bigl, …: which side of a pair the next delimiter is; 'any' need not pair as \\left and \\right do."""

FRACTIONS = frozenset({"frac", "tfrac", "dfrac", "cfrac", "nicefrac", "sfrac"})

ROWS = frozenset(
    name + star
    for name in (
        "aligned",
        "align",
        "alignat",
        "split",
        "gather",
        "gathered",
        "eqnarray",
        "multline",
        "equation",
    )
    for star in ("", "*")
) | {"displaymath", "math"}
"""Environments whose rows are one chain."""

MATRICES = frozenset(
    {"pmatrix", "bmatrix", "Bmatrix", "matrix", "smallmatrix", "psmallmatrix", "bsmallmatrix"}
)

_DOTS = "Dots leave out what must be known here: write the terms out, or use \\sum."
_ARROW = "'{0}' is not read: a chain is written with '='."
_ABOUT = "'{0}' is not read: a formula is checked for equality, so write '=' or leave it out."
_BRACKETS = "Write the brackets as (…)."

REFUSED = {
    **dict.fromkeys(["ldots", "cdots", "dots", "vdots", "ddots", "dotsb", "dotsc", "dotsm", "…", "⋯"], _DOTS),
    **dict.fromkeys(["pm", "mp", "±", "∓"], "'{0}' stands for two formulas: write the one that you mean."),
    **dict.fromkeys(
        [
            "to",
            "rightarrow",
            "Rightarrow",
            "longrightarrow",
            "implies",
            "iff",
            "mapsto",
            "Leftrightarrow",
            "leftarrow",
            "gets",
            "→",
            "⇒",
            "↦",
        ],
        _ARROW,
    ),
    **dict.fromkeys(
        [
            "approx",
            "simeq",
            "sim",
            "cong",
            "propto",
            "equiv",
            "triangleq",
            "coloneqq",
            "doteq",
            "≈",
            "≡",
            "∝",
        ],
        _ABOUT,
    ),
    **dict.fromkeys(["infty", "∞"], "Infinity is not a number that a formula can hold."),
    "lg": "\\lg is the logarithm to base 10 for some and to base 2 for others: write \\log_{10} or \\log_2.",
    "lb": "Write \\log_2 for the logarithm to base 2.",
    "mathbb": "\\mathbb is not read; an indicator is written with cases: "
    "\\begin{cases} 1 & x > 0 \\\\ 0 & \\text{otherwise} \\end{cases}.",
    **dict.fromkeys(["over", "atop", "choose"], "'{0}' is not read: write \\frac{…}{…}."),
    **dict.fromkeys(
        ["bf", "rm", "it", "sf", "tt", "cal"], "'{0}' is not read: write \\mathbf{w}, \\mathrm{…} and so on."
    ),
    **dict.fromkeys(
        ["otimes", "⊗"], "'{0}' is the outer product for some and Kronecker's for others: write a b^\\top."
    ),
    **dict.fromkeys(
        ["oplus", "bullet", "star", "wedge", "cup", "cap"], "'{0}' has no meaning in a formula here."
    ),
    **dict.fromkeys(["int", "iint", "oint", "lim", "∫"], "'{0}' is not read: write the value out."),
    **dict.fromkeys(["langle", "rangle", "lfloor", "rfloor", "lceil", "rceil"], _BRACKETS),
    **dict.fromkeys(
        ["underset", "overset", "stackrel", "cancel", "underline"],
        "'{0}' is not read: leave it away, and write what it stands around.",
    ),
    **dict.fromkeys(["in", "notin", "forall", "exists", "∈", "∀"], "'{0}' has no meaning in a formula here."),
    **dict.fromkeys(["mid", "colon", ":", "vdash"], "'{0}' has no meaning in a formula here."),
    **dict.fromkeys(["sup", "inf", "arg", "argmax", "argmin"], "'{0}' is not read in formulas."),
    "%": "'{0}' is not read in formulas: write \\frac{x}{100}.",
    "!": "Factorials are not read in formulas: leave the term out if it is not derived, or give it a name.",
    "#": "'{0}' has no meaning in a formula.",
}
"""Commands and characters that are known and not read, with the sentence; {0} is what was typed."""
