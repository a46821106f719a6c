"""What a comparison says, in the same words in every format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from gradlab.record import Kind
from gradlab.record.comparison import CaseChange, Comparison, Course, Run
from gradlab.report._words.cleaning import clean
from gradlab.report._words.numerals import digits, quartiles, times
from gradlab.report._words.wording import Sentence, method_name, outcome, plural

__all__ = [
    "COURSES",
    "SIGNS",
    "Row",
    "heading",
    "name_of",
    "rows",
    "run_in_short",
    "sections",
    "sentence",
    "settings",
]

COURSES: dict[Course, Kind] = {
    "worse": "disagree",
    "better": "agree",
    "other": "unsupported",
    "same": "agree",
}
"""The verdict whose colour a course has."""
SIGNS: dict[Course, str] = {"worse": "✗", "better": "✓", "other": "·", "same": "·"}
_LONGEST, _LONGEST_NAME = 600, 120


@dataclass(frozen=True)
class Row:
    """One thing that changed of a case: what, and from what to what."""

    course: Course
    what: str
    change: str


def sections(comparison: Comparison) -> Iterator[tuple[str, list[CaseChange]]]:
    """The cases under the headings that they belong to, the worse first."""
    found: dict[str, list[CaseChange]] = {
        title: [] for title in ("worse", "better", "new", "gone", "changed")
    }
    for change in comparison.cases:
        found[_title(change)].append(change)
    return ((title, changes) for title, changes in found.items() if changes)


def _title(change: CaseChange) -> str:
    if change.course != "other":
        return change.course
    return "new" if change.old is None else "gone" if change.new is None else "changed"


def heading(change: CaseChange) -> str:
    """How a case came out then, and how now: `agree → disagree`."""
    if change.old is None:
        return f"new: {outcome(change.new).words}" if change.new is not None else "new"
    if change.new is None:
        return f"gone, and was: {outcome(change.old).words}"
    before, after = outcome(change.old).words, outcome(change.new).words
    return after if before == after else f"{before} → {after}"


def name_of(change: CaseChange) -> str:
    """The name of a case, in one line."""
    return _text(change.name, _LONGEST_NAME)


def settings(comparison: Comparison) -> list[tuple[str, str, str]]:
    """What the runs do not have in common: its name, then, and now."""
    return [
        (_text(s.name, _LONGEST_NAME), _text(s.old) or "none", _text(s.new) or "none")
        for s in comparison.settings
    ]


def rows(change: CaseChange) -> Iterator[Row]:
    """All that changed of a case."""
    if change.new is not None:
        before = change.old.reason if change.old is not None else ""
        if change.new.reason != before:
            yield Row(
                "other", "reason", _text(change.new.reason) or f"none any more; it was: {_text(before)}"
            )
    elif change.old is not None and change.old.reason:
        yield Row("other", "reason", _text(change.old.reason))
    if change.edited:
        yield Row("other", "changed", f"the {' and the '.join(change.edited)}")
    for kind in change.mistakes_new:
        yield Row("other", "mistake", f"found now: {_text(kind)}")
    for kind in change.mistakes_gone:
        yield Row("other", "mistake", f"no longer found: {_text(kind)}")
    for one in change.digits:
        name = _named(method_name(one.method), one.size)
        yield Row(one.course, "digits", f"{name}: {digits(one.old)} → {digits(one.new)}")
    for count in change.operations:
        told = f"{count.old:,} → {count.new:,}"
        more = f" ({times(count.new / count.old)})" if count.old else ""
        yield Row(count.course, "operations", f"{_named(count.form, count.size)}: {told}{more}")
    for time in change.timing:
        spans = " → ".join(map(quartiles, (time.old_quartiles, time.new_quartiles)))
        told = f"{times(time.old)} → {times(time.new)}, {'slower' if time.new > time.old else 'faster'}"
        yield Row(time.course, "time", f"{method_name(_text(time.method))}: {told} (quartiles {spans})")


def _text(text: str, longest: int = _LONGEST) -> str:
    text = clean(text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _named(name: str, size: int | None) -> str:
    return _text(name) + (f" at size {size}" if size is not None else "")


def run_in_short(run: Run) -> str:
    """What kind of run it was."""
    cut = ", interrupted" if run.interrupted else ""
    parts = [
        f"{run.passed:,} of {plural(run.cases, 'case')} passed{cut}",
        f"gradlab {run.gradlab}",
        run.started,
    ]
    return " · ".join(_text(part) for part in parts if part)


def sentence(comparison: Comparison) -> Sentence:
    """What came of it all."""
    kind = COURSES[comparison.course]
    if comparison.course == "same":
        return Sentence("agree", f"Nothing changed in {plural(comparison.same, 'case')}.")
    counts = Counter(title for title, changes in sections(comparison) for _ in changes)
    words = {"better": "got better", "new": "new", "gone": "gone", "changed": "changed"}
    told = [f"{plural(counts['worse'], 'case')} got worse"] if counts["worse"] else []
    told += [f"{counts[title]:,} {said}" for title, said in words.items() if counts[title]]
    told += [f"{comparison.same:,} as before"] if comparison.same else []
    first = _about_the_run(comparison)
    if comparison.course != "worse":
        first.append("Nothing got worse:")
    rest = [f"{', '.join(told)}."] if told else []
    return Sentence("agree" if kind == "unsupported" else kind, " ".join([*first, *rest]))


def _about_the_run(comparison: Comparison) -> list[str]:
    """What is wrong with the new run as a whole."""
    if comparison.new.interrupted and not comparison.old.interrupted:
        return ["The new run was interrupted."]
    return ["The new run has checked nothing."] if comparison.old.cases and not comparison.new.cases else []
