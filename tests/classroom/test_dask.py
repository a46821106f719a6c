"""Work on a real dask cluster of two worker processes, one of which is killed in the middle: nothing is lost."""

from __future__ import annotations

import copyreg
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import gradlab
from tests.classroom.classes import GOOD, WRONG, hand_in

# When it is imported it makes every exception be pickled with its traceback: that is no other test's business.
PICKLED = dict(copyreg.dispatch_table)
pytest.importorskip("distributed", reason="dask is an extra: pip install 'gradlab[dask]'")
copyreg.dispatch_table.clear()
copyreg.dispatch_table.update(PICKLED)

ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join(
        [str(Path(gradlab.__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
    ),
    "DASK_DISTRIBUTED__DASHBOARD__LINK": "",
    "PYTHONUNBUFFERED": "1",
}
STUBBORN = """
import os
from pathlib import Path

here = Path(__file__).parent
if not (here / "begun").exists():
    (here / "begun").touch()
    guard = open(f"/proc/{os.getppid()}/stat").read().split()
    (here / "pipe").write_text(guard[3])  # the number of the cluster's worker
    while True:
        pass
"""


def started(stack: ExitStack, *arguments: str, said: str) -> str:
    """Start a process of dask's, and wait until it says so: what it says then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    stack.callback(process.wait)
    assert process.stderr is not None
    stack.callback(process.stderr.close)
    for line in process.stderr:
        found = re.search(said, line)
        if found:
            reader = threading.Thread(target=process.stderr.read)  # what is not read would block it
            reader.start()
            stack.callback(reader.join)
            stack.callback(process.kill)
            return found[1]
    process.kill()
    raise AssertionError(f"dask {' '.join(arguments)} ended")


@pytest.fixture
def cluster() -> Iterator[str]:
    """The address of a scheduler with two workers, each a process with one thread."""
    with ExitStack() as stack:
        address = started(
            stack,
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--dashboard-address",
            ":0",
            said=r"tcp://(\S+)",
        )
        for _ in range(2):
            options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "60")
            started(stack, "worker", f"tcp://{address}", *options, said=r"Registered to:\s+tcp://(\S+)")
        yield address


def check(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gradlab.cli", "check", "class", "--points", "0", *options],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=180,
        check=False,
    )


def test_a_worker_that_is_killed_loses_nothing_and_doubles_nothing(cluster: str, tmp_path: Path) -> None:
    texts = {f"s{n}": GOOD if n % 2 else WRONG for n in range(1, 8)}
    folder = hand_in(tmp_path / "class", **texts, s0=STUBBORN + WRONG)
    os.mkfifo(folder / "s0" / "pipe")
    killed: list[int] = []

    def kill() -> None:
        killed.append(int((folder / "s0" / "pipe").read_text()))  # which waits for it to be written
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    done = check(tmp_path, "--executor", f"dask://{cluster}", "--format", "json", "--output", "r.json")
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    killer.join()
    assert killed
    cases = json.loads((tmp_path / "r.json").read_text())["cases"]
    assert [(case["student"], case["verdict"]) for case in cases] == [
        (f"s{n}", "agree" if n % 2 else "disagree") for n in range(8)
    ]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("dask://127.0.0.1:1", "gradlab: no dask scheduler answers at 127.0.0.1:1\n"),
        (
            "spark://here:1",
            "gradlab: --executor 'spark://here:1' is no place to work: write dask://HOST:PORT\n",
        ),
    ],
)
def test_a_place_that_is_not_there_is_told(tmp_path: Path, place: str, said: str) -> None:
    hand_in(tmp_path / "class", ann=GOOD)
    done = check(tmp_path, "--executor", place)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)
