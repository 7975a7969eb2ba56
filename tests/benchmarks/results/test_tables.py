"""Tables say what the scores say."""

import io

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

from benchmarks.collection import ImageCollection
from benchmarks.results.comparisons import COMPARISONS, comparisons
from benchmarks.results.run import Run, write_task
from benchmarks.results.store import StageCost, TrialFolder, write_json
from benchmarks.results.tables import (
    COSTS,
    FAILURES,
    RESULTS,
    as_csv,
    costs,
    failures,
    results,
    write_tables,
)
from benchmarks.tasks.base import Split, Task

N, SEEDS = 120, (0, 1)


class Nothing:
    def load(self, index):
        return np.zeros((2, 2, 3), np.uint8)

    def digest(self, index):
        return f"{index:064x}"


@pytest.fixture
def run(tmp_path) -> Run:
    """Good and bad system, their fusion, a failure; two seeds; 2 concepts, some unjudged."""
    rng = np.random.default_rng(0)
    Y = rng.integers(0, 2, (N, 3)).astype(np.int8)
    Y[:5, 1] = -1
    Y[:, 2] = np.where(np.arange(N) < 60, Y[:, 2], 0)  # no positive in test
    collection = ImageCollection(Nothing(), [f"s{i}" for i in range(N)])
    split = Split(np.arange(60), np.arange(0), np.arange(60, N))
    task = Task("t", collection, ["a", "b", "c"], Y, lambda seed, size: split)
    write_task(tmp_path / "tasks" / "t", task)
    plan = []
    for seed in SEEDS:
        keys = {}
        for system, family, noise in (
            ("good", "engineered", 0.3), ("bad", "learned", 5.0), ("both", "fused", 0.3),
            ("broken", "learned", 0),
        ):  # fmt: skip
            key = keys[system] = f"{system}-{seed}"
            members = [keys["good"], keys["bad"]] if system == "both" else []
            plan.append(
                {
                    "key": key, "task": "t", "system": system, "family": family, "seed": seed,
                    "train_size": None, "members": members,
                }
            )  # fmt: skip
            files = TrialFolder(tmp_path / "trials" / key)
            if system == "broken":
                files.write(
                    {"status": "failed", "reason": "ValueError: no", "where": "x.py:1 in f"}
                )
                continue
            scores = (Y[60:] + noise * rng.standard_normal((60, 3))).astype(np.float32)
            if system == "both":
                # The same ranking as the good one: a difference of exactly nothing.
                scores = 2 * TrialFolder(tmp_path / "trials" / f"good-{seed}").array("scores")
            cost = [
                StageCost("fit/train", 10.0, 11.0, 0.0, 100.0, 60, system == "good"),
                StageCost("predict/scoring", 1.0, 1.0, 0.0, 50.0, 60, False),
            ]
            files.write(
                {"status": "complete", "n_train": 60, "parameters": 7, "model_bytes": 8},
                {"scores": scores, "train": split.train, "val": split.val, "test": split.test},
                cost,
            )
    write_json(tmp_path / "run.json", {"tasks": ["t"], "plan": plan})
    return Run(tmp_path)


def test_results(run):
    frame = results(run)
    assert list(frame.columns) == RESULTS
    trial = run.trials[1]
    Y = run.tasks["t"].annotations[60:]
    rows = frame[(frame.system == "bad") & (frame.seed == 0) & (frame.metric == "ap")]
    value = rows.set_index("concept")["value"]
    for column, concept in enumerate("ab"):
        judged = Y[:, column] >= 0
        expected = average_precision_score(Y[judged, column], trial.scores[judged, column])
        assert value[concept] == pytest.approx(expected)
    assert np.isnan(value["c"])
    assert value[""] == pytest.approx((value["a"] + value["b"]) / 2)
    assert "broken" not in set(frame.system)


