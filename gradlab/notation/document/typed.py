"""A block of typed lines: fields of the header, and equations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from gradlab.notation.document.parts import UNNAMED, Equation, Field, Source, Trouble
from gradlab.notation.error import excerpt

KEYS = ("function", "at", "by", "shapes", "assume", "name")
_SPELLED = {"shape": "shapes", "point": "at", "wrt": "by", "functions": "function", "assumption": "assume"}

_FIELD = re.compile(r"\s*([^\W\d_]+)\s*:(?!=)")
_CLAIM = re.compile(r"\s*(?:∂\s*/?\s*∂?\s*)?([^\W\d]\w*(?:_?\{\w+\})?)\s*:(?!=)")
_GOES_ON = re.compile(r"\s*[=+\-−·*/⊙@)\]}]")
_UNFINISHED = re.compile(r"[=+\-−·*/⊙@,(\[{]\s*\Z")


def typed_lines(text: str, start: int, end: int, source: Source) -> Iterator[Field | Equation | Trouble]:
    r"""What text[start:end] says, a statement a line; a line that begins with `=` goes on with the one before.

    >>> text = "by: w\nL = w^2\n∂L/∂w = w + w\n= 2w\n"
    >>> [part.text for part in typed_lines(text, 0, len(text), Source(text))]
    ['w', 'L = w^2', '∂L/∂w = w + w\n= 2w']
    """
    for begin, finish in _logical_lines(text, start, end):
        line = text[begin:finish].rstrip()
        field, claim = _FIELD.match(line), _CLAIM.match(line)
        key = field[1].lower() if field else ""
        key = _SPELLED.get(key, key)
        if field and key in KEYS:
            value = line[field.end() :]
            if key == "function":
                yield from _equations(text, begin + field.end(), begin + len(line), source, named=True)
            elif value.strip():
                yield Field(key, value.strip(), source.line(begin))
        elif claim and len(claim[1]) > 2 and (close := get_close_matches(key, [*KEYS, *_SPELLED], 1)):
            yield Trouble(f"'{key}:' is not known here; did you mean '{close[0]}:'?", source.line(begin))
        elif claim:
            formula = line[claim.end() :]
            lead = len(formula) - len(formula.lstrip())
            place = begin + claim.end() + lead
            yield Equation(formula.strip(), source.line(place), "typed", by=claim[1])
        else:
            yield from _equations(text, begin, begin + len(line), source)


def _logical_lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Lines, each with those that go on with it. Empty ones, and those that begin with #, are left out."""
    begun: int | None = None
    last = place = start
    for line in text[start:end].splitlines(keepends=True):
        here, place = place, place + len(line)
        bare = line.strip()
        if begun is not None:
            unfinished = _UNFINISHED.search(text[max(begun, last - 200) : last].rstrip()) is not None
            if bare and (unfinished or _GOES_ON.match(line)):
                last = place
                continue
            yield begun, last
            begun = None
        if bare and not bare.startswith("#"):
            begun, last = here, place
    if begun is not None:
        yield begun, last


def _equations(
    text: str, start: int, end: int, source: Source, *, named: bool = False
) -> Iterator[Equation | Trouble]:
    """The equations of a line; several are separated by semicolons that stand in no bracket.

    named: a formula alone is a function without a name.
    """
    begin, depth = start, 0
    for place in range(start, end + 1):
        character = text[place] if place < end else ";"
        depth += (character in "([{") - (character in ")]}")
        if character != ";" or (depth > 0 and place < end):
            continue
        written = text[begin:place]
        lead = len(written) - len(written.lstrip())
        first, begin = begin + lead, place + 1
        written = written.strip()
        if not written:
            continue
        if "=" in written:
            yield Equation(written, source.line(first), "typed")
        elif named:
            yield Equation(written, source.line(first), "typed", by=UNNAMED)
        else:
            yield Trouble(
                f"'{excerpt(written, 40)}' says nothing: a line of a block is an equation, such as L = (y − t)², or one of "
                + ", ".join(f"{key}:" for key in KEYS),
                source.line(first),
            )
