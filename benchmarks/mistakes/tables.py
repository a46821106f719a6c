"""What was counted, as tables and goals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.mistakes.judging import Outcome
from benchmarks.mistakes.matrices import MatrixDerivation
from benchmarks.verdicts.tables import markdown, wilson

LEAST_RIGHT = 0.95
MOST_WRONG = 0.005


@dataclass(frozen=True)
class Goal:
    """Something to be reached, and what stands in its way."""

    text: str
    met: bool
    measured: str
    failing: tuple[Outcome, ...] = ()

    def __str__(self) -> str:
        return f"{'met' if self.met else 'NOT MET'}: {self.text}: {self.measured}"


def goals(outcomes: Sequence[Outcome]) -> list[Goal]:
    """What gradlab is held to; of a kind that was not asked about, nothing."""
    one, two, none = ([o for o in outcomes if len(o.planted) == count] for count in (1, 2, 0))
    found = []
    if one:
        right, wrong = (sum(o.word == word for o in one) for word in ("right", "wrong"))
        found += [
            Goal(
                f"one slip: the right name for at least {LEAST_RIGHT * 100:g} %",
                right >= LEAST_RIGHT * len(one),
                percent(right, len(one)),
                tuple(o for o in one if o.word in ("none", "error")),
            ),
            Goal(
                f"one slip: a wrong name for at most {MOST_WRONG * 100:g} %",
                wrong <= MOST_WRONG * len(one),
                percent(wrong, len(one)),
                tuple(o for o in one if o.word == "wrong"),
            ),
        ]
    wrong_ones = [*one, *two]
    if wrong_ones:
        passed = tuple(o for o in wrong_ones if o.verdict != "disagree")
        found.append(
            Goal("every wrong derivation disagrees", not passed, _all_but(passed, wrong_ones), passed)
        )
    if none:
        refused = tuple(o for o in none if o.verdict != "agree")
        found.append(Goal("every right derivation agrees", not refused, _all_but(refused, none), refused))
    return found


def _all_but(failing: Sequence[Outcome], of: Sequence[Outcome]) -> str:
    return f"{len(of) - len(failing)} of {len(of)}"


def percent(count: int, total: int) -> str:
    """A count of a total, with its 95 % interval."""
    if not total:
        return "–"
    low, high = wilson(count, total)
    return f"{count} of {total}: {count / total * 100:.3g} % ({low * 100:.1f} – {high * 100:.1f} %)"


def report(outcomes: Sequence[Outcome]) -> str:
    """All tables, in Markdown."""
    one, two, none = ([o for o in outcomes if len(o.planted) == count] for count in (1, 2, 0))
    matrix = [o for o in one if isinstance(o.question, MatrixDerivation)]
    formulas = [o for o in one if o not in matrix]
    rows = [
        _row("one slip", one),
        _row("of these, formulas", formulas),
        _row("of these, in matrices", matrix),
        _row("two slips", two),
        _row("none", none),
    ]
    seconds = sorted(o.seconds for o in outcomes)
    parts = [
        markdown(("", "of", "right name", "wrong name", "no name", "error"), rows),
        "",
        _first_names(one),
        "",
        f"Two slips taken for one: {percent(sum(o.word == 'wrong' for o in two), len(two))}.",
        "",
        f"A derivation takes {seconds[len(seconds) // 2] * 1e3:.3g} ms (the median), all of the check included.",
        "",
        "One slip, by family:",
        "",
        markdown(
            ("", "of", "right name", "wrong name", "no name", "error"),
            [_row(family, [o for o in one if o.planted == (family,)]) for family in _families(one)],
        ),
    ]
    return "\n".join(parts)


def _first_names(one: Sequence[Outcome]) -> str:
    named = [o for o in one if o.kind]
    each = sum(1 + len(o.also) for o in named) / max(1, len(named))
    twins = sum(o.indistinguishable for o in one if o.word == "wrong")
    return (
        f"Where a name is given to one slip, {percent(sum(o.at_once for o in named), len(named))} have the slip "
        f"that was made as the first name, and {each:.3g} names are given on average. "
        f"Of the wrong names {twins} are of slips that give the very same answer."
    )


def _families(one: Sequence[Outcome]) -> list[str]:
    return sorted({o.planted[0] for o in one})


def _row(what: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    counted = Counter(o.word for o in outcomes)
    return (what, str(len(outcomes)), *(str(counted[word]) for word in ("right", "wrong", "none", "error")))
