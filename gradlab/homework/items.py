"""Items of a list that are problems of their own, though no heading parts them.

`(a) f(x) = x² …` and `(b) f(x) = sin x …` are two functions f: what is defined anew in another item, after something
was derived, begins a new problem. Before anything is derived it is the same f in another form, which is checked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from gradlab.homework.said import Said
from gradlab.notation.document import Section

_VALUE = re.compile(r"[-+−\s\d.,;()\[\]{}\\/^eE·×]*\Z")


def sets_the_stage(one: Said) -> bool:
    """Whether an equation may be a definition or a value, and nothing else."""
    return bool(one.name) and not one.equation.by and len(one.equals) == 1


def divided(section: Section, said: Sequence[Said]) -> list[tuple[Section, list[Said]]]:
    """A section's problems, with what each says: one, unless an item of it defines anew what was defined before."""
    starts = [0]
    defined: dict[str, Said] = {}
    derived: list[int] = []
    for place, one in enumerate(said):
        if not _defines(one):
            derived.append(one.equation.item)
            continue
        before = defined.get(one.name)
        item = one.equation.item
        anew = before is not None and before.equation.item < item and _flat(before) != _flat(one)
        if before and anew and any(before.equation.item <= at < item for at in derived):
            start = next(k for k in range(len(said)) if said[k].equation.item == item)
            starts.append(start)
            defined = {other.name: other for other in said[start:place] if _defines(other)}
            derived = [other.equation.item for other in said[start:place] if not _defines(other)]
        defined.setdefault(one.name, one)
    if len(starts) == 1:
        return [(section, list(said))]
    parts = []
    lines = [section.line, *(said[start].equation.line for start in starts[1:]), float("inf")]
    for number, start in enumerate(starts):
        own = said[start : starts[number + 1] if number + 1 < len(starts) else len(said)]
        troubles = [
            t
            for t in section.troubles
            if (number == 0 or lines[number] <= t.line) and t.line < lines[number + 1]
        ]
        part = replace(
            section,
            line=section.line if number == 0 else own[0].equation.line,
            title=section.title if number == 0 else "",
            equations=tuple(one.equation for one in own),
            troubles=tuple(troubles),
            remarks=section.remarks if number == 0 else (),
        )
        parts.append((part, list(own)))
    return parts


def still_holding(inherited: Sequence[Said], taken: Collection[str]) -> list[Said]:
    """What of the definitions above still holds where these names are defined anew: not what is made of them."""
    gone = set(taken)
    heads = [_head(one) for one in inherited if one.name in gone]
    kept = [one for one in inherited if one.name not in gone]
    while heads:
        head = heads.pop()
        use = re.compile(rf"(?<![A-Za-z\\]){re.escape(head)}(?![A-Za-z])")
        for one in [one for one in kept if use.search(one.equation.text, len(one.left))]:
            kept.remove(one)
            heads.append(_head(one))
    return kept


def _defines(one: Said) -> bool:
    """Whether an equation may define a quantity: what sets a name to numbers gives a value."""
    return sets_the_stage(one) and _VALUE.match(one.equation.text, one.equals[0] + 1) is None


def _head(one: Said) -> str:
    return one.left.partition("(")[0].removesuffix("\\left").strip()


def _flat(one: Said) -> str:
    return re.sub(r"[\s{}]|\\[,;:! ]|\\left|\\right", "", one.equation.text).rstrip(".,;")
