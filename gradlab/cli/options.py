"""Options that several commands have, and how they are read."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rich_click as click

from gradlab.cli.output import Reporting, fail

TIMEOUT = 20.0


def report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command that draws a report: as what, where to, and how much of it. It gets them as one
    argument, `reporting`.
    """

    @functools.wraps(command)
    def with_reporting(
        form: str, output: Path | None, html: Path | None, quiet: int, verbose: int, **others: Any
    ) -> Any:
        return command(reporting=Reporting(form, output, html, verbose - quiet), **others)

    return _all_of(
        with_reporting,
        click.option(
            "--format",
            "form",
            default="terminal",
            metavar="FORMAT",
            show_default=True,
            help="terminal, html, markdown, json, jsonl, junit, github, gradescope or csv.",
        ),
        click.option(
            "--output",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Write the report there.",
        ),
        click.option(
            "--html",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Besides, write the report with its pictures there, as one HTML file.",
        ),
        click.option("-q", "--quiet", count=True, metavar=" ", help="One line a case."),
        click.option("-v", "--verbose", count=True, metavar=" ", help="Every point and every component."),
    )


def point_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say where a formula or function is looked at, and what it is derived by."""
    return _all_of(
        command,
        click.option(
            "--at",
            multiple=True,
            metavar="POINT",
            help='Values for the arguments: "x1=2, x2=[1, 5]". Again for more points.',
        ),
        click.option(
            "--wrt", metavar="NAMES", help="The arguments to derive by, with commas; all by default."
        ),
    )


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of one formula or function: its point, and what is claimed of it."""
    claimed = _all_of(
        command,
        click.option(
            "--hand",
            multiple=True,
            metavar="CLAIM",
            help='A hand derivation: "x1: 1/x1 + x2" for each argument, or module:function for all.',
        ),
        click.option("--jacobian", is_flag=True, help="The function returns an array: derive all of it."),
    )
    return point_options(claimed)


def _all_of(command: Callable[..., Any], *options: Callable[..., Any]) -> Callable[..., Any]:
    """The command with the options, in that order."""
    for option in reversed(options):
        command = option(command)
    return command


timeout_option = click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(0, min_open=True),
    default=TIMEOUT,
    show_default=True,
    help="What one method may take at one point.",
)
tag_option = click.option(
    "--tag",
    multiple=True,
    metavar="TAG",
    help="Only the library's cases with that tag; globs. Again for more.",
)


def names(text: str | None, option: str) -> tuple[str, ...]:
    """The names in an option's text, with commas between; exits where there is none."""
    found = tuple(part.strip() for part in (text or "").split(",") if part.strip())
    if text is not None and not found:
        fail(f"{option} is empty: name one or more, with commas")
    return found
