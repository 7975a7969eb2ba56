"""What systems consist of is readable, and weights are those that trials were fitted with."""

import json

import pytest

from reports import Tables
from reports.make_up import readable
from reports.sections.material import make_up
from reports.summary import Summary


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "fusion: hierarchical (groups = {'engineered': ['words', 'mean colour'], 'learned': "
            "{'a': 'cnn'}}, methods = stacking)",
            'fusion: hierarchical (groups = { engineered = [words, "mean colour"], '
            "learned = { a = cnn } }, methods = stacking)",
        ),
        (
            "methods = ['late', {'name': 'late', 'weights': 'ap', 'per_concept': True}]",
            "methods = [late, late (weights = ap, per_concept = true)]",
        ),
        ("fusion: late (per_concept = True)", "fusion: late (per_concept = true)"),
        ("grids = [[1, 1], [2, 2]], pca = 64", "grids = [[1, 1], [2, 2]], pca = 64"),
        # No list or table of ours: as it came.
        ("{{ 7*7 }} [open ['a', exec()] {", "{{ 7*7 }} [open ['a', exec()] {"),
        ("named True, it's [x", "named True, it's [x"),
    ],
)
def test_tables_read_as_in_a_suite(line, said):
    assert readable(line) == said
    assert readable(said) == said


def test_fusions_show_their_weights_where_they_are_one_number_a_member(synthetic, tmp_path):
    material = synthetic.Material("t", ("a", "b", "c"), samples=60, sizes=(None,))
    systems = [
        synthetic.Quality("x", "engineered"),
        synthetic.Quality("y", "engineered"),
        synthetic.Quality("late", "fused", members=("x", "y")),
        synthetic.Quality("per concept", "fused", members=("x", "y")),
        synthetic.Quality("early", "engineered"),
        synthetic.Quality("again", "fused", members=("late",)),
    ]
    run = synthetic.make_run(tmp_path, [material], systems)
    fitted = {
        "late": ([[0.2, None, 0.2], [0.8, None, 0.8]], [[0.3] * 3, [0.7] * 3]),
        "per concept": ([[0.2, 0.3, 0.2], [0.8, 0.7, 0.8]],) * 2,
        "early": ([0.9, 0.1], [0.9, 0.1]),
        "again": ([[1.0, 0.0], [0.0, 1.0]],) * 2,
    }
    for trial in run.trials:
        if trial.system in fitted:
            path = trial.folder / "trial.json"
            record = json.loads(path.read_bytes())
            path.write_text(
                json.dumps({**record, "fitted": {"weights_": fitted[trial.system][trial.seed]}})
            )
    source = '[[systems]]\nname = "early"\nearly = "kernel-sum"\nmembers = ["x", "y"]'
    info = json.loads((tmp_path / "run.json").read_bytes())
    info["suite"]["source"] = source
    info["systems"][4]["stages"] = ["early fusion: kernel-sum", "of: x, y", "classifier: svm"]
    (tmp_path / "run.json").write_text(json.dumps(info))
    run = type(run)(tmp_path)
    listings = {block.title: block for block in make_up(Summary(run, Tables.of(run))).blocks}
    assert listings["late"].lines[-1] == (
        "weights, trained on all training data, mean of 2 seeds and their range: "
        "y 0.75 (0.70 – 0.80), x 0.25 (0.20 – 0.30)"
    )
    assert listings["early"].lines[:2] == ("early fusion: kernel-sum", "classifier: svm")
    assert listings["early"].detail.endswith("of x and y")
    assert listings["early"].lines[-1].endswith("range: x 0.90, y 0.10")
    for name in ("per concept", "again", "x"):
        assert not any(line.startswith("weights") for line in listings[name].lines)
