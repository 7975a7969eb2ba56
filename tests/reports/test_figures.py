"""Drawings: what stands where, and SVG that can share a page."""

from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from reports import Tables, wording
from reports.figures.cost import pareto
from reports.figures.curves import curves_figure, named
from reports.figures.labels import Label, place, spread_apart
from reports.figures.linking import link
from reports.figures.markers import MARKERS
from reports.figures.sparkline import curve_sparkline, seeds_sparkline
from reports.figures.style import COLOUR, LINES, look, new_figure
from reports.figures.svg import as_svg
from reports.summary import ALL, Summary, System


@given(
    st.lists(st.floats(0, 10), min_size=1, max_size=12),
    st.floats(0.01, 2),
)
def test_positions_are_moved_apart_within_their_bounds(wanted, gap):
    at = spread_apart(wanted, gap, 0.0, 10.0)
    assert at.min() >= -1e-9
    assert at.max() <= 10 + 1e-9
    feasible = min(gap, 10 / max(len(wanted) - 1, 1))
    assert np.all(np.diff(np.sort(at)) >= feasible - 1e-9)
    order = np.argsort(wanted, kind="stable")
    assert np.all(np.diff(at[order]) >= -1e-9)


def test_positions_that_are_apart_stay():
    np.testing.assert_allclose(spread_apart([3, 1, 2], 0.5, 0, 4), [3, 1, 2])


def test_crowded_labels_do_not_overlap():
    rng = np.random.default_rng(0)
    points = rng.normal(0.5, 0.08, (12, 2))
    with look():
        _, (ax,) = new_figure(4)
        ax.set_xlim(0, 1)
        ax.set_ylim(0, 1)
        labels = [Label(x, y, f"some-system-{i}", "black") for i, (x, y) in enumerate(points)]
        boxes = place(ax, labels)
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            width = min(a.x1, b.x1) - max(a.x0, b.x0)
            height = min(a.y1, b.y1) - max(a.y0, b.y0)
            assert min(width, height) <= 0
    room = ax.get_window_extent()
    assert all(box.x0 >= room.x0 - 1 and box.x1 <= room.x1 + 1 for box in boxes)


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(0, 8)), min_size=1, max_size=20))
def test_the_pareto_front_is_what_nothing_beats(pairs):
    cost, merit = np.array(pairs, dtype=float).T
    front = set(map(tuple, np.column_stack([cost, merit])[pareto(cost, merit)]))
    for c, m in zip(cost, merit):
        beaten = np.any((cost <= c) & (merit >= m) & ((cost < c) | (merit > m)))
        assert ((c, m) in front) == (not beaten)


def test_families_share_neither_colour_nor_marker():
    assert len(set(COLOUR.values())) == 3
    assert len(set(map(str, LINES))) == len(LINES)


