"""The fixture `gradcheck`: what passes, and what is said of what does not."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from tests.plugins.conftest import Run

MODEL = """
import numpy as np

def loss(w, x):
    return np.sum((w * x - 1) ** 2)

def gradient(w, x):
    return {"w": 2 * (w * x - 1) * x, "x": np.sum(2 * (w * x - 1) * w)}

def wrong(w, x):
    return {"w": (w * x - 1) * x, "x": np.sum(2 * (w * x - 1) * w)}

POINT = dict(w=[0.5, -1.0], x=2.0)
"""
TESTS = """
from model import *
import gradlab

def test_it(gradcheck):
    BODY
"""


def written(body: str) -> dict[str, str]:
    return {"model.py": MODEL, "test_it.py": TESTS.replace("BODY", body)}


def test_a_right_gradient_passes_and_the_result_is_given(run: Run) -> None:
    body = "assert isinstance(gradcheck(loss, POINT, hand=gradient, points=2), gradlab.Result)"
    run("-W", "error", files=written(body)).assert_outcomes(passed=1)


def test_a_wrong_gradient_fails_with_the_component_table_in_place_of_a_traceback(run: Run) -> None:
    ran = run("-W", "error", files=written("gradcheck(loss, at=POINT, hand=wrong)"))
    ran.assert_outcomes(failed=1)
    ran.stdout.re_match_lines(
        [
            r"^test_it\.py:6: gradcheck$",
            r"^━━ ✗ loss ━+ disagree ━━$",
            r"^ *reference +0 +-12 +6$",
            r"^▸ claimed +0 +17 ✓ +-6 +0 ✗ +6 +17 ✓$",
            r"^FAILED test_it\.py::test_it - disagree: ∂/∂w\[1\]: the claim gives -6",
        ]
    )
    text = ran.stdout.str()
    assert "plugins/pytest.py" not in text
    assert "During handling" not in text
    assert "gradient program" not in text  # what it costs is another question


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("gradcheck('abs(x)', at=dict(x=0.0))", "undefined: not differentiable here"),
        (
            "gradcheck(lambda x: float(x), at=dict(x=1.0), methods='symbolic')",
            "inconclusive: nothing was compared",
        ),
        ("gradcheck(lambda x: 1 / 0, at=dict(x=1.0))", "error: "),
        ("gradcheck('x', at=dict(x=float('nan')))", "x: x holds nan: a point must be finite"),
        ("gradcheck(loss, at=dict(w=1.0))", "loss: the point gives no value for x"),
        ("gradcheck('x +', at=dict(x=1.0))", "The formula ends too early"),
        ("gradcheck('x', at=dict(x=1.0), timeout=-1)", "timeout is -1: it is more than 0"),
        ("gradcheck(loss, hand=gradient)", "missing a required argument: 'at'; gradcheck takes f, at, "),
        ("gradcheck(loss, POINT, eps=1e-6)", "got an unexpected keyword argument 'eps'; gradcheck takes f, "),
    ],
)
def test_what_is_not_shown_to_agree_fails_with_its_reason(run: Run, body: str, said: str) -> None:
    ran = run(files=written(body))
    ran.assert_outcomes(failed=1)
    ran.stdout.re_match_lines([rf"^FAILED test_it\.py::test_it - {re.escape(said[:24])}"])
    assert said in ran.stdout.str()
    assert "Traceback" not in ran.stdout.str()
    assert "During handling" not in ran.stdout.str()
    assert "plugins/pytest.py" not in ran.stdout.str()


def test_the_summary_has_the_first_line_of_what_can_not_be_read(run: Run) -> None:
    ran = run(files=written("gradcheck('x^^2', at=dict(x=1.0))"))
    ran.stdout.re_match_lines(
        [r"^ +x\^\^2$", r"^FAILED test_it\.py::test_it - Something is missing between '\^' and '\^'\.$"]
    )


def test_a_class_of_unittest_is_given_the_fixture_by_another(run: Run) -> None:
    body = """pass

class TestGradients(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def given(self, gradcheck):
        self.gradcheck = gradcheck

    def test_right(self):
        self.gradcheck(loss, at=POINT, hand=gradient)

    def test_wrong(self):
        self.gradcheck(loss, at=POINT, hand=wrong)
"""
    files = written(body)
    files["test_it.py"] = "import pytest, unittest\n" + files["test_it.py"]
    ran = run(files=files)
    ran.assert_outcomes(passed=2, failed=1)
    ran.stdout.re_match_lines([r"^FAILED test_it\.py::TestGradients::test_wrong - disagree: "])


def test_an_assertion_after_a_check_is_told_as_ever(run: Run) -> None:
    body = (
        "with pytest.raises(pytest.fail.Exception): gradcheck(loss, at=POINT, hand=wrong)\n    assert 1 == 2"
    )
    files = written(body)
    files["test_it.py"] = "import pytest\n" + files["test_it.py"]
    ran = run(files=files)
    ran.stdout.re_match_lines([r"^FAILED test_it\.py::test_it - assert 1 == 2$"])


def test_the_summary_of_continuous_integration_has_a_sentence_and_not_the_report_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    ran = run(files=written("gradcheck(loss, at=POINT, hand=wrong)"))
    assert ran.stdout.str().count("▸ claimed") == 1


def test_junit_has_the_sentence_as_its_message_and_the_report_as_its_text(run: Run) -> None:
    run("--junitxml=it.xml", files=written("gradcheck(loss, at=POINT, hand=wrong)"))
    (failure,) = ET.parse("it.xml").iter("failure")  # noqa: S314 (our own)
    assert failure.attrib["message"].startswith("disagree: ∂/∂w[1]: the claim gives -6")
    assert "\n" not in failure.attrib["message"]
    assert "▸ claimed" in (failure.text or "")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("while True: pass", r"gave up after 0\.5 s"),
        ("import os; os._exit(7)", "Python ended with exit code 7"),
    ],
)
def test_with_a_time_limit_what_hangs_or_crashes_is_a_failed_test(run: Run, body: str, said: str) -> None:
    files = written("gradcheck(harmful, at=dict(x=1.0))")
    files["model.py"] += f"\ndef harmful(x):\n    {body}\n"
    files["pytest.ini"] = "[pytest]\ngradlab_timeout = 0.5\n"
    ran = run("-W", "error", files=files)
    ran.stdout.re_match_lines([rf"^FAILED test_it\.py::test_it - error: .*{said}"])


@pytest.mark.parametrize("text", ["soon", "0", "-1", "inf", "nan"])
def test_a_time_limit_that_is_none_is_refused_before_any_test(run: Run, text: str) -> None:
    ran = run("-o", f"gradlab_timeout={text}", files=written("pass"))
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.re_match_lines([rf"^ERROR: gradlab_timeout is '{text}': it is a number of seconds"])
