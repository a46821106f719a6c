"""A derivation, line by line, and what is wrong with it."""

from __future__ import annotations

import msgspec

from gradlab.record.words import Kind


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a derivation; the first, number 0, is what is derived."""

    text: str
    """As written."""
    verdict: Kind
    """Against the line before: `inconclusive` where they can't be compared."""
    right: Kind
    """Against what is derived."""
    read_as: str = ""
    latex: str = ""
    """How it was read, as LaTeX that we have written; "" for code."""
    reason: str = ""
    location: str = ""
    """file:line."""


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """A derivation, judged line by line."""

    title: str
    """`∂L/∂w`."""
    by: str
    """The argument of the derivative; "" for an identity."""
    verdict: Kind
    lines: tuple[Line, ...]
    reason: str = ""


class Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """Why a derivation is wrong, as far as that can be said."""

    kind: str
    """The slip's name; "" where no one slip explains it, but something can be said of ratio or difference."""
    sentence: str
    by: tuple[str, ...] = ()
    """The arguments whose derivative it spoils."""
    also: tuple[str, ...] = ()
    """Other slips that give the very same answer."""
    line: int | None = None
    """The line of the derivation that it was made in, from 1."""
    location: str = ""
    """file:line."""


class Repair(msgspec.Struct, frozen=True, kw_only=True):
    """A wrong line, or claim, made right by the smallest change that was found."""

    by: str
    """The argument of the derivative."""
    text: str
    """The line as it would be right."""
    latex: str = ""
    """The same as LaTeX that we have written."""
    line: int | None = None
    """The line of the derivation by `by`, from 1; None for a claim that is no derivation."""
    change: str = ""
    """What was changed, in words: `x in place of 1`; "" where the line was written anew."""
    location: str = ""
    """file:line of the line of the derivation."""
