"""What an option may not be is told before anything runs, with what it may be."""

import re
from pathlib import Path

import pytest

from benchmarks.harness.data import load_task
from benchmarks.harness.plan import plan
from benchmarks.registry import ComponentError
from benchmarks.suites.loading import built_in, load, parse
from benchmarks.systems import check_networks, make

HERE = Path()
WORDS = {
    "name": "words",
    "descriptor": "dense-sift",
    "aggregator": "bag-of-words",
    "classifier": "linear-svm",
}
COLOUR = {"name": "colour", "descriptor": "colour-histogram", "classifier": "kernel-svm"}
TASK = {"name": "digits", "train_shots": 120, "val_shots": 60, "test_shots": 80}


def suite(*systems, task="digit-shots"):
    return parse({"name": "s", "tasks": [{"name": "t", "task": task}], "systems": list(systems)})


def told_of(spec):
    """What the plan of a run does with a system."""
    make(spec, HERE)
    check_networks(spec, HERE)


def said_of(system, *above):
    with pytest.raises(ComponentError) as caught:
        told_of(suite(*above, {"name": "x", **system}).systems[-1])
    return str(caught.value)


def sift(**parts):
    return {**WORDS, "name": "x", **parts}


def fisher(**options):
    return sift(aggregator={"name": "fisher", **options})


def words(**options):
    return sift(aggregator={"name": "bag-of-words", **options})


def colour(**parts):
    return {**COLOUR, "name": "x", **parts}


def kernel(**options):
    return colour(classifier={"name": "kernel-svm", **options})


