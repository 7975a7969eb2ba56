"""How far a control moved: the paired bootstrap's answer, and none where there is none."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from benchmarks.results.rescoring_controls import moved
from benchmarks.results.statistics import paired_bootstrap

RNG = np.random.default_rng(0)
Y = (RNG.random((90, 3)) < 0.4).astype(np.int8)
MEMBER = Y + RNG.normal(size=Y.shape)


def run_of(control, Y=Y, video=np.repeat(np.arange(15), 6), seeds=(0,), given=(0,)):
    task = SimpleNamespace(
        name="t", metrics=("ap",), video=video, evaluated=lambda split: Y, strata_of=lambda s: None
    )

    def trial(system, scores, seed):
        split = SimpleNamespace(test=np.arange(len(Y)))
        return SimpleNamespace(
            system=system, scores=scores, seed=seed, task="t", train_size=None, split=split
        )

    members = [trial("words", MEMBER, seed) for seed in given]
    run = SimpleNamespace(tasks={"t": task}, complete=lambda task: members)
    return run, [trial("control", control, seed) for seed in seeds]


@pytest.mark.parametrize(("step", "unmoved"), [(0.0, True), (1.5, False), (-1.5, False)])
def test_it_is_the_paired_bootstrap_over_whole_videos(step, unmoved):
    control = MEMBER + step * Y + 1e-3 * RNG.normal(size=Y.shape)
    found = moved(*run_of(control), "words")
    video = np.repeat(np.arange(15), 6)
    expected = paired_bootstrap({"control": control, "words": MEMBER}, Y, groups=video)
    interval = expected.differences["control", "words"]
    ends = [found[name] for name in ("difference", "difference_low", "difference_high")]
    assert ends == pytest.approx(list(interval))
    assert (found["units"], found["unmoved"]) == (15, unmoved)


def test_the_same_scores_have_not_moved():
    found = moved(*run_of(MEMBER), "words")
    assert (found["difference"], found["unmoved"]) == (0.0, True)


@pytest.mark.parametrize(
    "case",
    [
        {"video": np.zeros(90, int)},
        {"Y": np.zeros_like(Y)},
        {"seeds": (0,), "given": (1,)},
    ],
    ids=["one video", "no positives", "no seed in common"],
)
def test_where_there_is_no_interval_nothing_is_said_to_be_unmoved(case):
    found = moved(*run_of(MEMBER + 0.1, **case), "words")
    assert found["unmoved"] is pd.NA
    assert math.isnan(found.get("difference_low", math.nan))
