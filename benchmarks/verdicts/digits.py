"""Plain NumPy code at 120 digits, without gradlab: arrays of mpmath numbers that NumPy's functions accept.

`Digits` is an array of objects. Arithmetic, sums, products of matrices and moving about are NumPy's own;
the functions that have no loop for objects are mpmath's, element by element.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from mpmath.ctx_mp import MPContext

from gradlab.cases import call

DIGITS = 120
CONTEXT = MPContext()
CONTEXT.dps = DIGITS
_STEP_DIGITS = 40


def _power(x: Any, p: Any) -> Any:
    return CONTEXT.mpf(x) ** (int(p) if p == int(p) else CONTEXT.mpf(p))


def _log_sum(base: Any) -> Callable[[Any, Any], Any]:
    def log_sum(a: Any, b: Any) -> Any:
        high, low = max(a, b), min(a, b)
        return high + CONTEXT.log1p(CONTEXT.mpf(base) ** (low - high)) / CONTEXT.log(base)

    return log_sum


def _sign(x: Any) -> Any:
    return CONTEXT.mpf((x > 0) - (x < 0))


FUNCTIONS: dict[np.ufunc, Callable[..., Any]] = {
    np.exp: CONTEXT.exp,
    np.exp2: lambda x: CONTEXT.mpf(2) ** x,
    np.expm1: CONTEXT.expm1,
    np.log: CONTEXT.log,
    np.log2: lambda x: CONTEXT.log(x) / CONTEXT.log(2),
    np.log10: lambda x: CONTEXT.log(x) / CONTEXT.log(10),
    np.log1p: lambda x: CONTEXT.log(1 + CONTEXT.mpf(x)),
    np.logaddexp: _log_sum(CONTEXT.e),
    np.logaddexp2: _log_sum(2),
    np.sqrt: CONTEXT.sqrt,
    np.cbrt: lambda x: _sign(x) * CONTEXT.cbrt(abs(x)),
    np.square: lambda x: x * x,
    np.reciprocal: lambda x: 1 / CONTEXT.mpf(x),
    np.power: _power,
    np.float_power: _power,
    np.sin: CONTEXT.sin,
    np.cos: CONTEXT.cos,
    np.tan: CONTEXT.tan,
    np.arcsin: CONTEXT.asin,
    np.arccos: CONTEXT.acos,
    np.arctan: CONTEXT.atan,
    np.arctan2: CONTEXT.atan2,
    np.sinh: CONTEXT.sinh,
    np.cosh: CONTEXT.cosh,
    np.tanh: CONTEXT.tanh,
    np.arcsinh: CONTEXT.asinh,
    np.arccosh: CONTEXT.acosh,
    np.arctanh: CONTEXT.atanh,
    np.hypot: lambda x, y: CONTEXT.sqrt(CONTEXT.mpf(x) ** 2 + CONTEXT.mpf(y) ** 2),
    np.radians: lambda x: x * CONTEXT.pi / 180,
    np.deg2rad: lambda x: x * CONTEXT.pi / 180,
    np.degrees: lambda x: x * 180 / CONTEXT.pi,
    np.rad2deg: lambda x: x * 180 / CONTEXT.pi,
    np.floor: CONTEXT.floor,
    np.ceil: CONTEXT.ceil,
    np.trunc: lambda x: _sign(x) * CONTEXT.floor(abs(x)),
    np.rint: CONTEXT.nint,
    np.sign: _sign,
    np.heaviside: lambda x, h: h if x == 0 else CONTEXT.mpf(x > 0),
    np.copysign: lambda x, y: abs(x) * (1 if y >= 0 else -1),
    np.signbit: lambda x: x < 0,
    np.floor_divide: lambda x, y: CONTEXT.floor(CONTEXT.mpf(x) / y),
    np.remainder: lambda x, y: x - y * CONTEXT.floor(CONTEXT.mpf(x) / y),
    np.fmod: lambda x, y: _sign(x) * (abs(x) % abs(y)),
    np.isnan: CONTEXT.isnan,
    np.isinf: CONTEXT.isinf,
    np.isfinite: CONTEXT.isfinite,
}
"""What NumPy calls by a method of the element, or refuses on objects; here mpmath's, or its definition."""
_LOGICAL = {np.isnan, np.isinf, np.isfinite, np.signbit}
_COMPLEX = (CONTEXT.mpc,)


