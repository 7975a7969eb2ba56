"""On shuffled shots or concepts a re-scoring that gains on real ones neither gains nor loses."""

from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from benchmarks.harness.data import load_task
from benchmarks.harness.execute import execute
from benchmarks.harness.plan import plan
from benchmarks.harness.prepare import prepare
from benchmarks.harness.record import Settings
from benchmarks.harness.rescoring_controls import ShuffledConcepts, ShuffledShots
from benchmarks.registry import ComponentError
from benchmarks.results.comparisons import comparisons
from benchmarks.results.controls import controls
from benchmarks.results.run import Run
from benchmarks.results.tables import results
from benchmarks.suites.loading import SuiteError, parse
from benchmarks.systems import make, stages_of
from fusion import Scores
from fusion.average_precision import average_precision
from fusion.rescoring.conceptual import ConceptualRescoring
from fusion.rescoring.temporal import TemporalRescoring

COLOUR = {"name": "colour", "descriptor": "colour-histogram", "classifier": "linear-svm"}
TEMPORAL = {"name": "temporal", "rescorer": "temporal", "member": "colour"}
SHOTS = {**TEMPORAL, "name": "shots", "control": "shuffled-shots"}
CONCEPTS = {"name": "concepts", "rescorer": "conceptual", "member": "colour",
            "control": "shuffled-concepts"}  # fmt: skip
DIGITS = {
    "name": "digits",
    "task": {"name": "digit-shots", "train_shots": 150, "val_shots": 90, "test_shots": 120},
}


def suite_of(*systems, **more):
    return parse(
        {"name": "t", "seeds": [0, 1], "tasks": [DIGITS], "systems": [COLOUR, *systems], **more}
    )


