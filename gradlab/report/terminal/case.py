"""One case: what was asked, where, what the methods say, and what it costs."""

from __future__ import annotations

import re
from textwrap import dedent

from rich.text import Text

from gradlab.record import CaseRecord, Counterexample, Input, Point, Record
from gradlab.report._words.derivation import claims_beside
from gradlab.report._words.numerals import shortened
from gradlab.report._words.points import in_short, input_value, point_value, points_of
from gradlab.report._words.wording import derivative, outcome, plural, why
from gradlab.report.terminal.components import component_lines
from gradlab.report.terminal.cost import cost_lines
from gradlab.report.terminal.derivation import derivation_lines, mistake_lines
from gradlab.report.terminal.explanation import explanation_lines
from gradlab.report.terminal.layout import (
    COLUMN,
    Lines,
    Page,
    flowing,
    hanging,
    labelled,
    rule,
    table,
    width_of,
)
from gradlab.report.terminal.listing import folded
from gradlab.report.terminal.palette import NAME, QUIET, VARIABLE, mark, style
from gradlab.report.terminal.step_sizes import step_size_lines
from gradlab.report.terminal.sweep import sweep_lines

__all__ = ["case_lines", "case_rows"]

_SOURCE_LINES = 16
_KINKS = 3
_KEYWORDS = (
    "and as break continue def elif else for from if import in is lambda not or pass return while with yield"
)
_TOKEN = re.compile(
    r"(?P<comment>\#[^\n]*|\"\"\".*?\"\"\"|'''.*?''')"
    rf"|(?P<keyword>(?<![\\\"'])\b(?:{_KEYWORDS.replace(' ', '|')})\b)"  # \\lambda is none
    r"|(?P<name>[^\W\d]\w*)",
    re.DOTALL,
)


def case_lines(case: CaseRecord, record: Record, page: Page) -> Lines:
    """The whole of a case."""
    result = outcome(case)
    badge = Text(result.words, style(result.kind))
    lines = [rule(Text.assemble(mark(result.kind), " ", (case.name, NAME)), badge, page.width)]
    origin = " · ".join(text for text in (case.source, case.location) if text)
    if origin:
        lines += hanging(Text("   "), Text(origin, QUIET), page)
    if case.reason:
        tone = "" if result.kind == "agree" else style(result.kind)
        lines += hanging(Text("   "), Text(case.reason, tone), page)
    lines += [Text(), *_question(case, page)]
    if record.study == "check" or page.verbosity > 0:
        lines += _checked(case, record, page)
    if record.study != "check":
        lines += explanation_lines(case, page)
    if record.study != "check" or page.verbosity > 0:  # a check holds them for a report with pictures
        lines += [*sweep_lines(case, page), *step_size_lines(case, page)]
    return lines


def _checked(case: CaseRecord, record: Record, page: Page) -> Lines:
    """What the check found."""
    lines = [*mistake_lines(case, page), *derivation_lines(case, page)]
    lines += [Text()] if case.chains else []
    lines += _points(case, record, page)
    if case.counterexample is not None:
        lines += _counterexample(case.counterexample, page)
    return lines + cost_lines(case, page)


