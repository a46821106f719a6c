"""Who may import whom: the contracts in pyproject.toml, and which room may use which package."""

from __future__ import annotations

import subprocess
import sys

import grimp
import pytest

from tests.workshop import ROOT

OUTSIDE = {
    "gradlab.engine": {"numpy"},
    "gradlab.numbers": {"numpy", "mpmath", "sympy"},
    "gradlab.notation": {"lark", "numpy", "pylatexenc"},
    "gradlab.cases": {"numpy"},
    "gradlab.record": {"msgspec"},
    "gradlab.report": {
        "fast_sugiyama",
        "jinja2",
        "junitparser",
        "latex2mathml",
        "markupsafe",
        "msgspec",
        "plotille",
        "rich",
    },
}
HEAVY = {"jinja2", "lark", "matplotlib", "mpmath", "scipy", "sympy"}
LINT = "from importlinter.cli import lint_imports_command as main; main()"
START = """
import atexit, sys
from gradlab.cli import main
atexit.register(lambda: print(*sys.modules))
main()
"""


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("gradlab", include_external_packages=True, cache_dir=None)


def test_the_import_contracts_are_kept() -> None:
    done = python(LINT, "--no-cache", "--no-logo")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("room", "allowed"), OUTSIDE.items())
def test_a_room_uses_only_its_own_packages(graph: grimp.ImportGraph, room: str, allowed: set[str]) -> None:
    modules = {room, *graph.find_descendants(room)}
    imported = {name for module in modules for name in graph.find_modules_directly_imported_by(module)}
    outside = {name for name in imported if name.split(".")[0] != "gradlab"}
    assert outside - sys.stdlib_module_names <= allowed


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_the_command_line_starts_without_the_heavy_libraries(argument: str) -> None:
    done = python(START, argument)
    assert done.returncode == 0, done.stderr
    assert HEAVY.isdisjoint(done.stdout.splitlines()[-1].split())
