"""`gradlab list`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_click as click

from gradlab.cli.options import tag_option
from gradlab.cli.output import usable

if TYPE_CHECKING:
    from gradlab.cases import Case


@click.command(name="list")
@click.argument("patterns", nargs=-1, metavar="[NAME]...")
@tag_option
def list_cases(patterns: tuple[str, ...], tag: tuple[str, ...]) -> None:
    """List the case library, or the cases of those NAMEs (globs): what each is derived by, its tags, its source.

    A case tagged `family` can have any size: `gradlab swell` shows how its derivative grows.
    """
    from rich.console import Console
    from rich.table import Table

    from gradlab.library import select

    with usable():
        cases = select(patterns, tag)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("case", "by", "tags", "source"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "case")
    for case in cases:
        declared = "" if case.verdict == "agree" else f" ({case.verdict}, as declared)"
        by = ", ".join(_sized(case, name) for name in case.wrt)
        table.add_row(case.name, by, ", ".join(case.tags), case.source + declared)
    console = Console(highlight=False, markup=False)
    console.print(table)
    console.print(f"{len(cases)} case{'' if len(cases) == 1 else 's'}")


def _sized(case: Case, name: str) -> str:
    """A name with its shape: `W0 (2×2)`."""
    shape = getattr(case.points[0].inputs[name], "shape", ())
    return f"{name} ({'×'.join(map(str, shape))})" if shape else name
