"""What the targets on the command line name: cases, documents, submissions, one formula or function."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradlab.cases import Case
    from gradlab.classroom.submissions import Submission
    from gradlab.record import CaseRecord

DOCUMENTS = {".md", ".tex"}
CHECKLIST = ".grad.toml"
_WITH_A_POINT = (
    "{} is a case of the library, with a point of its own: leave out --at, --wrt, --hand and --jacobian"
)
_FUNCTION = re.compile(r"(?:[A-Za-z_][\w.]*|.*\.py):[A-Za-z_][\w.]*")


def submissions_of(targets: Sequence[str]) -> list[Submission]:
    """The submissions that folders hold, with files that are named beside them; none where no folder is named.

    Raises InputError for a folder beside a case of the library.
    """
    if not any(target.strip() and _is_folder(target) for target in targets):
        return []
    from gradlab.cases import InputError
    from gradlab.classroom.submissions import SUFFIXES, submission_at, submissions_in

    found: list[Submission] = []
    for target in targets:
        path = Path(target)
        if _is_folder(target):
            found += submissions_in(path)
        elif path.suffix in SUFFIXES and path.is_file():
            found.append(submission_at(path))
        else:
            raise InputError(
                f"{target} is no file, and what is checked with a folder of submissions is files"
            )
    return list({submission.path: submission for submission in found}.values())


def cases_of(
    targets: Sequence[str],
    at: Sequence[str],
    wrt: Sequence[str],
    hand: Sequence[str],
    jacobian: bool,
    tags: Sequence[str] = (),
) -> list[Case | CaseRecord]:
    """The cases that the targets name; a record in place of one that can't be read.

    Raises InputError and FormulaError.
    """
    from gradlab.cases import Case, InputError
    from gradlab.library import cases_in_file, select

    if tags:
        if at or hand or wrt or jacobian:
            raise InputError(
                "--tag chooses among the library's cases: leave out --at, --wrt, --hand and --jacobian"
            )
        return list(select(targets, tags))
    if at or hand or wrt or jacobian:
        if len(targets) != 1:
            raise InputError("--at, --wrt, --hand and --jacobian go with one formula or one module:function")
        return [_single(targets[0], at, wrt, hand, jacobian)]
    if not targets:
        return list(select(()))
    cases: list[Case | CaseRecord] = []
    for target in targets:
        path = Path(target)
        if not target.strip():
            raise InputError("a target is empty")
        if target.endswith(".py"):
            cases += cases_in_file(path)
        elif target.endswith(".toml"):
            cases += _checklist(path)
        elif path.suffix in DOCUMENTS:
            from gradlab.classroom.examining import unreadable
            from gradlab.homework import cases_in_document

            cases += [c if isinstance(c, Case) else unreadable(c) for c in cases_in_document(path)]
        elif _FUNCTION.fullmatch(target):
            cases.append(_pair(target))
        elif _exists(target):
            raise InputError(
                f"{target} is not a file of cases (.py), a document (.md, .tex) or a checklist ({CHECKLIST})"
            )
        elif target.endswith("/") or ("/" in target and "." in target and " " not in target):
            raise InputError(f"{target} does not exist")
        else:
            cases += select([target])
    return list({(case.location, case.name): case for case in cases}.values())


def _checklist(path: Path) -> list[Case]:
    """The checks of a `*.grad.toml`; no other TOML is read."""
    from gradlab.cases import InputError
    from gradlab.checklist import cases_in_checklist

    if not path.name.endswith(CHECKLIST):
        raise InputError(f"{path} is not read: a file of checks is called NAME{CHECKLIST}")
    return cases_in_checklist(path)


def _pair(target: str) -> Case:
    """A function or class with its derivative beside it, at the point that its file gives."""
    from gradlab.cases import InputError
    from gradlab.layers import case_of_pair
    from gradlab.library import function_at

    try:
        return case_of_pair(function_at(target))
    except InputError as error:
        if "has no derivative beside it" in str(error):
            raise InputError(f'{target} needs a point: --at "x=1.5"') from None
        raise


def _is_folder(target: str) -> bool:
    return _exists(target) and Path(target).is_dir()


def _exists(target: str) -> bool:
    """Whether there is such a file; a formula may be longer than any file name, or hold what none can."""
    try:
        return Path(target).exists()
    except (OSError, ValueError):
        return False


def _single(target: str, at: Sequence[str], wrt: Sequence[str], hand: Sequence[str], jacobian: bool) -> Case:
    """One formula or function with its point and claims from the command line."""
    from gradlab.cases import InputError, argument_names
    from gradlab.harness import case_of
    from gradlab.library import as_spelled, declared, function_at
    from gradlab.notation.formula import parse_assignments, parse_claim

    if not target.strip():
        raise InputError("the target is empty: give a formula or module:function")
    if target.endswith((".py", CHECKLIST)) or _is_folder(target):
        raise InputError(
            f"{target} has cases with points of their own: leave out --at, --wrt and --hand, or name one function as file.py:function"
        )
    if not at and target in {case.name for case in declared()}:
        raise InputError(_WITH_A_POINT.format(target))
    if not at:
        raise InputError(f'{target!r:.200} needs a point: --at "x=1.5"')
    points = [parse_assignments(text) for text in at]
    is_function = _FUNCTION.fullmatch(target)
    function = function_at(target) if is_function else target
    if isinstance(function, type) and not hand:
        from gradlab.layers import case_of_pair

        return case_of_pair(function, at=points, wrt=wrt)
    if callable(function):
        names = argument_names(function)
        points = [{as_spelled(name, names): value for name, value in point.items()} for point in points]
    claims: Any = None
    if len(hand) == 1 and _FUNCTION.fullmatch(hand[0]) and not re.search(r":\s", hand[0]) and is_function:
        claims = function_at(hand[0])
    elif hand:
        claims = {}
        for text in hand:
            name, formula, _ = parse_claim(text)
            if name in claims:
                raise InputError(f"--hand gives two derivatives by {name}")
            claims[name] = formula
    try:
        quantity = "jacobian" if jacobian else "gradient"
        name = target if is_function else ""
        return case_of(function, points, wrt=wrt or None, hand=claims, quantity=quantity, name=name)
    except InputError:
        if target in {case.name for case in declared()}:
            raise InputError(_WITH_A_POINT.format(target)) from None
        raise
