r"""The parts of a LaTeX document: sections, header lines in comments, mathematics.

A command that the document defines for itself, and that `macros` did not expand, is refused where mathematics
uses it.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator

from gradlab.notation.document.mathematics import find_mathematics
from gradlab.notation.document.parts import Block, Heading, Mathematics, Part, Source, Stray, blank

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)(%[^\n]*)")
_HEADER = re.compile(r"%+[ \t]*gradlab:")
_UNREAD = re.compile(r"\\begin\{(verbatim\*?|lstlisting|minted|comment)\}")
_BODY = re.compile(r"\\begin\{document\}")
_LEVELS = {"part": 1, "chapter": 2, "section": 3, "subsection": 4, "subsubsection": 5, "paragraph": 6}
_PROBLEM = 7
_HEADING = re.compile(
    rf"\\(?P<command>{'|'.join(_LEVELS)})\*?[ \t]*(?:\[[^\]\n]*\])?[ \t]*\{{(?P<title>[^\n]{{0,200}})"
    r"|\\begin\{(?P<problem>problem|exercise|question|task|part)\*?\}(?:[ \t]*[\[{](?P<name>[^\]}\n]{0,200})[\]}])?"
)
_OWN = re.compile(
    r"\\(?:(?:re|provide)?newcommand|providecommand|DeclareMathOperator|DeclareRobustCommand)\*?[ \t]*\{?[ \t]*\\([a-zA-Z]+)"
    r"|\\[exg]?def[ \t]*\\([a-zA-Z]+)|\\let[ \t]*\\([a-zA-Z]+)"
)
_ELSEWHERE = re.compile(r"\\(?:input|include|subfile)\b")
_COMMAND = re.compile(r"\\([a-zA-Z]+)")


def tex_parts(text: str) -> Iterator[Part]:
    r"""The parts in order. Raises nothing: what can't be told is a `Stray`.

    >>> list(tex_parts("\\section{One} % $no = 1$\n$x = 1$"))[1]
    Mathematics(start=26, end=31, form='inline')
    """
    source = Source(text)
    plain = without_programs(text)
    headers = list(_header_lines(plain))
    plain = without_comments(plain)
    own = {next(filter(None, match.groups())): source.line(match.start()) for match in _OWN.finditer(plain)}
    body = _BODY.search(plain)
    start = body.end() if body else 0
    end = plain.find("\\end{document}", start)
    end = len(plain) if end < 0 else end
    marks: list[Part] = [Block(*header) for header in headers if header[0] < end]
    for heading in _HEADING.finditer(plain, start, end):
        level = _LEVELS.get(heading["command"] or "", _PROBLEM)
        title = _title(heading["title"]) if heading["command"] else (heading["name"] or heading["problem"])
        marks.append(Heading(heading.start(), level, title))
    marks += [
        Stray(match.start(), "another file is not followed from here: put its text in this one")
        for match in _ELSEWHERE.finditer(plain, start, end)
    ]
    marks.sort(key=lambda mark: mark.start)
    # A header line may stand within a derivation: only a heading ends what is open.
    stops = [mark.start for mark in marks if isinstance(mark, Heading)] + [end]

    def found() -> Iterator[Part]:
        begin = start
        for stop in stops:
            for part in find_mathematics(plain, begin, stop, tex=True):
                yield _refused(plain, part, own)
            begin = stop

    # both are in order, and neither is asked for more than is wanted
    yield from heapq.merge(marks, found(), key=lambda part: part.start)


def without_comments(text: str) -> str:
    """The text with its comments blanked, of the same length."""
    return _COMMENT.sub(lambda comment: comment[1] + " " * len(comment[2]), text)


def without_programs(text: str) -> str:
    """The text with what is shown as it is typed blanked."""
    kept: list[str] = []
    place = 0
    while begin := _UNREAD.search(text, place):
        end = text.find(f"\\end{{{begin[1]}}}", begin.end())
        if end < 0:  # the rest is all that can be meant
            end = len(text)
        kept += [text[place : begin.start()], blank(text[begin.start() : end])]
        place = end
    return "".join([*kept, text[place:]])


def _header_lines(text: str) -> Iterator[tuple[int, int]]:
    """Where lines of `% gradlab: …` stand, those that follow one another together."""
    begun = None
    place = 0
    for line in text.splitlines(keepends=True):
        is_header = _HEADER.match(line.lstrip()) is not None
        if is_header and begun is None:
            begun = place
        elif not is_header and begun is not None:
            yield begun, place
            begun = None
        place += len(line)
    if begun is not None:
        yield begun, place


def header_text(text: str) -> str:
    """A block of header lines without their signs of comment, of the same length."""
    return re.sub(r"(?m)^([ \t]*%+[ \t]*gradlab:)", lambda sign: " " * len(sign[1]), text)


def _title(rest: str) -> str:
    """The text up to the brace that closes it, without commands."""
    depth, title = 1, ""
    for character in rest:
        depth += (character == "{") - (character == "}")
        if not depth:
            break
        title += character
    return re.sub(r"\s+", " ", _COMMAND.sub("", title).translate({ord(c): None for c in "{}$\\"})).strip()


def _refused(text: str, part: Part, own: dict[str, int]) -> Part:
    """A part that uses a command of the document's own is not what it seems to be."""
    if not isinstance(part, Mathematics) or not own:
        return part
    for command in _COMMAND.finditer(text, part.start, part.end):
        if command[1] in own:
            return Stray(
                command.start(),
                f"\\{command[1]} is defined in line {own[command[1]]}, and this definition is not expanded: write out "
                "what it stands for",
            )
    return part
