"""What test images look like, and what they show, reaches nothing that is fitted."""

import shutil

import numpy as np
import pytest
from PIL import Image

from benchmarks.harness.data import load_task
from benchmarks.harness.plan import plan
from benchmarks.harness.trial import run_trial
from benchmarks.harness.workplace import Workplace
from benchmarks.results.store import TrialFolder
from benchmarks.suites.loading import parse

SIFT = {"name": "dense-sift", "step": 8, "sizes": [4]}
SYSTEMS = [
    {
        "name": "words",
        "descriptor": SIFT,
        "aggregator": {"name": "bag-of-words", "words": 16, "assignment": "soft"},
        "optimization": {"power": [0.3, 1.0], "pca": [2, 4]},
        "classifier": {"name": "linear-svm", "C": [1.0, 10.0]},
    },
    {
        "name": "fisher",
        "descriptor": SIFT,
        "aggregator": {"name": "fisher", "gaussians": 4, "pca": 8, "coordinates": 1.0},
        "classifier": "linear-svm",
    },
    {
        "name": "vlad",
        "descriptor": SIFT,
        "aggregator": {"name": "vlad", "centres": 4},
        "classifier": {"name": "kernel-svm", "kernel": "rbf"},
    },
    {
        "name": "sum",
        "early": "kernel-sum",
        "members": ["words", "fisher", "vlad"],
        "classifier": "linear-svm",
    },
    {"name": "late", "fusion": "late", "members": ["words", "sum"]},
    {"name": "stacked", "fusion": "stacking", "members": ["words", "vlad"]},
    {"name": "chosen", "fusion": "greedy-selection", "members": ["words", "vlad"]},
    {"name": "ranks", "fusion": "borda", "members": ["words", "vlad"]},
    {
        "name": "levels",
        "fusion": {"name": "hierarchical", "groups": {"a": ["words", "fisher"], "b": ["vlad"]}},
        "members": ["words", "fisher", "vlad"],
    },
    {"name": "rescored", "rescorer": "conceptual", "member": "words"},
]


def scores(folder, tmp_path, name):
    suite = parse(
        {
            "name": "t",
            "folds": 2,
            "tasks": [
                {
                    "name": "crops",
                    "task": {"name": "folder", "path": str(folder)},
                    "train_sizes": [4],
                }
            ],
            "systems": SYSTEMS,
        }
    )
    place_of = tmp_path / name
    tasks = {"crops": load_task(suite.tasks[0], tmp_path, None)}
    place = Workplace(suite, tmp_path, tasks, place_of / "trials", place_of / "cache", "cpu")
    found = {}
    for planned in plan(suite, tasks, tmp_path, "cpu"):
        status, reason = run_trial(planned, place)
        assert status == "complete", (planned.system, reason)
        trial = TrialFolder(place_of / "trials" / planned.key)
        ids = np.asarray(tasks["crops"].collection.ids)[trial.array("test")]
        found[planned.system] = dict(zip(ids.tolist(), trial.array("scores")))
    return found


@pytest.mark.parametrize("change", ["pixels", "class"])
def test_another_test_image_changes_no_score_but_its_own(tmp_path, folder_of_classes, change):
    before = scores(folder_of_classes, tmp_path, "before")
    changed = sorted(before["words"])[0]
    other = tmp_path / "classes"
    shutil.copytree(folder_of_classes, other)
    path = next(p for p in other.rglob("*.png") if p.as_posix().endswith(changed))
    if change == "pixels":
        noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(noise).save(path)
    else:
        # Its image is exchanged with that of a test image of the other class.
        elsewhere = next(i for i in before["words"] if i.split("/")[0] != changed.split("/")[0])
        theirs = next(p for p in other.rglob("*.png") if p.as_posix().endswith(elsewhere))
        mine, its = path.read_bytes(), theirs.read_bytes()
        path.write_bytes(its)
        theirs.write_bytes(mine)
    after = scores(other, tmp_path, "after")
    moved = {changed} if change == "pixels" else {changed, elsewhere}
    for system, rows in before.items():
        for sample, row in rows.items():
            if sample not in moved:
                # Products of other batches round otherwise in the last digits.
                np.testing.assert_allclose(after[system][sample], row, atol=1e-5, err_msg=system)
        assert any(np.abs(after[system][s] - rows[s]).max() > 1e-3 for s in moved), system
