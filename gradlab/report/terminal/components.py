"""The table that the report is about: methods down the side, components across, digits under one another.

The values of one component are in one column, aligned at the decimal point, so that the eye runs down the
digits. As many components stand side by side as there is room for; the others follow below.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text

from gradlab.record import Estimate, Point
from gradlab.report._words.components import (
    MANY,
    WORST,
    bar,
    column,
    elision,
    fewest,
    is_given,
    known_digits,
    labels,
    split_at_error,
    worst,
    wrong_ones,
)
from gradlab.report._words.numerals import aligned, difference, digits, reference, shortened
from gradlab.report._words.wording import Finding, claims_first, derivative, method_name, verdict_of
from gradlab.report.terminal.layout import Footnotes, Lines, Page, hanging, indented, table, width_of
from gradlab.report.terminal.palette import CLAIM, NAME, QUIET, mark, style

__all__ = ["component_lines"]

# All components are shown where they take so many bands; of more, the worst few. -v shows all.
_BANDS = 3


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
    named = _labels(point, notes, page)
    room = page.width - width_of(named)
    shown = list(range(count)) if page.verbosity > 0 or count <= MANY else worst(point)
    columns = [_component(point, estimates, index, calm) for index in shown]
    if page.verbosity <= 0 and len(shown) > WORST and len(list(_bands(columns, room))) > _BANDS:
        shown = worst(point)
        columns = [columns[index] for index in shown]
    if len(shown) < count:
        columns.append(_fewest(point, estimates))
    lines: Lines = []
    for band in _bands(columns, room):
        cells = zip(named, *(part.cells for part in band), strict=True)
        block = table([list(row) for row in cells], "l" * (len(band) + 1))
        lines += [*([Text()] if lines else []), *block]
    if len(shown) < count:
        text = Text(f"{elision(point, len(shown))} (-v shows all).", QUIET)
        lines += [Text(), *indented(hanging(Text(), text, page.narrowed(2)))]
    if page.verbosity > 0:
        lines += _all_digits(point, shown)
    lines += _wrong(point, shown, page, calm)
    remarks = notes.lines(page.narrowed(2))
    return [*lines, *indented(remarks)]


def _labels(point: Point, notes: Footnotes, page: Page) -> Lines:
    found = [Text(), Text("  reference")]
    for name, remarks in labels(point, detailed=page.verbosity > 0):
        claimed = name.startswith("claimed")
        label = Text("▸ " if claimed else "  ").append(name, CLAIM if claimed else "")
        label.append("·".join(map(notes.sign, remarks)), QUIET)
        found.append(label)
    return found


def _component(point: Point, estimates: list[Estimate], index: int, calm: bool) -> _Column:
    numerals = aligned(column(point, estimates, index))
    name = Text(derivative(point.components[index]), NAME)
    width = max(name.cell_len + 1, *map(len, numerals))
    header = Text.assemble(name, " " * (width + 1 - name.cell_len), ("digits", QUIET))
    cells = [
        _cell(numeral, width, estimate, index, calm)
        for numeral, estimate in zip(numerals[1:], estimates, strict=True)
    ]
    return _Column([header, Text.assemble(numerals[0], (bar(point, index), QUIET)), *cells])


def _cell(numeral: str, width: int, estimate: Estimate, index: int, calm: bool) -> Text:
    verdict = verdict_of(estimate, index)
    known = known_digits(estimate, index)
    cell = Text()
    if is_given(estimate, index):
        right, wrong, rest = split_at_error(numeral, known)
        loud = verdict == "disagree" and not calm
        cell.append(right).append(wrong, "red" if loud else QUIET).append(rest)
    else:
        cell.append(numeral, QUIET)
    cell.append(" " * (width - len(numeral)))
    cell.append(f"{digits(known):>5} ", QUIET if verdict == "agree" else "")
    return cell.append_text(mark(verdict, calm=calm and verdict == "disagree"))


def _fewest(point: Point, estimates: list[Estimate]) -> _Column:
    """What each method does over all components, where not all are shown."""
    cells = [Text(f"fewest of {len(point.components):,}", QUIET), Text()]
    for estimate in estimates:
        count, kind = fewest([estimate])
        cells.append(Text.assemble((f"{digits(count):>4} ", QUIET), mark(kind)))
    return _Column(cells)


def _bands(columns: list[_Column], room: int) -> Iterator[list[_Column]]:
    band: list[_Column] = []
    for part in columns:
        if band and sum(other.width + 2 for other in [*band, part]) > room:
            yield band
            band = []
        band.append(part)
    yield band


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
    counted, found = wrong_ones(point, shown, everything=page.verbosity > 0)
    if not found:
        return []
    lines = [Text()]
    if counted:
        body = Text(counted, "" if calm else style("disagree"))
        lines += hanging(Text.assemble("  ", mark("disagree", calm=calm), " "), body, page)
    return lines + indented(table([_finding(point, finding, calm) for finding in found], "lll"))


def _finding(point: Point, finding: Finding, calm: bool) -> list[Text]:
    name = Text(derivative(point.components[finding.component]), "" if calm else style("disagree"))
    first = Text.assemble(mark("disagree", calm=calm), " ", name)
    off = difference(finding.value, point.reference[finding.component])
    return [first, Text(method_name(finding.method)), Text(off)]
