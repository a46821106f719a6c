"""The corpus: the case library, the primitives, and functions that are hard in known ways."""

from __future__ import annotations

from benchmarks.verdicts import models, primitives, programs, scales
from benchmarks.verdicts.subject import Subject
from gradlab.library import library


def corpus() -> tuple[Subject, ...]:
    """All subjects. Raises ValueError where two have the same name."""
    found = (
        *from_library(),
        *primitives.subjects(),
        *models.subjects(),
        *programs.subjects(),
        *scales.subjects(),
    )
    names = [s.name for s in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"two subjects are named {', '.join(sorted(twice))}")
    return found


def from_library() -> list[Subject]:
    """The library's cases with a right gradient of one number, claimed as one function."""
    return [
        Subject(
            f"library-{case.name}",
            "library",
            case.function,
            case.claims[0].given,  # type: ignore[arg-type]
            tuple(point.inputs for point in case.points),
            case.wrt,
        )
        for case in library()
        if case.quantity == "gradient"
        and case.verdict == "agree"
        and case.claims
        and callable(case.claims[0].given)
    ]
