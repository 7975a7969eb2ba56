"""The plan names every trial by all that its result depends on."""

import re
from pathlib import Path

import pytest

from benchmarks.harness.data import DataError, find, load_task
from benchmarks.harness.plan import plan, select
from benchmarks.registry import ComponentError
from benchmarks.suites.loading import built_in, parse
from benchmarks.systems import make


def suite(**changes):
    content = {
        "name": "t",
        "seeds": [0, 1],
        "tasks": [
            {
                "name": "digits",
                "task": {
                    "name": "digit-shots", "train_shots": 120, "val_shots": 60, "test_shots": 60,
                },
                "train_sizes": [60, 120],
            }
        ],
        "systems": [
            {"name": "hog", "descriptor": "hog", "classifier": {"name": "linear-svm", "C": 0.1}},
            {
                "name": "net", "network": "perceptron", "training": {"epochs": 1},
                "train_sizes": [120],
            },
            {"name": "both", "fusion": "late", "members": ["hog", "net"], "train_sizes": [120]},
        ],
    }  # fmt: skip
    content.update(changes)
    return parse(content)


def planned(spec, base=Path()):
    tasks = {task.name: load_task(task, base, None) for task in spec.tasks}
    return plan(spec, tasks, base)


def keys(trials):
    return {(t.system, t.train_size, t.seed): t.key for t in trials}


def test_tasks_by_sizes_by_seeds_by_systems():
    trials = planned(suite())
    assert [(t.train_size, t.seed, t.system) for t in trials] == [
        (60, 0, "hog"), (60, 1, "hog"),
        (120, 0, "hog"), (120, 0, "net"), (120, 0, "both"),
        (120, 1, "hog"), (120, 1, "net"), (120, 1, "both"),
    ]  # fmt: skip
    assert len({t.key for t in trials}) == len(trials)
    both = trials[4]
    assert both.members == (trials[2].key, trials[3].key)
    assert both.family == "fused"
    assert (both.n_train, both.n_test) == (120, 60)


def test_plans_are_equal_for_equal_suites():
    assert planned(suite()) == planned(suite())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"descriptor": {"name": "hog", "image_size": 96}}, {"hog", "both"}),
        ({"classifier": {"name": "linear-svm", "C": 1.0}}, {"hog", "both"}),
        ({"label": "another label"}, set()),
    ],
)
def test_a_key_changes_with_what_the_result_depends_on_only(change, expected):
    before = keys(planned(suite()))
    systems = suite().model_dump()["systems"]
    systems[0] = {k: v for k, v in systems[0].items() if v is not None} | change
    systems = [{k: v for k, v in s.items() if v is not None} for s in systems]
    after = keys(planned(suite(systems=systems)))
    assert {system for (system, *_), key in before.items() if after[system, *_] != key} == expected


def test_a_key_changes_with_the_data():
    tasks = suite().model_dump(exclude_none=True)["tasks"]
    tasks[0]["task"] = {**suite().tasks[0].task.options, "name": "digit-shots", "seed": 1}
    before, after = keys(planned(suite())), keys(planned(suite(tasks=tasks)))
    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())


def test_a_fusion_needs_its_members_where_it_runs():
    systems = suite().model_dump(exclude_none=True)["systems"]
    del systems[2]["train_sizes"]
    with pytest.raises(ValueError, match="its member 'net' does not run there"):
        planned(suite(systems=systems))


def test_a_system_that_would_never_run_is_an_error():
    systems = suite().model_dump(exclude_none=True)["systems"][:1]
    systems[0]["train_sizes"] = [61]
    with pytest.raises(ValueError, match="system 'hog' would never run"):
        planned(suite(systems=systems))


def test_equal_systems_have_one_key():
    systems = suite().model_dump(exclude_none=True)["systems"][:1]
    systems.append(systems[0] | {"name": "the same again"})
    trials = planned(suite(systems=systems))
    assert len(trials) == 8
    assert len({trial.key for trial in trials}) == 4


