"""What must hold whatever is read: one function a reader, for the tests beside it and for `benchmarks.fuzz`.

Each takes a hostile text, and raises AssertionError with a sentence where a property does not hold. Whatever
else comes out of it has escaped from a reader, and is a finding too.
"""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from gradlab.cases import Case
from gradlab.homework import Unreadable, cases_in_document
from gradlab.notation.document import DocumentError, read_document
from gradlab.notation.error import FormulaError
from gradlab.notation.formula import (
    Formula,
    Scope,
    canonical_name,
    parse_assignments,
    parse_chain,
    parse_claim,
    parse_definition,
    parse_formula,
    undeclared,
)
from gradlab.notation.latex.write import to_latex
from gradlab.notation.scope import Shape

Read = TypeVar("Read")


def _with(names: Mapping[str, Shape], *definitions: str) -> Scope:
    scope = Scope(names)
    for definition in definitions:
        scope = scope.defining(parse_definition(definition, scope))
    return scope


_NUMBERS: dict[str, Shape] = dict.fromkeys(("x", "y", "w", "b", "t", "z", "x1", "lambda"), ())
_ARRAYS: dict[str, Shape] = {
    "x": (3,), "y": (3,), "b": (2,), "s": (), "t": (), "W": (2, 3), "A": (3, 3), "r": (1, 3), "y_hat": (3,),
    "W^(1)": (3, 3), "W^(1)_out": (), "v_a": (3,), "n": (),
}  # fmt: skip
_AWKWARD: dict[str, Shape] = dict.fromkeys(
    ("T", "d", "e", "pi", "sigma", "i", "sum", "max", "sin", "D", "f", "rate", "d_x", "x_1a", "__init__"), ()
)
SCOPES: dict[str, Scope] = {
    "numbers": Scope(_NUMBERS),
    "arrays": Scope(_ARRAYS),
    "definitions": _with(_NUMBERS, "q = x^2 + y", "f(u) = u^3", "g(u, v) = u v + q", "σ(z) = 1/(1 + e^{-z})", "h = f(q)"),
    "arrays and definitions": _with(
        _ARRAYS, "z = W x + b", "L = ‖z‖^2", "f(u) = 2u", "k = x_1 + A_{12}", "φ(u) = cases(u if u > 0; 0 otherwise)"
    ),
    "awkward": Scope(_AWKWARD),
    "none": Scope({}),
}  # fmt: skip


def refusal(error: FormulaError, text: str) -> None:
    """A refusal is one sentence, and a line with a caret under a place that is there."""
    assert 1 <= error.column <= len(error.text) + 1, f"column {error.column} is outside of the text"
    assert not error.text or len(error.text) == len(text), (
        "the text of the refusal is not the one that was read"
    )
    assert error.message.endswith((".", "?")), f"no sentence: {error.message!r}"
    printed = str(error)
    assert len(printed.splitlines()) <= 3, f"more than a sentence, a line and a caret: {printed!r}"
    assert len(printed) < 1000, f"{len(printed)} characters to say it"
    assert_printable(printed.replace("\n", ""))


def assert_printable(text: str) -> None:
    """Nothing in the text steers a terminal, or turns the direction in which it is read."""
    for character in text:
        assert unicodedata.category(character) not in {"Cc", "Cs", "Cf", "Zl", "Zp"}, (
            f"U+{ord(character):04X} in {text[:200]!r}"
        )


def read(reader: Callable[[], Read], text: str) -> Read | None:
    """What is read, or None for a refusal."""
    try:
        return reader()
    except FormulaError as error:
        refusal(error, text)
    return None


def assert_read(formula: Formula, scope: Scope) -> None:
    """What was read is written as what reads as the same, typed and in LaTeX, and can be evaluated."""
    evaluate(formula, scope)
    written = formula.read_as()
    assert_printable(written)
    again = _again(written, scope, latex=False)
    assert again.tree == formula.tree, (
        f"{written!r} reads as another formula: {again.tree!r}, not {formula.tree!r}"
    )
    assert again.shape == formula.shape, f"{written!r} has the shape {again.shape}, not {formula.shape}"
    if "__init__" in formula.names:
        return  # LaTeX has no way to write it
    written = to_latex(formula.tree, sigma=formula.sigma)
    assert_printable(written)
    again = _again(written, scope, latex=True)
    assert again.tree == formula.tree, (
        f"{written!r} reads as another formula: {again.tree!r}, not {formula.tree!r}"
    )


def _again(written: str, scope: Scope, *, latex: bool) -> Formula:
    try:
        return parse_formula(written, scope, latex=latex)
    except FormulaError as error:
        if any(sentence in error.message for sentence in _UNWRITABLE):
            raise Unwritable from None
        raise AssertionError(f"{written!r} does not read back: {error.message}") from None


_UNWRITABLE = (
    "at most 10000 characters",  # nothing bounds how long a formula becomes when all of it is made explicit,
    "nested more than",  # nor how deep its fractions;
    "A subscript stands after a symbol",  # LaTeX has one subscript for a name: no element of W_out can be written;
    "could be a derivative or a quotient",  # and where d is declared, d over d is not clear however it is written
)