def films(seed, videos=40, length=12, c=8):
    """Concepts that last, in groups of four that occur together, seen in noise."""
    rng = np.random.default_rng(seed)
    state = rng.normal(size=(videos, length, c // 4))
    for t in range(1, length):
        state[:, t] = 0.97 * state[:, t - 1] + np.sqrt(1 - 0.97**2) * state[:, t]
    state = np.repeat(state.reshape(videos * length, -1), 4, axis=1)
    Y = (state + 0.3 * rng.normal(size=state.shape) > 0.9).astype(np.int8)
    values = 1.2 * Y + rng.normal(size=Y.shape)
    video, shot = np.repeat(np.arange(videos), length), np.tile(np.arange(length), videos)
    return Scores.from_members([values], video, shot), Y


def gains(rescorer, seed):
    S, Y = films(seed)
    test, Y_test = films(seed + 1000)
    out = rescorer.fit(S, Y).decision_function(test)
    return float(np.mean(average_precision(out, Y_test) - average_precision(test.single, Y_test)))


@pytest.mark.parametrize(
    ("rescorer", "control", "gain"),
    [(TemporalRescoring, ShuffledShots, 0.1), (ConceptualRescoring, ShuffledConcepts, 0.05)],
)
def test_what_gains_on_real_order_neither_gains_nor_loses_on_shuffled(rescorer, control, gain):
    assert min(gains(rescorer(), seed) for seed in range(3)) > gain
    moved = [gains(control(rescorer(), seed), seed) for seed in range(6)]
    assert np.abs(moved).max() < gain / 5
    assert abs(np.mean(moved)) < gain / 15


def test_shuffled_shots_are_strangers_with_scores_of_their_own():
    S, _ = films(0)
    shuffled = ShuffledShots(None, 3).shuffled(S)
    np.testing.assert_array_equal(shuffled.values, S.values)
    pairs = [sorted(zip(x.video.tolist(), x.shot.tolist())) for x in (S, shuffled)]
    assert pairs[0] == pairs[1]
    # Of the pairs of neighbours, as few remain in one video as chance leaves.
    order = np.lexsort((shuffled.shot, shuffled.video))
    together = S.video[order][1:] == S.video[order][:-1]
    assert together.mean() < 0.1
    again, other = (ShuffledShots(None, seed).shuffled(S) for seed in (3, 4))
    np.testing.assert_array_equal(again.shot, shuffled.shot)
    np.testing.assert_array_equal(again.video, shuffled.video)
    assert not np.array_equal(other.video, shuffled.video)


def test_shuffled_concepts_are_of_other_samples_each_in_an_order_of_its_own():
    S, Y = films(0)
    # With little noise, so that concepts of one group are seen to go together.
    own = (Y + 0.2 * np.random.default_rng(0).normal(size=Y.shape)).astype(np.float32)
    S = Scores.from_members([own], S.video, S.shot)
    by_concept = [shuffled.single for shuffled in ShuffledConcepts(None, 3).shuffled(S)]
    assert len(by_concept) == S.n_concepts
    for concept, values in enumerate(by_concept):
        np.testing.assert_array_equal(values[:, concept], own[:, concept])
        np.testing.assert_array_equal(np.sort(values, axis=0), np.sort(own, axis=0))
        others = np.delete(np.arange(S.n_concepts), concept)
        assert (values[:, others] == own[:, others]).mean() < 0.02
    before = np.corrcoef(own.T)
    after = np.corrcoef(by_concept[0].T)
    assert before[1, 2] > 0.2  # of one group
    assert np.abs(after - np.eye(len(after))).max() < 0.2
    again = next(ShuffledConcepts(None, 3).shuffled(S)).single
    np.testing.assert_array_equal(again, by_concept[0])
    assert not np.array_equal(next(ShuffledConcepts(None, 4).shuffled(S)).single, again)


def test_a_sample_keeps_its_place_in_what_comes_out():
    S, Y = films(0)
    for control in (
        ShuffledShots(TemporalRescoring(strengths=(0.2,), global_strengths=()), 0),
        ShuffledConcepts(ConceptualRescoring(), 0),
    ):
        out = control.fit(S, Y).decision_function(S)
        for concept in range(S.n_concepts):
            assert np.corrcoef(out[:, concept], S.single[:, concept])[0, 1] > 0.9


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Run:
    folder = tmp_path_factory.mktemp("controls")
    suite = suite_of(TEMPORAL, SHOTS, CONCEPTS)
    settings = Settings(folder / "run", folder / "cache", folder, "", "", device="cpu")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OMP_NUM_THREADS", str(settings.threads))
        tasks, planned = prepare(suite, folder, None, "cpu")
        done = execute(suite, tasks, planned, settings, Console(quiet=True))
    found = Run(folder / "run")
    reasons = {trial.reason for trial in found.trials if trial.status != "complete"}
    assert (done.ran, done.failed, done.skipped) == (8, 0, 0), reasons
    return found


def test_how_far_it_moved_is_told_and_it_is_in_no_other_table(run):
    rows = {row["system"]: row for row in controls(run, threads=1).to_dict("records")}
    assert {name: row["control"] for name, row in rows.items()} == {
        "shots": "shuffled-shots",
        "concepts": "shuffled-concepts",
    }
    means = results(run, threads=1)
    means = means[(means["concept"] == "") & (means["metric"] == "ap")]
    member = means[means["system"] == "colour"]["value"].mean()
    for row in rows.values():
        assert (row["member"], row["seeds"]) == ("colour", 2)
        assert row["difference"] == pytest.approx(row["value"] - member, abs=1e-9)
        low, high = row["difference_low"], row["difference_high"]
        assert low <= row["difference"] <= high
        assert row["unmoved"] == (low <= 0 <= high)
        assert np.isnan(row["chance"])
    assert set(means["system"]) == {"colour", "temporal"}
    pairs = comparisons(run, threads=1)
    assert pairs[["system_a", "system_b"]].to_numpy().tolist() == [["colour", "temporal"]]


def test_keys_depend_on_the_control_and_others_stay(tmp_path):
    suite = suite_of(TEMPORAL, SHOTS, {**TEMPORAL, "name": "again"})
    tasks = {"digits": load_task(suite.tasks[0], tmp_path, None)}
    of = {(t.system, t.seed): t for t in plan(suite, tasks, tmp_path, "cpu")}
    assert of["temporal", 0].key == of["again", 0].key != of["shots", 0].key
    assert of["shots", 0].key != of["shots", 1].key
    assert of["shots", 0].control
    assert not of["temporal", 0].control
    assert stages_of(suite.systems[2])[0] == "control: shuffled-shots"


@pytest.mark.parametrize(
    ("system", "message"),
    [
        ({**SHOTS, "control": "shuffled"}, "control: Input should be 'shuffled-shots' or 'shuff"),
        ({**COLOUR, "name": "x", "control": "shuffled-shots"}, "`shuffle_annotations = true`"),
        (
            {
                "name": "x",
                "fusion": "late",
                "members": ["colour", "b"],
                "control": "shuffled-shots",
            },
            "`control` is for a system with a `rescorer`; leave it out",
        ),
    ],
)
def test_a_control_that_is_none_is_refused(system, message):
    with pytest.raises(SuiteError, match=message):
        suite_of(system)


def test_nothing_is_made_of_it():
    with pytest.raises(SuiteError, match="'shots' is a control, of shuffled material; nothing"):
        suite_of(SHOTS, {**TEMPORAL, "name": "more", "member": "shots"})
    with pytest.raises(SuiteError, match="'shots' is a control, and no stage"):
        suite_of(SHOTS, incorporation=["colour", "shots"])


@pytest.mark.parametrize(
    ("rescorer", "control", "message"),
    [
        ("conceptual", "shuffled-shots", "say control = 'shuffled-concepts'"),
        ("temporal-regression", "shuffled-concepts", "say control = 'shuffled-shots'"),
        (
            {"name": "chain", "steps": ["temporal", "conceptual"]},
            "shuffled-shots",
            "declare the steps as systems on top of each other",
        ),
        (
            {"name": "conceptual", "relations": [["a", "b"]]},
            "shuffled-concepts",
            "`relations` are known, not learned",
        ),
    ],
)
def test_a_control_of_what_it_does_not_go_by_is_refused(rescorer, control, message):
    suite = suite_of({**SHOTS, "rescorer": rescorer, "control": control})
    with pytest.raises(ComponentError, match=message):
        make(suite.systems[1], Path())


def test_a_chain_of_one_kind_has_a_control():
    chain = {"name": "chain", "steps": ["temporal", {"name": "temporal-regression"}]}
    made = make(suite_of({**SHOTS, "rescorer": chain}).systems[1], Path(), seed=5)
    assert isinstance(made, ShuffledShots)
    assert made.random_state == 5
