"""How counts grow with a size: the simplest law that fits them.

A fit is of relative errors: a law that is right at the largest size alone says nothing of the others. One that does
not foretell the largest size from the others is none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from gradlab.record import replace
from gradlab.record.sweep import Growth, Law

CLOSE = 0.03
"""The relative error that a law may have at any size."""
EXACT = 1e-9
SPARE = 2
"""Points that a fit needs beyond the numbers that it chooses; one, if it is exact."""
ENOUGH = 6
"""Sizes that would show most laws."""
_POWERS = "⁰¹²³"
_BASES = (1.05, 64.0)

_Term = tuple[int, bool]
_Columns = Callable[[np.ndarray, np.ndarray], list[np.ndarray]]
_EXPONENTIAL: tuple[tuple[Law, _Columns], ...] = (
    ("exponential", lambda n, p: [p]),
    ("size × exponential", lambda n, p: [n * p]),
    ("exponential", lambda n, p: [p, np.ones_like(n)]),
    ("size × exponential", lambda n, p: [n * p, np.ones_like(n)]),
    ("size² × exponential", lambda n, p: [n**2 * p, n * p, p]),
)
"""What is summed, by n and p = bⁿ."""


@dataclass(frozen=True)
class _Fit:
    law: Law
    coefficients: np.ndarray
    base: float | None
    worst: float
    parameters: int


def fit_growth(form: str, counts: Mapping[int, int], parameter: str = "n") -> Growth:
    """The simplest law for a form's operations by size: constant, polynomial, bⁿ or n·bⁿ. Small sizes are left
    out where they follow another; `unclear` where none fits at least half of the sizes.

    >>> fit_growth("f", {n: 3 * n - 3 for n in range(1, 9)}).sentence
    'linear: 3·n − 3, for n = 1…8'
    """
    sizes = sorted(counts)
    n = np.array(sizes, dtype=np.float64)
    y = np.array([float(counts[size]) for size in sizes])
    fits: list[tuple[int, _Fit]] = []
    for start in range((len(sizes) + 1) // 2):
        fits += [(start, fit) for fit in _good_fits(n[start:], y[start:])]
        if any(fit.worst <= EXACT for _, fit in fits):
            break
    if not fits:
        few = len(sizes) < ENOUGH
        sentence = "too few sizes to tell how it grows" if few else "no simple law fits"
        return Growth(form=form, law="unclear", sentence=sentence)
    # What fits exactly is the law; else a size left out weighs as much as a number that is chosen.
    start, best = min(
        fits, key=lambda pair: (pair[1].worst > EXACT, pair[0] + pair[1].parameters, *_order(pair[1]))
    )
    growth = replace(_growth_of(best), form=form, first=sizes[start], last=sizes[-1], worst=best.worst)
    return replace(growth, sentence=_sentence(growth, parameter))


def _growth_of(fit: _Fit) -> Growth:
    return Growth(form="", law=fit.law, coefficients=tuple(map(float, fit.coefficients)), base=fit.base)


def _good_fits(n: np.ndarray, y: np.ndarray) -> list[_Fit]:
    """Those that are close; what is no more than close has to foretell the last size from those before it."""
    fits = [fit for fit in _fits(n, y) if _is_good(fit, len(n))]
    if all(fit.worst <= EXACT for fit in fits):
        return fits
    before = {(fit.law, fit.parameters): _growth_of(fit) for fit in _fits(n[:-1], y[:-1])}
    told = {key: predict(growth, int(n[-1])) for key, growth in before.items()}
    return [
        fit
        for fit in fits
        if fit.worst <= EXACT or abs(told.get((fit.law, fit.parameters), math.inf) - y[-1]) <= CLOSE * y[-1]
    ]


def _is_good(fit: _Fit, points: int) -> bool:
    leading = fit.coefficients[-1 if fit.base is None else 0]
    if leading < 0:  # it would fall below zero in the end, which no count does
        return False
    return fit.worst <= CLOSE and points >= fit.parameters + (1 if fit.worst <= EXACT else SPARE)


def predict(growth: Growth, size: int) -> float:
    """What the law gives at a size; inf beyond floats."""
    with np.errstate(over="ignore", invalid="ignore"):
        value = float(sum(c * _value(term, size, growth.base) for c, term in _terms(growth)))
    return math.inf if math.isnan(value) else value


def _value(term: _Term, size: int, base: float | None) -> float:
    power, exponential = term
    return float(size) ** power * (float(np.float64(base or 1.0) ** size) if exponential else 1.0)


def _terms(growth: Growth) -> list[tuple[float, _Term]]:
    """The coefficients, each with what it is of: a power of n, and whether bⁿ stands beside it."""
    terms: list[_Term]
    if growth.base is None:
        terms = [(k, False) for k in range(len(growth.coefficients))][::-1]
        return list(zip(growth.coefficients[::-1], terms, strict=True))
    if growth.law == "size² × exponential":
        terms = [(2, True), (1, True), (0, True)]
    else:
        terms = [(int(growth.law != "exponential"), True), (0, False)]
    return list(zip(growth.coefficients, terms, strict=False))


def _order(fit: _Fit) -> tuple[float, ...]:
    """The fewest numbers first; an exponential only where a line of as many does not fit; then the best."""
    return fit.parameters, fit.base is not None, fit.worst


def _fits(n: np.ndarray, y: np.ndarray) -> list[_Fit]:
    """Every law with its best coefficients."""
    if not np.any(y):
        return [_Fit("constant", np.zeros(1), None, 0.0, 1)]
    if np.any(y <= 0):  # nothing is relative to zero; a polynomial may pass through it all the same
        return [fit for fit in _polynomials(n, y) if fit.worst <= EXACT]
    polynomials = _polynomials(n, y)
    if any(fit.worst <= EXACT for fit in polynomials):
        return polynomials
    return polynomials + _exponentials(n, y)


def _polynomials(n: np.ndarray, y: np.ndarray) -> list[_Fit]:
    laws: tuple[Law, ...] = ("constant", "linear", "quadratic", "cubic")
    fits = []
    for degree, law in enumerate(laws):
        if len(n) > degree + 1:
            coefficients, worst = _least_squares(np.stack([n**k for k in range(degree + 1)], axis=1), y)
            fits.append(_Fit(law, coefficients, None, worst, degree + 1))
    return fits


def _exponentials(n: np.ndarray, y: np.ndarray) -> list[_Fit]:
    """Each exponential law with its best base, which is searched for; the rest is linear."""
    fits = []
    for law, columns in _EXPONENTIAL:
        count = len(columns(n, n))
        if len(n) <= count + 1:
            continue

        def basis(b: float, columns: _Columns = columns) -> np.ndarray:
            return np.stack(columns(n, b ** (n - n[-1])), axis=1)

        def error(b: float, basis: Callable[[float], np.ndarray] = basis) -> float:
            return _least_squares(basis(b), y)[1]

        base = _smallest(error, *_BASES)
        whole = round(base)
        base = float(whole) if error(whole) <= max(EXACT, error(base)) else base
        coefficients, worst = _least_squares(basis(base), y)
        constant = columns(n, np.zeros_like(n))[-1].any()  # the last column is no power
        scale = np.full(count, base ** -n[-1])
        scale[-1] = 1.0 if constant else scale[-1]
        fits.append(_Fit(law, coefficients * scale, base, worst, count + 1))
    return fits


def _least_squares(basis: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """(coefficients with the least relative errors, the largest of these)."""
    scale = np.where(y == 0, 1.0, np.abs(y))
    coefficients, *_ = np.linalg.lstsq(basis / scale[:, None], y / scale, rcond=None)
    return coefficients, float(np.max(np.abs(basis @ coefficients - y) / scale))


def _smallest(error: Callable[[float], float], low: float, high: float) -> float:
    """The base with the least error: the best of a grid, refined by the golden section."""
    grid = np.geomspace(low, high, 33).tolist()
    best = min(range(33), key=lambda k: error(grid[k]))
    a, b = grid[max(0, best - 1)], grid[min(32, best + 1)]
    golden = (5**0.5 - 1) / 2
    c, d = b - golden * (b - a), a + golden * (b - a)
    at_c, at_d = error(c), error(d)
    while b - a > 1e-13 * b:
        if at_c < at_d:
            b, d, at_d = d, c, at_c
            c = b - golden * (b - a)
            at_c = error(c)
        else:
            a, c, at_c = c, d, at_d
            d = a + golden * (b - a)
            at_d = error(d)
    return float((a + b) / 2)


def _sentence(growth: Growth, parameter: str) -> str:
    """The law in words, with the sizes that it is fitted to and its worst error."""
    worst = growth.worst or 0.0
    span = f"{parameter} = {growth.first}…{growth.last}"
    words = {
        "exponential": "exponential",
        "size × exponential": f"{parameter} times exponential",
        "size² × exponential": f"{parameter}² times exponential",
    }
    law = words.get(growth.law, growth.law)
    if worst <= EXACT:
        return f"{law}: {_formula(growth, parameter)}, for {span}"
    return f"{law}: about {_formula(growth, parameter)}, off by at most {100 * worst:.2g} % for {span}"


def _formula(growth: Growth, parameter: str) -> str:
    """The law as a formula."""
    terms = _terms(growth)
    exact = (growth.worst or 0.0) <= EXACT
    largest = max((abs(c) for c, _ in terms), default=0.0)
    text = ""
    for c, (power, exponential) in terms:
        if abs(c) <= EXACT * largest:
            continue
        factors = [parameter + _POWERS[power] * (power > 1)] if power else []
        factors += [f"{growth.base:.3g}^{parameter}"] if exponential else []
        size = _numeral(abs(c), exact=exact)
        term = "·".join(factors if size == "1" and factors else [size, *factors])
        text += (" − " if c < 0 else " + ") + term if text else ("−" if c < 0 else "") + term
    return text or "0"


def _numeral(value: float, *, exact: bool) -> str:
    """A number to three digits; one of an exact law to five, and all of it where it is whole.

    >>> _numeral(239999.0, exact=True), _numeral(0.3125, exact=True), _numeral(239999.0, exact=False)
    ('239,999', '0.3125', '240,000')
    """
    whole = round(value)
    if exact and whole and abs(value - whole) <= EXACT * whole:
        return f"{whole:,}"
    return f"{float(f'{value:.{5 if exact else 3}g}'):,.12g}"
