"""The derivative put together, where it is short enough to be taken in at a glance."""

from __future__ import annotations

from gradlab.record import CaseRecord, Formula
from gradlab.report._words.gradient import is_short


def short_gradient(case: CaseRecord) -> tuple[Formula, ...]:
    """Its lines; a longer one is found with the explanation."""
    closed = case.explanation.closed if case.explanation is not None else ()
    return closed if is_short(closed) else ()
