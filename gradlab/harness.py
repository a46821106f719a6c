"""The harness: cases × points × methods → records."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from gradlab import record as rec
from gradlab.cases import Case, Claim, InputError, caller, make_case, source_lines
from gradlab.examination import Settings, examine
from gradlab.examination.pictures import pictured
from gradlab.judge.verdict import Verdict, worst
from gradlab.methods import load
from gradlab.recording import case_record
from gradlab.sweeping import sweep
from gradlab.worker import Crashed, InternalError, Job, run_each

SIZES, FORM_SECONDS, SWEEPS_SECONDS = (1, 2, 3, 4, 5), 0.3, 6.0
"""Of a family whose swell is drawn beside its check; what one form may take, and after which time no more is begun."""


@dataclass(frozen=True)
class Result:
    """What `check` found. Prints as the terminal report.

    `verdict.kind` is agree, disagree, inconclusive, undefined or error; `ok` is True for agree alone.
    """

    record: rec.Record
    verdict: Verdict
    records: tuple[rec.CaseRecord, ...] = field(default=())
    _cases: tuple[Case | rec.CaseRecord, ...] = field(default=(), repr=False, compare=False)
    _settings: Settings = field(default=Settings(), repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Whether everything was compared, and agrees."""
        return self.verdict.ok

    def __bool__(self) -> bool:
        """As `ok`, so that `assert gradlab.check(…)` asserts something."""
        return self.ok

    def raise_if_not_ok(self) -> None:
        """Raises AssertionError with the verdict's reason, unless it is agree."""
        if not self.ok:
            raise AssertionError(f"{self.verdict.kind}: {self.verdict.reason}")

    def __str__(self) -> str:
        from gradlab.report.terminal import to_text

        return to_text(self.record, width=100)

    __repr__ = __str__

    def to_html(self) -> str:
        """The report as one HTML page, with pictures; what they are drawn from is found out now."""
        from gradlab.report.html import write

        return write(self._pictured)

    def _repr_html_(self) -> str:
        from gradlab.report.html import in_frame

        return in_frame(self._pictured, str(self))

    @cached_property
    def _pictured(self) -> rec.Record:
        pairs = zip(self._cases, self.records, strict=True)
        with np.errstate(all="ignore"):
            cases = tuple(
                pictured(made, case, self._settings) if isinstance(case, Case) else made
                for case, made in pairs
            )
        return rec.replace(self.record, cases=cases)


def check(
    f: Callable[..., Any] | str,
    at: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    *,
    wrt: str | Sequence[str] | None = None,
    hand: Any = None,
    methods: str | Sequence[str] | None = None,
    points: int = 5,
    seed: int = 0,
    timeout: float | None = None,
    quantity: str = "gradient",
) -> Result:
    """Derive a function every way there is, and judge a hand-derived gradient.

    f: a callable of plain NumPy with those argument names, or a formula as text. at: a value for every
    argument (a list of such for several points). wrt: the arguments to derive by, all by default.
    hand: a callable of the same arguments (returning a dictionary by name, a tuple in the order of
    `wrt`, or one array where there is one name), or a dictionary from name to formula, callable or
    array. points: random points besides, drawn around the given one with `seed`. timeout: seconds for
    any one method, in a process of its own. quantity: "jacobian" for a function that returns an array.

    Raises InputError for input that can't be used at all. A function that misbehaves when it is run
    gives the verdict `error`.

    >>> import gradlab
    >>> result = gradlab.check("x^2 sin(x)", at={"x": 0.5}, hand={"x": "2x sin(x) + x^2 cos(x)"})
    >>> result.verdict.kind, result.ok
    ('agree', True)
    """
    cases = [case_of(f, at, wrt=wrt, hand=hand, quantity=quantity)]
    settings = Settings(
        (methods,) if isinstance(methods, str) else tuple(methods or ()), points, seed, timeout
    )
    run_record = check_cases(cases, settings)
    if run_record.interrupted:
        raise KeyboardInterrupt
    (only,) = run_record.cases
    return Result(run_record, Verdict(only.verdict, only.reason), run_record.cases, tuple(cases), settings)


