"""The command line: options in, exit code out, nothing else.

Exit codes: 0 all agree · 1 something disagrees · 2 usage, unreadable input or nothing selected ·
3 nothing disagrees, but something could not be decided · 130 interrupted.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import rich_click as click

if TYPE_CHECKING:
    from gradlab.cases import Case
    from gradlab.record import Record

AGREE, DISAGREE, USAGE, UNDECIDED, INTERRUPTED = 0, 1, 2, 3, 130
TIMEOUT = 20.0
FILE_WIDTH = 100
"""Columns of a terminal report that is written to a file."""
_FUNCTION = re.compile(r"(?:[A-Za-z_][\w.]*|.*\.py):[A-Za-z_][\w.]*")
_DOCUMENTS = {".md", ".tex", ".toml"}

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
            help="terminal or json.",
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
    form: str,
    output: Path | None,
    quiet: int,
    verbose: int,
) -> None:
    """Check TARGETs: the case library, or its cases by name or glob; .py files of cases; one
    module:function or one formula with --at.

    \b
    gradlab check
    gradlab check "tanh-*" mine.py
    gradlab check pkg.module:function --at "x=[1, 2]" --hand pkg.module:gradient
    gradlab check "ln(x1) + x1*x2" --at "x1=2, x2=5" --hand "x1: 1/x1 + x2"

    Exit code: 0 all agree, 1 something disagrees, 2 unusable input, 3 something undecided.
    """  # noqa: D301 (click looks for the character that \b stands for)
    from gradlab.harness import Settings, check_cases

    _known_format(form)
    settings = Settings(_names(methods, "--methods"), points, seed, timeout)
    try:
        settings.chosen()
        cases = _cases(targets, at, _names(wrt, "--wrt"), hand, jacobian)
        _writable(output)
        record = _with_progress(
            cases,
            lambda on_case: check_cases(
                cases, settings, command=shlex.join(["gradlab", *sys.argv[1:]]), on_case=on_case
            ),
        )
    except ValueError as error:
        if not _is_input_error(error):
            raise
        fail(str(error))
    _write(record, form, output, verbose - quiet)
    sys.exit(exit_code(record))


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
    _writable(output)
    _write(record, form, output, verbose - quiet)


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


def fail(message: str, code: int = USAGE) -> NoReturn:
    """Say what is wrong, and exit."""
    click.echo(f"gradlab: {message}", err=True)
    sys.exit(code)


def _is_input_error(error: ValueError) -> bool:
    from gradlab.cases import InputError
    from gradlab.notation.formula import FormulaError

    return isinstance(error, (InputError, FormulaError))


def _names(text: str | None, option: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in (text or "").split(",") if part.strip())
    if text is not None and not names:
        fail(f"{option} is empty: name one or more, with commas")
    return names


def _cases(
    targets: Sequence[str], at: Sequence[str], wrt: Sequence[str], hand: Sequence[str], jacobian: bool
) -> list[Case]:
    """The cases that the targets name. Raises InputError and FormulaError."""
    from gradlab.cases import InputError
    from gradlab.library import cases_in_file, library, select

    if at or hand or wrt or jacobian:
        if len(targets) != 1:
            raise InputError("--at, --wrt, --hand and --jacobian go with one formula or one module:function")
        return [_single(targets[0], at, wrt, hand, jacobian)]
    if not targets:
        return library()
    cases: list[Case] = []
    for target in targets:
        path = Path(target)
        if not target.strip():
            raise InputError("a target is empty")
        if path.is_dir():
            inside = sorted(path.glob("*.py"))
            if not inside:
                raise InputError(f"{target} holds no Python file")
            for file in inside:
                cases += cases_in_file(file)
        elif target.endswith(".py"):
            cases += cases_in_file(path)
        elif path.suffix in _DOCUMENTS:
            raise InputError(
                f"{target}: documents are not read yet; give a .py file of cases, or a formula with --at and --hand"
            )
        elif _FUNCTION.fullmatch(target):
            raise InputError(f'{target} needs a point: --at "x=1.5"')
        elif path.exists():
            raise InputError(f"{target} is not a Python file of cases (.py)")
        elif target.endswith("/") or ("/" in target and "." in target and " " not in target):
            raise InputError(f"{target} does not exist")
        else:
            cases += select([target])
    return list({(case.location, case.name): case for case in cases}.values())


def _single(target: str, at: Sequence[str], wrt: Sequence[str], hand: Sequence[str], jacobian: bool) -> Case:
    """One formula or function with its point and claims from the command line."""
    from gradlab.cases import InputError, argument_names
    from gradlab.harness import case_of
    from gradlab.library import as_spelled, function_at, library
    from gradlab.notation.formula import parse_assignments, parse_claim

    if not target.strip():
        raise InputError("the target is empty: give a formula or module:function")
    if target.endswith(".py") or Path(target).is_dir():
        raise InputError(
            f"{target} has cases with points of their own: leave out --at, --wrt and --hand, or name one function as file.py:function"
        )
    if not at:
        raise InputError(f'{target!r} needs a point: --at "x=1.5"')
    points = [parse_assignments(text) for text in at]
    is_function = _FUNCTION.fullmatch(target)
    function = function_at(target) if is_function else target
    if callable(function):
        names = argument_names(function)
        points = [{as_spelled(name, names): value for name, value in point.items()} for point in points]
    claims: Any = None
    if len(hand) == 1 and _FUNCTION.fullmatch(hand[0]) and not re.search(r":\s", hand[0]) and is_function:
        claims = function_at(hand[0])
    elif hand:
        claims = {}
        for text in hand:
            name, formula, _ = parse_claim(text)
            if name in claims:
                raise InputError(f"--hand gives two derivatives by {name}")
            claims[name] = formula
    try:
        quantity = "jacobian" if jacobian else "gradient"
        name = target if is_function else ""
        return case_of(function, points, wrt=wrt or None, hand=claims, quantity=quantity, name=name)
    except InputError:
        if target in {case.name for case in library()}:
            raise InputError(
                f"{target} is a case of the library, with a point of its own: leave out --at, --wrt and --hand"
            ) from None
        raise


def _with_progress(cases: Sequence[Case], work: Callable[[Callable[[Any], None]], Record]) -> Record:
    """Run with a progress bar on the terminal's stderr; without threads, because work forks."""
    from rich.console import Console

    console = Console(stderr=True)
    if len(cases) < 2 or not console.is_terminal:
        return work(lambda case: None)
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as progress:
        task = progress.add_task("", total=len(cases))
        progress.refresh()

        def advance(case: Any) -> None:
            progress.update(task, advance=1, description=case.name)
            progress.refresh()

        return work(advance)


def _writable(output: Path | None) -> None:
    """Refuse an output that can't be written before any work is done."""
    if output is None:
        return
    if not output.parent.is_dir():
        fail(f"{output} can't be written: there is no folder {output.parent}")


def _write(record: Record, form: str, output: Path | None, verbosity: int) -> None:
    from gradlab.report import load

    if form == "terminal" and output is None:
        from rich.console import Console

        from gradlab.report.terminal import render

        Console(highlight=False).print(render(record, verbosity=verbosity))
        return
    if form == "terminal":
        from gradlab.report.terminal import to_text

        text = to_text(record, width=FILE_WIDTH, verbosity=verbosity)
    else:
        text = load(form).write(record)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{output} can't be written: {error.strerror}")


def main() -> None:
    """The entry point."""
    gradlab()


if __name__ == "__main__":
    main()
