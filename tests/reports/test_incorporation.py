"""The incorporation curve: each stage beside the one before, in numbers, words and drawing."""

import json

import numpy as np
import pandas as pd
import pytest

from benchmarks.results.comparisons import COMPARISONS
from reports import Tables, build
from reports.document import Document, Figure, Paragraph, Table, plain
from reports.figures.incorporation import incorporation_figure
from reports.html import render_html
from reports.pdf import render_pdf
from reports.sections.incorporation import incorporation
from reports.stages import curve_size, named_stages, stages
from reports.summary import ALL, Summary

RESULTS = ["task", "system", "family", "seed", "train_size", "concept", "metric", "value"]
CONCEPTS = tuple("abcdefghijkl")


def suite_of(*names):
    return f"incorporation = {json.dumps(names)}"


def given(run, *names):
    """Let the run's suite name these stages."""
    run.info["suite"]["source"] = suite_of(*names)
    return run


@pytest.fixture(scope="module")
def measured(synthetic, tmp_path_factory):
    """A run of six systems, one failed and one skipped, at two seeds."""
    Quality = synthetic.Quality
    systems = [
        Quality("words", "engineered", 0.6),
        Quality("pyramid", "engineered", 1.6),
        Quality("pca", "engineered", status="failed"),
        Quality("smoothed", "engineered", status="skipped"),
        Quality("fisher", "engineered", 1.7),
        Quality("both", "fused", 2.4, members=("pyramid", "fisher")),
    ]
    material = synthetic.Material("task", CONCEPTS, sizes=(None,))
    run = synthetic.make_run(tmp_path_factory.mktemp("stages"), [material], systems)
    given(run, "words", "pyramid", "pca", "smoothed", "fisher", "both")
    return run, Tables.of(run)


def alone(section):
    """A document of one section."""
    return Document("title", "", "2026-01-02", (), (section,))


def blocks_of(section):
    return [*section.blocks, *(block for part in section.sections for block in part.blocks)]


def table_of(section):
    return next(block for block in blocks_of(section) if isinstance(block, Table))


def story_of(section):
    paragraph = next(block for block in blocks_of(section) if isinstance(block, Paragraph))
    return plain(paragraph.text).replace("\u00a0", " ")


def test_the_table_holds_the_runs_numbers(measured):
    run, tables = measured
    rows = {row[0].text: row for row in table_of(incorporation(Summary(run, tables))).rows}
    means = tables.results[
        (tables.results["concept"] == "")
        & (tables.results["metric"] == "ap")
        & (tables.results["train_size"] == ALL)
    ]
    ap = means.groupby("system")["value"].mean()
    seconds = {
        name: np.mean([
            sum(c.wall_s for c in trial.costs if c.stage.startswith(("fit/", "predict/")))
            for trial in run.trials
            if trial.system == name and trial.train_size is None
        ])
        for name in ("words", "pyramid", "fisher", "both")
    }  # fmt: skip
    seconds["both"] += seconds["pyramid"] + seconds["fisher"]
    assert list(rows) == ["words", "pyramid", "pca", "smoothed", "fisher", "both"]
    for name, before in (("pyramid", "words"), ("fisher", "pyramid"), ("both", "fisher")):
        row = rows[name]
        assert row[1].value == pytest.approx(ap[name])
        assert row[2].value == pytest.approx(ap[name] - ap[before])
        assert row[5].value == pytest.approx(ap[name] - ap["words"])
        assert row[6].value == pytest.approx(seconds[name])
        assert row[7].value == pytest.approx(seconds[name] / seconds[before])
        assert row[8].value == pytest.approx(seconds[name] / seconds["words"])
    assert rows["words"][4].text == "the first"
    assert {cell.text for cell in rows["words"][7:]} == {"–"}
    assert rows["pca"][4].text == "failed"
    assert rows["smoothed"][4].text == "skipped"


def test_stages_without_results_are_named_everywhere(measured):
    section = incorporation(Summary(*measured))
    story = story_of(section)
    assert "The curve has gaps: pca failed; smoothed was skipped." in story
    assert "compared with the last that has results" in story
    notes = " ".join(table_of(section).notes)
    assert "pca: failed: ValueError" in notes
    assert "smoothed: skipped: the task has no videos." in notes
    (figure,) = (block for block in section.blocks if isinstance(block, Figure))
    assert ">failed<" in figure.svg
    assert ">skipped<" in figure.svg
    assert "pca (engineered): failed" in figure.alt
    assert "dashed over stages without results" in figure.caption


