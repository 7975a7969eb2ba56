"""Where the evidence lies: the best system of each family that tells, on the same images."""

import io
import json
import re
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image

from benchmarks.results.run import Run
from benchmarks.results.store import TrialFolder
from reports import write
from reports.build import build
from reports.document import Notice, Paragraph, PictureRows, plain
from reports.figures.evidence_map import (
    AGAINST,
    FOR,
    draw_over,
    outlined_share,
    smoothed,
    strongest,
)
from reports.html import render_html
from reports.pdf import render_pdf
from reports.sections.evidence import adding_up, evidence
from reports.summary import Summary
from reports.tables import Tables

EXACT = "exact contributions of local descriptors"


def spot(row, column, sign=1.0, cells=64):
    values = np.zeros((cells, cells), np.float32)
    values[row, column] = sign
    return values


@pytest.mark.parametrize(
    ("row", "column", "place"),
    [(5, 5, "upper left"), (30, 30, "centre"), (60, 10, "lower left"), (3, 32, "top"),
     (33, 62, "right"), (63, 63, "lower right")],
)  # fmt: skip
def test_the_strongest_place_is_said_in_words(row, column, place):
    assert strongest(smoothed(spot(row, column)), 1) == place
    assert strongest(smoothed(spot(row, column)), -1) is None
    assert strongest(smoothed(spot(row, column, -1)), -1) == place


def test_smoothing_keeps_the_sum():
    values = np.random.default_rng(0).normal(size=(64, 64)) + spot(0, 0, 30)
    assert smoothed(values).sum() == pytest.approx(values.sum(), rel=1e-6)


def test_the_outlined_share_is_of_what_is_for_the_concept():
    values = np.array([[4.0, 2.0], [1.0, -8.0]])
    assert outlined_share(values) == pytest.approx(4 / 7)
    assert np.isnan(outlined_share(-np.abs(values)))


def test_colours_are_full_where_evidence_is_and_the_image_is_grey_elsewhere():
    image = np.zeros((96, 192, 3), np.uint8)
    image[:, :, 1] = 200
    values = np.zeros((64, 64))
    values[20:44, 4:12], values[20:44, 50:58] = 1, -1
    jpeg, width, height = draw_over(image, values)
    assert (width, height) == (160, 80)
    pixels = np.asarray(Image.open(io.BytesIO(jpeg))).astype(int)
    assert np.ptp(pixels[5, 80]) < 8  # grey
    for x, colour in ((20, FOR), (135, AGAINST)):
        expected = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        assert np.abs(pixels[40, x] - expected).max() < 40
    # Told apart without colour as well: by lightness, for one.
    dark, light = (cv2.cvtColor(pixels[40:41, x : x + 1].astype(np.uint8), cv2.COLOR_RGB2GRAY)
                   for x in (20, 135))  # fmt: skip
    assert int(light[0, 0]) - int(dark[0, 0]) > 60


def explain(run, trial, place, exact, reason=None, method=None, maps=True, shape=64):
    """Write maps for the first test positives of the first concepts into a trial's folder."""
    files = TrialFolder(trial.folder)
    record = files.read()
    names = ("leaks", "scores", "val_scores", "train", "val", "test")
    arrays = {name: files.array(name) for name in names}
    task = run.tasks[trial.task]
    test = arrays["test"]
    pairs = [
        (int(test[np.flatnonzero(task.annotations[test, c] == 1)[k]]), c)
        for c in range(min(len(task.concepts), 8))
        for k in range(2)
    ]
    told = {"method": method, "exact": exact, "reason": reason, "maps": 0}
    if maps:
        told |= {"maps": len(pairs)}
        arrays |= {
            "explained": np.array(pairs, np.int64),
            "maps": np.stack([spot(*place, cells=shape)] * len(pairs)).astype(np.float16),
            "evidence": np.tile([0.5, 2.0, -1.5, 2.0], (len(pairs), 1)),
        }
    costs = files.costs()
    record = {k: v for k, v in record.items() if k not in ("sha256", "schema")}
    files.write({**record, "explanation": told}, arrays, costs)


@pytest.fixture
def run(tmp_path, synthetic: SimpleNamespace) -> Run:
    run = synthetic.make_run(tmp_path / "run", [synthetic.SHOTS], synthetic.SYSTEMS)
    chosen = {t.system: t for t in run.trials
              if t.status == "complete" and t.seed == 0 and t.train_size is None}  # fmt: skip
    explain(run, chosen["sift-bag-of-words"], (60, 5), True, method=EXACT)
    explain(run, chosen["small-cnn"], (5, 60), False, method="integrated gradients")
    reason = f"the descriptor {synthetic.SCRIPT} describes an image as a whole"
    explain(run, chosen["colour-histogram"], (0, 0), None, reason, maps=False)
    return Run(run.folder)


