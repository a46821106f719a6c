"""What the user's code calls its intermediate quantities: `trace_with_names`.

While the function is traced, `sys.settrace` follows the frames of its file. A local variable that becomes a tracer
gives its slot the variable's name.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import count
from types import FrameType
from typing import Any

from gradlab.engine.program import Program
from gradlab.engine.trace import Tape, Tracer, is_notation, is_ours, record

_Follow = Callable[[FrameType, str, Any], Any]
_UNDERSCORES = re.compile(r"_+(?=[0-9]+$)")


def trace_with_names(
    function: Callable[..., Any],
    primals: Sequence[Any],
    *,
    names: Sequence[str] = (),
    watch: Callable[..., Any] | None = None,
    locate: bool = False,
) -> tuple[Program, Any, dict[int, str]]:
    """What `trace` returns, and the names of slots: of the inputs, and of what the code gives a name to.

    names: of the inputs; by default what the function calls them. watch: the user's own function, if `function` only
    calls it; code of its file is followed. A variable that is bound again and again gives x, x_2, x_3, …; the first
    name of a quantity stays, and a quantity without a name is left out. Names are those of the code: `y_hat`, `lam`.

    Raises TraceError where the function can't be traced.

    >>> def loss(w, x):
    ...     z = w * x
    ...     for _ in range(2):
    ...         z = z + 1
    ...     return z**2
    >>> program, result, names = trace_with_names(loss, [2.0, 3.0])
    >>> list(names.values()), result
    (['w', 'x', 'z', 'z_2', 'z_3'], 64.0)
    """
    tape = Tape(locate)
    tape.names = dict(enumerate(names[: len(primals)]))
    file = _file_of(function if watch is None else watch)
    with _following(file, _Namer(tape)) if file else nullcontext():
        program, result = record(tape, function, primals)
    return program, result, tape.names


class _Namer:
    """Gives names to the tracers of one tape among the local variables of frames."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.names: dict[int, str] = {} if tape.names is None else tape.names
        self.taken = set(map(_spelled, self.names.values()))
        self.next: dict[str, Iterator[int]] = {}

    def look(self, frame: FrameType) -> None:  # pragma: no cover (what traces is not traced itself)
        """Name what a frame's variables have become since it was last looked at."""
        for name, value in frame.f_locals.items():
            ours = value.__class__ is Tracer and value.tape is self.tape
            if ours and value.slot not in self.names and name.strip("_"):
                self.names[value.slot] = self._free(name)

    def _free(self, name: str) -> str:  # pragma: no cover (likewise)
        free = name
        while _spelled(free) in self.taken:
            free = f"{name}_{next(self.next.setdefault(name, count(2)))}"
        self.taken.add(_spelled(free))
        return free


def _spelled(name: str) -> str:
    """x_2 and x2 are one name to a reader."""
    return _UNDERSCORES.sub("", name)


def _file_of(function: Callable[..., Any]) -> str:
    """The file of a function's own code; "" for what has none, and for a formula: it names its quantities itself."""
    while hasattr(function, "func"):  # functools.partial
        function = function.func
    function = inspect.unwrap(function)
    code = getattr(function, "__code__", None) or getattr(type(function).__call__, "__code__", None)
    file = code.co_filename if code is not None else ""
    return "" if is_ours(file) or is_notation(file) else file


@contextmanager
def _following(file: str, namer: _Namer) -> Iterator[None]:
    """Look at the frames of a file while they run. A debugger or a coverage measurement rests meanwhile: two can't
    follow at once without putting themselves in each other's place.
    """

    def follow(frame: FrameType, event: str, argument: Any) -> _Follow | None:  # pragma: no cover
        return look if frame.f_code.co_filename == file else None

    def look(frame: FrameType, event: str, argument: Any) -> _Follow:  # pragma: no cover
        if event in ("line", "return"):
            namer.look(frame)
        return look

    before: Any = sys.gettrace()
    sys.settrace(follow)
    try:
        yield
    finally:
        sys.settrace(before)
