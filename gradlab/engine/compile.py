"""A program as straight-line Python source, and a function made of it.

Numbers go through `math`, arrays through NumPy. A compiled function fixes the branches and the
constants of the trace it was made from; it checks that they still hold at every call, and where they
don't (another branch, other shapes, an overflow that `math` refuses) the call is traced anew. It is
never silently wrong.
"""

from __future__ import annotations

import builtins
import inspect
import keyword
from collections import Counter
from collections.abc import Callable
from types import FunctionType
from typing import Any, Final

import numpy as np

from gradlab.engine.builder import key_of
from gradlab.engine.primitive import Primitive
from gradlab.engine.program import Program, evaluate
from gradlab.engine.simplify import simplify
from gradlab.engine.structure import leaves, paths, rebuild
from gradlab.engine.trace import Tape, as_input, behind

_MISS: Final = object()
_FAILURES = "(TypeError, AttributeError, ValueError, ArithmeticError, KeyError, IndexError)"
_MOST_VARIANTS = 32
_LONGEST = 120
"""Characters of an expression before it gets a name of its own."""
_TAKEN = {
    "add_reduce",
    "array",
    "array_equal",
    "bool",
    "compiled",
    "float",
    "isinstance",
    "len",
    "miss",
    "where",
}
"""Names that the source uses."""
_VIEWS = {"reshape", "transpose", "index", "broadcast_to"}


def compile(function: Callable[..., Any], *example: Any) -> Callable[..., Any]:
    """A fast version of a function of arrays, traced at the example arguments.

    `function` may be what `grad`, `hessian` and their kin return. Arguments are numbers, arrays, or
    dictionaries, lists and tuples of them, and so is the result. Values the function takes from
    elsewhere (closures, globals) are fixed as they are now. `result.source` is the Python source.

    Raises TraceError where the function can't be traced.

    >>> from gradlab.engine.transform import grad
    >>> slope = compile(grad(lambda x: x**2 if x > 1 else np.sin(x)), 3.0)
    >>> slope(4.0), slope(0.0)
    (8.0, 1.0)
    """
    return _Dispatch(function).first(example)


