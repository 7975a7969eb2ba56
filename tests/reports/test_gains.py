"""Sentences on what fusing and re-scoring add, and on what the test set could have shown."""

import pytest

from reports import Tables
from reports.comparing import best_single
from reports.document import plain
from reports.gains import fusion_finding
from reports.summary import ALL, Summary
from tests.reports.finding import PAIR, maker, sentences

LATE = {"late": ("sift", "cnn")}


@pytest.fixture
def case(synthetic, tmp_path):
    return maker(synthetic, tmp_path)


@pytest.mark.parametrize(
    ("d", "low", "high", "significant", "said", "family"),
    [
        (0.08, 0.05, 0.11, True, "Fusion pays: late (0.700) improves on the best single system in "
         "it, cnn (0.620), by 0.080 [0.050, 0.110].", "fused"),
        (0.08, -0.01, 0.17, False, "no gain that this test set could confirm", None),
        (0.08, 0.01, 0.17, False, "but not evenly over the concepts (p = 0.20", None),
    ],
)  # fmt: skip
def test_what_fusion_adds(case, d, low, high, significant, said, family):
    means = [*PAIR, ("late", "fused", 0.62 + d)]
    p = 0.01 if significant else 0.2
    texts, found = sentences(
        case(means, [("cnn", "late", -d, -high, -low, p, significant)], members=LATE)
    )
    assert said in texts[1]
    assert "scores best on test" not in texts[1]
    assert found[1].family == family


def test_fusion_that_harms_is_said_to_harm(case):
    means = [*PAIR, ("late", "fused", 0.58)]
    rows = [("cnn", "late", 0.04, 0.02, 0.06, 0.001, True)]
    texts, _ = sentences(case(means, rows, members=LATE))
    assert "Fusion does not pay here" in texts[1]
    assert "falls behind the best single one in it, cnn (0.620), by 0.040 [0.020, 0.06" in texts[1]


def test_a_single_system_that_is_better_on_test_only_is_named(case):
    # The words were best on validation: fusion is measured by them, and the reader is told.
    means = [*PAIR, ("late", "fused", 0.7)]
    rows = [("sift", "late", -0.2, -0.3, -0.1, 0.001, True)]
    texts, _ = sentences(case(means, rows, members=LATE))
    told = (
        "late (0.700) improves on the best single system in it, sift (0.500; best on validation),"
    )
    assert texts[1].startswith(told)
    assert texts[1].endswith("Of all single systems, cnn (0.620) scores best on test.")


@pytest.mark.parametrize(
    ("low", "high", "significant", "end", "pays"),
    [
        (-0.09, -0.07, True, "; late is ahead of it by 0.080 [0.070, 0.090].", True),
        (-0.17, 0.01, False, "; late cannot be told apart from it (0.080 [−0.010, 0.170]).", False),
        (
            -0.16,
            -0.01,
            False,
            "ahead of it by 0.080 [0.010, 0.160] on these test samples, not",
            False,
        ),
    ],
)
def test_what_fusion_gains_on_the_best_on_test_decides_whether_it_pays(
    case, low, high, significant, end, pays
):
    means = [*PAIR, ("late", "fused", 0.7)]
    rows = [
        ("sift", "late", -0.2, -0.3, -0.1, 0.001, True),
        ("cnn", "late", -0.08, low, high, 0.001 if significant else 0.4, significant),
    ]
    tasks = case(means, rows, members=LATE)
    # The suite asked about the words, which were best on validation.
    asked = tasks[0].comparisons["system_a"] == "cnn"
    tasks[0].comparisons.loc[asked, "question"] = "all pairs"
    texts, found = sentences(tasks)
    assert end in texts[1]
    assert texts[1].startswith("Fusion pays: ") == pays
    assert found[1].family == ("fused" if pays else None)


@pytest.mark.parametrize(
    ("d", "said"),
    [
        (0.02, "cannot be told apart: the first is ahead by 0.020 [−0.010, 0.050]."),
        (-0.02, "cannot be told apart: the second is ahead by 0.020 [−0.010, 0.050]."),
        (0.0, "cannot be told apart: they differ by 0.000 [−0.030, 0.030]."),
    ],
)
def test_nothing_is_ahead_by_less_than_nothing(case, d, said):
    means = [*PAIR, ("late", "fused", 0.62 + d)]
    rows = [("cnn", "late", -d, -d - 0.03, -d + 0.03, 0.4, False)]
    texts, found = sentences(case(means, rows, members=LATE))
    assert texts[1].endswith(f"the best single system in it, cnn (0.620), {said}")
    assert found[1].family is None


def test_a_fusion_compared_with_each_single_system_is_held_to_the_best(case):
    means = [*PAIR, ("late", "fused", 0.6)]
    rows = [
        ("sift", "late", -0.1, -0.2, -0.05, 0.001, True),
        ("cnn", "late", 0.02, -0.01, 0.05, 0.4, False),
    ]
    texts, _ = sentences(case(means, rows, members=LATE))
    assert "no gain that this test set could confirm" in texts[1]
    assert "the best single system in it, cnn (0.620)" in texts[1]


