"""Naming the mistake in a wrong derivation: which one slip gives just the answer that was claimed?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradlab.engine.program import Program
from gradlab.judge.mistakes.degrees import of_degrees, printed_in_degrees
from gradlab.judge.mistakes.evidence import Evidence, follows, gather, line_before
from gradlab.judge.mistakes.findings import finding
from gradlab.judge.mistakes.mistake import Mistake
from gradlab.judge.mistakes.pen import changes_of_gradient, changes_of_line, repairs
from gradlab.judge.mistakes.search import Candidate, explanations
from gradlab.methods import Problem

__all__ = ["Mistake", "find_mistake"]


def find_mistake(
    problems: Sequence[Problem], wrong: Sequence[str], before: Callable[..., Any] | None = None
) -> Mistake | None:
    """The slip that gives just what was claimed, at every point and at 50 digits.

    problems: one claim posed at several points. wrong: the arguments it is wrong about. before: the line before in
    a derivation by wrong[0], as a function of the inputs by name. If that line is wrong itself, the slip is looked
    for between the two.

    A slip is named only if it alone explains the answer; other slips that give the very same one stand in `also`.
    Where there is none, a mistake without a `kind` tells by what ratio or difference the claim is off, if that can
    be said; else there is None. Where no one slip explains all of `wrong`, each argument is asked about by itself.

    The work is bounded: of a function of more than some hundred equations a sample of places is looked at, of large
    arrays a sample of elements, and none of a function of more than 5000 operations or what can't be traced.

    >>> import gradlab
    >>> (found,) = gradlab.check("sin(3x)", at={"x": 0.4}, hand={"x": "cos(3x)"}).records[0].mistakes
    >>> found.kind, found.sentence
    ('inner derivative forgotten', 'The inner derivative is missing: by the chain rule sin(3·x) brings a factor, the derivative of 3·x.')
    """
    printed = printed_in_degrees(problems, wrong)
    if printed is not None:
        return printed
    groups = [list(wrong)] if len(wrong) == 1 else [list(wrong), *([name] for name in wrong)]
    gathered = []
    for names in groups:
        evidence = gather(problems, names)
        if evidence is None:
            continue
        line = line_before(before, evidence.problem) if before is not None and names == [wrong[0]] else None
        if line is not None and not follows(evidence, line):
            return _named(evidence, changes_of_line(evidence, line))
        found = _named(evidence, _candidates(evidence, line))
        if found is not None:
            return found
        gathered.append(evidence)
    for evidence in gathered:
        sentence = finding(evidence)
        if sentence is not None:
            return Mistake("", sentence, evidence.names)
    return None


def _named(evidence: Evidence, found: Sequence[Candidate]) -> Mistake | None:
    if not found:
        return None
    kinds = list(dict.fromkeys(candidate.kind for candidate in found))
    return Mistake(kinds[0], found[0].sentence, evidence.names, tuple(kinds[1:]))


def _candidates(evidence: Evidence, line: Program | None) -> list[Candidate]:
    """Every single slip that gives the claim, the most specific first."""
    found = explanations(evidence)
    if evidence.problem.rows == 1:
        found += of_degrees(evidence)
        found += repairs(evidence)
        found += changes_of_line(evidence, line) if line is not None else []
        found += changes_of_gradient(evidence)
    return sorted(found, key=lambda candidate: candidate.rank)
