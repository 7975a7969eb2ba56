"""An optional system that lacks something is skipped with its reason, as is what rests on it."""

import pytest

from benchmarks.harness.data import load_task
from benchmarks.harness.plan import plan
from benchmarks.harness.trial import run_trial
from benchmarks.harness.workplace import Workplace
from benchmarks.registry import ComponentError
from benchmarks.results.store import TrialFolder
from benchmarks.suites.loading import parse

LACKING = {
    "name": "a",
    "descriptor": {"name": "pretrained", "network": "resnet-18", "weights": "weights.pt"},
    "classifier": "linear-svm",
}
OTHER = {"name": "b", "descriptor": "colour-histogram", "classifier": "linear-svm"}
FUSED = {"name": "f", "fusion": "late", "members": ["a", "b"]}


@pytest.fixture
def go(annotated, tmp_path):
    def run(**more):
        tasks = [{"name": "t", "task": {"name": "table", "path": str(annotated)}}]
        suite = parse({"name": "s", "tasks": tasks, "systems": [LACKING | more, OTHER, FUSED]})
        loaded = {"t": load_task(suite.tasks[0], tmp_path, None)}
        place = Workplace(suite, tmp_path, loaded, tmp_path / "trials", tmp_path / "cache", "cpu")
        planned = plan(suite, loaded, tmp_path, "cpu")
        for trial in planned:
            run_trial(trial, place)
        return {p.system: TrialFolder(tmp_path / "trials" / p.key).read() for p in planned}

    return run


def test_what_is_lacking_is_an_error(go):
    with pytest.raises(ComponentError, match=r"there is no file of weights .*weights\.pt"):
        go()


def test_an_optional_system_is_skipped_and_so_is_its_fusion(go):
    records = go(optional=True)
    assert {name: r["status"] for name, r in records.items()} == {
        "a": "skipped",
        "b": "complete",
        "f": "skipped",
    }
    assert "there is no file of weights" in records["a"]["reason"]
    assert "its member a was skipped" in records["f"]["reason"]
