"""Classes made by rule: the same problems with other numbers for each student, so that no two are alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HOMEWORK = r"""# Homework {number}

## Problem 1

```gradlab
function: L = ½(σ(wx + b) − t)² + (λ/2)w²
at: w={w}, b=-0.3, x=1.2, t=1, λ=0.1
```

$$ \begin{{aligned}}
\frac{{\partial L}}{{\partial w}}
&= \frac12 \frac{{\partial}}{{\partial w}} (\sigma(wx+b) - t)^2 + \frac\lambda2 \frac{{\partial}}{{\partial w}} w^2 \\
&= (\sigma(wx+b) - t) \frac{{\partial}}{{\partial w}} (\sigma(wx+b) - t) + \lambda w \\
&= (\sigma(wx+b) - t) {inner} \frac{{\partial}}{{\partial w}} (wx+b) + \lambda w \\
&= (\sigma(wx+b) - t) {inner} x + \lambda w
\end{{aligned}} $$

## Problem 2

```gradlab
function: f = ln(x₁) + x₁x₂ − sin(x₂)
at: x₁=2, x₂={w}
∂f/∂x₁ = 1/x₁ + x₂
∂f/∂x₂ = x₁ − cos(x₂)
```
"""
CODE = """
import numpy as np
from gradlab import case


@case(at=dict(w={w}, b=-0.3, x=1.2, t=1.0, lam=0.1), wrt=("w", "b"))
def loss(w, b, x, t, lam):
    y = 1 / (1 + np.exp(-(w * x + b)))
    return (y - t) ** 2 / 2 + lam * w**2 / 2


@loss.hand
def gradient(w, b, x, t, lam):
    y = 1 / (1 + np.exp(-(w * x + b)))
    return dict(w=(y - t) * y * (1 - y) * x + lam * w, b=(y - t) * y * (1 - y))
"""
INNER = r"\sigma'(wx+b)"


@dataclass(frozen=True)
class Kind:
    """One kind of submission."""

    name: str
    suffix: str
    text: Callable[[int, float], str]
    verdicts: frozenset[str]


KINDS = (
    Kind(
        "right derivations (.md)",
        ".md",
        lambda n, w: HOMEWORK.format(number=n, w=w, inner=INNER),
        frozenset({"agree"}),
    ),
    Kind(
        "wrong derivations (.md)",
        ".md",
        lambda n, w: HOMEWORK.format(number=n, w=w, inner=""),
        frozenset({"agree", "disagree"}),
    ),
    Kind("gradients in Python (.py)", ".py", lambda n, w: CODE.format(w=w), frozenset({"agree"})),
)


def hand_in(folder: Path, kind: Kind, students: int) -> Path:
    """A folder with one submission of each student."""
    for n in range(students):
        own = folder / f"student{n}"
        own.mkdir(parents=True)
        (own / f"hw{kind.suffix}").write_text(kind.text(n, round(0.5 + n / 1000, 3)), encoding="utf-8")
    return folder
