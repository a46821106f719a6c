"""The forms of a function and its derivative, as a sweep compares them: a form is one entry of `TABLE`.

Those that SymPy writes are trees over symbols of our own; the engine's are programs. Each is made of the one
that its entry names, and says how it is counted, written out, evaluated in float64, and in many digits.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from gradlab.engine.compile import compile_program
from gradlab.engine.program import Program, evaluate
from gradlab.engine.reverse import reverse
from gradlab.methods import Problem, Unsupported
from gradlab.methods.finite_difference import derive as difference
from gradlab.methods.reverse import only_unit_seed, with_unit_seed
from gradlab.methods.symbolic import about, between_jumps, expressions, operations, projected_operations
from gradlab.numbers.precise import Precise
from gradlab.study.swell.printing import compile_expressions, length_of, lines_of

MOST_PROJECTED = 1_000_000
"""Operations of a derivative as a tree: SymPy takes some five seconds to derive so many."""

SAME = 40
"""Digits in which two derivatives have to be the same."""
PRECISIONS = (80, 160, 320, 640, 1280, 2560)
"""Digits that are tried: an expanded polynomial cancels more than a hundred of them."""

Run = Callable[[], Sequence[Any]]


@dataclass(frozen=True)
class Made:
    """One form, derived."""

    operations: int
    length: Callable[[], int] | None = None
    """Characters, written out."""
    compiled: Callable[[], Run] | None = None
    """Gives what evaluates it once in float64."""
    exact: Callable[[int], Sequence[Any]] | None = None
    """Its value with so many digits."""
    content: Any = None
    """What other forms are made of: expressions, or a program."""
    rounded: bool = False
    """Whether SymPy calculated with decimal constants, of which it keeps 60 digits."""


@dataclass(frozen=True)
class Subject:
    """A function of one size, and the forms that were made of it so far."""

    problem: Problem
    made: dict[str, Made] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    """What each took to derive, with what it is made of."""

    @cached_property
    def reference(self) -> list[Any]:
        """The derivative in many digits, by the engine's gradient program. Raises Unsupported."""
        return self._converged("gradient program")

    @cached_property
    def value(self) -> list[Any]:
        """The function's own value in many digits. Raises Unsupported."""
        return self._converged("f")

    def _converged(self, form: str) -> list[Any]:
        """A form's value in as many digits as it takes for its first ones to stay: chaos eats some at each step."""
        exact = make(self, form).exact
        assert exact is not None
        before: list[Any] = []
        for digits in PRECISIONS:
            values = list(exact(digits))
            if before and are_same(values, before):
                return values
            before = values
        raise Unsupported(f"its value can't be told: it loses more than {PRECISIONS[-1] // 2} digits")


def are_same(values: Sequence[Any], others: Sequence[Any]) -> bool:
    """Whether all components share their first digits. NaN is the same as nothing."""
    largest = max(map(abs, others), default=0)
    tiny = 10.0**-SAME
    return len(values) == len(others) and all(
        abs(a - b) <= tiny * (max(abs(a), abs(b)) or largest or 1)
        for a, b in zip(values, others, strict=True)
    )


@dataclass(frozen=True)
class Entry:
    """How a form comes about."""

    derive: Callable[[Subject], Made]
    of: str = ""
    """The form that it is made of, which is made before it."""
    of_function: bool = False
    """Whether it is a form of f itself."""
    rewritten: bool = False
    """Whether SymPy rewrites the whole derivative, which may take any time."""


def make(subject: Subject, form: str) -> Made:
    """A form of the subject, derived once. Raises Unsupported."""
    if form not in subject.made:
        entry = TABLE[form]
        before = 0.0
        if entry.of:
            make(subject, entry.of)
            before = subject.seconds[entry.of]
        start = time.perf_counter()
        subject.made[form] = entry.derive(subject)
        subject.seconds[form] = before + time.perf_counter() - start
    return subject.made[form]


# The engine's forms.


def _function(subject: Subject) -> Made:
    problem = subject.problem
    made = _of_program(subject, problem.straight)
    return replace(made, compiled=lambda: lambda: [problem.call(problem.inputs)])


def _recorded(subject: Subject) -> Made:
    return _of_program(subject, with_unit_seed(_reverse(subject, optimise=False)))


def _gradient(subject: Subject) -> Made:
    program = only_unit_seed(_reverse(subject, optimise=True))
    names, wrt = subject.problem.traced, subject.problem.wrt
    return replace(_of_program(subject, program), length=lambda: sum(map(len, lines_of(program, names, wrt))))


def _reverse(subject: Subject, *, optimise: bool) -> Program:
    problem = subject.problem
    return reverse(problem.straight, problem.traced_inputs, wrt=problem.wrt_places, optimise=optimise)


def _of_program(subject: Subject, program: Program) -> Made:
    inputs = tuple(subject.problem.traced_inputs)

    def compiled() -> Run:
        function = compile_program(program, inputs)
        return lambda: function(*inputs)

    def exact(digits: int) -> Sequence[Any]:
        numbers = Precise(digits)
        parts = evaluate(program, [numbers.constant(x) for x in inputs], numbers)
        return [numbers.number(v) for part in parts for v in np.ravel(np.asarray(part, dtype=object))]

    return Made(program.operations(), None, compiled, exact, program)


