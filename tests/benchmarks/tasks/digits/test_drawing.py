"""What is in a scene is what pixels show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.tasks.digits.drawing import draw
from benchmarks.tasks.digits.handwriting import SHARES, allotment, handwriting
from benchmarks.tasks.digits.scene import LARGE, SMALL, Clutter, Glyph, Ground, Scene, compose
from benchmarks.tasks.digits.topics import GROUNDS, INKS, TOPICS, Moment, moments

GREY = (0.5, 0.5, 0.5)
STILL = (4, 0.0)


def plain(*glyphs: Glyph, **changes) -> Scene:
    ground = Ground("smooth", False, (GREY, GREY), 0.0, 0.1, 1.0, STILL)
    scene = Scene(glyphs, ground, (), (1.0, 0.0, 0.0), 0.0, 0.0, (0,))
    return replace(scene, **changes)


def glyph(**changes) -> Glyph:
    upright = Glyph(0, 0, "red", (1.0, 0.0, 0.0), 0.5, 0.5, 0.5, 0.0, 0.0, 0.5)
    return replace(upright, **changes)


def test_an_empty_scene_is_its_ground():
    np.testing.assert_array_equal(draw(plain(), 40), np.full((40, 40, 3), 128))


def test_light_scales_the_ground():
    image = draw(plain(light=(0.5, 0.0, 0.0)), 40)
    np.testing.assert_array_equal(image, np.full((40, 40, 3), 64))
    across = draw(plain(light=(1.0, 0.5, 0.0)), 40)[20, :, 0].astype(int)
    assert (np.diff(across) >= 0).all()
    assert across[-1] - across[0] == pytest.approx(0.5 * 128, abs=4)


@pytest.mark.parametrize("size", [64, 96])
@pytest.mark.parametrize(("x", "y"), [(0.3, 0.6), (0.7, 0.35)])
@pytest.mark.parametrize("height", [0.3, 0.5])
def test_ink_lies_where_the_glyph_is(size, x, y, height):
    image = draw(plain(glyph(x=x, y=y, height=height)), size)
    ink = image[:, :, 0].astype(int) - image[:, :, 1] > 120
    rows, columns = np.nonzero(ink)
    # A zero is about as symmetric as handwriting gets: its middle is the glyph's.
    assert (rows.min() + rows.max()) / 2 / size == pytest.approx(y, abs=0.04)
    assert (columns.min() + columns.max()) / 2 / size == pytest.approx(x, abs=0.04)
    assert (np.ptp(rows) + 1) / size == pytest.approx(height, rel=0.15)


def test_the_handwriting_can_be_read_back():
    """Upright and alone, each drawn digit is nearest to the one it was drawn from."""
    images, classes = handwriting()
    chosen = [int(np.flatnonzero(classes == digit)[5]) for digit in range(10)]
    templates = images[chosen].reshape(10, -1)
    black = (0.0, 0.0, 0.0)
    for digit, image in enumerate(chosen):
        drawn = draw(plain(glyph(digit=digit, image=image, colour=black, height=1.0)), 80)
        ink = (128 - drawn[:, :, 0].astype(float)).reshape(8, 10, 8, 10).mean(axis=(1, 3)).ravel()
        alike = [np.corrcoef(ink, template)[0, 1] for template in templates]
        assert int(np.argmax(alike)) == digit
        assert max(alike) > 0.9


def test_stripes_repeat_with_their_period():
    ground = Ground("striped", False, (GREY, GREY), 0.0, 0.125, 1.0, STILL)
    row = draw(plain(ground=ground), 96)[40, :, 0].astype(float)
    spectrum = np.abs(np.fft.rfft(row - row.mean()))
    assert int(np.argmax(spectrum)) == 8  # eight periods of an eighth of the side


def test_a_noisy_ground_is_rougher_than_any_sensor():
    def roughness(scene: Scene) -> float:
        return float(draw(scene, 96).astype(float).std())

    weakest = Ground("noisy", False, (GREY, GREY), 0.0, 0.1, 0.4, STILL)
    noisy = plain(ground=weakest)
    assert roughness(noisy) > 5
    assert roughness(plain(noise=0.02)) == pytest.approx(0.02 * 255, rel=0.1)
    assert roughness(plain(blur=0.012)) == 0


@pytest.mark.parametrize("kind", ["stroke", "blob", "fragment", "hatching"])
def test_clutter_is_seen_within_its_reach(kind):
    points = ((0.3, 0.3), (0.4, 0.35)) if kind == "stroke" else ((0.35, 0.35),)
    images, _ = handwriting()
    inky = int(np.argmax(images[:, :4, 4:].sum(axis=(1, 2))))
    thing = Clutter(kind, (0.0, 0.0, 1.0), points, 0.1, 0.9, 30.0, inky)
    changed = (draw(plain(clutter=(thing,)), 96) != draw(plain(), 96)).any(axis=2)
    assert changed.sum() > 15
    rows, columns = np.nonzero(changed)
    assert rows.max() < 60
    assert columns.max() < 60


def test_digits_are_drawn_over_clutter():
    blob = Clutter("blob", (0.0, 0.0, 1.0), ((0.5, 0.5),), 0.4, 1.0, 0.0, 0)
    bare = draw(plain(glyph()), 96)
    covered = draw(plain(glyph(), clutter=(blob,)), 96)
    ink = (bare[:, :, 0] > 250) & (bare[:, :, 1] < 5)
    assert ink.sum() > 100
    np.testing.assert_allclose(covered[ink].astype(int), bare[ink].astype(int), atol=6)
    assert (covered[(bare == bare[0, 0]).all(axis=2)] != bare[0, 0]).any()


@pytest.mark.parametrize("seed", range(20))
def test_composed_scenes_keep_to_the_moment(seed):
    rng = np.random.default_rng(seed)
    owned = allotment(0)["val"]
    moment = Moment((3, 7, 7, 0), ("red", "blue", "plain", "red"), "striped", True, True, 0.4)
    scene = compose(moment, owned, rng, (seed,))
    _, classes = handwriting()
    assert tuple(g.digit for g in scene.glyphs) == moment.digits
    assert tuple(g.ink for g in scene.glyphs) == moment.inks
    for i, g in enumerate(scene.glyphs):
        assert classes[g.image] == g.digit
        assert g.image in owned[g.digit]
        low, high = LARGE if i == 0 else SMALL
        assert low <= g.height <= high
        assert 0.4 * g.height < g.x < 1 - 0.4 * g.height
        assert 0.4 * g.height < g.y < 1 - 0.4 * g.height
        assert all(0 <= channel <= 1 for channel in g.colour)
    reds = [g.colour for g in scene.glyphs if g.ink == "red"]
    assert all(r > 2 * green and r > 2 * b for r, green, b in reds)
    assert max(map(max, scene.ground.colours)) < 0.4


def test_handwriting_is_divided_without_rest():
    images, classes = handwriting()
    owned = allotment(0)
    everything = np.concatenate([piece for pieces in owned.values() for piece in pieces])
    np.testing.assert_array_equal(np.sort(everything), np.arange(1797))
    assert images.shape == (1797, 8, 8)
    assert images.max() == 1
    for part, share in SHARES.items():
        for digit, piece in enumerate(owned[part]):
            assert (classes[piece] == digit).all()
            assert len(piece) == pytest.approx(share * np.sum(classes == digit), abs=1)


def test_every_digit_ink_and_ground_is_a_favourite():
    assert {digit for topic in TOPICS for digit in topic.digits} == set(range(10))
    assert {topic.ink for topic in TOPICS} == set(INKS)
    assert {topic.ground for topic in TOPICS} == set(GROUNDS)
    for topic in TOPICS:
        assert sum(topic.counts) == pytest.approx(1)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_stories_are_told_of_one_to_four_digits(topic):
    story = list(moments(topic, 400, 0.5, np.random.default_rng(0)))
    counts = np.array([len(moment.digits) for moment in story])
    assert set(counts) == {1, 2, 3, 4}
    favourite = np.mean([d in topic.digits for moment in story for d in moment.digits])
    evenly = len(topic.digits) / 10
    assert favourite == pytest.approx(0.75 + 0.25 * evenly, abs=0.08)
    assert all(len(moment.inks) == len(moment.digits) for moment in story)
