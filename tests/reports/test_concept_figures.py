"""The heat map and the curves: what is drawn where, and that names stay text."""

import re
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks.results.metrics.precision_recall import Curve, precision_recall
from reports.document import Document, Fold, Section
from reports.figures.drawing import Drawing, short, steps
from reports.figures.heat_map import SHOWN, heat_map
from reports.figures.precision_recall import Traced, precision_recall_figure, thinned
from reports.figures.shades import RAMP, ink_on, shade
from reports.summary import Summary
from reports.tables import Tables


def elements(figure, tag):
    return [e for e in ElementTree.fromstring(figure.svg).iter() if e.tag.endswith(f"}}{tag}")]


def summary_of(synthetic, folder, concepts, systems=None, **more):
    material = synthetic.Material("task", concepts, sizes=(None,), **more)
    run = synthetic.make_run(folder, [material], systems or synthetic.SYSTEMS[:6])
    return Summary(run, Tables.of(run))


def test_the_map_holds_every_value_in_order(tmp_path, synthetic: SimpleNamespace):
    summary = summary_of(synthetic, tmp_path, ("a", "b", *synthetic.HOSTILE))
    (task,) = summary.tasks
    figure = heat_map(task, "map")
    systems = [s for family in ("engineered", "learned", "fused") for s in task.at(-1, family)]
    values = np.array([task.concepts(s.key, -1) for s in systems])
    order = np.argsort(-values.mean(axis=0), kind="stable")
    titles = [e.get("data-says") for e in elements(figure, "rect") if e.get("data-says")]
    cells = [f"{v:.3f}" for i in order for v in [*values[:, i], task.chance()[i]]]
    cells += [f"{v:.3f}" for v in [*values.mean(axis=1), task.chance().mean()]]
    assert [title.rsplit(": ")[-1] for title in titles] == cells
    short_values = [e.text for e in elements(figure, "text") if e.text.startswith(".")]
    assert len(short_values) == sum(float(cell) < 0.995 for cell in cells)
    assert synthetic.SCRIPT[:10] not in figure.svg
    for i in order:
        best, worst = systems[int(np.argmax(values[:, i]))], values[:, i].min()
        assert f"best {values[:, i].max():.2f} ({best.name}), worst {worst:.2f}" in figure.alt


def test_of_many_concepts_those_that_separate_most_are_drawn(tmp_path, synthetic):
    names = tuple(f"c{i}" for i in range(60))
    summary = summary_of(synthetic, tmp_path, names, samples=200)
    (task,) = summary.tasks
    figure = heat_map(task, "map")
    said = [e.get("data-says").split("\n")[1] for e in elements(figure, "rect")
            if e.get("data-says")]  # fmt: skip
    drawn = {text.split(":")[0] for text in said if text.startswith("c")}
    assert len(drawn) == SHOWN
    spread = np.var([task.concepts(key, -1) for key in task.systems], axis=0)
    assert drawn == {names[i] for i in np.argsort(-spread, kind="stable")[:SHOWN]}
    (note,) = figure.notes
    assert set(re.findall(r"c\d+", note)) == set(names) - drawn
    assert "40 of 60 concepts" in figure.caption


def test_a_map_of_errors_says_that_higher_is_worse(tmp_path, synthetic):
    summary = summary_of(
        synthetic, tmp_path, ("a", "b", "c"), synthetic.SYSTEMS[:2], single_label=True,
        metrics=("top1_error",),
    )  # fmt: skip
    figure = heat_map(summary.tasks[0], "map")
    assert "the higher, which is worse" in figure.caption
    assert any("lower is better" in (e.text or "") for e in elements(figure, "text"))
    assert not figure.wide


def test_one_system_needs_no_map(tmp_path, synthetic):
    summary = summary_of(synthetic, tmp_path, ("a", "b"), synthetic.SYSTEMS[:1], samples=60)
    assert heat_map(summary.tasks[0], "map") is None


