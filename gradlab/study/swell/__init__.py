"""Expression swell: how many operations a derivative has, written out, shared, and as a program."""

from __future__ import annotations

from collections.abc import Mapping

from gradlab.engine.program import Program
from gradlab.engine.simplify import simplify
from gradlab.methods import Derivation
from gradlab.record import Size

FORMS = ("f as a tree", "f′ as a tree", "f′ shared", "gradient program")


def swell(
    program: Program | None, derivations: Mapping[str, Derivation], unsupported: Mapping[str, str]
) -> list[Size]:
    """A row for each form; a method that gave up leaves its reason in place of a number."""
    base = simplify(program, branches=False).operations() if program is not None else None
    rows = [Size(form="f", operations=base, ratio=1.0 if base else None)]
    known = {form: count for derivation in derivations.values() for form, count in derivation.sizes}
    for form in FORMS:
        if form in known:
            rows.append(Size(form=form, operations=known[form], ratio=known[form] / base if base else None))
        else:
            owner = "reverse" if form == "gradient program" else "symbolic"
            if owner in unsupported:
                rows.append(Size(form=form, operations=None, ratio=None, note=unsupported[owner]))
    return rows
