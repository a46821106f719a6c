"""The process that works: it gives away what it could harm, limits itself as far as the kernel can, and works.

What it sends are frames: a length, a letter for what it is, and the content.
"""

from __future__ import annotations

import multiprocessing
import os
import struct
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from gradlab.worker.family import die_with_parent, size_of, threads_of_user

Send = Callable[[bytes], None]
Work = Callable[[Send], object]
"""Sends its results, one by one, as bytes; what it has sent counts, however it ends."""

LENGTH = struct.Struct("<Q")
PART, END, RAISED, MEMORY = b"+", b".", b"!", b"m"
"""A result; and the ways in which the work ends by itself."""
_SLACK = 256
"""Threads that the user's other programs may start meanwhile."""


@dataclass(frozen=True)
class Limits:
    """What a piece of work may take, with all that it starts."""

    seconds: float = 60.0
    """By the clock."""
    memory: int = 1 << 30
    """Bytes, beyond what this process has when it begins."""
    processes: int = 32
    """At once."""
    file: int = 64 << 20
    """Bytes of one file that it writes."""
    result: int = 64 << 20
    """Bytes that it sends."""


def frame(content: bytes) -> bytes:
    """The content as one frame."""
    return LENGTH.pack(len(content)) + content


def do(work: Work, limits: Limits, results: int, prints: int, guard: int) -> None:
    """What the process that works does: give away what it could harm, then work."""
    os.setsid()
    die_with_parent(guard)
    results, prints = _alone_with(results, prints)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 (it stays open)
    sys.stdout = sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
    multiprocessing.current_process().daemon = False  # it may run steps in processes of their own
    _limit(limits)

    def send(content: bytes) -> None:
        _write_all(results, frame(content))

    try:
        work(lambda content: send(PART + content))
        ending = END
    except MemoryError:
        ending = MEMORY
    except BaseException:
        traceback.print_exc()
        ending = RAISED
    send(ending)
    os._exit(0)


def _alone_with(results: int, prints: int) -> tuple[int, int]:
    """Close every file but these two: they become 3 and 1; 2 is what is printed, and 0 is empty."""
    kept = os.dup(results), os.dup(prints)
    empty = os.open(os.devnull, os.O_RDONLY)
    high = [os.dup2(fd, 100 + i) for i, fd in enumerate((empty, *kept))]
    os.dup2(high[0], 0)
    os.dup2(high[2], 1)
    os.dup2(high[2], 2)
    os.dup2(high[1], 3, inheritable=False)
    os.closerange(4, os.sysconf("SC_OPEN_MAX"))
    return 3, 1


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _limit(limits: Limits) -> None:
    """What the kernel can see to by itself; the guard looks after the rest, and the sum."""
    import resource

    own = size_of(os.getpid())
    wanted = {
        "RLIMIT_AS": own.address_space + limits.memory,
        "RLIMIT_FSIZE": limits.file,
        "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": 256,
    }
    if os.geteuid() != 0:  # root is not held to it
        wanted["RLIMIT_NPROC"] = threads_of_user() + limits.processes + _SLACK
    for name, value in wanted.items():
        kind = getattr(resource, name, None)
        if kind is None or (name == "RLIMIT_AS" and not own.address_space):
            continue
        hard = resource.getrlimit(kind)[1]
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (most, most))
        except (OSError, ValueError):  # a platform that has the name alone
            continue
