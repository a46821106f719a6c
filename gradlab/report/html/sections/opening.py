"""The top of the page: the verdict, the counts by outcome, and what was run."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from gradlab.record import Record
from gradlab.report._words.numerals import seconds
from gradlab.report._words.summary import outcomes
from gradlab.report._words.wording import closing, method_name, plural
from gradlab.report.html.rendering import render

__all__ = ["section"]


def section(record: Record) -> Markup:
    """The section as HTML."""
    return render(
        "opening",
        record=record,
        closing=closing(record),
        outcomes=outcomes(record.cases) if len(record.cases) > 1 else [],
        facts=[(name, text) for name, text in _facts(record) if text],
    )


def _facts(record: Record) -> list[tuple[str, str]]:
    """What was run: names and texts."""
    drawn = f", each also at {plural(record.points, 'point')} drawn around its own" if record.points else ""
    versions = ", ".join(f"{name} {version}" for name, version in record.versions.items())
    took = f"in {seconds(record.seconds)}" if record.seconds else ""
    limit = f"{record.timeout:g} s for a method" if record.timeout is not None else ""
    return [
        ("checked", f"{plural(len(record.cases), 'case')}{drawn}; seed {record.seed}"),
        ("methods", ", ".join(map(method_name, record.methods))),
        ("reference", f"{record.digits} digits"),
        ("time limit", limit),
        ("run", ", ".join(text for text in (_moment(record.started), took) if text)),
        ("versions", f"gradlab {record.gradlab}{f', {versions}' if versions else ''}"),
    ]


def _moment(started: str) -> str:
    """When it was, as it is read by people.

    >>> _moment("2026-11-21T21:05:01+00:00"), _moment("then")
    ('21 November 2026, 21:05 UTC', 'then')
    """
    try:
        moment = datetime.fromisoformat(started)
    except ValueError:
        return started
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
