"""Pictures as SVG, one kind a module: coloured by the page's style sheet alone, so that they follow light and dark."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

__all__ = ["Figure"]


@dataclass(frozen=True)
class Figure:
    """A picture with its words."""

    svg: Markup
    """An `svg` element with role="img", a title and a description that say what it shows."""
    caption: str
    """What stands below it."""
