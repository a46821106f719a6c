"""Expression swell against the size of a family."""

from __future__ import annotations

from gradlab.record import Sweep
from gradlab.report.html.figures import Figure

__all__ = ["draw_growth"]


def draw_growth(sweep: Sweep, identifier: str) -> Figure | None:
    """The operations of every form against the size, on a logarithmic axis, with the fits."""
    return None
