"""Tracer: runs a plain NumPy function once, at a point, and records its Program.

A tracer carries its value (the *primal*), so `if x > 0` works: the branch taken is recorded, with
the margin of the comparison and the line. NumPy's own functions reach a tracer through
`__array_ufunc__` (NEP 13) and `__array_function__` (NEP 18). A tracer's primal may itself be a
tracer of an older tape: derivatives of derivatives need nothing else.
"""

from __future__ import annotations

import math
import operator
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any, NoReturn, cast

import numpy as np

from gradlab.engine.primitive import FUNCTIONS, PRIMITIVES, UFUNCS, Primitive, Traced, Value
from gradlab.engine.program import Branch, Double, Equation, Program
from gradlab.engine.structure import leaves, rebuild


class TraceError(TypeError):
    """The function does something that can't be traced; the message says what to write instead."""


_STORING = "storing a traced value in an ordinary array"
_STACKING = "write np.stack([…]) or np.concatenate([…]) instead of np.array([…]) or a[i] = v"
_INSTEAD = {
    "erf": ": write gradlab.erf(v)",
    "erfc": ": write gradlab.erfc(v)",
    "expit": ": write gradlab.sigmoid(v)",
    "log_expit": ": write -gradlab.softplus(-v)",
    "ndtr": ": write gradlab.erfc(-v / np.sqrt(2)) / 2",
    "xlogy": ": write x * np.log(y), where x is not 0",
}
"""For SciPy's functions."""
_levels = count()
_FLOAT64 = np.dtype(np.float64)
# Spelled just as frames spell them, which pathlib would tidy.
_ENGINE = os.path.dirname(__file__)  # noqa: PTH120
_PACKAGE = os.path.dirname(_ENGINE)  # noqa: PTH120
_NOTATION = os.path.join(_PACKAGE, "notation")  # noqa: PTH118
_CASES = os.path.join(_PACKAGE, "_cases")  # noqa: PTH118
_NUMPY = os.path.dirname(np.__file__)  # noqa: PTH120


def is_ours(path: str) -> bool:
    """Whether a file is NumPy's or gradlab's own; the library's cases and formulas count as the user's."""
    return path.startswith((_PACKAGE, _NUMPY)) and not path.startswith((_CASES, _NOTATION))


def is_notation(path: str) -> bool:
    """Whether a file is one that evaluates formulas: it has lines, but none of the user's."""
    return path.startswith(_NOTATION)


def user_line() -> str:
    """file:line of the innermost frame that is neither ours nor NumPy's; "" for a formula: it has no lines."""
    frame = sys._getframe(1)
    while frame.f_back and is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    if is_notation(frame.f_code.co_filename):
        return ""
    return f"{shown_path(frame.f_code.co_filename)}:{frame.f_lineno}"


def at_line(location: str) -> str:
    """` (at file:line)`, or nothing where there is none."""
    return f" (at {location})" if location else ""


def shown_path(path: str) -> str:
    """A file's path from the working folder, or from where Python found it, if it lies there; of a notebook's cell, `cell`."""
    if f"{os.sep}ipykernel_" in path:
        return "cell"
    for base in (os.getcwd(), *sys.path):  # noqa: PTH109 (once an equation, and Path.cwd() takes six times as long)
        if base and path.startswith(base + os.sep):
            return path[len(base) + 1 :]
    return path


