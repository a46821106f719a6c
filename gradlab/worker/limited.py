"""Running what may do anything: in a forked process with limits, killed with all that it started.

Two processes are forked. The *guard* is ours: it watches the clock, the memory and the number of processes,
takes what the *work* sends, and kills it and its descendants, also those that left its process group
(on Linux they become the guard's children when their parents die). The work sees none of the caller's open
files. What it sends is bytes, and never unpickled.

This keeps one piece of work from harming the others by accident or by mischief. It is no sandbox: the work
has its user's rights to files and network.
"""

from __future__ import annotations

import multiprocessing
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn

from gradlab.worker.confined import END, LENGTH, MEMORY, PART, RAISED, Limits, Work, do, frame
from gradlab.worker.family import adopt_orphans, kill_all, size_of

LOOK = 0.05
"""Seconds between two looks at memory and processes."""
KEPT = 20_000
"""Bytes of what the work prints that are kept: the last ones."""
_CHUNK = 1 << 16
_PATIENCE = 1.0
"""Seconds in which a process that says no more should have ended."""


@dataclass(frozen=True)
class Ended:
    """How a piece of work ended, and what it had sent by then."""

    parts: tuple[bytes, ...]
    failure: str = ""
    """Why it did not come to its end, as half a sentence: `it took more than 60 s`."""
    raised: bool = False
    """Whether it ended in an exception, whose traceback is the end of `printed`."""
    printed: str = ""
    """The last that it printed, as it came."""


def can_fork() -> bool:
    """Whether work can be limited here at all."""
    return hasattr(os, "fork") and "fork" in multiprocessing.get_all_start_methods()


def run_limited(work: Work, limits: Limits) -> Ended:
    """Run a piece of work in a process of its own, and wait for its end or its limits.

    It may be called in several threads at once. An interrupt ends the work too, and is raised.

    >>> run_limited(lambda send: send(b"done"), Limits())
    Ended(parts=(b'done',), failure='', raised=False, printed='')
    >>> import os
    >>> run_limited(lambda send: os._exit(3), Limits()).failure
    'it ended Python with exit code 3'
    """
    ours, theirs = os.pipe()
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    guard = os.fork()
    if guard == 0:
        _only(lambda: _guard(work, limits, theirs, parent))
    os.close(theirs)
    try:
        told = b"".join(iter(lambda: os.read(ours, _CHUNK), b""))
    except BaseException:
        os.kill(guard, signal.SIGTERM)
        raise
    finally:
        os.close(ours)
        os.waitpid(guard, 0)
    try:
        failure, raised, printed, *parts = _frames(told)
    except ValueError:
        return Ended((), "it ended the process that watches it")
    return Ended(tuple(parts), failure.decode(), bool(raised), printed.decode("utf-8", "replace"))


def _only(body: Callable[[], None]) -> NoReturn:
    """Run this in a forked process, and nothing else: no clean-up of the parent's."""
    try:
        body()
    except SystemExit:
        pass
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _frames(data: bytes) -> Iterator[bytes]:
    """The frames of a whole message. Raises ValueError where it is cut off."""
    place = 0
    while place < len(data):
        if len(data) < place + LENGTH.size:
            raise ValueError("cut off")
        (length,) = LENGTH.unpack_from(data, place)
        place += LENGTH.size + length
        if len(data) < place:
            raise ValueError("cut off")
        yield data[place - length : place]


# The guard


def _guard(work: Work, limits: Limits, out: int, parent: int) -> None:
    """Start the work, watch it, kill what is left of it, and tell."""
    os.setsid()  # Ctrl-C is the caller's to handle
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    adopt_orphans()
    results, results_in = os.pipe()
    prints, prints_in = os.pipe()
    guard = os.getpid()
    before = size_of(guard).memory  # with no descendant yet
    worker = os.fork()
    if worker == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _only(lambda: do(work, limits, results_in, prints_in, guard))
    os.close(results_in)
    os.close(prints_in)
    watch = _Watch(limits, worker, before, results, prints)
    try:
        failure = watch.until_the_end(parent)
    finally:
        kill_all(worker)  # its group, and what it left
    parts, raised = watch.parts, watch.raised
    message = b"".join(
        map(frame, (failure.encode(), b"1" if raised else b"", bytes(watch.printed[-KEPT:]), *parts))
    )
    with open(out, "wb") as pipe:
        pipe.write(message)
    os._exit(0)


