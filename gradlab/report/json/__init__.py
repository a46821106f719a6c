"""The record as JSON, and back: the schema that docs/record.md describes.

`writing` makes the text, `reading` takes it back (and JSON Lines too), `schema` describes it for others.
"""

from __future__ import annotations

from gradlab.report.json.reading import RecordError, read
from gradlab.report.json.schema import json_schema
from gradlab.report.json.writing import write

__all__ = ["RecordError", "json_schema", "read", "write"]
