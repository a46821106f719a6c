"""`gradlab show`."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from gradlab.cli.options import report_options
from gradlab.cli.output import Reporting, fail


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@report_options
def show(file: Path, reporting: Reporting) -> None:
    """Draw the report of a saved record (FILE, from --format json) again, without running anything."""
    from gradlab.report.json import RecordError, read

    reporting.check_format()
    try:
        record = read(file.read_bytes())
    except OSError as error:
        fail(f"{file} can't be read: {error.strerror}")
    except RecordError as error:
        fail(f"{file}: {error}")
    reporting.check_files()
    reporting.write(record)