class _Watch:
    """What the guard has seen of the work so far."""

    def __init__(self, limits: Limits, worker: int, before: int, results: int, prints: int) -> None:
        self._limits, self._worker, self._before = limits, worker, before
        self._results, self._prints = results, prints
        self._status: int | None = None
        self._coming = bytearray()
        self._received = 0
        self._ending = b""
        self.parts: list[bytes] = []
        self.printed = bytearray()
        self.raised = False

    def until_the_end(self, parent: int) -> str:
        """Why the work did not come to its end; "" where it did."""
        deadline = time.monotonic() + self._limits.seconds
        next_look = time.monotonic()
        open_pipes = {self._results, self._prints}
        while self._results in open_pipes:
            for pipe in select.select(open_pipes, [], [], LOOK)[0]:
                data = os.read(pipe, _CHUNK)
                if not data:
                    open_pipes.discard(pipe)
                elif pipe == self._prints:
                    self.printed = (self.printed + data)[-KEPT:]
                else:
                    self._take(data)
            if self._ending:
                break
            if self._received > self._limits.result:
                return f"what it has to say is longer than {_megabytes(self._limits.result)}"
            now = time.monotonic()
            if now >= next_look:
                next_look = now + LOOK
                if now > deadline:
                    return f"it took more than {self._limits.seconds:g} s"
                if os.getppid() != parent:
                    sys.exit()  # nobody is there to be told
                excess = self._excess()
                if excess:
                    return excess
                if self._has_died():
                    self._drain()
                    break
        return self._how_it_ended()

    def _take(self, data: bytes) -> None:
        """Take what was sent apart into its frames."""
        self._coming += data
        self._received += len(data)
        while len(self._coming) >= LENGTH.size and not self._ending:
            (length,) = LENGTH.unpack_from(self._coming)
            if len(self._coming) < LENGTH.size + length or not length:
                return
            content = bytes(self._coming[LENGTH.size : LENGTH.size + length])
            del self._coming[: LENGTH.size + length]
            if content[:1] == PART:
                self.parts.append(content[1:])
            else:
                self._ending = content[:1]

    def _drain(self) -> None:
        """What a dead process left in its pipes, which a child of it may hold open."""
        for pipe in (self._results, self._prints):
            os.set_blocking(pipe, False)
            try:
                data = os.read(pipe, 1 << 20)
            except BlockingIOError:
                continue
            if pipe == self._results:
                self._take(data)
            else:
                self.printed = (self.printed + data)[-KEPT:]

    def _excess(self) -> str:
        family = size_of(self._worker)
        if family.processes > self._limits.processes:
            return f"it started more than {self._limits.processes} processes"
        if family.memory - family.processes * self._before > self._limits.memory:
            return f"it needed more than {_megabytes(self._limits.memory)} of memory"
        return ""

    def _has_died(self) -> bool:
        if self._status is None:
            process, status = os.waitpid(self._worker, os.WNOHANG)
            self._status = status if process else None
        return self._status is not None

    def _how_it_ended(self) -> str:
        if self._ending == END:
            return ""
        if self._ending == RAISED:
            self._drain()
            self.raised = True
            return "it raised an exception"
        if self._ending == MEMORY:
            return f"it needed more than {_megabytes(self._limits.memory)} of memory"
        patience = time.monotonic() + _PATIENCE
        while not self._has_died() and time.monotonic() < patience:
            time.sleep(LOOK / 10)
        if self._status is None:
            return "it closed the files of the process it runs in"
        code = os.waitstatus_to_exitcode(self._status)
        if code >= 0:
            return f"it ended Python with exit code {code}"
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"Python crashed ({name})"


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MB"
