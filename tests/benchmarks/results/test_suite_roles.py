"""Which systems answer what: read from how a suite makes them, never from what it calls them."""

import re
from importlib.resources import files
from types import SimpleNamespace

import pytest

from benchmarks.results.suite_roles import (
    Contrast,
    DepthLine,
    Probe,
    claimed_pairs,
    depth_lines,
    frozen_and_joint,
    layer_probes,
    one_and_many,
    pretrained,
    trained_differently,
)

ROLES = (depth_lines, frozen_and_joint, layer_probes, one_and_many, pretrained)


def given(source):
    return SimpleNamespace(info={"suite": {"source": source}})


def built_in(name):
    return given((files("benchmarks.suites") / f"{name}.toml").read_text())


def test_the_lecture_suite():
    run = built_in("lecture")
    layers = (("layer-1", "stem"), ("layer-2", "stage1"), ("layer-3", "stage2"),
              ("layer-4", "stage3"))  # fmt: skip
    assert layer_probes(run) == [Probe(layers, "small-cnn")]
    assert frozen_and_joint(run) == [Contrast(("small-cnn",), ("frozen",))]
    assert one_and_many(run) == [Contrast(("small-cnn",), ("one-a-concept",))]
    steps = (("resnet-20", 20), ("resnet-32", 32), ("resnet-56", 56))
    assert depth_lines(run) == [DepthLine(steps)]
    assert pretrained(run) == set()


def test_the_claims_fix_their_pairs():
    assert claimed_pairs(built_in("lecture")) == {
        "layers": [("layer-2", "layer-1"), ("layer-3", "layer-1"), ("layer-4", "layer-1")],
        "joint training": [("small-cnn", "frozen")],
        "one network": [("small-cnn", "one-a-concept")],
        "depth": [("resnet-56", "resnet-20"), ("resnet-32", "resnet-20"),
                  ("resnet-56", "resnet-32")],
    }  # fmt: skip
    assert not any(claimed_pairs(built_in("quickstart")).values())


def test_the_transfer_suite():
    run = built_in("transfer")
    (probe,) = layer_probes(run)
    # The features themselves are what the last layer is given: they end the line.
    assert probe.layers[0] == ("stage-1", "stage1")
    assert probe.layers[-1] == ("lite0-svm", "")
    assert len(probe.layers) == 8
    assert probe.whole == ""
    features = ("lite0-svm", "lite0-rbf", "lite0-ridge", "lite0-logistic", "lite0-knn")
    # From scratch is another network to start from: it is not compared with what was kept.
    assert frozen_and_joint(run) == [Contrast(("fine-tuned",), (*features, "partial"))]
    assert trained_differently(run, "fine-tuned", "partial") == []
    source = run.info["suite"]["source"]
    slower = source.replace("learning_rate = 0.001", "learning_rate = 0.0005", 1)
    assert slower != source
    assert trained_differently(given(slower), "fine-tuned", "partial") == ["learning_rate"]
    assert trained_differently(run, "fine-tuned", "lite0-svm") == []
    # A fusion of them is, too.
    assert pretrained(run) >= {"lite0-svm", "fine-tuned", "partial", "stage-3", "lite0-classifiers"}
    assert "from-scratch" not in pretrained(run)


def test_the_depth_suite_has_a_line_for_each_module_that_builds_networks():
    lines = [[depth for _, depth in line.steps] for line in depth_lines(built_in("depth"))]
    assert lines == [[8, 11, 13, 16, 19], [18, 34, 50, 101, 152], [20, 32, 44, 56, 110]]


@pytest.mark.parametrize("suite", ["lecture", "transfer", "depth"])
def test_names_of_systems_mean_nothing(suite):
    source = built_in(suite).info["suite"]["source"]
    names = re.findall(r'\[\[systems\]\]\nname = "([^"]+)"', source)
    assert names
    new = {name: f"x{len(names) - i}" for i, name in enumerate(names)}
    renamed = re.sub(
        r'(\[\[systems\]\]\nname = |of = )"([^"]+)"', lambda m: f'{m[1]}"{new[m[2]]}"', source
    )
    renamed = re.sub(
        r"(?m)^members = .*$",
        lambda m: re.sub(r'"([^"]+)"', lambda n: f'"{new[n[1]]}"', m[0]),
        renamed,
    )

    def translated(value):
        if isinstance(value, str):
            return new.get(value, value)
        if isinstance(value, Probe):
            return Probe(
                tuple((translated(s), layer) for s, layer in value.layers), translated(value.whole)
            )
        if isinstance(value, DepthLine):
            return DepthLine(tuple((translated(s), depth) for s, depth in value.steps))
        if isinstance(value, Contrast):
            return Contrast(*(tuple(map(translated, x)) for x in (value.ones, value.others)))
        return type(value)(map(translated, value))

    for role in ROLES:
        assert role(given(renamed)) == translated(role(given(source)))


def network(name, network='"small-cnn"', training="{ epochs = 3 }"):
    return f'[[systems]]\nname = "{name}"\nnetwork = {network}\ntraining = {training}\n'


def test_depth_may_be_an_option_and_all_else_must_be_equal():
    module = "learned.networks.resnet_cifar"
    run = given(
        network("deep", f'{{ name = "{module}:build", depth = 26 }}')
        + network("declared", '"resnet-20"')
        + network("wide", '{ name = "resnet-32", width = 32 }')
        + network("longer", '"resnet-44"', "{ epochs = 9 }")
        + network("again", '"resnet-20"')
        + network("odd", '{ name = "resnet-32", depth = true }')
    )
    assert depth_lines(run) == [DepthLine((("declared", 20), ("deep", 26)))]


def test_one_network_a_concept_is_compared_with_the_same_training_alone():
    alone = "{ one_network_a_concept = true, epochs = 3 }"
    run = given(network("all") + network("each", training=alone) + network("longer",
                training="{ epochs = 9 }"))  # fmt: skip
    assert one_and_many(run) == [Contrast(("all",), ("each",))]


def test_controls_answer_nothing():
    control = "shuffle_annotations = true\n"
    run = given(network("all") + network("frozen", training="{ trainable_layers = 1 }") + control)
    assert frozen_and_joint(run) == []
    kept = given(network("all") + network("frozen", training="{ trainable_layers = 1 }"))
    assert frozen_and_joint(kept) == [Contrast(("all",), ("frozen",))]


@pytest.mark.parametrize(
    "source",
    [
        "",
        "not toml [",
        "systems = 3",
        "systems = [1, 'a', {}, {name = 3}, {name = 'a', network = 3, descriptor = [1]}]",
        "[[systems]]\nname = 'a'\ndescriptor = { layer = 3, of = 4 }\ntraining = 7\nnetwork = {}",
        "[[systems]]\nname = 'a'\ndescriptor = { network = [], weights = 1 }",
        None,
    ],
)
def test_a_suite_that_cannot_be_read_answers_nothing(source):
    run = given(source)
    assert [list(role(run)) for role in ROLES[:-1]] == [[], [], [], []]
    assert isinstance(pretrained(run), set)