class _Dispatch:
    """The variants of one compiled function, one a branch (and shape) met so far."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.variants: list[Callable[..., Any]] = []
        self.known: set[Any] = set()

    def first(self, example: tuple[Any, ...]) -> Callable[..., Any]:
        program, template, _ = self.record(example)
        self.known.add(_identity_of(program))
        made = _function_of(program, example, template, _names_of(self.function, len(example)), self.miss)
        self.variants.append(FunctionType(made.__code__, {**made.__globals__, "miss": _missed}))
        return made

    def record(self, arguments: tuple[Any, ...]) -> tuple[Program, Any, list[Any]]:
        tape = Tape()
        tracers = [tape.input(_as_argument(leaf)) for leaf in leaves(arguments)]
        try:
            result = self.function(*rebuild(arguments, iter(tracers)))
        except ValueError as error:
            raise behind(error) from error.__cause__
        program = tape.program(tracers, leaves(result))
        values = [tape.values[slot] for slot in program.outputs]
        return simplify(program, exact=False), rebuild(result, iter(range(len(values)))), values

    def miss(self, *arguments: Any, **keywords: Any) -> Any:
        """The way taken when the first variant does not hold."""
        if keywords:
            arguments = inspect.signature(self.function).bind(*arguments, **keywords).args
        arguments = rebuild(arguments, map(_as_argument, leaves(arguments)))
        for variant in self.variants:
            result = variant(*arguments)
            if result is not _MISS:
                return result
        program, template, values = self.record(arguments)
        identity = _identity_of(program)
        if identity not in self.known and len(self.variants) < _MOST_VARIANTS:
            self.known.add(identity)
            self.variants.append(
                _function_of(program, arguments, template, _names_of(self.function, len(arguments)), _missed)
            )
        return rebuild(template, (np.array(v) if isinstance(v, np.ndarray) else v for v in values))


def _as_argument(value: Any) -> Any:
    """Numbers become floats; arrays of whole numbers and booleans stay, for they may be labels or masks."""
    return (
        value
        if isinstance(value, np.ndarray) and value.ndim and value.dtype.kind in "biu"
        else as_input(value)
    )


def _missed(*arguments: Any, **keywords: Any) -> object:
    return _MISS


def _identity_of(program: Program) -> Any:
    """Equal for programs of the same branches and shapes."""
    taken = tuple(key_of(b.taken) for b in program.branches)
    return (program.shapes, taken, tuple((e.primitive.name, e.operands) for e in program.equations))


def _names_of(function: Callable[..., Any], count: int) -> list[str]:
    """The parameters' own names where they are plain positional ones, else x0, x1, …"""
    try:
        parameters = list(inspect.signature(inspect.unwrap(function)).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return names[:count] if len(names) >= count else [f"x{i}" for i in range(count)]


def compile_program(program: Program, at: tuple[Any, ...]) -> Callable[..., tuple[Any, ...]]:
    """A function of the program's inputs that returns the tuple of its outputs.

    at: example inputs, for their shapes. Where its checks don't hold it evaluates the program equation
    by equation.
    """
    template = tuple(range(len(program.outputs)))

    def one_by_one(*inputs: Any) -> tuple[Any, ...]:
        return tuple(evaluate(program, inputs))

    return _function_of(program, at, template, [f"x{i}" for i in range(len(at))], one_by_one)


def source_of(
    program: Program, arguments: tuple[Any, ...], template: Any, names: list[str]
) -> tuple[str, dict[str, Any]]:
    """The Python source of a function `compiled(*names)`, and the globals it needs."""
    writer = _Writer(program)
    return writer.function(arguments, template, names), writer.scope


def _function_of(
    program: Program, arguments: tuple[Any, ...], template: Any, names: list[str], miss: Callable[..., Any]
) -> Callable[..., Any]:
    source, scope = source_of(program, arguments, template, names)
    scope["miss"] = miss
    exec(builtins.compile(source, "<gradlab compiled>", "exec"), scope)  # noqa: S102 (source that was written here)
    made: Callable[..., Any] = scope["compiled"]
    made.source = source  # type: ignore[attr-defined]
    return made


class _Writer:
    """Writes the equations in order; what is used once is written where it is used."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.scope: dict[str, Any] = {"isinstance": isinstance, "float": float}
        self.lines: list[str] = []
        self.text: dict[int, str] = {}
        self.uses = Counter(i for e in program.equations for i in e.operands)
        self.uses.update(program.outputs)
        self.uses.update(b.condition for b in program.branches)

    def function(self, arguments: tuple[Any, ...], template: Any, names: list[str]) -> str:
        names = self._free_names(names)
        scalar_only = not any(self.program.shapes)
        self._bind_inputs(arguments, names, scalar_only)
        for slot, value in self.program.constants.items():
            self.text[slot] = self._literal(value)
        self._write_equations()
        returned = self._returned(template, names, scalar_only)
        body = "\n        ".join([*self.lines, *returned]) or "pass"
        call = ", ".join(names)
        return (
            f"def compiled({call}):\n"
            f"    try:\n"
            f"        {body}\n"
            f"    except {_FAILURES}:\n"
            f"        pass\n"
            f"    return miss({call})\n"
        )

    def _free_names(self, names: list[str]) -> list[str]:
        """The arguments' names, with an underscore where the source needs the name itself."""
        free: list[str] = []
        for name in names:
            while (
                name in _TAKEN
                or name in free
                or keyword.iskeyword(name)
                or (name[0] in "vcr" and name[1:].isdigit())
            ):
                name += "_"
            free.append(name)
        return free

    def _bind_inputs(self, arguments: tuple[Any, ...], names: list[str], scalar_only: bool) -> None:
        self.reserved = set(names)
        self.call = ", ".join(names)
        for name, argument in zip(names, arguments, strict=True):
            self._guard_structure(name, argument)
        places = [
            (names[i] + path, leaf) for i, argument in enumerate(arguments) for path, leaf in paths(argument)
        ]
        for slot, (place, leaf) in zip(self.program.inputs, places, strict=True):
            if place not in names and self.uses[slot] > 0:
                self.lines.append(f"v{slot} = {place}")
                place = f"v{slot}"
            self.text[slot] = place
            shape = self.program.shapes[slot]
            if shape:
                other = f"{place}.shape != {shape} or {place}.dtype != {self._dtype(leaf)}"
                self.lines.append(f"if {other}: return miss({self.call})")
            elif not scalar_only:
                self.lines.append(f"if not isinstance({place}, float): return miss({self.call})")

    def _guard_structure(self, place: str, tree: Any) -> None:
        """Another kind or number of parts is another function: its gradient has other parts."""
        if isinstance(tree, (dict, list, tuple)):
            other = f"{place}.__class__ is not {self._literal(type(tree))} or len({place}) != {len(tree)}"
            self.lines.append(f"if {other}: return miss({self.call})")
            for key, branch in tree.items() if isinstance(tree, dict) else enumerate(tree):
                self._guard_structure(f"{place}[{key!r}]", branch)

    def _dtype(self, leaf: Any) -> str:
        dtype = np.asarray(leaf).dtype
        self.scope[dtype.name] = dtype
        return dtype.name

    def _write_equations(self) -> None:
        guards: dict[int, list[Any]] = {}
        for branch in self.program.branches:
            guards.setdefault(branch.condition, []).append(branch.taken)
        for slot in [*self.program.inputs, *self.program.constants]:
            self._guard(slot, guards.get(slot, []))
        for primitive, operands, parameters, result in self.program.equations:
            text = self._expression(primitive, operands, parameters, result)
            if self.uses[result] > 1 or len(text) > _LONGEST:
                self.lines.append(f"v{result} = {text}")
                text = f"v{result}"
            self.text[result] = text
            self._guard(result, guards.get(result, []))

    def _guard(self, slot: int, taken: list[Any]) -> None:
        for value in taken[:1]:
            condition = self._operand(slot)
            if np.ndim(value) == 0 and isinstance(value, (bool, np.bool_)):
                holds = condition if value else f"not {condition}"
            elif np.ndim(value) == 0:
                holds = f"{condition} == {self._literal(value)}"
            else:
                self.scope["array_equal"] = np.array_equal
                holds = f"array_equal({condition}, {self._literal(np.array(value))})"
            self.lines.append(f"if not ({holds}): return miss({self.call})")

    def _operand(self, slot: int) -> str:
        text = self.text[slot]
        return text if text.replace(".", "").replace("_", "").isalnum() and text[0] != "-" else f"({text})"

    def _expression(
        self, primitive: Primitive, operands: tuple[int, ...], parameters: dict[str, Any], result: int
    ) -> str:
        shapes = self.program.shapes
        x = [self._operand(i) for i in operands]
        scalar = all(shapes[i] == () for i in operands)
        if primitive.operator:
            return f"{primitive.operator}{x[0]}" if len(x) == 1 else f"{x[0]} {primitive.operator} {x[1]}"
        if primitive.name == "power":
            written = self._power(operands, x, scalar)
            if written:
                return written
        if primitive.source is not None and (primitive.is_elementwise or all(shapes[i] for i in operands)):
            self._offer(primitive)
            written_parameters = {
                k: self._subscript(v) if k == "key" else self._literal(v) for k, v in parameters.items()
            }
            return primitive.source(*x, **written_parameters)
        function = primitive.scalar if scalar and primitive.scalar is not None else primitive.impl
        name = primitive.name if function is primitive.scalar else f"np_{primitive.name}"
        name = name + "_" if name in self.reserved else name
        self.scope[name] = function
        given = [*x, *(f"{k}={self._literal(v)}" for k, v in parameters.items())]
        return f"{name}({', '.join(given)})"

    def _power(self, operands: tuple[int, ...], x: list[str], scalar: bool) -> str:
        exponent = self.program.constants.get(operands[1])
        if (
            isinstance(exponent, (int, float))
            and exponent == int(exponent)
            and 2 < exponent < 5
            and x[0].isidentifier()
        ):
            return " * ".join([x[0]] * int(exponent))
        if isinstance(exponent, int) and scalar:
            return f"{x[0]} ** {x[1]}"
        return ""

    def _offer(self, primitive: Primitive) -> None:
        """The NumPy functions that primitives' source templates name."""
        self.scope.update(where=np.where, add_reduce=np.add.reduce)

    def _literal(self, value: Any) -> str:
        if isinstance(value, (bool, int, str)) or value is None:
            return repr(value)
        if type(value) is float and np.isfinite(value):
            return repr(value)
        if isinstance(value, tuple) and all(isinstance(v, (int, type(None))) for v in value):
            return repr(value)
        if isinstance(value, np.ndarray) and 0 not in value.strides:
            value = value.copy()
        for name, known in self.scope.items():
            if name[0] == "c" and known is value:
                return name
        name = f"c{len(self.scope)}"
        self.scope[name] = value
        return name

    def _subscript(self, key: Any) -> str:
        """A key as it stands between brackets."""
        if isinstance(key, tuple):
            return ", ".join(map(self._subscript, key)) + ("," if len(key) == 1 else "") if key else "()"
        if isinstance(key, slice):
            parts = ["" if k is None else repr(k) for k in (key.start, key.stop)]
            return ":".join(parts) + ("" if key.step is None else f":{key.step!r}")
        return "..." if key is Ellipsis else self._literal(key)

    def _telling(self, results: dict[str, int]) -> list[str]:
        """Results that are floats only if every input was a number: what went through arithmetic shows in
        the result's type, and functions of `math` refuse arrays by themselves.
        """
        reached: dict[int, frozenset[int]] = {slot: frozenset([slot]) for slot in self.program.inputs}
        for e in self.program.equations:
            silent = (
                e.primitive.scalar is not None and not e.primitive.operator and e.primitive.source is None
            )
            reached[e.result] = (
                frozenset()
                if silent
                else frozenset().union(*(reached.get(i, frozenset()) for i in e.operands))
            )
        left = (
            set().union(*(reached.get(slot, frozenset()) for slot in results.values())) if results else set()
        )
        chosen: list[str] = []
        while left:
            best = max(results, key=lambda text: len(left & reached.get(results[text], frozenset())))
            chosen.append(best)
            left -= reached[results[best]]
        return chosen

    def _untold(self, results: dict[str, int]) -> list[int]:
        """Inputs that no checked result depends on (x in the slope of 3·x): an array would go unnoticed."""
        needed = set(results.values())
        for e in reversed(self.program.equations):
            if e.result in needed:
                needed.update(e.operands)
        return [slot for slot in self.program.inputs if slot not in needed]

    def _returned(self, template: Any, names: list[str], scalar_only: bool) -> list[str]:
        """The last lines: results checked to be numbers where all was, arrays made the caller's own."""
        lines, results, checked, seen = [], [], dict[str, int](), set()
        produced = {e.result: e.primitive.name for e in self.program.equations}
        for i, slot in enumerate(self.program.outputs):
            text = self.text[slot]
            if scalar_only and slot not in self.program.constants:
                if not text.isidentifier():
                    lines.append(f"r{i} = {text}")
                    text = self.text[slot] = f"r{i}"
                checked[text] = slot
            elif self.program.shapes[slot] and (slot in seen or produced.get(slot, "index") in _VIEWS):
                self.scope["array"] = np.array
                text = f"array({text})"
            seen.add(slot)
            results.append(text)
        whole = _display(template, results)
        checks = self._telling(checked)
        if scalar_only:
            lines[:0] = [
                f"if not isinstance({self.text[i]}, float): return miss({self.call})"
                for i in self._untold(checked)
            ]
        if not checks:
            return [*lines, f"return {whole}"]
        exact = " is ".join(f"{c}.__class__" for c in checks) + " is float"
        loose = " and ".join(f"isinstance({c}, float)" for c in checks)
        return [*lines, f"if {exact} or {loose}: return {whole}"]


def _display(template: Any, results: list[str]) -> str:
    """The source of the result's structure."""
    if isinstance(template, dict):
        return "{" + ", ".join(f"{k!r}: {_display(v, results)}" for k, v in template.items()) + "}"
    if isinstance(template, tuple):
        return (
            "("
            + ", ".join(_display(v, results) for v in template)
            + ("," if len(template) == 1 else "")
            + ")"
        )
    if isinstance(template, list):
        return "[" + ", ".join(_display(v, results) for v in template) + "]"
    text: str = results[template]
    return text


__all__ = ["compile", "compile_program", "source_of"]
