"""Running what may hang: in a forked process that is killed when a step exceeds its budget.

The process says which step it begins; one that does not end in time is skipped, with the reason,
in a second try. Where a platform can't fork, or no budget is set, it runs in this process.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stdout
from multiprocessing.connection import Connection
from typing import Any

Begin = Callable[[str], None]
Job = Callable[[Begin, dict[str, str]], Any]
"""(begin, skip) -> result: `begin(step)` before each step; steps in `skip` are not run."""


class Crashed(Exception):
    """The process died; the message says how."""


class InternalError(Exception):
    """gradlab itself failed; the message holds the traceback."""


def run(job: Job, budget: float | None) -> Any:
    """The job's result, no step of it longer than `budget` seconds.

    Raises Crashed where the process dies, InternalError where the job raises.
    """
    if budget is None or "fork" not in multiprocessing.get_all_start_methods():
        with redirect_stdout(sys.stderr):
            return job(lambda step: None, {})
    skip: dict[str, str] = {}
    while True:
        finished, outcome = _attempt(job, skip, budget)
        if finished:
            return outcome
        if outcome in skip:
            raise Crashed(f"{outcome or 'it'} does not end, not even when skipped")
        skip[outcome] = f"gave up after {budget:g} s"


def _attempt(job: Job, skip: dict[str, str], budget: float) -> tuple[bool, Any]:
    """(True, the result), or (False, the step that took too long)."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    sys.stdout.flush()
    sys.stderr.flush()
    process = context.Process(target=_child, args=(job, skip, theirs, ours), daemon=True)
    process.start()
    theirs.close()
    step = ""
    try:
        while True:
            if not ours.poll(budget):
                return False, step
            kind, content = ours.recv()
            if kind == "begin":
                step = content
            elif kind == "done":
                return True, content
            else:
                raise InternalError(content)
    except EOFError:
        process.join()
        code = process.exitcode or 0
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        raise Crashed(f"Python {how} in {step or 'the function'}") from None
    finally:
        process.kill()
        process.join()
        ours.close()


def _child(job: Job, skip: dict[str, str], out: Connection, unused: Connection) -> None:
    """What the forked process does. What the user's function prints goes to stderr."""
    unused.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    os.dup2(2, 1)
    try:
        result = job(lambda step: out.send(("begin", step)), skip)
        message = pickle.dumps(("done", result))
    except BaseException:
        message = pickle.dumps(("failed", traceback.format_exc()))
    out.send_bytes(message)
    out.close()
    os._exit(0)
