"""Case, Claim, Point: a function, where to look at it, and what someone says its derivative is.

A case library is made of decorated plain NumPy functions:

    @case(at=dict(x=2.0), source="a lecture")
    def cube(x):
        return x**3

    @cube.hand
    def gradient(x):
        return 3 * x**2
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from gradlab.engine.trace import shown_path

Quantity = Literal["gradient", "jacobian"]
VERDICTS = ("agree", "disagree", "inconclusive", "undefined", "unsupported", "error")


class InputError(ValueError):
    """Input that can't be used at all: the message says what is wrong, where, and what to write instead."""


@dataclass(frozen=True)
class Point:
    """Values for every argument of a function."""

    inputs: Mapping[str, Any]
    given: bool = True


@dataclass(frozen=True)
class Claim:
    """A derivative that someone derived by hand.

    given: a function of the same arguments, or a dictionary from an argument's name to a formula
    (a callable), a number or an array.
    """

    given: Callable[..., Any] | Mapping[str, Any]
    text: str = ""
    digits: Mapping[str, int] = field(default_factory=dict)
    """For numbers that were typed: how many decimals each has."""
    typed: frozenset[str] = frozenset()
    """The arguments whose derivative is a typed formula: one that gives a number is meant for every
    element of an array, where a function that returns one is more likely wrong about the shape."""

    def __call__(self, inputs: Mapping[str, Any], wrt: Sequence[str]) -> dict[str, Any]:
        """The claimed derivative by argument, at the inputs."""
        if callable(self.given):
            result = call(self.given, inputs)
            return _by_name(result, wrt)
        return {name: call(part, inputs) if callable(part) else part for name, part in self.given.items()}

    def general(self) -> Claim | None:
        """What of it holds at every point: the formulas without the numbers; None where that is nothing."""
        if callable(self.given):
            return self
        formulas = {name: part for name, part in self.given.items() if callable(part)}
        return replace(self, given=formulas) if formulas else None

    @property
    def is_number(self) -> bool:
        """Whether it holds at one point only, because it is numbers and no formula."""
        return not callable(self.given) and not any(callable(part) for part in self.given.values())


@dataclass(frozen=True)
class Step:
    """What stands between two signs of equality in a derivation."""

    formula: Callable[..., Any]
    """Its value, by the case's arguments."""
    text: str
    """As written."""
    read_as: str = ""
    location: str = ""
    """file:line."""


@dataclass(frozen=True)
class Chain:
    """A derivation, line by line: each step is meant to equal the one before."""

    steps: tuple[Step, ...]
    """The first is what is derived: ∂L/∂w."""
    by: str = ""
    """The argument whose derivative the last step is, so that the case claims it; "" for an identity."""
    title: str = ""
    numbers: int = 0
    """How many steps at the end are numbers, with the values of the given point put in: they hold there alone."""


def _by_name(result: Any, wrt: Sequence[str]) -> dict[str, Any]:
    """A hand gradient's result by argument: a dictionary as it is, a tuple in the order of `wrt`, or one array."""
    if isinstance(result, Mapping):
        return dict(result)
    if isinstance(result, (tuple, list)) and (len(wrt) > 1 or isinstance(result, tuple)):
        if len(result) != len(wrt):
            raise InputError(
                f"the hand derivative returns {len(result)} value{'s' * (len(result) != 1)}, "
                f"and there are {len(wrt)} arguments to derive by ({', '.join(wrt)})"
            )
        return dict(zip(wrt, result, strict=True))
    if len(wrt) == 1:
        return {wrt[0]: result}
    raise InputError(
        f"the hand derivative returns one {type(result).__name__}; "
        f"for {', '.join(wrt)} return a dictionary by name or a tuple in that order"
    )


