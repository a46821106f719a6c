"""Where two forms cross: from which size on one costs more than the other."""

from __future__ import annotations

from collections.abc import Mapping

PAIRS = (
    ("f′ as a tree", "finite difference"),
    ("f′ as a tree", "gradient program"),
    ("f′ shared", "finite difference"),
    ("f′ shared", "gradient program"),
    ("f′ expanded", "f′ shared"),
    ("finite difference", "gradient program"),
)
"""What is worth comparing: each with what it competes with."""


def compare_forms(
    costs: Mapping[str, Mapping[int, float]], parameter: str, takes_more: str, margin: float = 1.0
) -> tuple[str, ...]:
    """A sentence for each pair of which one overtakes the other within the sizes looked at, by more than the
    margin, a factor.

    >>> trees, quotients = {1: 0, 2: 9, 3: 40}, {1: 2, 2: 4, 3: 6}
    >>> compare_forms({"f′ as a tree": trees, "finite difference": quotients}, "n", "takes more operations than")
    ('from n = 2 on, f′ as a tree takes more operations than a finite difference',)
    """
    end = max((size for cost in costs.values() for size in cost), default=0)
    sentences = []
    for one, other in PAIRS:
        found = crossing(costs.get(one, {}), costs.get(other, {}), margin)
        if found is None:
            continue
        first, last, always = found
        where = f"from {parameter} = {first} on"
        if always:
            where = (
                f"at every {parameter} from {first} to {last}"
                if last > first
                else f"at {parameter} = {first}"
            )
        seen = f" (seen to {parameter} = {last})" if last < end and not always else ""
        called = [
            name.replace("finite", "a finite").replace("gradient", "the gradient") for name in (one, other)
        ]
        sentences.append(f"{where}, {called[0]} {takes_more} {called[1]}{seen}")
    return tuple(sentences)


def crossing(
    dearer: Mapping[int, float], cheaper: Mapping[int, float], margin: float = 1.0
) -> tuple[int, int, bool] | None:
    """(the size from which on the first stays above the second, the last size at which both are known, whether
    that is so at every size); None where it is not above it at the end. Above is by more than the margin, a factor.

    >>> crossing({1: 0, 2: 9, 3: 30}, {1: 2, 2: 4, 3: 6})
    (2, 3, False)
    """
    both = sorted(set(dearer) & set(cheaper))
    above = [dearer[size] > margin * cheaper[size] for size in both]
    if not both or not above[-1]:
        return None
    start = len(above)
    while start and above[start - 1]:
        start -= 1
    return both[start], both[-1], start == 0
