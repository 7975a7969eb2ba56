"""Test samples among the training samples, and a control without anything to learn."""

import cv2
import numpy as np
import pytest

from benchmarks.results.leakage import find_leaks, perceptual_hashes, shuffled_annotations


def photographs():
    import skimage.data

    return [getattr(skimage.data, name)() for name in ("astronaut", "chelsea", "coffee", "rocket")]


def test_a_copy_that_was_compressed_and_shrunk_is_found():
    images = photographs()
    copies = []
    for image in images:
        small = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 60])
        copies.append(cv2.imdecode(data, cv2.IMREAD_COLOR))
    found = find_leaks(
        list("abcd"), list("efgh"), perceptual_hashes(images), perceptual_hashes(copies)
    )
    assert (found.identical, found.near, found.tested) == (0, 4, 4)
    np.testing.assert_array_equal(found.pairs[:, :2], np.repeat(np.arange(4), 2).reshape(4, 2))


@pytest.mark.parametrize("distance", [0, 1, 3])
def test_search_finds_what_comparing_all_finds(distance):
    rng = np.random.default_rng(0)
    a = rng.integers(1, 2**63, 200, dtype=np.uint64)
    b = a[rng.integers(0, 200, 150)].copy()
    for _ in range(4):
        flip = rng.random(150) < 0.5
        b[flip] ^= np.uint64(1) << rng.integers(0, 64, flip.sum(), dtype=np.uint64)
    found = find_leaks(np.arange(200), np.arange(150) + 1000, a, b, distance)
    bits = np.array([[(int(x) ^ int(y)).bit_count() for y in b] for x in a])
    expected = {(int(i), int(j), int(bits[i, j])) for i, j in np.argwhere(bits <= distance)}
    assert {tuple(pair) for pair in found.pairs.tolist()} == expected
    assert found.near == len({j for _, j, _ in expected})


def test_identical_samples_are_counted_once_and_not_as_near():
    hashes = np.array([5, 5, 1023 << 20], np.uint64)
    found = find_leaks(["x", "x", "y"], ["x", "z"], hashes, np.array([5, 2**63 - 1], np.uint64))
    assert (found.identical, found.near) == (1, 0)
    assert found.pairs.tolist() == [[0, 0, -1], [1, 0, -1]]
    assert find_leaks(["x"], ["y"]).pairs.shape == (0, 3)


def test_images_of_one_colour_are_not_compared():
    hashes = perceptual_hashes([np.full((40, 50, 3), value, np.uint8) for value in (0, 255)])
    assert hashes.tolist() == [0, 0]
    assert find_leaks(["a", "b"], ["c", "d"], hashes, hashes).near == 0


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="0 to 3 bits"):
        find_leaks([], [], distance=4)
    with pytest.raises(ValueError, match="of both"):
        find_leaks(["a"], ["b"], np.zeros(1, np.uint64))
    with pytest.raises(ValueError, match="as many"):
        find_leaks(["a"], ["b"], np.ones(2, np.uint64), np.ones(1, np.uint64))


@pytest.mark.parametrize("videos", [False, True])
def test_shuffling_keeps_counts_and_gaps_and_the_test_samples(videos):
    rng = np.random.default_rng(0)
    Y = rng.choice([-1, 0, 1], size=(90, 3), p=[0.2, 0.5, 0.3]).astype(np.int8)
    video = rng.permutation(np.repeat(np.arange(9), 10)) if videos else None
    train = rng.permutation(90)[:60]
    found = shuffled_annotations(Y, train, video, seed=1)
    test = np.setdiff1d(np.arange(90), train)
    np.testing.assert_array_equal(found[test], Y[test])
    np.testing.assert_array_equal(found < 0, Y < 0)
    np.testing.assert_array_equal((found == 1).sum(axis=0), (Y == 1).sum(axis=0))
    assert (found[train] != Y[train]).any(axis=0).all()
    np.testing.assert_array_equal(found, shuffled_annotations(Y, train, video, seed=1))


def test_concepts_of_a_video_stay_together():
    video = np.repeat(np.arange(40), 10)
    Y = np.random.default_rng(0).integers(0, 2, (40, 1))[video]
    found = shuffled_annotations(Y, np.arange(400), video)
    changes = (np.diff(found[:, 0]) != 0).sum()
    assert changes <= 42
    alone = shuffled_annotations(Y, np.arange(400))
    assert (np.diff(alone[:, 0]) != 0).sum() > 150
