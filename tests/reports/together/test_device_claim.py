"""The claim on GPUs, of runs that trained the same networks on either device."""

import json

import pytest

from reports.document import Claims, Table, plain
from reports.html import render_html
from reports.pdf import render_pdf
from reports.together.build import build_together
from reports.together.device_claim import device_claim
from reports.together.pairing import pair_up

SYSTEMS = ("cnn", "mlp", "words")


@pytest.fixture
def two(synthetic, tmp_path):
    """Return two runs whose networks took the seconds given, on the devices given."""

    def make(before, after, devices=("cpu", "gpu"), seeds=((0, 1), (0, 1))):
        runs = []
        material = synthetic.Material("task", tuple("abcdef"), sizes=(None,))
        qualities = [
            synthetic.Quality(name, "engineered" if name == "words" else "learned")
            for name in SYSTEMS
        ]
        for i, seconds in enumerate((before, after)):
            run = synthetic.make_run(tmp_path / f"run-{i}", [material], qualities, seeds[i])
            for trial in run.complete("task"):
                if trial.system in seconds:
                    path = run.folder / "trials" / trial.key / "cost.json"
                    took = seconds[trial.system]
                    took = took[trial.seed] if isinstance(took, dict) else took
                    write_stage(path, took, devices[i] == "gpu")
            runs.append(type(run)(run.folder))
        return pair_up(runs)

    return make


def write_stage(path, seconds, on_gpu):
    stages = json.loads(path.read_text())
    gpu = seconds if on_gpu else 0.0
    train = {**stages[0], "stage": "fit/train", "wall_s": seconds, "gpu_s": gpu}
    path.write_text(json.dumps([*stages, train]))


def answer(blocks):
    (claims,) = (block for block in blocks if isinstance(block, Claims))
    return claims.items[0].answers[0]


@pytest.mark.parametrize(
    ("cpu", "gpu", "verdict", "says"),
    [
        ({"cnn": 120.0, "mlp": 9.0}, {"cnn": 2.0, "mlp": 3.0}, "holds", "3.0 times to 60 times"),
        ({"cnn": 120.0, "mlp": 9.0}, {"cnn": 2.0, "mlp": 6.0}, "open", "1.5 times to 60 times"),
        ({"cnn": 3.0, "mlp": 3.0}, {"cnn": 2.0, "mlp": 6.0}, "fails", "0.5 times to 1.5 times"),
        (
            {"cnn": 30.0},
            {"cnn": 10.0},
            "holds",
            "1 training of a network that both runs made takes 3.0",
        ),
    ],
)
@pytest.mark.parametrize("gpu_first", [False, True])
def test_the_verdict_is_that_of_the_networks_which_both_trained(
    two, cpu, gpu, verdict, says, gpu_first
):
    pairs = two(gpu, cpu, ("gpu", "cpu")) if gpu_first else two(cpu, gpu)
    blocks = device_claim(pairs[0], 0)
    found = answer(blocks)
    assert found.verdict == verdict
    assert says in plain(found.evidence).replace("\u00a0", " ")
    (table,) = (block for block in blocks if isinstance(block, Table))
    rows = {row[0].text: [cell.value for cell in row[3:]] for row in table.rows}
    assert rows == {name: [cpu[name], gpu[name], cpu[name] / gpu[name]] for name in cpu}


def test_only_seeds_that_both_have_count(two):
    seconds = {"cnn": {1: 2.0, 2: 1000.0}}
    (pair,) = two({"cnn": {0: 500.0, 1: 8.0}}, seconds, seeds=((0, 1), (1, 2)))
    (table,) = (block for block in device_claim(pair, 0) if isinstance(block, Table))
    assert [cell.value for cell in table.rows[0][3:]] == [8.0, 2.0, 4.0]


def test_on_one_device_there_is_nothing_to_say(two):
    (pair,) = two({"cnn": 8.0}, {"cnn": 2.0}, ("cpu", "cpu"))
    assert device_claim(pair, 0) == []


def test_it_stands_among_the_costs_of_either_format(two):
    document = build_together(two({"cnn": 120.0}, {"cnn": 2.0}))
    section = next(s for s in document.sections if s.id == "costs")
    assert [type(block).__name__ for block in section.blocks][-2:] == ["Claims", "Table"]
    assert "Networks are trained many times faster on a GPU" in render_html(document).decode()
    assert render_pdf(document).startswith(b"%PDF")
