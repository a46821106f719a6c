r"""Derivations as students write them: small documents, each with what a teaching assistant would say of it.

Every document stands for a habit: Leibniz's and Newton's notation, substitution, numbers put in at the end, σ for a
deviation, sums over data, lists of problems without headings, templates with their own commands.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gradlab.cases import Case
from gradlab.examination import Settings
from gradlab.harness import check_cases
from gradlab.homework import Unreadable, cases_in_document
from gradlab.record import CaseRecord

SETTINGS = Settings(points=1, timed=False)


def read(folder: Path, text: str, name: str = "hw.md") -> tuple[list[CaseRecord], list[Unreadable]]:
    """The judged cases of a document, and what of it can't be read."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    found = cases_in_document(path)
    cases = [one for one in found if isinstance(one, Case)]
    records = list(check_cases(cases, SETTINGS).cases) if cases else []
    return records, [one for one in found if isinstance(one, Unreadable)]


def tex(body: str) -> str:
    return f"\\documentclass{{article}}\n\\usepackage{{amsmath}}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"


RIGHT = {
    "a substitution that is named afterwards": (
        "$f(x) = (3x^2+1)^5$. Let $u = 3x^2+1$. Then $f = u^5$ and\n\n"
        r"$$\frac{df}{dx} = \frac{df}{du}\cdot\frac{du}{dx} = 5u^4 \cdot 6x = 30x(3x^2+1)^4.$$"
    ),
    "the derivative by the substituted": (
        r"Let $f(x)=\sin(\ln x)$. Put $u=\ln x$; then $\frac{du}{dx}=\frac1x$ and $\frac{df}{du}=\cos u$."
    ),
    "two substitutions": (
        r"$f = x^2 \sin x$, $u = x^2$, $v = \sin x$. $\frac{\partial f}{\partial u} = v$, $\frac{\partial f}{\partial v} = u$."
    ),
    "primes of quantities": (
        r"$u = \sin x$, $v = x^2$, $y = uv$. $\frac{dy}{dx} = u'v + uv' = \cos x \cdot x^2 + \sin x \cdot 2x$"
    ),
    "primes of brackets": (
        r"$y = x^2 e^{3x}$. $$y' = (x^2)' e^{3x} + x^2 (e^{3x})' = 2x e^{3x} + 3x^2 e^{3x}$$"
    ),
    "a prime, typed": "```gradlab\ny = sqrt(1 + x^2)\ny' = x/sqrt(1 + x^2)\n```",
    "functions without their arguments": (
        r"$f(x) = x^2 \cos x$. Then $f' = 2x\cos x - x^2 \sin x$ and $f'' = 2\cos x - 4x \sin x - x^2\cos x$."
    ),
    "sigma without its argument": r"$\sigma(z) = \frac{1}{1+e^{-z}}$ has $\sigma' = \sigma(1-\sigma)$.",
    "indices for partial derivatives": r"$f(x,y) = x^2 y^3$: $f_x = 2xy^3$, $f_y = 3x^2y^2$, $f_{xy} = 6xy^2$",
    "a gradient of numbers": (
        r"$f(x,y) = x^2 + 3xy$. $$\nabla f = \begin{pmatrix} 2x + 3y \\ 3x \end{pmatrix}$$ $\nabla f(x, y) = \left(2x + 3y,\; 3x\right)$"
    ),
    "updates": (
        r"$L = (wx-t)^2$, $\frac{dL}{dw} = 2(wx-t)x$, $w_{t+1} = w_t - 2\eta(wx-t)x$, $w^{new} = w - 2\eta(wx-t)x$"
    ),
    "multipliers": (
        r"$\mathcal{L}(x,y,\lambda) = xy - \lambda(x + 2y - 4)$, $\mathcal{L}_x = y - \lambda$ and $\mathcal{L}_\lambda = 4 - x - 2y$"
    ),
    "set to zero, and solved for": (
        r"$J(w) = (wx - y)^2 + \lambda w^2$. $\frac{dJ}{dw} = 2(wx-y)x + 2\lambda w = 0 \implies w = \frac{xy}{x^2+\lambda}$"
    ),
    "a deviation that is called sigma": (
        r"$$\ell(\mu, \sigma^2) = -\frac12 \log(2\pi\sigma^2) - \frac{(x-\mu)^2}{2\sigma^2}$$"
        "\n\n"
        r"$$\frac{\partial \ell}{\partial \mu} = \frac{x-\mu}{\sigma^2}, \quad "
        r"\frac{\partial \ell}{\partial \sigma} = -\frac{1}{\sigma} + \frac{(x-\mu)^2}{\sigma^3}$$"
    ),
    "by the variance": (
        r"$$\ell = -\frac12\log(2\pi\sigma^2) - \frac{(x-\mu)^2}{2\sigma^2}$$"
        "\n\n"
        r"$$\frac{\partial\ell}{\partial\sigma^2} = -\frac{1}{2\sigma^2} + \frac{(x-\mu)^2}{2\sigma^4}$$"
    ),
    "the logarithm of a likelihood": (
        r"$$\log L(p) = k \log p + (n-k)\log(1-p)$$"
        "\n\n"
        r"$$\frac{\partial}{\partial p} \log L(p) = \frac{k}{p} - \frac{n-k}{1-p} = 0$$"
    ),
    "a sum over data": (
        r"$$L(w) = \frac{1}{2}\sum_{i=1}^n (w x_i - y_i)^2$$"
        "\n\n"
        r"$$\frac{dL}{dw} = \sum_{i=1}^n (w x_i - y_i) x_i$$"
    ),
    "samples in brackets": (
        r"$$J = \frac{1}{2m}\sum_{i=1}^m \left(\theta x^{(i)} - y^{(i)}\right)^2$$"
        "\n\n"
        r"$$\frac{\partial J}{\partial \theta} = \frac{1}{m}\sum_{i=1}^m \left(\theta x^{(i)} - y^{(i)}\right)x^{(i)}$$"
    ),
    "a length outside of its sum": (
        r"$$\ell(\lambda) = \sum_{i=1}^{n} \left( \log\lambda - \lambda x_i \right) = n\log\lambda - \lambda\sum_{i=1}^n x_i$$"
        "\n\n"
        r"$$\ell'(\lambda) = \frac{n}{\lambda} - \sum_{i=1}^n x_i$$"
    ),
    "numbers put in": (
        "$z = wx + b$, $y = \\sigma(z)$, $L = \\frac12 (y-t)^2$ with $w = 0.5$, $b = -0.3$, $x = 1.2$, $t = 1$.\n\n"
        r"$$\frac{\partial L}{\partial w} = (y-t)\,y(1-y)\,x = (0.574-1)(0.574)(0.426)(1.2) = -0.125$$"
    ),
    "a whole number put in": (
        r"$f(x) = x^3 - 2x$ at $x = 2$: $f'(x) = 3x^2 - 2 = 10$, and elsewhere $f'(1) = 1$ and $f'(-2) = 10$."
    ),
    "a step of descent with numbers": (
        r"$L(w) = (w-3)^2$, $\frac{dL}{dw} = 2(w-3)$. With $\eta = 0.1$ and $w_0 = 0$: $w_1 = w_0 - \eta \cdot 2(w_0-3) = 0.6$."
    ),
    "a definition in two forms": r"$$h(x) = \ln\left(\frac{x^2}{1+x}\right) = 2\ln x - \ln(1+x)$$ $$h'(x) = \frac{2}{x} - \frac{1}{1+x}$$",
    "a symbol in an exponent alone": r"$p = \frac{e^{z_1}}{e^{z_1}+e^{z_2}}$, $L = -\log p$, $\frac{\partial L}{\partial z_1} = p - 1$",
    "an operator before one term": r"$$\frac{d}{dx} \; x\ln x \;=\; \ln x + 1$$",
    "an argument that a dot ends": r"$f(x) = e^{\sin x}$, $f'(x) = \cos x \cdot e^{\sin x} = \cos x \, e^{\sin x}$",
    "bars around a function": r"$F(x) = \ln|\cos x|$, $F'(x) = -\tan x$",
    "a list": (
        "1. $f(x) = x^2 \\ln x$\n\n   $f'(x) = 2x \\ln x + x$\n\n2. $f(x) = e^{\\sin x}$\n\n"
        "   $f'(x) = \\cos (x) e^{\\sin x}$\n\n3. $f(x) = \\frac{1}{x^2}$\n\n   $f'(x) = -\\frac{2}{x^3}$\n"
    ),
    "bold titles": "**Problem 1.** $y = \\tan x$. $$y' = \\sec^2 x$$\n\n**Problem 2.** $y = \\cot x$. $$y' = -\\csc^2 x$$\n",
}