def test_an_early_fusion_is_no_single_system(synthetic, tmp_path):
    material = synthetic.Material("t", tuple("abcdefgh"), samples=400, sizes=(None,))
    systems = [
        synthetic.Quality("sift", "engineered", 0.8),
        synthetic.Quality("hog", "engineered", 0.7),
        synthetic.Quality("joined", "engineered", 2.5),
    ]
    run = synthetic.make_run(tmp_path, [material], systems)
    run.info["suite"]["source"] = (
        '[[systems]]\nname = "joined"\nearly = "kernel-sum"\nmembers = ["sift", "hog"]'
    )
    (task,) = Summary(run, Tables.of(run)).tasks
    text = plain(fusion_finding(task).text)
    assert text.startswith("Fusion pays: joined (")
    assert "the best single system in it, sift (" in text
    assert best_single(task, ALL).key == "sift"


def test_what_rescoring_adds(case):
    means = [*PAIR, ("sift-t", "fused", 0.55), ("cnn-t", "fused", 0.63)]
    members = {"sift-t": ("sift",), "cnn-t": ("cnn",)}
    gain = ("sift", "sift-t", -0.05, -0.07, -0.03, 0.001, True)
    tie = ("cnn", "cnn-t", -0.01, -0.03, 0.01, 0.4, False)
    loss = ("cnn", "cnn-t", 0.02, 0.01, 0.03, 0.001, True)
    texts, found = sentences(case(means, [gain, tie], members=members))
    assert texts[1] == (
        "Re-scoring pays for some: sift-t gains 0.050 [0.030, 0.070] over sift; "
        "cnn-t cannot be told from cnn (0.010 [−0.010, 0.030])."
    )
    assert found[1].family is None
    texts, found = sentences(case(means, [gain], members=members))
    assert texts[1] == "Re-scoring pays: sift-t gains 0.050 [0.030, 0.070] over sift."
    assert found[1].family == "fused"
    same = ("cnn", "cnn-t", 0.0, 0.0, 0.0, 1.0, False)
    texts, _ = sentences(case(means, [gain, same], members=members))
    assert texts[1].endswith("over sift; cnn-t ranks everything as cnn does.")
    texts, found = sentences(case(means, [loss], members=members))
    assert texts[1] == (
        "Re-scoring shows no gain that this test set could confirm: "
        "cnn-t loses 0.020 [0.010, 0.030] against cnn."
    )


def test_what_the_test_set_could_have_shown(case):
    means = [*PAIR, ("late", "fused", 0.63)]
    rows = [
        ("sift", "cnn", -0.12, -0.3, 0.06, 0.2, False),
        ("cnn", "late", -0.01, -0.03, 0.01, 0.4, False),
    ]
    texts, _ = sentences(case(means, rows, members=LATE, smallest=0.0451))
    assert texts[2] == (
        "With its 40 test samples, this test set would have shown a true difference of 0.045 "
        "between the best engineered and the best learned system and 0.045 between fusion and the "
        "best single system in it, by an interval without zero, four times in five; smaller ones "
        "it can miss."
    )


def test_pairs_with_other_test_samples_are_told_with_theirs(case):
    means = [*PAIR, ("late", "fused", 0.63)]
    rows = [
        ("sift", "cnn", -0.12, -0.3, 0.06, 0.2, False),
        ("cnn", "late", -0.01, -0.03, 0.01, 0.4, False),
    ]
    tasks = case(means, rows, members=LATE, smallest=0.0451)
    fused = tasks[0].comparisons["system_b"] == "late"
    tasks[0].comparisons.loc[fused, "units"] = 24
    texts, _ = sentences(tasks)
    assert texts[2] == (
        "This test set would have shown a true difference of 0.045 between the best engineered and "
        "the best learned system (40 test samples) and 0.045 between fusion and the best "
        "single system in it (24 test samples), by an interval without zero, four times in five; "
        "smaller ones it can miss."
    )


def test_what_scores_all_alike_would_have_shown_nothing(case):
    rows = [("sift", "cnn", -0.12, -0.3, 0.06, 0.2, False)]
    texts, _ = sentences(case(PAIR, rows, smallest=0.0))
    assert not any("four times in five" in text for text in texts)


def test_test_samples_are_counted_once_over_all_seeds(case):
    rows = [("sift", "cnn", -0.12, -0.3, 0.06, 0.2, False)]
    tasks = case(PAIR, rows, smallest=0.0451, seeds=(0, 1, 2))
    texts, _ = sentences(tasks)
    (text,) = (text for text in texts if "four times in five" in text)
    # 24 of the 48 samples are for testing.
    assert text.startswith("With its 40 test samples (24 a seed, over 3 seeds), ")
