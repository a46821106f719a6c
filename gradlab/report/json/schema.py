"""The JSON Schema of a record, for those who read one with tools of their own."""

from __future__ import annotations

import ast
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import msgspec

from gradlab.record import SCHEMA, Record

__all__ = ["json_schema"]


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a record. A case of JSON Lines follows its `#/$defs/CaseRecord`.

    >>> json_schema()["$id"]
    'urn:gradlab:record:1'
    """
    schema = msgspec.json.schema(Record)
    properties = schema["$defs"]["Record"]["properties"]
    # The version is a constant of each schema. It has a default in Python alone: a file must say it.
    properties["schema"] = {"const": SCHEMA}
    schema["$defs"]["Record"]["required"].insert(0, "schema")
    for name, definition in schema["$defs"].items():
        for field, description in _docstrings().get(name, {}).items():
            definition["properties"][field]["description"] = description
    named = {"$id": f"urn:{SCHEMA.replace('/', ':')}", "title": SCHEMA}
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **named, **schema}
    # Defaults are tuples here, which a validator would not take for arrays.
    return msgspec.json.decode(msgspec.json.encode(schema), type=dict[str, Any])


@cache
def _docstrings() -> dict[str, dict[str, str]]:
    """What stands below each field of each struct in gradlab/record/, which Python itself does not keep."""
    found: dict[str, dict[str, str]] = {}
    for file in files("gradlab.record").iterdir():
        if file.name.endswith(".py"):
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef):
                    found[node.name] = _fields(node)
    return found


def _fields(struct: ast.ClassDef) -> dict[str, str]:
    """The fields of a struct that are followed by a text."""
    return {
        field.target.id: " ".join(text.value.value.split())
        for field, text in pairwise(struct.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
