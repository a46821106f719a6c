"""`gradlab check`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import rich_click as click

from gradlab.cli.options import names, report_options, tag_option, target_options, timeout_option
from gradlab.cli.output import Reporting, exit_code, fail, usable

if TYPE_CHECKING:
    from gradlab.cli.running import Running

SUBMISSION_SECONDS, SUBMISSION_MEGABYTES = 60.0, 1024
"""What one of many submissions may take."""
MOST_PICTURED = 300
"""Cases that are all drawn in a report with pictures."""


@click.command()
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@target_options
@tag_option
@click.option("--methods", metavar="NAMES", help="Only these methods, with commas.")
@click.option(
    "--points",
    metavar="N",
    type=click.IntRange(0, 1000),
    default=5,
    show_default=True,
    help="Random points besides the given one.",
)
@click.option(
    "--seed", metavar="N", type=click.IntRange(0), default=0, show_default=True, help="Of the random points."
)
@timeout_option
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(1, 512),
    default=1,
    show_default=True,
    help="So many processes side by side.",
)
@click.option(
    "--time",
    "seconds",
    metavar="SECONDS",
    type=click.FloatRange(0, min_open=True),
    default=SUBMISSION_SECONDS,
    show_default=True,
    help="Of a folder: what one submission may take.",
)
@click.option(
    "--memory",
    metavar="MB",
    type=click.IntRange(16),
    default=SUBMISSION_MEGABYTES,
    show_default=True,
    help="Of a folder: what one submission may take.",
)
@click.option(
    "--resume",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Of a folder: keep what is finished there, and go on from it.",
)
@click.option(
    "--executor",
    metavar="PLACE",
    default="",
    help="Of a folder: work on a dask cluster, dask://HOST:PORT.",
)
@report_options
def check(
    targets: tuple[str, ...],
    at: tuple[str, ...],
    wrt: str | None,
    hand: tuple[str, ...],
    jacobian: bool,
    tag: tuple[str, ...],
    methods: str | None,
    points: int,
    seed: int,
    timeout: float,
    jobs: int,
    seconds: float,
    memory: int,
    resume: Path | None,
    executor: str,
    reporting: Reporting,
) -> None:
    """Check TARGETs: the case library, or its cases by name or glob; .py files of cases; homework in
    .md and .tex files; checks in .grad.toml files; a folder of submissions; one module:function or one formula with --at.

    \b
    gradlab check
    gradlab check "tanh-*" mine.py hw3.md
    gradlab check submissions/ --jobs 8 --format gradescope --output results.json
    gradlab check pkg.module:function --at "x=[1, 2]" --hand pkg.module:gradient
    gradlab check "ln(x1) + x1*x2" --at "x1=2, x2=5" --hand "x1: 1/x1 + x2"

    Exit code: 0 all agree, 1 something disagrees, 2 unusable input, 3 something undecided.
    """  # noqa: D301 (click looks for the character that \b stands for)
    from gradlab.cli.running import Running, run_cases, run_submissions
    from gradlab.cli.targets import cases_of, submissions_of
    from gradlab.harness import Settings

    reporting.check_format()
    settings = Settings(names(methods, "--methods"), points, seed, timeout)
    running = Running(settings, jobs, seconds, memory, resume, executor)
    own = (at, hand, wrt, jacobian)
    with usable():
        settings.chosen()
        submissions = [] if any(own) or tag else submissions_of(targets)
        if submissions:
            reporting.check_files()
            record = run_submissions(
                submissions, _with_pictures(running, reporting.pictured, MOST_PICTURED + 1)
            )
        else:
            _no_submissions(running)
            cases = cases_of(targets, at, names(wrt, "--wrt"), hand, jacobian, tag)
            reporting.check_files()
            record = run_cases(cases, _with_pictures(running, reporting.pictured, len(cases)))
    reporting.write(record)
    sys.exit(exit_code(record))


def _with_pictures(running: Running, pictured: bool, count: int) -> Running:
    """The same with pictures asked for: where there are many cases, and of a class, only of those that fail."""
    which: Literal["all", "failed"] = "all" if count <= MOST_PICTURED else "failed"
    return replace(running, settings=replace(running.settings, pictures=which)) if pictured else running


def _no_submissions(running: Running) -> None:
    """Refuse what goes with a folder of submissions alone."""
    given = {
        "--resume": running.resume is not None,
        "--executor": bool(running.executor),
        "--time": running.seconds != SUBMISSION_SECONDS,
        "--memory": running.megabytes != SUBMISSION_MEGABYTES,
    }
    for option in (name for name, is_given in given.items() if is_given):
        fail(f"{option} goes with a folder of submissions")