def case_rows(cases: tuple[CaseRecord, ...], page: Page) -> Lines:
    """Each case in one line (or a few, where its reason is long)."""
    results = [outcome(case) for case in cases]
    heads = table(
        [
            [_shortened(case.name, page.width // 3), Text(result.words, style(result.kind))]
            for case, result in zip(cases, results, strict=True)
        ],
        "ll",
    )
    margin = width_of(heads) + 2
    lines: Lines = []
    for case, result, head in zip(cases, results, heads, strict=True):
        padding = " " * (margin - head.cell_len)
        lines += hanging(Text.assemble(mark(result.kind), " ", head, padding), _in_short(case), page)
    return lines


def _shortened(name: str, width: int) -> Text:
    text = Text(name)
    text.truncate(width, overflow="ellipsis")
    return text


def _in_short(case: CaseRecord) -> Text:
    if not case.passed:
        return Text(why(case))
    return Text(in_short(case), QUIET)


def _question(case: CaseRecord, page: Page) -> Lines:
    """The function, how it was read, and what is claimed of it."""
    variables = {item.name for point in case.points for item in point.inputs if item.differentiated}
    source = _code(_source(case, page), variables)
    lines = _listed("function", source, page) if source else []
    if case.read_as:
        lines += labelled("read as", _code(case.read_as, variables), page)
    for number, claim in enumerate(claims_beside(case)):
        lines += _listed("" if number else "claimed", _code(dedent(claim).strip("\n"), variables), page)
    for note in case.notes:
        lines += labelled("note", Text(note), page)
    return lines


def _listed(label: str, code: Text, page: Page) -> Lines:
    """Code beside a label; what goes on from a long line stands further in than the line."""
    return labelled(label, Text("\n").join(folded(code, page.narrowed(COLUMN))), page)


def _source(case: CaseRecord, page: Page) -> str:
    rows = dedent(case.function).strip("\n").split("\n")
    if page.verbosity > 0 or len(rows) <= _SOURCE_LINES:
        return "\n".join(rows)
    kept = _SOURCE_LINES - 4
    return "\n".join([*rows[:kept], f"# … {len(rows) - kept} more lines (-v shows all)"])


def _code(source: str, variables: set[str]) -> Text:
    """Code or a formula, the variables of the derivative picked out, keywords and comments set apart."""
    text = Text(source)
    for token in _TOKEN.finditer(source):
        if token["comment"]:
            text.stylize(QUIET, *token.span())
        elif token["keyword"]:
            text.stylize("magenta", *token.span())
        elif token["name"] in variables:
            text.stylize(VARIABLE, *token.span())
    return text


def _points(case: CaseRecord, record: Record, page: Page) -> Lines:
    """The given points in full, the drawn ones in a line, and the first of them that does not agree."""
    calm = case.passed and case.verdict == "disagree"
    points = points_of(case)
    lines: Lines = []
    for point in points.given:
        lines += [*([Text()] if lines else []), *_point(point, case, page, calm)]
    if not points.drawn:
        return lines
    text, news = points.sentence(record), points.news
    if page.verbosity > 0:
        news = points.drawn
    elif news:
        text += " Here is the first that does not agree:"
    lines += [Text(), *hanging(Text("  "), Text(text), page)]
    for point in news:
        lines += [Text(), *_point(point, case, page, calm)]
    return lines


def _point(point: Point, case: CaseRecord, page: Page, calm: bool) -> Lines:
    lines = _inputs(point.inputs, page)
    if point.value:
        lines += labelled("value", Text(point_value(point, full=page.verbosity > 0)), page)
    if point.reason and point.reason != case.reason:
        lines += labelled(point.verdict, Text(point.reason, style(point.verdict)), page)
    shown = point.kinks if page.verbosity > 0 else point.kinks[:_KINKS]
    for number, kink in enumerate(shown):
        lines += labelled("" if number else "kink", Text(kink), page)
    if len(shown) < len(point.kinks):
        rest = plural(len(point.kinks) - len(shown), "more kink")
        lines += labelled("", Text(f"and {rest} (-v shows all)", QUIET), page)
    if point.asked:
        lines += labelled("asked", Text(point.asked), page)
    body = component_lines(point, page, calm=calm)
    return [*lines, *([Text(), *body] if body else [])]


def _inputs(inputs: tuple[Input, ...], page: Page) -> Lines:
    lines: Lines = []
    for number, items in enumerate(flowing([_input(item, page) for item in inputs], page)):
        lines += labelled("" if number else "at", items, page)
    return lines


def _counterexample(found: Counterexample, page: Page) -> Lines:
    """The simplest point at which the claim is wrong, and code that shows it."""
    lines = [Text(), Text("  simplest counterexample", NAME), *_inputs(found.inputs, page)]
    name = derivative(found.component)
    lines += labelled("claimed", Text(f"{name} = {shortened(found.claimed, 16)}"), page)
    lines += labelled("reference", Text(f"{name} = {shortened(found.derivative, 16)}"), page)
    variables = {item.name for item in found.inputs if item.differentiated}
    code = _code(found.snippet.strip("\n"), variables)
    # Flush left, as it is to be pasted.
    return lines + ([Text(), *folded(code, page)] if found.snippet else [])


def _input(item: Input, page: Page) -> Text:
    name = (item.name, VARIABLE if item.differentiated else "")
    return Text.assemble(name, input_value(item, full=page.verbosity > 0))
