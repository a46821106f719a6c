"""`gradlab show` redraws every format from a saved record, from JSON and from JSON Lines alike."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from gradlab.report import formats, load
from gradlab.report.json import read
from tests.cli.conftest import Command
from tests.report.samples import SAMPLES


@pytest.mark.parametrize("name", SAMPLES)
def test_every_format_is_drawn_of_every_saved_record(run: Command, folder: Path, name: str) -> None:
    record = SAMPLES[name]()
    for kept in ("json", "jsonl"):
        (folder / kept).write_text(load(kept).write(record), encoding="utf-8")
        assert read((folder / kept).read_bytes()) == record
    for form, kept in zip(formats(), itertools.cycle(["json", "jsonl"]), strict=False):
        ran = run(f"show {kept} --format {form} --output told")
        assert (ran.code, ran.out, ran.err) == (0, "", "")
        told = (folder / "told").read_bytes().decode("utf-8")
        assert told.splitlines() == load(form).write(record).splitlines()


def test_what_was_cut_off_is_shown_as_interrupted(run: Command, folder: Path) -> None:
    assert run("check cube softplus --format jsonl --output run.jsonl").code == 0
    lines = (folder / "run.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "run.jsonl").write_text("".join(lines[:-1]), encoding="utf-8")
    ran = run("show run.jsonl -q")
    assert ran.code == 0
    assert "Interrupted after 1 case: nothing is known about the others." in ran.out
