"""Checks declared in a file without code, `*.grad.toml`:

    [[check]]
    name = "squared error"
    function = "model.py:loss"
    gradient = "model.py:loss_gradient"
    at = { w = [0.5, -1.0], x = 2.0 }

The keys are the arguments of `@gradlab.case` and `gradlab.check`. How to check (points, seed, methods) is for
the run to say.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any

from gradlab.cases import VERDICTS, Case, InputError
from gradlab.engine.trace import shown_path
from gradlab.harness import case_of
from gradlab.layers import case_of_pair
from gradlab.library import function_at
from gradlab.notation.error import FormulaError, shown

__all__ = ["SUFFIX", "cases_in_checklist"]

SUFFIX = ".grad.toml"
MOST_BYTES = 4_000_000

_KINDS: dict[type, str] = {
    str: "text in quotes",
    dict: "a table",
    list: "an array",
    bool: "true or false",
    int: "a number",
    float: "a number",
}
_KEYS: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "function": (str,),
    "gradient": (str,),
    "hand": (dict,),
    "at": (dict, list),
    "wrt": (str, list),
    "quantity": (str,),
    "expected": (dict,),
    "verdict": (str,),
    "because": (str,),
    "source": (str,),
}
_SHOWN = {
    "at": "at = { x = 1.5 }",
    "hand": 'hand = { x = "2x" }',
    "expected": 'expected = { value = "2.50" }',
}
_OF_THE_RUN = {"points", "seed", "methods", "timeout"}
_HEADING = re.compile(r"^[ \t]*\[\[[ \t]*check[ \t]*\]\]", re.MULTILINE)
_PLACE = re.compile(r"(?P<place>[A-Za-z_][\w.]*|.*\.py):(?P<name>[A-Za-z_][\w.]*)")


def cases_in_checklist(path: Path) -> list[Case]:
    """The checks of a file, in order. The Python files and modules that it names are imported.

    Raises InputError, which names the file and the check: one line for each that can't be used.
    """
    where = shown_path(str(path))
    if not path.is_file():
        raise InputError(f"{path} does not exist" if not path.exists() else f"{path} is not a file")
    text = _text(path)
    tables = _tables(text, where)
    lines = [text.count("\n", 0, heading.start()) + 1 for heading in _HEADING.finditer(text)]
    cases: dict[str, Case] = {}
    refused: list[str] = []
    for number, table in enumerate(tables, 1):
        # A heading within a text of several lines is none: then no line is told.
        location = f"{where}:{lines[number - 1]}" if len(lines) == len(tables) else where
        name = table.get("name")
        label = f"check {number}" + (f" ({shown(name)})" if isinstance(name, str) and name else "")
        try:
            case = replace(_case(table, path.parent), location=location)
        except (InputError, FormulaError) as error:
            refused.append(f"{location}: {label}: {error}")
            continue
        if case.name in cases:
            refused.append(f"{location}: {label}: another check is called {case.name!r}: give it a name")
        cases[case.name] = case
    if refused:
        raise InputError("\n".join(refused))
    return list(cases.values())


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} can't be opened: {error.strerror}") from None
    if len(raw) > MOST_BYTES:
        raise InputError(f"{path} is too large: a checklist has at most {MOST_BYTES:,} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}: this is not text in UTF-8") from None


def _tables(text: str, where: str) -> list[dict[str, Any]]:
    try:
        content = tomllib.loads(text)
    except ValueError as error:
        raise InputError(f"{where} is not TOML: {shown(str(error))}{_hint(text, str(error))}") from None
    except RecursionError:
        raise InputError(f"{where} is not usable: its arrays are nested too deeply") from None
    for key in content:
        if key != "check":
            raise InputError(f"{where}: {key!r} stands outside of a check: begin one with [[check]]")
    tables = content.get("check", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise InputError(f"{where}: a check begins with [[check]], in double brackets")
    if not tables:
        raise InputError(f"{where} holds no check: begin one with [[check]]")
    return tables


def _hint(text: str, error: str) -> str:
    """What to write instead, of what is often typed and is not TOML."""
    place = re.search(r"line (\d+), column (\d+)", error)
    rest = text.split("\n")[int(place[1]) - 1][int(place[2]) - 1 :].strip() if place else ""
    if re.match(r"[-+]?\.", rest):
        return "; a number has digits on both sides of its point: 0.5, 1.0"
    if place and not rest and "key part" in error:
        return "; braces close on the same line: for more lines write [check.at], and below it a value a line"
    return "; text stands in quotes" if rest and error.startswith("Invalid value") else ""


def _case(table: Mapping[str, Any], folder: Path) -> Case:
    """One check. Raises InputError, FormulaError."""
    _refuse_unknown(table)
    if "function" not in table:
        raise InputError('function is missing: "file.py:f", "package.module:f", or a formula')
    at = table.get("at", [])
    points = [_point(point) for point in ([at] if isinstance(at, dict) else at)]
    function = _function(table["function"], folder)
    fields = {key: table[key] for key in ("verdict", "because", "source") if key in table}
    if fields.get("verdict", "agree") not in VERDICTS:
        raise InputError(f"verdict is {fields['verdict']!r}: it is one of {', '.join(VERDICTS)}")
    if "expected" in table:
        fields["expected"] = {name: _printed(name, value) for name, value in table["expected"].items()}
    hand = _claim(table, folder)
    name = table.get("name") or (
        table["function"] if isinstance(function, str) else Path(table["function"]).name
    )
    wrt = table.get("wrt")
    if wrt is not None and not (isinstance(wrt, str) or (wrt and all(isinstance(n, str) for n in wrt))):
        raise InputError('wrt is the name of an argument, or an array of names: ["w", "b"]')
    try:
        if isinstance(function, type):
            if hand is not None:
                raise InputError("a class brings its gradient, backward: leave out gradient and hand")
            if "quantity" in table:
                raise InputError("quantity goes with a function: a layer's outputs are all derived")
            case = case_of_pair(function, at=points, wrt=[wrt] if isinstance(wrt, str) else wrt or ())
        elif points:
            case = case_of(function, points, wrt=wrt, hand=hand, quantity=table.get("quantity", "gradient"), name=name)  # fmt: skip
        else:
            raise InputError("at is missing: a value for every argument, as in at = { x = 1.5 }")
    except InputError as error:
        raise InputError(str(error).removeprefix(f"{name}: ")) from None
    return replace(case, name=name, **fields)


def _refuse_unknown(table: Mapping[str, Any]) -> None:
    for key, value in table.items():
        if key in _OF_THE_RUN:
            raise InputError(f"{key} is for the run to say, not for a check (gradlab check --{key})")
        if key not in _KEYS:
            close = get_close_matches(key, _KEYS, n=1)
            known = f"did you mean {close[0]}?" if close else f"there are {', '.join(_KEYS)}"
            raise InputError(f"there is no key {key!r}; {known}")
        if not isinstance(value, _KEYS[key]):
            wanted = " or ".join(_KINDS[kind] for kind in _KEYS[key])
            example = f", as in {_SHOWN[key]}" if key in _SHOWN else ""
            raise InputError(f"{key} is {_kind(value)}, and should be {wanted}{example}")


def _point(point: Any) -> dict[str, Any]:
    if not isinstance(point, dict):
        raise InputError(f"a point is a table, as in at = {{ x = 1.5 }}, and here it is {_kind(point)}")
    for name, value in point.items():
        _refuse_value(value, f"at.{name}")
    return point


def _refuse_value(value: Any, where: str) -> None:
    """Refuse what is neither text nor finite numbers, in arrays too."""
    if isinstance(value, list):
        for part in value:
            _refuse_value(part, where)
    elif isinstance(value, float) and not isfinite(value):
        raise InputError(f"{where} holds {value}: a value must be finite")
    elif not isinstance(value, (bool, int, float, str)):
        raise InputError(f"{where} is {_kind(value)}, and should be a number or an array of numbers")


def _function(text: str, folder: Path) -> Any:
    """What `file.py:f`, beside the checklist, or `package.module:f` names; a formula as it is."""
    named = _PLACE.fullmatch(text)
    if named is None:
        if text.endswith(".py") or not text.strip():
            raise InputError(f"function is {text!r}: name one as file.py:f, or write a formula")
        return text
    place = named["place"]
    return function_at(f"{folder / place if place.endswith('.py') else place}:{named['name']}")


def _claim(table: Mapping[str, Any], folder: Path) -> Any:
    """The hand-derived gradient: a function, formulas and numbers by name, or None."""
    if "gradient" in table and "hand" in table:
        raise InputError("gradient and hand are two claims: leave one out, or make it two checks")
    if "gradient" in table:
        if not _PLACE.fullmatch(table["gradient"]):
            raise InputError(
                f"gradient is {table['gradient']!r}: it names a function, as file.py:f; formulas stand under [check.hand]"
            )
        return _function(table["gradient"], folder)
    for name, value in table.get("hand", {}).items():
        _refuse_value(value, f"hand.{name}")
    return table.get("hand")


def _printed(name: str, value: Any) -> Any:
    """A printed number, or an array of them. Raises InputError for one without quotes, whose digits are lost."""
    if isinstance(value, list):
        return [_printed(name, part) for part in value]
    if not isinstance(value, str):
        raise InputError(f'expected.{name} is {_kind(value)}: put it in quotes, as it is printed: "2.50"')
    return value


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), "a date or a time")
