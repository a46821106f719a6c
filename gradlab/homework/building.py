"""Derivations made cases: one for each function, and one for each quantity that is derived by.

`∂L/∂z`, with z = wx + b, is the derivative of L with z given a value of its own. A step may use what z is made
of all the same (σ(wx + b) for σ(z)); then z must have the value that they give it, to all digits, and it is
judged at generic numbers alone: no point that is drawn beside them would do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradlab.cases import Case, Chain, Claim, InputError, make_case
from gradlab.homework.context import Context
from gradlab.homework.derivations import Derivation
from gradlab.homework.header import Header, Refused
from gradlab.homework.placement import Placement, placed
from gradlab.notation.error import FormulaError
from gradlab.notation.formula import Formula, parse_formula
from gradlab.notation.names import printed


@dataclass(frozen=True)
class Problem:
    """What a problem's cases have in common."""

    name: str
    path: str
    location: str
    header: Header
    context: Context
    remarks: tuple[str, ...] = ()


def build_cases(problem: Problem, derivations: Sequence[Derivation]) -> tuple[list[Case], list[Refused]]:
    """The cases of a problem, in the order of its derivations; and what can't be one."""
    groups: dict[tuple[str, str], list[Derivation]] = {}
    for place, one in enumerate(derivations):
        alone = one.by if one.cut else "" if one.by else f"identity {place}"
        groups.setdefault((one.function.read_as(), alone), []).append(one)
    cases: list[Case] = []
    failed: list[Refused] = []
    main = next((key for key, group in groups.items() if group[0].by and not group[0].cut), None)
    for key, group in groups.items():
        first = group[0]
        plain = key == main or len(groups) == 1
        try:
            cases.append(
                _case(problem, group, problem.name if plain else f"{problem.name}, {first.chain.title}")
            )
        except (InputError, FormulaError) as error:
            failed.append(Refused(str(error).partition("\n")[0], first.line))
        except Refused as error:
            failed.append(error)
    return cases, failed


def _case(problem: Problem, group: Sequence[Derivation], name: str) -> Case:
    first = group[0]
    wrt = _derived_by(problem, group)
    names = list(
        dict.fromkeys(n for one in group for formula in one.formulas for n in sorted(one.names_of(formula)))
    )
    names += [n for n in wrt if n not in names]
    placement = placed(problem.header, problem.context.values, group, names)
    if not first.by:  # how long a sum is can't be moved
        wrt = [n for n in wrt if n not in placement.whole] or wrt
    notes = list(placement.notes)
    claims = () if placement.held is not None else _claims(group)
    silent = [n for n in wrt if n not in {one.by for one in group}] if first.by else []
    notes += [f"nothing is claimed for {', '.join(map(printed, silent))}"] if silent else []
    expected = {one.by: one.printed for one in group if one.printed and one.by}
    values = {} if first.cut or not first.by else _numbers(problem.context)
    firsts = {one.chain.title: one for one in group if one.printed and not one.by}
    expected.update({title: one.printed for title, one in firsts.items()})
    if placement.drawn and (expected or values or any(one.chain.numbers for one in group)):
        notes.append(
            "the numbers that are given for what is computed are not checked, because the point is not given"
        )
        expected, values, firsts = {}, {}, {}
    expected.update({printed(n): v for n, v in values.items()})
    kept = set(placement.points[0])
    definitions = first.context.scope.definitions
    said = [*notes, *problem.context.notes, *problem.remarks, *(n for one in group for n in one.notes)]
    line = problem.location if first.by and not first.cut else f"{problem.path}:{first.line}"
    return make_case(
        placement.hold(first.function),
        [{n: _plain(point[n]) for n in _ordered(problem, kept)} for point in placement.points],
        wrt=wrt,
        name=name,
        location=line,
        text="\n".join([*problem.context.texts, *_function_text(first)]),
        read_as="; ".join([*(d.read_as for d in definitions.values()), *_function_text(first)]),
        notes=list(dict.fromkeys(said)),
        claims=claims,
        chains=tuple(_held(chain, placement) for chain in _chains(group, placement) if len(chain.steps) > 1),
        expected=expected,
        quantities=_quantities(problem.context, list(values), firsts) if values or firsts else None,
        quantity="jacobian" if first.function.shape else "gradient",
        source="the homework",
        tags=("homework",),
        around=0.3 if placement.held is None else 0.0,
        moved=tuple(n for n in kept - placement.whole if np.ndim(placement.points[0][n]) == 0),
    )


def _claims(group: Sequence[Derivation]) -> tuple[Claim, ...]:
    """The last lines as one claim; as further ones where there are several derivations by the same argument."""
    claims: list[dict[str, Formula]] = []
    for one in group:
        if one.last is not None:
            free = next((claim for claim in claims if one.by not in claim), None)
            if free is None:
                claims.append(free := {})
            free[one.by] = one.last
    return tuple(
        Claim(
            given,
            "\n".join(f"∂/∂{printed(by)} = {last.read_as()}" for by, last in given.items()),
            typed=frozenset(given),
        )
        for given in claims
    )


def _chains(group: Sequence[Derivation], placement: Placement) -> list[Chain]:
    """The chains, without numbers that are put in for values where no values are given."""
    if not placement.drawn:
        return [one.chain for one in group]
    return [
        replace(one.chain, steps=one.chain.steps[: len(one.chain.steps) - one.chain.numbers], numbers=0)
        for one in group
    ]


def _held(chain: Chain, placement: Placement) -> Chain:
    """The chain with its steps' quantity held, where the placement holds one."""
    if placement.held is None:
        return chain
    return replace(
        chain, steps=tuple(replace(step, formula=placement.hold(step.formula)) for step in chain.steps)
    )


def _function_text(derivation: Derivation) -> list[str]:
    """The function, unless it is a name, whose definition is shown."""
    text = derivation.function.read_as()
    return [] if text in map(printed, derivation.context.scope.definitions) else [text]


def _derived_by(problem: Problem, group: Sequence[Derivation]) -> list[str]:
    first = group[0]
    if not first.by:
        return sorted(set().union(*(one.names_of(one.function) for one in group)))
    found = list(dict.fromkeys(one.by for one in group))
    if first.cut:
        return found
    reachable = first.names_of(first.function)
    asked = [n for n in problem.header.by if n in reachable]
    return [*asked, *(n for n in found if n not in asked)]


def _ordered(problem: Problem, names: set[str]) -> list[str]:
    """The names as they were given or first used."""
    known = [*(problem.header.points[0] if problem.header.points else ()), *problem.context.scope.names]
    return [n for n in dict.fromkeys(known) if n in names] + sorted(names - set(known))


def _plain(value: np.ndarray) -> Any:
    return float(value) if not np.shape(value) else np.asarray(value, dtype=np.float64)


def _numbers(context: Context) -> dict[str, str]:
    """The values, as typed, that the text gives to defined numbers."""
    definitions = context.scope.definitions
    return {
        n: v
        for n, v in context.printed.items()
        if not definitions[n].shape and not definitions[n].is_function
    }


def _quantities(
    context: Context, names: Sequence[str], firsts: Mapping[str, Derivation]
) -> Callable[..., dict[str, Any]]:
    """What gives the values of quantities, and of first members of identities, at a point."""
    formulas: dict[str, Callable[..., Any]] = {
        printed(n): parse_formula(printed(n), context.scope, latex=False) for n in names
    }
    formulas.update({title: one.chain.steps[0].formula for title, one in firsts.items()})

    def values(**inputs: Any) -> dict[str, Any]:
        return {title: formula(**inputs) for title, formula in formulas.items()}

    return values
