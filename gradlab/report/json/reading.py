"""A record from JSON or JSON Lines; what is none is refused with the place."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from gradlab.record import SCHEMA, CaseRecord, Record, replace

__all__ = ["RecordError", "read"]

_T = TypeVar("_T")
_WRITTEN = "Pass a file that `gradlab check --format json` wrote."


class RecordError(ValueError):
    """A text that is no record, or no record of this version: says what is wrong, and where."""


class _Header(msgspec.Struct):
    """What is looked at before all else."""

    schema: Any = None
    case_lines: int | None = None
    """Of JSON Lines: how many cases follow."""


def read(text: str | bytes) -> Record:
    """The record that `json.write` or `jsonl.write` wrote. Fields that this version does not know are passed over.

    JSON Lines that are cut off give the cases that are there, as those of an interrupted run.

    Raises RecordError where the text is not JSON, is cut off, follows another version of the schema,
    or holds a field of the wrong type.

    >>> from gradlab.report.json import write
    >>> record = Record(gradlab="0.1", verdict="agree")
    >>> read(write(record)) == record
    True
    >>> read('{"schema": "gradlab/record/99"}')  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    gradlab.report.json.reading.RecordError: This record follows the schema 'gradlab/record/99', but ...
    """
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    data = data.removeprefix(b"\xef\xbb\xbf")
    count = _case_lines(data)
    record = _decoded(data) if count is None else _of_lines(data, count)
    _check_lengths(record)
    return record


def _case_lines(data: bytes) -> int | None:
    """How many cases are to follow the first line, where it is that of JSON Lines."""
    try:
        return msgspec.json.decode(data.partition(b"\n")[0], type=_Header).case_lines
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _of_lines(data: bytes, count: int) -> Record:
    """The record of a first line and the cases below it; a last line that ends unfinished is left out."""
    first, *rest = data.split(b"\n")
    record = _decoded(first)
    cases: list[CaseRecord] = []
    for number, line in enumerate(rest, 2):
        if not line.strip():
            continue
        try:
            cases.append(_typed(line, CaseRecord))
        except RecordError as error:
            if number == len(rest) + 1 and len(cases) < count:
                break
            raise RecordError(f"Line {number}: {error}") from None
    if len(cases) > count:
        raise RecordError(
            f"This is not a gradlab record: {len(cases)} cases follow, and the first line says {count}."
        )
    return replace(record, cases=tuple(cases), interrupted=record.interrupted or len(cases) < count)


def _decoded(data: bytes) -> Record:
    _check_version(_typed(data, _Header).schema)
    return _typed(data, Record)


def _typed(data: bytes, kind: type[_T]) -> _T:
    """JSON as data of that type. Raises RecordError."""
    try:
        data.decode("utf-8")
        return msgspec.json.decode(data, type=kind)
    except UnicodeDecodeError as error:
        raise RecordError(
            f"This is not a gradlab record: byte {error.start} is not UTF-8. {_WRITTEN}"
        ) from None
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at ")
        place = f" at {path.strip('`')}" if path else ""
        raise RecordError(f"This is not a gradlab record: {_lower(problem)}{place}. {_WRITTEN}") from None
    except msgspec.DecodeError as error:
        raise RecordError(_not_json(str(error), data)) from None
    except RecursionError:
        raise RecordError("This is not a gradlab record: its JSON is nested too deeply.") from None


def _check_version(schema: object) -> None:
    """Refuse another version before its fields are misread."""
    if not isinstance(schema, str) or not schema.startswith("gradlab/record/"):
        raise RecordError(
            f'This is not a gradlab record: it has no field "schema": "gradlab/record/…". {_WRITTEN}'
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
    return f"This is not a gradlab record: it is not JSON, {_lower(cause)}{place}. {_WRITTEN}"


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
