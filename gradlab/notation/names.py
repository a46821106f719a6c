"""What counts as a name, and the one form in which names are compared.

`x_1`, `x1`, `x₁` and `x_{1}` are one name, and so are `λ`, `lambda` and `lam`. Letters are Latin (with or
without accents) and Greek; a Cyrillic х, which only looks like an x, is no letter here.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from gradlab.notation.error import FormulaError, excerpt

LONGEST = 64
"""Characters in a name."""

_LETTERS = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "ζ": "zeta",
    "η": "eta",
    "θ": "theta",
    "ι": "iota",
    "κ": "kappa",
    "λ": "lambda",
    "μ": "mu",
    "ν": "nu",
    "ξ": "xi",
    "ο": "omicron",
    "π": "pi",
    "ρ": "rho",
    "σ": "sigma",
    "τ": "tau",
    "υ": "upsilon",
    "φ": "phi",
    "χ": "chi",
    "ψ": "psi",
    "ω": "omega",
}
_CAPITALS = {letter.upper(): name.capitalize() for letter, name in _LETTERS.items()}
_VARIANTS = {"ϵ": "epsilon", "ϑ": "theta", "ϕ": "phi", "ϱ": "rho", "ς": "sigma", "µ": "mu", "∆": "Delta"}
GREEK = {**_LETTERS, **_CAPITALS, **_VARIANTS}
"""Greek letter to its spelled name."""

# Letters that look like Latin ones (ν, ο, Α, …) are printed as words.
_PRINTED = {name: letter for letter, name in GREEK.items() if letter in "αβγδεζηθικλμξπρστφχψωΓΔΘΛΞΠΣΦΨΩ"}

_IN_PYTHON = {"lam", "lmbda", "lambda_"}
"""How λ is called in Python, where `lambda` is a keyword."""

_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥ"
_STEM = re.compile(r"^(?P<stem>_*[^\W\d_]+)(?P<rest>.*)$", re.DOTALL)
_LAYER = re.compile(r"^(?P<stem>[^\W\d_]+)\^\((?P<index>[0-9]{1,3})\)_?\{?(?P<subscript>\w*)\}?$")
_SINGLE = re.compile(rf"^(?:[^\W\d_]|{'|'.join(GREEK.values())})\W*(?:\d+|_\w+)?$")


@functools.lru_cache(maxsize=1024)
def is_letter(character: str) -> bool:
    """Whether a character can begin a name (besides the underscore)."""
    if character.isascii():
        return character.isalpha()
    return character in GREEK or unicodedata.name(character, "").startswith(
        ("LATIN SMALL LETTER", "LATIN CAPITAL LETTER", "GREEK SMALL LETTER", "GREEK CAPITAL LETTER")
    )


def is_digit(character: str) -> bool:
    """Whether a character is one of 0 to 9."""
    return "0" <= character <= "9"


def scan(text: str, start: int) -> int:
    """Where the word that begins at `start` ends; `start` itself if none begins there.

    >>> scan("x_{12} + y", 0), scan("2x", 0)
    (6, 0)
    """
    if start >= len(text) or not (is_letter(text[start]) or text[start] == "_"):
        return start
    end = start + 1
    while end < len(text):
        character = text[end]
        if character == "{" and text[end - 1] == "_":
            close = end + 1
            while close < len(text) and (is_letter(text[close]) or is_digit(text[close])):
                close += 1
            if close == end + 1 or text[close : close + 1] != "}":
                return end
            end = close + 1
        elif (
            is_letter(character)
            or is_digit(character)
            or character == "_"
            or character in _SUBSCRIPTS
            or unicodedata.combining(character)
        ):
            end += 1
        else:
            break
    return end


def canonical_name(name: str) -> str:
    """The form in which names are compared. Raises `FormulaError` for what is no name.

    A layer stands as in W^(1), and with a subscript as in W^(1)_out.

    >>> [canonical_name(name) for name in ("x_1", "x₁", "x_{1}", "λ", "W_{out}")]
    ['x1', 'x1', 'x1', 'lambda', 'W_out']
    """
    word = unicodedata.normalize("NFC", name.strip())
    if layer := _LAYER.match(word):
        stem, subscript = canonical_name(layer["stem"]), layer["subscript"]
        return f"{stem}^({layer['index']})" + (canonical_name("x_" + subscript)[1:] if subscript else "")
    if not word or scan(word, 0) != len(word):
        raise FormulaError(
            f"'{excerpt(name)}' is not a name: a name is a letter, Latin or Greek, and then letters, "
            "digits and subscripts.",
            name,
        )
    spelled = _canonical(word)
    if (length := max(len(word), len(spelled))) > LONGEST:
        raise FormulaError(f"A name has at most {LONGEST} characters; this one has {length}.", name)
    return spelled


def _canonical(word: str) -> str:
    letters = []
    for position, character in enumerate(word):
        if character in _SUBSCRIPTS:
            if word[position - 1] not in _SUBSCRIPTS:
                letters.append("_")
            letters.append(unicodedata.normalize("NFKC", character))
        elif character not in "{}":
            letters.append(GREEK.get(character, character))
    spelled = unicodedata.normalize("NFC", "".join(letters))
    if spelled in _IN_PYTHON:
        return "lambda"
    return re.sub(r"(?<=[^\W\d_])_+(?=[0-9]+$)", "", spelled)


def is_single(name: str) -> bool:
    """Whether a canonical name is one letter, Latin or Greek, with or without a subscript.

    Only such names are recognised when they are typed without a blank between them, as in `wx`.

    >>> is_single("x1"), is_single("lambda"), is_single("rate")
    (True, True, False)
    """
    return _SINGLE.match(name) is not None


def printed(name: str) -> str:
    """A canonical name as it is shown: Greek names as letters, where no Latin letter looks the same.

    >>> printed("lambda"), printed("theta1"), printed("nu")
    ('λ', 'θ1', 'nu')
    """
    match = _STEM.match(name)
    if match is None:
        return name
    return _PRINTED.get(match["stem"], match["stem"]) + match["rest"]
