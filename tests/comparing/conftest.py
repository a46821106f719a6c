"""Every sample record is tried by each test that asks for a `sample`."""

from __future__ import annotations

from tests.report.conftest import pytest_generate_tests

__all__ = ["pytest_generate_tests"]
