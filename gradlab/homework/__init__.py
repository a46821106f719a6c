"""Homework: hand derivations in Markdown and LaTeX files, as cases.

A section of the document is a problem, with what the sections above it define. A section that defines and
derives nothing sets the stage for those that follow it at its level.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from gradlab.cases import Case, InputError
from gradlab.homework.adjoints import with_adjoints
from gradlab.homework.assumed import with_assumptions
from gradlab.homework.building import Problem, build_cases
from gradlab.homework.context import Context, read_context
from gradlab.homework.derivations import Derivation, listed, read_derivation
from gradlab.homework.habits import with_gradients, with_logarithms, with_partials
from gradlab.homework.header import Refused, read_header
from gradlab.homework.items import divided, sets_the_stage, still_holding
from gradlab.homework.said import Said, take_apart
from gradlab.notation.document import Document, DocumentError, Equation, Field, Section, read_document
from gradlab.notation.error import FormulaError, shown
from gradlab.notation.names import printed
from gradlab.notation.tree import called, free_names

__all__ = ["SUFFIXES", "Unreadable", "cases_in_document", "cases_in_text"]

SUFFIXES = {".md": "markdown", ".markdown": "markdown", ".tex": "tex"}
"""The files that are documents."""
MOST_BYTES = 4_000_000
MOST_STATEMENTS = 200
"""In one problem."""


@dataclass(frozen=True)
class Unreadable:
    """A problem, or a part of one, that can't be read: a failure of its own."""

    name: str
    location: str
    """file:line."""
    reason: str
    """A sentence."""
    excerpt: str = ""
    """The line, and a caret under the place."""

    def __str__(self) -> str:
        return f"{self.location}: {self.reason}" + (f"\n{self.excerpt}" if self.excerpt else "")


def cases_in_document(path: Path) -> list[Case | Unreadable]:
    """The cases of a document, and what of it can't be read, in order.

    Raises InputError where there is no such file, or one of a kind that is no document.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(
            f"{path} is no document: derivations are read from Markdown (.md) and LaTeX (.tex) files"
        )
    if not path.is_file():
        raise InputError(f"{path} does not exist" if not path.exists() else f"{path} is not a file")
    try:
        return cases_in_text(_text(path), path)
    except DocumentError as error:
        where = f"{path}:{error.line}" if error.line else str(path)
        return [Unreadable(path.stem, where, error.message)]


def cases_in_text(text: str, path: Path) -> list[Case | Unreadable]:
    """The same of a text that is called so; it need be no file, and is Markdown unless its name says LaTeX.

    Raises DocumentError.
    """
    document = read_document(text, "tex" if path.suffix.lower() == ".tex" else "markdown")
    found = list(_problems(document, path))
    if not found:
        reason = (
            "no derivation was found: write one as $$ ∂L/∂w = … = … $$, or in a block that begins with ```gradlab, "
            "with L = … before it"
        )
        return [Unreadable(path.stem, str(path), reason)]
    return _distinct(found)


def _text(path: Path) -> str:
    """The file's text. Raises DocumentError."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise DocumentError(f"it can't be opened: {error.strerror}") from None
    if len(raw) > MOST_BYTES:
        raise DocumentError(f"a document has at most {MOST_BYTES:,} bytes")
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DocumentError("this is not text in UTF-8", line) from None


@dataclass(frozen=True)
class _Stage:
    """What a section passes on to those below it."""

    level: float
    fields: tuple[Field, ...]
    said: tuple[Said, ...]


def _problems(document: Document, path: Path) -> Iterator[Case | Unreadable]:
    stages: list[_Stage] = []
    number = 0
    following = [*document.sections[1:], None][: len(document.sections)]
    names = _titles(document)
    for section, after in zip(document.sections, following, strict=True):
        stages = [stage for stage in stages if stage.level < section.level]
        fields = [f for stage in stages for f in stage.fields]
        inherited = [one for stage in stages for one in stage.said]
        try:
            own = with_partials([take_apart(equation) for equation in section.equations], inherited)
            own = with_logarithms(with_gradients(own, inherited), inherited)
            own, assumed = with_assumptions(own)
            section = replace(section, fields=(*section.fields, *assumed))
            own, adjoints = with_adjoints(own, inherited)
            section = replace(section, remarks=(*section.remarks, adjoints)) if adjoints else section
        except FormulaError as error:
            yield Unreadable(path.stem, f"{path}:{section.line}", error.message)
            continue
        worked = any(not sets_the_stage(one) for one in own) or section.troubles
        number += bool(worked)
        if worked:
            title = names[section.line] if section.title else ""
            name = f"{path.stem}: {title}" if title else f"{path.stem} problem {number}"
            told = list(inherited)
            for part, said in divided(section, own):
                of_part = (
                    name if said is own or part.line == section.line else f"{name}, from line {part.line}"
                )
                yield from _problem(part, [*fields, *section.fields], told, said, of_part, path)
                told = [*told, *(one for one in said if sets_the_stage(one))]
        # What only sets the stage, and has no sections of its own, is for its siblings too.
        is_parent = after is not None and after.level > section.level
        level = section.level if worked or is_parent else section.level - 0.5
        stage = _Stage(level, section.fields, tuple(one for one in own if sets_the_stage(one)))
        if stage.fields or stage.said:
            stages.append(stage)


