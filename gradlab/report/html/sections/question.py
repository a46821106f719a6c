"""What was asked: the function and the claims, as typed and as mathematics, and what was assumed."""

from __future__ import annotations

from textwrap import dedent

from markupsafe import Markup

from gradlab.record import CaseRecord, Formula
from gradlab.report._derivation import claims_beside, of_claims
from gradlab.report._gradient import is_short
from gradlab.report.html.rendering import render

__all__ = ["section"]


def section(case: CaseRecord, identifier: str, *, brief: bool) -> Markup:
    """The section as HTML. brief: as typed, and not as mathematics."""
    claimed = () if brief else case.claimed
    claims = (
        [] if claimed and not _code(case) else [dedent(claim).strip("\n") for claim in claims_beside(case)]
    )
    return render(
        "question",
        case=case,
        formulas=() if brief else case.formulas,
        source=dedent(case.function).strip("\n"),
        claimed=claimed,
        claims=claims,
        gradient=() if brief else _gradient(case),
        mistakes=of_claims(case),
        repairs=[repair for repair in case.repairs if repair.line is None],
        place=identifier.replace("-", " "),
    )


def _code(case: CaseRecord) -> bool:
    """Whether a claim is code, or a formula that says something beside what is shown as mathematics."""
    return any("\n" in claim or "def " in claim for claim in case.claims)


def _gradient(case: CaseRecord) -> tuple[Formula, ...]:
    """The derivative put together, if it is short; a longer one is found with the explanation."""
    closed = case.explanation.closed if case.explanation is not None else ()
    return closed if is_short(closed) else ()
