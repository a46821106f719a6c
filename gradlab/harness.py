"""The harness: cases × points × methods → records."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from gradlab import record as rec
from gradlab.cases import Case, Claim, InputError, Point, caller, make_case, source_lines
from gradlab.judge.behaviour import look_again, notes_on, pose
from gradlab.judge.counterexample import failure_of, simplest
from gradlab.judge.expected import against_expected
from gradlab.judge.panel import Derived
from gradlab.judge.point import Judged, judge_point
from gradlab.judge.reasons.degenerate import cannot_tell, why_hidden
from gradlab.judge.reasons.layout import explain, reference_at
from gradlab.judge.verdict import Verdict, worst
from gradlab.methods import Problem, load, methods
from gradlab.methods.claimed import Impure, Misbehaviour
from gradlab.recording import case_record, counterexample_record, point_record
from gradlab.study.swell import swell
from gradlab.study.timing import timing
from gradlab.worker import Crashed, InternalError, Job, run_each

TRIES = 40
DRAWN_EFFORT = 0.2


@dataclass(frozen=True)
class Settings:
    """How to check."""

    methods: tuple[str, ...] = ()
    """Empty for all."""
    points: int = 5
    """Drawn around the given one."""
    seed: int = 0
    timeout: float | None = None
    digits: int = 50
    timed: bool = True

    def __post_init__(self) -> None:
        for name, value, least in (
            ("points", self.points, 0),
            ("seed", self.seed, 0),
            ("timeout", self.timeout, 0),
        ):
            if value is not None and (value < least or (name == "timeout" and not value)):
                raise InputError(
                    f"{name} is {value}: it is {'more than' if name == 'timeout' else 'at least'} {least}"
                )

    def chosen(self) -> dict[str, Any]:
        """The methods by name. Raises InputError for one that is not there."""
        known = methods()
        unknown = [m for m in self.methods if m not in known]
        if unknown:
            raise InputError(
                f"there is no method {', '.join(map(repr, unknown))}; there are {', '.join(known)}"
            )
        return {
            name: method
            for name, method in known.items()
            if not self.methods or name in self.methods or name == "claimed"
        }


@dataclass(frozen=True)
class Result:
    """What `check` found. Prints as the terminal report.

    `verdict.kind` is agree, disagree, inconclusive, undefined or error; `ok` is True for agree alone.
    """

    record: rec.Record
    verdict: Verdict
    records: tuple[rec.CaseRecord, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether everything was compared, and agrees."""
        return self.verdict.ok

    def raise_if_not_ok(self) -> None:
        """Raises AssertionError with the verdict's reason, unless it is agree."""
        if not self.ok:
            raise AssertionError(f"{self.verdict.kind}: {self.verdict.reason}")

    def __str__(self) -> str:
        from gradlab.report.terminal import to_text

        return to_text(self.record, width=100)

    __repr__ = __str__

    def to_html(self) -> str:
        """The report as one HTML page."""
        from gradlab.report.terminal import to_html

        return to_html(self.record)

    def _repr_html_(self) -> str:
        return self.to_html()


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
    (only,) = run_record.cases
    return Result(run_record, Verdict(only.verdict, only.reason), run_record.cases)


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
    from gradlab.library import as_spelled, formula_claims, formula_function

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
    if isinstance(hand, Mapping):
        unknown = [n for n in hand if n not in made.wrt]
        if unknown:
            raise InputError(
                f"the hand derivative is by {', '.join(map(repr, unknown))}; derived by are {', '.join(made.wrt)}"
            )
        if not hand:
            raise InputError("the hand derivative is an empty dictionary")
        claim, notes = formula_claims(hand, list(made.points[0].inputs))
        silent = [n for n in made.wrt if n not in claim.given]  # type: ignore[operator]
        notes += [f"nothing is claimed for {', '.join(silent)}"] if silent else []
        return replace(made, claims=(claim,), notes=(*made.notes, *(n for n in notes if n not in made.notes)))
    if callable(hand):
        return replace(made, claims=(Claim(hand, source_lines(hand) or getattr(hand, "__name__", "")),))
    if len(made.wrt) != 1:
        raise InputError(
            f"hand is {type(hand).__name__}; give a function of the same arguments, or a dictionary by name"
        )
    claim, notes = formula_claims({made.wrt[0]: hand}, list(made.points[0].inputs))
    return replace(made, claims=(claim,), notes=(*made.notes, *notes))


