"""A pair as a Case: the sum of its outputs times gradients from above, with its backward pass as the claim."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

import numpy as np

from gradlab.cases import Case, Claim, InputError, is_real, make_case, source_lines
from gradlab.layers.pair import UPSTREAM, Gradients, Pair
from gradlab.layers.points import SEED, Given, as_arguments, cleaned, header, is_plain, quietly, values_at
from gradlab.layers.shapes import draw, shown

_STEP = 0.6
"""How far a layer's own parameters are moved: zeros and ones would hide what depends on them."""


@dataclass(frozen=True)
class _Posed:
    """A pair at a point."""

    pair: Pair
    inputs: Mapping[str, Any]
    above: tuple[str, ...]
    """The names of the gradients from above, among the inputs."""
    notes: tuple[str, ...]
    failed: bool = False
    """Forward raises: what it says is told when the case is examined."""


def case_for(pair: Pair, given: Given, *, at: Sequence[Mapping[str, Any]] = ()) -> Case:
    """A pair's case. at: points in place of those that its file gives. Raises InputError."""
    points = list(at) or given.points_for(pair.name)
    if points == [{}]:
        points = list(header(pair.hints)[:1]) or points
    posed = [_pose(pair, point, given.shapes_for(pair.name)) for point in points]
    first = posed[0]
    pair, notes = first.pair, list(first.notes)
    quantity, above = "gradient", first.above
    elementwise = False
    names = list(first.inputs)
    wrt = [name for name in names if is_real(first.inputs[name]) and name not in above]
    if not first.failed:
        found = _probed(pair, first)
        derived = [name for name in wrt if name in found.by_name]
        if found.returned is None and derived:
            silent = [name for name in wrt if name not in derived and np.ndim(first.inputs[name])]
            notes += [f"nothing is claimed for {', '.join(silent)}"] if silent else []
            wrt = derived
        notes += [found.said] if found.said else []
        shape = np.shape(_outputs(pair, first.inputs)[0])
        if not above and shape:
            elementwise = _is_elementwise(found, first.inputs, shape)
            quantity = "gradient" if elementwise else "jacobian"
        if elementwise:
            above = (UPSTREAM,)
            posed = [_with_upstream(p) for p in posed]
            notes.append(
                f"{pair.name} works on each element: its derivatives are checked times random numbers {shown(shape).strip()}"
            )
    chosen = given.wrt_for(pair.name)
    unknown = [name for name in chosen if name not in names]
    if unknown:
        raise InputError(
            f"{pair.location}: WRT names {', '.join(unknown)}, and {pair.name} has {', '.join(names)}"
        )
    wrt = list(chosen) or wrt
    if not wrt:
        raise InputError(
            f"{pair.location}: {pair.name} has no argument that is a number or an array of numbers"
        )
    made = make_case(
        _function(pair, above),
        [p.inputs for p in posed],
        wrt=wrt,
        name=pair.name,
        quantity=quantity,
        text=source_lines(pair.code[0]),
        location=pair.location,
        notes=tuple(dict.fromkeys([*pair.notes, *notes])),
    )
    return replace(
        made,
        claims=(Claim(_claimed(pair, above, made.wrt, elementwise=elementwise), source_lines(pair.code[1])),),
    )


def _pose(pair: Pair, point: Mapping[str, Any], shapes: Mapping[str, Any]) -> _Posed:
    """A pair at a point: values, gradients from above, and its own parameters. Raises InputError."""
    inputs, said = values_at(pair, point, shapes, lambda values: _failure(pair, values))
    try:
        outputs = quietly(lambda: _outputs(pair, inputs))
    except InputError:
        raise
    except Exception:
        return _Posed(pair, inputs, (), tuple(said), failed=True)
    above = _names_above(pair, outputs)
    point = as_arguments(point, [*inputs, *above])
    generator = np.random.default_rng(SEED + 1)
    pulled: dict[str, Any] = {}
    for name, output in zip(above, outputs, strict=False):
        pulled[name] = cleaned(point[name]) if name in point else draw(np.shape(output), generator)
        if name not in point:
            of = f" of shape {np.shape(output)}" if np.shape(output) else ", a number"
            said.append(f"backward is checked with a random upstream gradient {name}{of}")
    if pair.parameters is not None:
        try:
            pair, own = quietly(lambda: pair.parameters(_copied(inputs), [*_copied(pulled).values()]))  # type: ignore[misc]
        except InputError:
            raise
        except Exception:
            own = {}
        point = as_arguments(point, [*inputs, *above, *own])
        for name, value in own.items():
            inputs[name] = cleaned(point[name]) if name in point else _moved(value, generator)
        drawn = [f"{name}{shown(np.shape(own[name]))}" for name in own if name not in point]
        said += [f"moved at random from what the layer starts with: {', '.join(drawn)}"] if drawn else []
        try:
            quietly(lambda: _outputs(pair, inputs))
        except Exception:
            inputs |= {name: value for name, value in own.items() if name not in point}
    return _Posed(pair, {**inputs, **pulled}, above, tuple(said))


