"""`gradlab explain`."""

from __future__ import annotations

import sys
from typing import Literal

import rich_click as click

from gradlab.cli.options import names, report_options, target_options, timeout_option
from gradlab.cli.output import Reporting, exit_code, usable


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@target_options
@click.option(
    "--mode",
    type=click.Choice(["reverse", "forward"]),
    default="reverse",
    show_default=True,
    help="Cotangents from the output back, or tangents with the values.",
)
@click.option(
    "--step",
    type=float,
    metavar="RATE",
    help="The arguments after one step of gradient descent, too.",
)
@timeout_option
@report_options
def explain(
    targets: tuple[str, ...],
    at: tuple[str, ...],
    wrt: str | None,
    hand: tuple[str, ...],
    jacobian: bool,
    mode: Literal["reverse", "forward"],
    step: float | None,
    timeout: float,
    reporting: Reporting,
) -> None:
    """Explain how the derivative of TARGET comes about, as a lecture does: the values forward, the chain rule
    backward, edge by edge, and the closed form. TARGET is what `gradlab check` takes.

    \b
    gradlab explain tanh-2-2-1 --step 0.2
    gradlab explain "ln(x1) + x1*x2 - sin(x2)" --at "x1=2, x2=5" --mode forward
    """  # noqa: D301 (click looks for the character that \b stands for)
    from gradlab.cli.running import run_study
    from gradlab.cli.targets import cases_of
    from gradlab.harness import Settings
    from gradlab.study.explain import Explaining

    reporting.check_format()
    with usable():
        cases = cases_of(targets, at, names(wrt, "--wrt"), hand, jacobian)
        reporting.check_files()
        how = Explaining(mode=mode, step=step)
        record = run_study(cases, Settings(points=0, timeout=timeout, timed=False, explaining=how))
    reporting.write(record)
    sys.exit(exit_code(record))
