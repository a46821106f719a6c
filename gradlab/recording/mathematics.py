"""What was typed, as mathematics: the function, the lines of a derivation and the claims, as they were read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from gradlab import record as rec
from gradlab.cases import Case
from gradlab.homework.placement import typed_formula
from gradlab.methods import Problem, Unsupported
from gradlab.notation.formula import Formula
from gradlab.notation.latex.write import to_latex
from gradlab.notation.names import canonical_name, printed
from gradlab.notation.scope import Definition
from gradlab.notation.tree import Call, Name, Node, called, free_names
from gradlab.notation.write import write
from gradlab.study.explain.function import function_lines

MOST_LINES = 12
LONGEST = 300
"""Characters of a function in all: more is not read as a formula."""
LONGEST_LINE = 1_000
"""Characters of a line of a derivation that is set as mathematics."""


def formulas_of(case: Case, problem: Problem) -> tuple[rec.Formula, ...]:
    """The function: what is defined, or shared, and then `f`; nothing where that is too long, or can't be traced."""
    typed = typed_formula(case.function)
    try:
        lines = function_lines(case, problem) if typed is None else _defined(typed, problem.inputs)
    except Unsupported:
        return ()
    is_short = len(lines) <= MOST_LINES and sum(len(line.formula) for line in lines) <= LONGEST
    return lines if is_short else ()


def claimed_formulas(case: Case) -> tuple[rec.Formula, ...]:
    """The claims that were typed as formulas, without numbers."""
    of = function_name(case)
    typed = [
        (by, formula)
        for claim in case.claims
        if not callable(claim.given)
        for by, part in claim.given.items()
        if (formula := typed_formula(part)) is not None
    ]
    return tuple(_line(f"∂{of}/∂{printed(canonical_name(by))}", one.tree, one.sigma) for by, one in typed)


def function_name(case: Case) -> str:
    """What the function is called: L, where that is what the document calls it; else f."""
    typed = typed_formula(case.function)
    return printed(typed.tree.name) if typed is not None and isinstance(typed.tree, Name) else "f"


def latex_of(given: Any) -> str:
    """A typed formula as LaTeX; "" for code, and for what is too long or has no value."""
    formula = typed_formula(given)
    if formula is None or len(formula.text) > LONGEST_LINE:
        return ""
    return to_latex(formula.tree, sigma=formula.sigma)


def _defined(formula: Formula, inputs: Collection[str]) -> tuple[rec.Formula, ...]:
    """The definitions that a formula is made of, in order, and the formula, unless it is one of these."""
    given = set(map(canonical_name, inputs))
    definitions = {d.name: d for d in formula.definitions if d.name not in given}
    used: set[str] = set()
    pending: list[Node] = [formula.tree]
    while pending:
        tree = pending.pop()
        for name in (free_names(tree) | called(tree)) & definitions.keys() - used:
            used.add(name)
            pending.append(definitions[name].body)
    lines = []
    for name, one in definitions.items():
        if name in used:
            brackets = f"({', '.join(map(printed, one.parameters))})" if one.parameters else ""
            lines.append(_line(printed(name) + brackets, one.body, formula.sigma))
    if not _is_defined(formula.tree, definitions) or not lines:
        lines.append(_line("f", formula.tree, formula.sigma))
    return tuple(lines)


def _is_defined(tree: Node, definitions: Mapping[str, Definition]) -> bool:
    """Whether it is no more than the name of what is defined: L, or f(x) of f(x) = x²."""
    match tree:
        case Name():
            return True
        case Call(function, arguments) if function in definitions:
            return arguments == tuple(map(Name, definitions[function].parameters))
    return False


def _line(name: str, tree: Node, sigma: str) -> rec.Formula:
    return rec.Formula(name=name, formula=write(tree, sigma=sigma), latex=to_latex(tree, sigma=sigma))