@dataclass(frozen=True, eq=False)
class Case:
    """A function with its points and claims."""

    name: str
    function: Callable[..., Any]
    wrt: tuple[str, ...]
    points: tuple[Point, ...]
    claims: tuple[Claim, ...] = ()
    chains: tuple[Chain, ...] = ()
    """Derivations to be judged line by line."""
    expected: Mapping[str, Any] = field(default_factory=dict)
    """Printed numbers, as strings at the printed precision: "value", an argument's name (its derivative),
    or a name that `quantities` gives. A nested list for an array."""
    quantities: Callable[..., Mapping[str, Any]] | None = None
    """A function of the same arguments that gives further named values to hold against `expected`."""
    verdict: str = "agree"
    """What the check should say: a case that is meant to disagree passes by disagreeing."""
    because: str = ""
    """Why it is meant to."""
    quantity: Quantity = "gradient"
    source: str = ""
    tags: tuple[str, ...] = ()
    text: str = ""
    """The function as it was written: source lines, or the formula."""
    read_as: str = ""
    location: str = ""
    notes: tuple[str, ...] = ()
    around: float = 0.3
    """How far the random points lie from the given one, relative to its size."""
    family: Callable[[int], Mapping[str, Any]] | None = None
    """Of a case that can have any size n: the point of that size."""
    derivations: Mapping[str, str] = field(default_factory=dict)
    """Derivations as they are typed, by the argument derived by: `… = … = …`. The library reads them."""
    mistake: str = ""
    """Of a case that is meant to disagree: the kind of mistake that the check has to name by itself."""
    moved: tuple[str, ...] = ()
    """The arguments that the random points move besides those derived by: the symbols of a formula, which
    are meant to stand for any number."""

    @property
    def general_claims(self) -> list[Claim]:
        """What of the claims holds at every point."""
        return [claim for claim in map(Claim.general, self.claims) if claim is not None]


class Declared:
    """What `@case` makes of a function: still callable, with decorators for what belongs to it."""

    def __init__(self, made: Case) -> None:
        self.case = made
        self.__name__ = made.name
        self.__doc__ = made.function.__doc__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The function itself."""
        return self.case.function(*args, **kwargs)

    def hand(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Enter a hand-derived gradient as a claim."""
        self.case = replace(self.case, claims=(*self.case.claims, Claim(function, source_lines(function))))
        return function

    def derivation(self, by: Mapping[str, str] | None = None, /, **more: str) -> None:
        """Enter derivations, line by line, as they stand in a notebook, by the argument derived by:
        `w="∂L/∂w = … = …"`. The first member is what is derived, the last one is a claim.
        """
        self.case = replace(self.case, derivations={**self.case.derivations, **(by or {}), **more})

    def family(self, function: Callable[[int], Mapping[str, Any]]) -> Callable[[int], Mapping[str, Any]]:
        """Enter a function that gives a point of any size n: what makes the case a family, for `gradlab swell`."""
        self.case = replace(self.case, family=function)
        return function

    def shows(self, function: Callable[..., Mapping[str, Any]]) -> Callable[..., Mapping[str, Any]]:
        """Enter a function that gives further named values, which the source prints."""
        self.case = replace(self.case, quantities=function)
        return function


def case(
    at: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    *,
    wrt: str | Sequence[str] | None = None,
    name: str = "",
    source: str = "",
    tags: Sequence[str] = (),
    expected: Mapping[str, Any] | None = None,
    verdict: str = "agree",
    because: str = "",
    mistake: str = "",
    quantity: Quantity = "gradient",
    around: float = 0.3,
) -> Callable[[Callable[..., Any]], Declared]:
    """Declare a function of plain NumPy as a case.

    at: values for every argument; several dictionaries for several points. wrt: the arguments to
    derive by, all by default. expected: printed numbers as strings. verdict: what the check should
    say, with `because` as the reason, and `mistake` as the kind that it has to name by itself.
    quantity: "gradient" of a number, or "jacobian" of an array.

    Raises InputError where these don't fit the function.

    >>> @case(at=dict(x=2.0), source="a lecture")
    ... def cube(x):
    ...     return x**3
    >>> cube.case.name, cube.case.wrt, cube(3.0)
    ('cube', ('x',), 27.0)
    """
    points = [at] if isinstance(at, Mapping) else list(at)

    def declare(function: Callable[..., Any]) -> Declared:
        made = make_case(
            function,
            points,
            wrt=wrt,
            name=name or function.__name__.replace("_", "-"),
            source=source,
            tags=tuple(tags),
            expected=expected or {},
            verdict=verdict,
            because=because,
            mistake=mistake,
            quantity=quantity,
            around=around,
        )
        return Declared(made)

    return declare


