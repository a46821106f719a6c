"""A derivation as a lecture teaches it: the graph, the values forward, the chain rule edge by edge."""

from __future__ import annotations

from gradlab.record import CaseRecord
from gradlab.report.terminal.layout import Lines, Page

__all__ = ["explanation_lines"]


def explanation_lines(case: CaseRecord, page: Page) -> Lines:
    """The study, where the case has one."""
    if case.explanation is None:
        return []
    raise NotImplementedError
