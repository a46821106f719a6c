"""One run: texts are made and read until the time is over; what was found is written down and told."""

from __future__ import annotations

import contextlib
import json
import os
import random
import tempfile
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from benchmarks.fuzz.findings import Finding, arm, keep, smaller, tried
from benchmarks.fuzz.subjects import Subject, subjects
from benchmarks.fuzz.texts import Maker

_WARMING = 60
"""Texts a subject, before anything is limited: what is imported when first used is imported then."""


@dataclass(frozen=True)
class Options:
    """What to run."""

    minutes: float = 1.0
    seed: int = 0
    readers: tuple[str, ...] = ()
    more: tuple[Path, ...] = ()
    output: Path = Path("fuzz-findings.jsonl")


@dataclass
class Tally:
    """Of one reader, over all scopes."""

    texts: int = 0
    read: int = 0
    slowest: float = 0.0
    slowest_text: str = ""

    def add(self, text: str, done: bool, seconds: float) -> None:
        """One more text."""
        self.texts += 1
        self.read += done
        if seconds > self.slowest:
            self.slowest, self.slowest_text = seconds, text


@dataclass
class Outcome:
    """What a run came to."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    found: dict[str, Finding] = field(default_factory=dict)


def run(options: Options) -> int:
    """Print what was run and found; exit code 1 where something was."""
    maker = Maker(options.seed, options.more)
    outcome = Outcome()
    os.nice(10)
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("error")
        chosen = [
            subject
            for subject in subjects(Path(place))
            if not options.readers or subject.name.split(maxsplit=1)[0] in options.readers
        ]
        for subject in chosen:
            for _ in range(_WARMING):
                with contextlib.suppress(Exception):
                    subject.check(subject.text(maker))
        arm()
        # What kills this process outright is in this file.
        with options.output.with_suffix(".last").open("wb", buffering=0) as last:
            _drive(chosen, maker, options, outcome, last)
    slow = {name: [tally.slowest, tally.slowest_text] for name, tally in outcome.tallies.items()}
    options.output.with_suffix(".slowest.json").write_text(json.dumps(slow, indent=1), encoding="utf-8")
    texts = sum(tally.texts for tally in outcome.tallies.values())
    print(table(outcome.tallies))
    print(
        f"{texts:,} texts in {options.minutes:g} minutes, seed {options.seed}: {len(outcome.found)} findings"
    )
    return 1 if outcome.found else 0


def _drive(chosen: list[Subject], maker: Maker, options: Options, outcome: Outcome, last: BinaryIO) -> None:
    choice = random.Random(options.seed + 1)
    begun = time.monotonic()
    while time.monotonic() - begun < 60 * options.minutes:
        (subject,) = choice.choices(chosen, [subject.weight for subject in chosen])
        text = subject.text(maker)
        last.seek(0)
        last.truncate()
        last.write(f"{subject.name}\n{text}".encode("utf-8", "surrogatepass"))
        done, seconds, finding = tried(subject, text)
        outcome.tallies.setdefault(subject.name.partition(" ")[0], Tally()).add(text, done, seconds)
        if finding is None or finding.signature in outcome.found:
            continue
        outcome.found[finding.signature] = finding
        small = smaller(subject, finding)
        keep(small, options.output)
        print(f"{small.subject}: {small.kind}: {small.message[:300]}", flush=True)
        print(f"    {small.where}\n    {small.text[:300]!r}", flush=True)


def table(tallies: dict[str, Tally]) -> str:
    """By reader, in Markdown."""
    rows = ["| reader | texts | read | slowest, s |", "|---|---:|---:|---:|"]
    rows += [
        f"| {name} | {tally.texts:,} | {tally.read / tally.texts:.0%} | {tally.slowest:.2f} |"
        for name, tally in sorted(tallies.items())
    ]
    return "\n".join(rows)
