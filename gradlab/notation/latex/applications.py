r"""Functions and their arguments: what `\sin x y`, `\sigma(1-\sigma)` and `\log\frac{x}{2} y` could mean.

In LaTeX blanks are not printed, so that `\sin xy` and `\sin x y` are the same, and equally unclear.
"""

from __future__ import annotations

import re

from gradlab.notation.error import FormulaError, excerpt
from gradlab.notation.latex.lexemes import Source
from gradlab.notation.words import Token

OPENS = {"LPAR", "LBRACE", "LBRACKET", "LBAR", "LNORM", "LSUB", "CASES", "MATRIX"}
CLOSES = {"RPAR", "RBRACE", "RBRACKET", "RBAR", "RNORM", "RSUB", "ENDCASES", "ENDMATRIX"}
_POSTFIX = {"SUPERSCRIPT", "TRANSPOSE"}
_ATOMS = {"NUMBER", "NAME", "CONSTANT"}
_GAP = re.compile(r"\\(?:[,;: ]|q?quad\b|thinspace\b|medspace\b|thickspace\b)")


def top_level(tokens: list[Token]) -> list[Token]:
    """The tokens outside all brackets, and the brackets that open there."""
    depth, outside = 0, []
    for token in tokens:
        if token.type in CLOSES:
            depth -= 1
        elif depth == 0:
            outside.append(token)
        depth += token.type in OPENS
    return outside


def closing(tokens: list[Token], place: int) -> int:
    """The index of what closes the bracket tokens[place]; the last index if nothing does."""
    depth = 0
    for index in range(place, len(tokens)):
        depth += (tokens[index].type in OPENS) - (tokens[index].type in CLOSES)
        if depth == 0:
            return index
    return len(tokens) - 1


def factors(tokens: list[Token], place: int = 0) -> list[tuple[int, int]]:
    """The factors without a function that stand in a row from `place`, with their exponents: [start, stop) each."""
    found = []
    begin, within = place, None
    while place < len(tokens):
        start = place
        kind = tokens[place].type
        if kind == "BAR" and within is None:  # only now, for it looks at all that stands before
            within = _within_bars(tokens, begin)
        if kind == "BAR" and within:
            break
        if kind in _ATOMS:
            place += 1
            if place < len(tokens) and tokens[place].type == "LSUB":
                place = closing(tokens, place) + 1
        elif kind in OPENS:
            place = closing(tokens, place) + 1
        elif kind == "BAR":
            place = next(
                (i + 1 for i in range(place + 1, len(tokens)) if tokens[i].type == "BAR"), len(tokens)
            )
        else:
            break
        while place < len(tokens) and tokens[place].type in _POSTFIX | {"POWER"}:
            place = closing(tokens, place + 1) + 1 if tokens[place].type == "POWER" else place + 1
        found.append((start, place))
    return found


def _within_bars(tokens: list[Token], place: int) -> bool:
    """Whether a bar that faces right is open at tokens[place]."""
    depth = count = 0
    for token in reversed(tokens[:place]):
        depth += (token.type in CLOSES) - (token.type in OPENS)
        if depth < 0:
            break
        count += depth == 0 and token.type == "BAR"
    return count % 2 == 1


def close_arguments(source: Source, tokens: list[Token], notes: list[str]) -> list[Token]:
    r"""The tokens, with brackets around an argument that an operator or a gap ends: \cos x \cdot y, \cos x \, e^x.

    A gap ends it before a bracket, a fraction or a power of e only: \sin \omega \, t is not clear.
    """
    shut: dict[int, Token] = {}
    for place, token in enumerate(tokens):
        if token.type != "FUNCTION":
            continue
        after = _behind_head(tokens, place)
        if after >= len(tokens) or tokens[after].type not in _ATOMS:
            continue
        found = factors(tokens, after)
        first = next(
            (k for k, (start, _) in enumerate(found) if tokens[start].type == "NAME"), len(found) - 1
        )
        stop = found[first][1]
        if stop < len(tokens) and _ends_argument(source, tokens, stop):
            shut[stop] = Token("RPAR", ")", tokens[stop - 1].end, tokens[stop - 1].end)
            shut[-after] = Token("LPAR", "(", tokens[after].start, tokens[after].start)
            head, argument = _typed(source, tokens, place, after), _typed(source, tokens, after, stop)
            notes.append(f"{head} {argument} … is read as {head}({argument}) · ….")
    return _with_openings(tokens, shut) if shut else tokens


