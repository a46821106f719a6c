"""A derivation, line by line: does each line follow from the one before, and which is the first that doesn't?

Lines are formulas, evaluated at 50 digits at every point that the case is judged at. What is not done yet
in a line (∂/∂w of something) is done by the engine, while it is traced.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gradlab.cases import Chain, Step, is_real
from gradlab.engine.program import Program, evaluate
from gradlab.engine.rounding import Sensitivity
from gradlab.engine.trace import trace
from gradlab.judge.compare import Exact, exact_values, relative_error, same
from gradlab.judge.verdict import AGREEMENT_DIGITS, SAFETY, Verdict, worst
from gradlab.methods import Problem, element_names
from gradlab.notation.arrays import ShapeError
from gradlab.numbers.precise import Precise
from gradlab.record import Kind

SPARE = 30
"""Digits carried besides those wanted; and so many more where two lines differ."""
MORE = 300
SHOWN = 4
"""Numbers of a point that are told."""


@dataclass(frozen=True)
class Finding:
    """What is said of one line."""

    follows: Kind
    """From the line before; the first line follows from nothing."""
    right: Kind
    """The same as what is derived."""
    reason: str = ""
    transposed: bool = False
    """Whether it is the transpose of the line before."""


@dataclass(frozen=True)
class JudgedChain:
    """A derivation with a finding on every line."""

    chain: Chain
    findings: tuple[Finding, ...]
    verdict: Verdict

    @property
    def wrong_lines(self) -> list[int]:
        """The lines, numbered as steps, that don't follow from the one before."""
        return [k for k, finding in enumerate(self.findings) if finding.follows == "disagree"]


class Incomparable(Exception):
    """A line has no value here, and why."""

    unfit = False
    """Whether that is because its shapes don't fit, anywhere."""


