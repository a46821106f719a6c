"""One run: verify the corpus, spoil it, ask every tool, count."""

from __future__ import annotations

import multiprocessing
import platform
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.verdicts import ours, primitives
from benchmarks.verdicts.corpus import corpus
from benchmarks.verdicts.mutants import Mutant, mutants
from benchmarks.verdicts.peers import LIBRARIES, PEERS, present
from benchmarks.verdicts.subject import Inputs, Subject
from benchmarks.verdicts.tables import Outcome, goals, report
from benchmarks.verdicts.tools import Answer
from benchmarks.verdicts.verify import verify

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- measured: written by --readme -->\n", "<!-- end -->\n"
SECONDS = 20.0
OUT_OF_TIME = f"not done after {SECONDS:g} s"
QUICK = 4
"""A quick run takes every fourth function, at its first point."""


@dataclass(frozen=True)
class Options:
    """What to run."""

    only: str = "*"
    tools: str = "*"
    quick: bool = False
    show: bool = False
    readme: bool = False
    failures: str = ""
    processes: int = 2
    one_by_one: bool = False


@dataclass(frozen=True)
class Unit:
    """One function at one point, by name: what is handed to a process."""

    subject: str
    point: int
    tools: tuple[str, ...]
    screen: bool


def run(options: Options) -> int:
    """All tools over all pairs; exit code 1 if a goal is missed, 2 if nothing matches."""
    chosen = [s for s in corpus() if fnmatch(s.name, options.only)]
    names = [name for name in (*ours.TOOLS, *present()) if fnmatch(name, options.tools)]
    if not chosen or not names:
        print(f"nothing matches --only {options.only!r} --tools {options.tools!r}")
        return 2
    if options.quick:
        chosen = chosen[::QUICK]
    units = [
        Unit(s.name, i, tuple(names), not options.one_by_one)
        for s in chosen
        for i in range(1 if options.quick else len(s.points))
    ]
    start = time.perf_counter()
    outcomes: list[Outcome] = []
    for number, found in enumerate(_each(units, options.processes), 1):
        outcomes += found
        if options.failures and (number % 10 == 0 or number == len(units)):
            _write_failures(Path(options.failures), outcomes, number, len(units))
        if options.show:
            for outcome in found:
                print(outcome)
        elif sys.stderr.isatty():
            print(f"\r{number} of {len(units)} points", end="", file=sys.stderr, flush=True)
    if missing := primitives.uncovered():
        print(f"no formulas for the primitives {', '.join(missing)}")
    seconds = time.perf_counter() - start
    told = f"{versions()}\n\n{report(outcomes, names)}"
    judged = goals(outcomes)
    print(told)
    print(f"\n{len(units)} points of {len(chosen)} functions in {seconds:.0f} s")
    absent = [name for name in PEERS if name not in present()]
    if absent:
        print(f"not installed: {', '.join(absent)}")
    for goal in judged:
        print(goal)
    if options.readme:
        enter("\n".join([told, "", *(f"- {goal.line}" for goal in judged)]))
    return 1 if missing or any(not goal.met for goal in judged) else 0


def _write_failures(file: Path, outcomes: Sequence[Outcome], done: int, of: int) -> None:
    """What fails so far, each with the command that shows it."""
    lines = [f"# {done} of {of} points", ""]
    lines += ["To see one: python -m benchmarks.verdicts --only NAME --tools 'gradlab*' --show", ""]
    lines += [f"{goal}\n" for goal in goals(outcomes)]
    file.write_text("\n".join(lines), encoding="utf-8")


def _each(units: Sequence[Unit], processes: int) -> Iterator[list[Outcome]]:
    """The units' outcomes, in order."""
    if processes == 1 or len(units) == 1:
        yield from map(examine, units)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(examine, units, chunksize=1)


_CORPUS: dict[str, Subject] = {}
TOOLS: dict[str, Callable[[Subject, Inputs, Any], Answer]] = {**ours.TOOLS, **PEERS}


def examine(unit: Unit) -> list[Outcome]:
    """Every tool on the right gradient and on every mutant, of one function at one point."""
    if not _CORPUS:
        _CORPUS.update((s.name, s) for s in corpus())
    subject = _CORPUS[unit.subject]
    inputs = subject.points[unit.point]
    verify(subject, inputs)
    spoiled = mutants(subject, inputs)
    claims: list[Mutant | None] = [None, *spoiled]
    found = []
    for name in unit.tools:
        screened = _screened(name, subject, inputs, spoiled) if unit.screen else {}
        for mutant in claims:
            seconds = 0.0
            if mutant is not None and mutant in screened:
                answer = Answer("refused", screened[mutant])
            elif found and found[-1].tool == name and found[-1].reason == OUT_OF_TIME:
                answer = Answer(
                    "error", OUT_OF_TIME
                )  # it is the function that holds the tool up, not the claim
            else:
                start = time.perf_counter()
                answer = _asked(TOOLS[name], subject, inputs, mutant.claim if mutant else subject.gradient)
                seconds = time.perf_counter() - start
            found.append(_outcome(name, subject, unit.point, mutant, answer, seconds))
    return found


def _screened(tool: str, subject: Subject, inputs: Inputs, spoiled: Sequence[Mutant]) -> dict[Mutant, str]:
    """The mutants that gradlab refuses when it is handed all of them at once; the others are asked alone."""
    if tool not in ours.TOOLS:
        return {}
    try:
        with np.errstate(all="ignore"):
            reasons = ours.TOOLS[tool].refused(subject, inputs, [m.claim for m in spoiled])
    except Exception:
        return {}
    return {mutant: reason for mutant, reason in zip(spoiled, reasons, strict=True) if reason}


def _asked(tool: Callable[..., Answer], subject: Subject, inputs: Inputs, claim: Any) -> Answer:
    try:
        with np.errstate(all="ignore"), _at_most(SECONDS):
            return tool(subject, inputs, claim)
    except TimeoutError as error:
        return Answer("error", str(error))
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return Answer(
            "error", f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}: {error}"
        )


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raises TimeoutError after so long: a far step may lead a loop of the function to no end."""

    def stop(*_: Any) -> None:
        raise TimeoutError(OUT_OF_TIME)

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _outcome(
    tool: str, subject: Subject, point: int, mutant: Mutant | None, answer: Answer, seconds: float
) -> Outcome:
    slipped: list[str] = []
    size = mutant.size if mutant else 0.0
    if mutant is None and answer.word == "refused":
        size = ours.inaccuracy(subject, subject.points[point], answer.record)
    if mutant is not None and answer.word == "passed" and answer.record is not None:
        slipped = ours.above_detectable(tool, answer.record, subject, subject.points[point], mutant.claim)
    return Outcome(
        tool=tool,
        subject=subject.name,
        kind=subject.kind,
        point=point,
        mutant=mutant.kind if mutant else "",
        size=size,
        hidden=mutant is not None and mutant.hidden,
        word=answer.word,
        reason=" ".join(answer.reason.split())[:300],
        slipped="; ".join(slipped[:2]),
        seconds=seconds,
    )


def versions() -> str:
    """Python, and everyone who takes part."""
    found = [f"Python {platform.python_version()}"]
    for library in ("numpy", *LIBRARIES):
        try:
            found.append(f"{library} {metadata.version(library)}")
        except metadata.PackageNotFoundError:
            found.append(f"{library} not installed")
    return ", ".join(found)


def enter(told: str) -> None:
    """Write the tables into the README, between its two marks."""
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    README.write_text(before + BEGIN + told + "\n" + END + after, encoding="utf-8")
