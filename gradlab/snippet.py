"""Python code to be pasted that checks a claim at one point: what is shown with a counterexample.

The function and the claim are written out where their source can stand alone, with what it needs: imports,
plain constants, other functions. What lies in a module that can be imported is imported. Of the rest a
comment says that it is the user's to define.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import inspect
import symtable
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from gradlab.cases import Case, Claim, Declared, Point, source_lines
from gradlab.notation.formula import Formula
from gradlab.notation.unfold import Folded, unfold
from gradlab.notation.write import write

LONGEST = 100
MOST_ELEMENTS = 1000
"""Of an array that is written out."""
MOST_PLACES = 16
"""Of nonzero elements that are written one by one."""
LOADED = "gradlab_cases_"
"""How the modules are called that `library` makes of files: they can't be imported by that name."""
_FUTURE = "from __future__ import annotations"
_HOMES = ("gradlab", "numpy", "scipy.special", "math")


class NotAlone(Exception):
    """It can't be written as text that stands alone."""


def snippet(case: Case, claim: Claim, point: Point, remark: str) -> str:
    """Code that prints gradlab's verdict on the claim at the point. `remark` goes above it as a comment.

    >>> from gradlab.harness import case_of
    >>> wrong = case_of("x^2", {"x": 3.0}, hand={"x": "3x"})
    >>> print(snippet(wrong, wrong.claims[0], wrong.points[0], "the claim gives 9"), end="")
    import gradlab
    <BLANKLINE>
    # the claim gives 9
    print(gradlab.check("x^2", at={"x": 3.0}, hand={"x": "3x"}, points=0))
    """
    script = _Script()
    function = script.part(case.function, "f")
    hand = (
        script.part(claim.given, "hand")
        if callable(claim.given)
        else _dictionary({name: _claim_part(script, claim, name, part) for name, part in claim.given.items()})
    )
    values = {name: script.value(name, value) for name, value in point.inputs.items()}
    options = {"at": _dictionary(values)}
    if case.wrt != tuple(point.inputs):
        options["wrt"] = f"[{', '.join(map(_quoted, case.wrt))}]"
    options["hand"] = hand
    if case.quantity != "gradient":
        options["quantity"] = _quoted(case.quantity)
    options["points"] = "0"
    return script.text(remark, _call(function, options))


def _claim_part(script: _Script, claim: Claim, name: str, part: Any) -> str:
    if callable(part):
        return script.part(part, f"hand_{name}")
    decimals = claim.digits.get(name)
    if decimals is not None and decimals >= 0:  # as text: its decimals say how exact it is meant to be
        return _quoted(f"{part:.{decimals}f}")
    return script.value(f"hand_{name}", part)


def _call(function: str, options: Mapping[str, str]) -> str:
    written = [function, *(f"{name}={value}" for name, value in options.items())]
    line = f"print(gradlab.check({', '.join(written)}))"
    if len(line) <= LONGEST:
        return line
    return f"result = gradlab.check(\n{''.join(f'    {part},{chr(10)}' for part in written)})\nprint(result)"


def _dictionary(values: Mapping[str, str]) -> str:
    """Of more than a line, an entry a line."""
    entries = [f"{_quoted(name)}: {value}" for name, value in values.items()]
    line = f"{{{', '.join(entries)}}}"
    if len(line) <= LONGEST - 10:
        return line
    return f"{{\n{''.join(f'        {entry},{chr(10)}' for entry in entries)}    }}"


def _quoted(text: str) -> str:
    """A string literal, in double quotes where that needs no escapes."""
    return f'"{text}"' if text.isprintable() and not set(text) & {'"', "\\"} else repr(text)