def check_cases(
    cases: Iterable[Case],
    settings: Settings,
    *,
    command: str = "",
    on_case: Callable[[rec.CaseRecord], None] | None = None,
) -> rec.Record:
    """Check every case; what is done when Ctrl-C comes is kept, and said to be incomplete."""
    load(settings.chosen().values())  # before any process is forked
    started, clock = datetime.now(UTC), time.perf_counter()
    done: list[rec.CaseRecord] = []
    interrupted = False
    try:
        for checked in _each_checked(list(cases), settings):
            done.append(checked)
            if on_case is not None:
                on_case(checked)
    except KeyboardInterrupt:
        interrupted = True
    verdict = _overall(done, interrupted)
    return rec.Record(
        gradlab=_version_of("gradlab"),
        verdict=verdict.kind,
        reason=verdict.reason,
        command=command,
        started=started.isoformat(timespec="seconds"),
        seconds=time.perf_counter() - clock,
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


def _each_checked(cases: Sequence[Case], settings: Settings) -> Iterator[rec.CaseRecord]:
    """The cases' records, in order; in a process of their own if there is a budget."""

    def job_for(case: Case) -> Job:
        def job(begin: Callable[[str], None], skip: dict[str, str]) -> rec.CaseRecord | InputError:
            start = time.perf_counter()
            try:
                with np.errstate(all="ignore"):  # what nan and inf mean is told in a sentence
                    checked: rec.CaseRecord = rec.replace(
                        _examine(case, settings, begin, skip), seconds=time.perf_counter() - start
                    )
            except InputError as error:
                return error
            return checked

        return job

    for case, result in zip(
        cases, run_each([job_for(case) for case in cases], settings.timeout), strict=True
    ):
        if isinstance(result, InputError):
            raise InputError(f"{case.name}: {result}")
        if isinstance(result, InternalError):
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
    (checked,) = _each_checked([case], settings)
    return checked


def _examine(
    case: Case, settings: Settings, begin: Callable[[str], None], skip: dict[str, str]
) -> rec.CaseRecord:
    """Every point of a case: the given ones, and those drawn around them."""
    if "the function" in skip:
        return case_record(case, Verdict("error", f"the function: {skip['the function']}"))
    chosen, derived = settings.chosen(), Derived()
    judged: list[Judged] = []
    notes: list[str] = []
    for number, point in enumerate(case.points, 1):
        begin("the function")
        try:
            problem = pose(case, point, settings.digits)
        except Misbehaviour as error:
            return case_record(case, Verdict("error", str(error)), points=tuple(map(point_record, judged)))
        if problem.untraceable:
            notes.append(f"judged in float64, because it can't be traced: {problem.untraceable}")
        judged.append(judge_point(case, point, problem, case.claims, chosen, derived, begin, skip))
        notes += [t.verdict.reason for t in judged[-1].testimonies if t.verdict.ok and t.verdict.reason]
        if len(case.points) > 1:
            judged[-1] = _placed(judged[-1], f", at given point {number}{_point_text(point, case)}")
    given = list(judged)
    try:
        # at a kink the question is settled; what holds beside it is another question
        if not any(j.verdict.kind == "undefined" for j in given):
            general = [claim for claim in map(Claim.general, case.claims) if claim is not None]

            def judged_at(point: Point, problem: Problem) -> Judged:
                return judge_point(case, point, problem, general, chosen, derived, begin, skip)

            judged += _judged_beside(case, given, settings, judged_at, begin)
            missing = settings.points - (len(judged) - len(given))
            if missing and len(judged) > len(given):
                notes.append(
                    f"{missing} of {settings.points} random points were not inside the function's domain"
                )
        begin("the function")
        precision = list(filter(None, [look_again(j.problem) for j in given]))
    except Misbehaviour as error:
        return case_record(case, Verdict("error", str(error)), points=tuple(map(point_record, judged)))
    notes += precision or notes_on([j.problem for j in judged])
    notes += _alone(case, judged)
    judged = explain(case.claims, judged)
    first = given[0].problem
    printed = against_expected(case, first) or Verdict("agree")
    verdict = worst([*(j.verdict for j in judged), printed])
    timed = None
    if settings.timed and "timing" not in skip and verdict.kind != "error":
        begin("timing")
        timed = _timing(first, derived)
    shown = None
    failure = failure_of(case, judged) if verdict.kind == "disagree" else None
    if failure is not None:
        if "counterexample" not in skip:
            begin("counterexample")
            failure = simplest(case, failure, chosen, derived, settings.digits)
        shown = counterexample_record(case, failure)
    return case_record(
        case,
        verdict,
        passed=_passed(case, verdict, judged, printed),
        notes=list(dict.fromkeys(notes)),
        points=tuple(map(point_record, judged)),
        counterexample=shown,
        swell=tuple(swell(first.program, derived.latest, derived.unsupported)),
        timing=timed,
    )


def _passed(case: Case, verdict: Verdict, judged: Sequence[Judged], printed: Verdict) -> bool:
    """Whether the verdict is the declared one, and for the declared reason: what is meant to disagree
    is the claim (or a printed number, where there is no claim), not a method of ours.
    """
    if verdict.kind != case.verdict:
        return False
    if case.verdict == "undefined":
        return printed.ok and all(j.claims.ok for j in judged)
    if case.verdict == "disagree":
        meant = worst([j.claims for j in judged]) if case.claims else printed
        others = [j.witnesses for j in judged] + ([printed] if case.claims else [])
        return meant.kind == "disagree" and all(v.ok for v in others)
    return True


def _placed(judged: Judged, where: str) -> Judged:
    """The same with the place told in the reasons of what does not agree."""

    def told(verdict: Verdict) -> Verdict:
        return verdict if verdict.ok else replace(verdict, reason=verdict.reason + where)

    return replace(judged, witnesses=told(judged.witnesses), claims=told(judged.claims))


def _judged_beside(
    case: Case,
    given: Sequence[Judged],
    settings: Settings,
    judged_at: Callable[[Point, Problem], Judged],
    begin: Callable[[str], None],
) -> list[Judged]:
    """The points drawn around the given one, judged; what is wrong there alone is said to be."""
    found: list[Judged] = []
    why: str | None = None
    for point, problem in _drawn(case, settings, begin):
        beside = judged_at(point, problem)
        if beside.verdict.kind == "undefined":
            continue  # a kink that a random point happens to meet says nothing of the given one
        if not beside.verdict.ok and all(j.verdict.ok for j in given):
            why = _why_hidden(case, given, beside, judged_at) if why is None else why
            where = f", at a point drawn beside yours{_point_text(point, case)}"
            beside = _placed(beside, f"{where}; at the given point alone it agrees{why}")
        found.append(beside)
    return found


def _why_hidden(
    case: Case, given: Sequence[Judged], beside: Judged, judged_at: Callable[[Point, Problem], Judged]
) -> str:
    """In brackets, what is special about the given point, where there is but one: of that, what shows the
    error when it alone is moved.
    """
    if len(given) > 1 or beside.claims.kind != "disagree":
        return ""
    problem = given[0].problem

    @cache
    def shows(name: str) -> bool:
        if len(case.wrt) == 1:
            return True
        point = Point({**problem.inputs, name: beside.point.inputs[name]}, given=False)
        try:
            moved = replace(pose(case, point, problem.digits), effort=DRAWN_EFFORT)
        except Misbehaviour:
            return False
        return judged_at(point, moved).claims.kind == "disagree"

    why = why_hidden(problem.inputs, case.wrt, reference_at(given[0]), shows)
    return f" ({why})" if why else ""


def _alone(case: Case, judged: Sequence[Judged]) -> list[str]:
    """A note where the points can hide an error: all are flat, or one special point is all there is."""
    first = judged[0]
    if case.claims and first.verdict.ok and not any(np.any(reference_at(at)) for at in judged):
        return ["the derivative is 0 at every point looked at, so that a wrong factor would not show"]
    at_others = len(judged) > 1 and not all(claim.is_number for claim in case.claims)
    if not case.claims or at_others or len(case.points) > 1 or not first.verdict.ok:
        return []
    said = cannot_tell(first.problem.inputs, case.wrt, reference_at(first))
    return [said] if said else []


def _drawn(case: Case, settings: Settings, begin: Callable[[str], None]) -> Iterator[tuple[Point, Problem]]:
    """Generic points around the first given one, inside the function's domain."""
    generator = np.random.default_rng(settings.seed)
    base = case.points[0].inputs
    found = 0
    for attempt in range(TRIES + settings.points):
        if found == settings.points:
            return
        width = case.around * 0.7 ** max(0, attempt - settings.points)
        moved = {name: _moved(base[name], width, generator) for name in base if name in case.wrt}
        point = Point({**base, **moved}, given=False)
        begin("the function")
        try:
            problem = pose(case, point, settings.digits)
        except Impure as error:
            raise Impure(f"{error}, at a point drawn beside yours{_point_text(point, case)}") from None
        except Misbehaviour:
            continue
        found += 1
        yield point, replace(problem, effort=DRAWN_EFFORT)


def _moved(value: Any, width: float, generator: np.random.Generator) -> Any:
    """A value moved by a random share of its size, in both directions, and never left where it was."""
    array = np.asarray(value, dtype=np.float64)
    size = np.where(np.abs(array) > 0, np.abs(array), np.max(np.abs(array), initial=0.0) or 1.0)
    share = generator.uniform(0.2, 1.0, array.shape) * generator.choice([-1.0, 1.0], array.shape)
    moved = array + width * size * share
    return float(moved) if array.ndim == 0 else moved.astype(value.dtype)


def _timing(problem: Problem, derived: Derived) -> rec.Timing | None:
    """Every method that has something to time."""
    evaluations = {}
    for name, derivation in derived.latest.items():
        if derivation.evaluate is not None:
            evaluations[name] = derivation.evaluate(problem)
    if not evaluations:
        return None
    inputs = problem.inputs
    try:
        return timing(lambda: problem.call(inputs), evaluations, derived.seconds)
    except Exception:  # the user's code, at its thousandth call
        return None


def _point_text(point: Point, case: Case) -> str:
    """The first few numbers of a point, in brackets."""
    parts = [f"{name} = {point.inputs[name]:.4g}" for name in case.wrt if np.ndim(point.inputs[name]) == 0]
    return f" ({', '.join(parts[:4])})" if parts else ""


__all__ = ["Result", "Settings", "caller", "case_of", "check", "check_case", "check_cases"]
