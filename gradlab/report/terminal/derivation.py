"""Derivations, line by line, with the first wrong one marked; and what the mistakes are called."""

from __future__ import annotations

from rich.text import Text

from gradlab.record import CaseRecord, Chain, Line, Mistake
from gradlab.report.terminal.layout import Lines, Page, hanging, labelled
from gradlab.report.terminal.palette import LABEL, NAME, QUIET, mark, style

__all__ = ["derivation_lines", "mistake_lines"]

FOLLOWS = "↳"
"""The sign of a line that follows from a wrong one: nothing is wrong with the step."""


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
    for number, line in enumerate(chain.lines):
        if number or not line.read_as.startswith("∂") or len(chain.lines) == 1:
            own = [
                m
                for m in case.mistakes
                if m.line == number and chain.by in m.by and m.location == line.location
            ]
            lines += _line(number, width, line, own, page)
    return lines


def _line(number: int, width: int, line: Line, mistakes: list[Mistake], page: Page) -> Lines:
    follows = line.verdict == "agree" and line.right == "disagree"
    sign = Text(FOLLOWS, QUIET) if follows else mark(line.verdict)
    margin = Text.assemble("   ", sign, (f" {number or '':>{width}}  ", QUIET))
    wrong = line.verdict == "disagree"
    lines = hanging(margin, Text(line.read_as or line.text, style("disagree") if wrong else ""), page)
    blank = Text(" " * margin.cell_len)
    if page.verbosity > 0 and line.read_as and line.text != line.read_as:
        lines += hanging(blank.copy(), Text(f"written: {line.text}", QUIET), page)
    if line.reason:
        lines += hanging(blank.copy(), Text(line.reason, "" if wrong else QUIET), page)
    for mistake in mistakes:
        lines += hanging(blank.copy(), _named(mistake), page)
    return lines


def mistake_lines(case: CaseRecord, page: Page) -> Lines:
    """The mistakes of claims that are judged as a whole; of these the first is in the case's reason already."""
    lines: Lines = []
    for mistake in case.mistakes:
        if mistake.line is None and mistake.sentence.rstrip(".") not in case.reason:
            lines += labelled("mistake", _named(mistake), page)
    return lines


def _named(mistake: Mistake) -> Text:
    text = Text(mistake.sentence)
    if mistake.also:
        text.append(f" (Or: {'; '.join(mistake.also)}.)", QUIET)
    return text
