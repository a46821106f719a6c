"""Finding and loading cases: the library, a user's Python file, `module:function`, a formula."""

from __future__ import annotations

import fnmatch
import importlib
import importlib.util
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from gradlab.cases import Case, Chain, Claim, Declared, InputError, Step

_DECIMAL = re.compile(r"\s*[-+−]?\d*\.(\d+)(?:[eE]([-+−]?\d+))?\s*")


def library_folder() -> Path:
    """Where the case library lies: inside the installed package, or at the top of a checkout."""
    installed = Path(__file__).parent / "_cases"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "cases"


def library() -> list[Case]:
    """Every case of the library, by file and then in the order they stand in."""
    return select(())


def select(patterns: Sequence[str], tags: Sequence[str] = ()) -> list[Case]:
    """The library's cases whose names match, all for no pattern, and that have one of the tags; globs allowed.

    Raises InputError where a pattern matches none, no case has a tag, or nothing is left.
    """
    return list(map(_read, declared(patterns, tags)))


def declared(patterns: Sequence[str] = (), tags: Sequence[str] = ()) -> list[Case]:
    """The same cases as they are declared, their typed derivations not read: enough to list them.

    Raises InputError, as `select` does.
    """
    known = [case for path in sorted(library_folder().glob("[!_]*.py")) for case in _declared_in(path)]
    chosen: list[Case] = []
    for tag in tags:
        if not any(fnmatch.filter(case.tags, tag) for case in known):
            there = ", ".join(sorted({t for case in known for t in case.tags}))
            raise InputError(f"no case has the tag {tag!r}; there are {there}")
    for pattern in patterns:
        matching = [c for c in known if fnmatch.fnmatchcase(c.name, pattern)]
        if not matching:
            close = get_close_matches(pattern, [c.name for c in known], n=3)
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            raise InputError(
                f"{pattern!r} is no case of the library, no file, and for a formula --at is missing{hint} "
                "(`gradlab list` shows the library)"
            )
        chosen += [c for c in matching if c not in chosen]
    chosen = chosen if patterns else known
    tagged = [c for c in chosen if not tags or any(fnmatch.filter(c.tags, tag) for tag in tags)]
    if chosen and not tagged:
        raise InputError(f"none of {', '.join(c.name for c in chosen[:5])} has the tag {' or '.join(tags)}")
    return tagged


def cases_in_file(path: Path) -> list[Case]:
    """The cases that a Python file declares; in a file without any, its pairs of forward and backward code.

    Raises InputError with the place where it can't be read.
    """
    return list(map(_read, _declared_in(path)))


def _declared_in(path: Path) -> list[Case]:
    module = _module_of(path)
    found = [value for value in vars(module).values() if isinstance(value, (Declared, Case))]
    cases = [value.case if isinstance(value, Declared) else value for value in found]
    if not cases:
        from gradlab.layers import cases_of

        cases = cases_of(module)
    if not cases:
        raise InputError(
            f"{path} holds no case: decorate a function with @gradlab.case(at=…), or write a derivative beside "
            "it: f_grad for f, affine_backward for affine_forward, a class with forward and backward"
        )
    names = [c.name for c in cases]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"{path} declares {', '.join(twice)} twice: give one of them another name=")
    return cases


def _read(case: Case) -> Case:
    """The case with its typed derivations read. Raises InputError."""
    if not case.derivations:
        return case
    names = list(case.points[0].inputs)
    try:
        return with_claims(case, {as_spelled(by, names): text for by, text in case.derivations.items()})
    except InputError as error:
        raise InputError(f"the derivation of {case.name} ({case.location}): {error}") from None


def _module_of(path: Path) -> ModuleType:
    """The module of a Python file, run once under a name of its own."""
    if not path.exists():
        raise InputError(f"{path} does not exist")
    if path.is_dir() or path.suffix != ".py":
        raise InputError(f"{path} is not a Python file")
    name = "gradlab_cases_" + re.sub(r"\W", "_", str(path.resolve()))
    stamp = path.stat().st_mtime_ns
    known = sys.modules.get(name)
    if known is not None and getattr(known, "__stamp__", None) == stamp:
        return known  # the functions of one file share their globals
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # inspect.getsource and pickling look it up there
    if path.parent != library_folder():
        _look_in(path.parent)
    _run_import(lambda: spec.loader.exec_module(module), str(path))  # type: ignore[union-attr]
    module.__stamp__ = stamp  # type: ignore[attr-defined]
    return module


def _look_in(folder: Path) -> None:
    """Let modules be imported that lie beside a file, as they can be when Python runs it."""
    if str(folder.resolve()) not in sys.path:
        sys.path.insert(0, str(folder.resolve()))


def _run_import(load: Callable[[], Any], what: str) -> Any:
    try:
        with redirect_stdout(sys.stderr):  # stdout is the report's
            return load()
    except InputError:
        raise
    except SyntaxError as error:
        if error.msg.startswith("(unicode error)"):
            raise InputError(f"{what} is not text in UTF-8") from None
        other = (
            f" of {error.filename}" if error.filename and Path(error.filename).name != Path(what).name else ""
        )
        raise InputError(f"{what} is not Python: {error.msg} (line {error.lineno}{other})") from None
    except UnicodeDecodeError:
        raise InputError(f"{what} is not text in UTF-8") from None
    except (Exception, SystemExit) as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [
            f
            for f in frames
            if "importlib" not in f.filename
            and not f.filename.startswith(str(Path(__file__).parent) + "/library")
        ]
        where = f" (line {own[-1].lineno} of {own[-1].filename})" if own else ""
        raise InputError(
            f"{what} raises {type(error).__name__} when it is imported: {error}{where}"
        ) from None


