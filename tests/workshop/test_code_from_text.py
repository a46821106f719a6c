"""Input is never run: nothing that makes code of a string is used, but where it is named here."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.workshop import ROOT

MAKES_CODE = {
    "__import__",
    "eval",
    "exec",
    "lambdify",
    "parse_expr",
    "parse_latex",
    "parse_mathematica",
    "sympify",
}
ALLOWED = {
    ("gradlab/engine/compile.py", "exec"),  # source that the engine wrote, over names of its own
    ("gradlab/methods/symbolic.py", "lambdify"),  # symbols that we named
    ("gradlab/study/swell/printing.py", "lambdify"),  # likewise
}


def names_used(tree: ast.AST) -> Iterator[str]:
    """Every name and attribute that a file mentions, and what it imports; `sympy.S` where it is called."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                yield name
            case ast.Call(func=ast.Name(id="S") | ast.Attribute(attr="S")):
                yield "sympify"


def code_makers(text: str) -> set[str]:
    return MAKES_CODE.intersection(names_used(ast.parse(text)))


def test_no_other_file_makes_code_of_a_string() -> None:
    files = [path for folder in ("gradlab", "cases") for path in (ROOT / folder).rglob("*.py")]
    assert files
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in files
        for name in code_makers(path.read_text(encoding="utf-8"))
    }
    assert found == ALLOWED


def test_each_way_of_writing_it_is_found() -> None:
    assert code_makers("eval(x)") == {"eval"}
    assert code_makers("run = builtins.exec") == {"exec"}
    assert code_makers("from sympy import sympify as read") == {"sympify"}
    assert code_makers("sympy.S(text)") == {"sympify"}
    assert code_makers("sympy.S.Half + x.evalf()") == set()
