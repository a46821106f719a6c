"""The JSON Schema describes what is written, every field of it, and takes nothing else for a record."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from gradlab import harness, library
from gradlab import record as r
from gradlab.report import jsonl
from gradlab.report.json import json_schema, write
from tests.report import samples
from tests.report.hostile import hostile_record

SCHEMA = json_schema()
WHOLE = Draft202012Validator(SCHEMA)
CASE = Draft202012Validator({**SCHEMA, "$ref": "#/$defs/CaseRecord"})


def test_it_is_a_schema_of_its_draft() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == "urn:gradlab:record:1"


def test_every_sample_follows_it(sample: r.Record) -> None:
    WHOLE.validate(json.loads(write(sample)))


def test_a_hostile_record_follows_it() -> None:
    WHOLE.validate(json.loads(write(hostile_record("\ud800<script>\x00"))))


def test_the_lines_of_json_lines_follow_it(sample: r.Record) -> None:
    first, *cases = map(json.loads, jsonl.write(sample).splitlines())
    WHOLE.validate(first)
    for case in cases:
        CASE.validate(case)


def test_a_record_with_studies_and_pictures_follows_it() -> None:
    settings = harness.Settings(points=1, timed=False, pictures="all", step_sizes=True)
    record = harness.check_cases(library.declared(("ln-product-sine", "relu-at-0", "tanh-2-2-1")), settings)
    assert record.cases[0].explanation is not None
    WHOLE.validate(json.loads(write(record)))


def structs() -> list[type[msgspec.Struct]]:
    """Every struct that a record is made of."""
    found: dict[str, type[msgspec.Struct]] = {}

    def visit(kind: Any) -> None:
        if isinstance(kind, msgspec.inspect.StructType) and kind.cls.__name__ not in found:
            found[kind.cls.__name__] = kind.cls
            for field in kind.fields:
                visit(field.type)
        for name in ("item_type", "types", "item_types"):
            inner = getattr(kind, name, ())
            for one in inner if isinstance(inner, tuple) else (inner,):
                visit(one)

    visit(msgspec.inspect.type_info(r.Record))
    return list(found.values())


@pytest.mark.parametrize("struct", structs())
def test_it_has_every_field_and_its_description(struct: type[msgspec.Struct]) -> None:
    definition = SCHEMA["$defs"][struct.__name__]
    assert set(definition["properties"]) == {field.name for field in msgspec.structs.fields(struct)}
    assert definition["description"]


def test_what_stands_below_a_field_is_its_description() -> None:
    fields = SCHEMA["$defs"]["CaseRecord"]["properties"]
    assert fields["location"]["description"] == "file:line of the function."
    assert fields["timing"].keys() >= {"anyOf", "default"}
    assert SCHEMA["$defs"]["Timing"]["properties"]["memory"]["description"].startswith(
        "Bytes in use at most, at any"
    )


def test_a_file_must_say_which_schema_it_follows() -> None:
    record = SCHEMA["$defs"]["Record"]
    assert record["properties"]["schema"] == {"const": r.SCHEMA}
    assert {"schema", "gradlab", "verdict"} <= set(record["required"])


def given(case: Any) -> Any:
    return case["points"][0]


BREAKS: dict[str, Callable[[Any, Any], Any]] = {
    "no schema": lambda whole, case: whole.pop("schema"),
    "another version": lambda whole, case: whole.update(schema="gradlab/record/2"),
    "no verdict": lambda whole, case: whole.pop("verdict"),
    "no such verdict": lambda whole, case: whole.update(verdict="fine"),
    "a verdict in capitals": lambda whole, case: case.update(verdict="Agree"),
    "cases as an object": lambda whole, case: whole.update(cases={"a": case}),
    "a case that is text": lambda whole, case: whole["cases"].append("case"),
    "a case without a name": lambda whole, case: case.pop("name"),
    "passed as a word": lambda whole, case: case.update(passed="yes"),
    "a seed with a fraction": lambda whole, case: whole.update(seed=0.5),
    "a null reason": lambda whole, case: case.update(reason=None),
    "a version that is a number": lambda whole, case: whole.update(versions={"numpy": 2.4}),
    "a number as text": lambda whole, case: given(case)["estimates"][0].update(values=["1.5"]),
    "infinity by another name": lambda whole, case: given(case)["estimates"][0].update(values=["inf"]),
    "digits as words": lambda whole, case: given(case)["estimates"][0].update(digits=["NaN"]),
    "a reference as a number": lambda whole, case: given(case).update(reference=[1.5]),
    "a shape with half an axis": lambda whole, case: given(case)["inputs"][0].update(shape=[1.5]),
    "one quartile": lambda whole, case: case["timing"]["durations"][0].update(quartiles=[1.0]),
    "three quartiles": lambda whole, case: case["timing"]["durations"][0].update(quartiles=[1.0, 2.0, 3.0]),
    "timing as a list": lambda whole, case: case.update(timing=[]),
    "another study": lambda whole, case: whole.update(study="lint"),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_a_broken_record_does_not_follow_it(broken: str) -> None:
    whole = json.loads(write(samples.lectures()))
    WHOLE.validate(whole)
    damaged = copy.deepcopy(whole)
    BREAKS[broken](damaged, damaged["cases"][0])
    assert not WHOLE.is_valid(damaged)
