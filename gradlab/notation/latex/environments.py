r"""What has rows, cells or a range: aligned equations, cases, matrices, \sum and \prod."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from gradlab.notation.error import FormulaError, excerpt
from gradlab.notation.latex import commands
from gradlab.notation.latex.arguments import Span, argument
from gradlab.notation.latex.commands import RELATIONS
from gradlab.notation.latex.symbols import Scripts, nucleus_at, plain, scripts_after
from gradlab.notation.words import Token

if TYPE_CHECKING:
    from gradlab.notation.latex.reader import Reader

_BIG = {"sum": "sum", "prod": "prod", "∑": "sum", "∏": "prod", "Σ": ""}
_CONDITION_WORDS = {"if", "for", "when", "where", "falls", "wenn", "für"}
_OTHERWISE_WORDS = {"otherwise", "else", "sonst"}
_SIGNS = {"PLUS", "MINUS", "TIMES", "DIVIDE", "HADAMARD", "MATMUL", "EQUALS", "COMMA"}
_CLOSING = {"RPAR", "RBRACE", "RBRACKET"}


def read(reader: Reader) -> None:
    """Emit the environment that begins at the reader's place."""
    source, first = reader.source, reader.place
    name = source.lexemes[first].text
    last = source.partner[first]
    reader.place = last + 1
    inside = (first + 1, last)
    if name in commands.ROWS:
        if name.startswith("alignat"):
            _, begin = argument(source, first + 1, last, "\\begin{alignat}")
            inside = (begin, last)
        if reader.depth and not reader.rows:
            source.refuse(f"\\begin{{{name}}} stands around a whole chain, not within a formula.", first)
        reader.out += reader.inner(_without_option(reader, inside), rows="chain")
    elif name in {"cases", "dcases", "rcases"}:
        reader.put("CASES", name, first)
        cells = reader.inner(inside, rows="cases")
        reader.out += cells
        reader.put("ENDCASES", name, last)
    elif name in commands.MATRICES:
        reader.put("MATRIX", name, first)
        reader.out += reader.inner(inside, rows="matrix")
        reader.put("ENDMATRIX", name, last)
    elif name in {"vmatrix", "Vmatrix"}:
        source.refuse(
            f"\\begin{{{name}}} is a determinant or a norm; matrices are written with pmatrix or bmatrix.",
            first,
        )
    elif name == "array":
        source.refuse(
            "\\begin{array} is not read: write pmatrix or bmatrix for a matrix, and cases for cases.", first
        )
    else:
        source.refuse(f"\\begin{{{excerpt(name)}}} is not an environment that is read here.", first)


def _without_option(reader: Reader, span: Span) -> Span:
    r"""\begin{aligned}[t] has an option."""
    first, last = span
    if (
        reader.source.is_char(first, "[")
        and reader.source.is_char(first + 2, "]")
        and reader.source.is_char(first + 1, "tbc")
    ):
        return first + 3, last
    return span


def cell(reader: Reader) -> None:
    """&: between cells, or where rows are aligned."""
    source, place = reader.source, reader.place
    reader.place += 1
    if reader.rows == "chain":
        return
    if reader.rows not in {"cases", "matrix"}:
        source.refuse("This & stands in no row of aligned equations, cases or a matrix.", place)
    if reader.rows == "cases" and reader.condition:
        source.refuse("A row of cases has two cells: the value & the condition.", place)
    reader.finish_cell()
    _trim(reader)
    reader.condition = reader.rows == "cases"
    reader.put("CELL", "&", place)


def row(reader: Reader) -> None:
    r"""\\\\: the next row."""
    source, place = reader.source, reader.place
    reader.place += 1
    if reader.rows in {"cases", "matrix"}:
        reader.finish_cell()
        _trim(reader)
        reader.condition = False
        if reader.place < reader.stop:
            reader.put("ROW", "\\\\", place)
    elif reader.rows == "chain" or reader.depth == 0:
        if not reader.opened:
            _trim(reader)
        reader.row_begins = True
    else:
        source.refuse(
            "A row ends here, and none began: \\\\ stands in aligned equations, cases and matrices.", place
        )


def _trim(reader: Reader) -> None:
    """Drop the comma at the end of a cell or row."""
    if reader.out and reader.out[-1].type in {"COMMA", "SEMICOLON"}:
        reader.out.pop()


def join_rows(reader: Reader, count: int) -> None:
    """What begins a row must go on with the row before; an = at the end of one and the beginning of the next is one."""
    if count == 0:
        return
    before, begins = reader.out[count - 1], reader.out[count]
    if begins.type == "EQUALS" == before.type:
        del reader.out[count]
    elif begins.type in _SIGNS:
        if before.type in _SIGNS and begins.type != "EQUALS" and before.type != "EQUALS":
            written = reader.source.text[begins.start : begins.end]
            message = f"The row before ends with a sign, and this one begins with '{written}': write it once."
            _refuse(reader, begins, message)
    elif before.type not in _SIGNS and begins.type not in _CLOSING and not reader.opened:
        message = (
            "This row goes on with no sign: a row of a chain begins with '=', '+', '-' or \\cdot. "
            "Two equations stand in two displays."
        )
        _refuse(reader, begins, message)


def _refuse(reader: Reader, token: Token, message: str) -> None:
    raise FormulaError(message, reader.source.text, token.start + 1)