class Tape:
    """A program being recorded. Slots are positions in `values`; plain tuples keep recording fast."""

    __slots__ = ("branches", "constants", "equations", "level", "locations", "names", "values")

    def __init__(self, locate: bool = False) -> None:
        self.level = next(_levels)
        """Inner traces start later, so a higher level is an inner one."""
        self.values: list[Value] = []
        self.constants: list[int] = []
        self.equations: list[Equation] = []
        self.branches: list[Branch] = []
        self.locations: list[str] | None = [] if locate else None
        self.names: dict[int, str] | None = None
        """What the quantities in slots are called, where that is wanted."""

    def input(self, value: Value) -> Tracer:
        """A tracer of an input, in a slot of its own."""
        self.values.append(value)
        return Tracer(value, self, len(self.values) - 1)

    def constant(self, value: Value) -> int:
        """The slot of a value that does not depend on the inputs."""
        slot = len(self.values)
        self.values.append(value)
        self.constants.append(slot)
        return slot

    def result(
        self, primitive: Primitive, slots: tuple[int, ...], parameters: dict[str, Any], primal: Value
    ) -> Tracer:
        """Record an equation, whose value is calculated already, and return the tracer of its result."""
        values = self.values
        slot = len(values)
        values.append(primal)
        self.equations.append((primitive, slots, parameters, slot))  # type: ignore[arg-type]
        if self.locations is not None:
            self.locations.append(user_line())
        return Tracer(primal, self, slot)

    def program(self, inputs: Sequence[Tracer], outputs: Sequence[Value]) -> Program:
        """What was recorded, with the outputs named; an output that is no tracer of ours is a constant."""
        slots = tuple(
            y.slot if isinstance(y, Tracer) and y.tape is self else self.constant(y) for y in outputs
        )
        return Program(
            inputs=tuple(x.slot for x in inputs),
            constants={slot: self.values[slot] for slot in self.constants},
            equations=tuple(map(Equation._make, self.equations)),
            outputs=slots,
            shapes=tuple(map(shape_of, self.values)),
            branches=tuple(self.branches),
            locations=tuple(self.locations or ()),
        )


