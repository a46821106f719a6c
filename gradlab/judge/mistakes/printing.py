"""A slot of a program as a formula, in the problem's own names: `σ(w·x + b)`; what is too long is cut with `…`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradlab.engine.program import Equation
from gradlab.judge.mistakes.places import Reading

LONGEST = 48
DEEPEST = 12
_SUM, _PRODUCT, _POWER, _ATOM = range(4)
_GREEK = {
    "lam": "λ", "lambda": "λ", "alpha": "α", "beta": "β", "gamma": "γ", "theta": "θ", "sigma": "σ", "mu": "μ",
    "eta": "η", "omega": "ω", "phi": "φ", "rho": "ρ", "epsilon": "ε", "delta": "δ", "tau": "τ", "kappa": "κ",
}  # fmt: skip
_CALLED = {
    "log": "ln",
    "absolute": "abs",
    "maximum": "max",
    "minimum": "min",
    "sigmoid": "σ",
    "log10": "log₁₀",
}
_SUPERSCRIPTS = {2.0: "²", 3.0: "³", 4.0: "⁴"}
SLOPES = {
    "sigmoid": "σ′({x})", "tanh": "tanh′({x})", "relu": "relu′({x})", "softplus": "σ({x})", "absolute": "sign({x})",
    "exp": "exp({x})", "exp2": "2^({x})·ln 2", "log": "1/({x})", "log10": "1/(({x})·ln 10)",
    "log2": "1/(({x})·ln 2)", "log1p": "1/(1 + {x})", "sqrt": "1/(2√({x}))",
    "sin": "cos({x})", "cos": "−sin({x})", "tan": "1/cos²({x})", "sinh": "cosh({x})", "cosh": "sinh({x})",
    "arcsin": "1/√(1 − ({x})²)", "arccos": "−1/√(1 − ({x})²)", "arctan": "1/(1 + ({x})²)",
    "radians": "π/180", "degrees": "180/π", "erf": "2/√π·exp(−({x})²)", "erfc": "−2/√π·exp(−({x})²)",
}  # fmt: skip
_CONSTANTS = {
    math.pi: "π", math.e: "e", 2 * math.pi: "2π", math.sqrt(2): "√2", math.sqrt(math.pi): "√π",
    math.sqrt(2 * math.pi): "√(2π)", 1 / math.sqrt(2): "1/√2", 2 / math.sqrt(math.pi): "2/√π",
    math.sqrt(2 / math.pi): "√(2/π)", math.log(2): "ln 2", math.log(10): "ln 10",
}  # fmt: skip


def printed_name(name: str) -> str:
    """A name as it is shown: λ for lam."""
    return _GREEK.get(name, name)


def printed_number(value: float) -> str:
    """A number without what it doesn't need: 2, 0.5, π, √2."""
    if abs(value) in _CONSTANTS:
        return ("−" if value < 0 else "") + _CONSTANTS[abs(value)]
    if math.isfinite(value) and value == int(value) and abs(value) < 1e6:
        return str(int(value)).replace("-", "−")
    return f"{value:.6g}".replace("-", "−")


