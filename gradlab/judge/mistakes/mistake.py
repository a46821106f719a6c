"""What is said of a wrong derivation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """A slip that gives just the answer that was claimed; or, without a `kind`, what could be found out of it."""

    kind: str
    """The slip's name in the table; "" where no one slip explains the answer, and the sentence tells its ratio
    to the right one, or its difference from it.
    """
    sentence: str
    by: tuple[str, ...]
    """The arguments whose derivative it explains."""
    also: tuple[str, ...] = ()
    """Other slips that give the very same answer."""
