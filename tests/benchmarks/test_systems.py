"""A suite's systems become estimators that know what the harness does, and a suite may not say."""

from pathlib import Path

import pytest

from benchmarks.registry import ComponentError
from benchmarks.suites.system_spec import (
    DetectorSpec,
    EngineeredSpec,
)
from benchmarks.systems import identity, make, stages_of
from learned.explicit.detector import ExplicitMLP
from learned.stages import Stages

HERE = Path()


def detector(**options):
    return DetectorSpec.model_validate(
        {"name": "x", "detector": {"name": "explicit-mlp", "hidden": [8], **options}}
    )


def test_a_detector_is_told_seed_and_stages():
    stages = Stages()
    made = make(detector(epochs=3), HERE, seed=5, stages=stages)
    assert isinstance(made, ExplicitMLP)
    assert (made.hidden, made.epochs, made.random_state) == ([8], 3, 5)
    assert made.stages is stages


def test_a_detector_that_takes_no_seed_gets_none(tmp_path):
    (tmp_path / "mine.py").write_text(
        "class Mine:\n    def __init__(self, a=1):\n        self.a = a\n"
    )
    spec = DetectorSpec.model_validate({"name": "x", "detector": {"name": "mine.py:Mine", "a": 2}})
    assert make(spec, tmp_path, seed=5).a == 2


@pytest.mark.parametrize("option", ["random_state", "stages"])
def test_what_the_harness_says_a_suite_may_not(option):
    with pytest.raises(ComponentError, match=f"{option} is not for a suite to say"):
        make(detector(**{option: 1}), HERE)


@pytest.mark.parametrize("option", ["device", "network_options"])
def test_nor_of_descriptors_that_are_networks(option):
    spec = EngineeredSpec.model_validate(
        {
            "name": "x",
            "descriptor": {"name": "pretrained", "network": "lenet-5", option: "cpu"},
            "classifier": "knn",
        }
    )
    with pytest.raises(ComponentError, match=f"'x': {option} is not for a suite to say"):
        make(spec, HERE)


def test_wrong_options_of_a_detector_are_named():
    with pytest.raises(ComponentError, match="no option 'hiden'; did you mean 'hidden'"):
        make(detector(hiden=[3]), HERE)


def test_identity_follows_the_options_and_neither_seed_nor_stages():
    assert identity(detector(), HERE) == identity(detector(), HERE)
    assert identity(detector(), HERE) != identity(detector(epochs=3), HERE)


def test_a_detector_in_words():
    assert stages_of(detector(epochs=3)) == ["detector: explicit-mlp (hidden = [8], epochs = 3)"]


@pytest.mark.parametrize(
    ("descriptor", "said", "family"),
    [
        ("hog", {}, "engineered"),
        ({"name": "hog", "image_size": 32}, {}, "engineered"),
        ({"name": "pretrained", "network": "lenet-5"}, {}, "learned"),
        ({"name": "activations", "of": "net"}, {}, "learned"),
        ({"name": "activations", "of": "net"}, {"family": "engineered"}, "engineered"),
    ],
)
def test_features_of_networks_are_learned(descriptor, said, family):
    spec = {"name": "x", "descriptor": descriptor, "classifier": "knn", **said}
    assert EngineeredSpec.model_validate(spec).family == family