def test_all_markers_differ_as_drawn():
    shapes = [shape for of_family in MARKERS.values() for shape in of_family]
    assert [len(of_family) for of_family in MARKERS.values()] == [12, 12, 12]
    pictures = []
    for shape in shapes:
        figure = Figure(figsize=(0.5, 0.5), dpi=100)
        canvas = FigureCanvasAgg(figure)
        ax = figure.add_axes((0, 0, 1, 1))
        ax.axis("off")
        ax.scatter([0], [0], s=600, marker=shape, color="black", linewidths=0)
        canvas.draw()
        pictures.append(1 - np.asarray(canvas.buffer_rgba())[..., 0] / 255)
    for i, one in enumerate(pictures):
        assert one.sum() > 100
        for j, other in enumerate(pictures[:i]):
            apart = np.abs(one - other).sum() / max(one.sum(), other.sum())
            # Within a family more: between families colour tells as well.
            assert apart > (0.12 if i // 12 == j // 12 else 0.05), (i, j, apart)


def test_a_panel_of_learning_curves_names_the_best_six(synthetic, tmp_path):
    material = synthetic.Material("t", ("a", "b", "c"), samples=200, sizes=(40, None))
    systems = [
        *(synthetic.Quality(f"net-{i}", "learned", 0.4 + 0.3 * i) for i in range(9)),
        synthetic.Quality("only", "engineered", 3.0),
    ]
    run = synthetic.make_run(tmp_path, [material], systems)
    (summary,) = Summary(run, Tables.of(run)).tasks
    assert named(summary, "learned") == summary.at(ALL, "learned")[:6]
    figure = curves_figure(summary, "curves")
    root = ElementTree.fromstring(figure.svg)
    texts = {"".join(e.itertext()).strip() for e in root.iter() if e.tag.endswith("}text")}
    best = [system.name for system in summary.at(ALL, "learned")]
    assert set(best[:6]) | {"only"} <= texts
    assert not set(best[6:]) & texts
    # Nothing is lost: the text equivalent has all, and the caption says what is grey.
    assert all(name in figure.alt for name in best)
    assert "beyond its best 6 are in grey" in figure.caption


@pytest.fixture
def drawn():
    def draw(name, text):
        with look():
            figure, (ax,) = new_figure(2)
            ax.plot([0, 1], [0, 1])
            ax.set_title(text)
            return as_svg(figure, name)

    return draw


def test_the_same_figure_is_the_same_text_and_names_differ_in_all_ids(drawn):
    one, again, other = drawn("a", "title"), drawn("a", "title"), drawn("b", "title")
    assert one == again

    def ids(svg):
        return {e.get("id") for e in ElementTree.fromstring(svg).iter()} - {None}

    assert not ids(one) & ids(other)


def test_references_inside_still_meet_their_targets(drawn):
    root = ElementTree.fromstring(drawn("a", "title"))
    ids = {e.get("id") for e in root.iter()}
    found = 0
    for element in root.iter():
        for key, value in element.attrib.items():
            if key.endswith("href"):
                assert value[1:] in ids
                found += 1
            elif "url(#" in value:
                assert value.split("url(#")[1].split(")")[0] in ids
                found += 1
    assert found


def test_hostile_titles_stay_text(drawn, synthetic):
    for name in synthetic.HOSTILE[:3]:
        root = ElementTree.fromstring(drawn("a", name))
        texts = "".join(root.itertext())
        assert name in texts
        assert not [e for e in root.iter() if e.tag.endswith("script")]


def test_marks_carry_their_system_and_what_they_say(synthetic):
    system = synthetic_system(synthetic.SCRIPT)
    with look():
        figure, (ax,) = new_figure(2)
        (curve,) = ax.plot([0, 1, 2], [0, 1, 0], marker="o")
        link(curve, system, ["one", synthetic.HOSTILE[2], "three"])
        label = ax.annotate("label", (1, 1), xytext=(2, 0.5), arrowprops={"arrowstyle": "-"})
        link(label, system, "a\nb")
        root = ElementTree.fromstring(as_svg(figure, "f"))
    linked = [e for e in root.iter() if "data-system" in e.attrib]
    assert {unquote(e.get("data-system")) for e in linked} == {synthetic.SCRIPT}
    assert len(linked) == 3  # the curve, the label and the line to its point
    assert not [e for e in linked if e.get("id")]
    said = [e.get("data-says") for e in root.iter() if "data-says" in e.attrib]
    assert said == ["one", synthetic.HOSTILE[2], "three", "a\nb"]


def test_a_text_for_a_point_that_is_not_drawn_is_a_mistake(synthetic):
    with look():
        figure, (ax,) = new_figure(2)
        link(ax.scatter([0, np.nan], [0, 1]), synthetic_system("a"), ["one", "two"])
        with pytest.raises(ValueError, match="2 texts for 1 points"):
            as_svg(figure, "f")


def synthetic_system(name):
    return System(name, wording.clean(name), "label", "learned", (), (), 0)


def test_a_narrow_layout_is_narrower_and_has_ids_of_its_own(synthetic, tmp_path):
    material = synthetic.Material("t", ("a", "b"), samples=80, sizes=(20, None))
    run = synthetic.make_run(tmp_path, [material], synthetic.SYSTEMS[:6])
    (summary,) = Summary(run, Tables.of(run)).tasks
    figure = curves_figure(summary, "curves")
    wide, narrow = map(ElementTree.fromstring, (figure.svg, figure.narrow))
    assert (wide.get("width"), narrow.get("width")) == ("360pt", "230.4pt")

    def ids(root):
        return {e.get("id") for e in root.iter()} - {None}

    assert not ids(wide) & ids(narrow)

    def systems(root):
        return {e.get("data-system") for e in root.iter()} - {None}

    assert systems(wide) == systems(narrow) == {wording.token(key) for key in summary.systems}


@pytest.mark.parametrize("sign", [1, -1])
def test_small_lines_rise_where_it_gets_better(sign):
    bounds = (0.2, 0.8) if sign > 0 else (0.8, 0.2)
    svg = curve_sparkline((0.0, 1.0), (0.2, 0.8), bounds, "fused")
    (line,) = [e for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("polyline")]
    (x0, y0), (x1, y1) = (map(float, p.split(",")) for p in line.get("points").split())
    assert x0 < x1
    assert (y0 > y1) == (sign > 0)  # y points down


def test_seeds_that_are_all_alike_stand_in_the_middle():
    svg = seeds_sparkline((0.5, 0.5), (0.5, 0.5), "learned")
    circles = [e for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("circle")]
    assert [float(e.get("cx")) for e in circles] == [32.0, 32.0]
