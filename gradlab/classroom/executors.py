"""Where work is done: in processes of this machine, or by a dask cluster, both as `concurrent.futures`.

`all_done` puts tasks through an executor and loses none of them: if a process of a pool is killed, which
breaks the pool, the tasks that it may have been at are tried again alone, and one that breaks its pool again
is told apart from the others.
"""

from __future__ import annotations

import importlib
import multiprocessing
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from gradlab.cases import InputError

Found = TypeVar("Found")
Given = TypeVar("Given")

_DASK = re.compile(r"dask://(?P<address>[^\s/@]+:\d+)")
_REACHED_WITHIN = 10
"""Seconds to reach a scheduler."""


class Lost(Exception):
    """What a task ended in that took its process with it; the message is half a sentence."""


@dataclass(frozen=True)
class Place:
    """Where to work: opened once for all tasks, and again after it broke."""

    open: Callable[[int], Any]
    """A context manager of an Executor, with so many workers (as far as that is ours to say)."""
    workers: int
    kept: bool = False
    """Whether a broken one mends itself, so that a lost task is lost for good."""


def processes(workers: int, prepare: Callable[[], None] = lambda: None) -> Place:
    """Processes of this machine, forked from this one with all that it has loaded."""

    @contextmanager
    def pool(wanted: int) -> Iterator[Executor]:
        before = set(multiprocessing.active_children())
        executor = ProcessPoolExecutor(wanted, multiprocessing.get_context("fork"), _begin, (prepare,))
        try:
            yield executor
        except BaseException:
            # A worker waits for what it is at; its guard ends the rest when the worker is gone.
            for child in set(multiprocessing.active_children()) - before:
                child.terminate()
            executor.shutdown(wait=True, cancel_futures=True)
            raise
        executor.shutdown(wait=True)

    return Place(pool, workers)


def cluster(target: str) -> Place:
    """A dask cluster by the address of its scheduler, `dask://HOST:PORT`.

    Raises InputError where that is no address, or distributed is not installed.
    """
    match = _DASK.fullmatch(target)
    if match is None:
        raise InputError(f"--executor {target!r} is no place to work: write dask://HOST:PORT")
    try:
        dask: Any = importlib.import_module("distributed")
    except ImportError:
        raise InputError(
            "--executor dask://… needs distributed, which is not installed: pip install 'gradlab[dask]'"
        ) from None

    @contextmanager
    def client(wanted: int) -> Iterator[Executor]:
        address = f"tcp://{match['address']}"
        try:
            connected = dask.Client(address, timeout=_REACHED_WITHIN, set_as_default=False)
        except OSError:
            raise InputError(f"no dask scheduler answers at {match['address']}") from None
        with connected:
            # Not pure: two tasks alike are two tasks. A task whose worker dies is given to another one.
            yield connected.get_executor(pure=False)

    return Place(client, 1, kept=True)


def all_done(
    place: Place, work: Callable[[Given], Found], tasks: Sequence[Given]
) -> Iterator[tuple[int, Found | Lost]]:
    """(number of the task, its result) as they are finished, each of them once.

    Lost stands for the result of a task that ended the process it was done in, twice.
    """
    left = dict(enumerate(tasks))
    suspects: list[int] = []
    while left:
        alone = suspects.pop(0) if suspects else None
        numbers = list(left) if alone is None else [alone]
        broken = False
        with place.open(place.workers if alone is None else 1) as executor:
            numbered: dict[Future[Found], int] = {executor.submit(work, left[n]): n for n in numbers}
            for future in as_completed(numbered):
                try:
                    found: Found | Lost = future.result()
                except BrokenExecutor:
                    broken = True
                    continue
                except Exception as error:
                    if not place.kept:
                        raise
                    if not _is_lost(error):
                        raise InputError(
                            f"the cluster could not do the work: {type(error).__name__}: {error}"
                        ) from error
                    found = Lost("it ended the processes that checked it")
                del left[numbered[future]]
                yield numbered[future], found
        if broken and alone is not None:
            del left[alone]
            yield alone, Lost("it ended the process that checked it")
        elif broken:
            suspects = list(left)[
                : 2 * place.workers + 2
            ]  # those that were handed out, first come first served


def _is_lost(error: Exception) -> bool:
    """Whether a cluster gave a task up because its workers died."""
    return type(error).__name__ == "KilledWorker"


def _begin(prepare: Callable[[], None]) -> None:
    """What a process of the pool does first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the main process's to handle
    prepare()
