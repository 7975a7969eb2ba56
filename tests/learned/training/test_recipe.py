import dataclasses
import pickle

import pytest

from learned.training.augmentation import Augmentation
from learned.training.recipe import Recipe


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("epochs", 0, "a whole number from 1 up, got 0"),
        ("batch_size", 1.5, "a whole number from 1 up, got 1.5"),
        ("patience", True, "a whole number from 1 up, got True"),
        ("learning_rate", 0.0, "above 0"),
        ("learning_rate", float("nan"), "above 0"),
        ("weight_decay", -1.0, "from 0 up"),
        ("label_smoothing", 1.0, r"in \[0, 1\)"),
        ("class_balance", 1.5, r"in \[0, 1\]"),
        ("mixup", -0.1, "from 0 up"),
        ("cutmix", 1.1, r"in \[0, 1\]"),
        ("average_share", 0.0, r"in \(0, 1\]"),
        ("start_scale", 1.1, r"in \(0, 1\]"),
        ("growth_share", 0.0, r"in \(0, 1\]"),
        ("warm_up_share", 1.0, r"in \[0, 1\)"),
        ("optimizer", "adam", "one of adamw, sgd, got 'adam'"),
        ("schedule", "step", "one of one-cycle, cosine, linear, constant"),
        ("loss", "auto", "one of bce, softmax, sigmoid-squared, softmax-squared"),
        ("validation_metric", "f1", "one of ap, loss"),
        ("precision", "float64", "one of float32, bf16, fp16"),
        ("average", "ema", "one of exponential, last"),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(name, value, message):
    with pytest.raises(ValueError, match=f"^{name} must be {message}"):
        Recipe(**{name: value})


def test_a_recipe_is_plain_and_does_not_change():
    recipe = Recipe(augmentation=Augmentation(shift=0.1))
    assert pickle.loads(pickle.dumps(recipe)) == recipe
    assert dataclasses.asdict(recipe)["augmentation"]["shift"] == 0.1
    with pytest.raises(dataclasses.FrozenInstanceError):
        recipe.epochs = 3