class _Script:
    """Code under way: what is imported, defined and assigned above the call."""

    def __init__(self) -> None:
        self.imports: dict[str, str] = {}
        """By the name that an import binds."""
        self.defined: dict[str, tuple[Any, str]] = {}
        """By name: the object, and the text that makes it."""
        self.assigned: list[str] = []
        self.missing: list[str] = []
        self.future = False

    def text(self, remark: str, last: str) -> str:
        """The whole script."""
        definitions = [text for _, text in self.defined.values()]
        if any("np." in text for text in (*definitions, *self.assigned, last)):
            self.imports.setdefault("np", "import numpy as np")
        first = [_FUTURE, ""] if self.future else []
        needed = set(self.imports.values()) - {"import gradlab"}
        plain = sorted(needed, key=lambda line: (line.startswith("from"), line))
        imports = "\n".join([*first, *plain, *[""][: len(plain)], "import gradlab"])
        constants = "\n".join(text for text in definitions if not text.startswith("def "))
        functions = "\n\n\n".join(text for text in definitions if text.startswith("def "))
        call = "\n".join([*self.missing, *self.assigned, f"# {remark}", last])
        above = "\n\n".join(filter(None, [imports, constants]))
        return f"{above}\n\n\n{functions}\n\n\n{call}\n" if functions else f"{above}\n\n{call}\n"

    def value(self, name: str, value: Any) -> str:
        """An argument's value as an expression; what can't be written is the user's to define."""
        try:
            return literal(value)
        except NotAlone:
            pass
        if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
            places = np.argwhere(value)
            if len(places) <= MOST_PLACES:
                self.assigned.append(f"{name} = np.zeros({_shape(value)}{_dtype(value)})")
                for place in map(tuple, places.tolist()):
                    self.assigned.append(f"{name}[{', '.join(map(str, place))}] = {_number(value[place])}")
                return name
            shape = f", an array of shape {value.shape}"
        else:
            shape = ""
        self.missing.append(f"# {name} is your own value{shape}: define it here")
        return name

    def part(self, given: Any, name: str) -> str:
        """A function as an expression: a formula in quotes, or the name of what is imported or defined."""
        if isinstance(given, Formula):
            return _quoted(self.formula(given))
        own = getattr(given, "__name__", "")
        own = own if own.isidentifier() else name
        kept = dict(self.imports), dict(self.defined), self.future
        for enter in (self.bind, self.load):
            try:
                enter(own, given)
            except NotAlone:
                self.imports, self.defined, self.future = dict(kept[0]), dict(kept[1]), kept[2]
            else:
                return own
        lines = source_lines(given).splitlines()
        place = f" ({lines[0].strip():.80})" if lines else ""
        self.missing.append(f"# {name} is your own function{place}: define it here")
        return name

    def formula(self, given: Formula) -> str:
        """A formula's text; with its definitions written out, where it has any."""
        if not given.definitions:
            return given.text
        try:
            return write(unfold(given.tree, {d.name: d for d in given.definitions}))
        except Folded:
            said = "; ".join(d.read_as for d in given.definitions)
            self.missing.append(f"# in it, {said}: write that out here")
            return given.text

    def bind(self, name: str, value: Any) -> None:
        """Write what makes a name stand for a value. Raises NotAlone."""
        if name in self.defined:
            if self.defined[name][0] is not value:
                raise NotAlone
            return
        line = _import_of(name, value)
        if line:
            if self.imports.setdefault(name, line) != line:
                raise NotAlone
            return
        if name in self.imports:
            raise NotAlone
        if isinstance(value, Declared):
            value = value.case.function
        if isinstance(value, FunctionType):
            self._define(name, value)
        else:
            self.defined[name] = value, f"{name} = {literal(value, most=MOST_ELEMENTS // 10)}"

    def _define(self, name: str, function: FunctionType) -> None:
        source = _whole_source(name, function)
        future = bool(function.__code__.co_flags & __future__.annotations.compiler_flag)
        known = {**function.__globals__, **_closure(function)}
        self.future = self.future or future
        self.defined[name] = function, source  # before what it needs: it may need itself
        for needed in _names_needed(source, future):
            if needed == name:
                continue
            if needed in known:
                self.bind(needed, known[needed])
            elif not hasattr(builtins, needed):
                raise NotAlone
        self.defined[name] = self.defined.pop(name)  # and after it in the text, for default values

    def load(self, name: str, value: Any) -> None:
        """Load a function from the file that it lies in, as the command line does. Raises NotAlone."""
        module = sys.modules.get(getattr(value, "__module__", None) or "")
        if module is None or not module.__name__.startswith(LOADED) or name in self.defined:
            raise NotAlone
        found = getattr(module, name, None)
        found = found.case.function if isinstance(found, Declared) else found
        if getattr(found, "__code__", None) != getattr(value, "__code__", None):  # a file may be loaded twice
            raise NotAlone
        path = Path(str(module.__file__)).resolve()
        shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
        self.imports["function_at"] = "from gradlab.library import function_at"
        self.defined[name] = value, f"{name} = function_at({_quoted(f'{shown}:{name}')})"


