"""Intervals of means: by a closed form, on shared draws, and where there is none."""

import numpy as np
import pytest
from scipy import stats

from benchmarks.collection import ImageCollection
from benchmarks.results import resampling
from benchmarks.results.comparisons import comparisons
from benchmarks.results.means import MEANS, means
from benchmarks.results.run import Run, write_task
from benchmarks.results.statistics import paired_bootstrap_over_replicates
from benchmarks.results.store import TrialFolder, write_json
from benchmarks.tasks.base import Split, Task

N, TRAIN = 600, 200


class Nothing:
    def load(self, index):
        return np.zeros((2, 2, 3), np.uint8)

    def digest(self, index):
        return f"{index:064x}"


@pytest.fixture
def make(tmp_path):
    """Write a run of systems of given share of right answers; return it."""

    def make(systems, seeds=(0, 1), videos=None, metric="top1_error", positives=True):
        rng = np.random.default_rng(3)
        Y = np.eye(2, dtype=np.int8)[rng.integers(0, 2, N)]
        if not positives:
            Y[TRAIN:] = 0
        collection = ImageCollection(
            Nothing(), [f"s{i}" for i in range(N)], videos, None if videos is None else [0] * N
        )
        split = Split(np.arange(TRAIN), np.arange(0), np.arange(TRAIN, N))
        task = Task(
            "t", collection, ["a", "b"], Y, lambda seed, size: split,
            single_label=positives, metrics=(metric,),
        )  # fmt: skip
        write_task(tmp_path / "tasks" / "t", task)
        plan = []
        for seed in seeds:
            for name, (share, only) in systems.items():
                if seed not in only:
                    continue
                key = f"{name}-{seed}"
                plan.append(
                    {
                        "key": key, "task": "t", "system": name, "family": "learned",
                        "seed": seed, "train_size": None, "members": [],
                    }
                )  # fmt: skip
                right = rng.random(N - TRAIN) < share
                scores = np.where(right[:, None], Y[TRAIN:], 1 - Y[TRAIN:]).astype(np.float32)
                TrialFolder(tmp_path / "trials" / key).write(
                    {"status": "complete", "n_train": TRAIN},
                    {"scores": scores, "train": split.train, "val": split.val, "test": split.test},
                    [],
                )
        write_json(tmp_path / "run.json", {"tasks": ["t"], "plan": plan})
        return Run(tmp_path)

    return make


def test_one_system_has_the_interval_of_a_share(make):
    run = make({"only": (0.7, (0,))}, seeds=(0,))
    frame = means(run)
    assert list(frame.columns) == MEANS
    (row,) = frame.to_dict("records")
    assert (row["seeds"], row["units"]) == (1, N - TRAIN)
    error = row["value"]
    half = stats.t.ppf(0.975, N - TRAIN - 1) * np.sqrt(error * (1 - error) / (N - TRAIN - 1))
    assert row["low"] == pytest.approx(error - half, abs=0.006)
    assert row["high"] == pytest.approx(error + half, abs=0.006)


def test_systems_with_fewer_seeds_stand_on_their_own(make):
    run = make({"both": (0.7, (0, 1)), "once": (0.9, (1,))})
    frame = means(run).set_index("system")
    assert frame["seeds"].to_dict() == {"both": 2, "once": 1}
    alone = means(make({"both": (0.7, (0, 1))})).set_index("system")
    assert alone.index.tolist() == ["both"]
    assert (frame["low"] < frame["value"]).all()
    assert (frame["value"] < frame["high"]).all()


def test_the_difference_of_means_is_that_of_the_comparisons(make):
    run = make({"good": (0.9, (0, 1)), "bad": (0.6, (0, 1))})
    value = means(run).set_index("system")["value"]
    (pair,) = comparisons(run).to_dict("records")
    assert pair["difference"] == pytest.approx(value["good"] - value["bad"])


def test_whole_videos_are_the_units_and_one_video_has_no_interval(make):
    many = means(make({"only": (0.7, (0,))}, videos=[f"v{i // 20}" for i in range(N)]))
    assert many["units"].tolist() == [(N - TRAIN) // 20]
    one = means(make({"only": (0.7, (0,))}, videos=["v"] * N))
    assert one["units"].tolist() == [1]
    assert one["low"].isna().all()
    assert one["value"].notna().all()


def test_an_undefined_metric_has_no_interval(make):
    frame = means(make({"only": (0.7, (0,))}, metric="ap", positives=False))
    assert frame[["value", "low", "high"]].isna().all(axis=None)


def test_threads_change_nothing(make):
    run = make({"good": (0.9, (0, 1)), "bad": (0.6, (0, 1))})
    assert means(run, threads=2).equals(means(run, threads=1))


def test_shared_draws_are_drawn_once_and_change_nothing(make, monkeypatch):
    drawn = []

    def counted(replicates, *rest, **options):
        drawn.append(sorted(replicates[0].scores))
        return paired_bootstrap_over_replicates(replicates, *rest, **options)

    monkeypatch.setattr(resampling, "paired_bootstrap_over_replicates", counted)
    run = make({"good": (0.9, (0, 1)), "bad": (0.6, (0, 1)), "once": (0.8, (1,))})
    apart = means(run), comparisons(run)
    assert drawn == [["bad", "good"], ["once"], ["bad", "good"], ["bad", "good", "once"]]
    drawn.clear()
    draws = resampling.Draws()
    shared = means(run, draws=draws), comparisons(run, draws=draws)
    assert drawn == [["bad", "good"], ["once"], ["bad", "good", "once"]]
    for one, other in zip(apart, shared, strict=True):
        assert one.equals(other)
