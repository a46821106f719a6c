"""`gradlab show`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from gradlab.cli.options import report_options
from gradlab.cli.output import Reporting, fail

if TYPE_CHECKING:
    from gradlab.record import Record


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@report_options
def show(file: Path, reporting: Reporting) -> None:
    """Draw the report of a saved record (FILE, from --format json or jsonl) again, without running anything."""
    reporting.check_format()
    record = saved(file)
    reporting.check_files()
    reporting.write(record)


def saved(file: Path) -> Record:
    """The record in a file; exits where there is none that can be read."""
    from gradlab.report.json import RecordError, read

    try:
        return read(file.read_bytes())
    except OSError as error:
        fail(f"{file} can't be read: {error.strerror}")
    except RecordError as error:
        fail(f"{file}: {error}")
