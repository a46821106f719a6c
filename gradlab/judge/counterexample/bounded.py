"""A call that is given up after so many lines of Python: a count, so that every machine has the same limit."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

import gradlab.engine

OURS = tuple(str(Path(str(module.__file__)).parent) for module in (gradlab.engine, np))
"""Not counted: what a function costs while it is traced is not its own."""


class TooLong(BaseException):
    """The call runs more lines than it may. No Exception, because a function may catch all of those."""


def lines_run(call: Callable[[], Any], most: float) -> tuple[Any, int]:
    """(the result of a call, how many lines of Python it ran), with the lines of what it calls. Raises
    TooLong after `most` of them, and what the call itself raises.

    >>> lines_run(lambda: 7, 100)[0]
    7
    >>> def hangs():
    ...     while True:
    ...         pass
    >>> lines_run(hangs, 100)
    Traceback (most recent call last):
    gradlab.judge.counterexample.bounded.TooLong
    """
    lines = 0

    def follow(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal lines
        if event == "call" and frame.f_code.co_filename.startswith(OURS):
            return None
        lines += 1
        if lines > most:
            raise TooLong
        return follow

    before = sys.gettrace()  # a debugger's, or that of a coverage measurement
    sys.settrace(follow)
    try:
        result = call()
    finally:
        sys.settrace(before)
    return result, lines


def bounded(function: Callable[..., Any], most: float) -> Callable[..., Any]:
    """The function, with every call given up after so many lines: it raises TooLong then."""

    @wraps(function)
    def limited(*args: Any, **kwargs: Any) -> Any:
        return lines_run(lambda: function(*args, **kwargs), most)[0]

    return limited
