"""The record as JSON, and back: the schema that docs/record.md describes.

Run as a program, it prints the JSON Schema:

    python -m gradlab.report.json
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from typing import Any

import msgspec

from gradlab.record import SCHEMA, Record, number

__all__ = ["RecordError", "json_schema", "read", "write"]

# The fields of type `Number`, which may hold "NaN", "Infinity" and "-Infinity". In any other field
# a float that is not finite means that nothing is known, which is null.
_NUMBERS = frozenset({"values", "value", "errors", "steps", "bars"})


class RecordError(ValueError):
    """A text that is no record, or no record of this version: says what is wrong, and where."""


def write(record: Record) -> str:
    """The record as one JSON object: keys in the order of the schema, a list of numbers on one line.

    The JSON is strict: no bare NaN or Infinity.

    >>> write(Record(gradlab="0.1", verdict="agree")).splitlines()[1]
    '  "schema": "gradlab/record/1",'
    """
    text = "".join(_pieces(msgspec.to_builtins(record), "", "")) + "\n"
    # A lone surrogate (from a file name, say) is no Unicode text and could not be saved.
    return text.encode("utf-8", "replace").decode("utf-8")


def read(text: str | bytes) -> Record:
    """The record that `write` wrote. Fields that this version does not know are passed over.

    Raises RecordError where the text is not JSON, is cut off, follows another version of the schema,
    or holds a field of the wrong type.

    >>> record = Record(gradlab="0.1", verdict="agree")
    >>> read(write(record)) == record
    True
    >>> read('{"schema": "gradlab/record/99"}')  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    gradlab.report.json.RecordError: This record follows the schema 'gradlab/record/99', but ...
    """
    data = _utf8(text)
    try:
        _check_version(msgspec.json.decode(data, type=_Header).schema)
        record = msgspec.json.decode(data, type=Record)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at ")
        place = f" at {path.strip('`')}" if path else ""
        raise RecordError(
            f"This is not a gradlab record: {_lower(problem)}{place}. Pass a file that "
            "`gradlab check --format json` wrote."
        ) from None
    except msgspec.DecodeError as error:
        raise RecordError(_not_json(str(error), data)) from None
    except RecursionError:
        raise RecordError("This is not a gradlab record: its JSON is nested too deeply.") from None
    _check_lengths(record)
    return record


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a record.

    >>> json_schema()["title"]
    'gradlab/record/1'
    """
    schema = msgspec.json.schema(Record)
    properties = schema["$defs"]["Record"]["properties"]
    # The version is a constant of each schema. It has a default in Python alone: a file must say it.
    properties["schema"] = {"const": SCHEMA}
    schema["$defs"]["Record"]["required"].insert(0, "schema")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA, **schema}
    return msgspec.json.decode(msgspec.json.encode(schema), type=dict[str, Any])


def _pieces(value: Any, indent: str, key: str) -> Iterator[str]:
    """The JSON text of a value, piece by piece; `key` is the field that it belongs to."""
    inner = indent + "  "
    if isinstance(value, dict) and value:
        opening = "{\n"
        for name, item in value.items():
            yield f"{opening}{inner}{json.dumps(name, ensure_ascii=False)}: "
            yield from _pieces(item, inner, name)
            opening = ",\n"
        yield f"\n{indent}}}"
    elif isinstance(value, (list, tuple)) and any(isinstance(item, dict) for item in value):
        opening = "[\n"
        for item in value:
            yield opening + inner
            yield from _pieces(item, inner, key)
            opening = ",\n"
        yield f"\n{indent}]"
    elif isinstance(value, (list, tuple)):
        yield json.dumps([_finite(item, key) for item in value], ensure_ascii=False, allow_nan=False)
    else:
        yield json.dumps(_finite(value, key), ensure_ascii=False, allow_nan=False)


def _finite(value: Any, key: str) -> Any:
    if not isinstance(value, float) or math.isfinite(value):
        return value
    return number(value) if key in _NUMBERS else None


class _Header(msgspec.Struct):
    schema: Any = None


def _utf8(text: str | bytes) -> bytes:
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    try:
        return data.decode("utf-8-sig").encode("utf-8")
    except UnicodeDecodeError as error:
        raise RecordError(
            f"This is not a gradlab record: byte {error.start} is not UTF-8. Pass a file that "
            "`gradlab check --format json` wrote."
        ) from None


def _check_version(schema: object) -> None:
    """Refuse another version before its fields are misread."""
    if not isinstance(schema, str) or not schema.startswith("gradlab/record/"):
        raise RecordError(
            'This is not a gradlab record: it has no field "schema": "gradlab/record/…". Pass a '
            "file that `gradlab check --format json` wrote."
        )
    if schema != SCHEMA:
        raise RecordError(
            f"This record follows the schema {schema!r}, but this gradlab reads {SCHEMA!r}: show it with "
            "the version of gradlab that wrote it (`gradlab` in the file), or run the check again."
        )


def _check_lengths(record: Record) -> None:
    """Refuse a point that says more or less than one thing of each component."""
    for i, case in enumerate(record.cases):
        for j, point in enumerate(case.points):
            path, count = f"$.cases[{i}].points[{j}]", len(point.components)
            lengths = {f"{path}.reference": len(point.reference), f"{path}.bars": len(point.bars) or count}
            for k, estimate in enumerate(point.estimates):
                for name in ("values", "digits", "verdicts", "errors", "steps", "detectable"):
                    lengths[f"{path}.estimates[{k}].{name}"] = len(getattr(estimate, name)) or count
            for place, length in lengths.items():
                if length != count:
                    raise RecordError(
                        f"This is not a gradlab record: {length} entries at {place} for {count} components. "
                        "Run the check again."
                    )


def _not_json(problem: str, data: bytes) -> str:
    if not data.strip():
        return "This is not a gradlab record: it is empty."
    if "truncated" in problem:
        lines = data.count(b"\n") + 1
        return f"This record is cut off: the JSON ends unfinished in line {lines}. Run the check again."
    cause, _, byte = problem.removeprefix("JSON is malformed: ").removesuffix(")").partition(" (byte ")
    before = data[: int(byte)].decode("utf-8", "replace") if byte.isdigit() else ""
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    place = f" in line {line}, column {column}" if byte.isdigit() else ""
    return (
        f"This is not a gradlab record: it is not JSON, {_lower(cause)}{place}. Pass a file that "
        "`gradlab check --format json` wrote."
    )


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n")
