"""Which lines of a derivation are shown, and what belongs to each: the mistake made in it, and the line made right."""

from __future__ import annotations

from collections.abc import Iterator

from gradlab.record import CaseRecord, Chain, Line, Mistake, Repair

__all__ = [
    "FOLLOWS",
    "claims_beside",
    "follows",
    "made_in",
    "of_claims",
    "repaired",
    "shown_lines",
    "untold",
    "would",
]

FOLLOWS = "↳"
"""The sign of a line that follows from a wrong one: nothing is wrong with the step."""


def shown_lines(chain: Chain) -> Iterator[tuple[int, Line]]:
    """The lines with their numbers; the first says what is derived, which the title says already."""
    for number, line in enumerate(chain.lines):
        is_title = line.read_as.startswith("∂") or line.read_as == chain.title
        if number or not is_title or len(chain.lines) == 1:
            yield number, line


def follows(line: Line) -> bool:
    """Whether nothing is wrong with the step, but the line is not the derivative: one before it is wrong."""
    return line.verdict == "agree" and line.right == "disagree"


def made_in(case: CaseRecord, chain: Chain, number: int) -> list[Mistake]:
    """The mistakes that were made in this line of the derivation."""
    location = chain.lines[number].location
    return [m for m in case.mistakes if m.line == number and chain.by in m.by and m.location == location]


def repaired(case: CaseRecord, chain: Chain, number: int) -> list[Repair]:
    """The line made right, where a way was found."""
    location = chain.lines[number].location
    return [r for r in case.repairs if r.line == number and r.by == chain.by and r.location == location]


def would(chain: Chain, repair: Repair) -> str:
    """What a repaired line is: right; or, where the line before is wrong already, what follows from that."""
    before = chain.lines[repair.line - 1].right if repair.line else "agree"
    return "right would be" if before == "agree" else "what would follow"


def of_claims(case: CaseRecord) -> list[Mistake]:
    """The mistakes of claims that are judged as a whole; of these the first is in the case's reason already."""
    return [m for m in untold(case) if m.line is None]


def untold(case: CaseRecord) -> list[Mistake]:
    """The mistakes that the case's reason does not tell already."""
    return [m for m in case.mistakes if m.sentence.rstrip(".") not in case.reason]


def claims_beside(case: CaseRecord) -> list[str]:
    """The claims without what is the last line of a derivation, which is shown as a whole."""
    ends = tuple(f"∂/∂{chain.by} = " for chain in case.chains if chain.by)
    told = ("\n".join(r for r in claim.splitlines() if not r.startswith(ends)) for claim in case.claims)
    return [claim for claim in told if claim]
