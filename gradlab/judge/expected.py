"""Printed numbers: what a slide or a book gives, held against the function at the printed precision."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradlab.cases import Case, call
from gradlab.engine.trace import TraceError
from gradlab.engine.transform import grad
from gradlab.judge.verdict import Verdict, derivative_by
from gradlab.methods import Problem, Unsupported

_DECIMAL = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)


def against_expected(case: Case, problem: Problem) -> Verdict | None:
    """A disagreement with a printed number, in a sentence; None where all are as printed.

    A printed number is as good as one unit in its last digit: slides round, and slides cut.
    """
    if not case.expected:
        return None
    known: dict[str, Any] = {"value": float(problem.value[0]) if problem.rows == 1 else problem.value}
    wanted = [name for name in case.wrt if name in case.expected]
    try:
        if wanted:
            known.update(_derivatives(case, problem, wanted))
        if case.quantities is not None:
            known.update(call(case.quantities, problem.inputs))
    except Unsupported as reason:
        return Verdict("inconclusive", f"the printed derivative can't be held against it: {reason}")
    except Exception as error:
        return Verdict("error", f"what `shows` declares raises {type(error).__name__}: {error}")
    for name, printed in case.expected.items():
        if name not in known:
            return Verdict(
                "error",
                f"expected gives {name!r}, which is neither 'value', an argument, nor among what `shows` returns",
            )
        actual = np.ravel(np.asarray(known[name], dtype=np.float64)).tolist()
        texts = list(_texts(printed))
        if len(actual) != len(texts):
            return Verdict(
                "error", f"expected {name!r} has {len(texts)} numbers, and there are {len(actual)}"
            )
        for value, text in zip(actual, texts, strict=True):
            if not _DECIMAL.fullmatch(text):
                return Verdict("error", f"expected {name!r} holds {text!r}, which is not a decimal number")
            if not abs(value - float(text)) <= 1.0001 * unit_of_last_digit(text):
                what = derivative_by(name) if name in wanted else name
                return Verdict(
                    "disagree", f"{what} is {value:.10g}, and {case.source or 'the source'} prints {text}"
                )
    return None


def _derivatives(case: Case, problem: Problem, wanted: list[str]) -> dict[str, Any]:
    try:
        names = list(problem.inputs)
        values = [problem.inputs[n] for n in names]
        found = grad(
            lambda *x: problem.call(dict(zip(names, x, strict=True))), tuple(names.index(n) for n in wanted)
        )(*values)
    except (TraceError, TypeError) as error:
        raise Unsupported(str(error)) from None
    return dict(zip(wanted, found, strict=True))


def _texts(printed: Any) -> Iterator[str]:
    if isinstance(printed, (list, tuple)):
        for part in printed:
            yield from _texts(part)
    else:
        yield str(printed).strip().replace("−", "-")


def unit_of_last_digit(text: str) -> float:
    """One unit in the last printed digit.

    >>> unit_of_last_digit("0.604"), unit_of_last_digit("-12"), unit_of_last_digit("1.5e-3")
    (0.001, 1.0, 0.0001)
    """
    mantissa, _, exponent = text.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return float(f"1e{int(exponent or 0) - decimals}")