def section_of(run, images):
    return evidence(Summary(run, Tables.of(run)), images)


def test_both_families_stand_side_by_side_on_the_same_images(run, synthetic):
    section = section_of(run, synthetic.images_of(synthetic.SHOTS))
    rows = next(b for b in section.blocks if isinstance(b, PictureRows))
    assert len(rows.rows) == 16
    for row in rows.rows:
        image, engineered, learned = row.pictures
        assert (engineered.family, learned.family) == ("engineered", "learned")
        assert engineered.title == "sift-bag-of-words"
        assert "strongest for the concept at the lower left" in engineered.alt
        assert "nothing against it" in engineered.alt
        assert "at the upper right" in learned.alt
        assert engineered.detail.startswith(
            "score 0.50 = 2.00\u00a0\u2212\u00a01.50; outlined:\u00a0"
        )
        assert re.match(r"score \S+, map \S+, baseline \S+, error \S+;", learned.detail)
        assert image.family is None
    text = " ".join(plain(b.text) for b in section.blocks if isinstance(b, Paragraph))
    assert "the best engineered system and the best learned system with maps find" in text
    assert "is what the system added up" in text
    assert "no list of what the network computes" in text
    assert re.search("correlate by .?0.0", text)
    assert "Without a map, of all or of some images: colour-histogram: the descriptor <s" in text


def test_html_and_pdf_hold_it_with_names_escaped(run, synthetic):
    document = build(run, synthetic.images_of(synthetic.SHOTS))
    page = render_html(document).decode()
    part = page.partition('<section id="evidence"')[2].partition('<section id="')[0]
    assert part.count("<img ") == 48
    assert synthetic.SCRIPT not in part
    assert "&lt;script&gt;" in part
    assert all(alt for alt in re.findall('<img [^>]*alt="([^"]*)"', part))
    assert "dashed" in part
    assert render_pdf(document)[:5] == b"%PDF-"


def test_the_same_run_gives_the_same_bytes(run, synthetic):
    images = synthetic.images_of(synthetic.SHOTS)
    first, second = (section_of(run, images) for _ in range(2))
    assert first == second


def test_a_run_without_maps_has_no_such_section(tmp_path, synthetic):
    run = synthetic.make_run(tmp_path, [synthetic.SHOTS], synthetic.SYSTEMS)
    images = synthetic.images_of(synthetic.SHOTS)
    assert section_of(run, images) is None
    trial = next(t for t in run.trials if t.status == "complete")
    explain(run, trial, (0, 0), None, "why not", maps=False)
    assert section_of(Run(run.folder), images) is None


def test_without_images_it_says_so(run):
    section = section_of(run, lambda task: None)
    assert [type(block) for block in section.blocks] == [Notice]


def test_one_family_alone_and_a_method_of_a_plug_in(tmp_path, synthetic):
    systems = [synthetic.Quality("mine", "learned")]
    material = synthetic.Material("crops", ("a",), samples=60, sizes=(10, 20))
    run = synthetic.make_run(tmp_path / "run", [material], systems, seeds=(0,))
    trial = next(t for t in run.trials if t.train_size == 20)
    explain(run, trial, (1, 1), False, method=f"a guess {synthetic.SCRIPT}", shape=3)
    run = Run(run.folder)
    section = section_of(run, synthetic.images_of(material))
    rows = next(b for b in section.blocks if isinstance(b, PictureRows))
    assert [len(row.pictures) for row in rows.rows] == [2, 2]
    text = " ".join(plain(b.text) for b in section.blocks if isinstance(b, Paragraph))
    assert "the best learned system with maps finds" in text
    assert "a guess <script>" in text
    assert "correlate" not in text
    files = write(run, synthetic.images_of(material))
    assert synthetic.SCRIPT not in files["html"].read_text()
    record = json.loads((trial.folder / "trial.json").read_text())
    assert record["explanation"]["maps"] == 2


@pytest.mark.parametrize(("exact", "kept"), [(True, [0, 1, 2]), (False, [0, 1])])
def test_an_estimate_that_misses_what_it_explains_is_no_evidence(exact, kept):
    # Of a score of 2 above the baseline's, by 0, a fifth and one and a half of these 2.
    maps = [SimpleNamespace(score=1.0, rest=-1.0, total=total) for total in (2.0, 2.4, 5.0)]
    trial = SimpleNamespace(explanation={"exact": exact}, explained=maps)
    assert adding_up(trial) == [maps[i] for i in kept]
