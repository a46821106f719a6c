"""A family at one size: its function, posed, traced, and known to have a derivative there."""

from __future__ import annotations

from collections.abc import Mapping

from gradlab.cases import Case, InputError, make_case
from gradlab.judge.behaviour import pose
from gradlab.judge.kinks import kinked_at
from gradlab.methods import Unsupported, component_names
from gradlab.study.swell.forms import Subject

THE_FUNCTION = "the function"
"""The step in which it is posed."""


class NoDerivative(Exception):
    """The function is not differentiable at the point of this size; the message says why."""


def subject_of(case: Case, size: int) -> Subject:
    """The function of one size, posed and traced. Raises InputError, Misbehaviour, Unsupported, NoDerivative."""
    sized = _case_of_size(case, size)
    problem = pose(sized, sized.points[0], 50)
    problem.needs_program()
    if problem.rows != 1:
        raise Unsupported("it returns an array: a sweep is of a function that returns a number")
    kinked = kinked_at(problem, component_names(problem.inputs, problem.wrt, [""]))
    if kinked is not None and kinked.reason:  # each form has some value there, and none is the derivative
        raise NoDerivative(kinked.reason)
    return Subject(problem)


def _case_of_size(case: Case, size: int) -> Case:
    """The case at the point of one size. Raises InputError."""
    assert case.family is not None
    try:
        point = case.family(size)
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        raise InputError(f"its family raises {type(error).__name__}: {error}") from None
    if not isinstance(point, Mapping):
        raise InputError(
            f"its family gives {type(point).__name__}, not a point: return dict(x=…), with a value for every argument"
        )
    return make_case(case.function, [point], wrt=case.wrt, name=case.name, quantity=case.quantity)
