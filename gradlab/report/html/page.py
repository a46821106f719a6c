"""The page: its head, and its sections one after another."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from gradlab.record import Record
from gradlab.report._cleaning import cleaned
from gradlab.report._wording import closing
from gradlab.report.html.rendering import render

__all__ = ["page"]

_STYLES = ("colours", "page", "studies", "figures", "mathematics")


def page(record: Record) -> str:
    """The whole page as HTML."""
    record = cleaned(record)
    style = _style()
    return render("page", record=record, closing=closing(record), style=Markup(style), policy=_policy(style))  # noqa: S704 (ours)


@cache
def _style() -> str:
    """All style sheets, one after another."""
    folder = files("gradlab.report.html") / "styles"
    return "\n".join((folder / f"{name}.css").read_text(encoding="utf-8") for name in _STYLES)


def _policy(style: str) -> str:
    """The Content-Security-Policy: this one style sheet and the fonts in it, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; font-src data:; base-uri 'none'; form-action 'none'"
