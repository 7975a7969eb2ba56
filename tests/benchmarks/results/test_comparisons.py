"""Each question is about the pairs that it should be, and is corrected for these alone."""

import numpy as np
import pytest

from benchmarks.collection import ImageCollection
from benchmarks.results.comparisons import _row, comparisons
from benchmarks.results.questions import questions
from benchmarks.results.resampling import replicates
from benchmarks.results.run import Run, write_task
from benchmarks.results.statistics import Replicate, compare, holm
from benchmarks.results.store import TrialFolder, write_json
from benchmarks.results.suite_source import early_members, hierarchical, named_stages
from benchmarks.tasks.base import Split, Task

N, C = 240, 10
#: Name, family, members, signal on validation, signal on test.
SYSTEMS = [
    ("words", "engineered", (), 1.0, 2.0),
    ("colour", "engineered", (), 0.2, 0.3),
    ("net", "learned", (), 2.0, 1.0),
    ("pair", "fused", ("words", "net"), 3.0, 2.6),
    ("all", "fused", ("pair", "colour"), 3.0, 2.6),
    ("words-temporal", "fused", ("words",), 1.0, 2.4),
    ("all-temporal", "fused", ("all",), 3.0, 3.0),
]


class Nothing:
    def load(self, index):
        return np.zeros((2, 2, 3), np.uint8)

    def digest(self, index):
        return f"{index:064x}"


def make(folder, *, without_val=(), source="") -> Run:
    rng = np.random.default_rng(3)
    Y = (rng.random((N, C)) < 0.4).astype(np.int8)
    X = ImageCollection(Nothing(), [f"s{i}" for i in range(N)])
    split = Split(np.arange(60), np.arange(60, 120), np.arange(120, N))
    task = Task("t", X, [f"c{i}" for i in range(C)], Y, lambda seed, size: split)
    write_task(folder / "tasks" / "t", task)
    plan = []
    for seed in (0, 1):
        for name, family, members, on_val, on_test in SYSTEMS:
            key = f"{name}-{seed}"
            plan.append(
                {
                    "key": key, "task": "t", "system": name, "family": family, "seed": seed,
                    "train_size": None, "members": [f"{member}-{seed}" for member in members],
                }
            )  # fmt: skip
            arrays = {"train": split.train, "val": split.val, "test": split.test}
            for part, array, signal in (
                (split.val, "val_scores", on_val), (split.test, "scores", on_test),
            ):  # fmt: skip
                noise = rng.standard_normal((len(part), C))
                arrays[array] = (signal * Y[part] + noise).astype(np.float32)
            if name in without_val:
                del arrays["val_scores"]
            TrialFolder(folder / "trials" / key).write({"status": "complete"}, arrays)
    info = {"tasks": ["t"], "plan": plan, "suite": {"name": "s", "source": source}}
    write_json(folder / "run.json", info)
    return Run(folder)


def asked(run):
    systems = {trial.key: trial.system for trial in run.trials}
    return questions(
        run.tasks["t"], run.complete(), systems, named_stages(run), early_members(run),
        hierarchical=hierarchical(run),
    )  # fmt: skip


def test_which_pairs_a_question_is_about(tmp_path):
    found = asked(make(tmp_path, source='incorporation = ["words", "nobody", "pair", "all"]'))
    # On validation the network is best of the single ones, though not on test; the best member of
    # "all" is a fusion, so that the next level is asked about too.
    # A fusion that is re-scored is asked about re-scoring alone.
    assert found["fusion"] == [("net", "pair"), ("net", "all"), ("pair", "all")]
    assert found["re-scoring"] == [("words", "words-temporal"), ("all", "all-temporal")]
    assert found["families"] == [("words", "net"), ("colour", "net")]
    assert found["incorporation"] == [("words", "pair"), ("pair", "all")]


def test_a_fusion_without_validation_scores_is_asked_about_every_single_system(tmp_path):
    found = asked(make(tmp_path, without_val=("colour",)))
    # None of those in "all" can be told to be the best before the test.
    assert found["fusion"] == [("net", "pair"), ("words", "all"), ("net", "all"), ("colour", "all")]


EARLY = """
[[systems]]
name = "joined"
early = { name = "kernel-sum" }
members = ["words", "colour", "words", 3]

[[systems]]
name = "over it"
fusion = "late"
members = ["joined", "net"]

[[systems]]
early = "nameless"
members = ["words", "colour"]
"""
JOINED = [
    *SYSTEMS[:3],
    ("joined", "engineered", (), 2.5, 2.5),
    ("over it", "fused", ("joined", "net"), 3.0, 2.6),
]


