"""Runs the code blocks of a Markdown document, so that what it shows is so.

All blocks of a document run in order, in one new folder that holds copies of cases/ and examples/:

- `python`: one session a document. With `>>>` prompts the output is compared, as in a doctest; without,
  the block must run.
- `console`: after a `$` that begins with `gradlab`, the command is run, and its output compared where
  one is shown. It must exit with 0, or with what a following `$ echo $?` shows. Other commands are not run.
- any language with `file=NAME` after it: the block is written to that file.

`…` stands for any text, and alone on its line for any lines. Blank lines, and how wide a space is, don't
count.
"""

from __future__ import annotations

import contextlib
import doctest
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from tests.workshop import ROOT

SCRIPT = f"#!{sys.executable}\nimport sys\nfrom gradlab.cli import main\nsys.exit(main())\n"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    """A fenced block of a document."""

    document: Path
    line: int
    """The document's line on which its text begins."""
    language: str
    file: str
    text: str


@dataclass
class Command:
    """What a `console` block shows of one command."""

    line: int
    text: str
    output: list[str] = field(default_factory=list)
    code: int = 0


def blocks(document: Path) -> list[Block]:
    """The fenced blocks that have a language."""
    found = []
    for token in MarkdownIt().parse(document.read_text(encoding="utf-8")):
        if token.type == "fence" and token.map and token.info.strip():
            language, *options = token.info.split()
            file = next((o.removeprefix("file=") for o in options if o.startswith("file=")), "")
            found.append(Block(document, token.map[0] + 2, language, file, token.content))
    return found


def links(document: Path) -> list[str]:
    """The files of the checkout that a document links to or shows."""
    tokens = MarkdownIt().parse(document.read_text(encoding="utf-8"))
    inner = [child for token in tokens for child in token.children or ()]
    targets = [str(token.attrs.get("href") or token.attrs.get("src") or "") for token in inner]
    return [target.split("#")[0] for target in targets if not re.match(r"\w+:|#|$", target)]


def run_document(document: Path, folder: Path) -> None:
    """Run every block. Raises AssertionError with the line of the document where one is not so."""
    for name in ("cases", "examples"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    session: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.chdir(folder):
        for block in blocks(document):
            if block.file:
                (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
                (folder / block.file).write_text(block.text, encoding="utf-8")
            elif block.language == "python":
                run_python(block, session)
            elif block.language == "console":
                for command in commands(block):
                    run_command(command, block.document, folder)


def run_python(block: Block, session: dict[str, Any]) -> None:
    """Run a block in the document's session."""
    if ">>> " not in block.text:
        # Empty lines in front put the block on its own lines, for tracebacks and inspect.getsource.
        source = "\n" * (block.line - 1) + block.text
        exec(compile(source, str(block.document), "exec", dont_inherit=True), session)  # noqa: S102 (our text)
        return
    examples = doctest.DocTestParser().get_doctest(
        block.text, session, block.document.name, str(block.document), block.line - 1
    )
    check_doctest(examples)
    session.update(examples.globs)


class Elision(doctest.OutputChecker):
    """Takes `…` for `...`."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        return super().check_output(want.replace("…", "..."), got, optionflags)


def check_doctest(examples: doctest.DocTest) -> None:
    """Run a doctest. Raises AssertionError with doctest's own words."""
    said: list[str] = []
    runner = doctest.DocTestRunner(checker=Elision(), verbose=False, optionflags=FLAGS)
    runner.run(examples, out=said.append, clear_globs=False)
    assert not said, "\n" + "".join(said)


def commands(block: Block) -> Iterator[Command]:
    """The commands of a `console` block that are to be run."""
    shown: list[Command] = []
    for line, text in enumerate(block.text.splitlines(), block.line):
        if text.startswith("$ "):
            shown.append(Command(line, text[2:]))
        elif not shown:
            raise AssertionError(f"{block.document.name}:{line}: a console block begins with `$ `")
        elif not shown[-1].output and shown[-1].text.endswith("\\"):
            shown[-1].text += "\n" + text.removeprefix("> ")
        else:
            shown[-1].output.append(text)
    last = None
    for command in shown:
        if command.text == "echo $?":
            assert last is not None, f"{block.document.name}:{command.line}: no command before"
            last.code = int(command.output[0])
        else:
            last = command
    return (command for command in shown if re.match(r"gradlab\b", command.text))


def run_command(command: Command, document: Path, folder: Path) -> None:
    """Run a command in a folder and compare its exit code and its output."""
    script = folder / ".bin" / "gradlab"
    script.parent.mkdir(exist_ok=True)
    script.write_text(SCRIPT, encoding="utf-8")
    script.chmod(0o755)
    environment = {
        **os.environ,
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "PATH": f"{script.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        ["/bin/sh", "-c", command.text],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    shown = "\n".join(command.output)
    place = f"{document.name}:{command.line}: $ {command.text}\n"
    assert done.returncode == command.code, (
        f"{place}exits with {done.returncode}, not {command.code}:\n{done.stdout}"
    )
    assert not shown.strip() or alike(shown, done.stdout), f"{place}prints\n{done.stdout}\nnot\n{shown}"


def alike(shown: str, printed: str) -> bool:
    r"""Whether an output is what a document shows of it.

    >>> alike("x  agree\n…\n2 cases, … s", "x agree\ny agree\n2 cases, 0.1 s\n")
    True
    >>> alike("x agree", "x agree\ny disagree")
    False
    """
    lines = [" ".join(line.split()) for line in shown.splitlines() if line.strip()]
    pattern = "".join(
        r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + r"\n" for line in lines
    )
    text = "".join(" ".join(line.split()) + "\n" for line in printed.splitlines() if line.strip())
    return re.fullmatch(pattern, text) is not None
