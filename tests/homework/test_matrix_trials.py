r"""Homework with vectors and matrices as students of five courses write it: read as a teacher would, and judged so."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradlab.cases import Case
from gradlab.examination import Settings
from gradlab.harness import check_cases
from gradlab.homework import Unreadable, cases_in_document
from gradlab.record import CaseRecord

SETTINGS = Settings(points=2, timed=False)

LAYER = (
    r"$y = Wx + b$ with $W \in \mathbb{R}^{m\times n}$, $x \in \mathbb{R}^n$, $b, t \in \mathbb{R}^m$; $L = \frac12 \lVert y - t \rVert^2$."
    "\n\n"
)
WINDOW = (
    r"$z = Wx + b$, $h = f(z)$, $s = u^\top h$ with $f = \sigma$; "
    r"$W \in \mathbb{R}^{3\times 5}$, $x \in \mathbb{R}^5$, $b, u \in \mathbb{R}^3$." + "\n\n"
)
MLP = (
    r"$x \in \mathbb{R}^3$, $W \in \mathbb{R}^{4\times 3}$, $b \in \mathbb{R}^4$, $V \in \mathbb{R}^{2\times 4}$, $c, t \in \mathbb{R}^2$;"
    "\n" + r"$k = Wx + b$, $h = \sigma(k)$, $y = Vh + c$, $l = \|y - t\|^2$." + "\n\n"
)
LOGISTIC = r"$u = w^T x$, $p = \sigma(u)$, $L = -\log p$, $w, x \in \mathbb{R}^4$." + "\n\n"
ROWS = r"$X \in \mathbb{R}^{5\times 2}$, $w \in \mathbb{R}^2$, $E = \|Xw\|^2$" + "\n\n"
TERMS = r"$p = \mathrm{softmax}(z)$, $z \in \mathbb{R}^5$, $L = -\sum_{i=1}^3 y_i \log z_i$" + "\n\n"
QUADRATIC = r"$A \in \mathbb{R}^{3\times 3}$, $w \in \mathbb{R}^3$, $f = w^T A w$." + "\n\n"
RIDGE = (
    r"$J = \frac12 \|\mathbf{X}\mathbf{w} - \mathbf{y}\|_2^2 + \frac{\lambda}{2}\|\mathbf{w}\|_2^2$ with "
    r"$\mathbf{X} \in \mathbb{R}^{4\times 3}$, $\mathbf{w} \in \mathbb{R}^3$, $\mathbf{y} \in \mathbb{R}^4$."
    "\n\n"
)
SOFTMAX = r"$z, y \in \mathbb{R}^4$, $p_i = \frac{e^{z_i}}{\sum_{j=1}^4 e^{z_j}}$, $L = -\sum_i y_i \log p_i$"

RIGHT = {
    "chain rule in the numerator layout": LAYER
    + r"$$\frac{\partial L}{\partial x} = \frac{\partial L}{\partial y}\frac{\partial y}{\partial x} = (y-t)^T W$$",
    "chain rule in the denominator layout": LAYER
    + r"$$\frac{\partial L}{\partial x} = \frac{\partial y}{\partial x}\frac{\partial L}{\partial y} = W^T (y-t)$$",
    "a gradient as a row before a matrix": LAYER
    + r"$$\frac{\partial L}{\partial x} = \frac{\partial L}{\partial y} W$$",
    "chain rule through a matrix": LAYER
    + r"$$\frac{\partial L}{\partial W} = \frac{\partial L}{\partial y}\frac{\partial y}{\partial W} = (y-t)x^T$$",
    "an identity matrix alone": LAYER + r"$$\frac{\partial y}{\partial b} = I$$",
    "an identity matrix in a sum": RIDGE
    + r"$$\nabla_{\mathbf{w}} J = (\mathbf{X}^T\mathbf{X} + \lambda\mathbf{I})\mathbf{w} - \mathbf{X}^T\mathbf{y}$$",
    "a Jacobian that is diagonal": WINDOW
    + r"$$\frac{\partial s}{\partial b} = \frac{\partial s}{\partial h}\frac{\partial h}{\partial z}\frac{\partial z}{\partial b}"
    + r" = u^\top \mathrm{diag}(f'(z)) I = u \odot f'(z)$$",
    "adjoints with ∇ above": MLP
    + "\\begin{align*} y^\\nabla &= 2(y - t) \\\\ V^\\nabla &= y^\\nabla h^T \\\\ h^\\nabla &= V^T y^\\nabla \\\\\n"
    + "k^\\nabla &= h^\\nabla \\odot h \\odot (1-h) \\\\ W^\\nabla &= k^\\nabla x^T \\end{align*}",
    "adjoints with bars": r"$u = w^T x$, $p = \sigma(u)$, $L = -\log p$, $w, x \in \mathbb{R}^4$."
    "\n\n"
    r"$\bar L = 1$, $\bar p = -\frac1p$, $\bar u = \bar p\, p (1 - p)$, $\bar w = \bar u x^T$",
    "one element": MLP
    + r"$$\frac{\partial l}{\partial V_{21}} = \frac{\partial l}{\partial y_2}\frac{\partial y_2}{\partial V_{21}} = 2(y_2 - t_2)h_1$$",
    "every element": MLP + r"$$\frac{\partial l}{\partial V_{ij}} = 2(y_i - t_i)h_j$$",
    "quantities by their elements": r"$X \in \mathbb{R}^{2\times 3}$, $g \in \mathbb{R}^2$, $y_i = \sum_{j=1}^3 X_{ij}$, $L = g^T y$."
    "\n\n"
    r"$$\frac{\partial L}{\partial X_{ij}} = g_i$$",
    "softmax with indices": SOFTMAX
    + r" where $\sum_i y_i = 1$."
    + "\n\n"
    + r"$$\frac{\partial L}{\partial z_k} = p_k - y_k$$",
    "softmax by its name": r"$z \in \mathbb{R}^3$, $p = \mathrm{softmax}(z)$."
    "\n\n"
    r"$$\frac{\partial p}{\partial z} = \mathrm{diag}(p) - pp^\top$$",
    "the logarithm of a sum": r"$z \in \mathbb{R}^3$, $L = \log \sum_{j=1}^3 e^{z_j} - z_2$."
    "\n\n"
    r"$$\frac{\partial L}{\partial z_1} = \frac{e^{z_1}}{\sum_{j=1}^3 e^{z_j}}$$",
    "a gradient by the one argument": r"$A \in \mathbb{R}^{3\times 3}$, $w \in \mathbb{R}^3$, $f(w) = w^T A w$."
    "\n\n"
    r"$\nabla f(w) = (A + A^T) w$ and $\nabla^2 f(w) = A + A^T$",
    "a symmetric matrix, said by an equation": r"$A \in \mathbb{R}^{3\times 3}$, $w \in \mathbb{R}^3$, $A = A^T$, $f(w) = w^T A w$."
    "\n\n"
    r"$\nabla f(w) = 2Aw$",
    "a shape that nothing says": r"$f(w) = \|Xw - y\|_2^2$ with $X \in \mathbb{R}^{4\times 2}$, $y \in \mathbb{R}^4$."
    "\n\n"
    r"$\nabla f(w) = 2X^T(Xw - y)$",
    "a bias of which nothing is said": r"$y = Wx + b$, $L = \frac12\|y - t\|^2$, $W \in \mathbb{R}^{2\times 3}$, $x \in \mathbb{R}^3$."
    "\n\n"
    r"$$\frac{\partial L}{\partial b} = y - t$$",
    "layers": r"$x^{(0)} \in \mathbb{R}^2$, $W^{(1)} \in \mathbb{R}^{3\times 2}$, $z^{(1)} = W^{(1)} x^{(0)}$, $L = \frac12\|z^{(1)}\|^2$."
    "\n\n"
    r"$$\frac{\partial L}{\partial W^{(1)}} = z^{(1)} (x^{(0)})^T$$",
    "a derivative before its number": r"$x, y \in \mathbb{R}^3$"
    "\n\n"
    r"$$\frac{\partial}{\partial x} \frac12 \|x - y\|^2 = x - y$$",
    "a vector in round brackets": r"Let $y = (x, x^2)$. Then $\frac{dy}{dx} = (1, 2x)$.",
    "a header outside of a block": "shapes: W: 3×2, x: 2\n\n$y = Wx$, $L = y^T y$\n\n$$\\frac{\\partial L}{\\partial x} = 2W^T y$$",
    "as NumPy writes it": "```gradlab\nshapes: W: 3x2, x: 2, t: 3\ny = W @ x\nL = sum((y - t)^2)\ndL/dx = 2 W.T @ (y - t)\n```\n",
    "sizes that stand in the formula": r"$A \in \mathbb{R}^{m\times n}$, $b \in \mathbb{R}^m$, $w \in \mathbb{R}^n$, "
    "$f = \\frac1m\\|Aw - b\\|^2$\n\n"
    r"$$\frac{\partial f}{\partial w} = \frac2m A^T(Aw - b)$$",
}

WRONG = {
    "a product that does not exist": (
        WINDOW + r"$$\frac{\partial s}{\partial x} = W (u \odot f'(z)) = W^T (u \odot f'(z))$$",
        "line 1 is not ∂s/∂x: In 'W (u \\odot f'(z))' the shapes don't fit",
        "",
    ),
    "factors turned round in the second line": (
        RIDGE
        + "\\begin{align*}\\nabla_{\\mathbf{w}} J &= \\mathbf{X}^T(\\mathbf{X}\\mathbf{w} - \\mathbf{y}) + \\lambda\\mathbf{w} \\\\\n"
        + "&= (\\mathbf{X}\\mathbf{X}^T + \\lambda\\mathbf{I})\\mathbf{w} - \\mathbf{X}^T\\mathbf{y}\\end{align*}",
        "line 2 does not follow from line 1: In",
        "",
    ),
    "the derivative of the activation missing": (
        MLP + r"$$\frac{\partial l}{\partial b} = V^\top \cdot 2(y-t)$$",
        "line 1 is not",
        "local derivative forgotten",
    ),
    "p − y where y need not sum to 1": (
        SOFTMAX + ".\n\n" + r"$$\frac{\partial L}{\partial z_k} = p_k - y_k$$",
        "The claim is right only where the elements of y sum to 1",
        "taken for granted",
    ),
    "a row that asks for symmetry": (
        QUADRATIC + r"$$\frac{\partial f}{\partial w} = w^T (A + A^T) = 2 w^T A$$",
        "The claim is right only where A is symmetric",
        "taken for granted",
    ),
    "one element of another unit": (
        MLP + r"$$\frac{\partial l}{\partial V_{21}} = 2(y_2 - t_2)h_2$$",
        "line 1 is not ∂l/∂V_{2, 1}",
        "",
    ),
    "an adjoint without its factor": (
        LOGISTIC + r"$\bar L = 1$, $\bar p = -\frac1p$, $\bar u = \bar p (1 - p)$",
        "∂L/∂u, line 1 is not",
        "",
    ),
}


def found_in(folder: Path, text: str) -> tuple[list[CaseRecord], list[Unreadable]]:
    path = folder / "hw.md"
    path.write_text(text, encoding="utf-8")
    found = cases_in_document(path)
    unread = [one for one in found if isinstance(one, Unreadable)]
    return list(check_cases([one for one in found if isinstance(one, Case)], SETTINGS).cases), unread


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_what_a_teacher_would_accept_agrees(tmp_path: Path, text: str) -> None:
    cases, unread = found_in(tmp_path, text)
    assert not unread
    assert cases
    assert {case.verdict: case.reason for case in cases} == {"agree": ""}


@pytest.mark.parametrize(("text", "said", "kind"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_where_and_why(tmp_path: Path, text: str, said: str, kind: str) -> None:
    cases, unread = found_in(tmp_path, text)
    assert not unread
    (case,) = [case for case in cases if case.verdict != "agree"]
    assert case.verdict == "disagree"
    assert said in case.reason
    assert not kind or kind in {mistake.kind for mistake in case.mistakes}


def test_lines_after_a_product_that_does_not_exist_are_judged(tmp_path: Path) -> None:
    text = (
        WINDOW
        + r"$$\frac{\partial s}{\partial x} = W (u \odot f'(z)) = W^T (u \odot f'(z)) = 2 W^T (u \odot f'(z))$$"
    )
    ((case,), _) = found_in(tmp_path, text)
    assert [(line.verdict, line.right) for line in case.chains[0].lines[1:]] == [
        ("disagree", "disagree"),
        ("inconclusive", "agree"),
        ("disagree", "disagree"),
    ]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (RIGHT["sizes that stand in the formula"], "sizes: m = 2, n = 3"),
        (RIGHT["a shape that nothing says"], "w is taken for a column of 2: nothing else fits"),
        (RIGHT["a gradient as a row before a matrix"], "is read as a row here (numerator layout)"),
        (RIGHT["chain rule in the denominator layout"], "is read in the denominator layout"),
        (RIGHT["an identity matrix alone"], "I is the identity matrix."),
        (RIGHT["every element"], "This is read as said for each i and j."),
        (RIGHT["adjoints with ∇ above"], "a name with ∇ above is read as the derivative of l"),
        (RIGHT["adjoints with bars"], "bars are read as adjoints, derivatives of L"),
        (RIGHT["softmax with indices"], "assumed: y sums to 1"),
        (RIGHT["a symmetric matrix, said by an equation"], "assumed: A is symmetric"),
    ],
)
def test_what_was_taken_for_granted_in_reading_is_told(tmp_path: Path, text: str, note: str) -> None:
    cases, _ = found_in(tmp_path, text)
    assert any(note in said for case in cases for said in case.notes)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            MLP + r"$$\frac{\partial l}{\partial V_{ij}} = 2(y_i - t_i)x_j$$",
            "j is the index of V, which has 4 elements, and of x, which has 3",
        ),
        (r"$f(w) = w^T A w$" + "\n\n" + r"$\nabla f(w) = 2Aw$", "say so: w ∈ ℝ^3"),
        (
            ROWS + r"$\nabla_w E = \sum_{n=1}^5 2 x_n^T w x_n$",
            "x_n",
        ),
        (
            TERMS + r"$\frac{\partial L}{\partial z} = p - y$",
            "needs equal shapes",
        ),
        (
            r"$x \in \mathbb{R}^3$, $L = \|x\|^2$" + "\n\n" + r"$\frac{\partial L}{\partial x_4} = 2x_4$",
            "There is no such element to derive by: x is a column of 3",
        ),
        (r"$x \in \mathbb{R}^3$, $L = \|x\|^2$" + "\n\n" + r"$\nabla L = 2x$", "write \\nabla_w L"),
        (LAYER + r"$\frac{\partial L}{\partial x} = W^T \mathbf{1}$", "write them out, as in (1, 1, 1)"),
    ],
)
def test_what_is_not_clear_is_refused_with_what_to_write(tmp_path: Path, text: str, sentence: str) -> None:
    _, unread = found_in(tmp_path, text)
    assert any(sentence in one.reason for one in unread)
