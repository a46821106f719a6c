"""The simplest point at which a claim is wrong, and code that shows it."""

from __future__ import annotations

from markupsafe import Markup

from gradlab.record import CaseRecord
from gradlab.report._words.numerals import shortened
from gradlab.report._words.points import input_value
from gradlab.report.html.rendering import render

__all__ = ["section"]


def section(case: CaseRecord, identifier: str) -> Markup:
    """The section as HTML; empty where none was found."""
    found = case.counterexample
    if found is None:
        return Markup()
    return render(
        "counterexample",
        found=found,
        inputs=[(item, input_value(item)) for item in found.inputs],
        claimed=shortened(found.claimed, 16),
        right=shortened(found.derivative, 16),
        place=identifier.replace("-", " "),
    )