RIGHT_TEX = {
    "items": r"""\begin{enumerate}
\item Differentiate $f(x) = x^2 e^{-x}$.
\begin{align*}
f'(x) &= 2x e^{-x} + x^2 \cdot (-e^{-x}) \\[1ex]
      &= x e^{-x}\,(2 - x). % factor
\end{align*}
\item Differentiate $f(x) = \ln(\cos x)$. By the chain rule,
\[ f'(x) = \frac{1}{\cos x} \cdot (-\sin x) = -\tan x . \qquad \blacksquare \]
\end{enumerate}""",
    "reasons beside the lines": r"""\begin{align}
L &= -\log \sigma(z) \quad \text{where } z = w x + b\\
\frac{\partial L}{\partial w} &= -\frac{1}{\sigma(z)} \cdot \sigma(z)\bigl(1-\sigma(z)\bigr) \cdot x && \text{(chain rule)}\\
&= -(1-\sigma(z))\,x, \label{eq:final}
\end{align}""",
    "an aside within a derivation": r"""\begin{align*}
f(x) &= \sin(x^2)\\
f'(x) &= \cos(u)\, u' \quad\text{where } u = x^2\\
&= 2x \cos(x^2)
\end{align*}""",
    "text between the lines": r"""\begin{align*}
f(x) &= \frac{x}{\sqrt{x^2+1}}
\intertext{Using the quotient rule}
f'(x) &= \frac{\sqrt{x^2+1} - x\cdot\frac{x}{\sqrt{x^2+1}}}{x^2+1}\\
\intertext{and simplifying}
&= \frac{1}{(x^2+1)^{3/2}}
\end{align*}""",
    "two columns": r"""\begin{align*}
f(x) &= (x+1)^2 & g(x) &= e^{2x} \\
f'(x) &= 2(x+1) & g'(x) &= 2e^{2x} \\
&= 2x+2 & &= 2(e^x)^2
\end{align*}""",
    "a box": r"With $h = a + b x$ and $J = \tfrac12 \bigl(h - y\bigr)^2$: \[ \boxed{\frac{\partial J}{\partial b} = (h-y)\,x} \]",
    "braces with names": r"""With $z = wx+b$ and $L = \frac{1}{2}(\tanh z - t)^2$,
\[ \frac{\partial L}{\partial w} = \underbrace{(\tanh z - t)}_{\text{error}} \cdot \underbrace{(1-\tanh^2 z)}_{\tanh'(z)} \cdot x \]""",
    "commands of one's own": r"""\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}
\newcommand{\loss}{\mathcal{L}}
Let $\loss = \frac{1}{2}(wx-t)^2$. Then \[ \pd{\loss}{w} = (wx-t)x. \]""",
}

