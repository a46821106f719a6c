"""What changed from one run to another: two records in, a `Comparison` out.

What got worse, and what did not, is decided here and nowhere else:

- a case that passed and does not, or is gone;
- a case that did not pass for want of a decision, and now is wrong or fails;
- fewer correct digits by one or more, at the same points;
- a derivative with more operations, of the same function;
- with `timed`, a gradient that takes longer, beyond the noise of both timings;
- a run that was interrupted, or has checked nothing, where the old one was whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from gradlab.comparing.cases import ORDER, case_change, gone, joined
from gradlab.record import CaseRecord, Record
from gradlab.record.comparison import CaseChange, Comparison, Course, Run, Setting

__all__ = ["compare"]


def compare(old: Record, new: Record, *, timed: bool = False) -> Comparison:
    """The new run beside the old one. Cases are the same if student, problem and name are.

    >>> run = Record(gradlab="0.1", verdict="agree")
    >>> compare(run, run).course
    'same'
    """
    changes = list(_changes(old, new, timed))
    changed = sorted((c for c in changes if c.course != "same"), key=lambda c: ORDER.index(c.course))
    courses: set[Course] = {c.course for c in changed}
    if _is_cut(new) and not _is_cut(old):
        courses.add("worse")
    return Comparison(
        course=joined(courses),
        old=_run(old),
        new=_run(new),
        timed=timed,
        settings=tuple(_settings(old, new)),
        cases=tuple(changed),
        same=len(changes) - len(changed),
    )


def _changes(old: Record, new: Record, timed: bool) -> Iterator[CaseChange]:
    """Every case of either run: those of the new one in its order, then those that are gone."""
    before = _keyed(old.cases)
    for key, case in _keyed(new.cases).items():
        yield case_change(before.pop(key, None), case, timed=timed)
    yield from map(gone, before.values())


def _keyed(cases: Iterable[CaseRecord]) -> dict[tuple[str, str, str, int], CaseRecord]:
    """The cases by student, problem, name, and of those alike in all three by their order."""
    seen: Counter[tuple[str, str, str]] = Counter()
    keyed = {}
    for case in cases:
        name = (case.student, case.problem, case.name)
        keyed[*name, seen[name]] = case
        seen[name] += 1
    return keyed


def _is_cut(record: Record) -> bool:
    return record.interrupted or not record.cases


def _run(record: Record) -> Run:
    return Run(
        verdict=record.verdict,
        gradlab=record.gradlab,
        started=record.started,
        command=record.command,
        cases=len(record.cases),
        passed=sum(case.passed for case in record.cases),
        interrupted=record.interrupted,
    )


def _settings(old: Record, new: Record) -> Iterator[Setting]:
    """Which settings and versions the runs do not have in common."""
    before, after = _described(old), _described(new)
    for name in dict.fromkeys([*before, *after]):
        if before.get(name, "") != after.get(name, ""):
            yield Setting(name=name, old=before.get(name, ""), new=after.get(name, ""))


def _described(record: Record) -> dict[str, str]:
    timeout = "" if record.timeout is None else f"{record.timeout:g} s"
    return {
        "gradlab": record.gradlab,
        "study": record.study,
        "seed": str(record.seed),
        "points": str(record.points),
        "methods": ", ".join(record.methods),
        "digits": str(record.digits),
        "timeout": timeout,
        **record.versions,
    }