@dataclass(frozen=True)
class _Valued:
    """A line at a point."""

    program: Program
    inputs: list[Any]
    digits: int

    @property
    def shape(self) -> tuple[int, ...]:
        return self.program.shapes[self.program.outputs[0]]

    @cached_property
    def values(self) -> list[Exact]:
        tiny = Precise(30).number(10) ** -(self.digits + SPARE // 2)
        return [Exact(v, abs(v) * tiny) for v in self._at(self.digits + SPARE)]

    @cached_property
    def refined(self) -> list[Exact]:
        """With error estimates that were measured: a formula may cancel more digits than are spare."""
        fewer, more = self._at(self.digits + 2 * SPARE), self._at(self.digits + MORE)
        return exact_values(fewer, more, MORE - 2 * SPARE)

    def noise(self, element: int) -> float:
        """What rounding decimal constants in the line may do to one element."""
        return self._sensitivity.of_constants(0, element)

    @cached_property
    def _sensitivity(self) -> Sensitivity:
        return Sensitivity(self.program, self.inputs)

    def _at(self, digits: int) -> list[Any]:
        numbers = Precise(digits)
        try:
            (value,) = evaluate(self.program, [numbers.constant(x) for x in self.inputs], numbers)
            found = [numbers.number(v) for v in np.ravel(np.asarray(value, dtype=object)).tolist()]
        except ArithmeticError:  # mpmath raises where float64 has an infinity
            raise Incomparable("it is not finite there") from None
        except (ValueError, TypeError, LookupError) as error:
            raise Incomparable(f"it can't be evaluated at 50 digits: {error}") from None
        if not all(abs(v) < math.inf for v in found):
            raise Incomparable("it is not finite there")
        return found


def judge_chain(chain: Chain, problems: Sequence[Problem], given: int | None = None) -> JudgedChain:
    """A finding on every line, and the verdict: agree only if every line follows from the one before.

    problems: the points; where a line has no value at one of them, the others decide. given: how many of them,
    from the first, are those of the case, at which lines of mere numbers are judged; all by default.
    """
    general = len(chain.steps) - chain.numbers
    lines = [
        _Line(step, problems if place < general else problems[:given])
        for place, step in enumerate(chain.steps)
    ]
    findings: list[Finding] = [Finding("agree", "agree")]
    for k in range(1, len(lines)):
        before = findings[-1]
        step = _compare(lines[k - 1], lines[k])
        truth = step if k == 1 else _compare(lines[0], lines[k])
        reason = _told(chain, k, step, truth, before)
        findings.append(Finding(step.kind, truth.kind, reason, step.transposed))
    return JudgedChain(chain, tuple(findings), _verdict(chain, findings))


class _Line:
    """One line with its values at every point, as they are asked for."""

    def __init__(self, step: Step, problems: Sequence[Problem]) -> None:
        self.step = step
        self.problems = problems
        self._known: dict[int, _Valued | Incomparable] = {}

    def at(self, place: int) -> _Valued:
        """The line at one point. Raises Incomparable."""
        if place not in self._known:
            try:
                self._known[place] = self._evaluated(self.problems[place])
            except Incomparable as reason:
                self._known[place] = reason
        found = self._known[place]
        if isinstance(found, Incomparable):
            raise found
        return found

    def _evaluated(self, problem: Problem) -> _Valued:
        names = [name for name in problem.inputs if is_real(problem.inputs[name])]
        inputs = [problem.inputs[name] for name in names]

        def value(*values: Any) -> Any:
            return self.step.formula(**{**problem.inputs, **dict(zip(names, values, strict=True))})

        try:
            with np.errstate(all="ignore"):
                program, _ = trace(value, inputs)
        except ShapeError as error:
            reason = Incomparable(str(error))
            reason.unfit = True
            raise reason from None
        except Exception as error:  # a formula has no value here, and its own error says why
            raise Incomparable(str(error) or type(error).__name__) from None
        valued = _Valued(program, inputs, problem.digits)
        _ = valued.values  # is it finite?
        return valued


@dataclass(frozen=True)
class _Compared:
    kind: Kind
    reason: str = ""
    remark: str = ""
    """What is to be said though they are the same."""
    transposed: bool = False


def _compare(one: _Line, other: _Line) -> _Compared:
    """Two lines at every point: the same, not the same (with a point and both values), or not comparable."""
    why, compared, remark = "", 0, ""
    for place in range(min(len(one.problems), len(other.problems))):
        try:
            b = other.at(place)
        except Incomparable as reason:
            if reason.unfit:
                return _Compared("disagree", str(reason))
            why = why or str(reason)
            continue
        try:
            a = one.at(place)
            found = _compare_at(a, b, one.problems[place])
        except Incomparable as reason:
            why = why or ("the line before it has no value" if reason.unfit else str(reason))
            continue
        if found.kind == "disagree":
            return found
        remark = found.remark
        compared += 1
    if not compared:
        return _Compared("inconclusive", f"it can't be compared: {why or 'there is no point'}")
    return _Compared("agree", remark=remark)


def _compare_at(a: _Valued, b: _Valued, problem: Problem) -> _Compared:
    remark = ""
    if a.shape != b.shape:
        remark = _same_but_for_layout(a, b)
        if not remark:
            said = f"the shapes differ: {_shape(a.shape)} before, {_shape(b.shape)} here"
            return _different(said, a, b)
    for element, (x, y) in enumerate(zip(a.values, b.values, strict=True)):
        if same(x, y, AGREEMENT_DIGITS):
            continue
        x, y = a.refined[element], b.refined[element]
        allowed = SAFETY * (a.noise(element) + b.noise(element))
        if same(x, y, AGREEMENT_DIGITS) or abs(x.value - y.value) <= allowed:
            continue
        name = element_names(b.shape)[element]
        return _different(f"{_at(problem)}{_both(x, y, name)}", a, b)
    return _Compared("agree", remark=remark)


def _different(said: str, a: _Valued, b: _Valued) -> _Compared:
    """Two lines that differ, one of them perhaps the other's transpose."""
    return _Compared("disagree", said, transposed=_is_transpose(a, b))


def _is_transpose(a: _Valued, b: _Valued) -> bool:
    if len(a.shape) != 2 or b.shape != a.shape[::-1]:
        return False
    turned = np.reshape(np.array(a.values, dtype=object), a.shape).T.ravel().tolist()
    return all(same(x, y, AGREEMENT_DIGITS) for x, y in zip(turned, b.values, strict=True))


def _same_but_for_layout(a: _Valued, b: _Valued) -> str:
    """Of a row and a column with the same elements, and of a number and a 1×1 matrix, what to say; else ""."""
    if math.prod(a.shape) != math.prod(b.shape) or len(a.values) == 0:
        return ""
    if len(a.values) == 1:
        return "a number, written as a 1×1 matrix"
    flat = [tuple(n for n in shape if n != 1) for shape in (a.shape, b.shape)]
    if flat[0] == flat[1] and len(flat[0]) == 1:
        return "right up to a transpose: one is a row, the other a column"
    return ""


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) if len(shape) > 1 else f"{shape[0]} elements" if shape else "a number"


