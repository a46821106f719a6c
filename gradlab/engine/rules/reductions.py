"""Many values into one: sum, mean, prod, max, min, var, std, cumsum, logsumexp and the softmaxes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradlab.engine.primitive import Primitive, Value, implements, structural
from gradlab.engine.rules.arithmetic import square
from gradlab.engine.rules.elementary import exp, sqrt
from gradlab.engine.rules.selection import choose, equal
from gradlab.engine.rules.shapes import axes_of, flip, index, ravel, reshape_array
from gradlab.engine.rules.spreading import kept_shape, reduce_sum, spread, total
from gradlab.engine.trace import shape_of


def _last(x: Any, axis: tuple[int, ...]) -> Any:
    """The reduced axes as one, last."""
    rest = [i for i in range(x.ndim) if i not in axis]
    return x.transpose([*rest, *axis]).reshape([x.shape[i] for i in rest] + [-1])


def _by_pairs(function: Any, x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """Reduce an object array with a function of two."""
    reduced = np.frompyfunc(function, 2, 1).reduce(_last(x, axis), axis=-1)
    return np.reshape(reduced, kept_shape(x.shape, axis)) if keepdims else reduced


def _lead(x: Any, axis: tuple[int, ...]) -> Any:
    """By how much the largest element leads the next."""
    ordered = np.sort(_last(x, axis), axis=-1)
    if ordered.shape[-1] < 2:
        return np.full(ordered.shape[:-1], math.inf)
    return ordered[..., -1] - ordered[..., -2]


def _axes_of_position(x: Any, axis: int | None) -> tuple[int, ...]:
    return tuple(range(x.ndim)) if axis is None else (axis % x.ndim,)


def _extreme(name: str, ufunc: np.ufunc, sympy_name: str, sign: float) -> Primitive:
    """max or min. At a tie the cotangent is shared equally: a convention, the place is a kink."""

    def share(x: Value, y: Value, axis: tuple[int, ...]) -> Value:
        winners = choose(equal(x, reshape_array(y, kept_shape(shape_of(x), axis))), 1.0, 0.0)
        return winners / reduce_sum(winners, axis=axis, keepdims=True)

    def margin(y: Any, x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
        return _lead(sign * x, axis)

    return structural(
        name,
        lambda x, axis, keepdims: ufunc.reduce(x, axis, keepdims=keepdims),
        lambda i, g, y, x, axis, keepdims: spread(g, x, axis) * share(x, y, axis),
        jvp=lambda t, y, x, axis, keepdims: reduce_sum(
            t[0] * share(x, y, axis), axis=axis, keepdims=keepdims
        ),
        symbolic=lambda s, x, axis, keepdims: _by_pairs(getattr(s, sympy_name), x, axis, keepdims),
        precise=lambda m, x, axis, keepdims: _by_pairs(max if sign > 0 else min, x, axis, keepdims),
        on_arrays=True,
        kinks=margin,
        analytic=False,
        operations=lambda y, x, axis, keepdims: x.size - y.size,
        examples=(
            (np.array([[1.0, 2.0, 3.5], [0.5, -1.0, 2.0]]), {"axis": (1,), "keepdims": False}),
            (np.array([[1.0, 2.0], [0.5, 3.0]]), {"axis": (0, 1), "keepdims": True}),
        ),
    )


reduce_max: Primitive = _extreme("max", np.maximum, "Max", 1.0)
reduce_min: Primitive = _extreme("min", np.minimum, "Min", -1.0)

running_sum: Primitive = structural(
    "cumsum",
    lambda x, axis: np.cumsum(x, axis),
    lambda i, g, y, x, axis: flip(running_sum(flip(g, axis), axis=axis), axis),
    linear="each",
    operations=lambda y, x, axis: x.size - (x.size // x.shape[axis] if x.size else 0),
    examples=((np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]]), {"axis": 1}),),
)


def _stable_logsumexp(x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    top = np.maximum.reduce(x, axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    total = np.log(np.add.reduce(np.exp(x - top), axis, keepdims=True)) + top
    return total if keepdims else total.reshape([n for i, n in enumerate(x.shape) if i not in axis])[()]


def _object_logsumexp(module: Any, x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    powers = np.frompyfunc(module.exp, 1, 1)(x)
    return np.frompyfunc(module.log, 1, 1)(total(powers, axis, keepdims))


log_sum_exp: Primitive = structural(
    "logsumexp",
    _stable_logsumexp,
    lambda i, g, y, x, axis, keepdims: (
        spread(g, x, axis) * exp(x - reshape_array(y, kept_shape(shape_of(x), axis)))
    ),
    jvp=lambda t, y, x, axis, keepdims: reduce_sum(
        t[0] * exp(x - reshape_array(y, kept_shape(shape_of(x), axis))), axis=axis, keepdims=keepdims
    ),
    symbolic=_object_logsumexp,
    precise=_object_logsumexp,
    on_arrays=True,
    operations=lambda y, x, axis, keepdims: 2 * x.size,
    examples=((np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]]), {"axis": (1,), "keepdims": False}),),
)

_POSITIONS = (
    (np.array([[1.0, 4.0, 3.0], [0.5, -1.0, 2.0]]), {"axis": 1}),
    (np.array([1.0, 3.0, 2.0]), {"axis": None}),
)
_TRUTHS = ((np.array([[True, False], [True, True]]), {"axis": (0,), "keepdims": False}),)
_position: Primitive = structural(
    "argmax",
    lambda x, axis: np.argmax(x, axis),
    None,
    kinks=lambda y, x, axis: _lead(x, _axes_of_position(x, axis)),
    analytic=False,
    examples=_POSITIONS,
)
_lowest_position: Primitive = structural(
    "argmin",
    lambda x, axis: np.argmin(x, axis),
    None,
    kinks=lambda y, x, axis: _lead(-x, _axes_of_position(x, axis)),
    analytic=False,
    examples=_POSITIONS,
)
_all: Primitive = structural(
    "all",
    lambda x, axis, keepdims: np.all(x, axis, keepdims=keepdims),
    None,
    analytic=False,
    examples=_TRUTHS,
)
_any: Primitive = structural(
    "any",
    lambda x, axis, keepdims: np.any(x, axis, keepdims=keepdims),
    None,
    analytic=False,
    examples=_TRUTHS,
)


def _only(what: str, **unsupported: Any) -> None:
    for name, value in unsupported.items():
        if value is not None and value is not np._NoValue:
            raise TypeError(f"np.{what}(…, {name}=…) is not traced: write it without {name}")


@implements(np.sum, (np.add, "reduce"))
def array_sum(
    a: Value,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = None,
) -> Value:
    """np.sum."""
    if out is not None or initial is not None or where is not None:
        _only("sum", out=out, initial=initial, where=where)
    axes = axes_of(axis, len(shape_of(a)))
    return reduce_sum(a, axis=axes, keepdims=bool(keepdims)) if axes else a


@implements(np.mean)
def mean(
    a: Value,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    *,
    where: Any = None,
) -> Value:
    """np.mean: the sum divided by the count."""
    _only("mean", out=out, where=where)
    axes = axes_of(axis, len(shape_of(a)))
    return (
        array_sum(a, axes, keepdims=keepdims) / float(math.prod(shape_of(a)[i] for i in axes)) if axes else a
    )


@implements(np.var)
def var(
    a: Value,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    where: Any = None,
    mean: Any = None,
    correction: Any = None,
) -> Value:
    """np.var: the mean squared deviation; `ddof` (or `correction`) is taken off the count."""
    _only("var", out=out, where=where, mean=mean)
    ddof = ddof if correction is None or correction is np._NoValue else correction
    axes = axes_of(axis, len(shape_of(a)))
    count = math.prod(shape_of(a)[i] for i in axes)
    centred = a - array_sum(a, axes, keepdims=True) / float(count)
    return array_sum(square(centred), axes, keepdims=keepdims) / float(count - ddof)


@implements(np.std)
def std(
    a: Value,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    where: Any = None,
    mean: Any = None,
    correction: Any = None,
) -> Value:
    """np.std: the square root of np.var."""
    return sqrt(var(a, axis, dtype, out, ddof, keepdims, where=where, mean=mean, correction=correction))


@implements(np.prod, (np.multiply, "reduce"))
def array_prod(
    a: Value,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = None,
) -> Value:
    """np.prod, by halves: its derivative is then right where factors are zero, and as cheap as can be
    (Griewank & Walther 2008, Speelpenning's product).
    """
    _only("prod", out=out, initial=initial, where=where)
    shape = shape_of(a)
    for place in reversed(axes_of(axis, len(shape))):
        before = (slice(None),) * place
        while (n := shape_of(a)[place]) > 1:
            half = n // 2
            pairs = index(a, key=(*before, slice(0, half))) * index(a, key=(*before, slice(half, 2 * half)))
            if n % 2:
                from gradlab.engine.rules.shapes import concatenate

                pairs = concatenate([pairs, index(a, key=(*before, slice(2 * half, n)))], place)
            a = pairs
    kept = kept_shape(shape, axes_of(axis, len(shape)))
    if math.prod(shape) == 0:
        return np.prod(np.empty(shape), axis=axis, keepdims=bool(keepdims))
    return (
        a
        if keepdims
        else reshape_array(a, tuple(n for i, n in enumerate(kept) if i not in axes_of(axis, len(shape))))
    )


@implements(np.max, np.amax, (np.maximum, "reduce"))
def array_max(
    a: Value,
    axis: Any = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = None,
) -> Value:
    """np.max."""
    _only("max", out=out, initial=initial, where=where)
    axes = axes_of(axis, len(shape_of(a)))
    return reduce_max(a, axis=axes, keepdims=bool(keepdims)) if axes else a


@implements(np.min, np.amin, (np.minimum, "reduce"))
def array_min(
    a: Value,
    axis: Any = None,
    out: Any = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = None,
) -> Value:
    """np.min."""
    _only("min", out=out, initial=initial, where=where)
    axes = axes_of(axis, len(shape_of(a)))
    return reduce_min(a, axis=axes, keepdims=bool(keepdims)) if axes else a


@implements(np.cumsum, (np.add, "accumulate"))
def cumsum(a: Value, axis: int | None = None, dtype: Any = None, out: Any = None) -> Value:
    """np.cumsum."""
    _only("cumsum", out=out)
    a, axis = (ravel(a), 0) if axis is None else (a, axis)
    return running_sum(a, axis=axes_of(axis, len(shape_of(a)))[0])


@implements(np.argmax)
def argmax(a: Value, axis: int | None = None) -> Value:
    """np.argmax: a position, without a derivative; recorded as a branch where it is used as an index."""
    return _position(a, axis=axis)


@implements(np.argmin)
def argmin(a: Value, axis: int | None = None) -> Value:
    """np.argmin: a position, without a derivative."""
    return _lowest_position(a, axis=axis)


@implements(np.all)
def array_all(a: Value, axis: Any = None, out: Any = None, keepdims: bool = False) -> Value:
    """np.all of conditions."""
    return _all(a, axis=axis, keepdims=bool(keepdims))


@implements(np.any)
def array_any(a: Value, axis: Any = None, out: Any = None, keepdims: bool = False) -> Value:
    """np.any of conditions."""
    return _any(a, axis=axis, keepdims=bool(keepdims))


def logsumexp(x: Value, axis: Any = None, keepdims: bool = False) -> Value:
    """ln Σ e^x along the axes, without overflow.

    >>> float(logsumexp(np.array([1000.0, 1000.0])))
    1000.6931471805599
    """
    if not shape_of(x):
        return x
    return log_sum_exp(x, axis=axes_of(axis, len(shape_of(x))), keepdims=keepdims)


def log_softmax(x: Value, axis: Any = -1) -> Value:
    """x − logsumexp(x): the logarithm of softmax, without overflow.

    >>> log_softmax(np.array([0.0, 0.0]))
    array([-0.69314718, -0.69314718])
    """
    return x - logsumexp(x, axis, keepdims=True)


def softmax(x: Value, axis: Any = -1) -> Value:
    """e^x / Σ e^x along the axis, without overflow.

    >>> softmax(np.array([0.0, 0.0]))
    array([0.5, 0.5])
    """
    return exp(log_softmax(x, axis))
