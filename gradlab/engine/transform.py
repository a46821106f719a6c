"""grad, value_and_grad, jacobian, hessian, vjp, jvp: what is asked for, from a plain function.

Each call traces the function anew at its arguments, so every `if` is honoured. What they return is
traceable itself: `hessian` is the Jacobian of `grad`, and `compile` takes any of them.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradlab.engine.forward import push_forward
from gradlab.engine.primitive import Value
from gradlab.engine.reverse import INACTIVE, backpropagate, zeros
from gradlab.engine.structure import leaves, map_leaves, paths, rebuild
from gradlab.engine.trace import Tape, Tracer, as_input, behind, plain, shape_of

Function = Callable[..., Any]
Argnums = int | str | tuple[int | str, ...]


class _Recording:
    """One run of a function with the chosen arguments traced."""

    __slots__ = ("inputs", "picked", "result", "tape", "trees")

    def __init__(
        self, function: Function, argnums: Argnums, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self.tape = Tape()
        self.picked = argnums if isinstance(argnums, tuple) else (argnums,)
        arguments = list(args)
        keywords = dict(kwargs) if kwargs else {}
        self.inputs: list[Tracer] = []
        self.trees: list[Any] = []
        for place in self.picked:
            where, key = _find(function, place, arguments, keywords)
            tree = where[key]
            self.trees.append(tree)
            if isinstance(tree, (dict, list, tuple)):
                tracers = [self._input(leaf) for leaf in leaves(tree)]
                where[key] = rebuild(tree, iter(tracers))
            else:
                where[key] = self._input(tree)
        try:
            self.result = function(*arguments, **keywords)
        except ValueError as error:
            raise behind(error) from error.__cause__

    def _input(self, leaf: Any) -> Tracer:
        value = as_input(leaf)
        tracer = self.tape.input(value)
        self.inputs.append(tracer)
        return tracer

    def slot(self, output: Any) -> int | None:
        """The slot of an output; None where it does not depend on the inputs."""
        return output.slot if output.__class__ is Tracer and output.tape is self.tape else None

    def cotangents(self, seeds: Sequence[tuple[int | None, Value]]) -> list[Value]:
        """The inputs' cotangents, given those of outputs."""
        tape = self.tape
        flowing: list[Any] = [None] * len(tape.values)
        for slot in tape.constants:
            flowing[slot] = INACTIVE
        for output, seed in seeds:
            if output is not None:
                flowing[output] = seed if flowing[output] is None else flowing[output] + seed
        backpropagate(tape.equations, tape.values, flowing)
        return [
            zeros(shape_of(x.primal)) if flowing[x.slot] is None else flowing[x.slot] for x in self.inputs
        ]

    def shaped(self, values: Sequence[Value]) -> Any:
        """Values in the structure of the picked arguments; arrays are the caller's own."""
        if all(value.__class__ is float for value in values):
            return self._structured(values)
        return self._structured(_own(values, self.tape.values))

    def _structured(self, own: Sequence[Value]) -> Any:
        if len(self.picked) == 1 and not isinstance(self.trees[0], (dict, list, tuple)):
            return own[0]
        remaining = iter(own)
        return tuple(rebuild(tree, remaining) for tree in self.trees)


def _own(values: Sequence[Value], given: Sequence[Value]) -> list[Value]:
    """Copies where an array is one of those given, a part of another, there twice or read-only."""
    taken = {id(v) for v in given if v.__class__ is np.ndarray}
    own: list[Value] = []
    for value in values:
        if value.__class__ is np.ndarray:
            if id(value) in taken or value.base is not None or not value.flags.writeable:
                value = np.array(value)
            taken.add(id(value))
        own.append(value)
    return own


def _find(
    function: Function, place: int | str, arguments: list[Any], keywords: dict[str, Any]
) -> tuple[Any, Any]:
    """Where the argument is: (the list or dictionary, its key)."""
    if isinstance(place, str):
        if place in keywords:
            return keywords, place
        names = list(inspect.signature(function).parameters)
        if place in names and names.index(place) < len(arguments):
            return arguments, names.index(place)
        raise TypeError(
            f"there is no argument {place!r} in this call; the function's arguments are {', '.join(names)}"
        )
    if not -len(arguments) <= place < len(arguments):
        raise TypeError(f"argnums={place}, but {len(arguments)} positional arguments were given")
    return arguments, place


