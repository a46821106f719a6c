"""Every sample record is tried by each test that asks for a `sample`."""

from __future__ import annotations

import pytest

from tests.report.samples import SAMPLES


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "sample" in metafunc.fixturenames:
        metafunc.parametrize("sample", [make() for make in SAMPLES.values()], ids=list(SAMPLES))
