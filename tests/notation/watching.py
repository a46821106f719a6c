"""What the interpreter is made to do while a text is read (PEP 578): nothing is compiled, run, imported or opened."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

HARMLESS = frozenset({"sys._getframe", "object.__getattr__", "builtins.id"})
"""Events of plain computing: a look at the stack, at an attribute, at an identity."""

_watchers: list[list[str]] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _watchers and event not in HARMLESS:
        _watchers[-1].append(f"{event} {arguments!r}"[:200])


@functools.cache
def _hook_once() -> None:
    sys.addaudithook(_hear)  # for good: a hook can't be taken away


@contextmanager
def watched() -> Iterator[list[str]]:
    """The events within the block, that are not `HARMLESS`, as they come."""
    _hook_once()
    events: list[str] = []
    _watchers.append(events)
    try:
        yield events
    finally:
        _watchers.remove(events)
