"""pytest run by pytest, in this process: what a check loads is loaded before, because it is unloaded after each run."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points

import pytest

import gradlab
import gradlab.plugins.running

Run = Callable[..., pytest.RunResult]


@pytest.fixture(scope="session", autouse=True)
def _loaded() -> None:
    for hand in ("2x", "x"):
        gradlab.check("x^2", at={"x": 1.5}, hand={"x": hand})


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("-k", "name", **{"test_a.py": "…"})` writes the files and runs pytest beside them."""
    if not any(point.value == "gradlab.plugins.pytest" for point in entry_points(group="pytest11")):
        pytest.skip("gradlab is not installed here, so that pytest does not know its plugin")
    monkeypatch.setenv("COLUMNS", "150")
    monkeypatch.delenv("CI", raising=False)

    def running(*arguments: str, files: dict[str, str] | None = None) -> pytest.RunResult:
        for name, text in (files or {}).items():
            (pytester.path / name).parent.mkdir(parents=True, exist_ok=True)
            (pytester.path / name).write_text(text, encoding="utf-8")
        return pytester.runpytest_inprocess("-p", "no:randomly", *arguments)

    return running
