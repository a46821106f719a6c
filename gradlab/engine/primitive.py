"""Primitive: an operation with its local derivative, and the one table of them.

An *elementwise* primitive gives `partials`, one an operand, and its vjp and jvp follow.
A *structural* one (sum, reshape, matmul, indexing …) gives a `vjp`, and says how it is linear
or gives a `jvp`. Rules are written in primitives themselves, so that run on numbers they
compute, and run on tracers they are recorded: that is how derivatives of derivatives come about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Value = Any
"""A float, an ndarray, or a Tracer of either; in other number systems an object array."""

Rule = Callable[..., Value]
ScalarRule = str | Callable[..., Any]
"""How a number system computes it: the name of a function in its module (`"exp"` for `sympy.exp`
and `mpmath.exp`), or a function of that module and the operands."""


class Traced:
    """What a primitive looks for among its operands: a value that records operations on itself."""

    __slots__ = ()

    def record(self, primitive: Primitive, operands: tuple[Value, ...], parameters: dict[str, Any]) -> Value:
        """Apply a primitive to operands of which this is one, and record it."""
        raise TypeError(f"{type(self).__name__} does not record")


class Exact(float):
    """A constant of mathematics in a rule: a float to float64, and all its digits to other systems.

    What a rule calculates from it must be recorded: `1.0 / (LN2 * x)`, not `(1.0 / LN2) / x`.
    """

    __slots__ = ("name", "precise", "symbolic")
    name: str
    symbolic: Callable[[Any], Any]
    precise: Callable[[Any], Any]

    def __new__(  # noqa: PYI034 (a name has one constant, which may be there already)
        cls, name: str, value: float, symbolic: Callable[[Any], Any], precise: Callable[[Any], Any]
    ) -> Exact:
        """symbolic, precise: the constant, given the number system's module."""
        constant = super().__new__(cls, value)
        constant.name, constant.symbolic, constant.precise = name, symbolic, precise
        return EXACT.setdefault(name, constant)

    def __reduce__(self) -> tuple[Callable[[str], Exact], tuple[str]]:
        return EXACT.__getitem__, (self.name,)


EXACT: dict[str, Exact] = {}
"""By name, so that a program that uses them can be pickled."""


def _one_per_element(result: Value, *operands: Value, **parameters: Any) -> int:
    return int(np.size(result))


def _no_operations(result: Value, *operands: Value, **parameters: Any) -> int:
    return 0


