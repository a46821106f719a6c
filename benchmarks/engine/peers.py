"""The contestants: one function each, from a workload to a gradient ready to be called.

Each library is used as its own documentation advises and as fast as that goes. What a call has to
do is the same for all: numbers (or arrays) in, the gradient out.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks.engine.formulas import Function, Written, written_for


@dataclass(frozen=True)
class Task:
    """What to differentiate, where, and by which arguments."""

    written: Written
    point: tuple[Any, ...]
    wrt: tuple[int, ...]
    by_hand: Function

    def function(self, library: str, namespace: Any) -> Function:
        """The function as a user of this library writes it."""
        return written_for(self.written, library, namespace)

    @property
    def argnums(self) -> int | tuple[int, ...]:
        """The positions as users give them: an int where there is but one."""
        return self.wrt[0] if len(self.wrt) == 1 else self.wrt


@dataclass(frozen=True)
class Contestant:
    """One row of the table."""

    name: str
    build: Callable[[], Function]
    """Makes the gradient; the first call of it counts as building, too."""
    arguments: tuple[Any, ...]
    """What the gradient is called with."""
    is_built: bool = False
    """Whether anything is prepared once, so that the time of building is worth a column."""


Peer = Callable[[Task], Contestant]


def by_hand(task: Task) -> Contestant:
    """The yardstick."""
    return Contestant("by hand", lambda: task.by_hand, task.point)


def gradlab_traced(task: Task) -> Contestant:
    """`gradlab.grad(f)(x)`: traced anew at every call."""
    from gradlab.engine import grad

    return Contestant(
        "gradlab traced", lambda: grad(task.function("gradlab", np), argnums=task.argnums), task.point
    )


def gradlab_compiled(task: Task) -> Contestant:
    """`compile(grad(f), *x)`: traced once, at the point, then straight-line Python."""
    from gradlab.engine import compile, grad

    def build() -> Function:
        function = grad(task.function("gradlab", np), argnums=task.argnums)
        compiled: Function = compile(function, *task.point)
        return compiled

    return Contestant("gradlab compiled", build, task.point, is_built=True)


def autograd(task: Task) -> Contestant:
    """HIPS autograd."""
    namespace = import_module("autograd.numpy")
    grad = import_module("autograd").grad
    return Contestant(
        "autograd", lambda: grad(task.function("autograd", namespace), task.argnums), task.point
    )


def torch_eager(task: Task) -> Contestant:
    """New leaves, forward and backward at every call; the data are tensors beforehand."""
    torch = import_module("torch")
    torch.set_num_threads(1)
    arguments = tuple(
        torch.from_numpy(x) if isinstance(x, np.ndarray) and i not in task.wrt else x
        for i, x in enumerate(task.point)
    )

    def build() -> Function:
        function = task.function("torch", torch)
        first, wrt = len(task.wrt), task.wrt
        if wrt != tuple(range(first)):
            raise ValueError("torch: the arguments to differentiate by come first")

        def leaf(x: Any) -> Any:
            if isinstance(x, np.ndarray):
                return torch.from_numpy(x).requires_grad_()
            return torch.tensor(x, dtype=torch.float64, requires_grad=True)

        def gradient(*arguments: Any) -> list[Any]:
            leaves = [leaf(x) for x in arguments[:first]]
            function(*leaves, *arguments[first:]).backward()
            return [x.grad for x in leaves]

        return gradient

    return Contestant("torch eager", build, arguments)


def _jax() -> Any:
    jax = import_module("jax")
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    # The result is there when the call returns: nothing has to be waited for, JAX's fastest way here.
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    return jax


def jax_jit(task: Task) -> Contestant:
    """jax.jit(jax.grad(f)); arguments are on the device beforehand."""
    jax = _jax()
    jax.jit(lambda x: x + 1)(0.0)
    namespace = jax.numpy
    arguments = tuple(namespace.asarray(x) for x in task.point)

    def build() -> Function:
        gradient: Function = jax.jit(jax.grad(task.function("jax", namespace), task.argnums))
        return gradient

    return Contestant("jax.jit", build, arguments, is_built=True)


def jax_eager(task: Task) -> Contestant:
    """jax.grad(f) without jit."""
    jax = _jax()
    namespace = jax.numpy
    arguments = tuple(namespace.asarray(x) for x in task.point)
    return Contestant("jax eager", lambda: jax.grad(task.function("jax", namespace), task.argnums), arguments)


def sympy(task: Task) -> Contestant:
    """SymPy's diff, then lambdify with shared subexpressions, through `math`."""
    library = import_module("sympy")
    clear_cache = import_module("sympy.core.cache").clear_cache

    def build() -> Function:
        clear_cache()
        symbols = library.symbols(f"x:{len(task.point)}", real=True)
        value = task.function("sympy", library)(*symbols)
        derivatives = [library.diff(value, symbols[i]) for i in task.wrt]
        gradient: Function = library.lambdify(symbols, derivatives, modules="math", cse=True)
        return gradient

    return Contestant("SymPy lambdify", build, task.point, is_built=True)


