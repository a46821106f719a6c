"""python -m benchmarks.fuzz [--minutes N] [--seed N] [--readers NAME]... [--guided] [--more FILE]... [--output FILE]"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def main() -> int:
    """Read the options, start over with one thread, and run."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.fuzz", description="Hostile texts for the readers, on one core."
    )
    parser.add_argument("--minutes", type=float, default=1.0, help="default 1")
    parser.add_argument("--seed", type=int, default=0, help="default 0")
    parser.add_argument(
        "--readers", nargs="+", default=[], help="formula, chain, document.md, …; default all"
    )
    parser.add_argument(
        "--guided", action="store_true", help="let atheris make the texts (pip install atheris)"
    )
    parser.add_argument(
        "--more", nargs="+", type=Path, default=[], help="files whose lines are texts to begin with"
    )
    parser.add_argument(
        "--output", type=Path, default=Path("fuzz-findings.jsonl"), help="where findings are added"
    )
    chosen = parser.parse_args()
    if chosen.guided:
        return guided(chosen)
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        command = [sys.executable, "-m", "benchmarks.fuzz", *sys.argv[1:]]
        os.execve(sys.executable, command, os.environ | ONE_THREAD)
    from benchmarks.fuzz.run import Options, run

    return run(Options(chosen.minutes, chosen.seed, tuple(chosen.readers), tuple(chosen.more), chosen.output))


def guided(chosen: argparse.Namespace) -> int:
    """Let atheris run in a process of its own, and tell what it found."""
    before = _lines(chosen.output)
    with tempfile.TemporaryDirectory() as corpus:
        told = [str(int(60 * chosen.minutes)), str(chosen.seed), str(chosen.output), corpus, *chosen.readers]
        command = [sys.executable, "-m", "benchmarks.fuzz.guided", *told]
        done = subprocess.run(command, env=os.environ | ONE_THREAD, check=False)  # noqa: S603  # our own
    found = _lines(chosen.output)[len(before) :]
    for line in found:
        finding = json.loads(line)
        print(
            f"{finding['subject']}: {finding['kind']}: {finding['message'][:300]}\n    {finding['text'][:300]!r}"
        )
    counts = chosen.output.with_suffix(".counts")
    print(f"{counts.read_text(encoding='utf-8') if counts.exists() else ''} {len(found)} findings")
    return 1 if found or done.returncode else 0


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


if __name__ == "__main__":
    sys.exit(main())
