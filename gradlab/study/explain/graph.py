"""The computation graph of a function as its author wrote it, with the author's own names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gradlab.cases import Case, caller
from gradlab.engine.naming import trace_with_names
from gradlab.engine.primitive import Value
from gradlab.engine.program import Program, run, without_idle
from gradlab.methods import Problem, Unsupported
from gradlab.notation import tree
from gradlab.notation.error import FormulaError
from gradlab.notation.names import canonical_name, printed
from gradlab.notation.programs import write_program
from gradlab.study.explain.stacks import with_stacks
from gradlab.study.explain.textbook import with_textbook_rules

MOST_OPERATIONS = 500
"""That are explained: nobody follows more with a pencil."""
OUTPUTS = {"gradient": ("f", "L", "F"), "jacobian": ("y", "f", "Y")}
"""What an output is called that the code gives no name: the first of these that is free."""


@dataclass(frozen=True)
class Graph:
    """The traced function without what no output needs, its values at the point, and what all is called."""

    program: Program
    values: Sequence[Value]
    """Of each slot."""
    names: Mapping[int, str]
    """Of each slot that is no plain number, in canonical form."""
    formulas: Mapping[int, tree.Node]
    """What each step is computed by, of the names of others."""
    given: frozenset[int]
    """The steps that the code itself has a name for, and the output."""
    wrt: tuple[int, ...]
    """The inputs derived by."""
    active: frozenset[int]
    """What depends on them."""
    sigma: str
    """How the logistic function is written beside these names."""

    @property
    def output(self) -> int:
        """The slot of the one output."""
        return self.program.outputs[0]

    @property
    def is_scalar(self) -> bool:
        """Whether the output is one number."""
        return bool(np.size(self.values[self.output]) == 1)

    @cached_property
    def steps(self) -> list[int]:
        """What the equations give, in order."""
        return [equation.result for equation in self.program.equations]

    @cached_property
    def slots(self) -> list[int]:
        """Inputs, named constants and steps, in the order of their computation."""
        program = self.program
        constants = [slot for slot in program.constants if slot in self.names]
        return [*program.inputs, *constants, *self.steps]

    @cached_property
    def places(self) -> dict[int, int]:
        """Where each slot stands in `slots`."""
        return {slot: place for place, slot in enumerate(self.slots)}

    def called(self, slot: int) -> str:
        """A slot's name as it is shown; a plain number for itself."""
        if slot in self.names:
            return printed(self.names[slot])
        return "a constant" if np.ndim(self.values[slot]) else f"{float(self.values[slot]):g}"


def draw_graph(case: Case, problem: Problem) -> Graph:
    """The graph of a case at a point. Raises Unsupported where it can't be traced, or is too large."""
    count = len(without_idle(problem.needs_program()).equations)
    if count > MOST_OPERATIONS:
        raise Unsupported(
            f"the function takes {count:,} operations here, and at most {MOST_OPERATIONS} are explained one "
            "by one: give it smaller arrays or fewer steps"
        )
    whole, given = _traced(case, problem)
    program = without_idle(with_stacks(without_idle(whole), given))
    with np.errstate(all="ignore"):
        values = run(program, problem.traced_inputs)
        program = with_textbook_rules(program, values)
    names = _names(program, given, problem.traced, OUTPUTS[case.quantity])
    written = write_program(program, names, every=True)
    wrt = tuple(program.inputs[place] for place in problem.wrt_places)
    return Graph(
        program=program,
        values=values,
        names=written.names,
        formulas=written.formulas,
        given=frozenset(names) & {equation.result for equation in program.equations},
        wrt=wrt,
        active=_depending_on(wrt, program),
        sigma=written.sigma,
    )


def _traced(case: Case, problem: Problem) -> tuple[Program, Mapping[int, str]]:
    """The function's program, and the names that its code gives to slots of it."""
    program = problem.needs_program()
    function = caller(case.function, list(problem.inputs))

    def called(*values: Value) -> Value:
        return function({**problem.inputs, **dict(zip(problem.traced, values, strict=True))})

    try:
        with np.errstate(all="ignore"):
            again, _, names = trace_with_names(
                called, problem.traced_inputs, names=problem.traced, watch=case.function, locate=True
            )
    except Exception:  # the user's code, called once more, or watched by something else
        return program, {}
    return (again, names) if again.signature() == program.signature() else (program, {})


def _names(
    program: Program, given: Mapping[int, str], inputs: Sequence[str], outputs: Sequence[str]
) -> dict[int, str]:
    """The arguments' names, those of the code's variables, and one for the output; none twice."""
    names: dict[int, str] = {}
    for slot, name in zip(program.inputs, inputs, strict=True):
        names[slot] = _free((_canonical(name) or name, name), names.values())
    steps = {equation.result for equation in program.equations}
    for slot in sorted(steps & given.keys()):
        name = _canonical(given[slot])
        if name and name not in names.values():
            names[slot] = name
    names.setdefault(program.outputs[0], _free(outputs, names.values()))
    return names


def _canonical(name: str) -> str:
    try:
        return canonical_name(name)
    except FormulaError:  # a Python name in another alphabet
        return ""


def _free(wanted: Sequence[str], taken: Collection[str]) -> str:
    """The first of the wanted names that is free, or the first one with a number."""
    numbered = (f"{wanted[0]}{k}" for k in range(1, len(taken) + 2))
    return next(name for name in (*wanted, *numbered) if name not in taken)


def _depending_on(inputs: Sequence[int], program: Program) -> frozenset[int]:
    active = set(inputs)
    for equation in program.equations:
        if not active.isdisjoint(equation.operands):
            active.add(equation.result)
    return frozenset(active)
