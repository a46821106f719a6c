"""Derivations, line by line, with the first wrong one marked; and what the mistakes are called."""

from __future__ import annotations

from rich.text import Text

from gradlab.record import CaseRecord, Chain, Line, Mistake, Repair
from gradlab.report._words.derivation import (
    FOLLOWS,
    follows,
    made_in,
    of_claims,
    repaired,
    shown_lines,
    would,
)
from gradlab.report.terminal.layout import Lines, Page, hanging, labelled
from gradlab.report.terminal.palette import LABEL, NAME, QUIET, mark, style

__all__ = ["derivation_lines", "mistake_lines"]


def derivation_lines(case: CaseRecord, page: Page) -> Lines:
    """Every derivation of a case."""
    lines: Lines = []
    for chain in case.chains:
        lines += [Text(), *_chain(case, chain, page)]
    return lines


def _chain(case: CaseRecord, chain: Chain, page: Page) -> Lines:
    origin = chain.lines[0].location if chain.lines else ""
    head = Text.assemble("  ", ("derivation ", LABEL), (chain.title, NAME))
    if origin:
        head.append(f"   {origin}", QUIET)
    lines = [head]
    width = len(str(len(chain.lines) - 1))
    for number, line in shown_lines(chain):
        told = [_named(mistake) for mistake in made_in(case, chain, number)]
        told += [_repaired(repair, chain) for repair in repaired(case, chain, number)]
        lines += _line(number, width, line, told, page)
    return lines


def _line(number: int, width: int, line: Line, told: list[Text], page: Page) -> Lines:
    sign = Text(FOLLOWS, QUIET) if follows(line) else mark(line.verdict)
    margin = Text.assemble("   ", sign, (f" {number or '':>{width}}  ", QUIET))
    wrong = line.verdict == "disagree"
    lines = hanging(margin, Text(line.read_as or line.text, style("disagree") if wrong else ""), page)
    blank = Text(" " * margin.cell_len)
    if page.verbosity > 0 and line.read_as and line.text != line.read_as:
        lines += hanging(blank.copy(), Text(f"written: {line.text}", QUIET), page)
    if line.reason:
        lines += hanging(blank.copy(), Text(line.reason, "" if wrong else QUIET), page)
    for text in told:
        lines += hanging(blank.copy(), text, page)
    return lines


def _repaired(repair: Repair, chain: Chain) -> Text:
    """A line as it would be right, or follow."""
    label = (f"{would(chain, repair)}: ", LABEL)
    return _with_change(Text.assemble(label, (repair.text, style("agree"))), repair)


def _with_change(text: Text, repair: Repair) -> Text:
    if repair.change:
        text.append(f"   ({repair.change})", QUIET)
    return text


def mistake_lines(case: CaseRecord, page: Page) -> Lines:
    """The mistakes of claims that are judged as a whole, and the claims made right."""
    lines: Lines = []
    for mistake in of_claims(case):
        lines += labelled("mistake", _named(mistake), page)
    for repair in case.repairs:
        if repair.line is None:
            right = Text.assemble("would be ", (f"∂/∂{repair.by} = {repair.text}", style("agree")))
            lines += labelled("right", _with_change(right, repair), page)
    return lines


def _named(mistake: Mistake) -> Text:
    text = Text(mistake.sentence)
    if mistake.also:
        text.append(f" (Or: {'; '.join(mistake.also)}.)", QUIET)
    return text