# Conditions


def relation(reader: Reader) -> str:
    """The value of the relation at the reader's place, or ''."""
    return RELATIONS.get(reader.source.lexemes[reader.place].text, "")


def condition_word(reader: Reader) -> str | None:
    """'otherwise', '' for a dropped 'if', or None; the reader's place is then after it."""
    source = reader.source
    if not source.is_macro(reader.place, "text", "mathrm", "textrm", "mbox", "textit", "operatorname"):
        return None
    span, after = argument(source, reader.place + 1, reader.stop, "\\text")
    word = (
        "".join(lexeme.text for lexeme in source.lexemes[slice(*span)] if lexeme.kind == "char")
        .strip(".,~")
        .lower()
    )
    if word in _OTHERWISE_WORDS:
        reader.place = after
        return "otherwise"
    if word in _CONDITION_WORDS:
        reader.place = after
        return ""
    return None


# Sums


def read_big(reader: Reader) -> bool:
    r"""Emit BIG with its range, if \sum or \prod stands at the reader's place."""
    source, first = reader.source, reader.place
    lexeme = source.lexemes[first]
    if lexeme.kind not in {"macro", "char"} or not _BIG.get(lexeme.text):
        return False
    kind = _BIG[lexeme.text]
    scripts = scripts_after(source, first + 1, reader.stop)
    if scripts.primes or scripts.raised or scripts.sub is None:
        source.refuse(f"\\{kind} needs its index: write \\{kind}_{{i=1}}^{{n}} or \\{kind}_i.", first)
    equals = [place for place in range(*scripts.sub) if source.is_char(place, "=")]
    inner = frozenset(reader.bound)
    if equals:
        index = _index(reader, (scripts.sub[0], equals[0]))
        lower: Span = (equals[0] + 1, scripts.sub[1])
        if scripts.sup is None or lower[0] == lower[1]:
            source.refuse(
                f"The range of the index lacks an end: write \\{kind}_{{{index}=1}}^{{n}}.", scripts.sub[0]
            )
        indices = [index]
    else:
        lower = (scripts.sub[0], scripts.sub[0])
        indices = [_index(reader, span) for span in _split(reader, scripts.sub)]
        if scripts.sup is not None:
            source.refuse(
                f"Where does the index begin? Write \\{kind}_{{{indices[0]}=1}}^{{…}}.", scripts.sub[0]
            )
    for index in indices:
        if index in inner:
            source.refuse(f"The index {index} is already that of a sum around this one.", first)
        inner |= {index}
        reader.put("BIG", f"{kind}:{index}", first)
        _range(reader, lower, scripts.sub)
        _range(reader, scripts.sup or (lower[0], lower[0]), scripts.sub)
    reader.place = scripts.stop
    reader.bound = inner
    return True


def _range(reader: Reader, span: Span, near: Span) -> None:
    if span[0] < span[1]:
        reader.grouped(span, limit=True)
        return
    start = reader.source.lexemes[near[0]].start
    reader.out += [Token("LBRACE", "{", start, start), Token("RBRACE", "{", start, start)]


def _split(reader: Reader, span: Span) -> list[Span]:
    """i, j as two indices."""
    parts, start = [], span[0]
    for place in range(*span):
        if reader.source.is_char(place, ","):
            parts.append((start, place))
            start = place + 1
    return [*parts, (start, span[1])]


def _index(reader: Reader, span: Span) -> str:
    """The canonical name of an index: one letter."""
    source = reader.source
    nucleus = nucleus_at(source, *span) if span[0] < span[1] else None
    if nucleus is None or nucleus.stop != span[1] or not nucleus.letter or "_" in nucleus.name:
        typed = source.typed(*span)
        source.refuse(
            f"'{typed}' is no index that is read here: write \\sum_{{i=1}}^{{n}} or \\sum_i.", span[0]
        )
    if nucleus.name in reader.context.symbols.declared or nucleus.name in reader.context.symbols.functions:
        source.refuse(
            f"{source.typed(*span)} is a declared name, and can't be an index too: take another letter.",
            span[0],
        )
    return nucleus.name


def norm_kind(reader: Reader, scripts: Scripts) -> str:
    """What the subscript after a norm's closing bar says: '2', '1', 'F' or 'inf'."""
    source = reader.source
    if scripts.sub is None:
        kind = scripts.lowered or "2"
    elif source.is_macro(scripts.sub[0], "infty") or source.is_char(scripts.sub[0], "∞"):
        kind = "inf" if scripts.sub[1] == scripts.sub[0] + 1 else ""
    else:
        kind = plain(source, scripts.sub)
    if kind not in {"1", "2", "F", "inf"}:
        source.refuse("This norm is not read: 1, 2, F and \\infty are.", reader.place)
    return kind


def closest(command: str) -> str:
    """A command that may have been meant, as a sentence."""
    known = {
        *commands.GREEK, *commands.FUNCTION_COMMANDS, *commands.STYLES, *commands.ACCENTS, *commands.SIGNS,
        *commands.FRACTIONS, "partial", "nabla", "sum", "prod", "sqrt", "left", "right", "lVert", "rVert",
    }  # fmt: skip
    matches = difflib.get_close_matches(command[:40], known, n=1, cutoff=0.7)
    return f" Did you mean \\{matches[0]}?" if matches else ""