def test_costs_of_a_fusion_hold_each_member_once(run):
    frame = costs(run)
    assert list(frame.columns) == COSTS
    both = frame[(frame.system == "both") & (frame.seed == 0)].set_index("stage")
    assert both.loc["fit/members", "wall_s"] == 20.0
    assert both.loc["fit/members", "peak_mb"] == 100.0
    assert not both.loc["fit/members", "cached"]
    assert both.loc["predict/members", "wall_s"] == 2.0
    assert both["parameters"].unique().tolist() == [7]


def test_comparisons(run):
    frame = comparisons(run)
    assert list(frame.columns) == COMPARISONS
    frame = frame.set_index(["system_a", "system_b"])
    mean = results(run).query("concept == '' and metric == 'ap'").groupby("system")["value"].mean()
    row = frame.loc[("good", "bad")]
    assert row["difference"] == pytest.approx(mean["good"] - mean["bad"])
    assert row["low"] < row["difference"] < row["high"]
    assert row["low"] > 0
    same = frame.loc[("good", "both")]
    assert (same["difference"], same["low"], same["high"]) == (0, 0, 0)
    assert same["p_value"] == 1
    assert not same["significant"]
    assert (frame["p_holm"] >= frame["p_value"]).all()
    # Two concepts cannot be significant, however large the difference.
    assert not row["significant"]


def test_each_pair_is_compared_on_the_seeds_that_it_shares(run):
    before = comparisons(run).set_index(["system_a", "system_b"])
    # The bad system fails on one seed: pairs without it keep both.
    TrialFolder(run.folder / "trials" / "bad-0").write({"status": "failed", "reason": "x"})
    after = comparisons(Run(run.folder)).set_index(["system_a", "system_b"])
    for column in ("difference", "low", "high", "p_value"):
        assert after.loc[("good", "both"), column] == before.loc[("good", "both"), column]
    values = results(Run(run.folder)).query("concept == '' and metric == 'ap' and seed == 1")
    mean = values.set_index("system")["value"]
    expected = mean["good"] - mean["bad"]
    assert after.loc[("good", "bad"), "difference"] == pytest.approx(expected)


def test_failures(run):
    frame = failures(run)
    assert list(frame.columns) == FAILURES
    assert frame["system"].tolist() == ["broken", "broken"]
    assert frame["error"][0] == "ValueError: no"
    assert frame["where"][0] == "x.py:1 in f"


def test_files(run):
    tables = write_tables(run)
    for name, frame in tables.items():
        found = pd.read_csv(run.folder / "tables" / f"{name}.csv")
        assert list(found.columns) == list(frame.columns)
        assert len(found) == len(frame)


def test_numbers_that_print_equally():
    frame = pd.DataFrame({"value": [1 / 3, 0.1 + 0.2, 1e-12]})
    text = as_csv(frame).decode()
    assert text == "value\n0.333333333\n0.3\n1e-12\n"
    assert pd.read_csv(io.StringIO(text))["value"][0] == pytest.approx(1 / 3)


def test_names_are_no_formulas_and_numbers_are_untouched():
    names = ["=1+1", "+x", "-x", "@SUM(A1)", "\tx", "'=x", "\uff1dx", "plain", "a=b", "'plain"]
    frame = pd.DataFrame({"system": names, "value": np.arange(-5.0, 5.0), "n": range(-10, 0)})
    frame["p"] = [None, *[-0.5] * 9]
    read = pd.read_csv(io.BytesIO(as_csv(frame)))
    assert list(read["system"]) == [f"'{name}" for name in names[:7]] + names[7:]
    # What was put before a name can be taken off again, whatever the name.
    assert [name[1:] for name in read["system"][:7]] == names[:7]
    np.testing.assert_array_equal(read["value"], frame["value"])
    np.testing.assert_array_equal(read["n"], frame["n"])
    np.testing.assert_array_equal(read["p"], frame["p"].astype(float))
    assert list(frame["system"]) == names
