"""What a problem's text says, and the cases that are made of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gradlab.cases import Case, InputError
from gradlab.homework import Unreadable, cases_in_document

LOSS = "$L = (wx - t)^2$\n\n"


def read(folder: Path, text: str, name: str = "hw.md") -> list[Case | Unreadable]:
    """What is found in a document with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return cases_in_document(path)


def block(text: str) -> str:
    return f"```gradlab\n{text}\n```\n"


def case_of(folder: Path, text: str) -> Case:
    """The only case."""
    (found,) = read(folder, text)
    assert isinstance(found, Case), found
    return found


def failures(found: list[Case | Unreadable]) -> list[Unreadable]:
    return [one for one in found if isinstance(one, Unreadable)]


def cases(found: list[Case | Unreadable]) -> list[Case]:
    return [one for one in found if isinstance(one, Case)]


def test_a_derivation_in_latex(tmp_path: Path) -> None:
    text = (
        "# Problem 2\n\n$z = wx + b$, $L = \\frac12 (z - t)^2$, at $w = 0.5$, $b = 1$, $x = 2$, $t = 3$:\n\n"
        "\\begin{align*}\n\\frac{\\partial L}{\\partial w}\n&= (z - t) \\frac{\\partial z}{\\partial w} \\\\\n"
        "&= (z - t) x\n\\end{align*}\n"
    )
    case = case_of(tmp_path, text)
    assert case.name == "hw: Problem 2"
    assert case.location.endswith("hw.md:1")
    assert case.wrt == ("w",)
    assert dict(case.points[0].inputs) == {"w": 0.5, "x": 2.0, "b": 1.0, "t": 3.0}
    assert case.read_as == "z = w·x + b; L = (1/2)·(z − t)^2"
    (chain,) = case.chains
    assert chain.by == "w"
    assert [step.read_as for step in chain.steps] == ["∂L/∂w", "(z − t)·∂z/∂w", "(z − t)·x"]
    assert [step.location.rpartition(":")[2] for step in chain.steps] == ["6", "7", "8"]
    assert [float(step.formula(**case.points[0].inputs)) for step in chain.steps] == [-2.0, -2.0, -2.0]
    (claim,) = case.claims
    assert claim.typed == {"w"}
    assert claim(case.points[0].inputs, case.wrt) == {"w": -2.0}
    assert "symbols: w, b, x, t" in case.notes


@pytest.mark.parametrize(
    ("text", "by", "steps"),
    [
        (LOSS + "$$\\frac{\\partial L}{\\partial w} = 2(wx - t)x$$", "w", 2),
        (LOSS + "$$\\nabla_w L = 2(wx - t)x$$", "w", 2),
        (LOSS + "$$\\frac{dL}{dw} = 2(wx - t) \\frac{d}{dw}(wx - t) = 2(wx - t)x$$", "w", 3),
        (LOSS + block("∂L/∂w = 2(wx − t)x"), "w", 2),
        (block("L = (w x − t)²\ndL/dw = 2(wx − t)\n   · x"), "w", 2),
        (block("L = (w x − t)²\nw: 2(wx − t)x"), "w", 2),
        (block("function: ln(x1) + x1 x2\nx1: 1/x1 + x2"), "x1", 2),
        ("$L(w) = (wx - t)^2$ and $\\frac{dL}{dw} = 2(wx - t)x$", "w", 2),
        ("$f(x) = x^2$, so $f'(x) = 2x$", "x", 2),
        ("$$\\frac{d}{dx} \\left[ x^2 \\right] = 2x$$", "x", 2),
        ("$$\\sigma'(z) = \\sigma(z)(1 - \\sigma(z))$$", "z", 2),
        (block("L = (w x − t)²\nδ = 2(wx − t)\n∂L/∂w = δ x"), "w", 2),
        ("where $y = wx$ and $L = \\log y$, $\\frac{dL}{dw} = \\frac1y x$", "w", 2),
        ("$L = \\log y$ with $y = wx$, $\\frac{dL}{dw} = \\frac1y x$", "w", 2),
    ],
)
def test_what_a_derivation_may_look_like(tmp_path: Path, text: str, by: str, steps: int) -> None:
    case = case_of(tmp_path, text)
    (chain,) = case.chains
    assert (chain.by, len(chain.steps), case.wrt) == (by, steps, (by,))
    values = [np.asarray(step.formula(**case.points[0].inputs)) for step in chain.steps]
    assert all(np.allclose(value, values[0]) for value in values)
    assert len(case.claims) == 1


