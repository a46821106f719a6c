"""Work that may do anything does it to itself alone: it is stopped, told, and nothing of it is left."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

from gradlab.worker import Ended, Limits, Send, run_limited

SOON = Limits(seconds=0.5, memory=256 << 20, file=1 << 20, result=1 << 20)
"""Work that ends at all takes a hundredth of the time."""
PATIENT = Limits(memory=256 << 20, file=1 << 20, result=1 << 20)
"""Where another limit than that of time is to be met."""


def forever(*anything: Any) -> NoReturn:
    while True:
        pass


def fork_bomb(send: Send) -> None:
    while True:
        os.fork()


def eat(send: Send) -> None:
    kept = []
    while True:
        kept.append(np.ones(1 << 20))


def eat_in_many(send: Send) -> None:
    for _ in range(8):
        if os.fork() == 0:
            kept = np.ones((64 << 20) // 8)
            forever(kept)
    forever()


def print_on(send: Send) -> None:
    while True:
        print("x" * 1000)  # noqa: T201


def talk_on(send: Send) -> None:
    while True:
        send(b"x" * 10_000)


def fill_the_disk(send: Send) -> None:
    with Path(os.devnull).open("wb"), open("/tmp/gradlab-big", "wb") as file:  # noqa: PTH123, S108
        Path("/tmp/gradlab-big").unlink()  # noqa: S108
        while True:
            file.write(b"x" * 1_000_000)


def close_everything(send: Send) -> None:
    os.closerange(0, 1000)
    forever()


STOPPED: dict[str, tuple[Callable[[Send], Any], Limits, str]] = {
    "hangs": (forever, SOON, "it took more than 0.5 s"),
    "prints on": (print_on, SOON, "it took more than 0.5 s"),
    "exits at once": (lambda send: os._exit(0), PATIENT, "it ended Python with exit code 0"),
    "crashes": (lambda send: ctypes.string_at(0), PATIENT, "Python crashed (SIGSEGV)"),
    "kills itself": (lambda send: os.kill(os.getpid(), 9), PATIENT, "Python crashed (SIGKILL)"),
    "kills its guard": (
        lambda send: (os.kill(os.getppid(), signal.SIGKILL), forever()),  # type: ignore[func-returns-value]
        PATIENT,
        "it ended the process that watches it",
    ),
    "forks on": (fork_bomb, PATIENT, "it started more than 32 processes"),
    "eats memory": (eat, PATIENT, "it needed more than 256 MB of memory"),
    "eats memory in many processes": (eat_in_many, PATIENT, "it needed more than 256 MB of memory"),
    "sends on": (talk_on, PATIENT, "what it has to say is longer than 1 MB"),
    "fills the disk": (fill_the_disk, PATIENT, "it raised an exception"),
    "exits": (lambda send: sys.exit("done"), PATIENT, "it raised an exception"),
    "closes its files": (close_everything, PATIENT, "it closed the files of the process it runs in"),
}


@pytest.mark.parametrize(("work", "limits", "told"), STOPPED.values(), ids=STOPPED)
def test_what_goes_wrong_is_told_and_the_next_is_done(
    work: Callable[[Send], Any], limits: Limits, told: str
) -> None:
    assert run_limited(work, limits).failure == told
    assert run_limited(lambda send: send(b"fine"), limits) == Ended((b"fine",))


def test_what_was_sent_before_it_was_stopped_is_kept() -> None:
    def work(send: Send) -> None:
        send(b"first")
        send(b"")
        forever()

    assert run_limited(work, SOON).parts == (b"first", b"")


def test_an_exception_comes_with_its_traceback() -> None:
    ended = run_limited(lambda send: 1 / 0, PATIENT)
    assert ended.raised
    assert ended.printed.rstrip().endswith("ZeroDivisionError: division by zero")


def test_of_what_is_printed_the_end_is_kept(capfd: pytest.CaptureFixture[str]) -> None:
    def work(send: Send) -> None:
        print("a" * 100_000)  # noqa: T201
        os.write(2, b"the end")
        raise ValueError

    printed = run_limited(work, PATIENT).printed
    assert "the end" in printed
    assert len(printed) <= 20_000
    assert capfd.readouterr() == ("", "")


def test_large_results_arrive_whole_and_in_order() -> None:
    parts = tuple(bytes([n]) * 200_000 for n in range(5))
    assert run_limited(lambda send: deque(map(send, parts), 0), PATIENT).parts == parts


def test_nothing_that_it_started_is_left(tmp_path: Path) -> None:
    """Not even a process that left its session and whose parent has ended."""
    pids = tmp_path / "pids"

    def work(send: Send) -> None:
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                pids.write_text(str(os.getpid()))
                send(b"begun")
                forever()
            os._exit(0)
        os.wait()
        while not pids.exists() or not pids.read_text():
            pass

    assert run_limited(work, PATIENT).failure == ""
    with pytest.raises(ProcessLookupError):
        os.kill(int(pids.read_text()), 0)


def test_it_sees_none_of_the_files_that_are_open_here(tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w+b") as file:
        file.write(b"marks")
        file.flush()

        def work(send: Send) -> None:
            try:
                os.fstat(file.fileno())
            except OSError:
                send(b"closed")
            send(sys.stdin.read().encode())

        assert run_limited(work, PATIENT).parts == (b"closed", b"")


def test_an_interrupt_ends_it_and_is_raised(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    caller = os.getpid()

    def work(send: Send) -> None:
        pid.write_text(str(os.getpid()))
        os.kill(caller, signal.SIGINT)
        forever()

    with pytest.raises(KeyboardInterrupt):
        run_limited(work, PATIENT)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_it_may_run_steps_in_processes_of_their_own() -> None:
    from gradlab.worker import run_each

    def work(send: Send) -> None:
        (result,) = run_each([lambda begin, skip: b"from below"], 10)
        send(result)

    assert run_limited(work, PATIENT).parts == (b"from below",)
