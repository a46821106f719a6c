"""`gradlab schema` prints the JSON Schema, and what the command writes follows it."""

from __future__ import annotations

import json

from jsonschema import Draft202012Validator

from gradlab.report.json import json_schema
from tests.cli.conftest import Command


def test_it_prints_the_schema(run: Command) -> None:
    ran = run("schema")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == json_schema()


def test_what_a_check_writes_follows_it(run: Command) -> None:
    schema = Draft202012Validator(json.loads(run("schema").out))
    for line in ("check cube relu-at-0", "check 'x^2' --at x=1 --hand 'x: x'", "check 'abs(x)' --at x=0"):
        schema.validate(json.loads(run(f"{line} --format json").out))