def function_at(target: str) -> Callable[..., Any]:
    """The function that `pkg.module:function` or `file.py:function` names. Raises InputError."""
    place, _, name = target.rpartition(":")
    if place.endswith(".py"):
        module = _module_of(Path(place))
    else:
        _look_in(Path.cwd())
        try:
            module = _run_import(lambda: importlib.import_module(place), place)
        except InputError as error:
            if "ModuleNotFoundError" in str(error):
                raise InputError(
                    f"there is no module {place!r} (looked beside the working folder too)"
                ) from None
            raise
    function: Any = module
    for part in name.split("."):
        function = getattr(function, part, None)
    if function is None:
        close = get_close_matches(name, [n for n, v in vars(module).items() if callable(v)], n=2)
        raise InputError(
            f"{place} has no function {name!r}" + (f"; did you mean {' or '.join(close)}?" if close else "")
        )
    if not callable(function):
        raise InputError(f"{target} is {type(function).__name__}, which can't be called")
    return function.case.function if isinstance(function, Declared) else function


def as_spelled(name: str, names: Iterable[str]) -> str:
    """The one of the names that this is a spelling of (x1 of x_1, λ of lambda), or else the name itself."""
    from gradlab.notation.formula import FormulaError, canonical_name

    def canonical(text: str) -> str:
        try:
            return canonical_name(text)
        except FormulaError:
            return text

    spellings = {canonical(n): n for n in names}
    return name if name in spellings.values() else spellings.get(canonical(name), name)


def formula_function(
    text: str, points: Sequence[Mapping[str, Any]]
) -> tuple[Callable[..., Any], list[dict[str, Any]], dict[str, Any]]:
    """(a function, the points by canonical names, the case's fields) of a typed formula. Raises InputError."""
    from gradlab.notation.formula import FormulaError, canonical_name, parse_formula

    try:
        named = [{canonical_name(name): value for name, value in point.items()} for point in points]
        formula = parse_formula(text, _shapes(named[0]) if named else {})
    except FormulaError as error:
        raise InputError(str(error)) from None
    unused = [name for name in named[0] if name not in formula.names]
    if unused:
        raise InputError(f"the point gives {', '.join(unused)}, which the formula {text!r} does not have")
    return (
        formula,
        named,
        {"text": text.strip(), "read_as": formula.read_as(), "notes": formula.notes, "location": ""},
    )


def _shapes(point: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """What a formula has to know of the values that it is about."""
    return {name: np.shape(value) for name, value in point.items()}


def with_claims(case: Case, hand: Mapping[str, Any]) -> Case:
    """The case with a claim more: formulas, derivations (`… = … = …`), callables, numbers or arrays, by argument."""
    point = case.points[0].inputs
    hand, chains = derivations(hand, case.function, point)
    claim, notes = formula_claims(hand, point)
    return replace(
        case,
        claims=(*case.claims, claim),
        chains=(*case.chains, *chains),
        notes=tuple(dict.fromkeys((*case.notes, *notes))),
    )


def derivations(
    hand: Mapping[str, Any], function: Callable[..., Any], point: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[Chain, ...]]:
    """Claims of which some are derivations (`… = … = …`): with their last lines alone, and the derivations."""
    from gradlab.notation.formula import Formula, FormulaError, parse_chain
    from gradlab.notation.names import printed
    from gradlab.notation.tree import Derivative

    last, chains = dict(hand), []
    for name, part in hand.items():
        if not (isinstance(part, str) and "=" in part):
            continue
        try:
            members = parse_chain(part, _shapes(point), where=f"the claim for {name}")
        except FormulaError as error:
            raise InputError(str(error)) from None
        steps = [Step(member, member.text, member.read_as()) for member in members]
        title = f"∂/∂{printed(name)}"
        if isinstance(function, Formula):
            asked = replace(function, text=title, tree=Derivative(function.tree, name))
            steps.insert(0, Step(asked, title, asked.read_as()))
        last[name] = members[-1].text
        chains.append(Chain(tuple(steps), name, title))
    return last, tuple(chains)


def formula_claims(hand: Mapping[str, Any], point: Mapping[str, Any]) -> tuple[Claim, list[str]]:
    """A claim from a dictionary of formulas, callables, numbers or arrays; and what is to be said of it.

    point: values of the arguments that the formulas may use.
    """
    from gradlab.notation.formula import FormulaError, parse_formula

    given: dict[str, Any] = {}
    digits: dict[str, int] = {}
    notes: list[str] = []
    texts = []
    for name, part in hand.items():
        if isinstance(part, str):
            try:
                formula = parse_formula(part, _shapes(point), where=f"the claim for {name}")
            except FormulaError as error:
                raise InputError(str(error)) from None
            notes += formula.notes
            texts.append(f"∂/∂{name} = {formula.read_as()}")
            if formula.names:
                given[name] = formula
                continue
            value = formula()
            written, part = part, value if np.ndim(value) else float(value)
            decimal = _DECIMAL.fullmatch(written)
            if decimal:
                digits[name] = len(decimal.group(1)) - int((decimal.group(2) or "0").replace("−", "-"))
        elif not callable(part):
            texts.append(f"∂/∂{name} = {part!r:.60}")
        if not callable(part):
            notes.append(
                f"the claim for {name} is given in numbers, so it is judged at the given point only"
                + (
                    f", to the {digits[name]} decimal{'s' * (digits[name] != 1)} given"
                    if name in digits
                    else ""
                )
            )
        given[name] = part
    typed = frozenset(name for name, part in hand.items() if isinstance(part, str))
    return Claim(given, "\n".join(texts), digits, typed), notes
