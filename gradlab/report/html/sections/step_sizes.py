"""To be drawn."""

from __future__ import annotations

from markupsafe import Markup

from gradlab.record import CaseRecord

__all__ = ["section"]


def section(case: CaseRecord, identifier: str) -> Markup:
    """The section as HTML; empty where the record holds nothing for it."""
    return Markup("")
