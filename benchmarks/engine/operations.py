"""How many scalar operations the gradient program has, beside its function's.

Both are counted after simplification: dead code removed, equal subexpressions shared. Moving values
about is free; a sum of n costs n − 1, a product of matrices 2n − 1 an entry.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.engine.tables import significant, table
from benchmarks.engine.workloads import Workload

LIMIT = 3.0
"""Our goal; that 4 suffices for any function is the cheap gradient principle (Griewank & Walther 2008)."""


def count(workload: Workload) -> tuple[int, int]:
    """Operations of the function, and of its gradient by the arguments asked for.

    Raises ImportError where gradlab is not there.
    """
    from gradlab.engine import grad, trace
    from gradlab.engine.simplify import simplify

    task = workload.task
    function = task.function("gradlab", np)
    value, _ = trace(function, task.point)
    gradient, _ = trace(grad(function, task.argnums), task.point)
    return simplify(value).operations(), simplify(gradient).operations()


def operations_table(workloads: Sequence[Workload]) -> str:
    """A row for each workload, with the ratio and whether it is within the limit."""
    rows = []
    for workload in workloads:
        value, gradient = count(workload)
        ratio = gradient / value
        met = "met" if ratio <= LIMIT else "NOT MET"
        rows.append((workload.name, f"{value:,}", f"{gradient:,}", significant(ratio), met))
    return table(("scalar operations", "of f", "of its gradient", "ratio", f"at most {LIMIT:g}"), rows)