def test_an_early_fusion_is_asked_whether_it_beats_its_best_member(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.SYSTEMS", JOINED)
    run = make(tmp_path, source=EARLY)
    assert early_members(run) == {"joined": ["words", "colour"]}
    # "words" is the better of its members on validation; of all that is in "over it" the network
    # is the best single one, and its best member, the early fusion, is a fusion itself.
    assert asked(run)["fusion"] == [("words", "joined"), ("net", "over it"), ("joined", "over it")]
    frame = comparisons(run).set_index(["system_a", "system_b"])
    assert frame.loc[("words", "joined"), "question"] == "fusion"
    assert frame.loc[("words", "joined"), "hypotheses"] == 3
    assert frame.loc[("colour", "joined"), "question"] == "all pairs"


def test_an_early_fusion_of_members_without_validation_scores(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.SYSTEMS", JOINED[:4])
    run = make(tmp_path, source=EARLY, without_val=("words", "colour", "joined"))
    assert asked(run)["fusion"] == [("words", "joined"), ("colour", "joined")]


def test_a_source_that_says_nothing_of_use_names_no_early_fusion(tmp_path):
    for place, source in enumerate(("", "no = toml = at all", "systems = 3", "systems = [1, {}]")):
        assert early_members(make(tmp_path / str(place), source=source)) == {}


def test_an_exact_tie_is_zero():
    # Concepts that hold in the same samples may change places: the same values to be averaged,
    # in another order.
    Y = np.tile((np.arange(60) % 3 == 0)[:, None], C).astype(np.int8)
    scores = Y + np.random.default_rng(0).standard_normal(Y.shape)
    turned = {str(turn): np.roll(scores, turn, axis=1) for turn in range(C)}
    found = compare([Replicate(turned, Y)], [("0", str(turn)) for turn in range(1, C)], "ap", 20)
    assert any(evidence.difference.estimate != 0 for evidence in found)
    assert all(_row("all pairs", evidence)["difference"] == 0 for evidence in found)


def test_every_pair_is_corrected_within_its_question(tmp_path):
    run = make(tmp_path, source='incorporation = ["words", "pair", "all"]')
    frame = comparisons(run)
    assert len(frame) == 21
    sizes = {"fusion": 3, "re-scoring": 2, "families": 2, "incorporation": 2, "all pairs": 21}
    for question, size in sizes.items():
        rows = frame[frame.question == question]
        assert (rows.hypotheses == size).all()
        if question in ("fusion", "re-scoring", "families"):
            np.testing.assert_allclose(rows.p_holm, holm(rows.p_value))
    # A pair of two questions stands under the first, but counts in both.
    assert (frame.question == "incorporation").sum() == 1
    exploratory = frame[frame.question == "all pairs"]
    np.testing.assert_allclose(exploratory.p_holm, holm(frame.p_value)[exploratory.index])


def test_rows_say_what_the_statistics_say(tmp_path):
    run = make(tmp_path)
    frame = comparisons(run).set_index(["system_a", "system_b"])
    row = frame.loc[("words", "net")]
    trials = [trial for trial in run.complete() if trial.system in ("words", "net", "colour")]
    found = replicates(run.tasks["t"], trials, (0, 1))
    pairs = [("words", "net"), ("colour", "net")]
    one, _ = compare(found, pairs, "ap", 1000)
    for column in (
        "p_value", "p_holm", "wins", "losses", "d_z", "superiority", "units", "least_concepts",
        "smallest_difference", "standard_error", "concepts",
    ):  # fmt: skip
        assert row[column] == pytest.approx(getattr(one, column), rel=1e-12), column
    assert tuple(row[["difference", "low", "high"]]) == pytest.approx(one.difference)
    assert row["significant"]
    assert one.verdict == "better"
    # The same test samples in both seeds are drawn together.
    assert row["units"] == 120


def test_threads_change_no_number(tmp_path):
    run = make(tmp_path)
    assert comparisons(run, threads=2).equals(comparisons(run, threads=1))


HIERARCHY = """
[[systems]]
name = "hier"
fusion = { name = "hierarchical", methods = "late" }
members = ["words", "colour", "net"]

[[systems]]
name = "hier-t"
rescorer = "temporal"
member = "hier"
"""
THREE = ("words", "colour", "net")
LEVELLED = [
    *SYSTEMS[:3],
    ("hier", "fused", THREE, 3.0, 2.6),
    ("flat", "fused", THREE, 2.5, 2.6),
    ("other flat", "fused", THREE, 3.5, 2.6),
    ("two", "fused", ("words", "net"), 3.0, 2.6),
    ("two over", "fused", ("two", "words"), 3.0, 2.6),
    ("hier-t", "fused", ("hier",), 3.0, 2.6),
]


def test_a_fusion_in_levels_is_asked_about_the_flat_one_that_is_best_on_validation(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(f"{__name__}.SYSTEMS", LEVELLED)
    run = make(tmp_path, source=HIERARCHY)
    assert asked(run)["levels"] == [("hier", "other flat"), ("two", "two over")]
    frame = comparisons(run).set_index(["system_a", "system_b"])
    row = frame.loc[("hier", "other flat")]
    assert (row["question"], row["hypotheses"]) == ("levels", 2)
    # The flat one is a member of the other as well: the earlier question keeps it.
    assert frame.loc[("two", "two over"), "question"] == "fusion"
    assert frame.loc[("hier", "hier-t"), "question"] == "re-scoring"
    assert (frame["question"] == "levels").sum() == 1


def test_levels_against_every_flat_one_without_validation_scores(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.SYSTEMS", LEVELLED[:6])
    run = make(tmp_path, source=HIERARCHY, without_val=("flat",))
    assert asked(run)["levels"] == [("hier", "flat"), ("hier", "other flat")]


def test_a_hierarchy_is_known_by_any_of_its_names(tmp_path):
    for place, name in enumerate(("hierarchical", "fusion.hierarchical:HierarchicalFusion")):
        source = f'[[systems]]\nname = "x"\nfusion = "{name}"\n[[systems]]\nname = "y"\nfusion = 3'
        assert hierarchical(make(tmp_path / str(place), source=source)) == {"x"}
