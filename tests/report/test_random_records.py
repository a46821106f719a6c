"""Every format draws whatever record can be read, and no other is read."""

from __future__ import annotations

import json

import pytest

from gradlab.record import CaseRecord, Explanation, Input, Point, Record, StepSizes, Sweep
from gradlab.record.explanation import Flow, Node, Pass
from gradlab.record.step_sizes import Curve
from gradlab.record.sweep import Depth, Form
from gradlab.report import formats, load
from gradlab.report.json import RecordError, read
from gradlab.report.terminal import to_text
from tests.report.random_records import random_record


@pytest.mark.parametrize("seed", range(30))
def test_every_format_draws_whatever_can_be_read(seed: int) -> None:
    record = read(load("json").write(random_record(seed)))
    for name in formats():
        assert load(name).write(record).endswith("\n")
    assert to_text(record, 40, verbosity=1)
    assert to_text(record, 80, verbosity=-1)


POINT = Point(
    given=True,
    inputs=(Input(name="w", shape=(2,), values=(1.0, 2.0), differentiated=True),),
    value=(1.0,),
    components=("w[0]", "w[1]"),
    reference=("1", "2"),
    verdict="agree",
)
X, Y = (
    Node(name=name, kind="step", shape=(2,), values=(1.0, 2.0), operands=operands)
    for name, operands in (("x", ()), ("y", (0,)))
)
FLOW = Flow(source=1, target=0, rule="1", downstream=(1.0, 2.0))
PASS = Pass(of="y", derivatives=((1.0, 2.0), (1.0, 1.0)), flows=(FLOW,))
EXPLANATION = Explanation(mode="reverse", nodes=(X, Y), output=1, passes=(PASS,), needed=1)
CURVE = Curve(component="w", method="centered", precision="float64", errors=(0.1, 0.0))
STEP_SIZES = StepSizes(steps=(1.0, 0.1), curves=(CURVE,))
SWEEP = Sweep(depths=(Depth(size=1, verdict="agree", forms=(Form(form="f", operations=2),)),))


def damaged(path: tuple[str | int, ...], value: object) -> str:
    """The JSON of a record with one value changed."""
    case = CaseRecord(
        name="one", verdict="agree", passed=True, function="f", points=(POINT,), explanation=EXPLANATION,
        step_sizes=STEP_SIZES, sweep=SWEEP,
    )  # fmt: skip
    text = load("json").write(Record(gradlab="0.1", verdict="agree", cases=(case,)))
    assert read(text).cases == (case,)
    data = json.loads(text)
    part = data["cases"][0]
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    return json.dumps(data)


GRAPH = ("explanation", "passes", 0)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("points", 0, "inputs", 0, "values"), [1.0], r"1 values for an array of shape \[2\]"),
        (("points", 0, "inputs", 0, "shape"), [-2], r"\[-2\] is the shape of no array"),
        (("points", 0, "inputs", 0, "shape"), [1] * 65, "is the shape of no array"),
        (("points", 0, "reference"), ["1"], "1 entries at .*reference for 2 components"),
        (("explanation", "nodes", 0, "values"), [1.0, 2.0, 3.0], "3 values for an array"),
        (("explanation", "nodes", 0, "operands"), [1], "a node before what it is computed of"),
        (("explanation", "nodes", 1, "operands"), [-1], "a node before what it is computed of"),
        (("explanation", "output"), 2, "a node that is none of its 2"),
        ((*GRAPH, "derivatives"), [[]], "a pass without a derivative for each of its 2 nodes"),
        ((*GRAPH, "derivatives", 0), [1.0], "1 values for an array"),
        ((*GRAPH, "flows", 0, "target"), -1, "a node that is none of its 2"),
        ((*GRAPH, "flows", 0, "downstream"), [1.0], "1 values for an array"),
        ((*GRAPH, "flows", 0, "local_values"), [1.0, 2.0], "2 values for an array"),
        (("step_sizes", "steps"), [1.0, 0.0], "a step is to be larger than 0"),
        (("step_sizes", "curves", 0, "errors"), [1.0], "an error for each of the 2 steps"),
        (("step_sizes", "curves", 0, "errors"), [1.0, "-Infinity"], "no less than 0"),
        (("sweep", "depths", 0, "forms", 0, "operations"), -1, ">= 0"),
        (("sweep", "depths", 0, "size"), 10**400, "<= |out of range"),
    ],
)
def test_a_record_that_contradicts_itself_is_refused(
    path: tuple[str | int, ...], value: object, told: str
) -> None:
    with pytest.raises(RecordError, match=told):
        read(damaged(path, value))
