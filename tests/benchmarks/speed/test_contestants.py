"""Every contestant, on small work: its output is the same thing as ours, in our layout."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from benchmarks.speed.images import take_images
from benchmarks.speed.race import Size
from benchmarks.speed.races import RACES, find_race
from benchmarks.speed.vectors import sample_vectors
from benchmarks.speed.work import Work

#: The least agreement of each peer that computes the same; what it is for is in `differs`.
LEAST = {
    ("dense-sift", "OpenCV SIFT.compute"): 0.93,
    ("dense-sift", "VLFeat dsift, fast"): 0.99,
    ("dense-sift", "VLFeat dsift, exact"): 0.99,
    ("dense-sift", "kornia dense SIFT"): 0.85,
    ("assignment", "scikit-learn predict"): 0.999,
    ("assignment", "faiss IndexFlatL2"): 0.999,
    ("assignment", "VLFeat kmeans_quantize"): 0.999,
    ("svm", "scikit-learn LinearSVC"): 1.0,
}
#: The largest disagreement, where the figure is a difference.
MOST = {
    ("fisher", "scikit-image"): 1e-3,
    ("fisher", "VLFeat fisher"): 1e-3,
    ("vlad", "NumPy and scikit-learn"): 1e-4,
    ("vlad", "VLFeat vlad"): 1e-4,
    ("statistics", "scikit-learn"): 0.1,
}


@pytest.fixture(scope="module")
def done():
    """Do a race's quick work by one of its contestants, in this process."""
    works, outputs = {}, {}

    def do(race, contestant):
        if race.name not in works:
            works[race.name] = race.work(
                take_images(race.quick.images, None), race.quick, quick=True
            )
        key = race.name, contestant.name
        if key not in outputs:
            one = contestant(works[race.name], 1)
            one.load()
            one.prepare()
            one.first()
            one.run()
            outputs[key] = one.output() if contestant.comparable else one.result
        return works[race.name], outputs[key]

    return do


@pytest.mark.parametrize(
    ("name", "contestant"),
    [(name, peer) for name, race in RACES.items() for peer in race.contestants[1:]],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_output_agrees_with_ours(done, name, contestant):
    reason = contestant.missing()
    if reason is not None:
        pytest.skip(f"{contestant.name} is {reason}")
    race = find_race(name)
    work, ours = done(race, race.contestants[0])
    _, theirs = done(race, contestant)
    if not contestant.comparable:
        assert len(theirs) > 0
        return
    value = race.agreement(work, ours, theirs).value
    key = name, contestant.name
    if name == "kmeans":
        assert value == pytest.approx(1, abs=0.05)
    elif key in LEAST:
        assert value >= LEAST[key]
    elif key in MOST:
        assert value <= MOST[key]
    else:
        assert contestant.differs
        assert np.isfinite(value)


def test_the_kmeans_figure_is_the_ratio_of_scikit_learns_inertias(done):
    race = find_race("kmeans")
    work = Work(1, "", {}, {"vectors": np.random.default_rng(0).normal(size=(200, 3))})
    X = work.arrays["vectors"]
    fits = [KMeans(k, n_init=1, max_iter=2, random_state=0).fit(X) for k in (3, 5)]
    ours, theirs = ({"centres": fit.cluster_centers_} for fit in fits)
    expected = fits[0].score(X) / fits[1].score(X)
    assert race.agreement(work, ours, theirs).value == pytest.approx(expected, rel=1e-5)


def test_vectors_are_drawn_on_as_fine_a_grid_as_it_takes():
    pixels = take_images(2, None).pixels
    few, step = sample_vectors(pixels, 500)
    assert (few.shape, step) == ((500, 128), 4)
    assert few.any(axis=1).all()
    many, step = sample_vectors([image[:70, :70] for image in pixels], 1500)
    assert len(many) == 1500
    assert step < 4
    with pytest.raises(ValueError, match="raise --images or lower --vectors"):
        sample_vectors([pixels[0][:50, :50]], 10**6)


def test_work_survives_the_way_to_another_process(tmp_path):
    work = Work(2, "words", {"step": 4}, {"x": np.arange(6.0).reshape(2, 3)})
    work.add_items("image", [np.zeros((2, 3, 3), np.uint8), np.ones((1, 1, 3), np.uint8)])
    work.save(tmp_path)
    loaded = Work.load(tmp_path)
    assert (loaded.units, loaded.description, loaded.settings) == (2, "words", {"step": 4})
    np.testing.assert_array_equal(loaded.arrays["x"], work.arrays["x"])
    assert [image.shape for image in loaded.items("image")] == [(2, 3, 3), (1, 1, 3)]
    loaded.arrays["x"][:] = 0  # its own copy, as some peers want arrays that can be written
    np.testing.assert_array_equal(Work.load(tmp_path).arrays["x"], work.arrays["x"])


@pytest.mark.parametrize(
    ("name", "images", "message"),
    [("dense-sift", 0, "give larger ones"), ("svm", 1, "two folders at least")],
)
def test_images_that_do_not_suffice(name, images, message):
    race = find_race(name)
    taken = take_images(max(images, 1), None)
    if name == "dense-sift":
        taken.pixels[0] = taken.pixels[0][:10]
    with pytest.raises(ValueError, match=message):
        race.work(taken, Size(1, 1, 100), True)
