"""A file of scores takes part as a system: ranked, fused, and refused where it says too little."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.harness.data import DataError, load_task
from benchmarks.harness.plan import plan
from benchmarks.harness.trial import run_trial
from benchmarks.harness.workplace import Workplace
from benchmarks.results.store import TrialFolder
from benchmarks.suites.loading import SuiteError, parse

CONCEPTS = ["china", "flower"]


def write(path, table, parts, noise=0.1, without=()):
    """Scores near the annotations, for the samples of some parts."""
    rows = table[table["split"].isin(parts) & ~table["path"].isin(without)]
    scores = rows[CONCEPTS] + np.random.default_rng(1).normal(0, noise, (len(rows), 2))
    path.parent.mkdir(exist_ok=True)
    pd.DataFrame({"id": rows["path"], **scores}).to_csv(path, index=False)


@pytest.fixture
def go(tmp_path, annotated):
    """Plan and run systems over the annotated crops; what each trial left."""

    def run(*systems, split=True, **suite):
        if not split:
            table = pd.read_csv(annotated)
            table.loc[table["split"] == "val", "split"] = "train"
            table.to_csv(annotated, index=False)
        spec = parse(
            {
                "name": "t",
                "folds": 2,
                "tasks": [{"name": "crops", "task": {"name": "table", "path": str(annotated)}}],
                "systems": list(systems),
                **suite,
            }
        )
        tasks = {"crops": load_task(spec.tasks[0], tmp_path, None)}
        place = Workplace(spec, tmp_path, tasks, tmp_path / "trials", tmp_path / "cache", "cpu")
        found = {}
        for planned in plan(spec, tasks, tmp_path, "cpu"):
            run_trial(planned, place)
            found[planned.system] = TrialFolder(tmp_path / "trials" / planned.key)
        return found

    return run


COLOUR = {"name": "colour", "descriptor": "colour-histogram", "classifier": "linear-svm"}
THEIRS = {"name": "theirs", "scores": "scores/{task}.csv", "family": "learned"}
BOTH = {"name": "both", "fusion": "late", "members": ["colour", "theirs"]}
BY_PART = {**THEIRS, "scores": "scores/{task}-{size}-{seed}-{partition}.csv"}


def test_it_is_ranked_and_fused_as_any_system(tmp_path, annotated, go):
    table = pd.read_csv(annotated)
    write(tmp_path / "scores" / "crops.csv", table, ("val", "test"))
    found = go(COLOUR, THEIRS, BOTH)
    records = {name: files.read() for name, files in found.items()}
    assert {record["status"] for record in records.values()} == {"complete"}, records
    assert records["theirs"]["family"] == "learned"
    given = pd.read_csv(tmp_path / "scores" / "crops.csv").set_index("id")
    for part, name in (("test", "scores"), ("val", "val_scores")):
        ids = table["path"][table["split"] == part]
        np.testing.assert_array_equal(
            found["theirs"].array(name), given.loc[ids].to_numpy(np.float32)
        )
    # Nearly the annotations themselves: what is tuned on validation cannot but follow them.
    weights = np.array(records["both"]["fitted"]["weights_"])
    assert (weights[1] >= 0.5).all()
    assert found["theirs"].costs() == []


def test_partitions_of_their_own_and_training_samples_held_out(tmp_path, annotated, go):
    table = pd.read_csv(annotated)
    table.loc[table["split"] == "val", "split"] = "train"
    write(tmp_path / "scores" / "crops-all-0-test.csv", table, ("test",))
    write(tmp_path / "scores" / "crops-all-0-held-out.csv", table, ("train",))
    found = go(COLOUR, BY_PART, BOTH, split=False)
    assert {files.read()["status"] for files in found.values()} == {"complete"}
    theirs = found["theirs"]
    np.testing.assert_array_equal(theirs.array("val"), theirs.array("train"))
    assert theirs.array("val_scores").shape == (18, 2)


def test_without_validation_scores_it_is_ranked_but_not_fused(tmp_path, annotated, go):
    write(tmp_path / "scores" / "crops.csv", pd.read_csv(annotated), ("test",))
    temporal = {"name": "smooth", "rescorer": "temporal", "member": "theirs"}
    found = go(COLOUR, THEIRS, BOTH, temporal)
    assert found["theirs"].read()["status"] == "complete"
    assert not found["theirs"].has("val_scores")
    for name in ("both", "smooth"):
        assert found[name].read()["status"] == "failed"
        assert "theirs has no scores of the validation samples" in found[name].read()["reason"]


def test_training_samples_in_one_file_for_all_are_not_taken_for_held_out(tmp_path, annotated, go):
    write(tmp_path / "scores" / "crops.csv", pd.read_csv(annotated), ("train", "val", "test"))
    found = go(COLOUR, THEIRS, BOTH, split=False)
    assert found["theirs"].read()["status"] == "complete"
    reason = found["both"].read()["reason"]
    assert "by models trained without them" in reason
    assert "held-out" in reason


@pytest.mark.parametrize(
    ("parts", "without", "message"),
    [
        (("val",), (), "no scores for 6 of 6 samples that need them, first frames/12.png"),
        (("val", "test"), ("frames/14.png",), "no scores for 1 of 6 samples .* frames/14.png"),
        (("val", "test"), ("frames/8.png",), "for 1 of 6 validation samples, first frames/8.png"),
    ],
)
def test_missing_ids_are_named_before_anything_runs(
    tmp_path, annotated, go, parts, without, message
):
    write(tmp_path / "scores" / "crops.csv", pd.read_csv(annotated), parts, without=without)
    with pytest.raises(DataError, match=f"system 'theirs' on task 'crops' .*, seed 0: .*{message}"):
        go(COLOUR, THEIRS)
    assert not (tmp_path / "trials").exists()


def test_what_is_no_number_is_an_error_before_anything_runs(tmp_path, annotated, go):
    write(tmp_path / "scores" / "crops.csv", pd.read_csv(annotated), ("val", "test"))
    path = tmp_path / "scores" / "crops.csv"
    lines = path.read_text().splitlines()
    lines[2] = ",".join([lines[2].split(",")[0], *["nan"] * lines[2].count(",")])
    path.write_text("\n".join(lines))
    with pytest.raises(DataError, match=r"line 3, .*'nan' is not a number"):
        go(COLOUR, THEIRS)


def test_a_missing_file_is_an_error_before_anything_runs_or_optional(tmp_path, annotated, go):
    with pytest.raises(DataError, match=r"system 'theirs': scores/crops.csv was not found"):
        go(THEIRS)
    found = go(COLOUR, {**THEIRS, "optional": True}, BOTH)
    assert {name: files.read()["status"] for name, files in found.items()} == {
        "colour": "complete", "theirs": "skipped", "both": "skipped",
    }  # fmt: skip


def test_the_key_follows_what_the_file_says_and_not_its_name(tmp_path, annotated):
    table = pd.read_csv(annotated)
    keys = []
    for name, noise in (("crops", 0.1), ("other", 0.1), ("crops", 0.2)):
        write(tmp_path / "scores" / f"{name}.csv", table, ("test",), noise)
        suite = parse(
            {
                "name": "t",
                "tasks": [{"name": "crops", "task": {"name": "table", "path": str(annotated)}}],
                "systems": [{**THEIRS, "scores": f"scores/{name}.csv"}],
            }
        )
        tasks = {"crops": load_task(suite.tasks[0], tmp_path, None)}
        (planned,) = plan(suite, tasks, tmp_path, "cpu")
        keys.append(planned.key)
    assert keys[0] == keys[1] != keys[2]
    # Written anew between plan and trial.
    write(tmp_path / "scores" / "crops.csv", table, ("test",), 0.3)
    place = Workplace(suite, tmp_path, tasks, tmp_path / "trials", tmp_path / "cache", "cpu")
    status, reason = run_trial(planned, place)
    assert status == "failed"
    assert "has changed since the plan" in reason


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"scores": "a-{sede}.csv"}, r"{sede} stands for nothing; {task}"),
        ({"scores": "a.csv", "family": None}, "family"),
    ],
)
def test_a_wrong_declaration_is_refused(wrong, message):
    system = {k: v for k, v in {**THEIRS, **wrong}.items() if v is not None}
    with pytest.raises(SuiteError, match=message):
        parse({"name": "t", "tasks": [{"name": "a", "task": "digit-shots"}], "systems": [system]})