def test_the_section_is_in_both_documents(measured):
    run, tables = measured
    document = build(run, lambda task: None, tables)
    places = [section.id for section in document.sections]
    assert places.index("systems") < places.index("incorporation")
    section = document.sections[places.index("incorporation")]
    assert section.title == "The more you incorporate"
    # The drawing's text included: the same run gives the same report.
    assert section == incorporation(Summary(run, tables))
    page = render_html(alone(section)).decode()
    assert 'id="incorporation-0"' in page
    assert 'id="incorporation-table-0"' in page
    assert render_pdf(alone(section)).startswith(b"%PDF")


@pytest.mark.parametrize(
    "source",
    [
        "",
        'name = "x"',
        "not = toml = at all",
        'incorporation = "words"',
        'incorporation = ["words"]',
        'incorporation = ["words", "gone", 3]',
    ],
)
def test_without_stages_there_is_no_section(measured, source):
    run, tables = measured
    kept = run.info["suite"]["source"]
    run.info["suite"]["source"] = source
    try:
        assert incorporation(Summary(run, tables)) is None
    finally:
        run.info["suite"]["source"] = kept


@pytest.fixture
def case(synthetic, tmp_path):
    """Return a maker of the section from means and differences that are given."""

    def make(means, differences, sizes=(None,), metric="ap", seeds=(0,), only=None):
        systems = [synthetic.Quality(name, "engineered") for name in means]
        material = synthetic.Material(
            "task", CONCEPTS, sizes=sizes, metrics=(metric,), samples=48,
            single_label=metric != "ap",
        )  # fmt: skip
        run = synthetic.make_run(tmp_path / "run", [material], systems, seeds=seeds)
        given(run, *means)
        results = [
            ("task", name, "engineered", seed, size, concept, metric, mean)
            for name, mean in means.items()
            for size in sizes
            for seed in seeds
            for concept in ("", *CONCEPTS)
            if only is None or (name, size, seed) in only
        ]
        comparisons = [
            synthetic.comparison(
                "task", metric, a, b, d, low, high, 0.001 if sure else 0.2, sure, "incorporation",
            )
            for a, b, d, low, high, sure in differences
        ]  # fmt: skip
        tables = Tables(
            pd.DataFrame(results, columns=RESULTS), pd.DataFrame(comparisons, columns=COMPARISONS)
        )
        return Summary(run, tables)

    return make


THREE = {"words": 0.4, "pyramid": 0.5, "fisher": 0.51}
SURE = ("words", "pyramid", -0.1, -0.13, -0.07, True)


def test_the_story_names_the_whole_the_largest_and_what_did_not_help(case):
    differences = [
        SURE,
        ("pyramid", "fisher", -0.01, -0.03, 0.01, False),
        ("words", "fisher", -0.11, -0.14, -0.08, True),
    ]
    section = incorporation(case(THREE, differences))
    story = story_of(section)
    assert story.startswith(
        "Trained on all training data, the mean AP goes from words (0.400) to fisher (0.510), "
        "a gain of 0.110 [0.080, 0.140], at "
    )
    assert "The largest confirmed gain is that of pyramid over words, 0.100 [0.070, 0.130]" in story
    assert story.endswith("No gain can be confirmed for fisher.")
    verdicts = [(row[4].text, row[4].tone) for row in table_of(section).rows]
    assert verdicts == [("the first", None), ("gain", "gain"), ("tie", None)]


def test_a_larger_gain_that_is_not_confirmed_is_not_the_largest(case):
    differences = [
        ("words", "pyramid", -0.1, -0.2, 0.01, False),
        ("pyramid", "fisher", -0.01, -0.012, -0.008, True),
        ("words", "fisher", -0.11, -0.2, -0.01, False),
    ]
    story = story_of(incorporation(case(THREE, differences)))
    assert "on these test samples, though not evenly over the concepts" in story
    assert "The largest confirmed gain is that of fisher over pyramid" in story
    assert "No gain can be confirmed for pyramid." in story


def test_without_any_confirmed_gain_none_is_claimed(case):
    differences = [
        ("words", "pyramid", -0.1, -0.3, 0.1, False),
        ("pyramid", "fisher", -0.01, -0.02, -0.001, False),
        ("words", "fisher", -0.11, -0.4, 0.1, False),
    ]
    section = incorporation(case(THREE, differences))
    story = story_of(section)
    assert "cannot be told from no change: they differ by 0.110 [−0.100, 0.400]" in story
    assert "No single stage's gain can be confirmed; the largest difference is that of" in story
    assert "largest confirmed" not in story
    assert [row[4].text for row in table_of(section).rows[1:]] == ["tie", "uneven gain"]


def test_a_stage_that_harms_is_said_to_harm(case):
    means = {"words": 0.4, "pyramid": 0.5, "fisher": 0.42}
    differences = [SURE, ("pyramid", "fisher", 0.08, 0.05, 0.1, True)]
    section = incorporation(case(means, differences))
    assert "fisher (−0.080) made it worse." in story_of(section)
    assert "without an interval this decides nothing" in story_of(section)
    assert table_of(section).rows[2][4].tone == "loss"


