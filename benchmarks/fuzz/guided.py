"""Texts that atheris (libFuzzer) makes, guided by what of the readers they reach.

Runs in a process of its own, because atheris has to watch the readers being imported, and never comes back:

    python -m benchmarks.fuzz.guided SECONDS SEED FINDINGS CORPUS [READER]...

The first byte of an input says which reader it is for, the second which scope; the rest is text in which a byte
above 127 stands for a piece of a formula, so that few bytes say much.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.fuzz.subjects import Subject
    from benchmarks.fuzz.texts import Maker

WATCHED = ["gradlab.notation", "gradlab.homework", "gradlab.report", "lark", "pylatexenc"]
"""What guides atheris."""
IMPORTED = [
    "lark", "pylatexenc.latexwalker", "gradlab.homework", "gradlab.notation.formula", "gradlab.notation.latex",
    *(f"gradlab.report.{name}" for name in ("csv", "gradescope", "junit", "terminal")),
]  # fmt: skip
SECONDS_BETWEEN = 10
"""The counts are written down so often, since the process is ended by atheris."""


def text_of(data: bytes, pieces: list[str]) -> str:
    """What an input says."""
    return "".join(chr(byte) if byte < 128 else pieces[byte - 128] for byte in data)


def data_of(text: str, pieces: list[str]) -> bytes:
    """An input that says the text, but for characters that no byte stands for."""
    data = bytearray()
    place = 0
    longest_first = sorted(range(len(pieces)), key=lambda number: -len(pieces[number]))
    while place < len(text):
        number = next((n for n in longest_first if text.startswith(pieces[n], place)), None)
        if number is not None:
            data.append(128 + number)
            place += len(pieces[number])
        else:
            if text[place] < "\x80":
                data.append(ord(text[place]))
            place += 1
    return bytes(data)


def main() -> None:
    """Fuzz until the time is over."""
    import atheris  # type: ignore[import-untyped]

    seconds, seed, findings, corpus, *readers = sys.argv[1:]
    with atheris.instrument_imports(include=WATCHED):
        for module in IMPORTED:
            importlib.import_module(module)
        from benchmarks.fuzz.findings import arm, keep, smaller, tried
        from benchmarks.fuzz.subjects import subjects
        from benchmarks.fuzz.texts import LONGEST, PIECES, Maker
    folder = Path(tempfile.mkdtemp())
    chosen = [s for s in subjects(folder) if not readers or s.name.split(maxsplit=1)[0] in readers]
    maker = Maker(int(seed))
    _begin_with(Path(corpus), chosen, maker)
    for subject in chosen:
        for _ in range(20):
            with contextlib.suppress(Exception):
                subject.check(subject.text(maker))
    arm()
    counts = {"texts": 0, "read": 0}
    seen: set[str] = set()
    told = time.monotonic()

    def one(data: bytes) -> None:
        nonlocal told
        if len(data) < 2:
            return
        subject = chosen[data[0] % len(chosen)]
        text = text_of(data[1:], PIECES)[:LONGEST]
        done, _, finding = tried(subject, text)
        counts["texts"] += 1
        counts["read"] += done
        if finding is not None and finding.signature not in seen:
            seen.add(finding.signature)
            keep(smaller(subject, finding), Path(findings))
        if time.monotonic() - told > SECONDS_BETWEEN:
            told = time.monotonic()
            Path(findings).with_suffix(".counts").write_text(json.dumps(counts), encoding="utf-8")

    options = [
        f"-max_total_time={seconds}",
        f"-seed={int(seed) + 1}",
        "-max_len=2000",
        "-timeout=60",
        "-rss_limit_mb=4000",
    ]
    atheris.Setup([sys.argv[0], corpus, *options], one)
    os.nice(10)
    atheris.Fuzz()


def _begin_with(corpus: Path, chosen: list[Subject], maker: Maker) -> None:
    """The texts to begin with, as a folder of files."""
    from benchmarks.fuzz.texts import PIECES

    corpus.mkdir(parents=True, exist_ok=True)
    source = random.Random(0)
    for number in range(1200):
        place = source.randrange(len(chosen))
        text = chosen[place].text(maker)[:600]
        (corpus / f"seed{number}").write_bytes(bytes([place]) + data_of(text, PIECES))


if __name__ == "__main__":
    main()
