"""What a tool says of a claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Word = Literal["passed", "refused", "undecided", "error"]


@dataclass(frozen=True)
class Answer:
    """Passed, refused, not decided, or not judged at all because the tool raised something."""

    word: Word
    reason: str = ""
    record: Any = None
    """gradlab's, where the answer is gradlab's."""
