"""Running a check with its progress shown, where there is a terminal to show it on."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradlab.cases import Case
    from gradlab.classroom.submissions import Submission
    from gradlab.harness import Settings
    from gradlab.record import CaseRecord, Record


@dataclass(frozen=True)
class Running:
    """How to run: what the options say."""

    settings: Settings
    jobs: int = 1
    seconds: float = 0.0
    """That a submission may take, and so its megabytes."""
    megabytes: int = 0
    resume: Path | None = None
    executor: str = ""


def run_cases(cases: Sequence[Case | CaseRecord], running: Running) -> Record:
    """Check cases. Raises InputError."""
    if running.jobs > 1:
        from gradlab.classroom.run import check_side_by_side

        return _with_progress(
            len(cases),
            lambda told: check_side_by_side(
                cases, running.settings, running.jobs, command=_command(), on_done=told
            ),
        )
    from gradlab.harness import check_cases

    def work(told: Callable[[int, str], None]) -> Record:
        names = iter(range(1, len(cases) + 1))
        return check_cases(
            cases,
            running.settings,
            command=_command(),
            on_case=lambda case: told(next(names), case.name),
        )

    return _with_progress(len(cases), work)


def run_study(cases: Sequence[Case | CaseRecord], settings: Settings) -> Record:
    """Check cases and study them, as the settings say. Raises InputError."""
    return run_cases(cases, Running(settings))


def run_submissions(submissions: Sequence[Submission], running: Running) -> Record:
    """Check submissions, and say what was taken from a journal. Raises InputError."""
    from gradlab.classroom.executors import cluster, processes
    from gradlab.classroom.run import check_submissions
    from gradlab.worker import Limits

    place = cluster(running.executor) if running.executor else processes(running.jobs)
    limits = Limits(seconds=running.seconds, memory=running.megabytes << 20)

    def begun(taken: int) -> None:
        if taken:
            sys.stderr.write(
                f"gradlab: {taken} of {len(submissions)} submissions are taken from {running.resume}\n"
            )

    return _with_progress(
        len(submissions),
        lambda told: check_submissions(
            submissions,
            running.settings,
            limits,
            place,
            journal=running.resume,
            command=_command(),
            on_start=begun,
            on_done=told,
        ),
    )


def run_sweeps(families: Sequence[Case], sizes: Sequence[int], budget: float, parameter: str) -> Record:
    """Sweep families over sizes; what is done when Ctrl-C comes is kept. Raises InputError."""
    from gradlab.cases import InputError
    from gradlab.harness import Settings, run_record
    from gradlab.judge.verdict import Verdict
    from gradlab.recording import case_record
    from gradlab.sweeping import sweep

    started, clock = datetime.now(UTC), time.perf_counter()
    done: list[CaseRecord] = []
    interrupted = False
    for family in families:
        try:
            with _progress(f"sweeping {family.name}", len(sizes)) as told:
                swept = sweep(family, sizes, budget=budget, parameter=parameter, on_size=told)
            interrupted = swept.sweep is not None and swept.sweep.interrupted
            done.append(swept)
        except KeyboardInterrupt:
            interrupted = True
        except InputError as error:
            if len(families) == 1:
                raise
            done.append(case_record(family, Verdict("error", str(error)), passed=False))
        if interrupted:
            break
    return run_record(
        done,
        Settings(methods=("reverse", "symbolic", "finite_difference"), points=0),
        study="swell",
        command=_command(),
        started=started,
        seconds=time.perf_counter() - clock,
        interrupted=interrupted,
    )


def _command() -> str:
    return shlex.join(["gradlab", *sys.argv[1:]])


def _with_progress(total: int, work: Callable[[Callable[[int, str], None]], Record]) -> Record:
    """Run with a progress bar, where there is more than one thing to do."""
    with _progress("checking", total if total > 1 else 0) as told:
        return work(told)


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[int, object], None]]:
    """Tells on the terminal's stderr how far it is, and with what; without threads, because work forks."""
    from rich.console import Console

    console = Console(stderr=True)
    if not total or not console.is_terminal:
        yield lambda count, name: None
        return
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn(escape(what)), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as progress:
        task = progress.add_task("", total=total)
        progress.refresh()

        def advance(count: int, name: object) -> None:
            progress.update(task, completed=count, description=escape(str(name)))
            progress.refresh()

        yield advance
