"""What is written can be read again, and what cannot be read is refused with the place."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlab import record as r
from gradlab.report.json import RecordError, read, write, writing

NUMBERS = st.floats().map(r.number)
RATIOS = st.none() | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(max_size=12)
KINDS: st.SearchStrategy[r.Kind] = st.sampled_from(
    ["agree", "disagree", "inconclusive", "undefined", "unsupported", "error"]
)
STRUCTS = (
    r.Input, r.Estimate, r.Point, r.Size, r.Duration, r.Timing, r.CaseRecord, r.Record,
)  # fmt: skip


def tuples(items: st.SearchStrategy[Any], size: int | None = None) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, min_size=size or 0, max_size=3 if size is None else size).map(tuple)


@st.composite
def inputs(draw: st.DrawFn) -> r.Input:
    shape = draw(tuples(st.integers(0, 2)))
    values = draw(tuples(NUMBERS, math.prod(shape)))
    return r.Input(name=draw(TEXTS), shape=shape, values=values, differentiated=draw(st.booleans()))


@st.composite
def points(draw: st.DrawFn) -> r.Point:
    count = draw(st.integers(0, 3))

    def each(items: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
        return st.just(()) | tuples(items, count)

    estimates = st.builds(
        r.Estimate,
        method=TEXTS,
        verdict=KINDS,
        reason=TEXTS,
        values=each(NUMBERS),
        digits=each(RATIOS),
        verdicts=each(KINDS),
        errors=each(NUMBERS),
        steps=each(NUMBERS),
    )
    return r.Point(
        given=draw(st.booleans()),
        inputs=draw(tuples(inputs())),
        value=draw(tuples(NUMBERS)),
        components=draw(tuples(TEXTS, count)),
        reference=draw(tuples(st.sampled_from(["", "1.5", "-3.25e-7"]), count)),
        verdict=draw(KINDS),
        estimates=draw(tuples(estimates)),
        kinks=draw(tuples(TEXTS)),
    )


CASES = st.builds(
    r.CaseRecord,
    name=TEXTS,
    verdict=KINDS,
    passed=st.booleans(),
    function=TEXTS,
    claims=tuples(TEXTS),
    points=tuples(points()),
    swell=tuples(st.builds(r.Size, form=TEXTS, operations=st.none() | st.integers(0, 10**12), ratio=RATIOS)),
)
RECORDS = st.builds(
    r.Record,
    gradlab=TEXTS,
    verdict=KINDS,
    versions=st.dictionaries(TEXTS, TEXTS, max_size=3),
    cases=tuples(CASES),
    interrupted=st.booleans(),
)


def strict(text: str) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


@given(RECORDS)
def test_any_record_survives_the_round_trip(record: r.Record) -> None:
    text = write(record)
    strict(text)
    assert read(text) == record
    assert write(read(text)) == text


def test_every_sample_survives_the_round_trip(sample: r.Record) -> None:
    assert read(write(sample).encode()) == sample


def test_nan_and_infinities_come_back_as_they_were() -> None:
    values = tuple(map(r.number, (math.nan, math.inf, -math.inf, -0.0)))
    estimate = r.Estimate(method="reverse", verdict="inconclusive", values=values)
    point = r.Point(
        given=True, inputs=(), value=(), components=("a", "b", "c", "d"), reference=("",) * 4,
        verdict="inconclusive", estimates=(estimate,),
    )  # fmt: skip
    case = r.CaseRecord(name="f", verdict="inconclusive", passed=False, function="f", points=(point,))
    again = read(write(r.Record(gradlab="0.1", verdict="inconclusive", cases=(case,))))
    back = [r.real(value) for value in again.cases[0].points[0].estimates[0].values]
    assert math.isnan(back[0])
    assert back[1:3] == [math.inf, -math.inf]
    assert math.copysign(1, back[3]) == -1


def test_a_float_that_is_not_finite_is_written_as_its_word_or_as_nothing_known() -> None:
    estimate = r.Estimate(
        method="reverse", verdict="error", values=(math.nan, -math.inf), digits=(math.nan, math.inf)
    )
    point = r.Point(
        given=True, inputs=(), value=(math.inf,), components=("a", "b"), reference=("", ""), verdict="error",
        estimates=(estimate,),
    )  # fmt: skip
    case = r.CaseRecord(name="f", verdict="error", passed=False, function="f", points=(point,))
    again = read(write(r.Record(gradlab="0.1", verdict="error", cases=(case,)))).cases[0].points[0]
    assert again.value == ("Infinity",)
    assert again.estimates[0].values == ("NaN", "-Infinity")
    assert again.estimates[0].digits == (None, None)


def test_the_fields_that_may_hold_words_are_those_of_type_number() -> None:
    typed = {
        name for struct in STRUCTS for name, hint in get_type_hints(struct).items() if "NaN" in str(hint)
    }
    assert typed == writing.NUMBERS


def test_the_same_record_is_always_the_same_text(sample: r.Record) -> None:
    text = write(sample)
    assert text == write(read(text))
    assert list(strict(text))[:3] == ["schema", "gradlab", "verdict"]


def test_a_lone_surrogate_does_not_keep_a_record_from_being_saved() -> None:
    text = write(r.Record(gradlab="0.1", verdict="error", command="check a\udcff.py"))
    assert read(text.encode("utf-8")).command == "check a?.py"


def test_an_unknown_field_is_passed_over() -> None:
    record = r.Record(gradlab="0.1", verdict="agree")
    text = write(record).replace('"verdict"', '"added later": [1, {"a": null}],\n  "verdict"')
    assert read(text) == record


V = '"schema": "gradlab/record/1"'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is empty"),
        (" \n", "it is empty"),
        ("hello", "it is not JSON, invalid character in line 1, column 1"),
        (f"{{{V},\n  x}}", "line 2, column 3"),
        (f'{{{V},\n "gradlab": "σ", "seconds": NaN}}', "line 2, column 29"),
        (f"{{{V}}} {{}}", "trailing characters"),
        (f'{{{V},\n "cases": [\n {{"na', "cut off: the JSON ends unfinished in line 3"),
        ("[1, 2]", "expected `object`, got `array`"),
        ("null", "expected `object`, got `null`"),
        ('{"a": 1}', "it has no field"),
        ('{"schema": "geojson/1"}', "it has no field"),
        ('{"schema": 1}', "it has no field"),
        ('{"schema": "gradlab/record/2"}', "follows the schema 'gradlab/record/2', but this gradlab reads"),
        (f'{{{V}, "gradlab": "0.1"}}', "missing required field `verdict`"),
        (f'{{{V}, "gradlab": "0.1", "verdict": "fine"}}', "invalid enum value 'fine' at $.verdict"),
        (f'{{{V}, "gradlab": 1, "verdict": "agree"}}', "at $.gradlab"),
        (f'{{{V}, "x": {"[" * 100_000}', "nested too deeply"),
        (b"\xff\xfe{\x00", "byte 0 is not UTF-8"),
    ],
)
def test_what_is_no_record_is_refused_in_a_sentence(text: str | bytes, words: str) -> None:
    with pytest.raises(RecordError) as caught:
        read(text)
    message = str(caught.value)
    assert words in message
    assert message.startswith("This ")
    assert message.endswith(".")


@pytest.mark.parametrize("field", ["values", "digits", "verdicts", "errors", "steps"])
def test_an_entry_too_few_is_refused_with_its_place(field: str) -> None:
    fields: dict[str, Any] = {field: ("agree",) if field == "verdicts" else (1.0,)}
    estimate = r.Estimate(method="reverse", verdict="agree", **fields)
    point = r.Point(
        given=True, inputs=(), value=(), components=("a", "b"), reference=("1", "2"), verdict="agree",
        estimates=(estimate,),
    )  # fmt: skip
    case = r.CaseRecord(name="f", verdict="agree", passed=True, function="f", points=(point,))
    text = write(r.Record(gradlab="0.1", verdict="agree", cases=(case,)))
    with pytest.raises(
        RecordError, match=rf"1 entries at \$.cases\[0\].points\[0\].estimates\[0\].{field} for 2"
    ):
        read(text)


def test_a_text_saved_with_a_byte_order_mark_is_read() -> None:
    text = write(r.Record(gradlab="0.1", verdict="agree"))
    assert read("\ufeff" + text) == read(text.encode("utf-8-sig")) == read(text)


def test_the_page_on_the_record_names_every_field() -> None:
    page = (Path(__file__).parents[2] / "docs" / "record.md").read_text(encoding="utf-8")
    for struct in STRUCTS:
        for field in msgspec.structs.fields(struct):
            assert f"`{field.name}`" in page, (
                f"docs/record.md does not mention {struct.__name__}.{field.name}"
            )
