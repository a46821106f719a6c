"""`%load_ext gradlab`: the magic `gradcheck` of notebooks.

    %%gradcheck x1=2, x2=5
    f = ln(x1) + x1*x2 - sin(x2)
    df/dx1 = 1/x1 + x2

checks what the cell derives, and `%gradcheck f gradient at x=1.5, w=[1, 2]` functions of the notebook.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from gradlab.cases import Case
    from gradlab.harness import Result
    from gradlab.homework import Unreadable

__all__ = ["load"]

_LINE = re.compile(r"(?P<function>[^\s=,]+)(?:\s+(?P<gradient>[^\s=,]+))?\s+at\s+(?P<point>.+)")
_USAGE = (
    "write %gradcheck f gradient at x=1.5, w=[1, 2] for functions of the notebook, or %%gradcheck at the top of a "
    "cell of mathematics: f = x^2, and below it df/dx = 2x"
)


def load(shell: InteractiveShell) -> None:
    """Give the notebook its magic, `%gradcheck` and `%%gradcheck`."""

    def gradcheck(line: str, cell: str | None = None) -> Result:
        """Check a gradient: `%gradcheck f gradient at x=1.5`, or `%%gradcheck x=1.5` above `f = …`, `df/dx = …`."""
        from IPython.core.error import UsageError

        from gradlab.cases import InputError
        from gradlab.harness import Settings
        from gradlab.notation.document import DocumentError
        from gradlab.notation.error import FormulaError
        from gradlab.plugins.running import check

        try:
            if cell is None:
                return check([_case_of_line(line, shell.user_ns)], Settings())
            return check(_cases_of_cell(line, cell), Settings())
        except (InputError, FormulaError, DocumentError) as error:
            sentence = str(error)
        raise UsageError(sentence)

    shell.magics_manager.register_function(gradcheck, "line_cell", "gradcheck")


def _case_of_line(line: str, names: Mapping[str, Any]) -> Case:
    """The case of two functions of a notebook. Raises InputError, FormulaError."""
    from gradlab.cases import InputError, argument_names
    from gradlab.harness import case_of
    from gradlab.library import as_spelled
    from gradlab.notation.formula import parse_assignments

    asked = _LINE.fullmatch(line.strip())
    if asked is None:
        raise InputError(_USAGE)
    function = _function(asked["function"], names)
    hand = _function(asked["gradient"], names) if asked["gradient"] else None
    point = parse_assignments(asked["point"])
    arguments = argument_names(function)
    return case_of(
        function,
        {as_spelled(name, arguments): value for name, value in point.items()},
        hand=hand,
        name=asked["function"],
    )


def _function(name: str, names: Mapping[str, Any]) -> Callable[..., Any]:
    """A function of the notebook, or of a module in it (`model.loss`). Raises InputError."""
    from gradlab.cases import InputError

    first, *others = name.split(".")
    found = names.get(first)
    for other in others:
        found = getattr(found, other, None)
    if found is None:
        raise InputError(f"{name!r} is not defined in this notebook: run the cell that defines it")
    if not callable(found):
        raise InputError(f"{name} is {type(found).__name__}, and no function")
    return found  # type: ignore[no-any-return]


def _cases_of_cell(line: str, cell: str) -> list[Case]:
    """The cases of a cell, read as a block of a document. Raises InputError, FormulaError where a part can't be read."""
    from gradlab.cases import Case, InputError
    from gradlab.homework import cases_in_text
    from gradlab.notation.formula import parse_assignments

    point = [f"at: {line}"] if line.strip() else []
    if point:
        parse_assignments(line)
    # The block begins where the cell's magic stands, and the point ends it: so lines are counted as in the cell.
    fence = "`" * (3 + max(map(len, re.findall("`+", cell)), default=0))
    lines = [f"{fence}gradlab", *cell.rstrip().splitlines(), *point, fence]
    after = len(lines) - len(point)
    found = cases_in_text("\n".join(lines), Path("cell"))
    refused = [_refusal(one, after) for one in found if not isinstance(one, Case)]
    if refused:
        raise InputError("\n".join(refused))
    return [one for one in found if isinstance(one, Case)]


def _refusal(problem: Unreadable, after: int) -> str:
    """What of a cell can't be read, and its line: the first one for what stands `after` the cell's own lines."""
    line = problem.location.rpartition(":")[2]
    if not line.isdecimal():
        return "no derivation was found: write it as df/dx = … below f = …"
    place = int(line) if int(line) < after else 1
    return f"line {place}: {problem.reason}" + (f"\n{problem.excerpt}" if problem.excerpt else "")
