"""Running what may hang: in a forked process that is killed when a step exceeds its budget.

The process says which step it begins; one that does not end in time is skipped, with the reason,
in a second try. Where a platform can't fork, or no budget is set, it runs in this process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

Begin = Callable[[str], None]
Job = Callable[[Begin, dict[str, str]], Any]
"""(begin, skip) -> result: `begin(step)` before each step; steps in `skip` are not run."""


class Crashed(Exception):
    """The process died; the message says how."""


class InternalError(Exception):
    """gradlab itself failed; the message holds the traceback."""


def run_each(jobs: Sequence[Job], budget: float | None) -> Iterator[Any]:
    """Every job's result in order, no step of any longer than `budget` seconds. A job that fails gives
    an exception in place of a result: Crashed where its process died, InternalError where it raised.
    """
    if budget is None or "fork" not in multiprocessing.get_all_start_methods():
        for job in jobs:
            with redirect_stdout(sys.stderr):
                result = job(lambda step: None, {})
            yield result
        return
    skips: list[dict[str, str]] = [{} for _ in jobs]
    done = 0
    while done < len(jobs):
        for outcome in _one_process(jobs, skips, done, budget):
            if not isinstance(outcome, _Overrun):
                done += 1
                yield outcome
            elif outcome.step in skips[done]:
                done += 1
                yield Crashed(f"{outcome.step or 'it'} does not end, not even when skipped")
            else:
                skips[done][outcome.step] = f"gave up after {budget:g} s"


@dataclass(frozen=True)
class _Overrun:
    """The job under way did not end this step in time."""

    step: str


def _one_process(
    jobs: Sequence[Job], skips: Sequence[dict[str, str]], first: int, budget: float
) -> Iterator[Any]:
    """What one forked process has to say of the jobs from `first` on, until it ends, dies or overruns."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    sys.stdout.flush()
    sys.stderr.flush()
    process = context.Process(target=_child, args=(jobs[first:], skips[first:], theirs, ours), daemon=True)
    process.start()
    theirs.close()
    step = ""
    try:
        for _ in jobs[first:]:
            while True:
                if not ours.poll(budget):
                    yield _Overrun(step)
                    return
                kind, content = ours.recv()
                if kind != "begin":
                    break
                step = content
            if kind == "full":
                yield Crashed(f"no memory is left for {step or 'it'}")
            else:
                yield content if kind == "done" else InternalError(content)
    except KeyboardInterrupt:
        while ours.poll(0):  # what was done before it
            kind, content = ours.recv()
            if kind == "done":
                yield content
        raise
    except EOFError:
        process.join()
        code = process.exitcode or 0
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        yield Crashed(f"Python {how} in {step or 'the function'}")
    finally:
        process.kill()
        process.join()
        ours.close()


def _child(jobs: Sequence[Job], skips: Sequence[dict[str, str]], out: Connection, unused: Connection) -> None:
    """What the forked process does. What the user's function prints goes to stderr."""
    unused.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    for job, skip in zip(jobs, skips, strict=True):
        try:
            message = ("done", job(lambda step: out.send(("begin", step)), skip))
        except MemoryError:
            message = ("full", "")
        except BaseException:
            message = ("failed", traceback.format_exc())
        out.send(message)
    out.close()
    os._exit(0)
