"""Gradescope's results.json: a test a problem, with its score, its status and what is to be said of it.

The fields are those of https://gradescope-autograders.readthedocs.io/en/latest/specs/. Texts are declared
to be plain text: Gradescope is to take nothing in them for markup.
"""

from __future__ import annotations

import json
from typing import Any

from gradlab.record import CaseRecord, Record
from gradlab.report._words.classroom import Common, Problem, common_mistakes, problems, students
from gradlab.report._words.cleaning import cleaned
from gradlab.report._words.derivation import untold
from gradlab.report._words.wording import closing, outcome, plural, why

__all__ = ["write"]

MAX_SCORE = 1.0
_MOST = 10_000
"""Characters of one output."""


def write(record: Record) -> str:
    """The results as one JSON object. A problem scores 1 if it passed, and 0 however else it came out.

    >>> results = json.loads(write(Record(gradlab="0.1", verdict="error")))
    >>> results["score"], results["tests"]
    (0.0, [])
    """
    record = cleaned(record)
    everyone = students(record)
    tests = [_test(problem, len(everyone) > 1) for problem in problems(record)]
    result = {
        "score": sum(test["score"] for test in tests) if tests else 0.0,
        "execution_time": round(record.seconds, 3),
        "output": _overall(record, everyone),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {
            "gradlab": record.gradlab,
            "verdict": record.verdict,
            "interrupted": record.interrupted,
        },
    }
    return json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _test(problem: Problem, several: bool) -> dict[str, Any]:
    return {
        "name": f"{problem.student}: {problem.name}" if several and problem.student else problem.name,
        "name_format": "text",
        "score": MAX_SCORE if problem.passed else 0.0,
        "max_score": MAX_SCORE,
        "status": "passed" if problem.passed else "failed",
        "output": _shortened("\n\n".join(map(_told, problem.cases))),
        "output_format": "text",
        "visibility": "visible",
    }


def _told(case: CaseRecord) -> str:
    """What is to be said of a case: its verdict, why, and where."""
    lines = [f"{outcome(case).words}: {why(case)}" if not case.passed else f"{outcome(case).words}."]
    lines += [mistake.sentence for mistake in untold(case)]
    places = dict.fromkeys([*(m.location for m in case.mistakes), case.location])
    lines += [f"({', '.join(p for p in places if p)})"] if any(places) else []
    lines += [f"Read as: {case.read_as}"] if case.read_as else []
    return "\n".join(lines)


def _overall(record: Record, everyone: tuple[str, ...]) -> str:
    text = closing(record).text
    common = common_mistakes(record) if len(everyone) > 1 else []
    return _shortened("\n".join([text, *map(_counted, common)]))


def _counted(common: Common) -> str:
    return f"{common.kind}: {plural(common.students, 'student')}"


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST else text[:_MOST] + " …"