def test_stages_that_only_lose_are_no_gain(case):
    means = {"words": 0.5, "pyramid": 0.4, "fisher": 0.3}
    differences = [
        ("words", "pyramid", 0.1, 0.07, 0.13, True),
        ("pyramid", "fisher", 0.1, 0.07, 0.13, True),
        ("words", "fisher", 0.2, 0.17, 0.23, True),
    ]
    story = story_of(incorporation(case(means, differences)))
    assert "a loss of 0.200 [0.170, 0.230]" in story
    assert "No stage scores higher than the one before." in story


def test_fewer_errors_are_a_gain(case):
    means = {"words": 0.4, "fisher": 0.3}
    summary = case(means, [("words", "fisher", 0.1, 0.07, 0.13, True)], metric="top1_error")
    section = incorporation(summary)
    story = story_of(section)
    assert "from words (40.0 %) to fisher (30.0 %), a gain of 10.0 points [7.0, 13.0]" in story
    # One step: the whole has said it all.
    assert "largest" not in story
    row = table_of(section).rows[1]
    assert (row[2].text, row[3].text, row[4].text) == ("+10.0", "[7.0,\u00a013.0]", "gain")


def test_the_size_is_the_largest_at_which_most_stages_have_results(case):
    only = {(name, size, 0) for name in THREE for size in (8, None)} - {("fisher", None, 0)}
    summary = case(THREE, [], sizes=(8, None), only=only)
    systems = named_stages(summary)
    task = summary.tasks[0]
    assert curve_size(task, systems) == 8
    assert curve_size(task, systems[:2]) == ALL
    found = stages(task, systems, ALL)
    assert [stage.spread is not None for stage in found] == [True, True, False]
    assert found[2].gain is None
    assert found[1].before is systems[0]
    other = incorporation_figure(task, stages(task, systems, 8), 8, "other")
    assert ">all<" in other.svg
    assert "other training sizes" in other.caption


def test_a_single_stage_with_results_has_no_curve(case):
    section = incorporation(case(THREE, [], only={("pyramid", None, 0)}))
    assert "pyramid (0.500) is the only stage with results" in story_of(section)
    assert not any(isinstance(block, Figure) for block in blocks_of(section))


def test_a_task_without_the_stages_is_left_out_or_said(synthetic, tmp_path):
    Quality = synthetic.Quality
    systems = [
        Quality("words", "engineered", only=("first",)),
        Quality("fisher", "engineered", status="skipped"),
        Quality("cnn", "learned"),
    ]
    tasks = [synthetic.Material(name, CONCEPTS[:4], sizes=(None,)) for name in ("first", "second")]
    run = synthetic.make_run(tmp_path, tasks, systems, seeds=(0,))
    section = incorporation(Summary(given(run, "words", "fisher"), Tables.of(run)))
    second = section.sections[1]
    assert plain(second.blocks[0].text).startswith("None of the stages that the suite names")
    run.info["plan"] = [p for p in run.info["plan"] if (p["task"], p["system"]) != (
        "second", "fisher")]  # fmt: skip
    del run.trials
    again = incorporation(Summary(run, Tables.of(run)))
    assert [part.title for part in again.sections] == ["first"]


def test_missing_seeds_are_counted(case):
    only = {(name, None, seed) for name in THREE for seed in (0, 1)} - {("fisher", None, 1)}
    section = incorporation(case(THREE, [SURE], seeds=(0, 1), only=only))
    assert any("fisher: results of 1 of 2 seeds only" in note for note in table_of(section).notes)


def test_names_that_mean_harm_are_text(synthetic, tmp_path):
    names = [synthetic.SCRIPT, synthetic.TYPST, synthetic.LONG, synthetic.RTL]
    systems = [synthetic.Quality(name, "engineered", 1.0 + i) for i, name in enumerate(names)]
    material = synthetic.Material("task", CONCEPTS, sizes=(None,))
    run = given(synthetic.make_run(tmp_path, [material], systems, seeds=(0,)), *names)
    summary = Summary(run, Tables.of(run))
    assert len(named_stages(summary)) == 4
    document = alone(incorporation(summary))
    page = render_html(document).decode()
    assert "<script>alert" not in page
    assert 'id="incorporation-0"' in page
    assert render_pdf(document).startswith(b"%PDF")


@pytest.mark.parametrize("n", [2, 16])
def test_few_and_many_stages_are_all_named_and_valued(case, n):
    means = {f"stage-{i}": 0.3 + 0.01 * i for i in range(n)}
    (figure,) = (b for b in blocks_of(incorporation(case(means, []))) if isinstance(b, Figure))
    for name, mean in means.items():
        assert f">{name}<" in figure.svg
        assert f">{mean:.3f}<" in figure.svg
