"""What each method costs, as bars."""

from __future__ import annotations

from gradlab.record import Timing
from gradlab.report.html.figures import Figure

__all__ = ["draw_times"]


def draw_times(timing: Timing, identifier: str) -> Figure | None:
    """A bar a method with the quartiles, in evaluations of f."""
    return None
