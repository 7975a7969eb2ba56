"""A fold for each concept: its numbers are the run's, its pictures the best and the worst."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.results.metrics import evaluate
from reports.build import build
from reports.document import Figure, Fold, Gallery, Paragraph, plain
from reports.html import render_html
from reports.pdf import render_pdf
from reports.sections.each_concept import PICTURED, each_concept
from reports.sections.examples import telling
from reports.summary import Summary
from reports.tables import Tables


def made(synthetic, folder, concepts=tuple("abcd"), systems=None, seeds=(0, 1), **more):
    material = synthetic.Material("task", concepts, sizes=(None,), **more)
    systems = systems or [
        synthetic.Quality("sift", "engineered", 1.0),
        synthetic.Quality("cnn", "learned", 2.0, tilt=0.6),
        synthetic.Quality("late", "fused", 2.5, members=("sift", "cnn")),
    ]
    run = synthetic.make_run(folder, [material], systems, seeds)
    return Summary(run, Tables.of(run)), synthetic.images_of(material)


@pytest.fixture(scope="module")
def small(tmp_path_factory, synthetic: SimpleNamespace):
    return made(synthetic, tmp_path_factory.mktemp("small"))


def folds(section):
    return [block for block in section.blocks if isinstance(block, Fold)]


def of_kind(fold, kind):
    return [block for block in fold.blocks if isinstance(block, kind)]


def test_every_concept_has_a_fold_with_the_values_of_the_run(small):
    summary, images = small
    section = each_concept(summary, images)
    task = summary.run.tasks["task"]
    assert [fold.title for fold in folds(section)] == list(task.concepts)
    for concept, fold in enumerate(folds(section)):
        for cell, name in zip(fold.values, ("sift", "cnn", "late")):
            trials = [t for t in summary.run.complete() if t.system == name]
            ap = [
                evaluate("ap", t.scores, task.evaluated(t.split)).per_concept[concept]
                for t in trials
            ]
            assert cell.text == f"{trials[0].family} {np.mean(ap):.3f}"
        y = task.annotations[trials[0].split.test][:, concept]
        share = (y == 1).sum() / (y >= 0).sum()
        assert fold.values[3].text == f"chance {share:.3f}"
        said = plain(of_kind(fold, Paragraph)[0].text)
        assert f"{(y == 1).sum()} positives among {(y >= 0).sum()} judged test samples" in said
        assert f"{(y < 0).sum()} more are unjudged" in said


def test_pictures_are_the_ends_of_the_ranking(small):
    summary, images = small
    task = summary.run.tasks["task"]
    for concept, fold in enumerate(folds(each_concept(summary, images))):
        first, worst = of_kind(fold, Gallery)
        assert [len(strip.thumbnails) for strip in first.strips] == [8, 8, 8]
        strips = iter(worst.strips)
        for name in ("sift", "cnn", "late"):
            trial = next(t for t in summary.run.complete() if t.system == name)
            y = task.evaluated(trial.split)[:, concept]
            rows = np.flatnonzero(y >= 0)
            ranked = rows[np.argsort(-trial.scores[rows, concept], kind="stable")]
            n = int((y == 1).sum())
            alarms = [r for r in range(n) if y[ranked[r]] == 0]
            misses = [r for r in range(len(ranked) - 1, n - 1, -1) if y[ranked[r]] == 1]
            assert len(alarms) == len(misses)
            for kind, ranks in (("False alarm", alarms), ("Miss", misses)):
                strip = next(strips)
                assert strip.title == name
                assert f": {len(ranks)} of" in strip.detail
                assert len(strip.thumbnails) == min(4, len(ranks))
                for picture, rank in zip(strip.thumbnails, ranks):
                    sample = task.ids[trial.split.test[ranked[rank]]]
                    assert picture.alt.startswith(
                        f"{kind}, rank {rank + 1} of {len(ranked)}: {sample};"
                    )
                    assert picture.remark == f"rank {rank + 1}"
                    assert picture.judgement == "miss"


def test_figures_have_the_same_numbers_in_html_and_pdf(small):
    from io import BytesIO

    from pypdf import PdfReader

    summary, images = small
    document = build(summary.run, images)
    inside = [b for f in document.blocks() if isinstance(f, Fold) for b in f.blocks]
    numbered = [document.numbers[b.id] for b in inside if isinstance(b, Figure | Gallery)]
    assert numbered == [f"Figure S{i}" for i in range(1, 13)]
    others = [n for n in document.numbers.values() if n.startswith("Figure") and n not in numbered]
    assert others == [f"Figure {i + 1}" for i in range(len(others))]
    page = render_html(document).decode()
    assert re.findall(r'class="number">(Figure S\d+)\.', page) == numbered
    pages = PdfReader(BytesIO(render_pdf(document))).pages
    text = " ".join("\n".join(p.extract_text() for p in pages).split())
    printed = [b for f in document.blocks() if isinstance(f, Fold) for b in f.printed]
    kept = {document.numbers[b.id] for b in printed if isinstance(b, Figure | Gallery)}
    assert kept < set(numbered)
    assert set(re.findall(r"Figure S\d+(?=\.)", text)) == kept
    assert set(others) <= set(re.findall(r"Figure \d+(?=\.)", text))
    told = telling(summary.tasks[0])
    assert [f.title for f in document.blocks() if isinstance(f, Fold) and f.printed] == [
        "abcd"[i] for i in sorted(told)
    ]


def test_a_picture_is_in_the_page_once_however_often_it_is_shown(small):
    summary, images = small
    document = build(summary.run, images)
    page = render_html(document).decode()
    style = "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
    pictures = re.findall(r"\.(p\d+){background-image:url\((data:image/jpeg;base64,[^)]+)\)", style)
    assert len({data for _, data in pictures}) == len(pictures)
    galleries = [
        g for f in document.blocks() if isinstance(f, Fold) for g in f.blocks
        if isinstance(g, Gallery)
    ]  # fmt: skip
    shown = [t.jpeg for g in galleries for s in g.strips for t in s.thumbnails]
    assert len(set(shown)) == len(pictures) < len(shown)
    used = re.findall(r'<img class="(p\d+)" src="data:image/gif', page)
    assert len(used) == len(shown)
    assert set(used) == {name for name, _ in pictures}


def test_of_many_concepts_some_have_pictures_and_all_have_curves(tmp_path, synthetic):
    names = tuple(f"class {i}" for i in range(50))
    summary, images = made(
        synthetic, tmp_path, names, samples=400, single_label=True, seeds=(0,),
        metrics=("mean_class_accuracy", "top1_error"),
    )  # fmt: skip
    section = each_concept(summary, images)
    found = folds(section)
    assert len(found) == 50
    assert all(len(of_kind(fold, Figure)) == 1 for fold in found)
    assert sum(bool(of_kind(fold, Gallery)) for fold in found) == PICTURED
    assert all(of_kind(found[i], Gallery) for i in telling(summary.tasks[0]))
    assert "(pictures for 30 of the concepts)" in plain(section.blocks[0].text)
    # What a sample is, or is taken for, is said below it.
    remarks = [
        t.remark for fold in found for gallery in of_kind(fold, Gallery)[1:]
        for strip in gallery.strips for t in strip.thumbnails
    ]  # fmt: skip
    assert any(re.fullmatch(r"rank \d+, is class \d+", remark) for remark in remarks)
    assert any(re.fullmatch(r"rank \d+, as class \d+", remark) for remark in remarks)


def test_one_system_without_pictures_and_a_perfect_one(tmp_path, synthetic):
    systems = [synthetic.Quality("alone", "learned", 50.0)]
    summary, images = made(synthetic, tmp_path, ("a", "b"), systems, samples=60)
    for fold in folds(each_concept(summary, lambda task: None)):
        assert not of_kind(fold, Gallery)
        assert fold.values[0].text == "learned 1.000"
        assert not fold.values[0].strong
    for fold in folds(each_concept(summary, images)):
        (strip,) = of_kind(fold, Gallery)[1].strips
        assert strip.detail.startswith("no mistakes: the first")
        assert not strip.thumbnails
    document = build(summary.run, images)
    assert render_html(document)
    assert render_pdf(document).startswith(b"%PDF")


def test_a_concept_without_positives_is_said_to_have_no_curve(tmp_path, synthetic):
    summary, images = made(synthetic, tmp_path, ("a", "b"), samples=60)
    summary.run.tasks["task"].annotations[30:, 1] = 0
    summary = Summary(summary.run, Tables.of(summary.run))
    fold = folds(each_concept(summary, images))[1]
    assert not of_kind(fold, Figure)
    assert "there is no curve" in plain(of_kind(fold, Paragraph)[1].text)
    assert [cell.text for cell in fold.values][:3] == ["engineered –", "learned –", "fused –"]
    assert not fold.printed
    assert render_pdf(build(summary.run, images)).startswith(b"%PDF")
