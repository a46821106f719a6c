"""gradlab, asked about one derivation: is it wrong, and what is the mistake called?"""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from benchmarks.mistakes.corpus import Derivation
from benchmarks.mistakes.families import FAMILIES
from benchmarks.mistakes.matrices import MatrixDerivation
from benchmarks.mistakes.models import MODELS
from gradlab.cases import Case
from gradlab.harness import Settings, case_of, check_case
from gradlab.library import select
from gradlab.record import CaseRecord

Question = Derivation | MatrixDerivation
Word = Literal["right", "wrong", "none", "error"]
SETTINGS = Settings(timed=False)
"""As `gradlab.check` has them, without the timing of methods, which no answer depends on."""


@dataclass(frozen=True)
class Outcome:
    """What gradlab said of one derivation."""

    question: Question
    verdict: str
    kind: str
    """The name that it gives; "" for none."""
    also: tuple[str, ...]
    """Other names that it says fit as well."""
    sentence: str
    seconds: float

    @property
    def planted(self) -> tuple[str, ...]:
        """The families of the slips that were made."""
        return self.question.planted

    @property
    def word(self) -> Word:
        """Of a derivation with one slip: whether that one is among the names given. With two or none, any
        name is a wrong one. An error is no answer at all.
        """
        if self.verdict == "error":
            return "error"
        if not self.kind:
            return "none"
        if len(self.planted) == 1 and FAMILIES[self.planted[0]] & {self.kind, *self.also}:
            return "right"
        return "wrong"

    @property
    def at_once(self) -> bool:
        """Whether the first name is the slip that was made."""
        return len(self.planted) == 1 and self.kind in FAMILIES[self.planted[0]]

    @property
    def indistinguishable(self) -> bool:
        """Whether a wrong name is of a slip that gives the very same answer."""
        return any(FAMILIES[family] & {self.kind, *self.also} for family in self.question.same)

    def __str__(self) -> str:
        planted = " and ".join(self.planted) or "right"
        said = f"{self.kind!r}{f', also {self.also}' if self.also else ''}: {self.sentence}"
        return f"{self.question}\n    planted: {planted}\n    said: {self.verdict}, {said}"


def judged(question: Question) -> Outcome:
    """`gradlab.check`, and the mistake in the record of it."""
    start = time.perf_counter()
    try:
        with np.errstate(all="ignore"):
            record = check_case(_case(question), SETTINGS)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        told = f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}: {error}"
        return Outcome(question, "error", "", (), told, time.perf_counter() - start)
    kind, also, sentence = _named(record, question.by)
    return Outcome(question, record.verdict, kind, also, sentence, time.perf_counter() - start)


def _case(question: Question) -> Case:
    if isinstance(question, MatrixDerivation):
        model = MODELS[question.name]
        return case_of(model.function, model.at, wrt=model.wrt, hand=question.claim(), name=question.name)
    function: Any = select([question.case])[0].function if question.case else question.formula
    return case_of(function, question.at, hand=question.hand, name=question.name)


def _named(record: CaseRecord, by: str) -> tuple[str, tuple[str, ...], str]:
    """The mistake that is said to spoil the derivative by an argument; a finding without a name if there is but that."""
    about = [mistake for mistake in record.mistakes if by in mistake.by or not mistake.by]
    for mistake in sorted(about, key=lambda mistake: not mistake.kind):
        return mistake.kind, mistake.also, mistake.sentence
    return "", (), record.reason