def _names_above(pair: Pair, outputs: tuple[Any, ...]) -> tuple[str, ...]:
    """A name for the gradient of each output; () where backward takes none. Raises InputError."""
    if pair.upstream == (UPSTREAM,) and len(outputs) > 1:
        return tuple(f"{UPSTREAM}{k}" for k in range(1, len(outputs) + 1))
    if pair.upstream and len(pair.upstream) != len(outputs):
        raise InputError(
            f"{pair.location}: {pair.name} gives {len(outputs)} output{'s' * (len(outputs) != 1)}, and its backward pass "
            f"takes {len(pair.upstream)} upstream gradient{'s' * (len(pair.upstream) != 1)} "
            f"({', '.join(pair.upstream)}): one is needed for each"
        )
    return pair.upstream


def _moved(value: Any, generator: np.random.Generator) -> Any:
    moved = np.round(np.asarray(value) + generator.uniform(-_STEP, _STEP, np.shape(value)), 3)
    return moved if np.ndim(value) else float(moved)


def _outputs(pair: Pair, inputs: Mapping[str, Any]) -> tuple[Any, ...]:
    return pair.forward(_copied(inputs))


def _copied(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in inputs.items()}


def _failure(pair: Pair, values: Mapping[str, Any]) -> str:
    """Why values that were drawn won't do; "" where they do."""
    shapes = ", ".join(f"{name}{shown(np.shape(v)) or ' a number'}" for name, v in values.items())
    try:
        outputs = [np.asarray(part, dtype=np.float64) for part in quietly(lambda: _outputs(pair, values))]
        if not all(np.all(np.isfinite(part)) for part in outputs):
            return f"with {shapes} it is not finite"
        if is_plain(pair) and outputs[0].ndim:
            return f"with {shapes} it returns an array"
        if is_plain(pair) and len(values) > 1:  # what runs on numbers may be meant for arrays
            quietly(lambda: pair.backward(_copied(values), []))
    except (NotImplementedError, NameError):  # no other values would do
        return ""
    except AttributeError as error:
        own = not isinstance(error.obj, (np.ndarray, np.generic, float))
        return "" if own else f"with {shapes} it raises AttributeError: {error!s:.120}"
    except InputError:
        raise
    except Exception as error:
        return f"with {shapes} it raises {type(error).__name__}: {error!s:.120}"
    return ""


def _probed(pair: Pair, posed: _Posed) -> Gradients:
    """What the backward pass gives at a point; nothing where it raises, which is told when it is judged."""
    inputs = _copied(posed.inputs)
    try:
        found: Gradients = quietly(lambda: pair.backward(inputs, [inputs[name] for name in posed.above]))
    except InputError:
        raise
    except Exception:
        return Gradients()
    return found


def _is_elementwise(found: Gradients, inputs: Mapping[str, Any], shape: tuple[int, ...]) -> bool:
    """Whether a derivative without an upstream gradient is meant for each element: σ'(x) of an array."""
    if found.returned is not None or len(found.by_name) != 1:
        return False
    ((name, part),) = found.by_name.items()
    return name in inputs and np.shape(part) == shape == np.shape(inputs[name])


def _with_upstream(posed: _Posed) -> _Posed:
    shape = np.shape(_outputs(posed.pair, posed.inputs)[0])
    drawn = draw(shape, np.random.default_rng(SEED + 1))
    return replace(posed, inputs={**posed.inputs, UPSTREAM: drawn}, above=(UPSTREAM,))


def _function(pair: Pair, above: Sequence[str]) -> Callable[..., Any]:
    """The number that is derived: the sum of all outputs, each times the gradient from above."""

    def function(**inputs: Any) -> Any:
        outputs = pair.forward(inputs)
        if not above:
            return outputs[0]
        parts = [np.sum(inputs[name] * output) for name, output in zip(above, outputs, strict=True)]
        return sum(parts[1:], parts[0])

    return _standing_for(pair.code[0], function)


def _claimed(
    pair: Pair, above: Sequence[str], wrt: Sequence[str], *, elementwise: bool
) -> Callable[..., Any]:
    """The backward pass, as a function of the inputs."""

    def backward(**inputs: Any) -> Any:
        found = pair.backward(inputs, [] if elementwise else [inputs[name] for name in above])
        if found.returned is not None:
            return found.returned
        wanted = {n: part for n, part in found.by_name.items() if n in wrt or n not in inputs}
        return {n: inputs[UPSTREAM] * part for n, part in wanted.items()} if elementwise else wanted

    return _standing_for(pair.code[1], backward)


def _standing_for(written: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """A function with the name and the source of the one that it runs, which takes its inputs by name."""
    signature = inspect.signature(function)
    function = wraps(written)(function)
    function.__signature__ = signature  # type: ignore[attr-defined]
    return function
