"""The table that the report is about: methods down the side, components across, digits under one another.

The values of one component are in one column, aligned at the decimal point, so that the eye runs down the
digits. As many components stand side by side as there is room for; the others follow below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text

from gradlab.record import Estimate, Point
from gradlab.report._numerals import (
    aligned,
    difference,
    digits,
    plain,
    reference,
    short,
    shortened,
    split_at_digit,
)
from gradlab.report._wording import (
    SEVERITY,
    Finding,
    claims_first,
    derivative,
    findings,
    method_name,
    plural,
    verdict_of,
    would_have_been_seen,
)
from gradlab.report.terminal.layout import Footnotes, Lines, Page, hanging, indented, table, width_of
from gradlab.report.terminal.palette import CLAIM, NAME, QUIET, mark, style

__all__ = ["component_lines"]

# All components are shown where they take so many bands; of more, the worst few. -v shows all.
_BANDS, _WORST = 3, 3
_MANY = 30
_FINDINGS = 6
# A float64 next to the true value has 15.95 digits or more: none of what it prints is wrong.
_FULL = 15.0


@dataclass(frozen=True)
class _Column:
    """One component: a name above, then a cell for the reference and one for each estimate."""

    cells: list[Text]

    @property
    def width(self) -> int:
        return width_of(self.cells)


def component_lines(point: Point, page: Page, *, calm: bool = False) -> Lines:
    """The components × methods of a point, what is wrong there, and the remarks of the methods.

    `calm`: a disagreement that the case declares is not shown as an alarm.
    """
    if not point.components:
        return []
    estimates, count, notes = claims_first(point.estimates), len(point.components), page.footnotes()
    labels = _labels(point, estimates, notes, page)
    room = page.width - width_of(labels)
    shown = list(range(count)) if page.verbosity > 0 or count <= _MANY else _worst(point)
    columns = [_component(point, estimates, index, calm) for index in shown]
    if page.verbosity <= 0 and len(shown) > _WORST and len(list(_bands(columns, room))) > _BANDS:
        shown = _worst(point)
        columns = [columns[index] for index in shown]
    if len(shown) < count:
        columns.append(_fewest(point, estimates))
    lines: Lines = []
    for band in _bands(columns, room):
        cells = zip(labels, *(column.cells for column in band), strict=True)
        block = table([list(row) for row in cells], "l" * (len(band) + 1))
        lines += [*([Text()] if lines else []), *block]
    if len(shown) < count:
        lines += [Text(), *_elision(point, len(shown), page)]
    if page.verbosity > 0:
        lines += _all_digits(point, shown)
    lines += _wrong(point, shown, page, calm)
    remarks = notes.lines(page.narrowed(2))
    return [*lines, *indented(remarks)]


def _worst(point: Point) -> list[int]:
    """The components to show of many: the wrong ones first, then those of fewest digits."""
    worst: dict[int, int] = {}
    for finding in findings(point):
        # The claim comes first in `findings`: what is wrong with it goes before what is with a witness.
        rank = SEVERITY.index(finding.verdict) + (0 if finding.method == "claimed" else len(SEVERITY))
        worst[finding.component] = min(rank, worst.get(finding.component, rank))

    def badness(component: int) -> tuple[int, float]:
        return worst.get(component, 2 * len(SEVERITY)), _least(point.estimates, component)

    return sorted(sorted(range(len(point.components)), key=badness)[:_WORST])


def _least(estimates: tuple[Estimate, ...], component: int) -> float:
    known = (e.digits[component] for e in estimates if component < len(e.digits))
    return min((count for count in known if count is not None), default=99.0)


def _labels(point: Point, estimates: list[Estimate], notes: Footnotes, page: Page) -> Lines:
    labels = [Text(), Text("  reference")]
    claims = sum(1 for estimate in estimates if estimate.method == "claimed")
    for number, estimate in enumerate(estimates, 1):  # claims come first
        claimed = estimate.method == "claimed"
        # Where it matters most, it is the reason of the verdict too, and has been told.
        told = estimate.verdict == "agree" and estimate.reason
        seen = "" if told else would_have_been_seen(estimate, point.components)
        label = Text("▸ " if claimed else "  ").append(method_name(estimate.method), CLAIM if claimed else "")
        if claimed and claims > 1:
            label.append(f" {number}", CLAIM)
        alone = sum(other.reason == estimate.reason for other in estimates) == 1
        remarks = [*_remarks(estimate, page, alone), *([seen] if seen else [])]
        label.append("·".join(map(notes.sign, remarks)), QUIET)
        labels.append(label)
    return labels


def _remarks(estimate: Estimate, page: Page, alone: bool) -> Iterator[str]:
    """What is to be said of a method; a reason that several have is told once, without their names."""
    name = method_name(estimate.method)
    told_above = estimate.method == "claimed" and estimate.verdict == "disagree"
    if estimate.verdict != "agree" and estimate.reason and not told_above:
        yield f"{name}: {estimate.reason}" if alone else estimate.reason
    yield from estimate.lost
    if estimate.steps:
        sizes = sorted({f"{float(step):.3g}" for step in estimate.steps}, key=float)
        span = sizes[0] if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
        calls = f", {plural(estimate.evaluations, 'evaluation')} of f" if estimate.evaluations else ""
        yield f"step h = {span}{calls}"
    if estimate.errors and page.verbosity > 0:
        worst = max((float(error) for error in estimate.errors), default=0.0)
        yield f"{name}: estimates its own error at {worst:.2e} or less (an estimate, not a bound)"


def _component(point: Point, estimates: list[Estimate], index: int, calm: bool) -> _Column:
    values = [reference(point.reference[index]) or "none"]
    values += [plain(e.values[index]) if _is_given(e, index) else "–" for e in estimates]
    numerals = aligned(values)
    name = Text(derivative(point.components[index]), NAME)
    width = max(name.cell_len + 1, *map(len, numerals))
    header = Text.assemble(name, " " * (width + 1 - name.cell_len), ("digits", QUIET))
    cells = [
        _cell(numeral, width, estimate, index, calm)
        for numeral, estimate in zip(numerals[1:], estimates, strict=True)
    ]
    return _Column([header, Text.assemble(numerals[0], (_bar(point, index), QUIET)), *cells])


def _is_given(estimate: Estimate, index: int) -> bool:
    """Whether a method says anything of a component: a claim may be of some arguments alone."""
    silent = verdict_of(estimate, index) == "unsupported" and estimate.values[index : index + 1] == ("NaN",)
    return index < len(estimate.values) and not silent


def _bar(point: Point, index: int) -> str:
    """The reference's error bar, where it was measured."""
    return f" ± {short(point.bars[index])}" if index < len(point.bars) else ""


