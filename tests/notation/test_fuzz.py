"""What fuzzing found, so that it stays mended; and a little fuzzing at each run (`benchmarks.fuzz` does more)."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from gradlab.notation.document import read_document
from gradlab.notation.error import FormulaError
from gradlab.notation.formula import (
    Formula,
    Scope,
    parse_assignments,
    parse_chain,
    parse_claim,
    parse_formula,
    undeclared,
)
from tests.notation import fuzzing
from tests.notation.fuzzing import SCOPES, Unwritable
from tests.notation.making import Rule
from tests.notation.watching import watched

# Found, and mended


@pytest.mark.parametrize(
    ("scope", "text"),
    [
        # an index was out of its sum where a sign stood within bars
        ("arrays", "sum_{i=1}^3 |x_i - y_i|"),
        ("arrays", "sum_i ‖x - y_i‖_1 - 1"),
        ("arrays", "sum_i |x_i - |y_i - 2|| + 1"),
        ("arrays", "|sum_i x_i - 3| + s"),
        ("arrays", r"\sum_{i=1}^3 |x_i - y_i| - |s - t|"),
        ("arrays", r"\sum_i |-x_i|"),
        # a name with a layer could not be derived, nor by it, nor its elements be named
        ("arrays", "∂W^(1)_out/∂W^(1)_out + ∂s/∂W^{(1)}_out"),
        ("arrays", "∇_W^(1) s + d/dW^(1)[t]"),
        ("arrays", "W^(1)_{1,2} + W^{(1)}_{2,1}^2"),
        ("arrays", "sum_i (y_hat_i - y_i)^2 + y_hat_{1} + sum_{i=1}^2 y_hat_{i+1}"),
        # what a word of names hides was not written as what reads back
        ("awkward", r"\sum_{k=1}^3 \mathrm{sum}"),
        ("awkward", r"d^{-2} \cdot \mathrm{rate}"),
        ("awkward", "x_1a^2"),
        # a matrix of one element is that element
        ("numbers", r"\begin{pmatrix} \begin{pmatrix} x \end{pmatrix} \end{pmatrix} + 1"),
        # the derivative of a row by a number is no row
        ("arrays", "∂(s x^T)/∂s"),
    ],
)
def test_what_was_refused_is_read_and_written_as_the_same(scope: str, text: str) -> None:
    assert fuzzing.check_chain(text, SCOPES[scope])


@pytest.mark.parametrize(
    ("scope", "text", "message"),
    [
        ("numbers", "\\cos 2x⁻", "A superscript is a whole number"),
        ("numbers", "\\cos 2³⁻", "A superscript is a whole number"),
        ("numbers", "\\sigma" + "'" * 5000 + "(x)", "Derivatives are read up to order 4"),
        ("arrays", "A" + " A" * 4000, "nested more than 60 levels deep"),
        ("arrays", "A" + " ⊙ A" * 2000, "nested more than 60 levels deep"),
        ("arrays", "s A" * 1500, "nested more than 60 levels deep"),
        ("awkward", r"\prod_{i=1}^{2} \mathrm{rate}", "i is a declared name, and can't be an index too"),
        ("awkward", "-f^{(" + r"\sin x + " * 300 + "1)}", "is read as a symbol with a layer index"),
        (
            "awkward",
            r"\prod_{j=\frac{\partial^2 f}{\partial x_a \partial f}}^{3} T",
            "'x_a' is not known here",
        ),
        (
            "numbers",
            r"\sum_{j=1}^{3} \frac{d}{dj}[w]",
            "j is the index of a sum, by which nothing is derived",
        ),
        ("none", "e" * 63 + "x_{", "A name has at most 64 characters"),
        ("none", "φ" * 22, "A name has at most 64 characters"),
        ("numbers", "{x}" + "2" * 300, "A number after '…}' is not read as a factor"),
    ],
)
def test_what_escaped_is_refused_with_a_sentence(scope: str, text: str, message: str) -> None:
    latex = "\\" in text
    assert not fuzzing.check_chain(text, SCOPES[scope], latex)
    with pytest.raises(FormulaError) as caught:
        parse_chain(text, SCOPES[scope], latex=latex)
    assert message in caught.value.message


def test_the_place_of_a_refusal_is_in_the_text_that_was_read() -> None:
    for text in ("p = W^(1)_ᵀ", "½^(1)}", "2 + " + "e" * 64 + "x_{", "a + b^(1)_" + "c" * 64):
        for scope in SCOPES.values():
            fuzzing.check_undeclared(text, scope)
            fuzzing.check_definition(text, scope)


@pytest.mark.parametrize("text", ["outer(x, x)", "x xᵀ + 1", "∂(W W)/∂W", "diag(x) x", "∂/∂x[x]", "∂/∂W[W]"])
def test_an_array_too_large_to_be_held_is_refused(text: str) -> None:
    scope = Scope({"x": (10_000,), "W": (100, 100)})
    assert not fuzzing.check_chain(text, scope)
    with pytest.raises(FormulaError, match="at most 1,000,000 elements are read"):
        parse_formula(text, scope)


@pytest.mark.parametrize("text", ["log2'(x)", "log10''(x)", "d/dx[log2(x)]"])
def test_a_derivative_is_infinite_where_it_is_and_does_not_raise(text: str) -> None:
    assert np.isinf(parse_formula(text, ["x"])(x=0.0))


@pytest.mark.parametrize(
    "text",
    ["```gradlab\n)\n·\n```", "```gradlab\n\x02\n```", "```gradlab\n\x1b[31m x\n```", "$d\nd=$"],
)
def test_a_reason_holds_nothing_that_steers_a_terminal(text: str, tmp_path: Path) -> None:
    assert not fuzzing.check_document(text, tmp_path, "md")


@pytest.mark.parametrize(
    "line", ["at: x=2=5", "at: 2=5", "at: ж=2", "shapes: W: ж×n", "by: 2", "assume: 2 > 0"]
)
def test_a_header_with_a_name_that_is_none_is_a_reason(line: str, tmp_path: Path) -> None:
    assert not fuzzing.check_document(f"```gradlab\n{line}\nL = x^2\n∂L/∂x = 2x\n```\n", tmp_path, "md")


# A little of it at each run


def made(scope: str) -> st.SearchStrategy[str]:
    """Formulas made by rule."""
    seeds = st.integers(0, 2**32)
    return st.builds(
        lambda seed, latex: Rule(random.Random(seed), scope, latex=latex).text(), seeds, st.booleans()
    )


@pytest.mark.parametrize("scope", SCOPES)
def test_whatever_is_made_by_rule_is_written_as_the_same_or_refused(scope: str) -> None:
    @budget(max_examples=60)
    @given(made(scope))
    def check(text: str) -> None:
        try:
            fuzzing.check_chain(text, SCOPES[scope])
        except Unwritable:
            return

    check()


@budget(max_examples=60)
@given(made("definitions"), st.sampled_from(["k = ", "F(u) = ", "F(u, v) = ", "x = ", ""]))
def test_whatever_is_defined_is_written_as_the_same_or_refused(text: str, head: str) -> None:
    fuzzing.check_definition(head + text, SCOPES["definitions"])
    fuzzing.check_undeclared(head + text, SCOPES["none"])


@budget(max_examples=40)
@given(
    st.lists(made("numbers"), min_size=1, max_size=4), st.sampled_from(["$", "$$", "```gradlab\n", "\n# "])
)
def test_whatever_stands_in_a_document_is_a_case_or_a_reason(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], mark: str
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    text = f"\n{mark}\n" + f"\n{mark}\n".join(texts) + "\n$$\n"
    for kind in ("md", "tex"):
        fuzzing.check_document(text, folder, kind)


# Nothing is run

RUNS = [
    "__import__('os').system('ls')",
    "x.__class__.__mro__",
    "lambda: 0",
    "eval(x) + exec(x)",
    "open(x)",
    "{x.real}",
    "sum_{i=1}^3 x i",
    "d/dx[x^2 sin x] + σ''(x)",
    "cases(x if x > 0; 0 otherwise)",
    "\\input{/etc/passwd} x",
    "\\def\\a{x}\\a",
    "\\write18{ls}",
    "\\frac{\\partial}{\\partial x} x^2",
    "\\csname x\\endcsname",
    "2^(3^2) + 1/7",
]


@pytest.fixture(scope="module", autouse=True)
def all_is_imported(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is imported when it is first used is imported now."""
    for text in ("x + 1 = \\frac{d}{dx} x^2", "d/dx[x^2] + |x| = |x|"):
        fuzzing.check_chain(text, SCOPES["numbers"])
    for kind, text in (
        ("md", "$L = x^2$\n\n$$\\frac{dL}{dx} = 2x$$"),
        ("tex", "$L = x^2$, $\\frac{dL}{dx} = 2x$"),
    ):
        fuzzing.check_document(text, tmp_path_factory.mktemp("first"), kind)


