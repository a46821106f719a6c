"""Files of checks collected as tests: which ones, under which names, and what is said of those that fail."""

from __future__ import annotations

import re
import sys

import pytest

from tests.plugins.conftest import Run

CHECKS = """
[[check]]
name = "right"
function = "x^2"
at = { x = 1.5 }
hand.x = "2x"

[[check]]
name = "known to be wrong"
function = "x^2"
at = { x = 1.5 }
hand.x = "x"
verdict = "disagree"

[[check]]
name = "wrong :: and [odd]"
function = "x^2"
at = { x = 1.5 }
hand.x = "x"
"""
CASES = """
from gradlab import case

@case(at=dict(x=1.5))
def square(x):
    return x**2

@square.hand
def gradient(x):
    return 2 * x
"""
HOMEWORK = """# One

$f = x^2$, so $df/dx = 2x$.

# Two

$g = x^3$, so $dg/dx = 3x$.

# Three

$h = x^3$, so $dh/dx = 3x q^2$.
"""
FILES = {
    "checks.grad.toml": CHECKS,
    "some_cases.py": CASES,
    "hw/hw3.md": HOMEWORK,
    "README.md": "Nothing is derived here.",
    "_draft_cases.py": "this is not Python",
}
EVERYTHING = ("--gradlab", "-o", "gradlab_files=hw/*.md *_cases.py")


def collected(ran: pytest.RunResult) -> list[str]:
    return [line for line in ran.stdout.lines if "::" in line and not line.startswith(("FAILED", "ERROR"))]


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        ((), []),
        (("--gradlab",), ["checks.grad.toml::right", "checks.grad.toml::known to be wrong", "checks.grad.toml::wrong : and (odd)"]),
        (("checks.grad.toml::right",), ["checks.grad.toml::right"]),
        (("checks.grad.toml::wrong : and (odd)",), ["checks.grad.toml::wrong : and (odd)"]),
        (("hw/hw3.md",), []),
        (("-o", "gradlab_files=*.md", "hw/hw3.md"), ["hw/hw3.md::One", "hw/hw3.md::Two", "hw/hw3.md::Three, line 11"]),
        (("-o", "gradlab_files=*_cases.py"), ["some_cases.py::square"]),
        ((*EVERYTHING, "-k", "square or One"), ["hw/hw3.md::One", "some_cases.py::square"]),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_collected(run: Run, arguments: tuple[str, ...], ids: list[str]) -> None:
    assert collected(run("--collect-only", "-q", *arguments, files=FILES)) == ids


def test_a_case_passes_by_the_verdict_that_it_declares(run: Run) -> None:
    ran = run("-W", "error", "--gradlab", files={"checks.grad.toml": CHECKS})
    ran.assert_outcomes(passed=2, failed=1)
    ran.stdout.re_match_lines(
        [
            r"^_+ wrong : and \(odd\) _+$",
            r"^▸ claimed +1\.5 +0 ✗$",
            r"^FAILED checks\.grad\.toml::wrong : and \(odd\) - disagree: ∂/∂x: the claim gives 1\.5",
        ]
    )
    assert "plugins/pytest.py" not in ran.stdout.str()


def test_a_case_that_is_declared_to_disagree_and_agrees_fails(run: Run) -> None:
    text = CHECKS.replace('hand.x = "x"\nverdict', 'hand.x = "2x"\nverdict')
    ran = run("--gradlab", "-k", "known", files={"checks.grad.toml": text})
    ran.stdout.re_match_lines(
        [r"^FAILED checks\.grad\.toml::known to be wrong - disagree: it is declared to disagree, and agrees"]
    )


def test_a_problem_that_cannot_be_read_fails_and_the_others_are_checked(run: Run) -> None:
    ran = run(*EVERYTHING, "hw", files=FILES)
    ran.assert_outcomes(passed=1, failed=2)
    ran.stdout.re_match_lines(
        [r"^ +hw/hw3\.md:11$", r"^ +'q' is not known here", r"^FAILED hw/hw3\.md::Three, line 11 - error: "]
    )