def _differences(subject: Subject) -> Made:
    problem = subject.problem
    once = subject.made["f"].operations
    bare = difference(problem).evaluate
    assert bare is not None
    # two evaluations of f a component, their difference, and a division
    return Made(2 * problem.columns * (once + 1), None, lambda: bare(problem))


# SymPy's forms.


def _function_tree(subject: Subject) -> Made:
    arguments, outputs = expressions(subject.problem.straight, subject.problem)
    return _of_expressions(subject, arguments, outputs)


def _tree(subject: Subject) -> Made:
    arguments, outputs = subject.made["f as a tree"].content
    by = derived_by(subject.problem, arguments)
    projected = sum(projected_operations(y, x) for y in outputs for x in by)
    if projected > MOST_PROJECTED:
        raise Unsupported(
            f"it would have about {about(projected)} operations; {about(MOST_PROJECTED)} are the most that are derived"
        )
    return _of_expressions(subject, arguments, _slopes(outputs, by))


def _slopes(outputs: Sequence[Any], by: Sequence[Any]) -> list[Any]:
    return [between_jumps(y.diff(x)) for y in outputs for x in by]


def derived_by(problem: Problem, arguments: Sequence[Any]) -> list[Any]:
    """The symbols of the arguments that are derived by."""
    ends = np.cumsum([np.size(x) for x in problem.traced_inputs]).tolist()
    starts = [0, *ends]
    return [x for place in problem.wrt_places for x in arguments[starts[place] : ends[place]]]


def _shared(subject: Subject) -> Made:
    import sympy

    arguments, slopes = subject.made["f′ as a tree"].content
    shared, reduced = sympy.cse(slopes)
    made = _of_expressions(subject, arguments, slopes, (shared, reduced))
    return replace(made, content=(arguments, shared, reduced))


def _rewritten(by: str) -> Callable[[Subject], Made]:
    """The derivative as one of SymPy's functions has it."""

    def derive(subject: Subject) -> Made:
        arguments, slopes = subject.made["f′ as a tree"].content
        made = _of_expressions(subject, arguments, [_asked(by, slope) for slope in slopes])
        return replace(made, rounded=_has_decimals(slopes))

    return derive


def _expanded(subject: Subject) -> Made:
    """f multiplied out, derived term by term: many times faster than multiplying out f′, and the same."""
    arguments, outputs = subject.made["f as a tree"].content
    sums = [_asked("expand", y) for y in outputs]
    slopes = _slopes(sums, derived_by(subject.problem, arguments))
    made = _of_expressions(subject, arguments, [_asked("expand", slope) for slope in slopes])
    return replace(made, rounded=_has_decimals(outputs))


def _has_decimals(expressions: Sequence[Any]) -> bool:
    import sympy

    return any(e.has(sympy.Float) for e in expressions)


def _asked(name: str, expression: Any) -> Any:
    import sympy

    try:
        return getattr(sympy, name)(expression)
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # what SymPy can't do it says in many ways
        raise Unsupported(f"SymPy's {name} fails: {type(error).__name__}: {error}") from None


def _of_expressions(
    subject: Subject, arguments: Sequence[Any], outputs: Sequence[Any], shared: Any = None
) -> Made:
    """shared: what `sympy.cse` gives of the outputs, where they are written with their parts shared."""
    written = [*(part for _, part in shared[0]), *shared[1]] if shared else outputs
    inputs = [v for x in subject.problem.traced_inputs for v in np.ravel(np.asarray(x, np.float64)).tolist()]

    def compiled() -> Run:
        function = compile_expressions(arguments, outputs, "math", shared)
        return lambda: function(*inputs)

    def exact(digits: int) -> Sequence[Any]:
        import mpmath
        import sympy

        function = compile_expressions(arguments, outputs, "mpmath", shared or sympy.cse(outputs))
        with mpmath.mp.workdps(digits):
            return [mpmath.mpf(v) for v in function(*map(mpmath.mpf, inputs))]

    count = sum(map(operations, written))
    return Made(count, lambda: length_of(written), compiled, exact, (arguments, outputs))


TABLE: Mapping[str, Entry] = {
    "f": Entry(_function, of_function=True),
    "gradient recorded": Entry(_recorded),
    "gradient program": Entry(_gradient),
    "finite difference": Entry(_differences, "f"),
    "f as a tree": Entry(_function_tree, of_function=True),
    "f′ as a tree": Entry(_tree, "f as a tree"),
    "f′ shared": Entry(_shared, "f′ as a tree"),
    "f′ expanded": Entry(_expanded, "f as a tree", rewritten=True),
    "f′ factored": Entry(_rewritten("factor"), "f′ as a tree", rewritten=True),
    "f′ simplified": Entry(_rewritten("simplify"), "f′ as a tree", rewritten=True),
}
"""In the order in which they are made: what may take long comes last."""