class Printer:
    """Prints the slots of one program."""

    def __init__(self, reading: Reading, names: Mapping[int, str]) -> None:
        self.reading = reading
        self.names = names

    def slot(self, slot: int) -> str:
        """The formula of a slot, cut at the depth at which it is short enough."""
        for depth in range(DEEPEST, 0, -1):
            text = self._at(slot, depth)[0]
            if len(text) <= LONGEST:
                return text
        return "…"

    def negated(self, slot: int) -> str:
        """The formula of the negative of a slot."""
        return self._negated(slot, 4)[0]

    def _at(self, slot: int, depth: int) -> tuple[str, int]:
        if slot in self.names:
            return printed_name(self.names[slot]), _ATOM
        number = self.reading.number(slot)
        if number is not None:
            text = printed_number(number)
            return text, _SUM if number < 0 else _PRODUCT if "/" in text or " " in text else _ATOM
        equation = self.reading.made.get(slot)
        if equation is None:
            return "c", _ATOM
        if depth == 0:
            return "…", _ATOM
        return self._equation(equation, depth - 1)

    def _within(self, slot: int, depth: int, least: int) -> str:
        text, binding = self._at(slot, depth)
        return text if binding >= least else f"({text})"

    def _negated(self, slot: int, depth: int) -> tuple[str, int]:
        """The negative of a slot, its terms with the other sign."""
        terms = sorted(self.reading.terms(slot), key=lambda term: term[1])  # what begins with a plus
        text = ""
        for place, sign in terms:
            printed = self._within(place, depth, _PRODUCT)
            text += (
                "" if sign < 0 and not text else "−" if not text else " + " if sign < 0 else " − "
            ) + printed
        return text, _SUM

    def _product(self, operands: Sequence[int], depth: int) -> str:
        """A product, in which x⁻² is a divisor."""
        above: list[str] = []
        below = ""
        for slot in operands:
            made = self.reading.made.get(slot)
            exponent = (
                self.reading.number(made.operands[1]) if made and made.primitive.name == "power" else None
            )
            if made is not None and exponent is not None and exponent < 0:
                below += "/" + self._power(made.operands[0], -exponent, depth)
            else:
                text = self._within(slot, depth, _PRODUCT)
                above.append(f"({text})" if above and "/" in text and text[-1] != ")" else text)
        return ("·".join(above) or "1") + below

    def _power(self, base: int, exponent: float, depth: int) -> str:
        written = self._within(base, depth, _ATOM)
        if exponent == 1:
            return written
        return written + (_SUPERSCRIPTS.get(exponent) or f"^{printed_number(exponent)}")

    def _equation(self, equation: Equation, depth: int) -> tuple[str, int]:
        name, x = equation.primitive.name, equation.operands
        logistic = self.reading.logistic(equation)
        if logistic is not None and (logistic[2] is None or self.reading.number(logistic[2]) == 1.0):
            inside = self._at if logistic[1] == 1 else self._negated
            return f"σ({inside(logistic[0], depth)[0]})", _ATOM
        rectified = self.reading.rectified(equation)
        if rectified is not None:
            return f"relu({self._at(rectified, depth)[0]})", _ATOM
        if name == "divide":
            above, below = self._within(x[0], depth, _PRODUCT), self._within(x[1], depth, _ATOM)
            return f"{above}/{below}", _PRODUCT
        power = self.reading.power(equation)
        if name == "sqrt":
            return f"√({self._at(x[0], depth)[0]})", _ATOM
        if power is not None:
            if power[1] < 0:
                return f"1/{self._power(power[0], -power[1], depth)}", _PRODUCT
            return self._power(power[0], power[1], depth), _POWER
        if name == "power":
            return f"{self._within(x[0], depth, _ATOM)}^{self._within(x[1], depth, _ATOM)}", _POWER
        if name in ("add", "subtract"):
            sign, least = ("+", _SUM) if name == "add" else ("−", _PRODUCT)
            return f"{self._within(x[0], depth, _SUM)} {sign} {self._within(x[1], depth, least)}", _SUM
        if name == "negative":
            return f"−{self._within(x[0], depth, _PRODUCT)}", _SUM
        if name == "multiply":
            return self._product(x, depth), _PRODUCT
        if name == "matmul":
            return " @ ".join(self._within(i, depth, _PRODUCT) for i in x), _PRODUCT
        return self._structural(equation, depth)

    def _structural(self, equation: Equation, depth: int) -> tuple[str, int]:
        """What moves elements, and any function."""
        name, x = equation.primitive.name, equation.operands
        if name in ("broadcast_to", "reshape"):
            return self._at(x[0], depth + 1 if depth else 0)
        if name == "transpose":
            return f"{self._within(x[0], depth, _ATOM)}ᵀ", _ATOM
        if name == "index":
            return f"{self._within(x[0], depth, _ATOM)}[{_key(equation.parameters['key'])}]", _ATOM
        if name == "where":
            x = x[1:]
        called = _CALLED.get(name, name)
        return f"{called}({', '.join(self._at(i, depth)[0] for i in x)})", _ATOM


def _key(key: Any) -> str:
    if isinstance(key, tuple):
        return ", ".join(map(_key, key))
    if isinstance(key, slice):
        return ":".join("" if part is None else str(part) for part in (key.start, key.stop))
    return str(key) if isinstance(key, int) else "…" if isinstance(key, np.ndarray) else str(key)[:12]
