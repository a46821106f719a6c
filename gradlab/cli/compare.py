"""`gradlab compare`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from gradlab.cli.output import AGREE, DISAGREE, FILE_WIDTH, check_folder, save
from gradlab.cli.show import saved

if TYPE_CHECKING:
    from gradlab.record.comparison import Comparison


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--timing", is_flag=True, help="A gradient that takes longer, beyond the noise, is worse too.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "markdown", "json"]),
    default="terminal",
    show_default=True,
    help="How it is told.",
)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it there."
)
def compare(old: Path, new: Path, timing: bool, form: str, output: Path | None) -> None:
    """Say what changed from the saved record OLD to NEW (from --format json or jsonl): verdicts, reasons and named
    mistakes, correct digits, operations, and times beyond their noise; new and missing cases; settings.

    Worse is: a case that passed and does not any more, or is missing; one that was undecided and now is wrong or an
    error; one correct digit less, or more, of a method at the same points; more operations of a derivative, of the
    same function; a run that was interrupted, or checked nothing, where the old one was whole.

    \b
    gradlab compare yesterday.json today.json
    gradlab compare main.json branch.json --format markdown --output comment.md

    Exit code: 0 nothing got worse, 1 something did, 2 a file that can't be read.
    """  # noqa: D301 (click looks for the character that \b stands for)
    from gradlab.comparing import compare as compared

    if output is not None:
        check_folder(output)
    comparison = compared(saved(old), saved(new), timed=timing)
    if output is None and form == "terminal":
        from rich.console import Console

        from gradlab.report.terminal.comparison import Changes

        Console(highlight=False).print(Changes(comparison))
    elif output is None:
        sys.stdout.write(_text(comparison, form))
    else:
        save(_text(comparison, form), output)
    sys.exit(DISAGREE if comparison.course == "worse" else AGREE)


def _text(comparison: Comparison, form: str) -> str:
    if form == "terminal":
        from gradlab.report.terminal.comparison import to_text

        return to_text(comparison, FILE_WIDTH)
    if form == "markdown":
        from gradlab.report.markdown.comparison import write

        return write(comparison)
    import msgspec

    from gradlab.report.json.writing import as_text

    return as_text(msgspec.to_builtins(comparison))
