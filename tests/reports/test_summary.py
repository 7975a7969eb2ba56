"""Numbers looked up from a run, against their definitions."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

from reports import Tables
from reports.summary import ALL, Summary
from reports.tables import as_size


@pytest.fixture(scope="module")
def summaries(written):
    return {t.name: t for t in Summary(written.run, Tables.of(written.run)).tasks}


def test_means_are_scikit_learns_average_precision(written, summaries):
    shots = summaries["shots"]
    task = written.run.tasks["shots"]
    for system in ("small-cnn", "late-fusion"):
        values = []
        for trial in shots.complete(system, ALL):
            Y = task.annotations[trial.split.test]
            of_concept = [
                average_precision_score(Y[Y[:, j] >= 0, j], trial.scores[Y[:, j] >= 0, j])
                for j in range(Y.shape[1])
            ]
            values.append(np.mean(of_concept))
        spread = shots.spread(system, ALL)
        assert spread.values == pytest.approx(values, abs=1e-9)
        assert (spread.mean, spread.low, spread.high) == pytest.approx(
            (np.mean(values), min(values), max(values)), abs=1e-9
        )


def test_sizes_ascend_with_everything_last(summaries):
    assert summaries["shots"].sizes == [40, 80, ALL]
    assert summaries["shots"].size == ALL
    assert [as_size(x) for x in (None, "", float("nan"), pd.NA, 5, 5.0)] == [-1] * 4 + [5, 5]


def test_chance_is_the_prevalence_for_ap_and_even_for_classes(written, summaries):
    shots = summaries["shots"]
    test = shots.complete("small-cnn", ALL)[0].split.test
    Y = written.run.tasks["shots"].annotations[test]
    expected = (Y == 1).sum(axis=0) / (Y >= 0).sum(axis=0)
    np.testing.assert_allclose(shots.prevalence, expected)
    assert shots.chance_mean == pytest.approx(expected.mean())
    assert summaries["objects"].chance_mean == pytest.approx(1 / 30)
    assert summaries["objects"].chance("top1_error")[0] == pytest.approx(29 / 30)


def test_a_difference_turns_with_its_order(summaries):
    shots = summaries["shots"]
    ab = shots.difference("small-cnn", "perceptron", ALL)
    ba = shots.difference("perceptron", "small-cnn", ALL)
    assert ab.estimate == -ba.estimate > 0
    assert (ab.low, ab.high) == (-ba.high, -ba.low)
    assert {ab.verdict, ba.verdict} <= {"better", "worse", "leaning better", "leaning worse"}
    assert shots.difference("small-cnn", "not there", ALL) is None


def test_errors_are_turned_so_that_more_is_better(synthetic, tmp_path):
    systems = [
        synthetic.Quality("good", "engineered", 4.0),
        synthetic.Quality("bad", "learned", 0.5),
    ]
    material = synthetic.Material(
        "task", tuple("abcdef"), single_label=True, sizes=(None,), metrics=("top1_error",)
    )
    run = synthetic.make_run(tmp_path, [material], systems)
    task = Summary(run, Tables.of(run)).tasks[0]
    assert [system.name for system in task.at(ALL)] == ["good", "bad"]
    assert task.spread("good", ALL).mean < task.spread("bad", ALL).mean
    d = task.difference("good", "bad", ALL)
    assert 0 < d.low <= d.estimate <= d.high


def test_systems_of_other_seeds_side_by_side_are_told(synthetic, tmp_path):
    systems = [synthetic.Quality(name, "learned") for name in "ab"]
    material = synthetic.Material("t", ("x", "y"), samples=80, sizes=(None,))
    run = synthetic.make_run(tmp_path, [material], systems, seeds=(0, 1))
    (task,) = Summary(run, Tables.of(run)).tasks
    a, b = task.systems.values()
    assert task.unlike_seeds([a, b], ALL) == ""
    task.trials.remove(task.complete("b", ALL)[1])
    assert task.unlike_seeds([a, b], ALL) == (
        "Not of the same seeds: a over 2 seeds and b over 1 seed."
    )
