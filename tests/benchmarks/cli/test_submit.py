"""`conceptbench submit`: what a user submits is what the run's scores say."""

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from benchmarks.cli import submit
from benchmarks.collection import ImageCollection
from benchmarks.results.run import Run, write_task
from benchmarks.results.store import TrialFolder, write_json
from benchmarks.results.trec import read_submission
from benchmarks.tasks.base import Split, Task


class Nothing:
    def load(self, index):
        return np.zeros((2, 2, 3), np.uint8)

    def digest(self, index):
        return str(index)


@pytest.fixture
def run(tmp_path) -> Run:
    n = 12
    Y = (np.arange(n)[:, None] + np.arange(2)) % 2
    video = [f"{i // 4}" for i in range(n)]
    collection = ImageCollection(Nothing(), [f"s{i}" for i in range(n)], video, np.arange(n) % 4)
    split = Split(np.arange(4), np.arange(0), np.arange(4, n))
    write_task(
        tmp_path / "run" / "tasks" / "t",
        Task("t", collection, ["car", "road"], Y, lambda seed, size: split),
    )
    plan = []
    for seed in (0, 1):
        scores = np.random.default_rng(seed).normal(size=(8, 2)).astype(np.float32)
        arrays = {"train": split.train, "val": split.val, "test": split.test, "scores": scores}
        TrialFolder(tmp_path / "run" / "trials" / f"k{seed}").write({"status": "complete"}, arrays)
        plan.append(
            {
                "key": f"k{seed}", "task": "t", "system": "words", "family": "engineered",
                "seed": seed, "train_size": None,
            }
        )  # fmt: skip
    write_json(tmp_path / "run" / "run.json", {"tasks": ["t"], "plan": plan})
    (tmp_path / "topics.csv").write_text("topic,concept\n7,road\n")
    return Run(tmp_path / "run")


def go(*arguments):
    app = typer.Typer()
    submit.register(app)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_text_ranks_the_shots_of_the_topics(run, tmp_path):
    out = tmp_path / "words.txt"
    done = go(
        run.folder, "words", "--seed", 1, "--size", "all", "--topics", tmp_path / "topics.csv",
        "--shot", "shot{video}_{shot}", "--tag", "mine", "--limit", 5, "--out", out,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    ranked = read_submission(out)
    scores = run.trials[1].scores[:, 1]
    order = np.argsort(-scores)[:5]
    assert ranked.shot.tolist() == [f"shot{1 + i // 4}_{i % 4}" for i in order]
    np.testing.assert_array_equal(ranked.score.astype(np.float32), scores[order])
    assert set(ranked.topic) == {"7"}
    assert ranked.tag == "mine"


def test_xml_where_the_name_says_so(run, tmp_path):
    out = tmp_path / "words.xml"
    told = ("--participant", "LIG", "--training-type", "D", "--priority", 1)
    topics = ("--topics", tmp_path / "topics.csv", "--seed", 0)
    done = go(run.folder, "words", *topics, *told, "--description", "words & all", "--out", out)
    assert done.exit_code == 0, done.output
    text = out.read_text(encoding="iso-8859-1")
    assert 'fNum="7"' in text
    assert "words &amp; all" in text
    assert pd.read_xml(out, xpath=".//item", parser="etree")["seqNum"].tolist() == list(range(1, 9))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("word", "--out", "a.txt"), "did you mean words"),
        (("words", "--out", "a.txt"), "2 trials answer"),
        (("words", "--seed", 0, "--size", "big", "--out", "a.txt"), "expected a number, or all"),
        (("words", "--seed", 0, "--out", "a.xml"), "--participant is needed for XML"),
        (("words", "--seed", 0, "--priority", 1, "--out", "a.txt"), "--priority is for XML"),
        (("words", "--seed", 0, "--out", "no/a.txt"), "its folder does not exist"),
        (("words", "--seed", 0, "--topics", "no.csv", "--out", "a.txt"), "no.csv"),
    ],
)
def test_wrong_use_is_said(run, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    done = go(run.folder, *arguments)
    assert done.exit_code == 2
    assert message in done.output
    assert not list(tmp_path.glob("a.*"))


def test_help_shows_examples(run):
    done = go("--help")
    assert "conceptbench submit runs/mine words --out words.txt" in done.output