class Recording(Double):
    """Evaluates a program on tracers with its constants recorded too: what a rule calculates from
    them (1/3) becomes an equation, and is exact in every number system.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape = tape

    def constant(self, value: Value) -> Value:
        """A tracer of the constant."""
        return Tracer(value, self.tape, self.tape.constant(value))


def shape_of(value: Value) -> tuple[int, ...]:
    """The shape of a number, array or tracer; () for a Python number."""
    return () if value.__class__ is float else getattr(value, "shape", ())


def as_input(value: Any) -> Value:
    """A float or float64 array as the engine takes it: whole numbers and float32 become float64.

    Raises TraceError for what has no derivative: None, strings, complex numbers.
    """
    if value.__class__ is float or isinstance(value, Tracer):
        return value
    if value.__class__ is np.ndarray and value.dtype is _FLOAT64 and value.ndim:
        return value
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        what = "a complex number" if array.dtype.kind == "c" else f"{type(value).__name__} {value!r:.40}"
        raise TraceError(f"a derivative is taken by real numbers, and this is {what}")
    if array.dtype != np.float64:
        array = array.astype(np.float64)
    return float(array) if array.ndim == 0 else array


def _as_operand(value: Any) -> Value:
    """What meets a tracer in an operation: lists become arrays, what has no number is refused."""
    if isinstance(value, (float, int, Tracer)):
        return value
    if isinstance(value, (list, tuple)):
        value = np.asarray(value)
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind != "c":
        return value
    if isinstance(value, (complex, np.ndarray, np.complexfloating)):
        raise TraceError(
            f"a traced value met a complex number{at_line(user_line())}, and derivatives here are by real "
            "numbers: keep the real and the imaginary part as two arrays"
        )
    raise TraceError(
        f"a traced value met {type(value).__name__} {value!r:.40}, "
        "and only numbers and arrays can be calculated with"
    )


def _refuse(what: str, instead: str) -> Callable[..., NoReturn]:
    def method(self: Tracer, *args: Any, **kwargs: Any) -> NoReturn:
        raise TraceError(f"{what} can't be traced (at {user_line()}): {instead}")

    return method


def _operator(
    name: str, compute: Callable[[Any, Any], Any] | None = None, swapped: bool = False
) -> Callable[[Tracer, Any], Value]:
    """A binary operator on tracers, with a short way for the common operands."""

    def method(self: Tracer, other: Any) -> Value:
        primitive = PRIMITIVES[name]
        tape = self.tape
        kind = other.__class__
        if compute is not None:
            x, slot = self.primal, self.slot
            if kind is Tracer:
                if other.tape is tape:
                    try:
                        y = compute(x, other.primal)
                    except ArithmeticError:
                        return self.record(primitive, (self, other), {})
                    return tape.result(primitive, (slot, other.slot), {}, y)
            elif kind is np.ndarray and x.__class__ is kind and other.dtype is _FLOAT64:
                y = compute(other, x) if swapped else compute(x, other)
                there = tape.constant(other)
                return tape.result(primitive, (there, slot) if swapped else (slot, there), {}, y)
            elif kind is float or kind is int:
                try:
                    y = compute(other, x) if swapped else compute(x, other)
                except ArithmeticError:
                    return self.record(primitive, (other, self) if swapped else (self, other), {})
                there = tape.constant(other)
                return tape.result(primitive, (there, slot) if swapped else (slot, there), {}, y)
        if not isinstance(
            other, (Tracer, float, int, np.ndarray, np.generic, list, complex, str, type(None))
        ):
            return NotImplemented
        return self.record(primitive, (other, self) if swapped else (self, other), {})

    return method


def _numpy_method(function: Callable[..., Any]) -> Callable[..., Value]:
    """`x.sum(axis=0)` is `np.sum(x, axis=0)`."""

    def method(self: Tracer, *args: Any, **kwargs: Any) -> Value:
        return FUNCTIONS[function](self, *args, **kwargs)

    method.__name__ = function.__name__
    return method


def _numpy_shape_method(function: Callable[..., Any]) -> Callable[..., Value]:
    """`x.reshape(2, 3)` is `np.reshape(x, (2, 3))`: the numbers may come one by one."""

    def method(self: Tracer, *args: Any) -> Value:
        return FUNCTIONS[function](self, args[0] if len(args) == 1 else args or None)

    return method


class Tracer(Traced):
    """A number or array under way: its primal, and the slot it has in the program being recorded."""

    __slots__ = ("primal", "slot", "tape")

    def __init__(self, primal: Value, tape: Tape, slot: int) -> None:
        self.primal = primal
        self.tape = tape
        self.slot = slot

    def record(self, primitive: Primitive, operands: tuple[Value, ...], parameters: dict[str, Any]) -> Value:
        """Apply a primitive to operands, of which this one at least is a tracer: the innermost tape records."""
        tape = self.tape
        for x in operands:
            if x.__class__ is Tracer and x.tape.level > tape.level:
                tape = x.tape
        slots, primals = [], []
        for x in operands:
            if x.__class__ is Tracer and x.tape is tape:
                slots.append(x.slot)
                primals.append(x.primal)
            else:
                x = _as_operand(x)
                slots.append(tape.constant(x))
                primals.append(x)
        if primals[0].__class__ is np.ndarray:  # the short way; an outer tracer among the rest sees to itself
            return tape.result(primitive, tuple(slots), parameters, primitive.impl(*primals, **parameters))
        return tape.result(primitive, tuple(slots), parameters, primitive(*primals, **parameters))

    # NumPy's two protocols

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Value:
        primitive = UFUNCS.get(ufunc)
        if primitive is not None and method == "__call__" and not kwargs:
            if len(inputs) != 1:
                return self.record(primitive, inputs, {})
            x = self.primal
            if x.__class__ is float and primitive.scalar is not None:
                return self.tape.result(primitive, (self.slot,), {}, primitive.on_floats(x))
            return self.tape.result(primitive, (self.slot,), {}, primitive(x))
        if kwargs.get("out") is not None:
            raise TraceError(
                f"np.{ufunc.__name__} into an existing array can't be traced (at {user_line()}): "
                "write a = a + …, not a += …, nor out="
            )
        rule = FUNCTIONS.get(ufunc if method == "__call__" else (ufunc, method))
        if rule is None:
            is_numpys = getattr(np, ufunc.__name__, None) is ufunc  # and not SciPy's
            name = (
                ("np." if is_numpys else "") + ufunc.__name__ + ("" if method == "__call__" else f".{method}")
            )
            instead = "" if is_numpys else _INSTEAD.get(ufunc.__name__, "")
            raise TraceError(f"{name} is not among what gradlab traces (at {user_line()}){instead}")
        return rule(*inputs, **kwargs)

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Value:
        rule = FUNCTIONS.get(function)
        if rule is None:
            name = f"{function.__module__}.{function.__name__}".replace("numpy", "np", 1)
            raise TraceError(f"{name} is not among what gradlab traces (at {user_line()})")
        return rule(*args, **kwargs)

    # Steering Python code: recorded as branches

    def freeze(self) -> Any:
        """The plain value, recorded as a branch: the program holds only while it stays the same."""
        primal = self.primal
        taken = primal.freeze() if isinstance(primal, Tracer) else primal
        self.tape.branches.append(Branch(self.slot, taken, self._margin(), user_line()))
        return taken

    def _margin(self) -> float:
        for primitive, operands, _, result in reversed(self.tape.equations):
            if result == self.slot:
                if primitive.kinks is not None and primitive.partials is not None:
                    x = [plain(self.tape.values[i]) for i in operands]
                    with np.errstate(all="ignore"):
                        return float(
                            np.min(np.abs(primitive.kinks(plain(self.primal), *x)), initial=math.inf)
                        )
                break
        return math.nan

    def __bool__(self) -> bool:
        return bool(self.freeze())

    def __index__(self) -> int:
        if not np.issubdtype(self.dtype, np.integer):
            raise TraceError(
                f"a traced float can't be an index or a count (at {user_line()}): "
                "the number of steps or the place must not depend on what is differentiated"
            )
        return int(self.freeze())

    # Shapes

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes; () for a number."""
        return shape_of(self.primal)

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many elements there are; 1 for a number."""
        return math.prod(self.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The primal's NumPy type: float64, bool for a comparison, an integer for an argmax."""
        return cast(
            "np.dtype[Any]",
            self.primal.dtype if hasattr(self.primal, "dtype") else np.asarray(self.primal).dtype,
        )

    @property
    def T(self) -> Value:
        """All axes in reverse order, as np.transpose has it."""
        return FUNCTIONS[np.transpose](self)

    @property
    def real(self) -> Tracer:
        """Itself: what is traced is real."""
        return self

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a traced number has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Value]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key: Any) -> Value:
        return FUNCTIONS[operator.getitem](self, key)

    def copy(self) -> Tracer:
        """Itself: a traced value is never changed."""
        return self

    def item(self) -> Value:
        """The one element of an array, without axes."""
        return FUNCTIONS[np.reshape](self, ())

    def astype(self, dtype: Any, **kwargs: Any) -> Value:
        """Itself, for a floating-point type: what is traced is float64. Raises TraceError for any other."""
        if np.issubdtype(dtype, np.floating):
            return self
        raise TraceError(
            f"a traced value can't become {np.dtype(dtype)} (at {user_line()}): the derivative would be lost; "
            "np.floor or np.round keep it traced"
        )

    def __repr__(self) -> str:
        return f"Tracer({self.primal!r})"

    def __format__(self, form: str) -> str:
        return format(plain(self), form)

    __hash__ = object.__hash__

    # Arithmetic

    __add__ = _operator("add", operator.add)
    __radd__ = _operator("add", operator.add, swapped=True)
    __sub__ = _operator("subtract", operator.sub)
    __rsub__ = _operator("subtract", operator.sub, swapped=True)
    __mul__ = _operator("multiply", operator.mul)
    __rmul__ = _operator("multiply", operator.mul, swapped=True)
    __truediv__ = _operator("divide", operator.truediv)
    __rtruediv__ = _operator("divide", operator.truediv, swapped=True)
    __rpow__ = _operator("power", swapped=True)
    __matmul__ = _operator("matmul", operator.matmul)
    __rmatmul__ = _operator("matmul", operator.matmul, swapped=True)
    __mod__ = _operator("remainder")
    __rmod__ = _operator("remainder", swapped=True)
    __floordiv__ = _operator("floor_divide")
    __rfloordiv__ = _operator("floor_divide", swapped=True)
    __lt__ = _operator("less")
    __le__ = _operator("less_equal")
    __gt__ = _operator("greater")
    __ge__ = _operator("greater_equal")
    __eq__ = _operator("equal")
    __ne__ = _operator("not_equal")
    __and__ = _operator("logical_and")
    __or__ = _operator("logical_or")

    def __pow__(self, exponent: Any) -> Value:
        if exponent.__class__ is int and exponent == 2:
            x = self.primal
            return self.tape.result(PRIMITIVES["square"], (self.slot,), {}, x * x)
        return self.record(PRIMITIVES["power"], (self, exponent), {})

    def __neg__(self) -> Value:
        return self.tape.result(PRIMITIVES["negative"], (self.slot,), {}, -self.primal)

    def __pos__(self) -> Tracer:
        return self

    def __abs__(self) -> Value:
        return self.record(PRIMITIVES["absolute"], (self,), {})

    def __invert__(self) -> Value:
        return self.record(PRIMITIVES["logical_not"], (self,), {})

    # NumPy's methods

    reshape = _numpy_shape_method(np.reshape)
    transpose = _numpy_shape_method(np.transpose)
    ravel = _numpy_method(np.ravel)
    flatten = _numpy_method(np.ravel)
    squeeze = _numpy_method(np.squeeze)
    swapaxes = _numpy_method(np.swapaxes)
    sum = _numpy_method(np.sum)
    mean = _numpy_method(np.mean)
    prod = _numpy_method(np.prod)
    max = _numpy_method(np.max)
    min = _numpy_method(np.min)
    var = _numpy_method(np.var)
    std = _numpy_method(np.std)
    cumsum = _numpy_method(np.cumsum)
    dot = _numpy_method(np.dot)
    trace = _numpy_method(np.trace)
    clip = _numpy_method(np.clip)
    argmax = _numpy_method(np.argmax)
    argmin = _numpy_method(np.argmin)
    all = _numpy_method(np.all)
    any = _numpy_method(np.any)

    # What would lose the derivative without a word

    __array__ = _refuse(_STORING, _STACKING)
    __setitem__ = _refuse(
        "writing into a traced array", "make a new one with np.where, np.stack or np.concatenate"
    )
    __float__ = _refuse(
        "float(v), math.sin(v) and the like", "write np.sin(v), gradlab.erf(v), or v as it is"
    )
    __int__ = _refuse("int(v)", "write np.floor(v), or v as it is")
    __complex__ = _refuse("complex(v)", "derivatives here are by real numbers")
    __round__ = _refuse("round(v)", "write np.round(v)")
    __trunc__ = _refuse("math.trunc(v)", "write np.trunc(v)")
    __floor__ = _refuse("math.floor(v)", "write np.floor(v)")
    __ceil__ = _refuse("math.ceil(v)", "write np.ceil(v)")
    tolist = _refuse("v.tolist()", "write np functions on v as it is")


