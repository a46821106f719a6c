"""One run: make a class of each kind, check it with each number of workers, interleaved, and tell the medians."""

from __future__ import annotations

import os
import platform
import re
import statistics
import tempfile
import time
from contextlib import chdir
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.classroom.classes import KINDS, hand_in
from gradlab.classroom.executors import processes
from gradlab.classroom.run import check_submissions
from gradlab.classroom.submissions import submissions_in
from gradlab.examination import Settings
from gradlab.record import Record
from gradlab.worker import Limits, run_limited

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- measured: written by --readme -->\n", "<!-- end -->\n"
SETTINGS = Settings(timeout=20.0)
"""As the command line has them."""


@dataclass(frozen=True)
class Options:
    """What to run."""

    submissions: int = 60
    workers: list[int] | tuple[int, ...] = (1, 2)
    rounds: int = 3
    readme: bool = False


@dataclass(frozen=True)
class Measured:
    """One kind of submission with so many workers."""

    kind: str
    workers: int
    submissions: int
    problems: int
    formulas: int
    seconds: float


def run(options: Options) -> int:
    """Print the table; exit code 1 where a submission was not judged as it should be."""
    measured: list[Measured] = []
    busy = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as place, chdir(place):
        for kind in KINDS:
            folder = hand_in(Path(kind.name), kind, options.submissions)
            once = check(folder, max(options.workers))  # warms the disk, and shows the verdicts
            verdicts = {case.verdict for case in once.cases}
            if verdicts != kind.verdicts:
                print(f"{kind.name}: the verdicts are {sorted(verdicts)}, not {sorted(kind.verdicts)}")
                return 1
            times: dict[int, list[float]] = {workers: [] for workers in options.workers}
            for _ in range(options.rounds):
                for workers, seconds in times.items():
                    begun = time.perf_counter()
                    check(folder, workers)
                    seconds.append(time.perf_counter() - begun)
            measured += [
                Measured(
                    kind.name,
                    workers,
                    options.submissions,
                    len(once.cases),
                    formulas_in(once),
                    statistics.median(seconds),
                )
                for workers, seconds in times.items()
            ]
    text = report(measured, start_up(), busy, options)
    print(text)
    if options.readme:
        before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        README.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
    return 0


def check(folder: Path, workers: int) -> Record:
    """The class, checked as the command line does it."""
    return check_submissions(submissions_in(folder), SETTINGS, Limits(), processes(workers))


def formulas_in(record: Record) -> int:
    """Typed formulas that were judged: every line of a derivation, and every claim besides."""
    lines = sum(len(chain.lines) for case in record.cases for chain in case.chains)
    return lines + sum(len(case.claims) for case in record.cases if not case.chains)


def start_up() -> float:
    """Milliseconds to start a limited process that does nothing, and to end it: the median of 50."""
    times = []
    for _ in range(50):
        begun = time.perf_counter()
        run_limited(lambda send: None, replace(Limits(), seconds=10))
        times.append(time.perf_counter() - begun)
    return 1000 * statistics.median(times)


def report(measured: list[Measured], started: float, busy: float, options: Options) -> str:
    """The table, in Markdown."""
    rows = [
        "| submissions | workers | seconds | submissions/s | problems/s | formulas/s | against one worker |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    alone = {m.kind: m.seconds for m in measured if m.workers == 1}
    for m in measured:
        ratio = f"×{alone[m.kind] / m.seconds:.2f}" if m.kind in alone else ""
        rates = " | ".join(f"{count / m.seconds:.3g}" for count in (m.submissions, m.problems, m.formulas))
        rows.append(f"| {m.submissions} {m.kind} | {m.workers} | {m.seconds:.3g} | {rates} | {ratio} |")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    machine = f"Python {platform.python_version()}, {processor()}, {cores} cores; medians of {options.rounds} rounds."
    other = f"Load average before: {busy:.1f} (what other programs took is missing here)."
    return "\n".join(
        [f"{machine} A limited process that does nothing: {started:.1f} ms.", other, "", *rows, ""]
    )


def processor() -> str:
    """What the machine says it is."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    found = re.search(r"model name\s*: (.*)", text)
    return found[1] if found else platform.machine()
