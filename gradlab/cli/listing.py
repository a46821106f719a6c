"""`gradlab list`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_click as click

from gradlab.cli.options import tag_option
from gradlab.cli.output import usable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.text import Text

    from gradlab.cases import Case


@click.command(name="list")
@click.argument("patterns", nargs=-1, metavar="[NAME]...")
@tag_option
def list_cases(patterns: tuple[str, ...], tag: tuple[str, ...]) -> None:
    """List the case library, or the cases of those NAMEs (globs): what each is derived by, with its shape, its
    source and its tags.

    \b
    gradlab list "tanh-*"
    gradlab list --tag family     the cases that `gradlab swell` takes

    A case tagged `family` can have any size.
    """  # noqa: D301 (click looks for the character that \b stands for)
    from rich.console import Console

    from gradlab.library import declared

    with usable():
        cases = declared(patterns, tag)
    console = Console(highlight=False, markup=False)
    for line in _lines(cases, console):
        console.print(line)
    console.print(f"{len(cases)} case{'' if len(cases) == 1 else 's'}")


def _lines(cases: list[Case], console: Console) -> Iterator[Text]:
    """Names on the left; beside each what it is derived by, and below that the source and the tags."""
    from rich.text import Text

    from gradlab.report.terminal.layout import Page, hanging

    margin = max((len(case.name) for case in cases), default=0) + 2
    page = Page(console, console.width)
    for case in cases:
        by = ", ".join(_sized(case, name) for name in case.wrt)
        declared = "" if case.verdict == "agree" else f" ({case.verdict}, as declared)"
        origin = " · ".join(part for part in (case.source + declared, ", ".join(case.tags)) if part)
        yield from hanging(Text(case.name.ljust(margin), "bold"), Text(by), page)
        yield from hanging(Text(" " * margin), Text(origin, "dim"), page)


def _sized(case: Case, name: str) -> str:
    """A name with its shape: `W0 (2×2)`."""
    shape = getattr(case.points[0].inputs[name], "shape", ())
    return f"{name} ({'×'.join(map(str, shape))})" if shape else name
