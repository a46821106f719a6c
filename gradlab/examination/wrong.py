"""Why what is wrong is wrong, and how it would be right: of derivations by their lines, of claims as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from gradlab import record as rec
from gradlab.cases import Case, Claim
from gradlab.judge.derivation import JudgedChain
from gradlab.judge.mistakes import Mistake, find_mistake
from gradlab.judge.point import Judged
from gradlab.judge.reasons.assumptions import needed_by
from gradlab.judge.repair import right_claim, right_line
from gradlab.methods import Problem
from gradlab.recording import mistake_record, repair_record

REPAIRING = "the repair of the wrong line"
MOST_REPAIRED = 8
"""Lines of a derivation, and arguments of a claim."""
GRANTED = "taken for granted"
TRANSPOSED = "It is right up to a transpose: a gradient has the shape of what it is taken by."


def mistakes(
    case: Case, judged: Sequence[Judged], problems: Sequence[Problem], chains: Sequence[JudgedChain]
) -> list[rec.Mistake]:
    """Why what is wrong is wrong: of a derivation by its lines, of any other claim as a whole."""
    found: list[rec.Mistake] = []
    explained: set[str] = set()
    for judged_chain in chains:
        by, steps = judged_chain.chain.by, judged_chain.chain.steps
        if by not in case.wrt:
            continue
        for k in judged_chain.wrong_lines:
            explained.add(by)
            claim = Claim({by: steps[k].formula}, typed=frozenset({by}))
            before = steps[k - 1].formula if k > 1 else None  # what is derived is no line that one copies
            mistake = find_mistake([replace(p, claim=claim) for p in problems], [by], before)
            if mistake is None and judged_chain.findings[k].transposed:
                mistake = Mistake("transposed", TRANSPOSED, (by,))
            if mistake is not None:
                found.append(mistake_record(mistake, line=k, location=steps[k].location))
    for number, claim in enumerate(case.claims):
        wrong = _wrong_names(number, case.claims, judged)
        unexplained = [name for name in wrong if name not in explained]
        if unexplained:
            mistake = find_mistake([replace(p, claim=claim) for p in problems], unexplained)
            found += [mistake_record(mistake)] if mistake is not None else []
        if wrong and (needed := needed_by(claim, problems)):
            found.append(mistake_record(Mistake(GRANTED, f"The claim is {needed}.", tuple(wrong))))
    return found


def with_mistakes(reason: str, mistakes: Sequence[rec.Mistake]) -> str:
    """A verdict's reason with what was found out about just that."""
    own = [m for m in mistakes if m.line is None or (m.location in reason and f"line {m.line} " in reason)]
    granted = [m for m in own[1:2] if m.kind == GRANTED]
    sentences = [mistake.sentence.rstrip(".") for mistake in [*own[:1], *granted]]
    told = [reason, *(said for said in sentences if said not in reason)]
    return " ".join([*(part if part.endswith("?") else f"{part}." for part in told[:-1]), told[-1]])


def repairs(
    case: Case,
    judged: Sequence[Judged],
    problems: Sequence[Problem],
    chains: Sequence[JudgedChain],
    begin: Callable[[str], None],
    skip: Mapping[str, str],
) -> list[rec.Repair]:
    """What is wrong and was typed, made right: lines of derivations, and claims that are no last lines of such. No
    verdict depends on it.
    """
    if REPAIRING in skip:
        return []
    begin(REPAIRING)
    found: list[rec.Repair] = []
    derived = {one.chain.by for one in chains}
    for one in chains:
        for k in one.wrong_lines[:MOST_REPAIRED]:
            right = right_line(one, k, case.function, problems)
            location = one.chain.steps[k].location
            found += [repair_record(right, one.chain.by, line=k, location=location)] if right else []
    for number, claim in enumerate(case.claims):
        for by in _wrong_names(number, case.claims, judged)[:MOST_REPAIRED]:
            if (
                by in claim.typed
                and by not in derived
                and not callable(claim.given)
                and callable(claim.given[by])
            ):
                right = right_claim(claim.given[by], by, case.function, problems)
                found += [repair_record(right, by)] if right is not None else []
    return found


def _wrong_names(number: int, claims: Sequence[Claim], judged: Sequence[Judged]) -> list[str]:
    """The arguments by which a claim disagrees at some point, in order."""
    wrong: dict[str, None] = {}
    for at in judged:
        testimony = at.testimony_on(number, claims)
        owners = at.problem.owners
        for k, kind in enumerate(testimony.verdicts if testimony is not None else ()):
            if kind == "disagree":
                wrong[owners[k % len(owners)]] = None
    return list(wrong)
