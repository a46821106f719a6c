"""Expression swell over the sizes of a family: how every form of the derivative grows."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

from gradlab.record import CaseRecord, Kind
from gradlab.record.sweep import Depth, Form, Sweep, Written
from gradlab.report._words.sweep import (
    CLOSED,
    HEADS,
    MEANINGS,
    Quantity,
    count,
    digits,
    forms,
    gap,
    grown,
    largest_loss,
    quantities,
    speed,
)
from gradlab.report.html.figures.growth import draw_growth
from gradlab.report.html.rendering import render
from gradlab.report.html.sections._compact import compact
from gradlab.report.html.sections._footnotes import Footnotes

__all__ = ["section"]


class _Row(NamedTuple):
    """A size: a cell for each form, or why there are none."""

    size: str
    cells: list[tuple[str, Markup]]
    """What is known, and the sign of a remark."""
    gap: str
    verdict: Kind


class _Table(NamedTuple):
    title: str
    heads: list[str]
    rows: list[_Row]
    notes: Footnotes


def section(case: CaseRecord, identifier: str, *, brief: bool = False) -> Markup:
    """The section as HTML; empty where the record holds nothing for it.

    brief: the growth without the tables by size, where there is a picture of it.
    """
    sweep = case.sweep
    if sweep is None:
        return Markup("")
    figure = draw_growth(sweep)
    return compact(
        render(
            "sweep",
            place=identifier.replace("-", " "),
            parameter=sweep.parameter,
            interrupted=sweep.interrupted,
            figure=figure,
            growth=[
                (one.growth.form, count(one.operations), one.size, one.growth.sentence or one.growth.law)
                for one in grown(sweep)
            ],
            losses=[text for name in forms(sweep) if (text := largest_loss(sweep, name))],
            crossings=[*sweep.crossings, *(f"{sentence}, measured here" for sentence in sweep.measured)],
            tables=_tables(sweep) if not brief or figure is None else None,
        )
    )


def _tables(sweep: Sweep) -> dict[str, object]:
    """Everything by size."""
    names, lost = forms(sweep), digits(sweep)
    return {
        "operations": _table(sweep, Quantity("operations", names, lambda form: count(form.operations))),
        "meanings": "; ".join(f"{HEADS[name]}: {MEANINGS[name]}" for name in names if name in MEANINGS),
        "lost": _table(sweep, lost, said=False) if lost is not None else None,
        "more": [_table(sweep, quantity, said=False) for quantity in quantities(sweep)],
        "speed": speed(sweep),
        "written": [_written(one) for one in sweep.written],
        "closed": CLOSED,
    }


def _table(sweep: Sweep, quantity: Quantity, *, said: bool = True) -> _Table:
    """A row for each size and a column for each form; said: with the remarks on them."""
    notes = Footnotes()
    heads = [sweep.parameter, *(HEADS[name] for name in quantity.forms)]
    rows = [_row(depth, quantity, notes if said else None) for depth in sweep.depths]
    return _Table(quantity.title, heads, rows, notes)


def _row(depth: Depth, quantity: Quantity, notes: Footnotes | None) -> _Row:
    known = {form.form: form for form in depth.forms}
    cells = []
    for name in quantity.forms:
        form = known.get(name, Form(form=name))
        sign = notes.sign(form.note) if notes is not None else Markup("")
        cells.append((quantity.cell(form) if name in known else "", sign))
    return _Row(f"{depth.size:,}", cells, "" if known else gap(depth), depth.verdict)


def _written(one: Written) -> tuple[int, list[tuple[str, str]]]:
    """The derivative in three ways, at one size."""
    ways = (
        ("SymPy", one.tree),
        ("SymPy, shared", one.shared),
        ("the engine's gradient program", one.program),
    )
    return one.size, [(title, "\n".join(lines)) for title, lines in ways if lines]