def make_case(
    function: Callable[..., Any],
    at: Sequence[Mapping[str, Any]],
    *,
    wrt: str | Sequence[str] | None = None,
    name: str,
    **fields: Any,
) -> Case:
    """A Case, with its arguments, points and expectations checked. Raises InputError."""
    if not callable(function):
        raise InputError(
            f"{name}: the function is {type(function).__name__} {function!r:.60}, which can't be called"
        )
    if not at or not all(isinstance(point, Mapping) and point for point in at):
        raise InputError(f"{name}: a point is needed: a value for every argument, such as at={{'x': 2.0}}")
    names = list(at[0])
    chosen = [wrt] if isinstance(wrt, str) else list(names if wrt is None else wrt)
    unknown = [n for n in chosen if n not in names]
    if unknown:
        raise InputError(
            f"{name}: can't derive by {', '.join(map(repr, unknown))}: the arguments are {', '.join(names)}"
        )
    if not chosen:
        raise InputError(f"{name}: nothing to derive by: wrt is empty")
    verdict = fields.get("verdict", "agree")
    if verdict not in VERDICTS:
        raise InputError(f"{name}: verdict={verdict!r} is not one of {', '.join(VERDICTS)}")
    points = []
    notes = list(fields.pop("notes", ()))
    for values in at:
        _check_names(function, name, list(values))
        cleaned, said = clean_inputs(values, chosen if wrt is not None else None, name)
        notes += [note for note in said if note not in notes]
        points.append(Point(cleaned))
    if wrt is None:
        chosen = [n for n in names if is_real(points[0].inputs[n])]
        if not chosen:
            kinds = ", ".join(f"{n} is {type(points[0].inputs[n]).__name__}" for n in names)
            raise InputError(
                f"{name}: nothing to derive by: no argument is a number or an array of numbers ({kinds})"
            )
    location = fields.pop("location", "") or location_of(function)
    text = fields.pop("text", "") or source_lines(function)
    return Case(
        name=name,
        function=function,
        wrt=tuple(chosen),
        points=tuple(points),
        location=location,
        text=text,
        notes=tuple(notes),
        **fields,
    )


def is_real(value: Any) -> bool:
    """Whether a value can be derived by: a float or an array of floats."""
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def clean_inputs(
    values: Mapping[str, Any], wrt: Sequence[str] | None, where: str
) -> tuple[dict[str, Any], list[str]]:
    """A point's values as floats and arrays of floats, and what was done to them.

    An argument that is not derived by may be anything; what is derived by must be finite numbers.
    """
    cleaned: dict[str, Any] = {}
    notes = []
    for name, value in values.items():
        asked = wrt is None or name in wrt
        if isinstance(value, (list, tuple)) and value and np.asarray(value, dtype=object).dtype == object:
            try:
                value = np.array(value)
            except ValueError:
                raise InputError(
                    f"{where}: {name} is a ragged list: every row needs the same length"
                ) from None
        array = np.asarray(value)
        if wrt is None and array.dtype.kind in "bOUSV":
            asked = False
        if asked and array.dtype.kind == "c":
            raise InputError(f"{where}: {name} is complex, and derivatives here are by real numbers")
        if asked and array.dtype.kind not in "biuf":
            if isinstance(value, Mapping):
                raise InputError(
                    f"{where}: {name} is a dictionary, and a derivative is taken by numbers: give its parts as arguments, "
                    f"and f as lambda **{name}: f({name}, …)"
                )
            raise InputError(
                f"{where}: {name} is {type(value).__name__} {value!r:.40}, and a derivative is taken by numbers"
            )
        if asked and array.dtype.kind in "biu" and array.ndim:
            notes.append(f"{name}: integers converted to floats")
        if asked and not array.size:
            raise InputError(f"{where}: {name} is empty, so there is nothing to derive by")
        if asked and not np.all(np.isfinite(array)):
            raise InputError(
                f"{where}: {name} holds {'nan' if np.any(np.isnan(array)) else 'inf'}: a point must be finite"
            )
        if asked:
            cleaned[name] = (
                float(array)
                if array.ndim == 0
                else np.array(array, dtype=array.dtype if array.dtype.kind == "f" else np.float64)
            )
        elif array.dtype.kind == "f":
            cleaned[name] = float(array) if array.ndim == 0 else array
        else:
            cleaned[name] = value
    return cleaned, notes


