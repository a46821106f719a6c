"""The settings are in pyproject.toml."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from tests.workshop.tools import findings

NUMPY = "2.4"
"""NumPy brings its own types, and they change with each minor release; the source is checked with these."""


@pytest.mark.skipif(
    not version("numpy").startswith(f"{NUMPY}."), reason=f"types are checked with NumPy {NUMPY}"
)
def test_types_are_sound() -> None:
    found = findings("mypy")
    assert not found, found
