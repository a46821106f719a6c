"""The command line: options in, exit code out, nothing else.

Exit codes: 0 all agree · 1 something disagrees · 2 usage, unreadable input or nothing selected ·
3 nothing disagrees, but something could not be decided · 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from gradlab.cli.output import USAGE, fail, writable, write

if TYPE_CHECKING:
    from gradlab.cases import Case
    from gradlab.cli.running import Running
    from gradlab.record import Record

AGREE, DISAGREE, UNDECIDED, INTERRUPTED = 0, 1, 3, 130
TIMEOUT = 20.0
SUBMISSION_SECONDS, SUBMISSION_MEGABYTES = 60.0, 1024
"""What one of many submissions may take."""

click.rich_click.MAX_WIDTH = 100


class Interruptible(click.RichGroup):
    """Commands that exit with 130 at Ctrl-C, wherever it comes."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an interrupt becomes an exit code."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            fail("interrupted", INTERRUPTED)


@click.group(cls=Interruptible, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gradlab", message="gradlab %(version)s")
def gradlab() -> None:
    """Derive every function three ways, by SymPy, by finite differences and by reverse mode, and say who agrees."""


def _report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command that draws a report: as what, where to, and how much of it."""
    options = (
        click.option(
            "--format",
            "form",
            default="terminal",
            metavar="FORMAT",
            show_default=True,
            help="terminal, json, junit, csv or gradescope.",
        ),
        click.option(
            "--output",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Write the report there.",
        ),
        click.option("-q", "--quiet", count=True, metavar=" ", help="One line a case."),
        click.option("-v", "--verbose", count=True, metavar=" ", help="Every point and every component."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@gradlab.command()
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option(
    "--at",
    multiple=True,
    metavar="POINT",
    help='Values for the arguments: "x1=2, x2=[1, 5]". Again for more points.',
)
@click.option("--wrt", metavar="NAMES", help="The arguments to derive by, with commas; all by default.")
@click.option(
    "--hand",
    multiple=True,
    metavar="CLAIM",
    help='A hand derivation: "x1: 1/x1 + x2" for each argument, or module:function for all.',
)
@click.option("--jacobian", is_flag=True, help="The function returns an array: derive all of it.")
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
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(0, min_open=True),
    default=TIMEOUT,
    show_default=True,
    help="What one method may take at one point.",
)
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
@_report_options
def check(
    targets: tuple[str, ...],
    at: tuple[str, ...],
    wrt: str | None,
    hand: tuple[str, ...],
    jacobian: bool,
    methods: str | None,
    points: int,
    seed: int,
    timeout: float,
    jobs: int,
    seconds: float,
    memory: int,
    resume: Path | None,
    executor: str,
    form: str,
    output: Path | None,
    quiet: int,
    verbose: int,
) -> None:
    """Check TARGETs: the case library, or its cases by name or glob; .py files of cases; homework in
    .md and .tex files; a folder of submissions; one module:function or one formula with --at.

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

    _known_format(form)
    settings = Settings(_names(methods, "--methods"), points, seed, timeout)
    running = Running(settings, jobs, seconds, memory, resume, executor)
    own = (at, hand, wrt, jacobian)
    try:
        settings.chosen()
        submissions = [] if any(own) else submissions_of(targets)
        if submissions:
            writable(output)
            record = run_submissions(submissions, running)
        else:
            _no_submissions(running)
            cases = cases_of(targets, at, _names(wrt, "--wrt"), hand, jacobian)
            writable(output)
            record = run_cases(cases, running)
    except ValueError as error:
        if not _is_input_error(error):
            raise
        fail(str(error))
    write(record, form, output, verbose - quiet)
    sys.exit(exit_code(record))


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


@gradlab.command(name="list")
@click.argument("patterns", nargs=-1, metavar="[NAME]...")
def list_cases(patterns: tuple[str, ...]) -> None:
    """List the case library: name, what it is derived by, source."""
    from rich.console import Console
    from rich.table import Table

    from gradlab.library import library, select

    try:
        cases = select(patterns) if patterns else library()
    except ValueError as error:
        fail(str(error))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("case", "by", "source"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "case")
    for case in cases:
        declared = "" if case.verdict == "agree" else f" ({case.verdict}, as declared)"
        table.add_row(case.name, ", ".join(map(_sized(case), case.wrt)), case.source + declared)
    console = Console(highlight=False, markup=False)
    console.print(table)
    console.print(f"{len(cases)} case{'' if len(cases) == 1 else 's'}")


def _sized(case: Case) -> Callable[[str], str]:
    """A name with its shape: `W0 (2×2)`."""

    def named(name: str) -> str:
        shape = getattr(case.points[0].inputs[name], "shape", ())
        return f"{name} ({'×'.join(map(str, shape))})" if shape else name

    return named


@gradlab.command()
@click.argument("file", type=click.Path(path_type=Path))
@_report_options
def show(file: Path, form: str, output: Path | None, quiet: int, verbose: int) -> None:
    """Draw the report of a saved record (FILE, from --format json) again, without running anything."""
    from gradlab.report.json import RecordError, read

    _known_format(form)
    try:
        record = read(file.read_bytes())
    except OSError as error:
        fail(f"{file} can't be read: {error.strerror}")
    except RecordError as error:
        fail(f"{file}: {error}")
    writable(output)
    write(record, form, output, verbose - quiet)


def _known_format(form: str) -> None:
    """Refuse a format that is not there before any work is done."""
    from gradlab.report import formats

    if form not in formats():
        fail(f"there is no format {form!r}: choose {' or '.join(formats())}")


def exit_code(record: Record) -> int:
    """The contract's exit code for a record."""
    if record.interrupted:
        return INTERRUPTED
    return {"agree": AGREE, "disagree": DISAGREE, "error": USAGE}.get(record.verdict, UNDECIDED)


def _is_input_error(error: ValueError) -> bool:
    from gradlab.cases import InputError
    from gradlab.notation.formula import FormulaError

    return isinstance(error, (InputError, FormulaError))


def _names(text: str | None, option: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in (text or "").split(",") if part.strip())
    if text is not None and not names:
        fail(f"{option} is empty: name one or more, with commas")
    return names


def main() -> None:
    """The entry point."""
    gradlab()
