"""The page as a whole: that it is well-formed and closed in itself, and what of many cases it shows."""

from __future__ import annotations

import base64
import hashlib
from itertools import pairwise

import pytest
from msgspec.structs import replace

from gradlab import record as r
from gradlab.report._words.wording import closing
from gradlab.report.html import write
from gradlab.report.terminal import to_text
from tests.report import classes, samples
from tests.report.html.tree import Element, read

RIGHT = samples.right_ln_case()
WRONG = samples.wrong_claim().cases[0]
BEHAVIOUR = ("style", "src", "srcset", "srcdoc", "data", "action", "xlink:href", "background", "poster")


def page(*cases: r.CaseRecord, **fields: object) -> Element:
    return read(write(replace(samples.run(*cases), **fields)))


def many(case: r.CaseRecord, count: int) -> list[r.CaseRecord]:
    return [replace(case, name=f"{case.name} {number}") for number in range(count)]


def unfolded(tree: Element) -> list[bool]:
    return ["open" in case.all("details")[0].attributes for case in tree.all("article")]


def test_the_page_is_well_formed_and_its_links_lead_to_it(sample: r.Record) -> None:
    tree = read(write(sample))
    ids = [one.attributes["id"] for one in tree.walk() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    for link in tree.all("a"):
        assert link.attributes["href"].startswith("#")
        assert link.attributes["href"][1:] in ids
    for one in tree.walk():
        for name in ("aria-labelledby", "aria-describedby"):
            assert set(one.attributes.get(name, "").split()) <= set(ids)


def test_nothing_in_the_page_runs_or_is_loaded(sample: r.Record) -> None:
    for one in read(write(sample)).walk():
        assert one.tag not in {"script", "iframe", "object", "embed", "link", "img", "base", "form"}
        for name, value in one.attributes.items():
            assert not name.startswith("on")
            assert name not in BEHAVIOUR
            assert name != "href" or value.startswith("#")


def test_the_policy_allows_the_one_style_sheet_and_nothing_else() -> None:
    tree = page(RIGHT)
    style = "".join(str(child) for child in tree.one("style").children)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [m.attributes["content"] for m in tree.all("meta") if "http-equiv" in m.attributes]
    assert "default-src 'none'" in policy
    assert f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_headings_and_landmarks_are_in_order(sample: r.Record) -> None:
    tree = read(write(sample))
    levels = [int(one.tag[1]) for one in tree.walk() if one.tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for landmark in ("header", "main", "footer"):
        tree.one(landmark)
    assert tree.one("a", "skip").attributes["href"] == f"#{tree.one('main').attributes['id']}"


def test_tables_have_captions_and_headers_and_what_scrolls_has_a_name_of_its_own(sample: r.Record) -> None:
    tree = read(write(sample))
    for table in tree.all("table"):
        assert table.one("caption").text
        assert all(cell.attributes["scope"] in {"col", "row"} for cell in table.all("th"))
        assert all(len(row.all("th")) >= 1 for body in table.all("tbody") for row in body.all("tr"))
    regions = [one for one in tree.walk() if "scroll" in one.attributes.get("class", "").split()]
    assert all(one.attributes["tabindex"] == "0" for one in regions)
    names = [one.attributes["aria-label"] for one in regions]
    assert len(names) == len(set(names))


def test_the_verdict_comes_first_with_the_counts_and_what_was_run() -> None:
    run = samples.run(RIGHT, WRONG, command="gradlab check 'a & b' --seed 3", seed=3)
    tree = read(write(run))
    assert closing(run).text in tree.one("h1").text
    assert "✗" in tree.one("h1").text
    assert [one.text for one in tree.one("ul", "counts").all("li")] == ["✓ 1 agree", "✗ 1 disagree"]
    header = tree.one("header")
    assert header.one("pre", "paste").text == "gradlab check 'a & b' --seed 3"
    for told in ("seed 3", "50 digits", "sympy 1.14.0", "gradlab 0.1.0"):
        assert told in header.text


def test_it_says_what_the_terminal_says() -> None:
    run = samples.run(RIGHT, WRONG)
    assert closing(run).text in to_text(run, 200)
    assert closing(run).text in read(write(run)).one("h1").text


def test_a_run_of_nothing_says_that_nothing_is_shown_to_be_right() -> None:
    tree = page()
    assert "Nothing was checked" in tree.one("h1").text
    assert not tree.all("article")
    assert not tree.all("nav")


def test_one_case_needs_no_overview() -> None:
    tree = page(WRONG)
    assert not tree.all("table", "overview")
    assert unfolded(tree) == [True]


def test_few_cases_are_all_open_and_of_many_those_that_did_not_pass() -> None:
    assert unfolded(page(*many(RIGHT, 5))) == [True] * 5
    assert unfolded(page(*many(RIGHT, 5), WRONG)) == [False] * 5 + [True]
    assert unfolded(page(*many(WRONG, 51))) == [False] * 51


def test_what_did_not_pass_is_listed_with_its_reason_and_a_link() -> None:
    tree = page(RIGHT, WRONG)
    (listed,) = tree.one("ul", "failed").all("li")
    assert listed.one("a").attributes["href"] == "#case-2"
    assert WRONG.name in listed.text
    assert listed.one(class_="reason").text
    assert not page(RIGHT, RIGHT).all("ul", "failed")


def test_a_link_leads_into_what_is_folded() -> None:
    for number, case in enumerate(page(*many(RIGHT, 6)).all("article"), 1):
        folded = case.all("details")[0]
        assert f"case-{number}" in [one.attributes.get("id") for one in folded.walk()]
        assert f"case-{number}" not in [one.attributes.get("id") for one in folded.one("summary").walk()]


@pytest.mark.parametrize(("count", "full"), [(300, True), (301, False)])
def test_of_very_many_cases_pictures_are_of_those_that_did_not_pass(count: int, full: bool) -> None:
    swell = samples.costs()["swell"]
    right = replace(RIGHT, points=RIGHT.points[:1], swell=swell)
    wrong = replace(WRONG, swell=swell)
    tree = page(*many(right, count - 1), wrong)
    articles = tree.all("article")
    assert ("What it costs" in articles[0].text) is full
    assert bool(articles[0].all("table", "components")) is full
    assert "What it costs" in articles[-1].text
    assert articles[-1].all("table", "components")
    assert ("pictures are drawn only of" in tree.one("main").text) is not full


def test_where_pictures_take_too_much_room_the_largest_of_those_that_passed_lose_theirs() -> None:
    size = r.Size(form="f", operations=7, ratio=1.0)
    large = replace(RIGHT, points=RIGHT.points[:1], swell=(size,) * 20_000)
    small = replace(large, swell=(size,))
    cases = [*many(large, 50), replace(large, passed=False, verdict="disagree"), *many(small, 9)]
    html = write(samples.run(*cases))
    assert len(html.encode()) < 3_000_000
    costs = ["What it costs" in one.text for one in read(html).all("article")]
    assert not all(costs[:50])
    assert all(costs[50:])
    assert html.count("Its pictures are left out") == costs.count(False)


def test_a_class_comes_by_student_with_scores_and_common_mistakes() -> None:
    tree = read(write(classes.record()))
    rows = [[cell.text for cell in row.walk() if cell.tag in {"th", "td"}] for row in tree.all("tr")]
    assert any(row[:2] == ["ann", "1 of 1"] for row in rows)
    assert any(row[:2] == ["bob", "0 of 2"] for row in rows)
    assert [one.attributes["aria-label"] for one in tree.all("section", "student")] == ["ann", "bob", "cy"]
    assert "3 students, of whom 1 passed everything." in tree.text
    assert "The most common mistakes" in tree.text


def test_cases_of_one_student_stand_together_whatever_their_order() -> None:
    run = classes.record()
    cases = run.cases[::2] + run.cases[1::2]
    tree = read(write(replace(run, cases=cases)))
    (bob,) = [one for one in tree.all("section", "student") if one.attributes["aria-label"] == "bob"]
    assert len(bob.all("article")) == 2


def test_a_name_in_a_class_leads_to_the_cases_of_that_student_and_back() -> None:
    tree = read(write(classes.record()))
    for student in ("ann", "bob", "cy"):
        (link,) = [one for one in tree.all("a") if one.text == student]
        (section,) = [
            one for one in tree.all("section") if f"#{one.attributes.get('id')}" == link.attributes["href"]
        ]
        assert section.attributes["aria-label"] == student
        assert "#class" in [one.attributes["href"] for one in section.all("a")]
        assert all(
            one.text.startswith(f"{student}:") for one in (h.one(class_="said") for h in section.all("h2"))
        )


def test_a_class_is_not_told_twice_why_what_did_not_pass_did_not() -> None:
    tree = read(write(classes.record()))
    assert not tree.all("ul", "failed")
    assert "#failed" not in [one.attributes["href"] for one in tree.all("a")]


def test_a_problem_that_cannot_be_read_stands_in_the_column_of_its_problem() -> None:
    bad = classes.case("bob", "hw3: Problem 1, line 37", "error", reason="'q' is not known here")
    good = classes.case("ann", "hw3: Problem 1", "agree")
    tree = read(write(classes.run(good, bad)))
    (heads, *_) = [[cell.text for cell in row.all("th")] for row in tree.all("tr")]
    assert heads == ["student", "score", "hw3: Problem 1"]


def test_what_pictures_have_in_common_is_on_the_page_once(sample: r.Record) -> None:
    tree = read(write(sample))
    symbols = [one.attributes["id"] for one in tree.all("symbol")]
    assert len(symbols) == len(set(symbols))
    assert {one.attributes["href"].removeprefix("#") for one in tree.all("use")} <= set(symbols)


def test_of_several_cases_the_components_that_are_not_shown_are_not_listed_but_counted() -> None:
    names = tuple(f"x[{index}]" for index in range(20))
    point = r.Point(
        given=True, inputs=(), value=(1.0,), components=names, reference=("1.0",) * 20, verdict="agree",
        estimates=(r.Estimate(method="reverse", values=(1.0,) * 20, digits=(16.0,) * 20, verdict="agree"),),
    )  # fmt: skip
    long = replace(RIGHT, points=(point,))
    alone, several = page(long), page(*many(long, 51))
    assert "The other 1" in alone.text
    assert "The other 1" not in several.text
    assert "of 20 components are shown" in several.text
