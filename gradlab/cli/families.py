"""What `gradlab swell` is asked: the sizes, and the families that its targets name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradlab.cases import Case

_RANGE = re.compile(r"(\d+)(?::(\d+)(?::(\d+))?)?")
_LONGEST = 7
"""Digits of a size: f itself could not be computed at longer ones."""


def read_sizes(text: str) -> Sequence[int]:
    """The sizes of `1:12`, `2:32:2`, `1,2,4,8` or `5`, from the smallest. Raises InputError.

    >>> list(read_sizes("1:4")), list(read_sizes("2:9:3")), list(read_sizes("8,1,2")), list(read_sizes("5"))
    ([1, 2, 3, 4], [2, 5, 8], [1, 2, 8], [5])
    """
    from gradlab.cases import InputError

    ranges = []
    for part in text.split(","):
        found = _RANGE.fullmatch(part.strip())
        if found is None:
            raise InputError(
                f"--depth {text!r:.60} is no range of sizes: write 1:12, 2:32:2 (every second one), or 1,2,4,8"
            )
        if max(map(len, found.groups(""))) > _LONGEST:
            raise InputError(f"--depth {text:.60}: no sweep goes so far; sizes have up to {_LONGEST} digits")
        first, last, step = (int(number) if number else None for number in found.groups())
        assert first is not None
        if step == 0:
            raise InputError(f"--depth {text}: a step of 0 leads nowhere: write {first}:{last}")
        if last is not None and last < first:
            raise InputError(
                f"--depth {text} is empty, because it ends before it begins: write {last}:{first}"
            )
        if not first:
            raise InputError(f"--depth {text}: sizes are 1 and more")
        ranges.append(range(first, (first if last is None else last) + 1, step or 1))
    return ranges[0] if len(ranges) == 1 else sorted(set().union(*ranges))


def families_of(targets: Sequence[str], at: Sequence[str], wrt: Sequence[str], size: str) -> list[Case]:
    """The families that the targets name. Raises InputError."""
    from gradlab.cases import InputError

    if size:
        return [_by_argument(targets, at, wrt, size)]
    if at or wrt:
        raise InputError("name the argument that is the size: --size n; a family has points of its own")
    return [family for target in targets for family in _of_target(target)]


def _of_target(target: str) -> list[Case]:
    """The cases of a target that have a size; a glob or a file may hold others."""
    from gradlab.cases import Case, InputError
    from gradlab.cli.targets import cases_of
    from gradlab.library import declared

    found = [case for case in cases_of([target], (), (), (), False) if isinstance(case, Case)]
    families = [case for case in found if case.family is not None]
    if not families:
        there = ", ".join(case.name for case in declared() if case.family is not None)
        raise InputError(
            f"{target} has no size: choose a family ({there}), name an argument of your own function with --size, "
            "or give a case a point of any size with @….family"
        )
    return families


def _by_argument(targets: Sequence[str], at: Sequence[str], wrt: Sequence[str], size: str) -> Case:
    """A function of the user's, with one argument for its size. Raises InputError."""
    from gradlab.cases import Case, InputError
    from gradlab.cli.targets import cases_of
    from gradlab.notation.formula import parse_assignments

    if len(targets) != 1 or len(at) != 1:
        raise InputError(f'--size goes with one function and one point: mine.py:f --at "x=0.7, {size}=3"')
    point = parse_assignments(at[0])
    if size not in point:
        raise InputError(f'--size {size}: the point gives {", ".join(point)}; write --at "{at[0]}, {size}=3"')
    if size in wrt:
        raise InputError(f"--wrt {size}: the size is a whole number, and nothing to derive by")
    others = tuple(wrt) or tuple(name for name in point if name != size)
    if not others:
        raise InputError(f"there is nothing to derive by but the size {size}")
    (case,) = cases_of(targets, at, others, (), False)
    assert isinstance(case, Case)
    inputs = dict(case.points[0].inputs)
    return replace(case, family=lambda n: {**inputs, size: n})
