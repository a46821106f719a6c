"""Sizes with a letter (W is m×n): a number for each, so that there are arrays to calculate with.

What holds for every m and n holds for these. They are small, and no two are the same, so that shapes that
need not fit do not fit by accident.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from gradlab.notation.names import canonical_name

SMALLEST = 2
_LETTER = re.compile(r"(?<!\w)[^\W\d_](?:_(?:\w|\{\w{1,9}\}))?(?!\w)")


def letters(text: str) -> list[str]:
    """The sizes in a text that are letters, as canonical names; × and x between sizes are none.

    >>> letters("m×n, d_1 x 4")
    ['m', 'n', 'd1']
    """
    return [canonical_name(found) for found in _LETTER.findall(text) if found not in {"x", "X"}]


def numbered(names: Iterable[str], known: Mapping[str, int], taken: Iterable[int]) -> dict[str, int]:
    """A number for each name: the known one, or one that stands for no other size.

    >>> numbered(["n", "m", "n"], {"m": 5}, [2])
    {'n': 3, 'm': 5}
    """
    sizes: dict[str, int] = {}
    used = {*known.values(), *taken}
    for name in names:
        if name in sizes:
            continue
        if name in known:
            sizes[name] = known[name]
        else:
            sizes[name] = next(size for size in range(SMALLEST, len(used) + SMALLEST + 1) if size not in used)
            used.add(sizes[name])
    return sizes
