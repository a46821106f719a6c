"""Colours and signs. Named terminal colours alone, so that light and dark themes both choose theirs.

Nothing is said by colour alone: every verdict has its sign and its word.
"""

from __future__ import annotations

from rich.text import Text

from gradlab.record import Kind
from gradlab.report._words.wording import MARKS

__all__ = ["CLAIM", "LABEL", "NAME", "QUIET", "VARIABLE", "mark", "style", "to_ascii"]

LABEL = QUIET = "dim"
NAME = CLAIM = "bold"
VARIABLE = "cyan"
_STYLES: dict[Kind, str] = {
    "agree": "green",
    "disagree": "bold red",
    "inconclusive": "yellow",
    "undefined": "magenta",
    "unsupported": "dim",
    "error": "bold red",
}
# One character for one, so that columns stay where they are.
_ASCII = str.maketrans(
    {
        "✓": "+", "✗": "x", "∄": "U", "–": "-", "…": "~", "×": "x", "∂": "d", "′": "'", "·": ".", "━": "=",
        "─": "-", "█": "#", "▏": "|", "▎": "|", "▍": "|", "▌": "#", "▋": "#", "▊": "#", "▉": "#", "▸": ">",
        "µ": "u", "≈": "~", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8",
        "⁹": "9", "⁰": "0", "−": "-", "↳": ">", "⊙": "*", "ᵀ": "'", "→": ">",
    }
)  # fmt: skip


def style(kind: Kind) -> str:
    """The style of a verdict."""
    return _STYLES[kind]


def mark(kind: Kind, *, calm: bool = False) -> Text:
    """The sign of a verdict; `calm` where it is as the case declares it."""
    return Text(MARKS[kind], QUIET if calm else _STYLES[kind])


def to_ascii(line: Text) -> Text:
    """The line for a terminal or file that cannot show more than ASCII."""
    line.plain = line.plain.translate(_ASCII).encode("ascii", "replace").decode()
    return line
