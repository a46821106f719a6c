"""Records of real runs, small ones: together they have something in every section of a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gradlab.cli.targets import cases_of
from gradlab.harness import Settings, check_cases
from gradlab.record import Record
from gradlab.study.explain import Explaining
from tests.report import classes

_HOMEWORK = Path(__file__).parents[3] / "examples" / "homework"
_PICTURED = Settings(points=1, pictures="all")


def checked(*targets: str, settings: Settings = _PICTURED) -> Record:
    """What `gradlab check` says of cases of the library and homework."""
    names = [str(_HOMEWORK / name) if name.endswith(".md") else name for name in targets]
    cases = cases_of(names, (), (), (), jacobian=False)
    return check_cases(cases, settings, command=f"gradlab check {' '.join(targets)} --html report.html")


def network() -> Record:
    return checked("tanh-2-2-1", "relu-at-0-in-gt")


def homework() -> Record:
    return checked("forgotten-inner.md", "unreadable.md")


def family() -> Record:
    return checked("logistic-map")


def explanation() -> Record:
    settings = Settings(points=0, timed=False, explaining=Explaining(step=0.1))
    return checked("ln-product-sine", settings=settings)


def step_sizes() -> Record:
    return checked("ln-product-sine", settings=Settings(points=0, timed=False, step_sizes=True))


RECORDS: dict[str, Callable[[], Record]] = {
    make.__name__: make for make in (network, homework, family, explanation, step_sizes)
} | {"class": classes.record}
