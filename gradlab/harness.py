"""The harness: cases × points × methods → records."""

from __future__ import annotations

import math
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import numpy as np

from gradlab import record as rec
from gradlab.cases import Case, Claim, InputError, Point, caller, make_case
from gradlab.engine.trace import at_line
from gradlab.judge.behaviour import Misbehaviour, pose
from gradlab.judge.compare import decimal_text
from gradlab.judge.expected import against_expected
from gradlab.judge.kinks import kinks_at, one_sided_slopes
from gradlab.judge.panel import FAMILIES, Derived, Testimony, ask, judge, noise_of, references
from gradlab.judge.verdict import Verdict, derivative_by, worst
from gradlab.methods import Problem, component_names, element_names, load, methods
from gradlab.study.swell import swell
from gradlab.study.timing import timing
from gradlab.worker import Crashed, InternalError, Job, run_each

if TYPE_CHECKING:
    from gradlab.judge.compare import Reference

MOST_SHOWN = 1000
"""Values of an array that a record keeps."""
TRIES = 40


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
    from gradlab.library import formula_claims, formula_function

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
        from gradlab.cases import source_lines

        return replace(made, claims=(Claim(hand, source_lines(hand)),))
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
            print(result, file=sys.stderr)
            yield _record(
                case,
                Verdict("error", "gradlab itself failed: please report it, with the traceback on stderr"),
            )
        elif isinstance(result, Crashed):
            yield _record(case, Verdict("error", str(result)))
        else:
            yield result


def check_case(case: Case, settings: Settings) -> rec.CaseRecord:
    """One case; see `check_cases` for many."""
    (checked,) = _each_checked([case], settings)
    return checked


def _record(case: Case, verdict: Verdict, *, notes: Sequence[str] = (), **fields: Any) -> rec.CaseRecord:
    return rec.CaseRecord(
        name=case.name,
        verdict=verdict.kind,
        reason=verdict.reason,
        expected=case.verdict,  # type: ignore[arg-type]
        passed=verdict.kind == case.verdict,
        function=case.text or case.name,
        read_as=case.read_as,
        claims=tuple(c.text for c in case.claims if c.text),
        source=case.source,
        location=case.location,
        tags=case.tags,
        notes=(
            *case.notes,
            *([f"declared to {case.verdict}: {case.because}"] if case.because else []),
            *notes,
        ),
        **fields,
    )


def _examine(
    case: Case, settings: Settings, begin: Callable[[str], None], skip: dict[str, str]
) -> rec.CaseRecord:
    """Every point of a case: the given ones, and those drawn around them."""
    if "the function" in skip:
        return _record(case, Verdict("error", f"the function: {skip['the function']}"))
    begin("the function")
    chosen = settings.chosen()
    derived = Derived()
    points: list[rec.Point] = []
    verdicts: list[Verdict] = []
    first: Problem | None = None
    notes: list[str] = []
    for point in case.points:
        try:
            problem = pose(case, point, case.claims[0] if case.claims else None, settings.digits)
        except Misbehaviour as error:
            return _record(case, Verdict("error", str(error)), points=tuple(points))
        first = first or problem
        if problem.untraceable:
            notes.append(f"judged in float64, because it can't be traced: {problem.untraceable}")
        judged, verdict = _at_point(case, point, problem, chosen, derived, begin, skip)
        if len(case.points) > 1 and not verdict.ok:
            verdict = replace(
                verdict,
                reason=f"{verdict.reason}, at given point {len(points) + 1}{_point_text(point, case)}",
            )
        notes += [e.reason for e in judged.estimates if e.verdict == "agree" and e.reason]
        points.append(judged)
        verdicts.append(verdict)
    assert first is not None
    # at a kink the question is settled; what holds beside it is another question
    drawn = [] if any(v.kind == "undefined" for v in verdicts) else list(_drawn(case, settings, skip, begin))
    for point, problem in drawn:
        judged, verdict = _at_point(case, point, problem, chosen, derived, begin, skip)
        points.append(judged)
        if verdict.kind == "disagree" and all(v.ok for v in verdicts):
            verdict = replace(
                verdict,
                reason=f"{verdict.reason}, at a point drawn beside yours{_point_text(point, case)}; at the given point alone it agrees",
            )
        if (
            verdict.kind != "undefined"
        ):  # a kink that a random point happens to meet says nothing of the given one
            verdicts.append(verdict)
    if drawn and len(drawn) < settings.points:
        notes.append(
            f"{settings.points - len(drawn)} of {settings.points} random points were not inside the function's domain"
        )
    mismatch = against_expected(case, first)
    if mismatch is not None:
        verdicts.append(mismatch)
    sizes = swell(first.program, derived.latest, derived.unsupported)
    timed = None
    if settings.timed and "timing" not in skip:
        begin("timing")
        timed = _timing(first, derived)
    return _record(
        case,
        worst(verdicts),
        notes=list(dict.fromkeys(notes)),
        points=tuple(points),
        swell=tuple(sizes),
        timing=timed,
    )