def _only_number(result: Any) -> Value:
    """The function's result, where a gradient needs one number."""
    value = plain(result)
    if value.__class__ is float:
        return result
    if isinstance(value, (np.ndarray, np.generic, int)) and not isinstance(value, bool):
        if np.ndim(value):
            raise TypeError(
                f"a gradient is of one number, and the function returned an array of shape {np.shape(value)}: "
                "sum it, or ask for the jacobian"
            )
        if np.asarray(value).dtype.kind in "iuf":
            return result
    raise TypeError(
        f"a gradient is of one real number, and the function returned {type(value).__name__} {value!r:.60}"
    )


def _plain(tape: Tape, result: Any) -> Any:
    """A result without the tracers of a finished tape."""
    return result.primal if result.__class__ is Tracer and result.tape is tape else result


def value_and_grad(function: Function, argnums: Argnums = 0) -> Function:
    """A function that returns (f(x), ∇f(x)) for a function that returns one number.

    argnums: the position or name of the argument, or a tuple of them (then a tuple of gradients).
    An argument is a number, an array, or a dictionary, list or tuple of them; its gradient has the
    same structure and shapes.

    Raises TypeError where the function returns anything but one number, TraceError where it can't be traced.

    >>> value_and_grad(lambda x, y: x * y, (0, 1))(2.0, 5.0)
    (10.0, (5.0, 2.0))
    """

    @functools.wraps(function, assigned=("__doc__", "__name__", "__module__"), updated=())
    def derived(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        recording = _Recording(function, argnums, args, kwargs)
        result = _only_number(recording.result)
        gradient = recording.shaped(recording.cotangents([(recording.slot(result), 1.0)]))
        if argnums.__class__ is not tuple and gradient.__class__ is tuple:
            gradient = gradient[0]
        elif argnums.__class__ is tuple and gradient.__class__ is not tuple:
            gradient = (gradient,)
        return _plain(recording.tape, result), gradient

    return derived


def grad(function: Function, argnums: Argnums = 0) -> Function:
    """The gradient of a function that returns one number; see `value_and_grad`.

    >>> grad(lambda x: x * np.sin(x))(0.5)
    0.9182168195493894
    >>> grad(lambda p: p["w"] * p["b"])({"w": 3.0, "b": 4.0})
    {'w': 4.0, 'b': 3.0}
    """
    both = value_and_grad(function, argnums)

    @functools.wraps(function, assigned=("__doc__", "__name__", "__module__"), updated=())
    def gradient(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]

    return gradient


def jacobian(function: Function, argnums: int | str = 0) -> Function:
    """J[i, j] = ∂y_i/∂x_j: the output's axes first, then the argument's.

    Of shape f(x).shape + x.shape; for a structured argument, that for every leaf. Reverse or forward
    mode is taken, whichever needs fewer passes.

    >>> jacobian(lambda x: np.stack([x[0] * x[1], np.sin(x[1])]))(np.array([2.0, 0.0]))
    array([[0., 2.],
           [0., 1.]])
    """

    @functools.wraps(function, assigned=("__doc__", "__name__", "__module__"), updated=())
    def derived(*args: Any, **kwargs: Any) -> Any:
        recording = _Recording(function, argnums, args, kwargs)
        output = recording.result
        tree = recording.trees[0]
        if isinstance(output, (dict, list, tuple)):
            return map_leaves(lambda y: _jacobian_of(recording, y, tree), output)
        return _jacobian_of(recording, output, tree)

    return derived


def _jacobian_of(recording: _Recording, output: Any, tree: Any) -> Any:
    slot, shape = recording.slot(output), shape_of(output)
    inputs = [shape_of(x.primal) for x in recording.inputs]
    rows, columns = int(np.prod(shape)), sum(int(np.prod(s)) for s in inputs)
    if slot is None:
        blocks: list[Value] = [zeros(shape + s) for s in inputs]
    elif rows <= columns:
        passes = [recording.cotangents([(slot, seed)]) for seed in _unit_vectors(shape)]
        blocks = [_stacked([one[i] for one in passes], shape + s) for i, s in enumerate(inputs)]
    else:
        blocks = [_columns(recording, slot, i, shape) for i in range(len(inputs))]
    return rebuild(tree, iter(blocks)) if isinstance(tree, (dict, list, tuple)) else blocks[0]


def _columns(recording: _Recording, slot: int, position: int, shape: tuple[int, ...]) -> Value:
    """The Jacobian by one input, a column at a time by forward mode."""
    tape = recording.tape
    tracer = recording.inputs[position]
    columns = []
    for direction in _unit_vectors(shape_of(tracer.primal)):
        tangents: list[Any] = [None] * len(tape.values)
        tangents[tracer.slot] = direction
        push_forward(tape.equations, tape.values, tangents)
        columns.append(zeros(shape) if tangents[slot] is None else tangents[slot])
    whole = _stacked(columns, shape_of(tracer.primal) + shape)
    n = len(shape_of(tracer.primal))
    return np.transpose(whole, (*range(n, n + len(shape)), *range(n)))


def _unit_vectors(shape: tuple[int, ...]) -> list[Value]:
    if not shape:
        return [1.0]
    return list(np.eye(int(np.prod(shape))).reshape(-1, *shape))


def _stacked(rows: list[Value], shape: tuple[int, ...]) -> Value:
    if not rows:
        return np.zeros(shape)
    return np.reshape(np.stack(rows), shape) if shape else rows[0]


def hessian(function: Function, argnums: int | str = 0) -> Function:
    """The matrix of second derivatives, of shape x.shape + x.shape: the Jacobian of the gradient.

    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([3.0, 5.0]))
    array([[10.,  6.],
           [ 6.,  0.]])
    """
    return jacobian(grad(function, argnums), argnums)


def vjp(function: Function, *primals: Any) -> tuple[Any, Function]:
    """(f(x), pull) where pull(ȳ) gives the cotangent of every primal: ȳᵀJ, a tuple.

    >>> y, pull = vjp(lambda x, y: x * y, 2.0, 5.0)
    >>> y, pull(1.0)
    (10.0, (5.0, 2.0))
    """
    recording = _Recording(function, tuple(range(len(primals))), primals, {})
    result = recording.result

    def pull(cotangent: Any) -> tuple[Any, ...]:
        seeds = []
        for (path, y), (_, seed) in zip(paths(result), paths(cotangent), strict=True):
            if shape_of(y) != np.shape(seed):
                raise ValueError(
                    f"the output{path} has shape {shape_of(y)}, and its cotangent {np.shape(seed)}"
                )
            seeds.append((recording.slot(y), as_input(seed)))
        flowed = recording.shaped(_own(recording.cotangents(seeds), [seed for _, seed in seeds]))
        return flowed if isinstance(flowed, tuple) else (flowed,)

    return map_leaves(lambda y: _plain(recording.tape, y), result), pull


def jvp(function: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """(f(x), J ẋ): the value and the directional derivative, by forward mode.

    >>> jvp(lambda x, y: x * y, (2.0, 5.0), (1.0, 0.0))
    (10.0, 5.0)
    """
    if len(primals) != len(tangents):
        raise ValueError(f"there are {len(primals)} primals and {len(tangents)} tangents")
    recording = _Recording(function, tuple(range(len(primals))), tuple(primals), {})
    tape = recording.tape
    flowing: list[Any] = [None] * len(tape.values)
    for tracer, tangent in zip(recording.inputs, leaves(tuple(tangents)), strict=True):
        if shape_of(tracer.primal) != np.shape(tangent):
            raise ValueError(
                f"a primal has shape {shape_of(tracer.primal)}, and its tangent {np.shape(tangent)}"
            )
        flowing[tracer.slot] = as_input(tangent)
    push_forward(tape.equations, tape.values, flowing)

    def tangent_of_output(y: Any) -> Value:
        slot = recording.slot(y)
        moving = None if slot is None else flowing[slot]
        return zeros(shape_of(y)) if moving is None else moving

    result = recording.result
    moved = _own([tangent_of_output(y) for y in leaves(result)], [*tape.values, *flowing])
    return map_leaves(lambda y: _plain(tape, y), result), rebuild(result, iter(moved))
