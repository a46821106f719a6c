"""How a derivative comes about: the graph, the values forward, the chain rule edge by edge, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from markupsafe import Markup

from gradlab.record import CaseRecord
from gradlab.record.explanation import Explanation, Flow, Node, Pass
from gradlab.report._words.gradient import convention, descended, descent, is_short, rounding, rule
from gradlab.report._words.passes import (
    DOWNSTREAM,
    count_of,
    equal,
    flows_by_target,
    label,
    order,
    origin,
    paths,
    product,
    remark,
    written,
)
from gradlab.report._words.wording import plural
from gradlab.report.html.figures.graph import draw_graph
from gradlab.report.html.mathematics import formula
from gradlab.report.html.rendering import render
from gradlab.report.html.sections._compact import compact
from gradlab.report.html.sections._matrices import numerals

__all__ = ["section"]

_MOST_SET, _LONGEST_SET = 40, 12_000
"""Rules of a pass are set as mathematics where they are so many, and take so many bytes; else written as code."""
_MOST_ROWS, _ENDS = 120, 40
"""All rows of a table are shown where they are so many; of more, so many at each end."""

_Row = TypeVar("_Row")


class _Value(NamedTuple):
    """A row of the values: a node, what it is computed by, and what it is."""

    name: str
    shape: str
    by: Markup | str
    value: Markup
    derived: bool


class _Part(NamedTuple):
    """A row of a pass: what flows along one edge."""

    rule: Markup
    upstream: Markup
    local: Markup
    downstream: Markup
    remark: str


class _Derivative(NamedTuple):
    """The rows of one node in a pass."""

    name: str
    value: Markup
    """Its derivative, where it is not that of its only part."""
    words: str
    parts: list[_Part]


class _Pass(NamedTuple):
    """A table, by what it is called and what it shows."""

    name: str
    what: str
    rows: list[_Derivative | str]


def section(case: CaseRecord, identifier: str, *, brief: bool = False) -> Markup:
    """The section as HTML; empty where the record holds nothing for it.

    brief: the graph without the tables of its passes, where there is one.
    """
    told = case.explanation
    if told is None:
        return Markup("")
    figure = draw_graph(told)
    passes = () if brief and figure is not None else told.passes
    return compact(
        render(
            "explanation",
            told=told,
            place=identifier.replace("-", " "),
            figure=figure,
            values=_ends([_valued(node) for node in told.nodes]) if passes else [],
            passes=[_passed(told, one, number) for number, one in enumerate(passes, 1)],
            remarks=[text for text in (convention(case.verdict), rounding(told, case)) if text],
            closed=() if brief else _closed(told),
            rule=rule(told),
            after=[(name, sign, numerals(value)) for name, sign, value in descended(told)],
            descent=descent(told),
        )
    )


def _closed(told: Explanation) -> list[tuple[str, Markup]]:
    """The closed form where it is long: a short one stands with the question."""
    if is_short(told.closed):
        return []
    return [(line.name, formula(line.latex, line.formula)) for line in told.closed]


def _valued(node: Node) -> _Value:
    by = formula(node.latex, node.formula) if node.kind == "step" else origin(node)
    return _Value(
        node.name,
        "×".join(map(str, node.shape)),
        by,
        _signed(equal(node.shape, node.values)),
        node.differentiated,
    )


def _signed(text: str) -> Markup:
    """`= 0.5` with its value set."""
    sign, _, value = text.partition(" ")
    return Markup("{} {}").format(sign, numerals(value))


def _passed(told: Explanation, one: Pass, number: int) -> _Pass:
    """A pass, a row for each node and for each part that flows to it."""
    back = told.mode == "reverse"
    what = DOWNSTREAM if back else f"the tangents by {one.of}"
    places = order(told, one) if back else [place for place, found in enumerate(one.derivatives) if found]
    flows, rules = flows_by_target(one), _rules(one.flows)
    rows = [_derivative(told, one, place, flows.get(place, []), rules) for place in places]
    name = f"{'backward' if back else 'forward'} pass{count_of(told, number)}"
    return _Pass(name, what, _ends(rows))


def _rules(flows: Sequence[Flow]) -> dict[str, Markup]:
    """The rules as mathematics, or as code where that would take too much room."""
    if len(flows) <= _MOST_SET:
        found = {flow.rule: formula(flow.latex, flow.rule) for flow in flows}
        if sum(map(len, found.values())) <= _LONGEST_SET:
            return found
    return {flow.rule: Markup("<code>{}</code>").format(flow.rule) for flow in flows}


def _derivative(
    told: Explanation, one: Pass, place: int, flows: Sequence[Flow], rules: dict[str, Markup]
) -> _Derivative:
    node, total = told.nodes[place], one.derivatives[place]
    value = Markup("") if len(flows) == 1 else _signed(equal(node.shape, total) if total else "= 0")
    words = paths(told, len(flows)) if len(flows) > 1 else "" if total else "nothing flows to it here"
    return _Derivative(
        label(told, one, place), value, words, [_part(told, one, flow, rules[flow.rule]) for flow in flows]
    )


def _part(told: Explanation, one: Pass, flow: Flow, rule: Markup) -> _Part:
    found = product(told, one, flow)
    text, cut = written(told.nodes[flow.target].shape, flow.downstream)
    sign = "≈" if cut or (found is not None and found.rounded) else "="
    summed = f"sum{found.summed} " if found is not None and found.summed is not None else ""
    return _Part(
        rule=rule,
        upstream=numerals(found.upstream) if found else Markup(""),
        local=Markup("{} {}").format(found.times, numerals(found.local)) if found else Markup(""),
        downstream=Markup("{}{} {}").format(summed, sign, numerals(text)),
        remark=remark(told, flow),
    )


def _ends(rows: list[_Row]) -> list[_Row | str]:
    """All rows, or the first and the last of many with how many are left out."""
    if len(rows) <= _MOST_ROWS:
        return list(rows)
    return [*rows[:_ENDS], f"… {plural(len(rows) - 2 * _ENDS, 'more row')} …", *rows[-_ENDS:]]