def _at(problem: Problem) -> str:
    """`at w = 0.5, b = -0.3: `, the first few numbers of a point."""
    numbers = [
        f"{name} = {value:.4g}"
        for name, value in problem.inputs.items()
        if np.ndim(value) == 0 and is_real(value)
    ]
    more = ", …" if len(numbers) > SHOWN else ""
    return f"at {', '.join(numbers[:SHOWN])}{more}: " if numbers else ""


def _both(x: Exact, y: Exact, element: str) -> str:
    have, want = float(y.value), float(x.value)
    where = f" in {element}" if element else ""
    digits = 6 if relative_error(x, y) > 1e-4 else 15
    return f"{want:.{digits}g}{where} becomes {have:.{digits}g}"


def _told(chain: Chain, k: int, step: _Compared, truth: _Compared, before: Finding) -> str:
    """The sentence on a line."""
    was_right = before.right == "agree"
    if step.kind == "inconclusive":
        return step.reason
    if step.kind == "agree":
        if truth.kind != "disagree":
            return step.remark
        return f"follows from {line_name(chain, k - 1)}, which is wrong"
    if k == 1 and (chain.by or chain.title.startswith("∂")):
        return f"is not {line_name(chain, 0)}: {step.reason.replace(' becomes ', ' is right, and this is ')}"
    follows = f"does not follow from {line_name(chain, k - 1)}: {step.reason}"
    if truth.kind == "agree":
        return f"right again, but it {follows}"
    return (
        follows
        if was_right
        else f"{follows}; a further mistake, since {line_name(chain, k - 1)} is wrong already"
    )


def line_name(chain: Chain, k: int) -> str:
    """How a step is called: `∂L/∂w` for the first, then `line 1` and so on."""
    return f"line {k}" if k else chain.title or "the left side"


def _verdict(chain: Chain, findings: Sequence[Finding]) -> Verdict:
    """The whole derivation."""
    wrong = [k for k, finding in enumerate(findings) if finding.follows == "disagree"]
    if not wrong:
        return worst(
            [
                Verdict(
                    f.follows,
                    f"{chain.title}, {line_name(chain, k)}: {f.reason}" if f.follows != "agree" else "",
                )
                for k, f in enumerate(findings)
            ]
        )
    first = wrong[0]
    location = chain.steps[first].location
    place = f"{location}: " if location else ""
    said = f"{place}{chain.title}, {line_name(chain, first)} {findings[first].reason}"
    last = findings[-1]
    if last.right == "agree":
        said += "; the last line is right all the same"
    elif len(wrong) > 1:
        said += f"; {_and([line_name(chain, k) for k in wrong[1:]])} too"
    elif first == len(findings) - 1 and first > 1:
        said += "; all lines before it are right"
    return Verdict("disagree", said)


def _and(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
