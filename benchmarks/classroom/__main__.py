"""python -m benchmarks.classroom [--submissions N] [--workers N]... [--rounds N] [--readme]"""

from __future__ import annotations

import argparse
import sys

from benchmarks.starting_over import start_over


def main() -> int:
    """Read the options, start over with one thread, and run."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.classroom", description="Submissions checked in a second."
    )
    parser.add_argument("--submissions", type=int, default=60, help="of each kind; default 60")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="default 1 2")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median is told; default 3")
    parser.add_argument("--readme", action="store_true", help="write the table into the README here")
    chosen = parser.parse_args()
    if min(chosen.submissions, chosen.rounds, *chosen.workers) < 1:
        parser.error("every number must be at least 1")
    start_over("benchmarks.classroom")
    from benchmarks.classroom.run import Options, run

    return run(Options(**vars(chosen)))


if __name__ == "__main__":
    sys.exit(main())