def _cell(numeral: str, width: int, estimate: Estimate, index: int, calm: bool) -> Text:
    verdict = verdict_of(estimate, index)
    known = estimate.digits[index] if index < len(estimate.digits) else None
    cell = Text()
    if not _is_given(estimate, index):
        cell.append(numeral, QUIET)
    elif known is not None and known < _FULL:
        right, wrong = split_at_digit(numeral, int(known))
        loud = verdict == "disagree" and not calm
        cell.append(right).append(wrong, "red" if loud else QUIET)
        cell.append(numeral[len(right) + len(wrong) :])
    else:
        cell.append(numeral)
    cell.append(" " * (width - len(numeral)))
    cell.append(f"{digits(known):>5} ", QUIET if verdict == "agree" else "")
    return cell.append_text(mark(verdict, calm=calm and verdict == "disagree"))


def _fewest(point: Point, estimates: list[Estimate]) -> _Column:
    """What each method does over all components, where not all are shown."""
    cells = [Text(f"fewest of {len(point.components):,}", QUIET), Text()]
    for estimate in estimates:
        known = [count for count in estimate.digits if count is not None]
        kinds = estimate.verdicts or (estimate.verdict,)
        count = digits(min(known)) if known else ""
        cells.append(Text.assemble((f"{count:>4} ", QUIET), mark(min(kinds, key=SEVERITY.index))))
    return _Column(cells)


def _bands(columns: list[_Column], room: int) -> Iterator[list[_Column]]:
    band: list[_Column] = []
    for column in columns:
        if band and sum(other.width + 2 for other in [*band, column]) > room:
            yield band
            band = []
        band.append(column)
    yield band


def _elision(point: Point, shown: int, page: Page) -> Lines:
    count, wrong = len(point.components), len({finding.component for finding in findings(point)})
    which = "those that do not agree first, then those" if wrong else "those"
    start = f"{shown} of {count:,} components are shown"
    text = f"{start}: {which} with the fewest correct digits (-v shows all)."
    return indented(hanging(Text(), Text(text, QUIET), page.narrowed(2)))


def _all_digits(point: Point, shown: list[int]) -> Lines:
    texts = point.reference
    long = [index for index in shown if reference(texts[index]) != texts[index].rstrip("0")]
    if not long:
        return []
    numerals = aligned([shortened(texts[index], 50) for index in long])
    rows = [
        [Text(derivative(point.components[index])), Text(numeral)]
        for index, numeral in zip(long, numerals, strict=True)
    ]
    lines = [Text(), Text("  the reference, to all digits known", QUIET)]
    return lines + indented(table(rows, "ll"))


def _wrong(point: Point, shown: list[int], page: Page, calm: bool) -> Lines:
    """Each component that disagrees, with how far it is off; of many, those shown above."""
    found = [finding for finding in findings(point) if finding.verdict == "disagree"]
    if not found:
        return []
    lines = [Text()]
    if page.verbosity <= 0 and len(found) > _FINDINGS:
        counts = Counter(method_name(finding.method) for finding in found)
        parts = ", ".join(f"{method} disagrees in {count:,}" for method, count in counts.items())
        body = Text(f"of {len(point.components):,} components, {parts}", "" if calm else style("disagree"))
        lines += hanging(Text.assemble("  ", mark("disagree", calm=calm), " "), body, page)
        found = [finding for finding in found if finding.component in shown][:_FINDINGS]
    return lines + indented(table([_finding(point, finding, calm) for finding in found], "lll"))


def _finding(point: Point, finding: Finding, calm: bool) -> list[Text]:
    name = Text(derivative(point.components[finding.component]), "" if calm else style("disagree"))
    first = Text.assemble(mark("disagree", calm=calm), " ", name)
    off = difference(finding.value, point.reference[finding.component])
    return [first, Text(method_name(finding.method)), Text(off)]