def test_an_identity_is_compared_with_its_first_member(tmp_path: Path) -> None:
    case = case_of(tmp_path, block("sin(x)² + cos(x)² = 1 + 0 x"))
    assert case.chains[0].by == ""
    assert case.wrt == ("x",)
    assert not case.claims


def test_a_definition_that_is_written_again_is_checked(tmp_path: Path) -> None:
    text = "$L = (w - 1)^2$\n\n$$L = w^2 - 2w + 1$$\n\n$$L'(w) = 2w$$"
    found = read(tmp_path, text.replace("$$L'(w) = 2w$$", "$$\\frac{dL}{dw} = 2w - 2$$"))
    assert [[s.read_as for s in c.chains[0].steps] for c in cases(found)] == [
        ["L", "w^2 − 2·w + 1"],
        ["∂L/∂w", "2·w − 2"],
    ]


def test_a_quantity_is_derived_by_with_a_value_of_its_own(tmp_path: Path) -> None:
    text = block(
        "z = w x + b\ny = σ(z)\nL = ½(y − t)²\nat: w=0.5, x=2, b=1, t=1\n∂L/∂z = (y − t) y (1 − y)\n∂L/∂w = ∂L/∂z x"
    )
    by_z, by_w = cases(read(tmp_path, text))
    assert (by_z.wrt, by_w.wrt) == (("z",), ("w",))
    assert dict(by_z.points[0].inputs) == {"t": 1.0, "z": 2.0}
    assert (by_z.name, by_w.name) == ("hw problem 1, ∂L/∂z", "hw problem 1")
    assert len(by_z.claims) == 1


def test_a_step_may_use_what_a_quantity_is_made_of(tmp_path: Path) -> None:
    """z rounded in float64 is not wx + b to 50 digits; both are the same number here all the same."""
    case = case_of(
        tmp_path, block("z = w x + b\nL = σ(z)²\n∂L/∂z = 2σ(z)σ'(z)\n      = 2σ(w x + b)σ'(w x + b)")
    )
    assert case.around == 0
    inputs = dict(case.points[0].inputs)
    exact = inputs["w"] * inputs["x"] + inputs["b"]
    assert inputs["z"] == pytest.approx(exact)
    before, after = (step.formula(**inputs) for step in case.chains[0].steps[1:])
    assert before == after
    moved = case.function(**{**inputs, "z": inputs["z"] + 1})
    assert moved == pytest.approx(1 / (1 + np.exp(-(exact + 1))) ** 2)


def test_the_definition_of_a_derivative_is_a_derivation_too(tmp_path: Path) -> None:
    text = block("z = w x\nL = z²\nδ = ∂L/∂z = 2z\n∂L/∂w = δ x")
    by_z, by_w = cases(read(tmp_path, text))
    assert [s.read_as for s in by_z.chains[0].steps] == ["∂L/∂z", "2·z"]
    assert [s.read_as for s in by_w.chains[0].steps] == ["∂L/∂w", "δ·x"]


def test_shapes(tmp_path: Path) -> None:
    text = block("shapes: W: 2×3, x: 3\ny = W x\nL = yᵀy\n∂L/∂W = 2 y xᵀ\n∂y/∂x = W")
    main, jacobian = cases(read(tmp_path, text))
    assert np.shape(main.points[0].inputs["W"]) == (2, 3)
    assert (main.quantity, jacobian.quantity) == ("gradient", "jacobian")
    value = main.chains[0].steps[-1].formula(**main.points[0].inputs)
    assert np.shape(value) == (2, 3)


