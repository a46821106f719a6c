"""The computation graph: what stands on it, what is folded, and that nothing lies on anything else."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from importlib.resources import files
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import numpy as np
import pytest

from gradlab.cases import Case, make_case
from gradlab.record import Explanation
from gradlab.record.explanation import Node, Pass
from gradlab.report.html.figures import Figure
from gradlab.report.html.figures.graph import _arranged, draw_graph
from gradlab.report.html.figures.graph.edges import edges
from gradlab.report.html.figures.graph.folding import boxes
from gradlab.report.html.figures.graph.layout import Vertex, arrange
from tests.report.html.conftest import Open
from tests.report.test_explanation import CASES, of_library, record_of

NAMESPACE = "{http://www.w3.org/2000/svg}"
MANY = [
    "ln-product-sine",
    "tanh-2-2-1",
    "logistic-map-4",
    "reprojection",
    "lstm-cell",
    "kepler",
    "pendulum-rk4",
]
HOSTILE = [
    "x" * 200,
    "<script>alert(1)</script>",
    "שלום עולם",
    "😀😀😀😀🏳️‍🌈",
    "W" * 50,
    '"><b onload=x>',
    "ẑ̂̂̂ ﷽﷽",
    "",
    "[(",
]


def told(name: str, mode: str = "reverse") -> Explanation:
    return explained(of_library(name, mode))


def explained(record: Any) -> Explanation:
    found = record.cases[0].explanation
    assert isinstance(found, Explanation)
    return found


def explained_of(f: Any, at: dict[str, Any]) -> Explanation:
    return explained(record_of(make_case(f, [at], name="f")))


def drawn(explanation: Explanation) -> Figure:
    figure = draw_graph(explanation)
    assert figure is not None
    return figure


def tree(figure: Figure) -> ET.Element:
    text = str(figure.svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return ET.fromstring(text)  # noqa: S314 (written by us just now)


def texts(figure: Figure, kind: str) -> list[str]:
    """The texts of a class, in the order in which they were drawn."""
    found = tree(figure).iter(NAMESPACE + "text")
    return ["".join(text.itertext()) for text in found if text.get("class") == kind]


def titles(figure: Figure) -> list[str]:
    return [title.text or "" for title in tree(figure).iter(NAMESPACE + "title")]


def chain(steps: int) -> Case:
    def f(x: Any) -> Any:
        for _ in range(steps):
            x = np.sin(x)
        return x

    return make_case(f, [{"x": 1.0}], name="chain")


def recurrent(W: Any, U: Any, x: Any, h: Any) -> Any:
    loss = 0.0
    for t in range(8):
        a = W @ x[t] + U @ h
        h = np.tanh(a)
        loss = loss + np.sum(h**2)
    return loss


def pair() -> Case:
    def f(x: Any, y: Any) -> Any:
        for _ in range(30):
            x, y = x * np.cos(y) - y, np.sin(x) + x * y
        return x * y

    return make_case(f, [{"x": 0.1, "y": 0.2}], name="pair")


def unrolled() -> Explanation:
    at = {"W": np.full((3, 2), 0.5), "U": np.eye(3) / 3, "x": np.ones((8, 2)), "h": np.zeros(3)}
    return explained(record_of(make_case(recurrent, [at], name="recurrent")))


def renamed(explanation: Explanation, names: list[str]) -> Explanation:
    """The same graph, with names that nobody chose with care."""
    nodes = [
        msgspec.structs.replace(node, name=name, formula=node.formula.replace(node.name, name))
        for node, name in zip(explanation.nodes, names * len(explanation.nodes), strict=False)
    ]
    passes = [msgspec.structs.replace(one, of=names[0]) for one in explanation.passes]
    return msgspec.structs.replace(explanation, nodes=tuple(nodes), passes=tuple(passes))


# What stands on it


def test_values_and_gradients_stand_at_every_quantity() -> None:
    figure = drawn(told("ln-product-sine"))
    assert texts(figure, "s") == ["x1", "x2", "ln", "×", "+", "sin", "−"]
    assert texts(figure, "n") == ["v1", "v2", "v3", "v4", "f"]
    assert texts(figure, "v") == ["2", "5", "0.6931", "10", "10.69", "−0.9589", "11.65"]
    gradients = texts(figure, "d")
    assert gradients[:7] == ["5.5", "1.716", "1", "1", "1", "−1", "1"]
    assert sorted(gradients[7:]) == sorted(["+0.5", "+5", "+2", "−0.2837"])  # what is summed in x1 and x2


def test_a_wire_says_upstream_times_local_gives_downstream() -> None:
    found = titles(drawn(told("ln-product-sine")))
    assert "∂f/∂v1 = 1, times 1/x1 = 0.5, gives 0.5" in found
    assert "∂f/∂v4 = −1, times cos(x2) = 0.2837, gives −0.2837" in found


def test_a_product_that_is_summed_says_so() -> None:
    def f(x: Any, s: Any) -> Any:
        return np.sum(x / s)

    def columns(x: Any, s: Any) -> Any:
        return np.sum(x * s)

    at = {"x": np.array([1.0, 2.0]), "s": 2.0}
    (found,) = (title for title in titles(drawn(explained_of(f, at))) if "x/s^2" in title)
    assert found.endswith("times −x/s^2 = [−0.25, −0.5], summed, gives −0.75")
    at = {"x": np.ones((2, 2)), "s": np.array([3.0, 4.0])}
    assert any(
        ", summed over axis 0, gives [2, 2]" in title for title in titles(drawn(explained_of(columns, at)))
    )


def test_a_range_is_told_in_words_to_who_hears_it_and_the_caption_explains_it_where_there_is_one() -> None:
    def f(x: Any) -> Any:
        return np.sum(x**2)

    long, short = (drawn(explained_of(f, {"x": np.arange(count) / 8})) for count in (20, 2))
    assert "0 … 2.38" in texts(long, "v")
    assert "x (20) = 0 to 2.38" in str(long.svg)
    assert "the range is shown" in long.caption
    assert "the range is shown" not in short.caption


def test_operands_arrive_in_the_order_in_which_they_are_written() -> None:
    def f(x: Any, y: Any) -> Any:
        u = x * y
        return (u - x) ** 3 - 1 / u

    def g(y: Any) -> Any:
        return np.exp(y) / y

    for told_of in (explained_of(f, {"x": -1.5, "y": 0.8}), explained_of(g, {"y": 2.0})):
        found = boxes(told_of)
        assert found is not None
        arrangement = _arranged(told_of, down=False)
        assert arrangement is not None
        for head, box in enumerate(found):
            if box.kind == "step" and told_of.nodes[box.members[0]].primitive in {"subtract", "divide"}:
                ports = [
                    port
                    for port, wire in zip(arrangement.arrangement.ports, arrangement.edges, strict=True)
                    if wire.head == head
                ]
                assert ports == sorted(ports)


def test_what_the_code_computes_first_stands_above() -> None:
    def f(x: Any, c: Any) -> Any:
        total = 0.0
        for k in range(4):
            total = total + c[k] * x**k
        return total

    drawing = _arranged(explained_of(f, {"x": 0.5, "c": np.array([1.0, -2.0, 0.5, 3.0])}), down=False)
    assert drawing is not None
    heights = [
        drawing.arrangement.places[place][1]
        for place, look in enumerate(drawing.looks)
        if look.sign[0].startswith("[")
    ]
    assert heights == sorted(heights)
    assert [look.sign[0] for look in drawing.looks if look.sign[0].startswith("[")] == [
        "[0]",
        "[1]",
        "[2]",
        "[3]",
    ]


def test_what_nothing_is_computed_of_stands_in_its_place_among_the_inputs() -> None:
    def f(x: Any, y: Any, z: Any) -> Any:
        return np.exp(y) / y + 0 * z

    drawing = _arranged(explained_of(f, {"x": 1.0, "y": 2.0, "z": 3.0}), down=False)
    assert drawing is not None
    heights = {
        look.sign[0]: place[1] for look, place in zip(drawing.looks, drawing.arrangement.places, strict=True)
    }
    assert heights["x"] < heights["y"]


def test_in_forward_mode_tangents_are_drawn() -> None:
    figure = drawn(told("ln-product-sine", "forward"))
    assert texts(figure, "d") == ["1", "0", "0.5", "5", "5.5", "5.5", "+0.5", "+5"]
    assert "∂x1/∂x1 = 1, times x2 = 5, gives 5 (times switches: each factor gets the other)" in titles(
        figure
    ) or ("∂x1/∂x1 = 1, times x2 = 5, gives 5" in titles(figure))
    assert "its derivative by x1" in figure.caption
    assert "pass 1 of 2" in figure.caption


def test_arrays_show_their_shape_and_as_many_values_as_there_is_room_for() -> None:
    figure = drawn(told("tanh-2-2-1"))
    assert "2×2" in texts(figure, "n")
    assert "x1" + "2" in texts(figure, "n")
    assert {"[[1, −3], [0.2, 1]]", "[0.7, 0.3]"} <= set(texts(figure, "v"))


def test_a_small_graph_is_told_step_by_step_to_who_cannot_see_it() -> None:
    words = tree(drawn(told("ln-product-sine"))).attrib["aria-label"]
    assert words.startswith(
        "The computation graph of f. 5 operations from the inputs to f = 11.65. Inputs: x1 = 2, ∂f/∂x1 = 5.5; x2 = 5,"
    )
    assert "v1 = ln(x1) = 0.6931, ∂f/∂v1 = 1" in words


def test_plain_numbers_stand_with_the_operation_that_takes_them() -> None:
    signs = set(texts(drawn(told("logistic-map-4")), "s"))
    assert {"64 ×", "1 −", "( )²", "×", "+"} <= signs
    assert "÷ 2" in texts(drawn(told("tanh-2-2-1")), "s")
    assert {"( )ᵀ", "÷ 1.414…", "Σ axis 1"} <= set(texts(drawn(told("self-attention")), "s"))


def test_what_is_derived_by_is_marked() -> None:
    groups = tree(drawn(told("tanh-2-2-1"))).iter(NAMESPACE + "g")
    marked = [group for group in groups if group.get("class") == "i x"]
    assert ["".join(group.findtext(NAMESPACE + "text") or "") for group in marked] == ["W0", "W1"]


@pytest.mark.parametrize("name", list(CASES)[::6])
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_what_is_not_folded_has_a_box_for_each_quantity_and_a_wire_for_each_operand(
    name: str, mode: str
) -> None:
    record = of_library(name, mode)
    explanation = record.cases[0].explanation
    if explanation is None or sum(node.kind == "step" for node in explanation.nodes) > 30:
        return
    figure = drawn(explanation)
    shapes = [one for one in tree(figure).iter() if one.tag in {NAMESPACE + "rect", NAMESPACE + "circle"}]
    assert len(shapes) == len(explanation.nodes)
    wires = "".join(path.get("d") or "" for path in tree(figure).findall(NAMESPACE + "path"))
    # One more leads out of the output.
    assert wires.count("M") == sum(len(node.operands) for node in explanation.nodes) + 1


def test_two_wires_lead_to_an_operation_that_takes_a_quantity_twice() -> None:
    explanation = explained(record_of(make_case(lambda x: x @ x, [{"x": np.ones(2)}], name="twice")))
    assert texts(drawn(explanation), "d")[-2:] == ["[1, 1]", "[1, 1]"]


# Large graphs


def test_a_deep_chain_is_folded_in_the_middle() -> None:
    figure = drawn(explained(record_of(chain(120))))
    assert texts(figure, "c") == ["106 operations"]
    assert "Of 120 operations 106 are folded into one box." in figure.caption
    assert "106 are folded into one box" in (tree(figure).attrib["aria-label"])


def test_what_the_code_has_a_name_for_is_folded_first() -> None:
    figure = drawn(unrolled())
    assert {"a", "a2", "loss"} <= set(texts(figure, "s"))
    assert "4 operations" in texts(figure, "c")


@pytest.mark.parametrize(
    "make", [lambda: explained(record_of(chain(120))), unrolled, lambda: told("reprojection")]
)
def test_folding_loses_no_step_and_makes_no_circle(make: Any) -> None:
    explanation = make()
    found = boxes(explanation)
    assert found is not None
    steps = [step for box in found if box.kind in {"step", "group"} for step in box.members]
    assert sorted(steps) == [place for place, node in enumerate(explanation.nodes) if node.kind == "step"]
    assert sum(box.kind in {"step", "group"} for box in found) <= 30
    assert all(tail < head for head, box in enumerate(found) for tail, _ in box.feeds)


def test_several_quantities_that_come_out_of_a_group_have_their_values_each() -> None:
    explanation = explained(record_of(pair()))
    found = boxes(explanation)
    assert found is not None
    taps = [box for box in found if box.kind == "tap"]
    assert len(taps) > 1
    names = texts(drawn(explanation), "n")
    assert all(explanation.nodes[tap.members[0]].name in names for tap in taps)


@pytest.mark.parametrize(
    "make", [unrolled, lambda: told("reprojection"), lambda: explained(record_of(pair()))]
)
def test_parts_add_up_to_the_gradient_of_what_they_come_to(make: Any) -> None:
    explanation = make()
    found = boxes(explanation)
    assert found is not None
    parts: dict[int, list[Any]] = {}
    for wire in edges(explanation, found):
        if wire.part:
            parts.setdefault(wire.node, []).append(wire.part)
    assert len(parts) > 2
    folded = {step for box in found if box.kind == "group" for step in box.members}
    for node, brought in parts.items():
        if node not in folded or all(box.out == node for box in found if node in box.members):
            whole = np.asarray(explanation.passes[0].derivatives[node], float)
            assert np.allclose(np.sum(brought, axis=0, dtype=float), whole)


@pytest.mark.parametrize("f", [lambda x: x, lambda x: 3.0])
def test_nothing_is_drawn_where_nothing_is_computed(f: Any) -> None:
    assert draw_graph(explained(record_of(make_case(f, [{"x": 2.0}], name="bare")))) is None


def sum_of(count: int) -> Explanation:
    """A stack of so many inputs, as data: tracing it would take longer than drawing."""
    inputs = [Node(name=f"x{k}", kind="input", shape=(), values=(1.0,)) for k in range(count)]
    operands = tuple(range(count))
    total = Node(name="f", kind="step", shape=(), values=(1.0,), primitive="stack", operands=operands)
    empty: tuple[tuple[float, ...], ...] = ((),) * count
    return Explanation(
        mode="reverse",
        nodes=(*inputs, total),
        output=count,
        passes=(Pass(of="f", derivatives=(*empty, (1.0,)), flows=()),),
        needed=1,
    )


def test_a_graph_of_too_many_inputs_is_not_drawn() -> None:
    assert draw_graph(sum_of(20)) is not None
    assert draw_graph(sum_of(31)) is None


# What it costs


@pytest.mark.parametrize("name", ["logistic-regularised", "layer-norm", "logistic-regression", "ackley"])
def test_a_graph_of_20_quantities_has_at_most_12_kilobytes(name: str) -> None:
    assert len(str(drawn(told(name)).svg).encode()) <= 12_000


def test_the_same_record_gives_the_same_bytes_in_another_process() -> None:
    code = (
        "import sys, msgspec\n"
        "from gradlab.record import Explanation\n"
        "from gradlab.report.html.figures.graph import draw_graph\n"
        "told = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Explanation])\n"
        "sys.stdout.buffer.write(''.join(str(draw_graph(one).svg) for one in told).encode())\n"
    )
    graphs = [told(name) for name in MANY]
    run = subprocess.run(
        [sys.executable, "-c", code],
        input=msgspec.json.encode(graphs),
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        check=True,
    )
    assert run.stdout.decode() == "".join(str(drawn(one).svg) for one in graphs)


# That nothing lies on anything else


def test_every_edge_of_a_graph_in_parts_is_drawn() -> None:
    ends = [(0, 7), (1, 7), (2, 3), (2, 5), (2, 6), (3, 4), (3, 5), (5, 6)]  # 2 to 6 passes two layers
    vertices = [Vertex(9, 9, 9, 9, (0.0,) * max(1, sum(head == one for _, head in ends))) for one in range(8)]
    found = arrange(vertices, ends, 20)
    assert len(set(found.places)) == len(vertices)
    assert [bends[-1][2] for bends in found.bends] == [found.places[head][1] for _, head in ends]


@pytest.mark.parametrize("seed", range(12))
def test_no_two_vertices_overlap_and_no_edge_crosses_one(seed: int) -> None:
    chance = random.Random(seed)
    count = chance.randint(2, 25)
    ends = [(tail, head) for head in range(1, count) for tail in chance.sample(range(head), min(head, 2))]
    entries = [sum(head == one for _, head in ends) for one in range(count)]
    vertices = [
        Vertex(
            back=chance.uniform(5, 40),
            ahead=chance.uniform(5, 90),
            before=chance.uniform(9, 30),
            after=chance.uniform(9, 60),
            ports=tuple(9.0 * k for k in range(n)),
        )
        for n in entries
    ]
    found = arrange(vertices, ends, 20)
    rooms = [
        (along - v.back, along + v.ahead, across - v.before, across + v.after)
        for v, (along, across) in zip(vertices, found.places, strict=True)
    ]
    for k, (a, b, c, d) in enumerate(rooms):
        assert all(b <= e or f <= a or d <= g or h <= c for e, f, g, h in rooms[:k])
        assert a >= 0 and b <= found.length + 1e-9 and c >= -1e-9 and d <= found.breadth + 1e-9
    for (tail, head), bends in zip(ends, found.bends, strict=True):
        for start, end, across in bends[:-1]:
            assert not any(a < end and start < b and c < across < d for a, b, c, d in rooms)
        layers = [found.places[tail][0], *(start for start, _, _ in bends)]
        assert all(one < other for one, other in pairwise(layers))
        assert found.places[head][0] >= bends[-1][0]


_LYING_ON = """() => {
    const found = [];
    for (const svg of document.querySelectorAll('svg.graph')) {
        const frame = svg.getBoundingClientRect();
        const at = e => {
            const b = e.getBoundingClientRect(), ink = e.localName === 'text' ? 2.5 : 0;  // a line's height is more than its letters
            return {e, l: b.left - frame.left, r: b.right - frame.left, t: b.top - frame.top + ink, b: b.bottom - frame.top - ink};
        };
        const meet = (p, q) => p.l < q.r - .5 && q.l < p.r - .5 && p.t < q.b - .5 && q.t < p.b - .5;
        const words = [...svg.querySelectorAll('text')].map(at), shapes = [...svg.querySelectorAll('rect, circle')].map(at);
        const name = p => `${svg.getAttribute('aria-label').slice(0, 60)}: ${p.e.textContent || p.e.localName}`;
        words.forEach((p, k) => {
            if (p.l < -.5 || p.r > frame.width + .5 || p.t < -.5 || p.b > frame.height + .5) found.push(`${name(p)} is outside`);
            for (const q of words.slice(k + 1)) if (meet(p, q)) found.push(`${name(p)} on ${q.e.textContent}`);
            for (const q of shapes) {
                const own = q.e.parentNode === p.e.parentNode && 'sc'.includes(p.e.getAttribute('class'));
                if (own ? p.l < q.l + 1 || p.r > q.r - 1 : meet(p, q)) found.push(`${name(p)} on a shape`);
            }
        });
        shapes.forEach((p, k) => shapes.slice(k + 1).forEach(q => { if (meet(p, q)) found.push(`${name(p)} on a shape`); }));
        for (const path of svg.querySelectorAll('path.w, path.q'))
            for (const d of path.getAttribute('d').split(/(?=M)/)) {
                const one = document.createElementNS('http://www.w3.org/2000/svg', 'path');
                one.setAttribute('d', d);
                const points = Array.from({length: 60}, (_, k) => one.getPointAtLength(one.getTotalLength() * k / 59));
                for (const p of words)
                    if (points.some(q => q.x > p.l + .5 && q.x < p.r - .5 && q.y > p.t + 1 && q.y < p.b - 1))
                        found.push(`a wire through ${name(p)}`);
            }
    }
    return found;
}"""


def page(graphs: list[Explanation]) -> str:
    """The graphs alone, in the report's own style."""
    folder = files("gradlab.report.html") / "styles"
    style = "\n".join(
        (folder / f"{name}.css").read_text(encoding="utf-8") for name in ("colours", "page", "figures_graph")
    )
    figures = "".join(f"<p>{drawn(one).svg}</p>" for one in graphs)
    return f"<!DOCTYPE html><html lang=en><meta charset=utf-8><title>graphs</title><style>{style}</style>{figures}"


def test_no_label_lies_on_another_on_a_wire_or_on_a_shape_in_a_browser(open_report: Open) -> None:
    graphs = [told(name, mode) for name in MANY for mode in ("reverse", "forward")]
    graphs += [explained(record_of(chain(120))), unrolled()]
    assert open_report(page(graphs)).page.evaluate(_LYING_ON) == []


def test_hostile_names_are_shortened_and_do_nothing(open_report: Open) -> None:
    graphs = [
        renamed(told(name), HOSTILE[k:] + HOSTILE[:k]) for k, name in enumerate((*MANY[:3], "lstm-cell"))
    ]
    for one in graphs:
        assert "<script" not in drawn(one).svg
        assert all(len(text) < 40 for kind in "snvd" for text in texts(drawn(one), kind))
    report = open_report(page(graphs))
    assert report.page.evaluate(_LYING_ON) == []
    assert report.messages == report.requests == []
