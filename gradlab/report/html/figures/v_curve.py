"""The V curve: the error of difference quotients against their step."""

from __future__ import annotations

from gradlab.record import StepSizes
from gradlab.report.html.figures import Figure

__all__ = ["draw_v_curve"]


def draw_v_curve(step_sizes: StepSizes, identifier: str) -> Figure | None:
    """The curves of the component to draw, on logarithmic axes."""
    return None