def name_value(value: Value, name: str) -> None:
    """Keep what a traced value is called, if its tape keeps names and neither has one: the first one stays."""
    if isinstance(value, Tracer) and value.tape.names is not None and name not in value.tape.names.values():
        value.tape.names.setdefault(value.slot, name)


def plain(value: Value) -> Value:
    """The number or array behind a tracer, however deep."""
    while isinstance(value, Tracer):
        value = value.primal
    return value


def behind(error: ValueError) -> Exception:
    """The TraceError that NumPy turned into a ValueError in `a[i] = v`, or the error itself."""
    trace = error.__traceback__
    if trace is None or not isinstance(error.__cause__, TraceError):
        return error
    while trace.tb_next is not None:
        trace = trace.tb_next
    line = f"{shown_path(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"
    return TraceError(f"{_STORING} can't be traced{at_line(line)}: {_STACKING}")


def trace(
    function: Callable[..., Any], inputs: Sequence[Any], *, locate: bool = False
) -> tuple[Program, Any]:
    """Run a function once on tracers; return its program, and what it returned (as plain values).

    inputs: one number or array for each argument. With `locate`, every equation's source line is kept.

    Raises TraceError where the function does what can't be traced.

    >>> program, result = trace(lambda x: x * np.sin(x), [2.0])
    >>> [equation.primitive.name for equation in program.equations], round(result, 4)
    (['sin', 'multiply'], 1.8186)
    """
    return record(Tape(locate), function, inputs)


def record(tape: Tape, function: Callable[..., Any], inputs: Sequence[Any]) -> tuple[Program, Any]:
    """`trace` on a new tape of the caller's."""
    tracers = [tape.input(as_input(x)) for x in inputs]
    try:
        result = function(*tracers)
    except ValueError as error:
        raise behind(error) from error.__cause__
    values = (y.primal if isinstance(y, Tracer) and y.tape is tape else y for y in leaves(result))
    return tape.program(tracers, leaves(result)), rebuild(result, values)
