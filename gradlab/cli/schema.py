"""`gradlab schema`."""

from __future__ import annotations

import json
import sys

import rich_click as click


@click.command()
def schema() -> None:
    """Print the JSON Schema (draft 2020-12) of the records that --format json writes. A case of --format jsonl is
    described by its `#/$defs/CaseRecord`.
    """
    from gradlab.report.json import json_schema

    sys.stdout.write(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n")
