"""python -m benchmarks.verdicts [--quick] [--only GLOB] [--tools GLOB] [--show] [--readme] [--failures FILE]"""

from __future__ import annotations

import argparse
import sys

from benchmarks.starting_over import start_over

SETTINGS = {
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_ENABLE_X64": "1",
    "JAX_PLATFORMS": "cpu",
}
"""One thread a process. All of it is read when a library is loaded, hence this process starts over."""


def main() -> int:
    """Read the options, start over with one thread, and run."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.verdicts",
        description="How often verdicts on gradients are wrong: gradlab beside its peers.",
    )
    parser.add_argument(
        "--only", metavar="GLOB", default="*", help="functions by name, such as 'primitive-*'"
    )
    parser.add_argument("--tools", metavar="GLOB", default="*", help="tools by name, such as 'gradlab*'")
    parser.add_argument("--quick", action="store_true", help="every fourth function, at one point")
    parser.add_argument("--show", action="store_true", help="print what each tool says of each claim")
    parser.add_argument("--readme", action="store_true", help="write the tables into the README here")
    parser.add_argument(
        "--failures", metavar="FILE", default="", help="write the goals and what fails to a file"
    )
    parser.add_argument("--processes", type=int, default=2, help="default 2")
    parser.add_argument(
        "--one-by-one",
        action="store_true",
        help="never hand gradlab the wrong gradients of a function at once",
    )
    chosen = parser.parse_args()
    if chosen.processes < 1:
        parser.error("--processes must be at least 1")
    start_over("benchmarks.verdicts", SETTINGS)
    from benchmarks.verdicts.run import Options, run

    return run(Options(**vars(chosen)))


if __name__ == "__main__":
    sys.exit(main())
