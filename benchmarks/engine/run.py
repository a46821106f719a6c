"""One run: build, verify, time in turn, say what came of it."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.engine import clock
from benchmarks.engine.operations import operations_table
from benchmarks.engine.peers import Contestant
from benchmarks.engine.tables import judged, summary_table, times_table
from benchmarks.engine.verify import verify, verify_by_hand
from benchmarks.engine.workloads import Workload, workloads

SCHEMA = "gradlab/benchmarks/engine/1"
README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- measured: written by --readme -->\n```text\n", "```\n<!-- end -->\n"
LIBRARIES = ("numpy", "autograd", "torch", "jax", "jaxlib", "sympy", "casadi", "micrograd")
POLICY = (
    "One process, one thread (JAX's matrix products may use more all the same: see cores). In every round\n"
    f"everyone takes a turn of at least {clock.TURN * 1e3:g} ms; ratios are taken within a round, and their\n"
    "medians shown. A turn in which the processor went to others is taken again. Garbage is collected\n"
    "before each turn, and the collector is on during it. The C allocator keeps freed memory. All\n"
    "gradients are in float64, and verified."
)
Say = Callable[[str], None]


def run(rounds: int, only: str, file: str | None, readme: bool) -> int:
    """Every workload whose name matches; exit code 1 if a goal was missed, 2 if nothing matches."""
    chosen = [w for w in workloads() if fnmatch(w.name, only)]
    if not chosen:
        print(f"no workload matches {only!r}; there are {', '.join(w.name for w in workloads())}")
        return 2
    said: list[str] = []

    def say(text: str) -> None:
        print(text, flush=True)
        said.append(text)

    machine = describe_machine()
    say(f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}")
    say(", ".join(f"{name} {version or 'not installed'}" for name, version in machine["versions"].items()))
    say(POLICY)
    measured = [measure(workload, rounds, say) for workload in chosen]
    say(f"\n{summary_table({m['name']: medians(m) for m in measured})}\n")
    try:
        say(operations_table(chosen))
    except ImportError as error:
        say(f"operations: gradlab is not there ({error})")
    missed = [f"{m['name']}: {g['measured']}" for m in measured for g in m["goals"] if g["met"] is False]
    counted = sum(g["met"] is not None for m in measured for g in m["goals"])
    say("\n".join([f"\n{counted - len(missed)} of {counted} goals of speed met", *missed]))
    if file:
        record = {"schema": SCHEMA, "machine": machine, "policy": POLICY, "workloads": measured}
        Path(file).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    if readme:
        enter(said)
    return 1 if missed else 0


def measure(workload: Workload, rounds: int, say: Say) -> dict[str, Any]:
    """Build, verify and time one workload, and say its table."""
    say(f"\n{workload.name}: {workload.formula}")
    verify_by_hand(workload.task)
    contestants: list[Contestant] = []
    absent = dict(workload.absent)
    for peer in workload.peers:
        try:
            contestants.append(peer(workload.task))
        except ImportError as error:
            absent[peer.__name__.replace("_", " ")] = f"not there ({error})"
    timers, builds = [], {}
    for contestant in contestants:
        if contestant.is_built:
            builds[contestant.name] = clock.build_time(contestant.build, contestant.arguments)
        call = contestant.build()
        verify(contestant.name, call(*contestant.arguments), workload.task)
        timers.append(clock.timer(call, contestant.arguments))
    times = dict(zip((c.name for c in contestants), clock.interleave(timers, rounds), strict=True))
    say(times_table(times, builds))
    for name, why in absent.items():
        say(f"{name}: {why}")
    say(f"{len(next(iter(times.values())).seconds)} rounds")
    goals = []
    for goal in workload.goals:
        met, line = judged(goal, times, builds)
        say(f"  {line}")
        goals.append({"goal": str(goal), "met": met, "measured": line})
    rows = [
        {"name": name, "build": builds.get(name), "median": t.median, "seconds": t.seconds, "cores": t.cores}
        for name, t in times.items()
    ]
    return {"name": workload.name, "contestants": rows, "absent": absent, "goals": goals}


def medians(measured: dict[str, Any]) -> dict[str, float]:
    """Seconds a gradient, by contestant."""
    return {row["name"]: row["median"] for row in measured["contestants"]}


def enter(said: list[str]) -> None:
    """Write what was said into the README, between its two marks."""
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    README.write_text(before + BEGIN + "\n".join(said) + "\n" + END + after, encoding="utf-8")


def describe_machine() -> dict[str, Any]:
    """Processor, cores, Python, and the versions of everyone."""
    processor = platform.processor() or platform.machine()
    if (cpu := Path("/proc/cpuinfo")).exists():
        named = [line for line in cpu.read_text().splitlines() if line.startswith("model name")]
        processor = named[0].split(":", 1)[1].strip() if named else processor
    versions: dict[str, str | None] = {}
    for library in LIBRARIES:
        try:
            versions[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            versions[library] = None
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "versions": versions,
    }
