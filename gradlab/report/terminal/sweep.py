"""Expression swell over the sizes of a family."""

from __future__ import annotations

from gradlab.record import CaseRecord
from gradlab.report.terminal.layout import Lines, Page

__all__ = ["sweep_lines"]


def sweep_lines(case: CaseRecord, page: Page) -> Lines:
    """The study, where the case has one."""
    if case.sweep is None:
        return []
    raise NotImplementedError
