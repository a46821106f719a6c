"""The error of difference quotients against their step."""

from __future__ import annotations

from gradlab.record import CaseRecord
from gradlab.report.terminal.layout import Lines, Page

__all__ = ["step_size_lines"]


def step_size_lines(case: CaseRecord, page: Page) -> Lines:
    """The study, where the case has one."""
    if case.step_sizes is None:
        return []
    raise NotImplementedError
