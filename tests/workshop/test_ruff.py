"""The rules, and the reason for each one that is off, are in pyproject.toml."""

from __future__ import annotations

import pytest

from tests.workshop.tools import findings


@pytest.mark.parametrize("arguments", ["check --output-format=concise", "format --check"])
def test_ruff_finds_nothing(arguments: str) -> None:
    found = findings("ruff", *arguments.split())
    assert not found, found
