"""What fusions and re-scorings learned is told as trials were fitted, over seeds and concepts."""

import json

import pytest

from reports import Tables
from reports.sections.material import make_up
from reports.summary import Summary

SEEDS = "mean of 2 seeds and their range"


@pytest.fixture
def told(synthetic, tmp_path):
    """Return the last lines of each system's make-up, given what its two seeds were fitted with."""

    def told(fitted, members=None):
        members = {"early": (), **dict.fromkeys(fitted, ("x", "y")), **(members or {})}
        systems = [
            synthetic.Quality("x", "engineered"),
            synthetic.Quality("y", "engineered"),
            *(
                synthetic.Quality(name, "fused" if of else "engineered", members=of)
                for name, of in members.items()
            ),
        ]
        material = synthetic.Material("t", ("a", "b", "c"), samples=60, sizes=(None,))
        run = synthetic.make_run(tmp_path, [material], systems)
        for trial in run.trials:
            if trial.system in fitted:
                path = trial.folder / "trial.json"
                record = {
                    **json.loads(path.read_bytes()),
                    "fitted": fitted[trial.system][trial.seed],
                }
                path.write_text(json.dumps(record))
        info = json.loads((tmp_path / "run.json").read_bytes())
        info["suite"]["source"] = (
            '[[systems]]\nname = "early"\nearly = "kernel-sum"\nmembers = ["x", "y"]'
        )
        early = next(system for system in info["systems"] if system["name"] == "early")
        early["stages"] = ["early fusion: kernel-sum", "of: x, y", "classifier: svm"]
        (tmp_path / "run.json").write_text(json.dumps(info))
        run = type(run)(tmp_path)
        return {block.title: block for block in make_up(Summary(run, Tables.of(run))).blocks}

    return told


def test_weights_of_members(told):
    found = told(
        {
            "late": [
                {"weights_": [[0.2, None, 0.2], [0.8, None, 0.8]]},
                {"weights_": [[0.3] * 3, [0.7] * 3]},
            ],
            "per concept": [{"weights_": [[0.2, 0.3, 0.1], [0.8, 0.7, 0.9]]}] * 2,
            "stacking": [{"coefficients_": [[1.0, 2.0, 0.0], [0.5] * 3], "intercepts_": [0.0] * 3}]
            * 2,
            "early": [{"weights_": [0.9, 0.1]}] * 2,
            "other": [{"weights_": [[1.0, 0.0, 0.0]] * 3}] * 2,
        },
        {"early": ()},
    )
    trained = "trained on all training data"
    assert found["late"].lines[-1] == (
        f"weights, {trained}, {SEEDS}: y 0.75 (0.70 – 0.80), x 0.25 (0.20 – 0.30)"
    )
    assert found["per concept"].lines[-1] == (
        f"weights, {trained}, mean over concepts and 2 seeds and their range: "
        "y 0.80 (0.70 – 0.90), x 0.20 (0.10 – 0.30)"
    )
    assert found["stacking"].lines[-1] == (
        f"coefficients of normalised scores, {trained}, mean over concepts and 2 seeds and their "
        "range: x 1.00 (0.00 – 2.00), y 0.50"
    )
    assert found["early"].lines[:2] == ("early fusion: kernel-sum", "classifier: svm")
    assert found["early"].detail.endswith("of x and y")
    assert found["early"].lines[-1].endswith("range: x 0.90, y 0.10")
    # Three rows for two members are no weights of them.
    for name in ("other", "x"):
        assert not any(line.startswith("weights") for line in found[name].lines)


def group(level, name, parts, weights, method="late"):
    return {"level": level, "group": name, "method": method, "parts": parts, "weights": weights}


def test_groups_of_a_hierarchy(told):
    def fitted(share, tree="all(both(x, y), late)"):
        return {
            "tree_": tree,
            "levels_": [
                group(1, "both", ["x", "y"], [share, 1 - share]),
                group(2, "all", ["both", "late"], None, "max"),
            ],
        }

    found = told(
        {
            "late": [{"weights_": [0.5, 0.5]}] * 2,
            "tree": [fitted(0.25), fitted(0.75)],
            "trees": [fitted(0.25), fitted(0.25, "all(x, y, late)")],
        },
        {"tree": ("x", "y", "late"), "trees": ("x", "y", "late")},
    )
    assert found["tree"].lines[-2:] == (
        f"level 1, both by late, trained on all training data, {SEEDS}: "
        "x 0.50 (0.25 – 0.75), y 0.50 (0.25 – 0.75)",
        "level 2, all by max, trained on all training data: both, late",
    )
    assert found["trees"].lines[-1] == (
        "groups, which differ by seed, trained on all training data: "
        "all(both(x, y), late) (1 seed); all(x, y, late) (1 seed)"
    )


def test_rescorings_and_chains_of_them(told):
    in_time = {
        "width_": [2, 0, 5], "strength_": [0.4, 0.0, 0.6], "global_strength_": [0.0, 0.2, 0.0],
        "gain_": [0.1, 0.0, 0.2],
    }  # fmt: skip
    none = {**in_time, "width_": [0] * 3, "strength_": [0.0] * 3, "global_strength_": [0.0] * 3}
    others = {"weights_": [[1, 0.1, 0], [0, 1, 0], [0.2, 0.3, 1]], "gain_": [0.1, 0, 0.1]}
    alone = {**others, "weights_": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}
    found = told(
        {
            "temporal": [in_time, in_time],
            "nothing": [none, none],
            "chain": [{"steps_": [in_time, others]}, {"steps_": [none, alone]}],
        },
        {"temporal": ("x",), "nothing": ("x",), "chain": ("x",)},
    )
    head = "trained on all training data, counted over concepts and 2 seeds"
    assert found["temporal"].lines[-1] == (
        f"context in time, {head}: 4 of 6 take neighbours in, 2 to 5 shots to either side, with a "
        "strength of 0.50 (0.40 – 0.60); 2 of 6 the rest of the video, with 0.20"
    )
    assert found["nothing"].lines[-1] == f"context in time, {head}: none of 6 takes anything in"
    assert found["chain"].lines[-2:] == (
        f"step 1, context in time, {head}: 2 of 6 take neighbours in, 2 to 5 shots to either side, "
        "with a strength of 0.50 (0.40 – 0.60); 1 of 6 the rest of the video, with 0.20",
        f"step 2, other concepts, {head}: 2 of 6 take others in, 1 to 2 each",
    )
