"""A case in Markdown: a row of the table of what did not pass, and its details in a fold."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import dedent

from gradlab.record import CaseRecord, Chain, Counterexample, Point, Record, Repair
from gradlab.report._words.classroom import place
from gradlab.report._words.components import MANY, column, elision, known_digits, labels, worst
from gradlab.report._words.derivation import (
    FOLLOWS,
    claims_beside,
    follows,
    made_in,
    of_claims,
    repaired,
    shown_lines,
    would,
)
from gradlab.report._words.numerals import array, difference, digits, shortened
from gradlab.report._words.points import points_of
from gradlab.report._words.wording import (
    MARKS,
    SEVERITY,
    claims_first,
    derivative,
    findings,
    outcome,
    verdict_of,
    why,
)
from gradlab.report.markdown.escaping import code, cut, fenced, in_html, prose, table

__all__ = ["details", "row", "studied"]

_LONGEST_CODE = 4000
"""Characters of a block of code."""


def row(case: CaseRecord) -> list[str]:
    """Sign, name, verdict, where it is wrong, and why."""
    result = outcome(case)
    return [MARKS[result.kind], code(case.name), result.words, _where(case), prose(cut(_reason(case)))]


def _reason(case: CaseRecord) -> str:
    """Why, without the place, which stands beside it."""
    return why(case).removeprefix(f"{':'.join(place(case))}: ")


def _where(case: CaseRecord) -> str:
    """The line of a derivation, or the component, and the place in the file."""
    file, number = place(case)
    wrong = [f"line {m.line}" for m in case.mistakes if m.line is not None]
    wrong += [
        f"line {count}"
        for chain in case.chains
        for count, line in enumerate(chain.lines)
        if line.verdict == "disagree"
    ]
    wrong += [
        derivative(point.components[finding.component])
        for point in case.points
        for finding in findings(point)
        if finding.component < len(point.components)
    ]
    parts = [prose(cut(wrong[0]))] if wrong else []
    parts += [code(f"{file}:{number}" if number else file)] if file else []
    return ", ".join(parts)


def details(case: CaseRecord, record: Record, *, alone: bool = False) -> str:
    """All that is to be said of a case, folded, but unfolded where it is the only one."""
    result = outcome(case)
    summary = f"<summary>{MARKS[result.kind]} {in_html(case.name)}: {result.words}</summary>"
    return "\n\n".join([f"<details{' open' * alone}>\n{summary}", *_parts(case, record), "</details>"])


def _parts(case: CaseRecord, record: Record) -> Iterator[str]:
    origin = " · ".join(text for text in (case.source, case.location) if text)
    if origin:
        yield prose(cut(origin))
    yield prose(cut(why(case)))
    function = dedent(case.function).strip("\n")
    if function:
        yield fenced(cut(function, _LONGEST_CODE), "python" if "\n" in function else "")
    if case.read_as:
        yield f"Read as {code(cut(case.read_as))}"
    for claim in claims_beside(case):
        yield f"Claimed:\n\n{fenced(cut(dedent(claim), _LONGEST_CODE))}"
    for chain in case.chains:
        yield _derivation(case, chain)
    for mistake in of_claims(case):
        yield prose(cut(mistake.sentence))
    for repair in case.repairs:
        if repair.line is None:
            yield f"Right would be: {_changed(repair, f'∂/∂{repair.by} = {repair.text}')}"
    points = points_of(case)
    shown = min([*points.given, *points.drawn], key=lambda p: SEVERITY.index(p.verdict), default=None)
    if shown is not None and shown.components:
        yield from _point(shown)
        if points.drawn:
            yield prose(points.sentence(record))
    if case.counterexample is not None:
        yield from _counterexample(case.counterexample)


def studied(case: CaseRecord) -> list[str]:
    """What a study found, in its own sentences."""
    found: list[str] = []
    if case.explanation is not None:
        found += [code(cut(f"{line.name} = {line.formula}")) for line in case.explanation.closed]
    if case.sweep is not None:
        sweep = case.sweep
        told = [
            *(f"{growth.form}: {growth.sentence}" for growth in sweep.growth if growth.sentence),
            *sweep.crossings,
            *sweep.measured,
        ]
        found += [prose(cut(sentence)) for sentence in told]
    if case.step_sizes is not None:
        found += [prose(cut(note)) for note in case.step_sizes.notes]
    return ["\n".join([f"{code(case.name)}:\n", *(f"- {line}" for line in found)])] if found else []


def _derivation(case: CaseRecord, chain: Chain) -> str:
    """A derivation, a row a line: ↳ marks what follows from a wrong line."""
    rows = []
    for number, line in shown_lines(chain):
        sign = FOLLOWS if follows(line) else MARKS[line.verdict]
        said = [line.reason, *(mistake.sentence for mistake in made_in(case, chain, number))]
        remarks = [prose(cut(text)) for text in said if text]
        remarks += [
            f"{would(chain, repair).capitalize()}: {_changed(repair, repair.text)}"
            for repair in repaired(case, chain, number)
        ]
        cells = [str(number or ""), code(cut(line.read_as or line.text)), "<br>".join(remarks)]
        rows.append([sign, *cells])
    return table(["", "", f"derivation {code(chain.title)}", ""], rows, "lrll")


def _changed(repair: Repair, text: str) -> str:
    """What would be right, and what was changed."""
    return code(cut(text)) + (f" ({prose(cut(repair.change))})" if repair.change else "")


def _point(point: Point) -> Iterator[str]:
    """The point, and a row for each value there that does not agree, beside the reference."""
    at = ", ".join(f"{item.name} = {array(item.shape, item.values)[0]}" for item in point.inputs)
    if at:
        yield (
            f"At {code(cut(at))}:"
            if point.given
            else f"At a point drawn around the given one, {code(cut(at))}:"
        )
    everything = range(len(point.components))
    shown = list(everything) if len(everything) <= MANY else worst(point)
    estimates = claims_first(point.estimates)
    names = [name for name, _ in labels(point)]
    rows: list[list[str]] = []
    for component in shown:
        numerals = column(point, estimates, component)
        rows.append(
            [code(cut(derivative(point.components[component]))), "reference", code(numerals[0]), "", "", ""]
        )
        for name, numeral, estimate in zip(names, numerals[1:], estimates, strict=True):
            verdict = verdict_of(estimate, component)
            if numeral != "–" and (estimate.method == "claimed" or verdict != "agree"):
                known = digits(known_digits(estimate, component))
                off = difference(estimate.values[component], point.reference[component])
                off = off if verdict == "disagree" else ""
                rows.append(["", name, code(numeral), known, f"{MARKS[verdict]} {verdict}", prose(off)])
    yield table(["derivative", "by", "value", "correct digits", "", "off"], rows, "llrrll")
    if len(shown) < len(everything):
        yield prose(f"{elision(point, len(shown))}.")
    agreeing = [
        name
        for name, e in zip(names, estimates, strict=True)
        if e.verdict == "agree" and e.method != "claimed"
    ]
    if agreeing:
        yield prose(f"In agreement with the reference: {', '.join(agreeing)}.")


def _counterexample(found: Counterexample) -> Iterator[str]:
    name = derivative(found.component)
    claimed, right = shortened(found.claimed, 16), shortened(found.derivative, 16)
    yield f"Simplest counterexample: {code(cut(f'{name} = {right}'))}, and claimed is {code(cut(claimed))}"
    if found.snippet:
        yield fenced(cut(found.snippet, _LONGEST_CODE), "python")
