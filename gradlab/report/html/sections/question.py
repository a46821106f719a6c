"""What was asked: the function and the claims, as typed and as mathematics, and what was assumed."""

from __future__ import annotations

from textwrap import dedent

from markupsafe import Markup

from gradlab.record import CaseRecord, Repair
from gradlab.report._words.derivation import claims_beside, of_claims
from gradlab.report.html.rendering import render
from gradlab.report.html.sections._gradient import short_gradient

__all__ = ["section"]


def section(case: CaseRecord, identifier: str, *, brief: bool) -> Markup:
    """The section as HTML. brief: as typed, and not as mathematics."""
    derived = {line.read_as for chain in case.chains for line in chain.lines}
    claimed = () if brief else tuple(one for one in case.claimed if one.formula not in derived)
    claims = (
        []
        if case.claimed and not brief and not _code(case)
        else [dedent(claim).strip("\n") for claim in claims_beside(case)]
    )
    return render(
        "question",
        case=case,
        formulas=() if brief else case.formulas,
        source=dedent(case.function).strip("\n"),
        claimed=claimed,
        claims=claims,
        gradient=() if brief or case.chains else short_gradient(case),
        mistakes=of_claims(case),
        repairs=[(repair, _left_side(case, repair)) for repair in case.repairs if repair.line is None],
        place=identifier.replace("-", " "),
    )


def _left_side(case: CaseRecord, repair: Repair) -> str:
    """What a claim made right is the value of, named as the claim is."""
    names = (one.name for one in case.claimed if one.name.endswith(f"/∂{repair.by}"))
    return next(names, f"∂/∂{repair.by}")


def _code(case: CaseRecord) -> bool:
    """Whether a claim is code, or a formula that says something beside what is shown as mathematics."""
    return any("\n" in claim or "def " in claim for claim in case.claims)