class Unwritable(Exception):
    """It has no form that is read."""


_FOREIGN = ("broadcast", "matmul", "dimension", "NoneType", "unsupported operand", "ufunc", "object")


def evaluate(formula: Formula, scope: Scope) -> Any:
    """Its value at some floats; None where it says in a sentence that it has none."""
    random = np.random.default_rng(0)
    shapes = {canonical_name(name): shape for name, shape in scope.names.items()}
    values = {name: random.uniform(0.5, 2.0, shapes.get(name, ())) for name in formula.names}
    try:
        value = formula(**values)
    except (TypeError, ValueError) as error:
        told = str(error)
    else:
        assert np.shape(value) == formula.shape or not any(scope.names.values()), (
            f"its value has the shape {np.shape(value)}, not {formula.shape}"
        )
        return value
    assert told, "an error without a sentence"
    for foreign in _FOREIGN:
        assert foreign not in told, f"a sentence of NumPy's or Python's: {told}"
    return None


def check_formula(text: str, scope: Scope, latex: bool | None = None) -> bool:
    """`parse_formula`; whether it was read."""
    formula = read(lambda: parse_formula(text, scope, latex=latex), text)
    if formula is not None:
        assert_read(formula, scope)
    return formula is not None


def check_chain(text: str, scope: Scope, latex: bool | None = None) -> bool:
    """`parse_chain`; whether it was read."""
    chain = read(lambda: parse_chain(text, scope, latex=latex), text)
    for formula in chain or ():
        assert text[formula.start :].startswith(formula.text), "a member does not stand where it says"
        assert_read(formula, scope)
    return chain is not None


def check_definition(text: str, scope: Scope, latex: bool | None = None) -> bool:
    """`parse_definition`; whether it was read."""
    definition = read(lambda: parse_definition(text, scope, latex=latex), text)
    if definition is None:
        return False
    assert_printable(definition.read_as)
    again = parse_definition(definition.read_as, scope, latex=False)
    assert again.body == definition.body, f"{definition.read_as!r} reads as another definition"
    assert (again.name, again.parameters) == (definition.name, definition.parameters)
    within = scope.defining(definition)
    if not definition.is_function:
        (formula,) = parse_chain(definition.read_as.partition("=")[0], within)
        evaluate(formula, within)
    return True


def check_undeclared(text: str, scope: Scope, latex: bool | None = None) -> bool:
    """`undeclared`; whether it was read."""
    found = read(lambda: undeclared(text, scope, latex=latex), text)
    for name in found or ():
        assert canonical_name(name) == name, f"{name!r} is not canonical"
        assert_printable(name)
    return found is not None


def check_assignments(text: str) -> bool:
    """`parse_assignments`; whether it was read."""
    values = read(lambda: parse_assignments(text), text)
    for name, value in (values or {}).items():
        assert canonical_name(name) == name, f"{name!r} is not canonical"
        assert np.isfinite(np.asarray(value, dtype=float)).all(), f"{name} is {value}"
    return values is not None


def check_claim(text: str) -> bool:
    """`parse_claim`; whether it was read."""
    claim = read(lambda: parse_claim(text), text)
    if claim is None:
        return False
    name, formula, offset = claim
    assert canonical_name(name) == name, f"{name!r} is not canonical"
    assert text[offset:].startswith(formula), "the formula does not stand where it says"
    return True


def check_document(text: str, folder: Path, kind: str) -> bool:
    """`read_document` and `cases_in_document`; whether a case was made of it."""
    try:
        document = read_document(text, "tex" if kind == "tex" else "markdown")
        lines = text.count("\n") + 1
        for section in document.sections:
            assert_printable(section.title)
            assert 1 <= section.line <= lines, f"line {section.line} of {lines}"
            places = [*(one.line for one in section.equations), *(one.line for one in section.fields)]
            assert all(1 <= line <= lines for line in places), f"lines {places} of {lines}"
        told = ""
    except DocumentError as error:
        told = error.message
    assert_printable(told)
    path = folder / f"hw.{kind}"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    found = cases_in_document(path)
    assert found, "neither a case nor a reason why there is none"
    assert len({one.name for one in found}) == len(found), "two of one name"
    for one in found:
        assert_printable(one.name)
        if isinstance(one, Unreadable):
            assert one.location.startswith(str(path))
            assert one.reason.strip(), "no reason"
            assert_printable(one.reason)
            assert_printable(one.excerpt.replace("\n", ""))
        else:
            _assert_case(one)
    return any(isinstance(one, Case) for one in found)


def _assert_case(case: Case) -> None:
    for text in (case.read_as, *case.notes):
        assert_printable(text)
    for point in case.points:
        for function in (case.function, *(step.formula for chain in case.chains for step in chain.steps)):
            with contextlib.suppress(TypeError, ValueError):
                function(**point.inputs)
