r"""Commands that a LaTeX document defines for itself, expanded as LaTeX would: `\newcommand{\pd}[2]{…}`.

Only what is a text with its arguments put in: no command is run, nothing is looked up elsewhere. What is defined
twice, has a default for an argument, uses itself or would grow beyond all bounds is left as it is written.
Lines keep their numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gradlab.notation.document.parts import blank

_DEFINITION = re.compile(
    r"\\(?P<kind>(?:re|provide)?newcommand|DeclareMathOperator|def)\*?[ \t]*"
    r"(?P<brace>\{)?[ \t]*\\(?P<name>[a-zA-Z]+)[ \t]*(?(brace)\})\s*(?:\[(?P<count>[0-9])\])?[ \t]*(?=\{)"
)
_PARAMETER = re.compile(r"#([1-9])")
_BODY = re.compile(r"\\begin\{document\}")
_COMMAND = re.compile(r"\\([a-zA-Z]+)")
MOST_ROUNDS = 8
"""How deep commands may be made of commands."""
MOST_DEFINED = 300


@dataclass(frozen=True)
class _Macro:
    count: int
    body: str


def expand_macros(text: str, plain: str, most: int) -> str:
    r"""The text with its own commands written out where they are used, and their definitions blanked.

    plain: the same text, of the same length, without comments and programs: only what stands there is a
    definition. most: characters that it may grow to; beyond, the text is given back as it is.

    >>> text = r"\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}} \pd{L}{w}"
    >>> expand_macros(text, text, 1000).strip()
    '\\frac{\\partial L}{\\partial w}'
    """
    macros, spans = _definitions(plain)
    if not macros:
        return text
    written = list(text)
    for start, end in spans:
        written[start:end] = blank(text[start:end])
    whole = "".join(written)
    begin = _BODY.search(whole)
    head, rest = (whole[: begin.end()], whole[begin.end() :]) if begin else ("", whole)
    for _ in range(MOST_ROUNDS):
        if not any(command[1] in macros for command in _COMMAND.finditer(rest)):
            return head + rest
        expanded = _expanded(rest, macros, most)
        if expanded is None:
            return text
        rest = expanded
    return text


def _definitions(plain: str) -> tuple[dict[str, _Macro], list[tuple[int, int]]]:
    """The commands by name, and where their definitions stand."""
    found: dict[str, list[tuple[_Macro, tuple[int, int]]]] = {}
    for number, match in enumerate(_DEFINITION.finditer(plain)):
        if number == MOST_DEFINED:
            return {}, []
        end = _closing(plain, match.end())
        if end is None:
            continue
        body = re.sub(r"\s+", " ", plain[match.end() + 1 : end - 1])
        count = int(match["count"] or 0)
        if match["kind"] == "DeclareMathOperator":
            body = f"\\operatorname{{{body}}}"
        used = {int(digit) for digit in _PARAMETER.findall(body)}
        if max(used, default=0) <= count:
            found.setdefault(match["name"], []).append((_Macro(count, body), (match.start(), end)))
    single = {name: some[0] for name, some in found.items() if len(some) == 1}
    return {name: macro for name, (macro, _) in single.items()}, [span for _, span in single.values()]


def _closing(text: str, start: int) -> int | None:
    """The place behind the brace that closes the one at `start`."""
    depth = 0
    for match in re.compile(r"\\.|[{}]", re.DOTALL).finditer(text, start, start + 5000):
        depth += (match[0] == "{") - (match[0] == "}")
        if not depth:
            return match.end()
    return None


def _expanded(text: str, macros: Mapping[str, _Macro], most: int) -> str | None:
    """The text with every command written out once; None where it grows too long, or an argument is missing."""
    parts: list[str] = []
    place = size = 0
    for command in _COMMAND.finditer(text):
        macro = macros.get(command[1])
        if macro is None or command.start() < place:
            continue
        arguments, end = _arguments(text, command.end(), macro.count)
        if len(arguments) < macro.count:
            return None
        put = _joined(macro.body, arguments)
        if put[-1:].isalpha() and text[end : end + 1].isalpha():
            put += " "
        put += "\n" * text.count("\n", command.start(), end)
        parts += [text[place : command.start()], put]
        size += len(put)
        place = end
        if size > most:
            return None
    return "".join([*parts, text[place:]])


def _arguments(text: str, place: int, count: int) -> tuple[list[str], int]:
    """As many arguments, in braces or of one sign each, and the place behind them."""
    found: list[str] = []
    while len(found) < count:
        start = place
        while text[start : start + 1].isspace():
            start += 1
        if text[start : start + 1] == "{":
            end = _closing(text, start)
            if end is None:
                break
            found.append(text[start + 1 : end - 1])
        else:
            single = re.compile(r"\\(?:[a-zA-Z]+|.)|[^\s{}\\$&]").match(text, start)
            if single is None:
                break
            end = single.end()
            found.append(single[0])
        place = end
    return found, place


def _joined(body: str, arguments: list[str]) -> str:
    """The body with its arguments; a command and a letter after it stay two."""
    plain = [argument.replace("\n", " ") for argument in arguments]

    def put(match: re.Match[str]) -> str:
        argument = plain[int(match[1]) - 1]
        before = re.search(r"\\[a-zA-Z]+\Z", body[: match.start()])
        return f" {argument}" if before and argument[:1].isalpha() else argument

    return _PARAMETER.sub(put, body)
