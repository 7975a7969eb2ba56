"""What every global descriptor of colour, texture and shape must hold."""

import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import skimage.data
from sklearn.base import clone

from engineered.descriptors.colour_moments import ColourMoments
from engineered.descriptors.correlogram import AutoCorrelogram
from engineered.descriptors.edge_orientation import EdgeOrientation
from engineered.descriptors.gabor import Gabor
from engineered.descriptors.gist import GIST
from engineered.descriptors.hog_pyramid import HOGPyramid
from engineered.descriptors.lbp import LBP

DESCRIPTORS = [
    ColourMoments(),
    AutoCorrelogram(),
    Gabor(),
    GIST(),
    GIST(colour=True),
    EdgeOrientation(),
    HOGPyramid(),
    HOGPyramid(edges_only=False, signed=True),
    LBP(),
]
SHAPES = [(1, 1), (3, 5000), (5000, 3), (2, 2), (7, 5), (1, 40), (60, 90)]
ASTRONAUT = skimage.data.astronaut()[::2, ::2].copy()


@pytest.fixture(params=DESCRIPTORS, ids=str)
def descriptor(request):
    return request.param


@pytest.mark.parametrize("shape", SHAPES)
def test_every_image_has_a_vector_and_no_warning(descriptor, shape):
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    blanks = [np.full((*shape, 3), level, np.uint8) for level in (0, 77, 255)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = descriptor.transform([noise, *blanks])
    assert rows.shape == (4, descriptor.dimension)
    assert rows.dtype == np.float32
    assert np.isfinite(rows).all()


def test_no_images_make_no_rows(descriptor):
    assert descriptor.transform([]).shape == (0, descriptor.dimension)


def test_the_image_is_left_alone_and_copies_describe_alike(descriptor):
    image = ASTRONAUT.copy()
    row = descriptor.describe(image)
    assert row.dtype == np.float32
    np.testing.assert_array_equal(image, ASTRONAUT)
    image.flags.writeable = False
    for copy in (clone(descriptor), pickle.loads(pickle.dumps(descriptor))):
        np.testing.assert_array_equal(copy.describe(image), row)


def test_threads_describe_as_one_does(descriptor):
    images = [ASTRONAUT[k : k + 150, 2 * k :] for k in range(0, 48, 4)]
    expected = descriptor.transform(images)
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda image: descriptor.transform([image])[0], images))
    np.testing.assert_array_equal(rows, expected)


def test_what_is_not_an_image_is_refused(descriptor):
    with pytest.raises(ValueError, match="uint8 RGB"):
        descriptor.transform([np.zeros((5, 5), np.uint8)])