WRONG = {
    "the derivatives multiplied": (
        r"$y = x^2 e^{3x}$. $$y' = (x^2)' (e^{3x})' = 6xe^{3x}$$",
        "line 1",
        "product rule: f′g′",
    ),
    "the inner derivative": (
        r"$y = (x^2+1)^{10}$, $$\frac{dy}{dx} = 10(x^2+1)^9$$",
        "line 1",
        "inner derivative forgotten",
    ),
    "the regulariser": (
        r"$L(w) = (wx-t)^2 + \lambda w^2$, $\frac{dL}{dw} = 2(wx-t)x$",
        "line 1",
        "term missing",
    ),
    "the square of tanh": (
        (
            r"$a = w x + b$, $h = \tanh(a)$, $L = \frac12(h - y)^2$, $$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial h}"
            r"\frac{\partial h}{\partial a}\frac{\partial a}{\partial w} = (h - y)(1-h) x$$"
        ),
        "line 2",
        "1 − tanh for tanh′",
    ),
    "the sign of cos": (
        r"$f(x) = e^{2x}\cos x$, $$f'(x) = 2 e^{2x} \cos(x) + e^{2x} (\cos x)' = 2e^{2x}\cos(x) + e^{2x} \sin x$$",
        "line 2",
        "sign of a rule",
    ),
    "a number copied": (
        r"$f(x) = (x+1)^3(2x-1)$, $$f'(x) = 3(x+1)^2(2x-1) + 2(x+1)^3 = (x+1)^2(8x-1) = (x+1)^2(8x+1)$$",
        "line 3",
        "sign of a term",
    ),
    "a number put in": (r"$f(x) = x^3$. $f'(x) = 3x^2$, so $f'(2) = 8$.", "line 1", ""),
    "a whole number at the given point": (
        r"$f(x,y) = x^2y + y^3$ at $x=2$, $y=1$. $$\frac{\partial f}{\partial y} = x^2 + 3y^2 = 8$$",
        "line 2",
        "",
    ),
    "a wrong form before it is derived": (
        "Let $f(x) = (x+1)^2$.\n\n1. Expand: $f(x) = x^2 + 1$\n\n2. So $f'(x) = 2x$",
        "line 1",
        "",
    ),
    "a step of descent with numbers": (
        r"$L(w) = (w-3)^2$. With $\eta = 0.1$, $w_0 = 0$: $w_1 = w_0 - \eta\cdot 2(w_0-3) = 0.9$. $\frac{dL}{dw} = 2(w-3)$",
        "",
        "",
    ),
    "a factor in a sum": (
        r"$$L = \sum_{i=1}^n (wx_i - y_i)^2$$ $$\frac{dL}{dw} = \sum_{i=1}^n 2(wx_i-y_i)$$",
        "line 1",
        "",
    ),
    "a line with its reason": (
        r"$f(x) = x e^x$ \begin{align} f'(x) &= e^x + xe^x && \text{(product rule)} \\ &= e^x(1 + x^2) && \text{factor} \end{align}",
        "line 2",
        "",
    ),
    "the second column": (
        r"\begin{align} f(x) &= x^2 & g(x) &= x^3 \\ f'(x) &= 2x & g'(x) &= 2x^2 \end{align}",
        "line 1",
        "",
    ),
    "a constant that is none": (r"$$\sin^2(x) + \cos^2(x) = 2$$", "line 1", ""),
    "a derivative that vanishes where it is solved": (
        r"$J(w) = (wx - y)^2 + \lambda w^2$. $\frac{dJ}{dw} = 3(wx-y)x + 3\lambda w = 0$, so $w = \frac{xy}{x^2+\lambda}$",
        "line 1",
        "",
    ),
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_what_is_right_is_read_and_agrees(tmp_path: Path, text: str) -> None:
    records, unread = read(tmp_path, text)
    assert not unread
    assert [(one.name, one.verdict, one.reason) for one in records if one.verdict != "agree"] == []
    assert records


@pytest.mark.parametrize("body", RIGHT_TEX.values(), ids=RIGHT_TEX)
def test_what_is_right_in_latex_agrees(tmp_path: Path, body: str) -> None:
    records, unread = read(tmp_path, tex(body), "hw.tex")
    assert not unread
    assert {one.verdict for one in records} == {"agree"}


@pytest.mark.parametrize(("text", "line", "kind"), WRONG.values(), ids=WRONG)
def test_the_first_wrong_line_and_its_mistake(tmp_path: Path, text: str, line: str, kind: str) -> None:
    records, unread = read(tmp_path, text)
    assert not unread
    wrong = [one for one in records if one.verdict != "agree"]
    assert {one.verdict for one in wrong} == {"disagree"}
    if line:
        assert any(f"{line} {verb}" in wrong[0].reason for verb in ("does not follow", "is not"))
    if kind:
        assert kind in {name for mistake in wrong[0].mistakes for name in (mistake.kind, *mistake.also)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r"$y = k x^2$, $y' = 2kx$", "The prime after 'y' is not clear, for it is made of k, x"),
        (r"$f = x^2 + x^4$, $u = x^2$, $\frac{df}{du} = 1 + 2u$", "f is not written in terms of u"),
        (r"$x^2 + y^2 = 1$, $\frac{dy}{dx} = -\frac{x}{y}$", "y is not defined"),
        (r"$f(x) = x^2$, $f'(x) = 2x \text{ by the rule } 3$", "by the rule }' is not known here"),
        (r"$f(x) = x^2$ and f'(x) = 2x.", "outside of mathematics"),
        (r"$f = \sigma(x)$, $f' = \sigma(1-\sigma)$", "could be"),
    ],
)
def test_what_is_not_clear_is_refused(tmp_path: Path, text: str, said: str) -> None:
    _, unread = read(tmp_path, text)
    assert said in " ".join(one.reason for one in unread)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (RIGHT["a substitution that is named afterwards"], "with u = 3·x^2 + 1, f = u^5"),
        (RIGHT["primes of quantities"], "u′ is read as the derivative by x."),
        (RIGHT["a deviation that is called sigma"], "σ is a symbol here, and not the logistic function"),
        (RIGHT["a sum over data"], "no length is given for x, y: 3 elements each"),
        (RIGHT["set to zero, and solved for"], "= 0' is taken as a condition, and not checked"),
        (RIGHT["set to zero, and solved for"], "what w is solved for is not checked"),
        (RIGHT["sigma without its argument"], "is read as a product, for what stands in the brackets lacks"),
        (RIGHT["numbers put in"], "only the last number is held against the value"),
        (r"$f = x^2$, $\frac{df}{dx} = 2x$, $x^2 + y^2 = 1$", "is taken as a condition, and not checked"),
    ],
)
def test_what_is_assumed_is_told(tmp_path: Path, text: str, note: str) -> None:
    records, _ = read(tmp_path, text)
    assert note in " ".join(said for one in records for said in one.notes)


def test_commands_that_use_themselves_or_grow_are_left_as_they_are(tmp_path: Path) -> None:
    growing = "".join(
        f"\\newcommand{{\\{b}}}{{\\{a}\\{a}\\{a}\\{a}\\{a}\\{a}\\{a}\\{a}}}\n"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    for text in (tex(r"\newcommand{\x}{\x} $y = \x$"), tex(growing + r"\newcommand{\a}{x} $y = \i$")):
        _, unread = read(tmp_path, text, "hw.tex")
        assert "is defined in line" in unread[0].reason
