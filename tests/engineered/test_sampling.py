import numpy as np
import pytest

from engineered.sampling import places_of, sample_vectors


class Places:
    """A vector a pixel: its image's number, and 1; every third one is zeros."""

    def extract(self, image):
        height, width = image.shape[:2]
        y, x = np.mgrid[:height, :width].reshape(2, -1)
        vectors = np.column_stack([np.full(len(x), image[0, 0, 0]), np.ones(len(x))])
        vectors[x % 3 == 0] = 0
        return vectors.astype(np.float32), np.column_stack([x, y, x]).astype(np.float32)


class Wants:
    max_vectors = 60
    max_images = 6


IMAGES = [np.full((4, 30, 3), i + 1, np.uint8) for i in range(20)]


def test_equally_many_vectors_of_few_images_none_without_contrast():
    vectors, places = sample_vectors(Places(), Wants(), IMAGES, 0, 1)
    numbers, counts = np.unique(vectors[:, 0], return_counts=True)
    assert len(numbers) == 6
    assert (counts == 10).all()
    assert places.shape == (60, 2)
    assert np.abs(places).max() <= 0.5


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_nothing_and_seeds_do(threads):
    one = sample_vectors(Places(), Wants(), IMAGES, 0, 1)
    many = sample_vectors(Places(), Wants(), IMAGES, 0, threads)
    other = sample_vectors(Places(), Wants(), IMAGES, 1, 1)
    np.testing.assert_array_equal(one[0], many[0])
    np.testing.assert_array_equal(one[1], many[1])
    assert not np.array_equal(one[1], other[1])


def test_places_are_symmetric_about_the_centre():
    frames = np.array([[0, 0, 1], [29, 3, 1], [14.5, 1.5, 1]], np.float32)
    places = places_of(frames, (4, 30, 3))
    np.testing.assert_allclose(places[0], -places[1], atol=1e-6)
    np.testing.assert_allclose(places[2], 0, atol=1e-6)
    np.testing.assert_allclose(places[0], [-0.5 + 0.5 / 30, -0.5 + 0.5 / 4], atol=1e-6)
