"""One text, run through one reader with everything watched: what is wrong, if anything is."""

from __future__ import annotations

import json
import re
import resource
import signal
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

from benchmarks.fuzz.subjects import Subject
from tests.notation.fuzzing import Unwritable
from tests.notation.watching import watched

MOST_SECONDS = 1.0
"""Of processor time, for reading and all that is checked of what was read."""
GIVEN_UP = 20
"""Seconds of processor time after which a text is given up."""
MEMORY = 500 * 2**20
"""Bytes that may be taken in addition to what is taken when all is loaded."""


class Hangs(BaseException):
    """It takes too long."""


@dataclass(frozen=True)
class Finding:
    """A property that a text shows not to hold."""

    subject: str
    kind: str
    """An exception's name, `slow`, `hangs`, or `does` for something done that is not reading."""
    message: str
    where: str
    """The deepest lines of the project's own in the traceback."""
    text: str
    seconds: float

    @property
    def signature(self) -> str:
        """The same for findings that are likely one."""
        shape = re.sub(r"'[^']*'|\"[^\"]*\"|\d+|U\+[0-9A-F]+", "…", self.message)[:60]
        return f"{self.kind}|{shape}|{self.where}"


def arm() -> None:
    """Limit the memory of this process, and stop at what hangs. Called when all is loaded."""
    taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, resource.RLIM_INFINITY))
    signal.signal(signal.SIGVTALRM, _hang)


def _hang(_signal: int, _frame: FrameType | None) -> None:
    raise Hangs


def tried(subject: Subject, text: str) -> tuple[bool, float, Finding | None]:
    """Whether the text was read, the seconds of processor time it took, and what is wrong."""
    begun = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, GIVEN_UP)
    done = False
    kind = message = where = ""
    with watched() as events:
        try:
            done = subject.check(text)
        except Unwritable:
            done = True
        except (Exception, Hangs) as error:  # a finding, whatever it is
            kind, message = type(error).__name__.lower(), str(error)
            where = _place(error)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    seconds = time.process_time() - begun
    if not kind and seconds > MOST_SECONDS:
        kind, message = "slow", "takes more than a second"
    if not kind and (done_events := [event for event in events if not _is_ours(subject, event)]):
        kind, message = "does", done_events[0]
    if not kind:
        return done, seconds, None
    return done, seconds, Finding(subject.name, kind, message, where, text, round(seconds, 2))


def _is_ours(subject: Subject, event: str) -> bool:
    """A document is a file, which is written here and read by the reader; formats are found in their folder."""
    if subject.name.startswith("document"):
        return event.startswith("open ") and "/hw." in event
    return subject.name == "reports" and event.startswith(("os.listdir ", "os.scandir "))


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        f"{Path(f.filename).name}:{f.name}"
        for f in frames
        if "/gradlab/" in f.filename or "/tests/" in f.filename
    ]
    return " > ".join(ours[-2:])


def smaller(subject: Subject, finding: Finding, tries: int = 400) -> Finding:
    """The finding with a shorter text, by leaving out parts for as long as it stays the same finding."""
    size = max(1, len(finding.text) // 2)
    while size >= 1 and tries > 0:
        place = 0
        while place < len(finding.text) and tries > 0:
            tries -= 1 if finding.seconds < 0.2 else 20
            _, _, found = tried(subject, finding.text[:place] + finding.text[place + size :])
            if found is not None and (found.kind, found.where) == (finding.kind, finding.where):
                finding = found
            else:
                place += size
        size //= 2
    return finding


def keep(finding: Finding, path: Path) -> None:
    """Add it to a file, one JSON object a line."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(finding)) + "\n")
