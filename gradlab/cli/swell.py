"""`gradlab swell`."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from gradlab.cli.options import report_options, target_options

BUDGET = 10.0


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@target_options
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
    hand: tuple[str, ...],
    jacobian: bool,
    depth: str,
    size: str,
    budget: float,
    form: str,
    output: Path | None,
    quiet: int,
    verbose: int,
) -> None:
    """Show how the derivative of TARGET swells with its size: operations, length, digits and time of every form.

    \b
    gradlab swell logistic-map --depth 1:12
    gradlab swell mine.py:power_tower --at "x=0.7, n=3" --size n --depth 1:6
    """  # noqa: D301 (click looks for the character that \b stands for)
    raise NotImplementedError