@pytest.mark.parametrize(
    ("system", "said"),
    [
        (
            fisher(gaussians="16"),
            "system 'x': aggregator 'fisher': gaussians must be a whole number from 1, got '16'",
        ),
        (
            fisher(gaussians=-1),
            "system 'x': aggregator 'fisher': gaussians must be a whole number from 1, got -1",
        ),
        (
            words(assignment="lcc"),
            "system 'x': aggregator 'bag-of-words': assignment must be one of hard, soft, llc, "
            "got 'lcc'; did you mean 'llc'?",
        ),
        (
            words(pooling="mx"),
            "system 'x': aggregator 'bag-of-words': pooling must be one of average, max, "
            "got 'mx'; did you mean 'max'?",
        ),
        (
            words(grids=[[3, 0]]),
            "system 'x': aggregator 'bag-of-words': grids must be a list of (rows, columns) of "
            "whole numbers above 0, such as [(1, 1), (2, 2)]; got [[3, 0]]",
        ),
        (
            words(grids="2x2"),
            "system 'x': aggregator 'bag-of-words': grids must be a list of (rows, columns) of "
            "whole numbers above 0, such as [(1, 1), (2, 2)]; got '2x2'",
        ),
        (
            kernel(kernel="chi"),
            "system 'x': classifier 'kernel-svm': kernel must be one of chi2, intersection, rbf, "
            "got 'chi'; did you mean 'chi2'?",
        ),
        (
            kernel(C=-10),
            "system 'x': classifier 'kernel-svm': C must be a finite number above 0, got -10",
        ),
        (
            sift(optimization={"power": -2}),
            "system 'x': optimization: power must be a finite number above 0, got -2",
        ),
        (
            sift(descriptor={"name": "dense-sift", "root": "yes"}),
            "system 'x': descriptor 'dense-sift': root must be true or false, got 'yes'",
        ),
        (
            colour(descriptor={"name": "colour-histogram", "space": "rbg"}),
            "system 'x': descriptor 'colour-histogram': space must be one of rgb, hsv, lab, "
            "got 'rbg'; did you mean 'rgb'?",
        ),
        (
            {**WORDS, "name": "x", "aggregator": None},
            "system 'x': the descriptor DenseSIFT has no transform(X); it is a local descriptor, "
            "so give an aggregator, too",
        ),
        (
            colour(aggregator="vlad"),
            "system 'x': the descriptor ColourHistogram has no extract(image), which an "
            "aggregator needs: leave the aggregator out or take a local descriptor",
        ),
        (
            fisher() | {"classifier": "kernel-svm"},
            "system 'x': the classifier KernelSVM compares histograms, as its options are, but "
            "rows of FisherVector hold negative values: take linear-svm, or kernel-svm with "
            'kernel = "rbf"',
        ),
        (
            {"network": "mlp", "training": {"learning_rate": -1}},
            "system 'x': training: learning_rate must be above 0, got -1",
        ),
        (
            {"network": "mlp", "training": {"weight_decay": "3"}},
            "system 'x': training: weight_decay must be a finite number, got '3'",
        ),
        (
            {"network": "mlp", "training": {"compile": "yes"}},
            "system 'x': training: compile must be true or false, got 'yes'",
        ),
        (
            colour(classifier={"name": "multi-learner", "learner": "kernel-svn"}),
            "system 'x': classifier 'multi-learner': learner must be one of linear-svm, "
            "kernel-svm, additive-svm, logistic-regression or a classifier, got 'kernel-svn'; "
            "did you mean 'kernel-svm'?",
        ),
        (
            {"network": "mlp", "training": {"loss": "softmx"}},
            "system 'x': training: loss must be one of auto, bce, softmax, squared, got 'softmx'; "
            "did you mean 'softmax'?",
        ),
        (
            {"network": "mlp", "training": {"optimizer": "adam"}},
            "system 'x': training: optimizer must be one of adamw, sgd, got 'adam'; "
            "did you mean 'adamw'?",
        ),
        (
            {"network": "mlp", "training": {"validation": 1.0}},
            "system 'x': training: validation must be a number from 0 up, below 1, got 1.0",
        ),
        (
            {"network": "mlp", "training": {"test_scales": [0.0]}},
            "system 'x': training: test_scales must be positive numbers, got [0.0]",
        ),
        (
            {"network": {"name": "resnet-10", "pooling": "maximum"}},
            "system 'x': network: pooling must be one of average, max, average+max, got 'maximum'; "
            "did you mean 'max'?",
        ),
        (
            {"network": {"name": "resnet-10", "grids": {"stage5": [[1, 1]]}}},
            "system 'x': network: grids must be of stage1, stage2, stage3, stage4; there is no "
            "stage 'stage5'",
        ),
        (
            {"network": "resnet-18", "training": {"image_size": 24}},
            "system 'x': network: ResNet-18 takes images of 32 pixels a side or more, not 24",
        ),
        (
            {"network": "mlp", "training": {"trainable_layers": 9}},
            "system 'x': network: trainable_layers must be from 1 to 2, the layers of this network "
            "that have weights, got 9",
        ),
        (
            {"detector": {"name": "explicit-mlp", "hidden": [64, 0]}},
            "system 'x': detector 'explicit-mlp': hidden must be whole numbers from 1 up, got 0",
        ),
        (
            {"detector": {"name": "explicit-cnn", "pooling": "mean"}},
            "system 'x': detector 'explicit-cnn': pooling must be one of max, average, got 'mean'",
        ),
        (
            {"detector": {"name": "explicit-perceptron", "momentum": 1}},
            "system 'x': detector 'explicit-perceptron': momentum must be a number from 0 up, "
            "below 1, got 1",
        ),
        (
            {"detector": {"name": "explicit-perceptron", "schedule": "linera"}},
            "system 'x': detector 'explicit-perceptron': schedule must be one of constant, "
            "inverse, steps, linear, got 'linera'; did you mean 'linear'?",
        ),
    ],
)
def test_a_value_that_cannot_be_is_told_with_those_that_can(system, said):
    assert said_of(system) == said


@pytest.mark.parametrize(
    ("system", "said"),
    [
        (
            {"rescorer": {"name": "temporal", "widths": [-1]}, "member": "words"},
            "system 'x': rescorer 'temporal': widths must be whole numbers from 1, got -1",
        ),
        (
            {
                "rescorer": {"name": "chain", "steps": [{"name": "temporal", "widths": ["3"]}]},
                "member": "words",
            },
            "system 'x': rescorer 'chain': method 'temporal': widths must be whole numbers from 1, "
            "got '3'",
        ),
        (
            {
                "fusion": {"name": "late", "normalization": "zscore"},
                "members": ["words", "colour"],
            },
            "system 'x': fusion 'late': normalization must be one of min-max, z-score, rank, "
            "logistic, log-odds, isotonic, got 'zscore'; did you mean 'z-score'?",
        ),
        (
            {"fusion": {"name": "hierarchical", "methods": "lat"}, "members": ["words", "colour"]},
            "system 'x': fusion 'hierarchical': a method must be one of late, mean, ap, max, "
            "reciprocal-rank, borda, stacking, greedy-selection, got 'lat'; did you mean 'late'?",
        ),
        (
            {"early": "kernelsum", "members": ["words", "colour"], "classifier": "linear-svm"},
            "system 'x': method must be one of concatenation, kernel-sum, got 'kernelsum'; "
            "did you mean 'kernel-sum'?",
        ),
        (
            {"early": "kernel-sum", "members": ["words", "colour"], "classifier": "kernel-svm"},
            "system 'x': the classifier KernelSVM compares histograms, as its options are, but "
            "kernel-sum gives it rows with negative values, which stand for the sum of kernels: "
            'take linear-svm, logistic-regression, or kernel-svm with kernel = "rbf"',
        ),
        (
            {"early": "concatenation", "members": ["pca", "colour"], "classifier": "kernel-svm"},
            "system 'x': the classifier KernelSVM compares histograms, as its options are, but "
            "rows of the member 'pca' hold negative values, by DescriptorOptimization: take "
            'linear-svm, logistic-regression, or kernel-svm with kernel = "rbf"',
        ),
    ],
)
def test_so_it_is_for_what_is_made_of_other_systems(system, said):
    pca = {**WORDS, "name": "pca", "optimization": {"pca": 8}}
    assert said_of(system, WORDS, COLOUR, pca) == said