def _real(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with what is not real as nan, and its poles too."""

    def guarded(*x: Any) -> Any:
        try:
            y = function(*x)
        except (ZeroDivisionError, ValueError, OverflowError):
            return CONTEXT.nan
        return CONTEXT.nan if isinstance(y, _COMPLEX) else y

    return guarded


_ELEMENTWISE = {
    ufunc: (np.frompyfunc(_real(f), ufunc.nin, 1), ufunc in _LOGICAL) for ufunc, f in FUNCTIONS.items()
}


def _bare(x: Any) -> Any:
    if isinstance(x, Digits):
        return x.view(np.ndarray)
    if isinstance(x, (list, tuple)):
        return type(x)(map(_bare, x))
    return x


def _wrapped(y: Any) -> Any:
    if isinstance(y, tuple):
        return tuple(map(_wrapped, y))
    if isinstance(y, CONTEXT.mpf):
        holder = np.empty((), dtype=object)
        holder[()] = y
        return holder.view(Digits)
    if isinstance(y, np.ndarray) and y.dtype == object:
        return y.view(Digits)
    return y


def _exactly(x: Any) -> Any:
    """Numbers as mpmath has them: a power or a quotient of two Python numbers must not be rounded."""
    if isinstance(x, np.ndarray) and x.dtype.kind in "iuf":
        return _TO_MPF(x)
    if isinstance(x, (int, float, np.integer, np.floating)) and not isinstance(x, bool):
        return _to_mpf(x)
    return x


def _to_mpf(x: Any) -> Any:
    return (
        x
        if isinstance(x, CONTEXT.mpf)
        else CONTEXT.mpf(float(x) if isinstance(x, (float, np.floating)) else int(x))
    )


_TO_MPF = np.frompyfunc(_to_mpf, 1, 1)


class Digits(np.ndarray):
    """An array of mpmath numbers of 120 digits, to be handed to plain NumPy code."""

    @classmethod
    def of(cls, value: Any) -> Self:
        """A number or array, exactly as it stands in float64."""
        array = np.empty(np.shape(value), dtype=object)
        array[...] = _TO_MPF(np.asarray(value, dtype=np.float64))
        return array.view(cls)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """mpmath's function for each element, or NumPy's own loop for objects."""
        bare = [_bare(x) for x in inputs]
        options.pop("out", None)
        if method == "__call__" and ufunc in _ELEMENTWISE:
            rule, logical = _ELEMENTWISE[ufunc]
            y = rule(*map(_exactly, bare))
            return np.asarray(y, dtype=bool) if logical else _wrapped(y)
        if method == "__call__" and ufunc is np.divide:
            return _wrapped(_QUOTIENT(*map(_exactly, bare)))
        if method == "__call__":
            bare = [_exactly(x) for x in bare]
        return _wrapped(getattr(ufunc, method)(*bare, **options))

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """NumPy's function, its result wrapped again."""
        if function is np.linalg.norm:
            return np.sqrt(np.sum(args[0] * args[0], **kwargs))
        if function is np.sinc:
            pi_x = args[0] * _wrapped(+CONTEXT.pi)
            return np.sin(pi_x) / pi_x
        return _wrapped(super().__array_function__(function, types, args, kwargs))

    def __getitem__(self, key: Any) -> Any:
        """An element stays an array without axes."""
        return _wrapped(super().__getitem__(key))

    def __iter__(self) -> Iterator[Any]:
        """Rows, wrapped."""
        return (self[i] for i in range(len(self)))


_QUOTIENT = np.frompyfunc(_real(lambda x, y: x / y), 2, 1)


def flat(value: Any) -> list[Any]:
    """The numbers of a value in a list, as mpmath has them."""
    return [_to_mpf(v) for v in np.ravel(np.asarray(_bare(value), dtype=object)).tolist()]


@dataclass(frozen=True)
class Difference:
    """A derivative by differences, with an estimate of its error."""

    value: Any
    error: Any


def differences(
    function: Callable[..., Any], inputs: Mapping[str, Any], wrt: tuple[str, ...]
) -> list[Difference]:
    """The gradient by centered differences with one Richardson step: right to some 70 digits.

    Nobody's rules of differentiation are used. `inputs` are numbers and arrays of float64 or float32; those
    in `wrt` are moved.
    """
    exact = {name: lifted(value) for name, value in inputs.items()}
    (here,) = flat(call(function, exact))

    def value_at(name: str, index: tuple[int, ...], moved: Any) -> Any:
        changed = exact[name].view(np.ndarray).copy()
        changed[index] = moved
        (y,) = flat(call(function, {**exact, name: changed.view(Digits)}))
        return y

    found = []
    for name in wrt:
        for index in np.ndindex(np.shape(inputs[name])):
            x = exact[name].view(np.ndarray)[index]
            h = (abs(x) or CONTEXT.mpf(1)) * CONTEXT.mpf(10) ** -_STEP_DIGITS
            high, low = value_at(name, index, x + h), value_at(name, index, x - h)
            wide = (high - low) / (2 * h)
            narrow = (value_at(name, index, x + h / 2) - value_at(name, index, x - h / 2)) / h
            bend = abs(high - 2 * here + low) / h**2
            rounding = CONTEXT.mpf(10) ** (6 - DIGITS) * ((abs(here) + abs(narrow * x)) / h + bend * abs(x))
            found.append(Difference((4 * narrow - wide) / 3, abs(narrow - wide) + rounding))
    return found


def lifted(value: Any) -> Any:
    """Floats and arrays of floats as Digits; what else an argument may be (a count, a label) as it is."""
    if isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        return Digits.of(value)
    return value