def _titles(document: Document) -> dict[int, str]:
    """The titles by line, each with those of the sections that it is in: but for the document's own."""
    titled = [section for section in document.sections if section.title]
    above: list[Section] = []
    titles = {}
    for section in titled:
        above = [other for other in above if other.level < section.level]
        above.append(section)
        top = min(other.level for other in titled)
        own = [other for other in titled if other.level == top]
        named = above[1:] if len(own) == 1 and len(above) > 1 else above
        titles[section.line] = ", ".join(other.title for other in named)
    return titles


def _problem(
    section: Section, fields: list[Field], inherited: list[Said], own: list[Said], name: str, path: Path
) -> Iterator[Case | Unreadable]:
    """A problem's cases, in the order in which they stand; what can't be read is among them."""
    taken = {one.name for one in own if sets_the_stage(one)} | _declared(section)
    if len(own) > MOST_STATEMENTS:
        reason = f"a problem has at most {MOST_STATEMENTS} statements; this one has {len(own)}"
        yield Unreadable(name, f"{path}:{_first_line(section)}", reason)
        return
    inherited = still_holding(inherited, taken)
    said = [*inherited, *own]
    start = f"{path}:{_first_line(section)}"
    failed = [Refused(trouble.message, trouble.line) for trouble in section.troubles]
    try:
        header = read_header(fields, _lengths(said))
        context, rest, unread = read_context(said, header)
    except Refused as error:
        yield from _unreadable([*failed, error], name, path)
        return
    name = f"{path.stem}: {header.name}" if header.name else name
    if unread:  # what stands on a definition that can't be read can't be read either
        yield from _unreadable([*failed, *unread], name, path)
        return
    derivations: list[Derivation] = []
    aside: list[str] = []
    for one in rest:
        if one in inherited:
            continue
        try:
            found = read_derivation(one, context, str(path), has_point=bool(header.points or context.values))
        except Refused as error:
            failed.append(error)
            continue
        if isinstance(found, Derivation):
            derivations.append(found)
            context = found.context
        elif found:
            aside.append(found)
    own_lines = {field.line for field in section.fields}
    used = _used(context, derivations) if derivations else set(header.lines)
    failed += [
        Refused(
            f"{printed(n)} is named in the header, and does not occur otherwise ({listed(context)})", line
        )
        for n, line in header.lines.items()
        if n not in used and line in own_lines
    ]
    said_of = [f"symbols: {', '.join(printed(n) for n in context.scope.names if n in used)}"]
    said_of += [
        f"{printed(one.name)} is defined in line {one.equation.line}, and nothing that is checked uses it"
        for one in own
        if one.name in context.scope.definitions and sets_the_stage(one) and one.name not in used
    ]
    problem = Problem(name, str(path), start, header, context, (*said_of, *aside, *section.remarks))
    cases, unbuilt = build_cases(problem, derivations)
    yield from cases
    yield from _unreadable([*failed, *unbuilt], name, path)


def _declared(section: Section) -> set[str]:
    """The names of which a section says a shape or a value, so that they are not what they were before it."""
    try:
        return set(read_header(section.fields).shapes)
    except Refused:  # told when it is read
        return set()


def _lengths(said: list[Said]) -> dict[str, int]:
    """The whole numbers that names are set to, which may be sizes of arrays."""
    found = {}
    for one in said:
        text = one.equation.text[one.equals[0] + 1 :].strip() if len(one.equals) == 1 else ""
        if one.name and text.isascii() and text.isdecimal() and 0 < len(text) < 5:
            found[one.name] = int(text)
    return found


def _used(context: Context, derivations: list[Derivation]) -> set[str]:
    """The names that stand in definitions and derivations."""
    trees = [d.body for d in context.scope.definitions.values()]
    trees += [formula.tree for one in derivations for formula in one.formulas]
    return {name for tree in trees for name in (*free_names(tree), *called(tree))}


def _first_line(section: Section) -> int:
    parts: list[Field | Equation] = [*section.fields, *section.equations]
    return section.line if section.title else min((part.line for part in parts), default=section.line)


def _unreadable(failed: list[Refused], name: str, path: Path) -> Iterator[Unreadable]:
    for error in sorted(failed, key=lambda error: error.line):
        yield Unreadable(f"{name}, line {error.line}", f"{path}:{error.line}", error.message, error.excerpt)


def _distinct(found: list[Case | Unreadable]) -> list[Case | Unreadable]:
    """With names that are each there once, so that a report can tell them apart."""
    seen: dict[str, int] = {}
    named = []
    for one in found:
        if isinstance(one, Unreadable):  # a reason may quote what was typed
            one = replace(one, reason=shown(one.reason))
        seen[one.name] = count = seen.get(one.name, 0) + 1
        named.append(replace(one, name=f"{one.name} ({count})") if count > 1 else one)
    return named