def case_of(
    f: Callable[..., Any] | str,
    at: Any,
    *,
    wrt: Any = None,
    hand: Any = None,
    quantity: str = "gradient",
    name: str = "",
    **fields: Any,
) -> Case:
    """A case from what `check` takes."""
    from gradlab.library import as_spelled, formula_function, with_claims

    if not isinstance(at, (Mapping, list, tuple)):
        raise InputError(f"at is {type(at).__name__}; it gives every argument a value, as in at={{'x': 2.0}}")
    points: list[Any] = [at] if isinstance(at, Mapping) else list(at)
    if isinstance(f, str):
        f, points, more = formula_function(f, points)
        fields = {**more, **fields}
        name = name or fields["text"]
    elif callable(f):
        name = name or getattr(f, "__name__", type(f).__name__).replace("<lambda>", "f")
    else:
        raise InputError(f"f is {type(f).__name__}; it is a function of plain NumPy, or a formula as text")
    if quantity not in ("gradient", "jacobian"):
        raise InputError(f"quantity={quantity!r} is neither 'gradient' nor 'jacobian'")
    names = list(points[0]) if points and isinstance(points[0], Mapping) else []
    if wrt is not None:
        wrt = [as_spelled(n, names) for n in ([wrt] if isinstance(wrt, str) else wrt)]
    if isinstance(hand, Mapping):
        hand = {as_spelled(n, names): part for n, part in hand.items()}
    made = make_case(f, points, wrt=wrt, name=name, quantity=quantity, **fields)
    if hand is None:
        return made
    if callable(hand):
        return replace(made, claims=(Claim(hand, source_lines(hand) or getattr(hand, "__name__", "")),))
    if not isinstance(hand, Mapping):
        if len(made.wrt) != 1:
            raise InputError(
                f"hand is {type(hand).__name__}; give a function of the same arguments, or a dictionary by name"
            )
        hand = {made.wrt[0]: hand}
    unknown = [n for n in hand if n not in made.wrt]
    if unknown:
        raise InputError(
            f"the hand derivative is by {', '.join(map(repr, unknown))}; derived by are {', '.join(made.wrt)}"
        )
    if not hand:
        raise InputError("the hand derivative is an empty dictionary")
    silent = [n for n in made.wrt if n not in hand]
    notes = [f"nothing is claimed for {', '.join(silent)}"] if silent else []
    claiming = with_claims(made, hand)
    return replace(claiming, notes=(*claiming.notes, *notes))


def check_cases(
    cases: Sequence[Case | rec.CaseRecord],
    settings: Settings,
    *,
    command: str = "",
    on_case: Callable[[rec.CaseRecord], None] | None = None,
) -> rec.Record:
    """Check every case; what is done when Ctrl-C comes is kept, and said to be incomplete.

    A record among the cases stands for one that could not be read, and is passed on.
    """
    load(settings.chosen().values())  # before any process is forked
    started, clock = datetime.now(UTC), time.perf_counter()
    done: list[rec.CaseRecord] = []
    interrupted = False
    try:
        for checked in _each_checked(cases, settings):
            done.append(checked)
            if on_case is not None:
                on_case(checked)
        done = _with_sweeps(cases, done, settings)
    except KeyboardInterrupt:
        interrupted = True
    seconds = time.perf_counter() - clock
    return run_record(
        done,
        settings,
        study=settings.study,
        command=command,
        started=started,
        seconds=seconds,
        interrupted=interrupted,
    )


def _with_sweeps(
    cases: Sequence[Case | rec.CaseRecord], checked: Sequence[rec.CaseRecord], settings: Settings
) -> list[rec.CaseRecord]:
    """The records with how the derivatives of families swell, where pictures of it are asked for."""
    made, begun = [], time.perf_counter()
    for case, record in zip(cases, checked, strict=True):
        if isinstance(case, Case) and case.family is not None and settings.pictures == "all":
            record = _with_sweep(case, record, time.perf_counter() - begun)
        made.append(record)
    return made