@pytest.mark.parametrize("sizes", ["2×3", "2x3", "2 x 3", "2 by 3", "(2, 3)"])
def test_a_shape_may_be_typed_in_many_ways(tmp_path: Path, sizes: str) -> None:
    case = case_of(tmp_path, block(f"shapes: W: {sizes}\nL = ‖W‖²\n∂L/∂W = 2W"))
    assert np.shape(case.points[0].inputs["W"]) == (2, 3)


def test_shapes_may_be_said_in_the_text(tmp_path: Path) -> None:
    text = (
        "With $W \\in \\mathbb{R}^{2 \\times 3}$, $x \\in \\mathbb{R}^3$ and $q \\in \\mathbb{R}$, $y = Wx$,\n"
        "$L = y^\\top y$:\n\n$$\\frac{\\partial L}{\\partial W} = 2 y x^\\top$$\n"
    )
    inputs = case_of(tmp_path, text).points[0].inputs
    assert {name: np.shape(value) for name, value in inputs.items()} == {"W": (2, 3), "x": (3,)}


def test_a_claim_of_another_shape_is_left_to_its_derivation(tmp_path: Path) -> None:
    case = case_of(tmp_path, block("shapes: W: 2×3, x: 3\nL = ‖W x‖²\n∂L/∂W = 2 x (W x)ᵀ"))
    assert len(case.chains) == 1
    assert not case.claims


def test_a_row_of_numbers_will_do_for_a_matrix_of_one_row(tmp_path: Path) -> None:
    case = case_of(tmp_path, block("shapes: W: 1×2, x: 2\nat: W=[3, 4], x=[1, 1]\nL = W x\n∂L/∂W = xᵀ"))
    assert case.points[0].inputs["W"].tolist() == [[3.0, 4.0]]


def test_numbers_are_drawn_where_none_are_given(tmp_path: Path) -> None:
    text = block("L = ln(w) √(x) + t\n∂L/∂w = √(x)/w")
    case = case_of(tmp_path, text)
    assert case.points[0].inputs == case_of(tmp_path, text).points[0].inputs
    assert all(0.3 <= abs(value) <= 1.3 for value in case.points[0].inputs.values())
    assert case.points[0].inputs["w"] > 0 < case.points[0].inputs["x"]
    assert "no point is given: generic numbers were drawn" in case.notes
    partly = case_of(tmp_path, block("at: w=2\nL = w² t\n∂L/∂w = 2w t"))
    assert "no value is given for t: generic numbers were drawn" in partly.notes


def test_the_length_of_a_sum_is_that_of_what_is_summed(tmp_path: Path) -> None:
    text = (
        "$x \\in \\mathbb{R}^3$, $L = \\frac1N \\sum_{i=1}^N (w x_i)^2$\n\n"
        "$$\\frac{dL}{dw} = \\frac{2}{N} \\sum_{i=1}^N w x_i^2$$"
    )
    case = case_of(tmp_path, text)
    assert case.points[0].inputs["N"] == 3.0
    assert "N is 3, the length of what is summed" in case.notes


def test_several_points(tmp_path: Path) -> None:
    case = case_of(tmp_path, block("at: w=2, t=1\nat: w=3\nL = w² t\n∂L/∂w = 2w t"))
    assert [dict(p.inputs) for p in case.points] == [{"w": 2.0, "t": 1.0}, {"w": 3.0, "t": 1.0}]


def test_assumptions(tmp_path: Path) -> None:
    text = block("shapes: A: 2×2, w: 2\nassume: A symmetric, t < 0\nL = t wᵀA w\n∂L/∂w = 2t A w")
    case = case_of(tmp_path, text)
    inputs = case.points[0].inputs
    assert inputs["A"].tolist() == inputs["A"].T.tolist()
    assert inputs["t"] < 0
    assert {"assumed: A is symmetric", "assumed: t < 0"} <= set(case.notes)


def test_printed_values_are_held_against_the_point_that_is_given(tmp_path: Path) -> None:
    text = "$L = (wx - t)^2$ at $w = 0.5$, $x = 2$, $t = 3$ is $L = 4.0$.\n\n$$\\frac{dL}{dw} = 2(wx - t)x = -8.0$$"
    case = case_of(tmp_path, text)
    assert case.expected == {"L": "4.0", "w": "-8.0"}
    assert case.quantities is not None
    assert case.quantities(w=0.5, x=2.0, t=3.0) == {"L": 4.0}
    assert len(case.chains[0].steps) == 2


