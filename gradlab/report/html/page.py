"""The page: its head, and its sections one after another."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from gradlab.record import CaseRecord, Record
from gradlab.report._words.classroom import students
from gradlab.report._words.cleaning import cleaned
from gradlab.report._words.summary import legend
from gradlab.report._words.wording import closing
from gradlab.report.html import mathematics
from gradlab.report.html.rendering import render
from gradlab.report.html.sections import case, classroom, opening, overview
from gradlab.report.html.sections._compact import compact, gathered

__all__ = ["page"]

_STYLES = ("colours", "page", "cases", "studies", "figures", "figures_graph")
_FEW = 5
"""Of so many cases all are open."""
_FAILURES = 50
"""Of more cases, those that did not pass are open, if they are no more than these."""
_SEVERAL = 50
"""Of more cases, those that passed have the pictures of their studies without the numbers."""
_MANY, _PICTURED = 300, 100
"""Of more cases, only the first of those that did not pass have studies: so many of them."""
_ROOM = 2_600_000
"""Bytes for all cases. Where they take more, the largest of those that passed lose their pictures."""
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
_SPARING = f"Of so many cases, pictures are drawn only of the first {_PICTURED} that did not pass"


def page(record: Record, *, framed: bool = False) -> str:
    """The whole page as HTML.

    framed: it is the text of a frame, in which a link to a part of it would lead to the page around the frame.
    """
    record = cleaned(record)
    symbols: dict[str, None] = {}
    groups = _groups(record, symbols)
    style = _style(formulas=any("<math>" in section for _, sections in groups for section in sections))
    written = render(
        "page",
        closing=closing(record),
        opening=opening.section(record),
        classroom=classroom.section(record),
        overview=compact(overview.section(record, reasons=len(students(record)) < 2)),
        contents=_contents(record),
        legend=legend(record),
        groups=groups,
        symbols=Markup("").join(map(Markup, symbols)),
        sparing=f"{_SPARING}." if len(record.cases) > _MANY else "",
        style=Markup(style),  # noqa: S704 (ours)
        policy=_policy(style, "about:" if framed else "'none'"),
        framed=framed,
    )
    return str(written)  # what is done with it now escapes nothing more


def _contents(record: Record) -> list[tuple[str, str]]:
    """The parts of a page on several cases: their ids and titles."""
    if len(record.cases) < 2:
        return []
    parts = [
        ("class", "Class", len(students(record)) > 1),
        (
            "failed",
            "What did not pass",
            len(students(record)) < 2 and not all(c.passed for c in record.cases),
        ),
        ("overview", "Overview", True),
        ("cases", "Cases", True),
    ]
    return [(place, title) for place, title, there in parts if there]


def _groups(record: Record, symbols: dict[str, None]) -> list[tuple[str, list[Markup]]]:
    """The cases, in a class those of each student together."""
    everyone = students(record)
    if len(everyone) < 2:
        return [("", [section for _, section in _cases(record, symbols)])]
    grouped: defaultdict[str, list[Markup]] = defaultdict(list, {student: [] for student in everyone})
    for student, section in _cases(record, symbols):
        grouped[student].append(section)
    return list(grouped.items())


def _cases(record: Record, symbols: dict[str, None]) -> list[tuple[str, Markup]]:
    """Each case with whose it is; what their pictures have in common is gathered in `symbols`."""
    many, failures = len(record.cases), 0
    sections = []
    for number, one in enumerate(record.cases, 1):
        failures += not one.passed
        sections.append(gathered(_case(record, number, _extent(one, many, failures)), symbols))
    if _SEVERAL < many <= _MANY:
        _lighten(record, sections)
    return [(one.student, section) for one, section in zip(record.cases, sections, strict=True)]


def _lighten(record: Record, sections: list[Markup]) -> None:
    """Takes the pictures from the largest of those that passed, until there is room for all."""
    sizes = [len(section.encode()) for section in sections]
    excess = sum(sizes) - _ROOM
    for index in sorted(range(len(sizes)), key=lambda index: -sizes[index]):
        if excess > 0 and record.cases[index].passed:
            sections[index] = _case(record, index + 1, "tables")
            excess -= sizes[index] - len(sections[index].encode())


def _case(record: Record, number: int, extent: case.Extent) -> Markup:
    """One case; of few all are open, and of many those that did not pass, unless they are many themselves."""
    one, many = record.cases[number - 1], len(record.cases)
    unfolded = many <= _FEW or (
        not one.passed and sum(not other.passed for other in record.cases) <= _FAILURES
    )
    grouped = bool(one.student) and any(other.student != one.student for other in record.cases)
    return compact(case.section(one, number, record, unfolded=unfolded, extent=extent, grouped=grouped))


def _extent(one: CaseRecord, many: int, failures: int) -> case.Extent:
    """How much is shown of one of many cases, which is the last of so many failures, if it is one."""
    if many <= _SEVERAL or (not one.passed and (many <= _MANY or failures <= _PICTURED)):
        return "everything"
    return "pictures" if many <= _MANY else "words"


@cache
def _style(*, formulas: bool) -> str:
    """All style sheets, one after another, and the font of formulas, if there are any."""
    folder = files("gradlab.report.html") / "styles"
    sheets = [(folder / f"{name}.css").read_text(encoding="utf-8") for name in _STYLES]
    return _COMMENT.sub("", "\n".join([*sheets, mathematics.style()] if formulas else sheets))


def _policy(style: str, base: str) -> str:
    """The Content-Security-Policy: this one style sheet and the fonts in it, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; font-src data:; base-uri {base}; form-action 'none'"
