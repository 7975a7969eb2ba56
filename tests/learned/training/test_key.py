"""What a training is known by: all that changes its result, and nothing else."""

import pickle

import numpy as np
import pytest
import torch

from learned.networks import mlp
from learned.stages import Stages
from tests.learned.detecting import Pretrained, quick, scenes


class Keys(Stages):
    """Takes the key of a training and leaves the training out."""

    class Taken(Exception):
        pass

    def resumable(self, stage, components, compute, fitted_on):
        assert stage == "train"
        raise self.Taken(pickle.dumps([describe(part) for part in components]))


def describe(value):
    """Stand for a harness: plain data of what components may be."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return sorted((name, describe(entry)) for name, entry in value.items())
    if hasattr(value, "get_params"):
        return value.get_params()
    if callable(value):
        return value.__qualname__, value.__module__
    assert value is None or isinstance(value, bool | int | float | str | tuple), value
    return value


def key(X, Y, **options):
    with pytest.raises(Keys.Taken) as taken:
        quick(stages=Keys(), **options).fit(X, Y)
    return taken.value.args[0]


class Videos(list):
    video = np.repeat(np.array(["a", "b", "c", "d", "e", "f"]), 4)


MATTERING = {
    "network": mlp.build, "network_options": {"width": 5}, "image_size": 17, "epochs": 3,
    "batch_size": 31, "optimizer": "sgd", "learning_rate": 0.1, "weight_decay": 0.1,
    "loss": "squared", "label_smoothing": 0.1, "shift": 0.2, "scale": 0.2, "rotation": 5.0,
    "mirror": True, "brightness": 0.1, "contrast": 0.1, "aspect": 0.1, "colour": 0.1,
    "cutout": 0.1, "mixup": 0.1, "cutmix": 0.1, "start_scale": 0.9, "class_balance": 0.1,
    "schedule": "cosine", "warm_up_share": 0.1, "average": "last", "validation": 0.2,
    "precision": "bf16", "compile": True, "weights": Pretrained(), "trainable_layers": 1,
    "one_network_a_concept": True, "processes": 2, "random_state": 1,
}  # fmt: skip


# Which matter only beside another one.
DEPENDENT = {"average_share": 0.3, "validation_metric": "loss", "growth_share": 0.3}


@pytest.mark.parametrize("name", MATTERING)
def test_what_matters_changes_a_trainings_key(name):
    X, Y = scenes()
    assert key(X, Y, **{name: MATTERING[name]}) != key(X, Y)


def test_what_matters_only_with_another_parameter_does_so():
    X, Y = scenes()
    for name, value in {"patience": 3, "validation_metric": "loss"}.items():
        assert key(X, Y, validation=0.2, **{name: value}) != key(X, Y, validation=0.2)
    for name, value in DEPENDENT.items():
        assert key(X, Y, **{name: value}) == key(X, Y)
    assert key(X, Y, start_scale=0.9, growth_share=0.3) != key(X, Y, start_scale=0.9)
    assert key(X, Y, average="last", average_share=0.3) != key(X, Y, average="last")
    assert key(Videos(X), Y) == key(X, Y)
    assert key(Videos(X), Y, validation=0.2) != key(X, Y, validation=0.2)


def test_what_does_not_matter_leaves_the_key_and_every_parameter_is_one_or_the_other():
    X, Y = scenes()
    same = {"device": "auto" if not torch.cuda.is_available() else "cpu", "random_state": 0}
    assert key(X, Y, **same) == key(X, Y)
    assert key(X, Y, random_state=np.random.RandomState(0)) == key(X, Y)
    assert key(X, Y, loss="bce") == key(X, Y)  # what "auto" comes to
    other = Y.copy()
    other[5, 0] = -1
    assert key(X, other) != key(X, Y)
    # Of scoring alone, and of how many are trained so.
    views = {"test_mirror": True, "test_scales": [1.0, 1.5], "ensemble": 2}
    assert key(X, Y, **views) == key(X, Y)
    told = {*MATTERING, *views, *DEPENDENT, "patience", "device", "stages"}
    assert told == set(quick().get_params())
