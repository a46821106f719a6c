"""python -m benchmarks.mistakes [--quick] [--only GLOB] [--seed N] [--show] [--readme] [--failures FILE]"""

from __future__ import annotations

import argparse
import sys

from benchmarks.starting_over import start_over

SETTINGS = {
    "PYTHONHASHSEED": "0",
}
"""One thread a process, and SymPy's order of terms the same in every run: read at the start, hence it starts over."""


def main() -> int:
    """Read the options, start over with these settings, and run."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.mistakes",
        description="How often the right mistake is named, of derivations made wrong by rule.",
    )
    parser.add_argument(
        "--only",
        metavar="GLOB",
        default="*",
        help="families or functions, such as 'quotient*'; 'right' for those",
    )
    parser.add_argument("--seed", type=int, default=0, help="of the draw; default 0")
    parser.add_argument("--quick", action="store_true", help="every eighth derivation")
    parser.add_argument("--show", action="store_true", help="print what is said of each derivation")
    parser.add_argument("--readme", action="store_true", help="write the tables into the README here")
    parser.add_argument("--failures", metavar="FILE", default="", help="write what fails to a file")
    parser.add_argument("--processes", type=int, default=2, help="default 2")
    chosen = parser.parse_args()
    if chosen.processes < 1:
        parser.error("--processes must be at least 1")
    start_over("benchmarks.mistakes", SETTINGS)
    from benchmarks.mistakes.run import Options, run

    return run(Options(**vars(chosen)))


if __name__ == "__main__":
    sys.exit(main())
