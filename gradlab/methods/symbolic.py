"""SymPy's derivative: the trace as an expression, differentiated by SymPy's rules.

Evaluated as a lambdified form with shared subexpressions, in float64 and in many digits. Sizes are
counted over the shared graph, in time linear in it: a tree of 10⁹ operations is no trouble to count.
Symbols get names of our own, because lambdify makes code of them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradlab.engine.primitive import Primitive, Value
from gradlab.engine.program import Program, evaluate
from gradlab.methods import Derivation, Estimate, Problem, Unsupported
from gradlab.numbers import each
from gradlab.numbers.symbolic import Symbolic

TITLE = "SymPy"
MOST_SYMBOLS = 120
MOST_PROGRAM_OPERATIONS = 1_000
MOST_SECONDS = 3.0
"""To write the function as an expression."""
MOST_OPERATIONS = 30_000
"""Of the derivative as a tree: SymPy takes about a second for so many."""


def load() -> None:
    """Import SymPy and mpmath now, so that no derivation is timed with it."""
    import mpmath  # noqa: F401
    import sympy

    x = sympy.Symbol("x", real=True)  # the first use of each costs some ten times the second
    sympy.lambdify([x], sympy.cse([sympy.sin(x * x).diff(x)])[1], modules="math")


def derive(problem: Problem) -> Derivation:
    """Trace → expression → diff → lambdified. Raises Unsupported where it would be hopeless."""
    try:
        return _derive(problem)
    except RecursionError:
        raise Unsupported("the expression is nested too deeply for SymPy, which recurses") from None


def _derive(problem: Problem) -> Derivation:
    program = problem.straight
    if problem.columns > MOST_SYMBOLS:
        raise Unsupported(f"{problem.columns} variables; {MOST_SYMBOLS} are the most it takes")
    if program.operations() > MOST_PROGRAM_OPERATIONS:
        raise Unsupported(
            f"the function has {program.operations()} operations; {MOST_PROGRAM_OPERATIONS} are the most it takes"
        )
    arguments, outputs = expressions(program, problem)
    by = [arguments[k] for place in problem.wrt_places for k in _range_of(program, place)]
    projected = sum(projected_operations(y, x) for y in outputs for x in by)
    if projected > MOST_OPERATIONS:
        raise Unsupported(
            f"the derivative would have about {about(projected)} operations; {about(MOST_OPERATIONS)} are the most it takes"
        )
    derivative = [between_jumps(y.diff(x)) for y in outputs for x in by]
    import sympy

    shared, reduced = sympy.cse(derivative)
    sizes = [
        ("f as a tree", sum(map(operations, outputs))),
        ("f′ as a tree", sum(map(operations, derivative))),
        ("f′ shared", sum(operations(e) for _, e in shared) + sum(map(operations, reduced))),
    ]
    in_double = sympy.lambdify(
        arguments, derivative, modules=[FLOAT_FUNCTIONS, "math"], cse=lambda _: (shared, reduced)
    )
    lazily: dict[str, Any] = {}

    def exact(at: Problem, digits: int) -> list[Any]:
        import mpmath

        if "mpmath" not in lazily:
            lazily["mpmath"] = sympy.lambdify(
                arguments, derivative, modules=[PRECISE_FUNCTIONS, "mpmath"], cse=lambda _: (shared, reduced)
            )
        with mpmath.mp.workdps(digits):
            values = [mpmath.mpf(x) for x in _flat_inputs(at)]
            return [mpmath.mpf(v) for v in lazily["mpmath"](*values)]

    def estimate(at: Problem) -> Estimate:
        try:
            values = np.array(in_double(*_flat_inputs(at)), dtype=np.float64)
        except (ArithmeticError, ValueError):
            values = np.full(at.rows * at.columns, math.nan)
        return Estimate(values.reshape(at.rows, at.columns))

    def bare(at: Problem) -> Callable[[], Any]:
        values = _flat_inputs(at)
        return lambda: in_double(*values)

    return Derivation(estimate, exact, bare, same_branch=True, sizes=sizes)


def expressions(program: Program, problem: Problem) -> tuple[list[Any], list[Any]]:
    """(a symbol for each input element in order, the outputs as expressions)."""
    symbols = Symbolic()
    flat: list[Any] = []
    inputs = []
    for slot in program.inputs:
        shape = program.shapes[slot]
        own = [symbols.symbol(f"x{len(flat) + k}") for k in range(int(np.prod(shape)))]
        flat += own
        array = np.empty(len(own), dtype=object)
        array[:] = own
        inputs.append(array.reshape(shape) if shape else own[0])
    try:
        (result,) = evaluate(program, inputs, _Hurried(symbols))
    except LookupError as error:
        raise Unsupported(str(error).strip("'\"")) from None
    except TypeError as error:
        raise Unsupported(f"SymPy can't calculate it: {error}") from None
    import sympy

    elements = np.ravel(np.asarray(result, dtype=object)).tolist()
    return flat, [v if isinstance(v, sympy.Basic) else symbols.number(v) for v in elements]


class _Hurried:
    """SymPy's numbers with an eye on the clock: it may take minutes to order a long sum."""

    def __init__(self, numbers: Symbolic) -> None:
        self.numbers = numbers
        self.constant = numbers.constant
        self.end = time.monotonic() + MOST_SECONDS

    def apply(self, primitive: Primitive, operands: Sequence[Value], parameters: Mapping[str, Any]) -> Value:
        if time.monotonic() > self.end:
            raise Unsupported(
                f"SymPy took more than {MOST_SECONDS:g} s to write the function as an expression"
            )
        try:
            return self.numbers.apply(primitive, operands, parameters)
        except TypeError:  # SymPy does not calculate with true and false: a mask times an array
            return self.numbers.apply(primitive, [each(_as_number, x) for x in operands], parameters)


