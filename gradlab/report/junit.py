"""JUnit XML, as continuous integration reads it: a suite a student, a test case a problem.

What disagrees, is undefined or inconclusive is a failure, of that type; what could not be checked is an
error. Nothing is reported as skipped, because a skipped test looks like a passed one.
"""

from __future__ import annotations

import re
from typing import Any

from junitparser import Error, Failure, JUnitXml, TestCase, TestSuite
from junitparser.junitparser import FinalResult

from gradlab.record import Record
from gradlab.report._words.classroom import Problem, place, problems
from gradlab.report._words.cleaning import cleaned
from gradlab.report._words.wording import closing, why

__all__ = ["write"]

_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to say (section 2.2)."""


def write(record: Record) -> str:
    """The results as XML.

    >>> write(Record(gradlab="0.1", verdict="error")).splitlines()[0]
    '<?xml version="1.0" encoding="utf-8"?>'
    """
    record = cleaned(record)
    suites: dict[str, TestSuite] = {}
    for problem in problems(record):
        name = problem.student or "gradlab"
        suite = suites.setdefault(name, TestSuite(_text(name)))
        suite.add_testcase(_test_case(problem, name))
    whole = JUnitXml("gradlab")
    if record.interrupted or not suites:  # a run that was cut off must not look whole
        suite = suites.setdefault("gradlab", TestSuite("gradlab"))
        test = TestCase("the whole run", classname="gradlab")
        test.result = [Error(_text(closing(record).text), "incomplete")]
        suite.add_testcase(test)
    for suite in suites.values():
        if record.started:
            suite.timestamp = record.started
        whole.add_testsuite(suite)
    text = str(_counted(whole).tostring().decode("utf-8"))
    # With lxml installed, junitparser writes the declaration; without it, it does not.
    return _DECLARATION + re.sub(r"^<\?xml[^>]*>\s*", "", text).rstrip("\n") + "\n"


def _counted(whole: Any) -> Any:
    """The results with their totals, which Jenkins takes without a count of what was skipped."""
    suites = list(whole)
    for suite in suites:
        suite.update_statistics()
    whole.tests, whole.failures, whole.errors = (
        sum(getattr(suite, count) for suite in suites) for count in ("tests", "failures", "errors")
    )
    whole.time = round(sum(suite.time for suite in suites), 3)
    return whole


def _test_case(problem: Problem, classname: str) -> TestCase:
    test = TestCase(_text(problem.name), classname=_text(classname))
    test.time = round(sum(case.seconds for case in problem.cases), 3)
    found: list[FinalResult] = []
    for case in problem.cases:
        if not case.passed:
            result = (Error if case.verdict == "error" else Failure)(_text(why(case)), case.verdict)
            result.text = _text(
                "\n".join(
                    filter(None, [":".join(filter(None, place(case))), *(m.sentence for m in case.mistakes)])
                )
            )
            found.append(result)
    test.result = found
    return test


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