def test_by_names_what_to_derive_by(tmp_path: Path) -> None:
    case = case_of(tmp_path, block("by: w, x\nL = w x\n∂L/∂w = x"))
    assert case.wrt == ("w", "x")
    assert "nothing is claimed for x" in case.notes


def test_sections_that_only_define_set_the_stage(tmp_path: Path) -> None:
    text = (
        "# Homework\n$x = 2$\n## Setup\n$f = wx^2$\n## (a)\n$\\frac{df}{dw} = x^2$\n## (b)\n"
        "$g = f^2$, $\\frac{dg}{dw} = 2fx^2$\n## (c)\n$f = w^3$, $\\frac{df}{dw} = 3w^2$\n"
    )
    found = cases(read(tmp_path, text))
    assert [c.name for c in found] == ["hw: (a)", "hw: (b)", "hw: (c)"]
    assert [c.read_as for c in found] == ["f = w·x^2", "f = w·x^2; g = f^2", "f = w^3"]
    assert found[1].points[0].inputs["x"] == 2.0


def test_a_title_is_told_with_those_above_it(tmp_path: Path) -> None:
    solved = "### Solution\n$\\frac{df}{dx} = 2x$\n"
    text = f"# Homework\n## Problem 1\n$f = x^2$, $q = 1$\n{solved}## Problem 2\n$f = x^2 + 1$\n{solved}"
    assert [c.name for c in read(tmp_path, text)] == ["hw: Problem 1, Solution", "hw: Problem 2, Solution"]


def test_a_problem_with_sections_of_its_own_tells_its_siblings_nothing(tmp_path: Path) -> None:
    text = "## 1\n$f = x^2$\n### a\n$\\frac{df}{dx} = 2x$\n## 2\n$\\frac{df}{dx} = 2x$\n"
    case, failure = read(tmp_path, text)
    assert isinstance(case, Case)
    assert isinstance(failure, Unreadable)
    assert "f is not defined" in failure.reason


def test_a_definition_that_nothing_uses_is_told(tmp_path: Path) -> None:
    case = case_of(tmp_path, LOSS + "$\\frac{dL}{dw} = 2(wx - t)x$, $k = 3x$")
    assert "k is defined in line 3, and nothing that is checked uses it" in case.notes


def test_a_step_of_descent_is_no_definition(tmp_path: Path) -> None:
    text = LOSS + "$$\\frac{dL}{dw} = 2(wx-t)x$$\n\nand $w = w - \\eta \\frac{dL}{dw}$ with $\\eta = 0.2$."
    case = case_of(tmp_path, text)
    assert "line 5: w is set to something made of itself, which is no definition" in case.notes
    assert "eta" not in case.points[0].inputs


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("$$\\frac{dL}{dw} = x$$", "L is not defined: write L = … before it", 1),
        (LOSS + "$$\\frac{dL}{dq} = x$$", "L does not depend on q", 3),
        (LOSS + "$$\\frac{dL}{dw}\n= q$$", "'q' is not known here", 4),
        (LOSS + "$$\\frac{dL}{dw} = \\foo$$", "foo", 3),
        ("\n\n$a = b$, $b = a$, $da/db = 1$", "each defined by the other", 3),
        (block("at: w=1, q=2\nL = w²\ndL/dw = 2w"), "q is named in the header", 2),
        (block("at: L=1\nL = w²\ndL/dw = 2w"), "L has a value in `at`, and is defined", 3),
        (block("at: w=[1\nL = w²\ndL/dw = 2w"), "at: ", 2),
        (block("shapes: W: 2×0\nL = w²\ndL/dw = 2w"), "can't be had", 2),
        (block("shapes: W\nL = w²\ndL/dw = 2w"), "is no shape", 2),
        (block("shapes: w: pxq\nL = w²\ndL/dw = 2w"), "'pxq' is no shape: write 2×3", 2),
        (
            block("shapes: w: 2\nat: w=3\nL = wᵀw\ndL/dw = 2w"),
            "declared a vector of 2, and its value is a number",
            3,
        ),
        (block("assume: w is lovely\nL = w²\ndL/dw = 2w"), "assume: 'w is lovely' is not read", 2),
        (block("assume: w > 0\nat: w=-1\nL = w²\ndL/dw = 2w"), "the value that is given is not so", 2),
        (
            block("shapes: A: 2×2\nassume: A symmetric\nL = trace(A)\ndL/dA = A"),
            "can't be moved one by one",
            3,
        ),
        (block("L = w²\nq: 2w"), "'q' is not a symbol here", 3),
        (block("w: 2w"), "a function that is not given", 2),
        (
            "$f = x^2 y$\n\n$f_x = 2xy$\n\n$df/dx = 2xy$",
            "'f_x' could be a name, or the derivative of f by x",
            3,
        ),
        (LOSS + "$dw = 2(wx - t)x$", "'dw' would be a product with d", 3),
        (block("2 + 2 = 4"), "no symbol in it", 2),
        ("So ∂L/∂w = 3.", "outside of mathematics", 1),
        ("no mathematics", "no derivation was found", 0),
        ("", "no derivation was found", 0),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(tmp_path: Path, text: str, said: str, line: int) -> None:
    (failure,) = failures(read(tmp_path, text))
    assert said in failure.reason
    assert failure.location == str(tmp_path / "hw.md") + (f":{line}" if line else "")


