"""What the pictures of a report are drawn from, beside the verdict, which never depends on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gradlab import record as rec
from gradlab.cases import Case, InputError
from gradlab.examination.settings import Settings
from gradlab.judge.behaviour import pose
from gradlab.methods import Problem, Unsupported
from gradlab.methods.claimed import Misbehaviour
from gradlab.study.explain import Explaining, explain_derivation
from gradlab.study.step_size import study_step_sizes

NEGLIGIBLE = 1e-12
"""Of the largest component."""


def pictured(made: rec.CaseRecord, case: Case, settings: Settings) -> rec.CaseRecord:
    """The record of a case that was examined without, with what a report's pictures are drawn from."""
    if not made.points:
        return made
    try:
        problem = pose(case, case.points[0], settings.digits)
    except Misbehaviour as error:
        return rec.replace(made, undrawn=(f"no pictures: {error}",))
    return with_pictures(made, case, problem, lambda step: None, {})


def with_pictures(
    made: rec.CaseRecord, case: Case, problem: Problem, begin: Callable[[str], None], skip: Mapping[str, str]
) -> rec.CaseRecord:
    """The record with what the pictures of a report are drawn from. No verdict depends on it."""
    if problem.untraceable:
        return rec.replace(made, undrawn=(f"no computation graph and no V curve: {problem.untraceable}",))
    drawn: dict[str, Any] = {}
    missing: list[str] = []
    for field, picture, study in (
        ("explanation", "computation graph", lambda: explain_derivation(case, problem, Explaining())),
        ("step_sizes", "V curve", lambda: study_step_sizes(problem, only=_least_accurate(made.points[0]))),
    ):
        what = f"the {field.replace('_', ' ')}"
        why = skip.get(what, "")
        if not why and getattr(made, field) is None:
            begin(what)
            try:
                drawn[field] = study()
            except (Unsupported, InputError) as error:
                why = str(error)
        missing += [f"no {picture}: {why}"] if why else []
    return rec.replace(made, undrawn=tuple(missing), **drawn)


def _least_accurate(point: rec.Point) -> int:
    """The component of which finite differences know the fewest digits; the first where nothing is known.

    What is 0 but for roundings, beside other components, has no digits, and no V either.
    """
    sizes = [abs(float(text or "0")) for text in point.reference]
    least = NEGLIGIBLE * max(sizes, default=0.0)
    for estimate in point.estimates:
        if estimate.method == "finite_difference":
            known = [
                (digits, k)
                for k, (digits, size) in enumerate(zip(estimate.digits, sizes, strict=False))
                if digits is not None and size >= least
            ]
            return min(known, default=(0.0, 0))[1]
    return 0
