"""The settings are in pyproject.toml."""

from __future__ import annotations

from tests.workshop.tools import findings


def test_types_are_sound() -> None:
    assert findings("mypy") == ""