def _drawn(
    case: Case, settings: Settings, skip: dict[str, str], begin: Callable[[str], None]
) -> Iterable[tuple[Point, Problem]]:
    """Generic points around the given one, inside the function's domain. Claims that are numbers hold at their own point only."""
    claim = next((c for c in case.claims if not c.is_number), None)
    generator = np.random.default_rng(settings.seed)
    base = case.points[0].inputs
    found = 0
    for attempt in range(TRIES + settings.points):
        if found == settings.points:
            return
        width = case.around * 0.7 ** max(0, attempt - settings.points)
        inputs = dict(base)
        for name in base:
            if name in case.wrt:
                inputs[name] = _moved(base[name], width, generator)
        point = Point(inputs, given=False)
        try:
            begin("the function")
            yield point, pose(case, point, claim, settings.digits)
            found += 1
        except Misbehaviour:
            continue


def _moved(value: Any, width: float, generator: np.random.Generator) -> Any:
    """A value moved by a random share of its size, in both directions, and never left where it was."""
    array = np.asarray(value, dtype=np.float64)
    size = np.where(np.abs(array) > 0, np.abs(array), np.max(np.abs(array), initial=0.0) or 1.0)
    share = generator.uniform(0.2, 1.0, array.shape) * generator.choice([-1.0, 1.0], array.shape)
    moved = array + width * size * share
    return float(moved) if array.ndim == 0 else moved.astype(value.dtype)


def _at_point(
    case: Case,
    point: Point,
    problem: Problem,
    chosen: Mapping[str, Any],
    derived: Derived,
    begin: Callable[[str], None],
    skip: dict[str, str],
) -> tuple[rec.Point, Verdict]:
    """Every method at one point, judged."""
    rows = element_names((problem.rows,)) if case.quantity == "jacobian" else [""]
    components = component_names(problem.inputs, case.wrt, [f"y{r}" if r else "" for r in rows])
    kinks, undefined = _differentiability(problem, components)
    testimonies = []
    for name, method in chosen.items():
        if name == "claimed" and problem.claim is None:
            continue
        begin(name)
        testimonies.append(ask(name, method, problem, derived, skip))
    begin("judging")
    found = references(problem, testimonies, derived)
    noise = noise_of(problem)
    for testimony in testimonies:
        judge(testimony, problem, found, noise, components, derived)
    if undefined is not None:
        verdict = _with_claim_at_kink(undefined, problem, testimonies)
    else:
        verdict = _of_point(testimonies, found, components)
    return _point_record(case, point, problem, components, found, testimonies, kinks, verdict), verdict


def _differentiability(problem: Problem, components: Sequence[str]) -> tuple[list[str], Verdict | None]:
    """The kinks met at the point, in sentences; and the verdict `undefined` if the slopes differ there."""
    if problem.program is None:
        sentences = []
        broken = [s for s in one_sided_slopes(problem) if s.surely_differ]
    else:
        kinks = kinks_at(problem.program, problem.traced_inputs)
        sentences = [f"{kink.operation} is exactly at its kink{at_line(kink.location)}" for kink in kinks]
        broken = [s for s in one_sided_slopes(problem) if not s.agree] if kinks else []
    if not broken:
        return [], None
    shown = sentences[:1]
    for slopes in broken:
        component = components[slopes.row * problem.columns + slopes.column]
        left, right = _slope(slopes.left), _slope(slopes.right)
        sides = (
            f"{left} from both sides" if left == right else f"{left} from the left and {right} from the right"
        )
        sentences.append(f"{derivative_by(component)}: the slope is {sides}")
    shown.append(sentences[-len(broken)])
    return sentences, Verdict("undefined", f"not differentiable here: {'; '.join(shown)}")


def _slope(value: float) -> str:
    return "not defined" if math.isnan(value) else "unbounded" if math.isinf(value) else f"{value:.6g}"


def _with_claim_at_kink(undefined: Verdict, problem: Problem, testimonies: Sequence[Testimony]) -> Verdict:
    """Whether a claimed value lies between the one-sided slopes is said."""
    claim = next((t for t in testimonies if t.method == "claimed" and t.estimate is not None), None)
    if claim is None or claim.estimate is None or problem.rows != 1:
        return undefined
    for slopes in one_sided_slopes(problem):
        value = claim.estimate.value[0, slopes.column]
        if not slopes.agree and slopes.are_finite and math.isfinite(value):
            low, high = sorted((slopes.left, slopes.right))
            inside = low - 1e-6 <= value <= high + 1e-6
            return replace(
                undefined,
                reason=f"{undefined.reason}; the claimed {value:g} is {'a value between them, as a subgradient may be' if inside else 'not between them'}",
            )
    return undefined


