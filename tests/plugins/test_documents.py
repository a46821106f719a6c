"""docs/pytest.md and examples/pytest are so: their files, and what pytest says of them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugins.conftest import Run
from tests.workshop import ROOT, documents

DOCUMENT = ROOT / "docs" / "pytest.md"
SCRIPT = f"#!{sys.executable}\nimport pytest\nraise SystemExit(pytest.main())\n"


def commands_of_pytest(document: Path) -> Iterator[documents.Command]:
    """What a document's console blocks show of pytest, the exit code among it."""
    for block in documents.blocks(document):
        if block.language != "console":
            continue
        shown: list[documents.Command] = []
        for line, text in enumerate(block.text.splitlines(), block.line):
            if text == "$ echo $?":
                shown[-1].text += "; echo code $?"
                shown[-1].output.append("code \\")
            elif text.startswith("$ "):
                shown.append(documents.Command(line, text[2:]))
            elif shown[-1].output and shown[-1].output[-1] == "code \\":
                shown[-1].output[-1] = f"code {text}"
            else:
                shown[-1].output.append(text)
        yield from (command for command in shown if command.text.startswith("pytest "))


def test_pytest_says_what_the_document_shows(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for block in documents.blocks(DOCUMENT):
        if block.file:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
    shutil.copytree(ROOT / "examples" / "homework", tmp_path / "examples" / "homework")
    (tmp_path / "homework").mkdir()
    script = tmp_path / ".bin" / "pytest"
    script.parent.mkdir()
    script.write_text(SCRIPT, encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(script.parent), prepend=":")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    ran = [*commands_of_pytest(DOCUMENT)]
    for command in ran:
        documents.run_command(command, DOCUMENT, tmp_path)
    assert len(ran) == 4


def test_the_examples_pass(run: Run, pytester: pytest.Pytester) -> None:
    shutil.copytree(ROOT / "examples" / "pytest", pytester.path / "examples")
    run("-W", "error", "--gradlab", "examples").assert_outcomes(passed=6)
