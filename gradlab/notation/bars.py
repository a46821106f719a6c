"""Which bars of |x| open and which close.

A bar says nothing of its direction, so all ways to pair the bars are tried. `|x||y|` and `|x − |y||` can
be paired in one way only; `|x|y|z|` in two, and is refused.
"""

from __future__ import annotations

from itertools import groupby

from gradlab.notation.error import FormulaError
from gradlab.notation.words import Token

MOST = 24
"""How many bars may stand between the same brackets and commas."""

_OPENERS = {"LPAR", "LBRACE", "LBRACKET", "LLIST", "LSUB", "LNORM", "CASES", "MATRIX"}
_CLOSERS = {"RPAR", "RBRACE", "RBRACKET", "RLIST", "RSUB", "RNORM", "ENDCASES", "ENDMATRIX"}
_ATOMS = {"NUMBER", "NAME", "CONSTANT"}
_ENDS = _ATOMS | {"SUPERSCRIPT", "TRANSPOSE"} | (_CLOSERS - {"RLIST"})
_BEGINS = _ATOMS | {"FUNCTION", "PLUS", "MINUS", "DERIVATIVE", "BIG"} | (_OPENERS - {"LLIST", "LSUB"})
_BARS = {"BAR", "NBAR"}
_TURN = {"COMMA", "SEMICOLON", "EQUALS", "TARGET", "CELL", "ROW", "RELATION"}


def face(text: str, tokens: list[Token]) -> list[Token]:
    """The tokens with each bar given its direction. Raises `FormulaError` if that is not clear.

    A BAR becomes an LBAR or an RBAR, an NBAR (‖) an LNORM or an RNORM.
    """
    return _faced(text, _faced(text, tokens, "NBAR"), "BAR")


def _faced(text: str, tokens: list[Token], kind: str) -> list[Token]:
    places = _places(tokens, kind)
    if not places:
        return tokens
    name = "BAR" if kind == "BAR" else "NORM"
    faced = list(tokens)
    for _, group in groupby(sorted(places), key=lambda place: place[0]):
        indices = [index for _, index in group]
        column = tokens[indices[0]].start + 1
        if len(indices) > MOST:
            raise FormulaError("There are too many bars | to pair: write abs(…).", text, column)
        ways = _ways(tokens, indices)
        if not ways:
            message = "The bars |…| don't pair up: one is missing, or nothing stands between two of them."
            raise FormulaError(message + " Write abs(…) if in doubt.", text, column)
        if len(ways) > 1:
            message = "The bars |…| can be paired in more than one way: write abs(…) to say which."
            raise FormulaError(message, text, column)
        for index, opens in zip(indices, ways[0], strict=True):
            faced[index] = tokens[index]._replace(type=("L" if opens == "(" else "R") + name)
    return faced


def _places(tokens: list[Token], kind: str) -> list[tuple[int, int]]:
    """(Group, index) of each bar. Bars can pair only within the same brackets and between commas."""
    places, groups, count = [], [0], 0
    for index, token in enumerate(tokens):
        if token.type == kind:
            places.append((groups[-1], index))
        elif token.type in _OPENERS:
            count += 1
            groups.append(count)
        elif token.type in _CLOSERS:
            groups.pop()
        elif token.type in _TURN:
            count += 1
            groups[-1] = count
    return places


def _ways(tokens: list[Token], indices: list[int]) -> list[str]:
    """The ways, two at most, to face the bars: a string of '(' and ')' each."""
    ways = {(0, ""): [""]}
    """(How many are open, the last one's direction) to the ways that lead there."""
    for number, index in enumerate(indices):
        before = tokens[index - 1].type if index else ""
        after = tokens[index + 1].type if index + 1 < len(tokens) else ""
        follows_bar = number > 0 and indices[number - 1] == index - 1
        reached: dict[tuple[int, str], list[str]] = {}
        for (count, last), paths in ways.items():
            for direction in "()":
                if follows_bar and direction == ")" and last == "(":
                    continue
                if direction == "(" and after not in _BARS and after not in _BEGINS:
                    continue
                if direction == ")" and before not in _BARS and before not in _ENDS:
                    continue
                deeper = count + (1 if direction == "(" else -1)
                if deeper >= 0:
                    state = (deeper, direction)
                    new = [path + direction for path in paths]
                    reached[state] = (reached.get(state, []) + new)[:2]
        ways = reached
    return [way for (count, _), found in ways.items() if count == 0 for way in found][:2]
