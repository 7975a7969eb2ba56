"""Pixels follow from the recipe alone: in any process, order and thread."""

from __future__ import annotations

import hashlib
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from benchmarks.tasks.digit_shots import DigitShots
from benchmarks.tasks.digits.script import script

SMALL = {"train_shots": 100, "val_shots": 70, "test_shots": 70}


def collection(**options):
    return DigitShots(**(SMALL | options)).load("t").collection


def test_two_instances_give_the_same_pixels():
    one, other = collection(), collection()
    for i in (0, 7, 130, 239):
        np.testing.assert_array_equal(one[i], other[i])
    assert one.fingerprint == other.fingerprint


def test_another_process_gives_the_same_pixels():
    """Nothing may hang on hash randomisation or on what was drawn before."""
    program = (
        "import hashlib; from benchmarks.tasks.digit_shots import DigitShots; "
        f"X = DigitShots(**{SMALL!r}).load('t').collection; "
        "print(hashlib.sha256(X[211].tobytes()).hexdigest(), X.fingerprint)"
    )
    here = collection()
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    pixels, fingerprint = done.stdout.split()
    assert pixels == hashlib.sha256(here[211].tobytes()).hexdigest()
    assert fingerprint == here.fingerprint


def test_pickle_holds_the_recipe_alone():
    source = collection().source
    text = pickle.dumps(source)
    assert len(text) < 1000
    again = pickle.loads(text)
    np.testing.assert_array_equal(again.load(3), source.load(3))
    assert again.digest(3) == source.digest(3)


def test_order_and_threads_do_not_matter():
    source = collection().source
    serial = [source.load(i) for i in range(60)]
    script.cache_clear()  # so that the threads tell the script together, too
    with ThreadPoolExecutor(6) as pool:
        threaded = list(pool.map(source.load, reversed(range(60))))
    for a, b in zip(serial, reversed(threaded), strict=True):
        np.testing.assert_array_equal(a, b)


def test_an_image_belongs_to_its_reader():
    """A reader that writes into its image must not change the next one's."""
    source = collection().source
    first = source.load(0)
    first[:] = 0
    assert source.load(0).any()


def test_seeds_differ():
    one, other = collection(seed=0), collection(seed=1)
    assert not np.array_equal(one[0], other[0])
    assert one.fingerprint != other.fingerprint


def test_shots_differ_and_digests_with_them():
    X = collection()
    pixels = {image.tobytes() for image in X}
    assert len(pixels) == len(set(X.digests)) == len(X)


@pytest.mark.parametrize("size", [32, 96, 131])
def test_shape_type_and_range(size):
    X = collection(image_size=size)
    images = [X[i] for i in range(0, len(X), 24)]
    for image in images:
        assert image.shape == (size, size, 3)
        assert image.dtype == np.uint8
        assert image.flags.c_contiguous
        assert image.std() > 5
    assert min(image.min() for image in images) < 30
    assert max(image.max() for image in images) > 225


def test_size_changes_the_sharpness_not_the_scene():
    """The same shot at two sizes differs by noise and edges only."""
    small, large = collection(image_size=64), collection(image_size=128)
    for i in (0, 50, 100):
        shrunk = cv2.resize(large[i], (64, 64), interpolation=cv2.INTER_AREA)
        a, b = (cv2.GaussianBlur(x, (0, 0), 3).astype(float).ravel() for x in (small[i], shrunk))
        assert np.corrcoef(a, b)[0, 1] > 0.97
