"""Records of a class of three."""

from __future__ import annotations

from typing import Any

from gradlab import record as r


def case(student: str, problem: str, verdict: r.Kind, **fields: Any) -> r.CaseRecord:
    settings = {"function": "x^2", "passed": verdict == "agree", **fields}
    return r.CaseRecord(
        name=f"{student}: {problem}", student=student, problem=problem, verdict=verdict, **settings
    )


def run(*cases: r.CaseRecord, **fields: Any) -> r.Record:
    verdict: r.Kind = "agree" if all(c.passed for c in cases) else "disagree"
    return r.Record(gradlab="0.1.0", verdict=verdict, cases=cases, **{"seconds": 2.5, **fields})


def record() -> r.Record:
    mistake = r.Mistake(
        kind="inner derivative forgotten",
        sentence="The inner derivative is missing.",
        line=4,
        location="s/bob/hw3.md:14",
    )
    lines = (
        r.Line(text="∂L/∂x", verdict="agree", right="agree", location="s/bob/hw3.md:20"),
        r.Line(text="3x", verdict="disagree", right="disagree", location="s/bob/hw3.md:21"),
    )
    chain = r.Chain(title="∂L/∂x", by="x", verdict="disagree", lines=lines)
    return run(
        case("ann", "problem 1", "agree", location="s/ann/hw3.md:3", seconds=0.5),
        case("bob", "problem 1", "disagree", location="s/bob/hw3.md:3", reason="line 4 is wrong", mistakes=(mistake,)),
        case("bob", "problem 2", "disagree", location="s/bob/hw3.md:17", reason="line 1 is wrong", chains=(chain,)),
        case("cy", "hw3.py", "error", location="s/cy/hw3.py", reason="it took more than 60 s"),
    )  # fmt: skip
