"""From scores made elsewhere to report and submission, as a user does it."""

import json

import numpy as np
import pandas as pd

SUITE = """
name = "theirs"
seeds = [0, 1]

[[tasks]]
name = "digits"
task = { name = "digit-shots", train_shots = 150, val_shots = 60, test_shots = 80 }

[[systems]]
name = "colour"
descriptor = "colour-histogram"
classifier = "linear-svm"

[[systems]]
name = "colour-control"
shuffle_annotations = true
descriptor = "colour-histogram"
classifier = "linear-svm"
"""
MORE = """
[[systems]]
name = "theirs"
scores = "scores/{task}-{seed}.npy"
family = "learned"

[[systems]]
name = "both"
fusion = "late"
members = ["colour", "theirs"]
"""


def test_a_file_of_scores_in_fusion_statistics_report_and_submission(conceptbench, tmp_path):
    path = tmp_path / "theirs.toml"
    path.write_text(SUITE)
    conceptbench("run", path, "--no-report", "--out", "run")
    # The ids and the annotations of the run are what somebody else's system would start from.
    record = json.loads((tmp_path / "run" / "tasks" / "digits" / "task.json").read_text())
    Y = np.load(tmp_path / "run" / "tasks" / "digits" / "annotations.npy")
    (tmp_path / "scores").mkdir()
    order = np.random.default_rng(0).permutation(len(Y))
    for seed in (0, 1):
        noise = np.random.default_rng(seed).normal(0, 0.8, Y.shape)
        file = tmp_path / "scores" / f"digits-{seed}.npy"
        np.save(file, (np.maximum(Y, 0) + noise)[order])
        file.with_suffix(".ids.txt").write_text("\n".join(np.array(record["ids"])[order]) + "\n")
    path.write_text(SUITE + MORE)
    output = conceptbench("run", path, "--out", "run")
    assert "failed" not in output
    tables = {p.stem: pd.read_csv(p) for p in (tmp_path / "run" / "tables").glob("*.csv")}
    assert set(tables["results"]["system"]) == {"colour", "theirs", "both"}
    assert set(tables["controls"]["system"]) == {"colour-control"}
    comparisons = tables["comparisons"]
    asked = comparisons[comparisons["question"] == "fusion"]
    assert asked[["system_a", "system_b"]].to_numpy().tolist() == [["theirs", "both"]]
    families = comparisons[comparisons["question"] == "families"]
    assert families[["system_a", "system_b"]].to_numpy().tolist() == [["colour", "theirs"]]
    assert len(tables["complementarity"]) == 1
    assert len(tables["leaks"]) == 2
    assert "theirs" not in set(tables["costs"]["system"])
    html = (tmp_path / "run" / "report.html").read_text()
    for words in ("How systems complement each other", "Controls", "scores made elsewhere"):
        assert words in html
    conceptbench("submit", "run", "both", "--seed", 0, "--out", "both.txt")
    first = (tmp_path / "both.txt").read_text().splitlines()[0].split()
    assert first[1] == "Q0"
    assert first[3] == "1"
    assert first[5] == "both"
    # A file that is no longer there is wrong use, said before anything runs.
    (tmp_path / "scores" / "digits-1.npy").unlink()
    output = conceptbench("run", path, "--out", "run", expect=2)
    assert "scores/digits-1.npy was not found" in output.replace("\n", " ")