def give_arguments(source: Source, tokens: list[Token], notes: list[str]) -> list[Token]:
    r"""The tokens, with the argument of the first \sigma in \sigma(1-\sigma): the second has none, so that it is a product.

    What the argument is, its definition says: a function that stands alone was given its own.
    """
    given: list[Token] = []
    for place, token in enumerate(tokens):
        given.append(token)
        head, after = place - (token.type == "PRIME"), place + 1
        called = after < len(tokens) and (tokens[after].type, tokens[after].value) == ("LPAR", "(")
        if not called or tokens[head].type != "FUNCTION" or tokens[after].start == tokens[after].end:
            continue
        last = closing(tokens, after)
        alone = next(
            (
                k
                for k in range(after + 1, last)
                if tokens[k].value == tokens[head].value and _is_alone(tokens, k)
            ),
            None,
        )
        if alone is not None:
            first = alone + 1 + (tokens[alone + 1].type == "PRIME")
            end = tokens[after].start
            argument = [t._replace(start=end, end=end) for t in tokens[first : closing(tokens, first) + 1]]
            given += argument
            whole = _typed(source, tokens, head, last + 1)
            notes.append(f"{whole} is read as a product, for what stands in the brackets lacks its argument.")
    return given


def _is_alone(tokens: list[Token], place: int) -> bool:
    """Whether a function was given its argument, and stands without one in the text."""
    after = place + 1 + (place + 1 < len(tokens) and tokens[place + 1].type == "PRIME")
    return (
        tokens[place].type == "FUNCTION"
        and after < len(tokens)
        and tokens[after].type == "LPAR"
        and tokens[after].start == tokens[after].end
    )


def _with_openings(tokens: list[Token], brackets: dict[int, Token]) -> list[Token]:
    written = []
    for place, token in enumerate(tokens):
        written += [brackets[at] for at in (place, -place) if at in brackets and place]
        written.append(token)
    return written


def _ends_argument(source: Source, tokens: list[Token], place: int) -> bool:
    """Whether an operator, or a gap before what can't be a part of an argument, stands before tokens[place]."""
    token = tokens[place]
    if token.type == "TIMES":
        return True
    power = tokens[place + 1].type in {"POWER", "SUPERSCRIPT"} if place + 1 < len(tokens) else False
    begins = token.type in {"LPAR", "LBRACKET"} or (token.type == "CONSTANT" and token.value == "e" and power)
    return begins and _GAP.search(source.text, tokens[place - 1].end, token.start) is not None


def _behind_head(tokens: list[Token], place: int) -> int:
    """The place behind a function, its primes and its power."""
    after = place + 1
    while after < len(tokens) and tokens[after].type in {"PRIME", "SUPERSCRIPT", "POWER"}:
        after = closing(tokens, after + 1) + 1 if tokens[after].type == "POWER" else after + 1
    return after


def check(source: Source, tokens: list[Token], notes: list[str]) -> None:
    """Refuse each application that could mean two things. Raises `FormulaError`."""
    for place, token in enumerate(tokens):
        if token.type == "FUNCTION":
            _check(source, tokens, place, notes)
        elif token.type == "NAME" or token.value == "derivative":
            _refuse_call(source, tokens, place)


