"""One run: make the derivations, ask gradlab about each, count."""

from __future__ import annotations

import multiprocessing
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path

from benchmarks.mistakes.corpus import corpus
from benchmarks.mistakes.judging import Outcome, Question, judged
from benchmarks.mistakes.matrices import matrices
from benchmarks.mistakes.tables import goals, report

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- measured: written by --readme -->\n", "<!-- end -->\n"
QUICK = 8
"""A quick run takes every eighth derivation."""


@dataclass(frozen=True)
class Options:
    """What to run."""

    only: str = "*"
    seed: int = 0
    quick: bool = False
    show: bool = False
    readme: bool = False
    failures: str = ""
    processes: int = 2


def run(options: Options) -> int:
    """All derivations; exit code 1 if a goal is missed, 2 if nothing matches."""
    start = time.perf_counter()
    every: list[Question] = [*corpus(options.seed), *matrices()]
    chosen = [
        q for q in every if any(fnmatch(name, options.only) for name in (*(q.planted or ("right",)), q.name))
    ]
    chosen = chosen[::QUICK] if options.quick else chosen
    if not chosen:
        print(f"nothing matches --only {options.only!r}")
        return 2
    made = time.perf_counter() - start
    outcomes = []
    for number, outcome in enumerate(_each(chosen, options.processes), 1):
        outcomes.append(outcome)
        if options.show:
            print(outcome, flush=True)
        elif sys.stderr.isatty():
            print(f"\r{number} of {len(chosen)}", end="", file=sys.stderr, flush=True)
    told = f"{_versions()}, seed {options.seed}\n\n{report(outcomes)}"
    reached = goals(outcomes)
    print(told)
    print(
        f"\n{len(chosen)} derivations made in {made:.0f} s, judged in {time.perf_counter() - start - made:.0f} s"
    )
    for goal in reached:
        print(goal)
    if options.failures:
        lines = [f"{goal}\n\n" + "".join(f"{failing}\n\n" for failing in goal.failing) for goal in reached]
        lines += ["two slips, one named:\n\n", *(f"{o}\n\n" for o in outcomes if _two_as_one(o))]
        Path(options.failures).write_text("\n".join(lines), encoding="utf-8")
    if options.readme:
        _enter("\n".join([told, "", *(f"- {goal}" for goal in reached)]))
    return 0 if all(goal.met for goal in reached) else 1


def _two_as_one(outcome: Outcome) -> bool:
    return len(outcome.planted) == 2 and outcome.word == "wrong"


def _each(questions: Sequence[Question], processes: int) -> Iterator[Outcome]:
    """The derivations' outcomes, in order."""
    if processes == 1 or len(questions) == 1:
        yield from map(judged, questions)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(judged, questions, chunksize=4)


def _versions() -> str:
    names = ("numpy", "sympy", "mpmath")
    return ", ".join([f"Python {platform.python_version()}", *(f"{n} {metadata.version(n)}" for n in names)])


def _enter(told: str) -> None:
    """Write the tables into the README, between its two marks."""
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    README.write_text(before + BEGIN + told + "\n" + END + after, encoding="utf-8")