def _as_number(value: Any) -> Any:
    return int(bool(value)) if getattr(value, "is_Boolean", False) and value.is_Atom else value


def between_jumps(derivative: Any) -> Any:
    """The derivative with that of floor, which SymPy leaves unsaid, as what it is between the jumps: 0."""
    import sympy

    if not derivative.has(sympy.Derivative):
        return derivative

    def is_of_a_step(node: Any) -> bool:
        if isinstance(node, sympy.Subs):
            return bool(node.expr == 0)  # its inner derivative was replaced before it
        return isinstance(node, sympy.Derivative) and isinstance(node.expr, (sympy.floor, sympy.ceiling))

    said = derivative.replace(is_of_a_step, lambda node: sympy.S.Zero)
    unsaid = said.atoms(sympy.Derivative)
    if unsaid:
        raise Unsupported(f"SymPy has no rule for the derivative of {unsaid.pop().expr.func.__name__}")
    return said


def about(count: int) -> str:
    """A count to two digits; of any size.

    >>> about(195072), about(2**2000)
    ('1.9e5', '1.1e602')
    """
    text = str(count)
    if len(text) <= 4:
        return text
    return f"{int(text[:3]) / 100:.1f}e{len(text) - 1}"


def _range_of(program: Program, place: int) -> range:
    sizes = [int(np.prod(program.shapes[slot])) for slot in program.inputs]
    return range(sum(sizes[:place]), sum(sizes[: place + 1]))


def _flat_inputs(at: Problem) -> list[float]:
    return [v for x in at.traced_inputs for v in np.ravel(np.asarray(x, dtype=np.float64)).tolist()]


def operations(expression: Any) -> int:
    """Operations of an expression written out as a tree, as `sympy.count_ops` counts them, in time
    linear in the number of *different* subexpressions.

    >>> import sympy
    >>> x = sympy.Symbol("x")
    >>> operations(4 * x * (1 - x)), sympy.count_ops(4 * x * (1 - x))
    (3, 3)
    """
    counts: dict[Any, int] = {}
    parts: dict[Any, tuple[int, list[Any]]] = {}
    stack = [expression]
    while stack:
        node = stack[-1]
        if node in counts:
            stack.pop()
            continue
        if node not in parts:
            parts[node] = _count_one(node)
        own, rest = parts[node]
        waiting = [part for part in rest if part not in counts]
        if waiting:
            stack.extend(waiting)
        else:
            counts[node] = own + sum(counts[part] for part in rest)
            stack.pop()
    return counts[expression]


