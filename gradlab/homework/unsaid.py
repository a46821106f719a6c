r"""What a text does not say, and every reader knows: that σ is a symbol, that x_i are the elements of x.

- A σ that is nowhere applied to anything (`\frac{(x-\mu)^2}{2\sigma^2}`) is a symbol, and not the logistic function.
- What is derived by, and is only then set to something made of the same symbols (`dJ/dw = … = 0`, so
  `w = xy/(x² + λ)`), is a symbol that was solved for, and not a quantity.
- What has the index of a sum at its foot (`\sum_{i=1}^n w x_i`) is an array, whose length nothing says: three.

What is assumed is told in the notes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from gradlab.notation.error import FormulaError
from gradlab.notation.names import canonical_name, printed

LENGTH = 3
"""Of an array whose length is not said: sums of two terms hide what sums of three show."""
MOST_LENGTH = 12

_SIGMA = re.compile(r"\\sigma(?![a-zA-Z])|σ")
_APPLIED = re.compile(
    r"\s*(?:\^\s*(?:\{?\s*\\prime|\{\s*['′]|\{\s*-1\s*\})|\^\s*(?:\w|\{\w+\})\s*(?:\\left|\\[bB]igg?l?)?\s*\(|['′’_₀-₉]|(?:\\left|\\[bB]igg?l?)?\s*[(\[]"
    r"|\\!\s*(?:\\left)?\s*\()"
)
_SUM = re.compile(
    r"(?:\\(?:sum|prod)\s*(?:\\limits)?|∑|∏|\b(?:sum|prod))\s*_\s*(?:\{\s*)?(?P<index>[a-zA-Z])(?![a-zA-Z])"
    r"(?:\s*=\s*1\s*\}?\s*\^\s*\{?\s*(?P<upper>\d{1,3}|[a-zA-Z])?)?"
)
_NAME = r"(?P<name>\\(?:mathbf|boldsymbol|bm|hat|bar|tilde)\s*\{\s*\\?[a-zA-Z]+\s*\}|\\[a-zA-Z]+|[a-zA-Z])"
_STYLED = re.compile(r"\\(?:mathbf|boldsymbol|bm)\s*\{\s*\\?([a-zA-Z]+)\s*\}")
_ACCENTED = re.compile(r"\\(hat|bar|tilde)\s*\{\s*\\?([a-zA-Z]+)\s*\}")


def sigma_is_a_symbol(texts: Sequence[str]) -> bool:
    r"""Whether σ stands in the texts, and is nowhere applied.

    >>> sigma_is_a_symbol([r"\frac{(x-\mu)^2}{2\sigma^2}"]), sigma_is_a_symbol([r"\sigma^2", r"\sigma(z)"])
    (True, False)
    """
    found = [(text, sigma.end()) for text in texts for sigma in _SIGMA.finditer(text)]
    return bool(found) and not any(_APPLIED.match(text, end) for text, end in found)


def summed_arrays(texts: Sequence[str], declared: Collection[str]) -> dict[str, int]:
    r"""The arrays, by canonical name, whose elements are summed in the texts, with a length.

    >>> summed_arrays([r"\sum_{i=1}^n (w x_i - \hat{y}_i)^2"], [])
    {'x': 3, 'y_hat': 3}
    """
    found: dict[str, int] = {}
    for text in texts:
        first: dict[str, re.Match[str]] = {}
        for big in _SUM.finditer(text):
            first.setdefault(big["index"], big)
        for index, big in first.items():
            upper = big["upper"] or ""
            length = min(max(int(upper), 2), MOST_LENGTH) if upper.isdecimal() else LENGTH
            use = re.compile(
                rf"{_NAME}\s*(?P<foot>_\s*(?:{index}(?![a-zA-Z])|\{{\s*{index}\s*\}})|\^\s*\{{\s*\(\s*{index}\s*\)\s*\}})"
            )
            for one in use.finditer(text, big.end()):
                name = _canonical(one["name"])
                if name.upper() in declared and name.upper() != name:
                    continue  # x_n beside a matrix X is one of its rows, and no number
                if name and name not in declared and one["name"] not in {"\\sum", "\\prod"}:
                    found[name] = max(found.get(name, 0), length)
    return found


def lengths(texts: Sequence[str]) -> set[str]:
    r"""The letters up to which sums go: \sum_{i=1}^n has an n, which is a number elsewhere too."""
    uppers = {big["upper"] for text in texts for big in _SUM.finditer(text)}
    return {upper for upper in uppers if upper and upper.isalpha()}


def is_derived_by(name: str, lefts: Sequence[str]) -> bool:
    r"""Whether one of the left sides is a derivative by the name, as it is written.

    >>> is_derived_by("w", [r"\frac{dJ}{dw}"]), is_derived_by("w", [r"\frac{dw}{dx}", "w"])
    (True, False)
    """
    operator = r"(?:\\partial|∂|d|\\mathrm\s*\{\s*d\s*\})"
    below = rf"[}}/]\s*\{{?\s*{operator}\s*\{{?\s*{re.escape(name.strip())}(?![a-zA-Z_])"
    foot = rf"(?:\\nabla|∇)\s*_\s*\{{?\s*{re.escape(name.strip())}(?![a-zA-Z_])"
    primed = rf"['′’]\s*\(\s*{re.escape(name.strip())}\s*\)"
    by = re.compile(rf"{below}|{foot}|{primed}")
    return any(by.search(one) for one in lefts)


def told(arrays: Collection[str], length: int) -> str:
    """The sentence on arrays of a length that was assumed."""
    listed = ", ".join(map(printed, sorted(arrays)))
    return (
        f"no length is given for {listed}: {length} elements each"
        if len(arrays) > 1
        else (f"no length is given for {listed}: {length} elements")
    )


def _canonical(written: str) -> str:
    """The canonical name of what is written at a sum's index; "" for what is none."""
    written = _STYLED.sub(r"\1", written)
    if accent := _ACCENTED.fullmatch(written):
        written = f"{accent[2]}_{accent[1]}"
    try:
        return canonical_name(written.removeprefix("\\"))
    except FormulaError:
        return ""
