"""Hand derivations line by line: what is wrong, what follows from it, how it would be right, and then the gradient."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from gradlab.record import CaseRecord, Chain, Line, Mistake, Repair
from gradlab.report._words.derivation import FOLLOWS, follows, made_in, repaired, shown_lines, would
from gradlab.report.html.mathematics import formula
from gradlab.report.html.rendering import mark, render
from gradlab.report.html.sections._gradient import short_gradient

__all__ = ["section"]

_WIDE = 40
"""Characters of LaTeX that may be wider than a telephone: mathematics is not broken into lines."""


@dataclass(frozen=True)
class _Line:
    """A line with what is said of it."""

    number: int
    sign: Markup
    formula: Markup
    typed: str
    """What was typed, where that is not what is shown."""
    wide: bool
    first: bool
    """Whether it is the first wrong one."""
    wrong: bool
    follows: bool
    reason: str
    mistakes: list[Mistake]
    repairs: list[tuple[Repair, str]]
    """Each with what the line would be."""


def section(case: CaseRecord, *, brief: bool) -> Markup:
    """The section as HTML; empty where nothing was derived by hand. brief: the lines as typed, and no more."""
    if not case.chains:
        return Markup()
    return render(
        "derivation",
        name=case.name,
        chains=[(chain, _lines(case, chain, brief)) for chain in case.chains],
        gradient=() if brief else short_gradient(case),
    )


def _lines(case: CaseRecord, chain: Chain, brief: bool) -> list[_Line]:
    lines: list[_Line] = []
    for number, line in shown_lines(chain):
        text, latex = (line.text, "") if brief else (line.read_as or line.text, line.latex)
        wrong = line.verdict == "disagree"
        lines.append(
            _Line(
                number=number,
                sign=_sign(line),
                formula=formula(latex, text),
                typed=line.text if text != line.text else "",
                wide=len(latex) > _WIDE,
                first=wrong and not any(other.wrong for other in lines),
                wrong=wrong,
                follows=follows(line),
                reason=_reason(line),
                mistakes=made_in(case, chain, number),
                repairs=[(repair, would(chain, repair)) for repair in repaired(case, chain, number)],
            )
        )
    return lines


def _sign(line: Line) -> Markup:
    if follows(line):
        return Markup('<span class="mark calm" aria-hidden="true">{}</span>').format(FOLLOWS)
    return mark(line.verdict)


def _reason(line: Line) -> str:
    if follows(line):
        return "Follows from the line above, but the derivative is not this."
    said = line.reason[:1].upper() + line.reason[1:]
    return said if said.endswith((".", "?", "!")) or not said else f"{said}."