def _import_of(name: str, value: Any) -> str:
    """The line that imports a value under a name; "" where none does."""
    if isinstance(value, ModuleType):
        if not _can_be_imported(value.__name__):
            return ""
        return f"import {value.__name__}" + ("" if value.__name__ == name else f" as {name}")
    if value is None or isinstance(value, (bool, int, float, str, np.ndarray, Declared)):
        return ""
    for home in (*_HOMES, getattr(value, "__module__", None)):
        if not isinstance(home, str) or not _can_be_imported(home):
            continue
        for own in dict.fromkeys((name, getattr(value, "__name__", name))):
            if getattr(sys.modules[home], own, None) is value:
                return f"from {home} import {own}" + ("" if own == name else f" as {name}")
    return ""


def _can_be_imported(module: str) -> bool:
    return module in sys.modules and module not in ("__main__", "builtins") and not module.startswith(LOADED)


def _whole_source(name: str, function: FunctionType) -> str:
    """The source of a function that is one `def` with that name. Raises NotAlone."""
    source = source_lines(function)
    if hasattr(function, "__wrapped__") or function.__name__ != name:
        raise NotAlone
    try:
        body = ast.parse(source).body
    except SyntaxError:
        raise NotAlone from None
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef) or body[0].name != name:
        raise NotAlone
    return source


def _closure(function: FunctionType) -> Mapping[str, Any]:
    return inspect.getclosurevars(function).nonlocals


def _names_needed(source: str, future: bool) -> list[str]:
    """The names that a definition takes from outside. Raises NotAlone where it changes one of them."""
    table = symtable.symtable(f"{_FUTURE}\n{source}" if future else source, "snippet", "exec")
    names: dict[str, None] = {}
    for scope in _scopes(table):
        for symbol in scope.get_symbols():
            if scope is not table and symbol.is_global() and symbol.is_assigned():
                raise NotAlone
            outside = symbol.is_global() or scope is table
            if outside and symbol.is_referenced() and not symbol.is_assigned():
                names[symbol.get_name()] = None
    return list(names)


def _scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _scopes(child)


def literal(value: Any, most: int = MOST_ELEMENTS) -> str:
    """A value as an expression that gives the same value and type. Raises NotAlone.

    >>> literal(np.array([[1.0, 0.5]], dtype=np.float32)), literal(np.zeros((30, 30)))
    ('np.array([[1.0, 0.5]], dtype=np.float32)', 'np.zeros((30, 30))')
    """
    if isinstance(value, np.generic) and value.dtype.kind in "biuf":
        return f"np.{_type(value.dtype)}({_number(value)})"
    if isinstance(value, np.ndarray):
        return _array(value, most)
    try:
        text = repr(value)
        same = ast.literal_eval(text) == value
    except Exception:
        raise NotAlone from None
    if not same or len(text) > 10 * most:
        raise NotAlone
    return _quoted(value) if isinstance(value, str) else text


def _array(array: np.ndarray, most: int) -> str:
    if array.dtype.kind not in "biuf" or array.dtype.byteorder not in "=|":
        raise NotAlone
    dtype, shape = _dtype(array), _shape(array)
    if not np.any(array) and array.size != 1:
        return f"np.zeros({shape}{dtype})"
    if array.size > 1 and array.dtype.kind == "f" and np.all(array == array.flat[0]):
        number = _number(array.flat[0])
        return f"np.ones({shape}{dtype})" if number == "1.0" else f"np.full({shape}, {number}{dtype})"
    if array.size > most or (array.size > 64 and np.count_nonzero(array) <= MOST_PLACES):
        raise NotAlone
    given_by_numbers = array.dtype in (np.dtype(np.int64), np.dtype(bool))
    return f"np.array({_nested(array)}{'' if given_by_numbers else dtype})"


def _shape(array: np.ndarray) -> str:
    return str(array.shape if array.ndim != 1 else array.size)


def _nested(array: np.ndarray) -> str:
    return _number(array[()]) if not array.ndim else f"[{', '.join(map(_nested, array))}]"


def _number(value: Any) -> str:
    """A NumPy number in the shortest digits that give it back in its own type."""
    text = str(value)
    return text if np.isfinite(value) else f'float("{text}")'


def _dtype(array: np.ndarray) -> str:
    return "" if array.dtype == np.float64 else f", dtype=np.{_type(array.dtype)}"


def _type(dtype: np.dtype) -> str:
    return "bool_" if dtype.kind == "b" else dtype.name


__all__ = ["snippet"]
