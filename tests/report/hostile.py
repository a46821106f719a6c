"""What must hold in every report, whatever texts a record holds: for the tests beside it and `benchmarks.fuzz`."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
import xml.etree.ElementTree as ET

from gradlab import record as r
from gradlab.report import load
from gradlab.report.terminal import to_text

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What begins a formula in a spreadsheet."""


def hostile_record(text: str) -> r.Record:
    """A record in which every text that may come from a student is this one."""
    line = r.Line(text=text, verdict="disagree", right="disagree", read_as=text, reason=text, location=text)
    mistake = r.Mistake(kind=text, sentence=text, by=(text,), also=(text,), line=1, location=text)
    value = r.Input(name=text, shape=(), values=(1.0,), differentiated=True)
    point = r.Point(
        given=True, inputs=(value,), value=(1.0,), components=(text,), reference=("1.0",), verdict="disagree",
        reason=text, asked=text, kinks=(text,),
        estimates=(r.Estimate(method="claimed", verdict="disagree", reason=text, values=(2.0,), lost=(text,)),),
    )  # fmt: skip
    example = r.Counterexample(inputs=(value,), component=text, claimed="2", derivative="1", snippet=text)
    case = r.CaseRecord(
        name=text, verdict="disagree", passed=False, reason=text, function=text, read_as=text, claims=(text,),
        source=text, location=text, tags=(text,), notes=(text,), points=(point,), counterexample=example,
        chains=(r.Chain(title=text, by=text, verdict="disagree", lines=(line, line), reason=text),),
        mistakes=(mistake,), student=text, problem=text,
    )  # fmt: skip
    failed = r.CaseRecord(name=text, verdict="error", passed=False, reason=text, function=text, student=text)
    return r.Record(gradlab="0.1", verdict="disagree", reason=text, command=text, cases=(case, failed))


def check_reports(text: str) -> bool:
    """Every format of a record that is full of the text; True, because all of them are written."""
    record = hostile_record(text)
    for name in ("terminal", "gradescope", "junit", "csv", "github", "markdown", "json"):
        written = load(name).write(record)
        written.encode("utf-8")
        if name != "json":  # data for programs
            _assert_plain(written, name)
        if name == "csv":
            for cell in (cell for row in csv.reader(io.StringIO(written)) for cell in row):
                assert not cell.startswith(FORMULA), f"{cell!r} is a formula"
        if name == "junit":
            assert ET.fromstring(written).tag == "testsuites"  # noqa: S314  # it is ours
        if name == "gradescope":
            _assert_texts_plain(json.loads(written), name)
    _assert_plain(to_text(record, 40, verbosity=1), "terminal at full length")
    _assert_plain(to_text(record, 80, verbosity=-1), "terminal in short")
    html = load("html").write(record)
    _assert_plain(html, "html")
    assert "<script" not in html.lower() and "<img" not in html.lower(), "markup of the text's"
    return True


def _assert_texts_plain(value: object, where: str) -> None:
    match value:
        case str():
            _assert_plain(value, where)
        case dict():
            for key, part in value.items():
                _assert_texts_plain(key, where)
                _assert_texts_plain(part, where)
        case list():
            for part in value:
                _assert_texts_plain(part, where)


def _assert_plain(text: str, where: str) -> None:
    for character in set(text) - {"\n"}:
        assert unicodedata.category(character) not in {"Cc", "Cs"}, f"U+{ord(character):04X} in {where}"
        assert character not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", (
            f"U+{ord(character):04X} turns the direction in {where}"
        )
