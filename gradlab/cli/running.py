"""Running a check with its progress shown, where there is a terminal to show it on."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
    jobs: int
    seconds: float
    megabytes: int
    resume: Path | None
    executor: str


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
    return run_cases(cases, Running(settings, 1, 0, 0, None, ""))


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


def _command() -> str:
    return shlex.join(["gradlab", *sys.argv[1:]])


def _with_progress(total: int, work: Callable[[Callable[[int, str], None]], Record]) -> Record:
    """Run with a progress bar on the terminal's stderr; without threads, because work forks."""
    from rich.console import Console

    console = Console(stderr=True)
    if total < 2 or not console.is_terminal:
        return work(lambda count, name: None)
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as progress:
        task = progress.add_task("", total=total)
        progress.refresh()

        def advance(count: int, name: str) -> None:
            progress.update(task, completed=count, description=escape(name))
            progress.refresh()

        return work(advance)
