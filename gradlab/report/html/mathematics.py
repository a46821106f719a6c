"""Formulas as MathML."""

from __future__ import annotations

from markupsafe import Markup, escape

__all__ = ["formula"]


def formula(latex: str, text: str) -> Markup:
    """A formula that we have written as LaTeX, set inline; or its text as code, where there is none that can be set."""
    return Markup(f"<code>{escape(text)}</code>")  # noqa: S704 (escaped)