def _count_one(node: Any) -> tuple[int, list[Any]]:
    """(operations of the node itself, what remains to be counted), by SymPy's conventions: a
    minus sign, a difference and a quotient are one operation each, however the tree stores them.
    """
    from sympy import E, S, fraction
    from sympy.core.operations import LatticeOp

    if node.is_Rational:
        return int(node.p < 0) + int(node.q != 1), []
    sign = 0
    if node.is_Mul:
        if _is_negative(node):
            sign, node = 1, -node
        if node.is_Mul:
            above, below = fraction(node)
            if above.is_Integer:
                return sign + 1 + int(bool(above < 0)), [below]
            if below is not S.One:
                return sign + 1, [above] if below.is_Integer else [above, below]
            return sign + len(node.args) - 1, list(node.args)
        return sign, [node]
    if node.is_Add:
        negative = [_is_negative(term) for term in node.args]
        return len(node.args) - 1 + int(all(negative)), [
            -term if minus else term for term, minus in zip(node.args, negative, strict=True)
        ]
    if node.is_Pow and node.exp is S.NegativeOne:
        return 1, [node.base]
    if node.is_Pow and node.base == E:
        return 1, [node.exp]
    if isinstance(node, LatticeOp):
        return len(node.args) - 1, list(node.args)
    return int(bool(node.args) and (node.is_Pow or node.is_Function)), list(node.args)


def _from_leaves(expression: Any) -> list[Any]:
    """Every different subexpression, arguments before what holds them; without recursion."""
    order: list[Any] = []
    seen = set()
    stack = [(expression, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((a, False) for a in node.args)
    return order


def _is_negative(node: Any) -> bool:
    """Whether a term is written with a minus sign."""
    coefficient = node.args[0] if node.is_Mul else node
    return bool(coefficient.is_Number and coefficient.is_extended_negative)


def projected_operations(expression: Any, x: Any) -> int:
    """About how many operations ∂expression/∂x will have as a tree, before deriving it:
    the sum, product and chain rules over the shared graph, counting only.
    """
    size: dict[Any, int] = {}
    slope: dict[Any, int] = {}
    for node in _from_leaves(expression):
        own = max(1, len(node.args) - 1) if node.is_Add or node.is_Mul else 1
        size[node] = own + sum(size[a] for a in node.args) if node.args else 0
        moving = [a for a in node.args if slope[a] >= 0]
        if not node.args:
            slope[node] = 0 if node == x else -1
        elif not moving:
            slope[node] = -1
        elif node.is_Add:
            slope[node] = sum(slope[a] for a in moving) + len(moving) - 1
        elif node.is_Mul:
            slope[node] = sum(slope[a] + size[node] - size[a] for a in moving) + len(moving) - 1
        else:
            slope[node] = size[node] + sum(slope[a] + 1 for a in moving)
    return max(slope[expression], 0)


def _heaviside(x: Any, half: Any = 0.5) -> Any:
    return half if x == 0 else (1 if x > 0 else 0)


def _sign(x: Any) -> Any:
    return (x > 0) - (x < 0)


def _nothing(x: Any, order: Any = 0) -> int:
    """A jump's derivative, beside the jump."""
    return 0


FLOAT_FUNCTIONS = {
    "Heaviside": _heaviside,
    "sign": _sign,
    "sinc": lambda x: math.sin(x) / x if x else 1.0,
    "DiracDelta": _nothing,
}
"""What SymPy's code calls, and `math` does not have."""
PRECISE_FUNCTIONS = {"Heaviside": _heaviside, "DiracDelta": _nothing}
"""The same for mpmath."""
