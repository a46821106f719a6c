"""A process and its descendants: how many there are, what memory they hold, and their end.

By Linux's /proc and prctl; elsewhere a process group is all that can be reached.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 1, 36
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_PATIENCE = 10.0
"""Seconds in which all that was killed should be gone."""


@dataclass(frozen=True)
class Size:
    """What a process and its descendants take."""

    processes: int
    memory: int
    """Bytes that are resident and of no file, those of before a fork once for each process; 0 where it is not
    known."""
    address_space: int
    """Bytes, of the process itself."""


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent dies."""
    _prctl(_SET_CHILD_SUBREAPER, 1)


def die_with_parent(parent: int) -> None:
    """Be killed when the parent dies, also if it has died already."""
    _prctl(_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def size_of(process: int) -> Size:
    """The size of a process with its descendants."""
    everyone = [process, *_descendants(process)]
    memory = [_pages(one) for one in everyone]
    return Size(len(everyone), sum(own for _, own in memory) * _PAGE, memory[0][0] * _PAGE)


def threads_of_user() -> int:
    """How many threads this process's user has, which is what Linux limits."""
    count, user = 0, os.getuid()
    for name in os.listdir("/proc") if sys.platform == "linux" else ():  # noqa: PTH208
        with suppress(OSError):
            if name.isdigit() and Path(f"/proc/{name}").stat().st_uid == user:
                count += len(os.listdir(f"/proc/{name}/task"))  # noqa: PTH208
    return count


def kill_all(worker: int) -> None:
    """Kill a child's process group and all that became ours, and wait for their end."""
    deadline = time.monotonic() + _PATIENCE
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(worker, signal.SIGKILL)
    while time.monotonic() < deadline:
        for one in _descendants(os.getpid()):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(one, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return  # no child is left
        time.sleep(0.001)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _descendants(process: int) -> Iterator[int]:
    """Its children, their children, and so on, as far as this can be seen."""
    waiting = [process]
    seen = {process}
    while waiting:
        for tasks in _quietly(waiting.pop()):
            for child in tasks:
                if child not in seen:
                    seen.add(child)
                    waiting.append(child)
                    yield child


def _quietly(process: int) -> Iterator[list[int]]:
    """The children of each thread of a process that may be gone."""
    try:
        threads = os.listdir(f"/proc/{process}/task")  # noqa: PTH208 (many, and often)
    except OSError:
        return
    for thread in threads:
        with suppress(OSError):
            text = Path(f"/proc/{process}/task/{thread}/children").read_text(encoding="ascii")
            yield [int(word) for word in text.split()]


def _pages(process: int) -> tuple[int, int]:
    """(address space, resident and of no file) of a process, in pages."""
    try:
        words = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0, 0
    return (int(words[0]), int(words[1]) - int(words[2])) if len(words) > 2 else (0, 0)
