import numpy as np

from learned.stages import NoProgress, Stages


def test_everything_is_computed_at_once_and_nothing_is_kept():
    calls = []

    def value(*progress):
        calls.append(progress)
        return len(calls)

    stages = Stages()
    assert [stages.value("fit", [], value, None) for _ in range(2)] == [1, 2]
    assert stages.resumable("train", [], value, None) == 3
    assert isinstance(calls[2][0], NoProgress)
    rows = stages.rows("describe", [], [1, 2, 3], lambda X: np.ones((len(X), 2)), fitted_on=None)
    assert rows.shape == (3, 2)
    with stages.timed("predict", 3):
        stages.report(0.5, "half")


def test_without_a_harness_a_training_begins_anew():
    progress = NoProgress()
    progress.save({"epoch": 3})
    assert progress.load() is None
