"""The command line: options in, exit code out, nothing else.

Exit codes: 0 all agree · 1 something disagrees · 2 usage, unreadable input or nothing selected ·
3 nothing disagrees, but something could not be decided · 130 interrupted.
"""

from __future__ import annotations

from typing import Any

import rich_click as click

from gradlab.cli.check import check
from gradlab.cli.compare import compare
from gradlab.cli.explain import explain
from gradlab.cli.listing import list_cases
from gradlab.cli.output import INTERRUPTED, fail
from gradlab.cli.schema import schema
from gradlab.cli.show import show
from gradlab.cli.step_size import step_size
from gradlab.cli.swell import swell

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


for command in (check, explain, swell, step_size, list_cases, show, compare, schema):
    gradlab.add_command(command)


def main() -> None:
    """The entry point."""
    gradlab()