def test_histograms_side_by_side_are_histograms():
    early = {"name": "x", "early": "concatenation", "members": ["words", "colour"]}
    declared = suite(WORDS, COLOUR, {**early, "classifier": "kernel-svm"})
    make(declared.systems[-1], HERE)


def test_relations_of_a_concept_that_the_task_has_not_are_told_in_the_plan(tmp_path):
    rescorer = {"name": "conceptual", "relations": [["car", "digit-0"]]}
    declared = suite(
        WORDS,
        {"name": "x", "rescorer": rescorer, "member": "words"},
        task=TASK | {"name": "digit-shots"},
    )
    tasks = {"t": load_task(declared.tasks[0], tmp_path, None)}
    said = (
        "system 'x': rescorer 'conceptual': relations name 'car', and there is no such concept; "
        "the concepts are digit-0, digit-1"
    )
    with pytest.raises(ComponentError, match=re.escape(said)) as caught:
        plan(declared, tasks, tmp_path, "cpu")
    assert re.search(r"digit-9 and \d+ more$", str(caught.value))


def test_networks_are_tried_in_the_plan_and_not_in_each_trial(tmp_path):
    (tmp_path / "net.py").write_text(
        "from pathlib import Path\n"
        "from torch import nn\n\n"
        "def build(n_concepts, image_size, outputs=0):\n"
        "    with Path(__file__).with_name('built').open('a') as file:\n"
        "        file.write('x')\n"
        "    last = nn.Linear(3 * image_size**2, outputs or n_concepts)\n"
        "    return nn.Sequential(nn.Flatten(), last)\n"
    )

    def declared(**options):
        network = {"name": "net.py:build", **options}
        return suite({"name": "x", "network": network, "training": {"image_size": 16}})

    tasks = {"t": load_task(declared().tasks[0], tmp_path, None)}
    make(declared().systems[0], tmp_path)
    assert not (tmp_path / "built").exists()
    plan(declared(), tasks, tmp_path, "cpu")
    assert (tmp_path / "built").read_text() == "x"
    with pytest.raises(ComponentError, match=r"'x': network: .* to \(2, 3\), and gave \(2, 7\)"):
        plan(declared(outputs=7), tasks, tmp_path, "cpu")


def test_layers_that_a_network_has_not_are_told_in_the_plan(tmp_path):
    net = {"name": "net", "network": "lenet-5", "training": {"image_size": 32}}
    descriptor = {"name": "activations", "of": "net", "layer": "c9"}
    declared = suite(net, {"name": "x", "descriptor": descriptor, "classifier": "knn"})
    tasks = {"t": load_task(declared.tasks[0], tmp_path, None)}
    with pytest.raises(ComponentError, match="'x': descriptor: the network has no layer 'c9'"):
        plan(declared, tasks, tmp_path, "cpu")


@pytest.mark.parametrize("name", sorted(built_in()))
def test_every_value_of_the_built_in_suites_will_do(name):
    path = built_in()[name]
    for system in load(path).systems:
        try:
            make(system, path.parent)
            check_networks(system, path.parent)
        except ComponentError as error:
            # Whoever has not installed the extra runs the others.
            if not system.optional or "pip install 'conceptbench[pretrained]'" not in str(error):
                raise
