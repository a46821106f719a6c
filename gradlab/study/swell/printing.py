"""The derivative written out: SymPy's expressions as text and as functions, the engine's program as lines.

A derivative as a tree of 10⁵ operations has some hundred different subexpressions; SymPy's printers write each
as often as it stands there, ours once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from gradlab.engine.program import Program
from gradlab.methods.symbolic import FLOAT_FUNCTIONS, PRECISE_FUNCTIONS
from gradlab.notation.programs import write_program
from gradlab.notation.write import write


def compile_expressions(
    arguments: Sequence[Any], outputs: Sequence[Any], system: str, shared: Any = None
) -> Callable[..., list[Any]]:
    """A function of numbers that gives the outputs. The arguments are symbols that we named, because their
    names become code. system: "math" for float64, or "mpmath". shared: what `sympy.cse` gives of the outputs; written
    as trees where that is None.
    """
    import sympy
    from sympy.printing.pycode import MpmathPrinter, PythonCodePrinter

    assert all(re.fullmatch(r"x\d+", symbol.name) for symbol in arguments), "a name of ours"
    own = FLOAT_FUNCTIONS if system == "math" else PRECISE_FUNCTIONS
    settings = {
        "fully_qualified_modules": False,
        "inline": True,
        "allow_unknown_functions": True,
        "user_functions": {name: name for name in own},
    }
    printer = (PythonCodePrinter if system == "math" else MpmathPrinter)(settings)
    made: Callable[..., list[Any]] = sympy.lambdify(
        arguments,
        list(outputs),
        modules=[own, system],
        printer=_writing_once(printer),
        cse=(lambda _: shared) if shared else False,
        docstring_limit=0,
    )
    return made


def length_of(expressions: Sequence[Any]) -> int:
    """Characters of the expressions as SymPy writes them."""
    printer = _writing_once(text_printer())
    return sum(len(printer.doprint(e)) for e in expressions)


def text_printer() -> Any:
    """SymPy's printer of text, with 15 digits of a decimal constant: SymPy was given 60 of them, to calculate with."""
    from sympy.printing.str import StrPrinter

    printer = StrPrinter()
    printer._print_Float = lambda number: f"{float(number):.15g}"  # noqa: SLF001 (its own way to be told)
    return printer


def lines_of(gradient: Program, names: Sequence[str], wrt: Sequence[str]) -> tuple[str, ...]:
    """A gradient program as lines of mathematics. names: what its inputs are called; wrt: those derived by."""
    written = write_program(gradient, dict(zip(gradient.inputs, names, strict=True)))
    outputs = zip(wrt, written.outputs, strict=True)
    return (*written.lines(), *(f"∂f/∂{name} = {write(node)}" for name, node in outputs))


def _writing_once(printer: Any) -> Any:
    """The printer, with a memory of what it has written."""
    import sympy

    write, known = printer._print, {}  # noqa: SLF001 (the one place that every subexpression goes through)

    def written(expression: Any, **settings: Any) -> str:
        if settings or not isinstance(expression, sympy.Basic):
            return str(write(expression, **settings))
        if expression not in known:
            known[expression] = write(expression)
        return str(known[expression])

    printer._print = written  # noqa: SLF001
    return printer