def test_thirty_systems_are_wide_and_within_the_drawing(tmp_path, synthetic):
    systems = [
        synthetic.Quality(f"system-with-a-name-{i}", ("engineered", "learned")[i % 2], 1 + i / 30)
        for i in range(30)
    ]
    summary = summary_of(synthetic, tmp_path, ("a", "b"), systems, samples=60)
    figure = heat_map(summary.tasks[0], "map")
    assert figure.wide
    width = float(re.search(r'width="([\d.]+)pt"', figure.svg)[1])
    assert width < 800
    for e in elements(figure, "rect"):
        assert float(e.get("x")) >= 0
        assert float(e.get("x")) + float(e.get("width")) <= width


def test_curves_are_drawn_to_scale_and_described():
    rng = np.random.default_rng(0)
    Y = rng.integers(0, 2, (60, 1))
    scores = Y + rng.normal(size=(60, 1))
    (curve,) = precision_recall(scores, Y)
    traced = [Traced("<b> & co", "learned", curve.area, (curve.area,), (curve,))]
    figure = precision_recall_figure(traced, 0.5, "f", "A caption.", "ap")
    assert f"AP {curve.area:.3f}, precision" in figure.alt
    assert f"{curve.precision[np.searchsorted(curve.recall, 0.5)]:.2f} at 0.5" in figure.alt
    assert "&lt;b&gt; &amp; co" in figure.svg
    (path,) = [e.get("d") for e in elements(figure, "path") if e.get("stroke-width") == "1.6"]
    x = np.array([float(v) for v in re.findall(r"H([\d.]+)", path)])
    y = np.array([float(v) for v in re.findall(r"[V ]([\d.]+)(?=H)", path)])
    np.testing.assert_allclose((x - 40) / 310, curve.recall, atol=1e-3)
    top = y[np.argmax(curve.precision)]
    drawn = curve.precision.max() - (y - top) / 180
    np.testing.assert_allclose(drawn, curve.precision, atol=1e-3)


def test_long_curves_are_thinned_without_a_change_of_area():
    rng = np.random.default_rng(1)
    Y = (rng.random((5000, 1)) < 0.4).astype(int)
    (curve,) = precision_recall(Y + rng.normal(size=Y.shape), Y)
    fewer = thinned(curve, 100)
    assert len(fewer.recall) <= 100 < len(curve.recall)
    assert fewer.recall[-1] == 1
    assert fewer.area == pytest.approx(curve.area, abs=1e-12)
    assert thinned(curve, 10_000) is curve


def test_without_positives_there_is_no_curve():
    empty = Curve(np.empty(0), np.empty(0))
    traced = [Traced("a", "fused", float("nan"), (), (empty,))]
    assert precision_recall_figure(traced, float("nan"), "f", "", "ap") is None


def test_shades_darken_and_keep_their_type_legible():
    lightness = [int(colour[1:3], 16) for colour in RAMP]
    assert lightness == sorted(lightness, reverse=True)
    assert shade(float("nan")) == "#ffffff"
    assert shade(-1) == RAMP[0]
    assert shade(2) == RAMP[-1]

    def luminance(colour):
        part = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    for place in np.linspace(0, 1, 64):
        a, b = sorted([luminance(shade(place)), luminance(ink_on(place))])
        assert (b + 0.05) / (a + 0.05) > 3.9


def test_drawings_are_brief_and_escaped():
    assert [short(x) for x in (1.0, -0.001, 2.345, 10, 0.1)] == ["1", "0", "2.35", "10", "0.1"]
    assert steps([1, 2], [3, 4], 0) == "M0 3H1V4H2"
    assert steps([], [], 0) == ""
    drawing = Drawing(10, 10)
    drawing.text(1, 2, "</text><script>")
    assert "<script" not in drawing.svg()


def test_ids_of_folds_are_unique_too():
    fold = Fold("a", "A", (), ())
    with pytest.raises(ValueError, match="two blocks"):
        Document("t", "", "", (), (Section("s", "S", (fold, fold)),))