def test_a_case_that_cannot_be_checked_fails_with_a_sentence(run: Run) -> None:
    cases = CASES.replace("return 2 * x", "return 2 * x, x, x")
    ran = run(*EVERYTHING, files={"some_cases.py": cases})
    ran.assert_outcomes(failed=1)
    ran.stdout.re_match_lines([r"^some_cases\.py:\d+: square: the hand derivative returns 3 values"])
    assert "During handling" not in ran.stdout.str()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("bad.grad.toml", "[[check]\n", r"^bad\.grad\.toml is not TOML: .*line 1"),
        ("bad.grad.toml", "[[check]]\nfunktion = 'x'\n", r"^bad\.grad\.toml:1: check 1: there is no key 'funktion'"),
        ("bad_cases.py", "def f(:\n", r"^bad_cases\.py is not Python: .*line 1"),
        ("bad_cases.py", "import no_such_thing\n", r"^bad_cases\.py raises ModuleNotFoundError"),
        ("bad_cases.py", "raise ValueError('\x1b[31m')\n", "^bad_cases\\.py raises ValueError when it is imported: \ufffd\\[31m "),
        ("bad_cases.py", "x = 1\n", r"^bad_cases\.py holds no case"),
        ("hw/bad.md", "Nothing is derived here.", r"^hw/bad\.md: no derivation was found"),
        ("hw/bad.txt", "x", r"^hw/bad\.txt is no checklist"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_an_error_of_collection_in_one_sentence(
    run: Run, name: str, text: str, said: str
) -> None:
    ran = run("--gradlab", "-o", "gradlab_files=hw/* *_cases.py", files={name: text})
    ran.assert_outcomes(errors=1)
    ran.stdout.re_match_lines([said])
    after = ran.stdout.str().partition("= ERRORS =")[2].partition("short test summary")[0]
    assert len([line for line in after.splitlines() if line.strip(" =_")]) == 2  # the file and the sentence


def test_a_name_that_steers_a_terminal_or_has_no_end_is_shown_in_short(run: Run) -> None:
    text = CHECKS.replace('"right"', '"\\u001b[2Ja\\nb ' + 100 * "c" + '"')
    (name, _, _) = collected(run("--collect-only", "-q", "--gradlab", files={"checks.grad.toml": text}))
    assert name == "checks.grad.toml::\ufffd(2Ja b " + 72 * "c" + "…"


def test_a_test_says_its_place(run: Run) -> None:
    ran = run("--gradlab", "--tb=line", files={"checks.grad.toml": CHECKS})
    ran.stdout.re_match_lines([r".*checks\.grad\.toml:15: disagree: ∂/∂x: the claim gives 1\.5"])


def test_what_failed_last_is_run_again(run: Run) -> None:
    run("--gradlab", files={"checks.grad.toml": CHECKS})
    ran = run("--gradlab", "--lf")
    ran.assert_outcomes(failed=1)


def test_doctests_of_the_same_file_are_collected_beside(run: Run) -> None:
    text = HOMEWORK + "\n>>> 1 + 1\n2\n"
    ran = run(*EVERYTHING, "--doctest-glob=*.md", "-v", "hw", files={"hw/hw3.md": text})
    ran.assert_outcomes(passed=2, failed=2)
    ran.stdout.re_match_lines([r"^hw/hw3\.md::hw3\.md PASSED"])


def test_several_processes_share_the_checks(pytester: pytest.Pytester, run: Run) -> None:
    pytest.importorskip("xdist", reason="pytest-xdist is not installed")
    run("--collect-only", files=FILES)
    ran = pytester.runpytest_subprocess(*EVERYTHING, "-n", "2", "-W", "error", "-p", "no:cacheprovider")
    ran.assert_outcomes(passed=4, failed=3)
    ran.stdout.fnmatch_lines_random(["FAILED hw/hw3.md::Two - disagree: *"])


def test_pytest_starts_without_what_checking_needs(pytester: pytest.Pytester, run: Run) -> None:
    run("--collect-only", files={"test_other.py": "def test_other(): pass", "checks.grad.toml": "broken"})
    probe = (
        "import sys, pytest; pytest.main(['-q', '-p', 'no:hypothesispytest']); print('loaded', *sys.modules)"
    )
    ran = pytester.run(sys.executable, "-c", probe)
    (loaded,) = re.findall(r"^loaded (.*)$", ran.stdout.str(), re.MULTILINE)
    assert "gradlab.plugins.pytest" in loaded.split()
    assert not {"numpy", "sympy", "mpmath", "rich", "msgspec"} & set(loaded.split())
    assert [name for name in loaded.split() if name.startswith("gradlab.")] == [
        "gradlab.plugins",
        "gradlab.plugins.pytest",
    ]
