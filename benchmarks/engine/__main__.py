"""python -m benchmarks.engine [--rounds N] [--only GLOB] [--json FILE] [--readme]"""

from __future__ import annotations

import argparse
import sys

from benchmarks.starting_over import start_over

SETTINGS = {
    "VECLIB_MAXIMUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "MALLOC_MMAP_THRESHOLD_": str(2**25),
    "MALLOC_TRIM_THRESHOLD_": str(2**30),
}
"""One thread; and glibc keeps freed memory, so that page faults don't hang on the layout of the heap.

All of it is read when a program or a library is loaded, hence this process starts over.
"""


def main() -> int:
    """Read the options, start over with one thread, and run."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.engine",
        description="How long a gradient takes, beside peers and beside one by hand.",
    )
    parser.add_argument("--rounds", type=int, default=40, help="at most (default 40; fewer if slow)")
    parser.add_argument("--only", metavar="GLOB", default="*", help="workloads by name, such as 'tanh*'")
    parser.add_argument("--json", metavar="FILE", help="write every time measured to a file")
    parser.add_argument("--readme", action="store_true", help="write what is printed into the README here")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    start_over("benchmarks.engine", SETTINGS)
    from benchmarks.engine.run import run

    return run(options.rounds, options.only, options.json, options.readme)


if __name__ == "__main__":
    sys.exit(main())
