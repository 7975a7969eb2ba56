"""The tables of what fusion has to work with, against sums done by hand."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from benchmarks.collection import ImageCollection
from benchmarks.results.complementarity_table import COMPLEMENTARITY, WINNERS, complementarity
from benchmarks.results.metrics import evaluate
from benchmarks.results.run import Run, write_task
from benchmarks.results.store import TrialFolder, write_json
from benchmarks.tasks.base import Split, Task

N, C = 80, 4
#: Signal of each concept: the first two are the engineered system's, the last the learned one's.
SIGNAL = {"sift": (2.0, 1.5, 0.2, 0.2), "net": (0.2, 0.2, 0.2, 2.0), "fused": (2, 2, 2, 2)}
FAMILY = {"sift": "engineered", "net": "learned", "fused": "fused"}
SEEDS = {"sift": (0, 1, 2), "net": (0, 1), "fused": (0, 1)}


@pytest.fixture(params=["ap", "top1_error"])
def run(request, tmp_path: Path) -> Run:
    Y = np.eye(C, dtype=np.int8)[np.arange(N) % C]
    split = Split(np.arange(40), np.arange(0), np.arange(40, N))

    class Nothing:
        def load(self, index):
            return np.zeros((2, 2, 3), np.uint8)

        def digest(self, index):
            return str(index)

    collection = ImageCollection(Nothing(), [f"s{i}" for i in range(N)])
    task = Task(
        "t", collection, list("abcd"), Y, lambda seed, size: split, single_label=True,
        metrics=(request.param,),
    )  # fmt: skip
    write_task(tmp_path / "tasks" / "t", task)
    plan = []
    for system, signal in SIGNAL.items():
        for seed in SEEDS[system]:
            rng = np.random.default_rng([seed, len(system)])
            scores = (Y[40:] * np.array(signal) + rng.normal(size=(40, C))).astype(np.float32)
            key = f"{system}-{seed}"
            members = [f"sift-{seed}", f"net-{seed}"] if system == "fused" else []
            plan.append(
                {
                    "key": key, "task": "t", "system": system, "family": FAMILY[system],
                    "seed": seed, "train_size": None, "members": members,
                }
            )  # fmt: skip
            arrays = {"train": split.train, "val": split.val, "test": split.test}
            TrialFolder(tmp_path / "trials" / key).write(
                {"status": "complete", "n_train": 40}, {**arrays, "scores": scores}
            )
    write_json(tmp_path / "run.json", {"tasks": ["t"], "plan": plan})
    return Run(tmp_path)


def test_a_pair_is_measured_over_the_seeds_that_both_have(run):
    pairs, _ = complementarity(run)
    assert list(pairs.columns) == COMPLEMENTARITY
    (row,) = pairs.to_dict("records")  # what is made of others is in no pair
    assert (row["system_a"], row["system_b"]) == ("sift", "net")
    metric = run.tasks["t"].metrics[0]
    Y = run.tasks["t"].annotations[40:]
    scores = {(t.system, t.seed): t.scores for t in run.complete()}
    correlations, values, best = [], [], []
    for seed in (0, 1):
        a, b = scores["sift", seed], scores["net", seed]
        correlations.append(np.mean([spearmanr(a[:, i], b[:, i]).statistic for i in range(C)]))
        both = np.stack([evaluate(metric, s, Y).per_concept for s in (a, b)])
        values.append(both.mean(axis=1))
        best.append((both.max(axis=0) if metric == "ap" else both.min(axis=0)).mean())
    own = np.mean(values, axis=0)
    assert row["correlation"] == pytest.approx(np.mean(correlations))
    assert (row["value_a"], row["value_b"]) == pytest.approx(tuple(own))
    assert row["oracle"] == pytest.approx(np.mean(best))
    better = own.max() if metric == "ap" else own.min()
    assert row["gain"] == pytest.approx(np.mean(best) - better)
    assert row["gain"] > 0 if metric == "ap" else row["gain"] < 0


def test_each_family_wins_the_concepts_that_it_knows(run):
    _, winners = complementarity(run)
    assert list(winners.columns) == WINNERS
    assert winners["concept"].tolist() == list("abcd")
    won = dict(zip(winners["concept"], winners["winner"]))
    assert (won["a"], won["b"], won["d"]) == ("engineered", "engineered", "learned")


def test_without_anything_to_gain_the_gain_is_zero_and_else_the_oracles(run):
    task = run.tasks["t"]
    pairs, _ = complementarity(run)
    (row,) = pairs.to_dict("records")
    better = max if task.metrics[0] == "ap" else min
    expected = row["oracle"] - better(row["value_a"], row["value_b"])
    assert row["gain"] == pytest.approx(expected, abs=1e-12)
    # One system is the other with a penalty on every concept's positives.
    for trial in run.trials:
        if trial.system == "net":
            strong = next(t for t in run.trials if t.key == f"sift-{trial.seed}")
            Y = task.annotations[trial.split.test]
            trial.__dict__["scores"] = strong.scores - 100 * Y.astype(np.float32)
    pairs, _ = complementarity(run)
    assert pairs["gain"].tolist() == [0.0]