def test_what_cannot_be_read_takes_nothing_with_it(tmp_path: Path) -> None:
    text = "# 1\n$f = x^2$, $\\frac{df}{dx} = \\oops$\n# 2\n$g = x^3$, $\\frac{dg}{dx} = 3x^2$, $\\frac{dg}{dx} = 3q$\n"
    found = read(tmp_path, text)
    assert [(type(one).__name__, one.name) for one in found] == [
        ("Unreadable", "hw: 1, line 2"),
        ("Case", "hw: 2"),
        ("Unreadable", "hw: 2, line 4"),
    ]
    assert len(cases(found)[0].chains) == 1


def test_an_error_points_at_its_place(tmp_path: Path) -> None:
    (failure,) = failures(read(tmp_path, LOSS + "$$\n\\frac{dL}{dw}\n  = 2 (wx - q) x\n$$"))
    assert failure.location.endswith(":5")
    assert failure.excerpt.splitlines() == ["      = 2 (wx - q) x", "                ^"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("big.md", b"a" * 5_000_000, "at most 4,000,000 bytes"),
        ("long.tex", b"a" * 1_500_000, "at most 1,000,000 characters"),
        ("nul.md", b"# a\n\0", "NUL bytes"),
        ("latin.tex", b"a\nb \xff", "not text in UTF-8"),
        ("dollars.md", b"$" * 100_000, "at most 20,000"),
        ("many.md", b"$a = b = c$\n" * 201, "at most 200 statements"),
        (
            "names.md",
            block("at: " + ", ".join(f"x{k}=1" for k in range(400))).encode() + b"$a = b = c$",
            "at most 300",
        ),
    ],
)
def test_hostile_files_are_refused_in_a_sentence(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    (failure,) = failures(cases_in_document(tmp_path / name))
    assert said in failure.reason


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_any_ends_of_lines_will_do(tmp_path: Path, ends: str) -> None:
    path = tmp_path / "hw.md"
    path.write_bytes(("\ufeff# A\n\n" + LOSS + "$$dL/dw = 2(wx-t)x$$\n").replace("\n", ends).encode())
    (case,) = cases_in_document(path)
    assert isinstance(case, Case)
    assert case.chains[0].steps[0].location.endswith(":5")


def test_other_files_are_no_documents(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is no document: derivations are read from Markdown \(.md\)"):
        cases_in_document(tmp_path / "hw.toml")
    with pytest.raises(InputError, match="does not exist"):
        cases_in_document(tmp_path / "hw.md")
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(InputError, match="is not a file"):
        cases_in_document(tmp_path / "folder.md")