def test_scores_are_held_out_only_where_a_fusion_needs_them(folder_of_classes):
    systems = suite().model_dump(exclude_none=True)["systems"]
    del systems[1]["train_sizes"]
    systems[2]["train_sizes"] = [4]
    tasks = [
        {
            "name": "crops",
            "task": {"name": "folder", "path": str(folder_of_classes)},
            "train_sizes": [1, 4],
        }
    ]
    trials = planned(suite(tasks=tasks, systems=systems))
    needed = {(t.system, t.train_size) for t in trials if t.held_out}
    assert needed == {("hog", 4), ("net", 4)}


def test_a_key_changes_with_the_number_of_threads(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    one = keys(planned(suite()))
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert not set(one.values()) & set(keys(planned(suite())).values())


def test_selection_brings_members_along():
    trials = planned(suite())
    assert {t.system for t in select(trials, "both")} == {"hog", "net", "both"}
    assert {t.train_size for t in select(trials, "both")} == {120}
    assert {t.system for t in select(trials, "digits/h*")} == {"hog"}
    assert select(trials, None) == trials
    with pytest.raises(ValueError, match=re.escape("matches no system; there are: hog, net, both")):
        select(trials, "x*")


def test_wrong_components_are_found_before_anything_runs():
    systems = [{"name": "a", "descriptor": "hgo", "classifier": "linear-svm"}]
    with pytest.raises(ComponentError, match="did you mean 'hog'"):
        planned(suite(systems=systems))
    systems = [{"name": "a", "network": "perceptron", "training": {"epoch": 3}}]
    with pytest.raises(ComponentError, match="no option 'epoch'; did you mean 'epochs'"):
        planned(suite(systems=systems))
    mirrored = [
        {"name": "a", "network": "perceptron", "training": {"mirror": True}},
        {"name": "a", "network": "perceptron", "training": {"test_mirror": True}},
        {
            "name": "a",
            "descriptor": {"name": "pretrained", "network": "resnet-18", "mirror": True},
            "classifier": "linear-svm",
        },
    ]
    for system in mirrored:
        with pytest.raises(ComponentError, match="a mirrored image does not show the same"):
            planned(suite(systems=[system]))


@pytest.mark.parametrize("allowed", [True, False])
def test_networks_see_mirror_images_unless_the_task_forbids_it(allowed):
    task = load_task(suite().tasks[0], Path(), None)
    task.mirror = allowed
    training = {"mirror": False} if allowed else {}
    chosen = suite(systems=[{"name": "a", "network": "perceptron", "training": training}])
    plain = suite(systems=[{"name": "a", "network": "perceptron"}])
    assert make(plain.systems[0], Path(), task=task).mirror == allowed
    assert make(chosen.systems[0], Path(), task=task).mirror is False


def test_a_task_without_sizes_runs_every_system_on_all_samples():
    (task,) = suite().tasks
    alone = {"name": task.name, "task": {"name": task.task.name, **task.task.options}}
    assert {(t.system, t.train_size) for t in planned(suite(tasks=[alone]))} == {
        ("hog", None), ("net", None), ("both", None),
    }  # fmt: skip


def test_where_data_is_looked_for(tmp_path):
    (tmp_path / "data" / "c").mkdir(parents=True)
    (tmp_path / "suite").mkdir()
    assert find("c", tmp_path / "suite", tmp_path / "data") == tmp_path / "data" / "c"
    (tmp_path / "suite" / "c").mkdir()
    assert find("c", tmp_path / "suite", tmp_path / "data") == tmp_path / "suite" / "c"
    with pytest.raises(DataError, match=r"name the folder that holds it by --data DIR"):
        find("d", tmp_path, None)
    with pytest.raises(DataError) as caught:
        find("d", built_in()["quickstart"].parent, None)
    # Nobody puts data inside the package.
    assert "/suites" not in str(caught.value)
    with pytest.raises(DataError, match=f"^d was not found: there is no {tmp_path}/data/d$"):
        find("d", built_in()["quickstart"].parent, tmp_path / "data")


def test_a_metric_that_does_not_fit_the_task():
    tasks = suite().model_dump(exclude_none=True)["tasks"]
    tasks[0]["task"] = {"name": "digit-shots"}
    tasks[0]["metrics"] = ["top1_error"]
    with pytest.raises(ValueError, match="one concept a sample"):
        planned(suite(tasks=tasks))
