"""Images from a folder tree or from the libraries."""

import numpy as np
import pytest
from PIL import Image

from benchmarks.speed.images import MAX_SIDE, shrink, take_images


def test_a_tree_gives_images_evenly_with_their_folders_as_labels(folder_of_classes):
    taken = take_images(6, folder_of_classes)
    assert len(taken.pixels) == 6
    # 14 and 9 files: places 0, 4, 9, 13 and 18, 22 of the sorted list.
    np.testing.assert_array_equal(taken.labels, [0, 0, 0, 0, 1, 1])
    assert "6 of 23 images" in taken.source
    again = take_images(6, folder_of_classes)
    np.testing.assert_array_equal(np.stack(again.pixels), np.stack(taken.pixels))
    assert len(take_images(100, folder_of_classes).pixels) == 23


def test_files_that_cannot_be_read_are_counted(tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    Image.fromarray(np.zeros((20, 30, 3), np.uint8)).save(tmp_path / "deep" / "er" / "a.png")
    (tmp_path / "b.jpg").write_bytes(b"no image")
    taken = take_images(5, tmp_path)
    assert [image.shape for image in taken.pixels] == [(20, 30, 3)]
    assert "1 that cannot be read left out" in taken.source


def test_a_tree_without_images_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="holds no images"):
        take_images(3, tmp_path)
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(ValueError, match="none of the 1 images"):
        take_images(3, tmp_path)


def test_embedded_photographs_are_cut_the_same_every_time():
    taken, more = take_images(3, None), take_images(25, None)
    assert {image.shape for image in more.pixels} == {(200, 300, 3)}
    for one, other in zip(taken.pixels, more.pixels, strict=False):
        np.testing.assert_array_equal(one, other)
    assert len({image.tobytes() for image in more.pixels}) == 25
    assert "embedded" in taken.source


def test_shrinking_keeps_the_shape_and_the_mean():
    image = np.random.default_rng(0).integers(0, 256, (600, 400, 3), dtype=np.uint8)
    small = shrink(image)
    assert small.shape == (MAX_SIDE, 200, 3)
    assert abs(small.mean() - image.mean()) < 0.5
    assert shrink(small) is small
    assert shrink(np.zeros((5000, 2, 3), np.uint8)).shape == (MAX_SIDE, 1, 3)