def _check_names(function: Callable[..., Any], where: str, names: list[str]) -> None:
    """The point's names must be just the function's arguments."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return
    if any(p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) for p in parameters):
        return
    needed = [p.name for p in parameters if p.default is p.empty]
    known = [p.name for p in parameters]
    missing = [n for n in needed if n not in names]
    extra = [n for n in names if n not in known]
    by_position = all(p.kind is p.POSITIONAL_ONLY for p in parameters if p.default is p.empty)
    if by_position and missing and len(missing) == len(extra) == len(needed):
        return
    if missing:
        raise InputError(
            f"{where}: the point gives no value for {', '.join(missing)}; the arguments are {', '.join(known)}"
        )
    if extra:
        raise InputError(
            f"{where}: the point gives {', '.join(extra)}, which is not an argument; the arguments are {', '.join(known)}"
        )


def argument_names(function: Callable[..., Any]) -> list[str]:
    """The names of a function's arguments, as far as it tells."""
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return []


def caller(function: Callable[..., Any], names: Sequence[str]) -> Callable[[Mapping[str, Any]], Any]:
    """How to call a function with a point's values: in order where its parameters are those names in that
    order (jax.grad's functions take them so alone), by name where it has them otherwise, else in order.
    """
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return lambda inputs: function(*inputs.values())
    kinds = [p.kind for p in parameters.values()]
    if inspect.Parameter.VAR_KEYWORD in kinds:
        return lambda inputs: function(**inputs)
    if list(parameters) == list(names) and inspect.Parameter.KEYWORD_ONLY not in kinds:
        return lambda inputs: function(*(inputs[n] for n in names))
    named = [
        n for n in names if n in parameters and parameters[n].kind is not inspect.Parameter.POSITIONAL_ONLY
    ]
    if len(named) == len(names):
        return lambda inputs: function(**inputs)
    if named:
        return lambda inputs: function(**{n: inputs[n] for n in named})
    return lambda inputs: function(*inputs.values())


def call(function: Callable[..., Any], inputs: Mapping[str, Any]) -> Any:
    """The function at the inputs."""
    return caller(function, list(inputs))(inputs)


def source_lines(function: Callable[..., Any]) -> str:
    """The function's own source, without decorators and docstring; "" where there is none."""
    try:
        lines = textwrap.dedent(inspect.getsource(inspect.unwrap(function))).rstrip().splitlines()
    except (OSError, TypeError):
        return ""
    start = next((i for i, line in enumerate(lines) if line.startswith("def ")), 0)
    return "\n".join(_without_docstring(lines[start:]))


def _without_docstring(lines: list[str]) -> list[str]:
    first = lines[1].lstrip() if len(lines) > 1 else ""
    quotes = next((q for q in ('"""', "'''") if first.removeprefix("r").startswith(q)), None)
    if quotes is None:
        return lines
    end = 1 if first.count(quotes) > 1 else next(i for i in range(2, len(lines)) if quotes in lines[i])
    return [lines[0], *lines[end + 1 :]]


def location_of(function: Callable[..., Any]) -> str:
    """file:line of a Python function."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return f"{shown_path(code.co_filename)}:{code.co_firstlineno}" if code is not None else ""
