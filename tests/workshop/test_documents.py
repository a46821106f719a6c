"""What the documents and the docstrings show is so; the rules for blocks are in documents.py."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from pathlib import Path
from types import ModuleType

import pytest

import gradlab
from tests.workshop import ROOT, documents

DOCUMENTS = [
    path.relative_to(ROOT).as_posix()
    for path in [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]
    if path.name != "CHANGELOG.md"
]
MODULES = [
    "gradlab",
    *(m.name for m in pkgutil.walk_packages(gradlab.__path__, "gradlab.") if "__main__" not in m.name),
]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_blocks_of_a_document_run_as_shown(name: str, tmp_path: Path) -> None:
    documents.run_document(ROOT / name, tmp_path)


@pytest.mark.parametrize("name", [*DOCUMENTS, "CHANGELOG.md"])
def test_a_document_links_to_files_that_are_there(name: str) -> None:
    document = ROOT / name
    missing = [link for link in documents.links(document) if not (document.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("name", [*MODULES, documents.__name__])
def test_the_examples_of_a_module_run_as_shown(name: str) -> None:
    module = importlib.import_module(name)
    for examples in doctest.DocTestFinder(exclude_empty=True).find(module, name):
        documents.check_doctest(examples)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_says_what_it_is_for(name: str) -> None:
    assert importlib.import_module(name).__doc__


@pytest.mark.parametrize("name", gradlab.__all__)
def test_a_public_function_shows_an_example(name: str) -> None:
    public = getattr(gradlab, name)
    assert not isinstance(public, ModuleType)
    text = inspect.getdoc(public) or ""
    assert ">>> " in text or (isinstance(public, type) and text)


TRUE = """
```python
import gradlab
slope = gradlab.grad(lambda x: x**2)
```

```python
>>> slope(3.0)
6.0
>>> "a long text"
'a … text'
```

```text file=notes/mine.txt
kept
```

```python
from pathlib import Path
assert Path("notes/mine.txt").read_text(encoding="utf-8") == "kept\\n"
```

```console
$ pip install gradlab
this is not run
```
"""


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (TRUE, ""),
        ("```python\n>>> 1 + 1\n3\n```", r"Expected:\n    3\nGot:\n    2"),
        ("```python\nassert 1 == 2\n```", "^$"),
        ("```console\noutput\n```", "page.md:2: a console block begins with"),
        ("```console\n$ gradlab --no-such-option\n```", "(?s)page.md:2: .*exits with 2, not 0"),
        ("```console\n$ gradlab --help\n…\nno such line\n```", "(?s)page.md:2: .*prints"),
        ("```console\n$ gradlab --help\n$ echo $?\n1\n```", "(?s)page.md:2: .*exits with 0, not 1"),
        ("```console\n$ gradlab --no-such-option\n$ echo $?\n2\n```", ""),
        ("```console\n$ gradlab \\\n> --help\n```", ""),
    ],
)
def test_a_document_that_says_what_is_not_so_is_found(text: str, complaint: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    if complaint:
        with pytest.raises(AssertionError, match=complaint):
            documents.run_document(page, tmp_path)
    else:
        documents.run_document(page, tmp_path)
