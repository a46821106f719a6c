"""The plugin of pytest: the fixture `gradcheck`, and files of checks collected as tests.

pytest imports this module when it starts, whatever it is to test: so what checks is imported where it is used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from inspect import Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import pytest

if TYPE_CHECKING:
    from gradlab.cases import Case
    from gradlab.harness import Result
    from gradlab.record import CaseRecord

_Made = TypeVar("_Made")
CHECKLIST = ".grad.toml"
LONGEST = 80
"""Characters of a test's name."""
_ROUND = str.maketrans("[]", "()")
_FAILURE = pytest.StashKey["tuple[str, str]"]()
"""Of a test that failed by a check: the whole text, and one sentence."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, for the command line and for the configuration."""
    parser.getgroup("gradlab", "derivatives").addoption(
        "--gradlab",
        action="store_true",
        help="Collect checks of derivatives: every *.grad.toml (one that is named is always collected).",
    )
    parser.addini(
        "gradlab_files",
        "Globs of files to collect besides: cases in .py files, derivations in .md and .tex files, checklists.",
        type="args",
        default=[],
    )
    parser.addini("gradlab_timeout", "Seconds that one method may take at one point; none by default.")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a setting that can't be used before any test runs."""
    _timeout(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The checks of a file that was asked for."""
    config, name = parent.config, file_path.name
    asked = name.endswith(CHECKLIST) and (config.getoption("gradlab") or parent.session.isinitpath(file_path))
    listed = not name.startswith("_") and any(map(file_path.match, config.getini("gradlab_files")))
    return CheckFile.from_parent(parent, path=file_path) if asked or listed else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep a check's failure to one sentence where pytest has one line for it: in its summary, in JUnit XML."""
    made = yield
    text, sentence = item.stash.get(_FAILURE, ("", ""))
    crash = getattr(made.longrepr, "reprcrash", None)
    if text and call.excinfo is not None and str(call.excinfo.value) == text and crash is not None:
        crash.message = sentence
        if isinstance(item, Check):
            place, line, _ = item.reportinfo()
            crash.path, crash.lineno = str(place), (line or 0) + 1
    return made


class CheckFile(pytest.File):
    """A file of checks."""

    def collect(self) -> Iterator[Check]:
        """Its checks, one test each. Raises CollectError with a sentence where it can't be read."""
        from gradlab.notation.error import excerpt
        from gradlab.plugins.running import cases_in

        here = Path.cwd()
        path = self.path.relative_to(here) if self.path.is_relative_to(here) else self.path
        found = _usable(lambda: cases_in(path))
        if isinstance(found, str):
            raise self.CollectError(found)
        for case in found:
            # `::` and brackets have a meaning in pytest's ids.
            name = case.name.removeprefix(f"{path.stem}: ").replace("::", ":").translate(_ROUND)
            yield Check.from_parent(self, name=excerpt(name, LONGEST), case=case)


class Check(pytest.Item):
    """One case, which passes by the verdict that it declares: `agree` unless it says another."""

    def __init__(self, *, case: Case | CaseRecord, **others: Any) -> None:
        super().__init__(**others)
        self._case = case

    def runtest(self) -> None:
        """Check the case; fail with the report."""
        __tracebackhide__ = True
        from gradlab.harness import Settings
        from gradlab.plugins.running import check, report

        settings = Settings(timeout=_timeout(self.config), timed=False)
        result = _usable(lambda: check([self._case], settings))
        if isinstance(result, str):
            _fail(self, f"{self._case.location}: {result}", result.removeprefix(f"{self._case.name}: "))
        (record,) = result.records
        if not record.passed:
            reason = result.verdict.reason.removeprefix(f"{record.name}: ")
            _fail(self, report(result.record), f"{result.verdict.kind}: {reason}")

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The file, the line from 0, and the name."""
        place, _, line = self._case.location.rpartition(":")
        known = line.isdecimal() and Path(place).name == self.path.name
        return self.path, int(line) - 1 if known else None, self.name


@pytest.fixture
def gradcheck(request: pytest.FixtureRequest) -> Callable[..., Result]:
    """`gradcheck(f, at=…, hand=…)` is `gradlab.check`, and fails the test with its report unless all agrees.

    What could not be decided fails too. Gives the Result.
    """

    def checked(*given: Any, **settings: Any) -> Result:
        __tracebackhide__ = True
        from gradlab.engine.trace import shown_path
        from gradlab.harness import check
        from gradlab.plugins.running import forking, report

        caller = sys._getframe(1)
        place = f"{shown_path(caller.f_code.co_filename)}:{caller.f_lineno}: gradcheck"
        misfit = _misfit(signature(check), given, settings)
        if misfit:
            _fail(request.node, f"{place}: {misfit}", misfit)
        settings.setdefault("timeout", _timeout(request.config))
        with forking():
            result = _usable(lambda: check(*given, **settings))
        if isinstance(result, str):
            _fail(request.node, f"{place}: {result}", result)
        if not result.ok:
            sentence = f"{result.verdict.kind}: {result.verdict.reason}"
            _fail(request.node, f"{place}\n{report(result.record)}", sentence)
        return result

    return checked


def _misfit(taken: Signature, given: tuple[Any, ...], settings: dict[str, Any]) -> str:
    """What is wrong with the arguments of a call, in a sentence; "" where nothing is."""
    try:
        taken.bind(*given, **settings)
    except TypeError as error:
        *names, last = taken.parameters
        return f"{error}; gradcheck takes {', '.join(names)} and {last}"
    return ""


def _fail(item: pytest.Item, text: str, sentence: str) -> NoReturn:
    """Fail the test with a text in place of a traceback, and of the sentence its first line in the summary."""
    __tracebackhide__ = True
    from gradlab.notation.error import shown

    item.stash[_FAILURE] = text, shown(sentence.partition("\n")[0])
    pytest.fail(text, pytrace=False)


def _timeout(config: pytest.Config) -> float | None:
    """The seconds that a method may take. Raises UsageError."""
    text = str(config.getini("gradlab_timeout") or "").strip()
    try:
        seconds = float(text) if text else None
    except ValueError:
        seconds = 0.0
    if seconds is not None and not 0 < seconds < float("inf"):
        raise pytest.UsageError(f"gradlab_timeout is {text!r}: it is a number of seconds, more than 0")
    return seconds


def _usable(work: Callable[[], _Made]) -> _Made | str:
    """What it makes, or a sentence on input that can't be used. Any other exception is passed on."""
    __tracebackhide__ = True
    from gradlab.cases import InputError
    from gradlab.notation.error import FormulaError, shown

    try:
        return work()
    except (InputError, FormulaError) as error:
        return "\n".join(map(shown, str(error).splitlines()))
