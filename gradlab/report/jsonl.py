"""JSON Lines: the record without its cases in the first line, then a case a line.

What stops half-way leaves whole lines. The first line says by `case_lines` how many follow, so that what was
cut off does not look whole; a line of a case follows `#/$defs/CaseRecord` of the schema.
"""

from __future__ import annotations

import msgspec

from gradlab.record import Record
from gradlab.report.json.writing import as_line

__all__ = ["write"]


def write(record: Record) -> str:
    """The record, line by line.

    >>> write(Record(gradlab="0.1", verdict="agree"))[:66]
    '{"schema":"gradlab/record/1","case_lines":0,"gradlab":"0.1","verdi'
    """
    fields = msgspec.to_builtins(record)
    cases = fields.pop("cases")
    first = {"schema": fields.pop("schema"), "case_lines": len(cases), **fields}
    return "".join(map(as_line, [first, *cases]))