def _of_point(
    testimonies: Sequence[Testimony], found: Sequence[Reference], components: Sequence[str]
) -> Verdict:
    """The verdict at one point: the claim's if there is one, unless a witness of ours is at fault."""
    verdicts = []
    for testimony in testimonies:
        kind = testimony.verdict.kind
        if testimony.method == "claimed":
            verdicts.append(
                testimony.verdict
                if kind != "unsupported"
                else Verdict("inconclusive", testimony.verdict.reason)
            )
        elif kind == "disagree" and testimony.exact is None:  # float64 alone contradicts 50 digits
            verdicts.append(
                Verdict("inconclusive", f"{testimony.method} is the outlier: {testimony.verdict.reason}")
            )
        elif kind == "disagree":
            others = (
                ""
                if not any(t.method == "claimed" for t in testimonies)
                else " (this is not the claim's fault)"
            )
            verdicts.append(
                Verdict("disagree", f"{testimony.method} is the outlier{others}: {testimony.verdict.reason}")
            )
        elif kind == "agree":
            verdicts.append(testimony.verdict)
    missing = [name for name, r in zip(components, found, strict=True) if r.exact is None]
    if missing and not any(v.kind == "disagree" for v in verdicts):
        named = next(r for r in found if r.exact is None).witnesses
        why = (
            f"{' and '.join(named)} differ, and no majority says which is right"
            if named
            else "no method gives a reference"
        )
        verdicts.append(Verdict("inconclusive", f"{derivative_by(missing[0])}: {why}"))
    verdict = worst(verdicts)
    heard = [t.method for t in testimonies if t.verdict.ok] + [name for r in found for name in r.witnesses]
    if verdict.ok and len({FAMILIES.get(name, name) for name in heard}) < 2:
        return Verdict(
            "inconclusive", f"nothing independent to compare {' and '.join(dict.fromkeys(heard))} with"
        )
    return verdict


def _point_record(
    case: Case,
    point: Point,
    problem: Problem,
    components: Sequence[str],
    found: Sequence[Reference],
    testimonies: Sequence[Testimony],
    kinks: Sequence[str],
    verdict: Verdict,
) -> rec.Point:
    return rec.Point(
        given=point.given,
        inputs=tuple(_input_record(name, value, name in case.wrt) for name, value in point.inputs.items()),
        value=tuple(rec.number(float(v)) for v in problem.value[:MOST_SHOWN]),
        components=tuple(components),
        reference=tuple("" if r.exact is None else decimal_text(r.exact, problem.digits) for r in found),
        verdict=verdict.kind,
        reason=verdict.reason,
        estimates=tuple(map(_estimate_record, testimonies)),
        kinks=tuple(kinks),
    )


def _input_record(name: str, value: Any, differentiated: bool) -> rec.Input:
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        return rec.Input(name=name, shape=(), values=(), differentiated=False)
    return rec.Input(
        name=name,
        shape=array.shape,
        values=tuple(rec.number(float(v)) for v in array.ravel()[:MOST_SHOWN]),
        differentiated=differentiated,
    )


def _estimate_record(testimony: Testimony) -> rec.Estimate:
    estimate = testimony.estimate

    def numbers(values: np.ndarray | None) -> tuple[rec.Number, ...]:
        return () if values is None else tuple(rec.number(float(v)) for v in values.ravel())

    return rec.Estimate(
        method=testimony.method,
        verdict=testimony.verdict.kind,
        reason=testimony.verdict.reason,
        values=numbers(estimate.value) if estimate else (),
        digits=tuple(testimony.digits),
        verdicts=tuple(testimony.verdicts),
        errors=numbers(estimate.error) if estimate else (),
        steps=numbers(None if estimate.step is None else np.broadcast_to(estimate.step, estimate.value.shape))
        if estimate
        else (),
        evaluations=estimate.evaluations if estimate else 0,
    )


def _timing(problem: Problem, derived: Derived) -> rec.Timing | None:
    """Every method that has something to time."""
    evaluations = {}
    for name, derivation in derived.latest.items():
        if derivation.evaluate is not None:
            evaluations[name] = derivation.evaluate(problem)
    if not evaluations:
        return None
    inputs = problem.inputs
    return timing(lambda: problem.call(inputs), evaluations, derived.seconds)


def _point_text(point: Point, case: Case) -> str:
    """The first few numbers of a point, in brackets."""
    parts = [f"{name} = {point.inputs[name]:.4g}" for name in case.wrt if np.ndim(point.inputs[name]) == 0]
    return f" ({', '.join(parts[:4])})" if parts else ""


__all__ = ["Result", "Settings", "caller", "case_of", "check", "check_case", "check_cases"]
