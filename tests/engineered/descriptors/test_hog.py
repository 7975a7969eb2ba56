import numpy as np
import pytest
import skimage.data

from engineered.descriptors.hog import HOG

ASTRONAUT = skimage.data.astronaut()


def test_declares_its_length():
    for parameters in ({}, {"image_size": 50, "cell_size": 8, "orientations": 6}):
        hog = HOG(**parameters)
        assert hog.transform([ASTRONAUT]).shape == (1, hog.dimension)


def test_stripes_fill_the_orientation_across_them():
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, (np.arange(64) // 4) % 2 == 1] = 255
    upright = HOG(orientations=2).transform([stripes]).reshape(-1, 2)
    lying = HOG(orientations=2).transform([stripes.transpose(1, 0, 2)]).reshape(-1, 2)
    # Two bins over 180 degrees: the gradient's direction lies in the first for 0 degrees.
    assert upright[:, 0].min() > 0.1
    np.testing.assert_allclose(upright[:, 1], 0, atol=1e-6)
    assert lying[:, 1].min() > 0.1
    np.testing.assert_allclose(lying[:, 0], 0, atol=1e-6)


def test_blocks_have_unit_length():
    blocks = HOG().transform([ASTRONAUT]).reshape(-1, 36)
    np.testing.assert_allclose(np.linalg.norm(blocks, axis=1), 1, atol=1e-3)


def test_the_size_of_the_image_hardly_matters():
    row, smaller = HOG().transform([ASTRONAUT, ASTRONAUT[::2, ::2]])
    assert row @ smaller / np.linalg.norm(row) / np.linalg.norm(smaller) > 0.9


@pytest.mark.parametrize("shape", [(1, 1), (3, 5000), (64, 64)])
def test_blank_images_of_any_size_are_zero(shape):
    rows = HOG().transform([np.full((*shape, 3), 90, np.uint8)])
    np.testing.assert_array_equal(rows, 0)


@pytest.mark.parametrize("parameters", [{"image_size": 8}, {"cell_size": 0}, {"orientations": 0}])
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        HOG(**parameters).describe(ASTRONAUT)
