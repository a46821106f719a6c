"""Records, and other data like them, as strict JSON: no bare NaN or Infinity."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import msgspec

from gradlab.record import Record, number

__all__ = ["NUMBERS", "as_line", "as_text", "write"]

NUMBERS = frozenset({"values", "value", "errors", "steps", "bars"})
"""The fields of type `Number`, which may hold "NaN", "Infinity" and "-Infinity". In any other field a float
that is not finite means that nothing is known, which is null."""


def write(record: Record) -> str:
    """The record as one JSON object: keys in the order of the schema, a list of numbers on one line.

    The JSON is strict: no bare NaN or Infinity.

    >>> write(Record(gradlab="0.1", verdict="agree")).splitlines()[1]
    '  "schema": "gradlab/record/1",'
    """
    return as_text(msgspec.to_builtins(record))


def as_text(value: Any) -> str:
    r"""Dictionaries, lists, texts and numbers as indented JSON, a list of numbers on one line.

    >>> as_text({"a": [1, 2.5]})
    '{\n  "a": [1, 2.5]\n}\n'
    """
    return _unicode("".join(_pieces(value, "", "")) + "\n")


def as_line(value: Any) -> str:
    r"""The same as one line.

    >>> as_line({"a": [1, float("nan")], "value": [float("inf")]})
    '{"a":[1,null],"value":["Infinity"]}\n'
    """
    text = json.dumps(_finite_all(value, ""), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _unicode(text + "\n")


def _unicode(text: str) -> str:
    """The text without halves of characters (from a file name, say), which could not be saved."""
    return text.encode("utf-8", "replace").decode("utf-8")


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
    else:
        yield json.dumps(_finite_all(value, key), ensure_ascii=False, allow_nan=False)


def _finite_all(value: Any, key: str) -> Any:
    """The value with the floats that JSON cannot carry as words, or as null."""
    if isinstance(value, dict):
        return {name: _finite_all(item, name) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite_all(item, key) for item in value]
    if not isinstance(value, float) or math.isfinite(value):
        return value
    return number(value) if key in NUMBERS else None
