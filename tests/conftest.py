"""Settings that hold for every test."""

from __future__ import annotations

from importlib.metadata import version

from hypothesis import settings

# Nothing is timed, and a failure says how to draw the same example again.
settings.register_profile("gradlab", deadline=None, print_blob=True)
settings.load_profile("gradlab")

pytest_plugins = ["pytester"]  # tests/plugins runs pytest itself


def pytest_report_header() -> str:
    return ", ".join(f"{name} {version(name)}" for name in ("numpy", "sympy", "mpmath"))
