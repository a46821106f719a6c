r"""Adjoints: `\bar p` after `\bar L = 1`, and `y^\nabla`, are derivatives of one quantity, L, and written out as such.

A bar is an adjoint only where a seed says so (the bar of something that is defined is set to 1): elsewhere \bar x
is a name like any other, of a mean for example. `y^\nabla` is one anywhere; L is then what was defined last.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from gradlab.homework.said import Said, take_apart
from gradlab.notation.names import printed

_BELOW = r"(?:\s*_\s*(?:\w|\{\s*\w+\s*\}))?"
_LETTER = r"(?:\\(?:mathbf|boldsymbol|bm)\s*\{\s*\\?[a-zA-Z]+\s*\}|\\[a-zA-Z]+|[a-zA-Z])"
_BAR = re.compile(
    rf"\\(?:bar|overline)\s*(?:\{{\s*(?P<braced>{_LETTER}{_BELOW})\s*\}}|(?P<plain>{_LETTER}))(?P<below>{_BELOW})"
)
_NABLA = re.compile(rf"(?P<name>{_LETTER}{_BELOW})\s*\^\s*(?:\{{\s*\\nabla\s*\}}|\\nabla(?![a-zA-Z]))")
_ONE = re.compile(r"\s*1\s*\Z")


def with_adjoints(own: Sequence[Said], inherited: Sequence[Said]) -> tuple[list[Said], str]:
    """The equations with adjoints written as derivatives, and a note on it; as they are, with "", where there are none."""
    defined = {one.name: one for one in [*inherited, *own] if one.name}
    for one in own:
        bar = _BAR.fullmatch(one.left.strip()) if one.equation.latex else None
        if bar and len(one.equals) == 1 and _ONE.match(one.equation.text[one.equals[0] + 1 :]):
            seed = _stem(bar)
            name = _name_of(seed)
            if name in defined:
                others = [other for other in own if other is not one]
                note = f"bars are read as adjoints, derivatives of {printed(name)}, since that of {printed(name)} is set to 1"
                return [_written_out(other, _BAR, seed) for other in others], note
    first = next(
        (k for k, one in enumerate(own) if one.equation.latex and _NABLA.search(one.equation.text)), None
    )
    if first is None:
        return list(own), ""
    before = [one for one in [*inherited, *own[:first]] if one.name and one.equals and one.equation.latex]
    if not before:
        return list(own), ""
    of = before[-1]
    note = f"a name with ∇ above is read as the derivative of {printed(of.name)}, which is defined last, by the name"
    return [_written_out(one, _NABLA, of.left.strip()) for one in own], note


def _stem(bar: re.Match[str]) -> str:
    """What stands under a bar, with its subscript."""
    return f"{bar['braced'] or bar['plain']}{bar['below']}"


def _name_of(written: str) -> str:
    """The canonical name of a symbol in LaTeX."""
    from gradlab.notation.document import Equation

    return take_apart(Equation(f"{written} = 1", 1, "inline")).name


def _written_out(one: Said, pattern: re.Pattern[str], of: str) -> Said:
    """An equation with ∂of/∂x for each adjoint of x."""

    def derivative(adjoint: re.Match[str]) -> str:
        by = adjoint["name"] if pattern is _NABLA else _stem(adjoint)
        return rf"\left(\frac{{\partial {of}}}{{\partial {by}}}\right)"

    if not one.equation.latex or not pattern.search(one.equation.text):
        return one
    return take_apart(replace(one.equation, text=pattern.sub(derivative, one.equation.text)))
