"""Templates: every text that goes into one is escaped, and a name that is not given is an error."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

__all__ = ["render"]


def render(template: str, /, **context: object) -> Markup:
    """A template of the folder `templates`, filled in; what is no Markup is escaped."""
    return Markup(_environment().get_template(f"{template}.html").render(**context))  # noqa: S704 (escaped)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("gradlab.report.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
