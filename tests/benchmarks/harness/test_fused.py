"""Fusions in several levels and chains of re-scorings, declared in a suite and run."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from benchmarks.harness.data import load_task
from benchmarks.harness.plan import plan
from benchmarks.harness.trial import run_trial
from benchmarks.harness.workplace import Workplace
from benchmarks.registry import ComponentError
from benchmarks.results.store import TrialFolder
from benchmarks.suites.loading import parse
from benchmarks.systems import make

DOCS = Path(__file__).parents[3] / "docs" / "fusion.md"

# Cheap systems by the names that the page's example fuses.
SYSTEMS = """
[[systems]]
name = "words"
descriptor = { name = "colour-histogram", grids = [[3, 1]] }
classifier = "linear-svm"

[[systems]]
name = "fisher"
descriptor = "colour-moments"
classifier = "linear-svm"

[[systems]]
name = "colour"
descriptor = "colour-histogram"
classifier = "linear-svm"

[[systems]]
name = "lite0"
family = "learned"
descriptor = "colour-histogram"
classifier = "knn"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run's folder: its cache spares the second suite the first one's features."""
    return tmp_path_factory.mktemp("run")


def example():
    """The page's blocks of TOML."""
    return "\n".join(re.findall(r"```toml\n(.*?)```", DOCS.read_text(), flags=re.DOTALL))


def suite(text):
    task = {"name": "digit-shots", "train_shots": 120, "val_shots": 120, "test_shots": 60}
    head = {"name": "s", "tasks": [{"name": "t", "task": task}], "on_empty_concept": "skip"}
    return parse({**head, **tomllib.loads(SYSTEMS + text)})


def run(declared, folder):
    tasks = {"t": load_task(declared.tasks[0], folder, None)}
    place = Workplace(declared, folder, tasks, folder / "trials", folder / "cache", "cpu")
    found = {}
    for planned in plan(declared, tasks, folder, "cpu"):
        run_trial(planned, place)
        found[planned.system] = TrialFolder(folder / "trials" / planned.key)
    return found


def test_the_pages_examples_run_from_pixels_to_rescored_fusion(folder):
    declared = suite(example())
    task = load_task(declared.tasks[0], folder, None)
    (folder / "relations.csv").write_text("if,then\n{},{}\n".format(*task.concepts[:2]))
    found = run(declared, folder)
    assert len(found) > 6
    for name, trial in found.items():
        record = trial.read()
        assert record["status"] == "complete", (name, record)
        assert np.isfinite(trial.array("scores")).all()
    fitted = found["hierarchy"].read()["fitted"]
    assert fitted["tree_"] == "all(engineered(sift(words, fisher), colour), lite0)"
    assert [level["group"] for level in fitted["levels_"]] == ["sift", "engineered", "all"]
    assert found["hierarchy"].array("scores").std() > 0
    in_time, of_concepts = found["hierarchy-rescored"].read()["fitted"]["steps_"]
    assert len(in_time["width_"]) == len(of_concepts["weights_"]) == len(task.concepts)


def test_a_hierarchy_of_systems_is_a_fusion_of_fusions(folder):
    text = """
[[systems]]
name = "sift"
fusion = { name = "late", weights = "mean" }
members = ["words", "fisher"]

[[systems]]
name = "by-hand"
fusion = { name = "late", weights = "mean" }
members = ["sift", "colour"]

[[systems]]
name = "declared"
members = ["words", "fisher", "colour"]

[systems.fusion]
name = "hierarchical"
methods = "mean"
folds = 0
groups = { sift = ["words", "fisher"], rest = "colour" }
"""
    found = run(suite(text), folder)
    one, other = (found[name].array("scores") for name in ("by-hand", "declared"))
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_features_that_members_share_are_known_by_their_entry(folder):
    """Of five classifiers of one descriptor, the cost of extraction is that of one."""
    found = run(suite(""), folder)

    def parts(system):
        lines = {line.stage: line for line in found[system].costs()}
        assert set(lines["fit/extract"].parts) != set(lines["predict/extract"].parts)
        return lines["fit/extract"].parts

    assert len(parts("colour")) == 1
    assert parts("lite0") == parts("colour")
    assert not parts("words").keys() & parts("colour").keys()
    assert not parts("fisher").keys() & parts("colour").keys()


@pytest.mark.parametrize(
    ("system", "message"),
    [
        (
            'fusion = { name = "hierarchical", groups = { a = ["words"] } }\n'
            'members = ["words", "colour"]',
            "'x': .*member 'colour' is in no group",
        ),
        (
            'fusion = { name = "hierarchical", groups = [["words", "color"]] }\n'
            'members = ["words", "colour"]',
            "'x': .*groups name 'color'; the members are words, colour; did you mean 'colour'",
        ),
        (
            'fusion = { name = "hierarchical", methods = ["late", "latest"] }\n'
            'members = ["words", "colour"]',
            "'x': .*a method must be one of late, .*did you mean 'late'",
        ),
        (
            'rescorer = { name = "chain", steps = ["temporal", "conceptually"] }\nmember = "words"',
            "'x': .*a method must be one of temporal, .*did you mean 'conceptual'",
        ),
        (
            'rescorer = { name = "conceptual", relations = "none.csv" }\nmember = "words"',
            "'x': rescorer 'conceptual': relations: there is no file /.*none.csv",
        ),
    ],
)
def test_wrong_declarations_are_told_before_anything_runs(tmp_path, system, message):
    declared = suite(f'[[systems]]\nname = "x"\n{system}\n')
    with pytest.raises(ComponentError, match=message):
        make(declared.systems[-1], tmp_path)


def test_what_a_file_of_relations_says_belongs_to_the_key(tmp_path):
    text = '[[systems]]\nname = "x"\nrescorer = { name = "conceptual", relations = "r.csv" }\n'
    declared = suite(text + 'member = "words"\n')
    tasks = {"t": load_task(declared.tasks[0], tmp_path, None)}
    keys = []
    for lines in ("if,then\nA,B\n", "if, then\nA, B\n", "if,then\nB,A\n"):
        (tmp_path / "r.csv").write_text(lines.replace("A", "digit-0").replace("B", "digit-1"))
        keys.append(plan(declared, tasks, tmp_path, "cpu")[-1].key)
    assert keys[0] == keys[1] != keys[2]
