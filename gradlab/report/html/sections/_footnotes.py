"""Remarks that would widen a table: gathered below it, the same remark under one number."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

__all__ = ["Footnotes"]


class Footnotes:
    """Those of one table.

    >>> notes = Footnotes()
    >>> notes.sign("slow"), notes.sign(""), notes.sign("slow"), list(notes)
    (Markup('<sup>1</sup>'), Markup(''), Markup('<sup>1</sup>'), [(1, 'slow')])
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def sign(self, remark: str) -> Markup:
        """The number that points to the remark."""
        if not remark:
            return Markup("")
        return Markup("<sup>{}</sup>").format(self._numbers.setdefault(remark, len(self._numbers) + 1))

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """The numbers with their remarks."""
        return iter([(number, remark) for remark, number in self._numbers.items()])
