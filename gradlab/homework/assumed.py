r"""What an equation takes for granted: `P = P^\top` says that P is symmetric, `\sum_i y_i = 1` that y sums to 1."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gradlab.homework.said import Said
from gradlab.notation.document import Field

_NAME = r"(?:\\(?:mathbf|boldsymbol|bm)\s*\{\s*[a-zA-Z]\s*\}|\\[a-zA-Z]+|[a-zA-Z])"
_SYMMETRIC = re.compile(
    rf"\s*(?P<name>{_NAME})\s*=\s*(?P=name)\s*(?:\^\s*(?:T|\\top|\{{\s*(?:T|\\top|\\intercal)\s*\}})|ᵀ)\s*"
    rf"|\s*(?P<second>{_NAME})\s*(?:\^\s*(?:T|\\top|\{{\s*(?:T|\\top|\\intercal)\s*\}})|ᵀ)\s*=\s*(?P=second)\s*"
)
_SUMS_TO_ONE = re.compile(
    rf"\s*(?:\\sum|∑)\s*(?:\\limits)?\s*_\s*\{{?\s*(?P<index>[a-zA-Z])\s*(?:=\s*1\s*\}}\s*\^\s*\{{?\s*\w+\s*\}}?|\}}?)\s*"
    rf"(?P<name>{_NAME})\s*_\s*\{{?\s*(?P=index)\s*\}}?\s*=\s*1\s*"
)
_STYLE = re.compile(r"\\(?:mathbf|boldsymbol|bm)\s*\{\s*([a-zA-Z])\s*\}|\\([a-zA-Z]+)")


def with_assumptions(own: Sequence[Said]) -> tuple[list[Said], list[Field]]:
    """The equations without those that are assumptions, and these as lines of a header."""
    kept: list[Said] = []
    fields: list[Field] = []
    for one in own:
        text = one.equation.text
        if symmetric := _SYMMETRIC.fullmatch(text):
            name = symmetric["name"] or symmetric["second"]
            fields.append(Field("assume", f"{_plain(name)} symmetric", one.equation.line))
        elif sums := _SUMS_TO_ONE.fullmatch(text):
            fields.append(Field("assume", f"{_plain(sums['name'])} sums to 1", one.equation.line))
        else:
            kept.append(one)
    return kept, fields


def _plain(name: str) -> str:
    """A name without its style or its backslash."""
    return _STYLE.sub(lambda style: style[1] or style[2], name)
