"""`gradlab swell`."""

from __future__ import annotations

import sys

import rich_click as click

from gradlab.cli.options import names, point_options, report_options
from gradlab.cli.output import Reporting, exit_code, usable

BUDGET = 5.0


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@point_options
@click.option(
    "--depth",
    metavar="RANGE",
    default="1:8",
    show_default=True,
    help="The sizes: 1:12, 2:32:2 (every second one), or 1,2,4,8.",
)
@click.option(
    "--size",
    metavar="NAME",
    default="",
    help="Of a function of your own: its argument that is the size.",
)
@click.option(
    "--budget",
    metavar="SECONDS",
    type=click.FloatRange(0, min_open=True),
    default=BUDGET,
    show_default=True,
    help="What one form at one size may take; it is then given up, and so are larger ones.",
)
@report_options
def swell(
    targets: tuple[str, ...],
    at: tuple[str, ...],
    wrt: str | None,
    depth: str,
    size: str,
    budget: float,
    reporting: Reporting,
) -> None:
    """Show how the derivative of TARGET swells with its size: operations, length, digits and time of every form.

    \b
    gradlab swell logistic-map --depth 1:12
    gradlab swell mine.py:power_tower --at "x=0.7, n=3" --size n --depth 1:6

    Exit code: 0 every size was swept, 1 a form is another derivative, 2 unusable input, 3 a size is missing.
    """  # noqa: D301 (click looks for the character that \b stands for)
    from gradlab.cli.families import families_of, read_sizes
    from gradlab.cli.running import run_sweeps

    reporting.check_format()
    with usable():
        sizes = read_sizes(depth)
        families = families_of(targets, at, names(wrt, "--wrt"), size)
        reporting.check_files()
        record = run_sweeps(families, sizes, budget, size or "n")
    reporting.write(record)
    sys.exit(exit_code(record))