def casadi(task: Task) -> Contestant:
    """CasADi's own virtual machine, fed through a buffer: a call of the Function itself takes 12 µs."""
    library = import_module("casadi")

    def build() -> Function:
        symbols = [library.SX.sym(f"x{i}", np.size(x)) for i, x in enumerate(task.point)]
        value = task.function("casadi", library)(*symbols)
        wanted = library.vertcat(*(symbols[i] for i in task.wrt))
        function = library.Function("g", [library.vertcat(*symbols)], [library.gradient(value, wanted)])
        buffer, evaluate = function.buffer()
        given = array("d", bytes(8 * function.nnz_in(0)))
        result = array("d", bytes(8 * function.nnz_out(0)))
        buffer.set_arg(0, memoryview(given))
        buffer.set_res(0, memoryview(result))
        if len(task.point) == 1:
            return _kept(_of_one_array(evaluate, given, result), buffer)
        pack = struct.Struct(f"{len(given)}d").pack_into

        def gradient(*arguments: float) -> list[float]:
            pack(given, 0, *arguments)
            evaluate()
            return result.tolist()

        return _kept(gradient, buffer)

    return Contestant("CasADi", build, task.point, is_built=True)


def _of_one_array(evaluate: Callable[[], None], given: array[float], result: array[float]) -> Function:
    view, out = np.frombuffer(given), np.frombuffer(result)

    def gradient(x: Any) -> Any:
        view[:] = x
        evaluate()
        return out.copy()

    return gradient


def _kept(gradient: Function, buffer: Any) -> Function:
    """CasADi frees the buffer with its last reference, and evaluating then crashes."""
    gradient.buffer = buffer  # type: ignore[attr-defined]
    return gradient


def micrograd(task: Task) -> Contestant:
    """micrograd, with the functions that it lacks (log, sin, exp, tanh) added in its own manner."""
    sys.setrecursionlimit(10**6)  # its topological sort calls itself once an operation
    value = import_module("micrograd.engine").Value
    namespace = _micrograd_functions(value)

    def build() -> Function:
        function = task.function("micrograd", namespace)
        first = len(task.wrt)

        def gradient(*arguments: float) -> list[float]:
            leaves = [value(x) for x in arguments[:first]]
            function(*leaves, *arguments[first:]).backward()
            return [x.grad for x in leaves]

        return gradient

    return Contestant("micrograd", build, task.point)


def _micrograd_functions(value: Any) -> SimpleNamespace:
    """log, sin, exp and tanh of a micrograd Value, written as its relu is."""
    import math

    def unary(name: str, of_float: Function, slope: Function) -> Function:
        def apply(x: Any) -> Any:
            out = value(of_float(x.data), (x,), name)

            def backward() -> None:
                x.grad += slope(out.data, x.data) * out.grad

            out._backward = backward
            return out

        return apply

    return SimpleNamespace(
        log=unary("log", math.log, lambda y, x: 1 / x),
        sin=unary("sin", math.sin, lambda y, x: math.cos(x)),
        exp=unary("exp", math.exp, lambda y, x: y),
        tanh=unary("tanh", math.tanh, lambda y, x: 1 - y * y),
    )


def flat(result: Any) -> list[Any]:
    """A gradient as a list of arrays, whatever library it comes from."""
    return [np.asarray(leaf, dtype=np.float64) for leaf in _leaves(result)]


def _leaves(result: Any) -> Iterator[Any]:
    if isinstance(result, (list, tuple)):
        for part in result:
            yield from _leaves(part)
    else:
        yield result
