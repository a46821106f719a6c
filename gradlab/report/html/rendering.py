"""Templates: every text that goes into one is escaped, and a name that is not given is an error."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from gradlab.record import Kind
from gradlab.report._words.numerals import digits
from gradlab.report._words.wording import MARKS, derivative, method_name, plural
from gradlab.report.html.mathematics import formula

__all__ = ["mark", "named", "render"]

_WORD = re.compile(r"(\w+)")


def render(template: str, /, **context: object) -> Markup:
    """A template of the folder `templates`, filled in; what is no Markup is escaped."""
    return Markup(_environment().get_template(f"{template}.html").render(**context))  # noqa: S704 (escaped)


@lru_cache(maxsize=8192)
def mark(kind: Kind, word: str | None = None) -> Markup:
    """The sign of a verdict, and for who can't see it its word (or another, or none).

    >>> mark("agree")
    Markup('<span class="mark agree" aria-hidden="true">✓</span><span class="said">agree</span>')
    """
    sign = Markup('<span class="mark {}" aria-hidden="true">{}</span>').format(kind, MARKS[kind])
    said = kind if word is None else word
    return sign + (Markup('<span class="said">{}</span>').format(said) if said else Markup())


@lru_cache(maxsize=8192)
def named(name: str) -> Markup:
    """A name as it looks in a formula: a single letter in italics, with its number below.

    >>> named("∂f/∂W0"), named("lam")
    (Markup('∂<i>f</i>/∂<i>W</i><sub>0</sub>'), Markup('lam'))
    """
    parts = []
    for word in _WORD.split(name):
        letter, number = word[:1], word[1:]
        if letter.isalpha() and (not number or number.isdecimal()):
            below = Markup("<sub>{}</sub>").format(number) if number else Markup()
            parts.append(Markup("<i>{}</i>").format(letter) + below)
        else:
            parts.append(escape(word))
    return Markup().join(parts)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("gradlab.report.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        derivative=derivative,
        digits=digits,
        formula=formula,
        mark=mark,
        method_name=method_name,
        named=named,
        plural=plural,
    )
    return environment