def _formulas(text: str, *, latex: bool) -> None:
    formula = fuzzing.read(lambda: parse_formula(text, SCOPES["numbers"], latex=latex), text)
    if isinstance(formula, Formula):
        fuzzing.evaluate(formula, SCOPES["numbers"])
    fuzzing.read(lambda: undeclared(text, SCOPES["none"], latex=latex), text)
    fuzzing.check_definition("k = " + text, SCOPES["numbers"], latex)


def readers(text: str) -> None:
    """All readers of one text."""
    for latex in (False, True):
        _formulas(text, latex=latex)
    fuzzing.read(lambda: parse_assignments("x=" + text), "x=" + text)
    fuzzing.read(lambda: parse_claim("x: " + text), "x: " + text)
    read_document(f"# {text}\n\n$$ {text} = 0 $$\n\n```gradlab\nat: {text}\n{text} = 1\n```\n", "markdown")
    read_document(f"\\section{{{text}}} ${text} = 0$\n% gradlab: at: {text}\n", "tex")


@pytest.mark.parametrize("text", RUNS)
def test_nothing_is_compiled_run_imported_or_opened_while_a_text_is_read(text: str) -> None:
    readers(text)
    with watched() as events:
        readers(text)
    assert events == []


def test_of_a_document_nothing_but_the_file_is_opened(tmp_path: Path) -> None:
    text = "# \\input{/etc/passwd}\n\n$L = x^2$\n\n$$\\frac{dL}{dx} = 2x$$\n\n![](file:///etc/passwd)\n"
    fuzzing.check_document(text, tmp_path, "md")
    with watched() as events:
        assert fuzzing.check_document(text, tmp_path, "md")
    opened = [
        event for event in events if not (event.startswith("open ") and str(tmp_path / "hw.md") in event)
    ]
    assert opened == []


def test_what_is_done_is_seen() -> None:
    with watched() as events:
        compile("1", "<text>", "eval")
        Path(__file__).stat()
        with Path(__file__).open(encoding="utf-8"):
            pass
    assert [event.split()[0] for event in events] == ["compile", "open"]
