"""`gradlab step-size`."""

from __future__ import annotations

import sys

import rich_click as click

from gradlab.cli.options import names, report_options, target_options, timeout_option
from gradlab.cli.output import Reporting, exit_code, usable


@click.command(name="step-size")
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@target_options
@timeout_option
@report_options
def step_size(
    targets: tuple[str, ...],
    at: tuple[str, ...],
    wrt: str | None,
    hand: tuple[str, ...],
    jacobian: bool,
    timeout: float,
    reporting: Reporting,
) -> None:
    """Show how far difference quotients of TARGET are off, against their step: forward, centered, five-point and
    complex-step, from h = 1 to 1e-16, in float32 and float64. TARGET is what `gradlab check` takes.

    \b
    gradlab step-size ln-product-sine
    gradlab step-size "sin(x)" --at "x=1"
    """  # noqa: D301 (click looks for the character that \b stands for)
    from gradlab.cli.running import run_study
    from gradlab.cli.targets import cases_of
    from gradlab.harness import Settings

    reporting.check_format()
    with usable():
        cases = cases_of(targets, at, names(wrt, "--wrt"), hand, jacobian)
        reporting.check_files()
        record = run_study(cases, Settings(points=0, timeout=timeout, timed=False, step_sizes=True))
    reporting.write(record)
    sys.exit(exit_code(record))
