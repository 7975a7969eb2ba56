"""A collection is lazy, bounded, in order, known by its content, and pickles as a recipe."""

import pickle
import threading
import time

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image

from benchmarks.collection import AHEAD, Files, ImageCollection
from benchmarks.decoding import BadImageError


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    photograph = load_sample_image("flower.jpg")
    found = []
    for i in range(12):
        path = folder / f"{i:02d}.png"
        Image.fromarray(photograph[20 * i : 20 * i + 20 + i, :30].copy()).save(path)
        found.append(path)
    return found


def collect(paths, **options) -> ImageCollection:
    return ImageCollection(Files(paths), [path.name for path in paths], **options)


class Watched:
    """A source that counts what is loaded and how much of it is still held."""

    def __init__(self):
        self.loaded = 0
        self.taken = 0
        self.most = 0
        self.lock = threading.Lock()

    def load(self, index):
        with self.lock:
            self.loaded += 1
            self.most = max(self.most, self.loaded - self.taken)
        return np.full((4, 4, 3), index % 256, np.uint8)

    def digest(self, index):
        return f"{index:064d}"


def test_items_are_the_files(paths):
    X = collect(paths)
    assert len(X) == 12
    for i, path in enumerate(paths):
        np.testing.assert_array_equal(X[i], np.asarray(Image.open(path)))
    np.testing.assert_array_equal(X[-1], X[11])
    with pytest.raises(IndexError):
        X[12]


@pytest.mark.parametrize("threads", [0, 1, 4])
def test_iteration_is_in_order_whatever_the_threads(paths, threads):
    X = collect(paths, threads=threads)
    for image, path in zip(X, paths, strict=True):
        np.testing.assert_array_equal(image, np.asarray(Image.open(path)))


def test_slow_samples_do_not_change_the_order():
    class Slow(Watched):
        def load(self, index):
            time.sleep(0.002 * ((index * 7) % 5))
            return super().load(index)

    X = ImageCollection(Slow(), [str(i) for i in range(40)], threads=4)
    assert [int(image[0, 0, 0]) for image in X] == list(range(40))


def test_nothing_is_loaded_before_it_is_asked_for_and_little_ahead():
    source = Watched()
    X = ImageCollection(source, [str(i) for i in range(500)], threads=4)
    part = X[np.arange(100, 400)]
    assert source.loaded == 0
    for _ in part:
        source.taken += 1
        time.sleep(0.0005)
    assert source.loaded == 300
    assert source.most <= AHEAD + 4


def test_leaving_an_iteration_stops_the_decoding():
    source = Watched()
    for _ in ImageCollection(source, [str(i) for i in range(500)], threads=2):
        break
    assert source.loaded <= AHEAD + 2


def test_sub_collections(paths):
    X = collect(paths, video=["a"] * 6 + ["b"] * 6, shot=[0, 1, 2, 3, 4, 5] * 2)
    part = X[np.array([7, 2])]
    assert part.ids.tolist() == ["07.png", "02.png"]
    assert part.video.tolist() == ["b", "a"]
    assert part.shot.tolist() == [1, 2]
    np.testing.assert_array_equal(part[0], X[7])
    np.testing.assert_array_equal(part[np.array([1])][0], X[2])
    assert X[X.video == "b"].ids.tolist() == [f"{i:02d}.png" for i in range(6, 12)]
    assert X[2:4].ids.tolist() == ["02.png", "03.png"]
    assert len(X[np.array([], dtype=int)]) == 0
    with pytest.raises(TypeError):
        X[np.array([0.5])]


def test_fingerprint_is_of_content_not_of_paths(paths, tmp_path):
    X = collect(paths)
    copies = []
    for i, path in enumerate(paths):
        copy = tmp_path / f"other-{i}.png"
        copy.write_bytes(path.read_bytes())
        copies.append(copy)
    assert collect(copies).fingerprint == X.fingerprint
    assert X[np.arange(11)].fingerprint != X.fingerprint
    assert X[np.arange(12)[::-1]].fingerprint != X.fingerprint
    data = bytearray(copies[3].read_bytes())
    data[-20] ^= 1
    copies[3].write_bytes(data)
    assert collect(copies).fingerprint != X.fingerprint


def test_pickles_as_a_recipe(paths):
    X = collect(paths)
    data = pickle.dumps(X)
    assert len(data) < 5000
    again = pickle.loads(data)
    assert again.fingerprint == X.fingerprint
    np.testing.assert_array_equal(again[5], X[5])


def test_a_bad_file_raises_with_its_path_when_met(paths, tmp_path):
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no image")
    X = collect([*paths, bad])
    np.testing.assert_array_equal(X[0], np.asarray(Image.open(paths[0])))
    with pytest.raises(BadImageError, match=r"bad\.png"):
        for _ in X:
            pass


def test_ids_must_be_unique_and_columns_as_long(paths):
    with pytest.raises(ValueError, match="'x' occurs twice"):
        ImageCollection(Files(paths[:2]), ["x", "x"])
    with pytest.raises(ValueError, match="video has 1 entries for 2"):
        ImageCollection(Files(paths[:2]), ["x", "y"], video=["v"])