@dataclass(frozen=True, slots=True, eq=False)
class Primitive:
    """One operation. `PRIMITIVES` holds them all; `elementwise` and `structural` add to it.

    A primitive is itself callable, on numbers as on tracers:

    >>> from gradlab.engine.rules.elementary import exp
    >>> exp(0.0)
    1.0
    """

    name: str
    impl: Callable[..., Value]
    """The operation on NumPy arrays (and, where structural, on object arrays)."""
    partials: tuple[Rule | int | None, ...] | None = None
    """∂y/∂xᵢ as functions (y, *x) -> value; a whole number where constant; None where y does not
    depend on xᵢ differentiably (a condition, say)."""
    vjp: Rule | None = None
    """(position, cotangent, y, *x, **parameters) -> the cotangent of x[position]."""
    jvp: Rule | None = None
    """(tangents, y, *x, **parameters) -> the tangent of y; a missing tangent is None."""
    linear: Literal["jointly", "each"] | None = None
    """In place of a jvp: linear in all operands together (concatenate), or in each by itself (matmul)."""
    scalar: Callable[..., float] | None = None
    """The same for Python floats: faster than a ufunc by ten times."""
    operator: str = ""
    """How Python source writes it, if it has a sign: "+"."""
    source: Callable[..., str] | None = None
    """(operand sources, **parameter sources) -> Python source, where a method call or a subscript
    is faster than calling impl."""
    symbolic: ScalarRule | None = None
    precise: ScalarRule | None = None
    on_arrays: bool = False
    """Whether symbolic and precise take whole object arrays (and the parameters), not elements."""
    domain: Callable[..., Value] | None = None
    """Elementwise: where the operation is defined and finite, as booleans of the operands."""
    kinks: Callable[..., Value] | None = None
    """(y, *x, **parameters) -> the margin(s) by which a non-differentiable place is missed: 0 at a
    kink or jump."""
    operations: Callable[..., int] = _one_per_element
    """Scalar operations it costs: (y, *x, **parameters) -> count."""
    analytic: bool = True
    """Whether it is holomorphic, so that a complex step is allowed."""
    commutative: bool = False
    examples: tuple[tuple[Any, ...], ...] = ()
    """Operands, then the parameters, on which the conformance tests try it. Elementwise ones are tried over
    their domain; there an example says which operands are conditions, by True or False."""

    @property
    def is_elementwise(self) -> bool:
        """Whether it works on each element by itself, and its derivative is given by `partials`."""
        return self.partials is not None

    def __call__(self, *operands: Value, **parameters: Any) -> Value:
        """The operation on numbers and arrays; recorded where an operand is traced."""
        floats = self.scalar is not None
        for x in operands:
            if x.__class__ is not float and x.__class__ is not int:
                if isinstance(x, Traced):
                    return x.record(self, operands, parameters)
                floats = False
        return self.on_floats(*operands) if floats else self.impl(*operands, **parameters)

    def on_floats(self, *operands: float) -> float:
        """The scalar rule; where `math` raises (log 0, 1/0, overflow), what NumPy says: inf or nan."""
        try:
            return self.scalar(*operands)  # type: ignore[misc]
        except (ArithmeticError, ValueError):
            return float(self.impl(*map(np.float64, operands)))

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __reduce__(self) -> tuple[Callable[[str], Primitive], tuple[str]]:
        return PRIMITIVES.__getitem__, (self.name,)


PRIMITIVES: dict[str, Primitive] = {}
"""The one table, by name."""

UFUNCS: dict[np.ufunc, Primitive] = {}
"""How `np.exp(tracer)` finds its primitive (NumPy NEP 13)."""

FUNCTIONS: dict[Callable[..., Any] | tuple[np.ufunc, str], Callable[..., Value]] = {}
"""How `np.sum(tracer)` and `np.add.reduce(tracer)` find what to do instead (NumPy NEP 18)."""


def _add(primitive: Primitive) -> Primitive:
    if primitive.name in PRIMITIVES:
        raise ValueError(f"there are two primitives named {primitive.name}")
    PRIMITIVES[primitive.name] = primitive
    return primitive


def elementwise(
    impl: Callable[..., Value], *partials: Rule | int | None, name: str = "", **fields: Any
) -> Primitive:
    """Add an elementwise primitive; a ufunc is also entered for dispatch.

    The number systems' rules default to the function of the primitive's name.
    """
    name = name or impl.__name__
    fields.setdefault("symbolic", name)
    fields.setdefault("precise", fields["symbolic"] if isinstance(fields["symbolic"], str) else name)
    primitive = _add(Primitive(name=name, impl=impl, partials=partials, **fields))
    if isinstance(impl, np.ufunc):
        UFUNCS[impl] = primitive
    return primitive


def structural(name: str, impl: Callable[..., Value], vjp: Rule | None, **fields: Any) -> Primitive:
    """Add a primitive that moves, sums or multiplies whole arrays. It costs nothing unless it says."""
    fields.setdefault("operations", _no_operations)
    return _add(Primitive(name=name, impl=impl, vjp=vjp, **fields))


def implements(*functions: Callable[..., Any] | tuple[np.ufunc, str]) -> Callable[[Rule], Rule]:
    """Enter a function as what the given NumPy functions do on tracers."""

    def enter(rule: Rule) -> Rule:
        for function in functions:
            FUNCTIONS[function] = rule
        return rule

    return enter
