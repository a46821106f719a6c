"""The terminal's report of a sweep: no wider than its page, gaps shown, losses called what they are."""

from __future__ import annotations

import io
import math

import pytest
from rich.console import Console

from gradlab.record import CaseRecord, Record
from gradlab.record.sweep import Depth, Form, Growth, Sweep, Written
from gradlab.report import json as as_json
from gradlab.report.terminal import render, to_text

NOTE = "f′ expanded is given up from n = 9 on: it takes more than 10 s"
NAMES = ("f", "gradient recorded", "gradient program", "finite difference", "f as a tree", "f′ as a tree")


def depth(size: int, expanded: Form) -> Depth:
    counts = (3 * size, 8 * size, 7 * size, 6 * size, 2**size, size * 2**size)
    forms = tuple(
        Form(form=name, operations=count, digits=14.2, error=6e-15, evaluate_ratio=2.0, length=10 * count)
        for name, count in zip(NAMES, counts, strict=True)
    )
    return Depth(size=size, verdict="agree", forms=(*forms, expanded), function=1e-6, components=1)


SWEEP = Sweep(
    depths=(
        depth(7, Form(form="f′ expanded", operations=188, digits=-12.3, error=1.9e12)),
        depth(8, Form(form="f′ expanded", operations=380, error="Infinity")),
        depth(9, Form(form="f′ expanded", note=NOTE)),
        Depth(size=10, verdict="error", reason="the function raises ValueError: ten is too many for it"),
        depth(11, Form(form="f′ expanded", note=NOTE)),
    ),
    growth=(
        Growth(form="f", law="linear", sentence="linear: 3·n, for n = 7…11"),
        Growth(form="f′ as a tree", law="size × exponential", sentence="n times exponential: n·2^n"),
    ),
    crossings=("from n = 7 on, f′ as a tree takes more operations than a finite difference",),
    measured=("from n = 9 on, f′ as a tree takes longer than a finite difference",),
    written=(
        Written(size=1, tree=("∂f/∂x = 1",), shared=("∂f/∂x = 1",), program=("∂f/∂x = 1",)),
        Written(
            size=2,
            tree=("∂f/∂x = 4 − 8·x",),
            shared=("∂f/∂x = 4 − 8·x",),
            program=("v1 = 1 − x", "∂f/∂x = …"),
        ),
    ),
    budget=10.0,
)


def record_of(sweep: Sweep) -> Record:
    case = CaseRecord(
        name="logistic-map",
        verdict="inconclusive",
        reason="no derivative at n = 10: ten is too many",
        passed=False,
        function="def f(x, n): …",
        sweep=sweep,
    )
    return Record(gradlab="0.1", verdict="inconclusive", study="swell", cases=(case,))


def lines_of(width: int, verbosity: int = 0) -> list[str]:
    return to_text(record_of(SWEEP), width, verbosity=verbosity).splitlines()


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140, 200])
@pytest.mark.parametrize("verbosity", [0, 1])
def test_no_line_is_wider_than_the_page(width: int, verbosity: int) -> None:
    lines = lines_of(width, verbosity)
    assert max(map(len, lines)) <= width
    assert any("operations" in line for line in lines)


@pytest.mark.parametrize("width", [80, 140])
def test_counts_stand_by_size_and_form(width: int) -> None:
    rows = [line.split() for line in lines_of(width)]
    recorded = ["56"] if width > 100 else []
    assert ["7", "21", *recorded, "49", "42", "128", "896", "188"] in rows
    assert ["9", "27", *(["72"] if recorded else []), "63", "54", "512", "4,608", "–¹"] in rows
    assert ["¹", *NOTE.split()] in rows


def test_a_size_that_failed_is_a_gap_with_its_reason() -> None:
    assert any(line.startswith("  10  the function raises ValueError: ten") for line in lines_of(80))


def test_what_lost_its_digits_is_called_what_it_is() -> None:
    text = "\n".join(lines_of(80))
    block = text[text.index("correct digits in float64") :]
    assert "×10^12" in block
    assert "overflow" in block
    assert "at n = 7 f′ expanded is right in many digits, and wrong by 12 orders of magnitude" in " ".join(
        block.split()
    )


def test_no_digits_are_shown_where_none_are_lost() -> None:
    kept = Sweep(depths=(depth(7, Form(form="f′ expanded", operations=1, digits=15.0, error=1e-15)),))
    assert "correct digits" not in to_text(record_of(kept), 80)
    assert "correct digits" in to_text(record_of(kept), 80, verbosity=1)


def test_what_was_measured_is_said_to_be() -> None:
    lines = lines_of(140)
    assert any(line.endswith("takes longer than a finite difference, measured here") for line in lines)
    assert any(line.endswith("takes more operations than a finite difference") for line in lines)


def test_the_largest_that_was_written_out_is_shown_and_the_others_when_asked() -> None:
    assert "written out, n = 2" in "\n".join(lines_of(80))
    assert "written out, n = 1" not in "\n".join(lines_of(80))
    assert "written out, n = 1" in "\n".join(lines_of(80, 1))


def test_times_and_lengths_are_shown_when_asked() -> None:
    assert "to evaluate, in evaluations of f" not in "\n".join(lines_of(80))
    text = "\n".join(lines_of(80, 1))
    assert "to evaluate, in evaluations of f" in text
    assert "characters, written out" in text


def test_a_sweep_survives_json() -> None:
    record = record_of(SWEEP)
    assert as_json.read(as_json.write(record)) == record
    assert math.isinf(float(SWEEP.depths[1].forms[-1].error or 0))


def test_without_unicode_a_footnote_is_not_taken_for_a_number() -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict")
    Console(file=file, width=140, color_system=None, legacy_windows=False).print(render(record_of(SWEEP)))
    file.seek(0)
    text = file.read()
    assert "-[1]" in text
    assert "[1] f' expanded is given up from n = 9 on" in text
    assert "-1 " not in text