def _refuse_call(source: Source, tokens: list[Token], place: int) -> None:
    """L(w) and dL/dw (w) look like values of a function at w, and would be products."""
    after = place + 1
    if after >= len(tokens) or (tokens[after].type, tokens[after].value) != ("LPAR", "("):
        return
    last = closing(tokens, after)
    if last + 1 < len(tokens) and tokens[last + 1].type == "TRANSPOSE":
        return  # δ (x)ᵀ is a product: what stands in the brackets is transposed
    if last > after + 1 and all(
        token.type in {"NAME", "NUMBER", "COMMA"} for token in tokens[after + 1 : last]
    ):
        inside = _typed(source, tokens, after + 1, last)
        named = tokens[place].type == "NAME"
        what = excerpt(source.text[tokens[place].start : tokens[place].end]) if named else "…"
        _refuse(
            source,
            tokens[after],
            f"'{what}({inside})' could be a product or the value at {inside}: write {what} \\cdot {inside} for the "
            f"product, and for the value {what} alone, or a function that is defined.",
        )


def _check(source: Source, tokens: list[Token], place: int, notes: list[str]) -> None:
    after = _behind_head(tokens, place)
    if after >= len(tokens):
        return
    if tokens[after].type in {"LPAR", "LBRACE"} and tokens[after].value:
        _check_call(source, tokens, place, after)
        last = closing(tokens, after)
        if (
            tokens[place].value != "sigmoid"
            and last + 1 < len(tokens)
            and tokens[last + 1].type in {"POWER", "SUPERSCRIPT"}
        ):
            head, call = _typed(source, tokens, place, after), _typed(source, tokens, place, last + 1)
            if head != "\\sqrt":
                notes.append(f"A power of {call} is that of its value: ({call})^….")
        return
    found = factors(tokens, after)
    coefficients = 0
    while coefficients < len(found) - 1 and tokens[found[coefficients][0]].type in {"NUMBER", "CONSTANT"}:
        coefficients += 1
    if not found:
        return
    head, stop = _typed(source, tokens, place, after), found[-1][1]
    following = tokens[stop].type if stop < len(tokens) else ""
    if len(found) - coefficients > 1:
        first = _typed(source, tokens, after, found[coefficients][1])
        rest = _typed(source, tokens, found[coefficients + 1][0], stop)
        whole = _typed(source, tokens, after, stop)
        _refuse(
            source,
            tokens[found[coefficients + 1][0]],
            f"'{head} {whole}' could mean two things: write {head}({first}) \\cdot {rest} or {head}({whole}).",
        )
    fraction = tokens[found[0][0]].type == "LPAR"
    if (
        fraction
        and following in {"TIMES", "DIVIDE", "HADAMARD", "MATMUL"}
        and tokens[stop + 1].type != "FUNCTION"
    ):
        whole, sign = _typed(source, tokens, after, stop), _typed(source, tokens, stop, stop + 1)
        _refuse(
            source,
            tokens[stop],
            f"'{head} {whole} {sign} …' could mean two things: write {head}({whole}) {sign} … or {head}({whole} {sign} …).",
        )


def _check_call(source: Source, tokens: list[Token], place: int, opening: int) -> None:
    """σ(1 − σ) is no call: the second σ has no argument."""
    function = tokens[place]
    last = closing(tokens, opening)
    for inside in range(opening + 1, last):
        token = tokens[inside]
        if token.type != "FUNCTION" or token.value != function.value:
            continue
        after = tokens[inside + 1].type if inside + 1 < len(tokens) else "END"
        if after in CLOSES | {
            "PLUS",
            "MINUS",
            "TIMES",
            "DIVIDE",
            "HADAMARD",
            "MATMUL",
            "COMMA",
            "END",
            "EQUALS",
        }:
            name = source.text[function.start : function.end]
            whole = _typed(source, tokens, place, last + 1)
            inner = source.text[tokens[opening].end : tokens[last].start]
            here = source.text[token.start : token.end]
            filled = inner.replace(here, f"{here}(z)")
            _refuse(
                source,
                token,
                f"'{whole}' could be {name} of what is in the brackets, or a product in which each {name} lacks its "
                f"argument: write {name}(z)({excerpt(filled)}) for the product, with what z stands for.",
            )


def _typed(source: Source, tokens: list[Token], start: int, stop: int) -> str:
    return excerpt(source.text[tokens[start].start : max(token.end for token in tokens[start:stop])])


def _refuse(source: Source, token: Token, message: str) -> None:
    raise FormulaError(message, source.text, token.start + 1)