def _with_sweep(case: Case, record: rec.CaseRecord, passed: float) -> rec.CaseRecord:
    """A record with how the derivatives of its family swell, unless so many seconds have passed with others'."""
    try:
        if passed > SWEEPS_SECONDS:
            raise InputError(f"those of other families took more than {SWEEPS_SECONDS:g} s")
        return rec.replace(record, sweep=sweep(case, SIZES, budget=FORM_SECONDS, brief=True).sweep)
    except InputError as error:
        return rec.replace(record, undrawn=(*record.undrawn, f"no picture of its swell: {error}"))


def run_record(
    done: Sequence[rec.CaseRecord],
    settings: Settings,
    *,
    study: rec.Study = "check",
    command: str,
    started: datetime,
    seconds: float,
    interrupted: bool,
) -> rec.Record:
    """The record of a run, with its verdict, of the cases that it has checked."""
    verdict = _overall(done, interrupted)
    return rec.Record(
        gradlab=_version_of("gradlab"),
        verdict=verdict.kind,
        reason=verdict.reason,
        study=study,
        command=command,
        started=started.isoformat(timespec="seconds"),
        seconds=seconds,
        seed=settings.seed,
        points=settings.points,
        methods=tuple(settings.chosen()),
        digits=settings.digits,
        timeout=settings.timeout,
        versions={
            "python": platform.python_version(),
            **{name: _version_of(name) for name in ("numpy", "sympy", "mpmath")},
        },
        cases=tuple(done),
        interrupted=interrupted,
    )


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


def _overall(done: Sequence[rec.CaseRecord], interrupted: bool) -> Verdict:
    """Passed cases agree; the others count by their own verdict, or as a disagreement with what they declare."""
    if not done:
        return Verdict("inconclusive", "nothing was checked")
    verdicts = []
    for c in done:
        if c.passed:
            verdicts.append(Verdict("agree"))
        elif c.verdict == "agree":
            verdicts.append(Verdict("disagree", f"{c.name}: it is declared to {c.expected}, and agrees"))
        else:
            verdicts.append(Verdict(c.verdict, f"{c.name}: {c.reason}"))
    verdict = next((v for v in verdicts if v.kind == "disagree"), worst(verdicts))
    if interrupted and verdict.ok:
        return Verdict("inconclusive", "interrupted")
    return verdict


def _each_checked(cases: Sequence[Case | rec.CaseRecord], settings: Settings) -> Iterator[rec.CaseRecord]:
    """The cases' records, in order; in a process of their own if there is a budget."""

    def job_for(case: Case | rec.CaseRecord) -> Job:
        if isinstance(case, rec.CaseRecord):
            return lambda begin, skip: case

        def job(begin: Callable[[str], None], skip: dict[str, str]) -> rec.CaseRecord | InputError:
            start = time.perf_counter()
            try:
                with np.errstate(all="ignore"):  # what nan and inf mean is told in a sentence
                    checked: rec.CaseRecord = rec.replace(
                        examine(case, settings, begin, skip), seconds=time.perf_counter() - start
                    )
            except InputError as error:
                return error
            return checked

        return job

    for case, result in zip(
        cases, run_each([job_for(case) for case in cases], settings.timeout), strict=True
    ):
        if isinstance(case, rec.CaseRecord):
            yield case
        elif isinstance(result, InputError):
            if len(cases) == 1 and case.verdict != "error":
                raise InputError(f"{case.name}: {result}")
            yield case_record(case, Verdict("error", str(result)))  # and the others go on
        elif isinstance(result, InternalError):
            sys.stderr.write(f"{result}\n")
            yield case_record(
                case,
                Verdict("error", "gradlab itself failed: please report it, with the traceback on stderr"),
            )
        elif isinstance(result, Crashed):
            yield case_record(case, Verdict("error", str(result)))
        else:
            yield result


def check_case(case: Case, settings: Settings) -> rec.CaseRecord:
    """One case; see `check_cases` for many."""
    (checked,) = _with_sweeps([case], list(_each_checked([case], settings)), settings)
    return checked


__all__ = ["Result", "Settings", "caller", "case_of", "check", "check_case", "check_cases", "run_record"]
