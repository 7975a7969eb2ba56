import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage.feature import local_binary_pattern

from engineered.descriptors.lbp import LBP, patterns

CAMERA = skimage.data.camera()[:200, 100:300].copy()
TEXTURES = [
    np.repeat(texture()[:, :, None], 3, axis=2)
    for texture in (skimage.data.brick, skimage.data.grass, skimage.data.gravel)
]
PLAIN = {"radius": 1.0, "grids": ((1, 1),), "max_side": None}


def uniform_patterns():
    """Codes of 8 bits in a circle with at most two changes, and how many ones each has."""
    codes = {}
    for code in range(256):
        bits = [(code >> k) & 1 for k in range(8)]
        changes = sum(bits[k] != bits[k - 1] for k in range(8))
        if changes <= 2:
            codes[code] = sum(bits)
    return codes


@pytest.mark.parametrize("rotation_invariant", [False, True])
@pytest.mark.parametrize(
    ("points", "radius"), [(8, 1), (8, 2), (16, 2), (24, 3), (5, 1.3), (31, 4)]
)
def test_patterns_equal_scikit_images_up_to_ties(points, radius, rotation_invariant):
    method = "uniform" if rotation_invariant else "nri_uniform"
    expected = local_binary_pattern(CAMERA, points, radius, method)
    ours = patterns(CAMERA, points, radius, rotation_invariant)
    differ = ours != expected
    assert differ.mean() < 0.003
    # Where they differ, some neighbour is as bright as the pixel but for rounding.
    turn = 2 * np.pi * np.arange(points) / points
    down, right = np.round(-radius * np.sin(turn), 5), np.round(radius * np.cos(turn), 5)
    padded = np.pad(CAMERA.astype(float), 6)
    for y, x in np.argwhere(differ):
        gaps = []
        for dy, dx in zip(down, right, strict=True):
            top, left = int(np.floor(dy)), int(np.floor(dx))
            weights = np.outer([1 - (dy - top), dy - top], [1 - (dx - left), dx - left])
            square = padded[y + 6 + top : y + 8 + top, x + 6 + left : x + 8 + left]
            gaps.append(abs((weights * square).sum() - CAMERA[y, x]))
        assert min(gaps) < 1e-4


@settings(max_examples=40, deadline=None)
@given(
    hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12)),
    # Neighbours on pixels: no interpolation, no ties but true ones.
    st.sampled_from([1, 2, 3]),
    st.booleans(),
)
def test_any_image_equals_scikit_image_exactly_without_interpolation(image, radius, invariant):
    method = "uniform" if invariant else "nri_uniform"
    expected = local_binary_pattern(image, 4, radius, method)
    np.testing.assert_array_equal(patterns(image, 4, radius, invariant), expected)


def test_histograms_are_those_of_scikit_images_patterns():
    image = TEXTURES[2][:120, :150]
    expected = local_binary_pattern(image[..., 0], 8, 1, "nri_uniform").astype(int)
    row = LBP(radius=1, grids=((1, 1), (2, 3)), max_side=None).describe(image).reshape(7, 59)
    crops = [expected] + [expected[y : y + 60, x : x + 50] for y in (0, 60) for x in (0, 50, 100)]
    counts = [np.bincount(crop.ravel(), minlength=59) / expected.size / 2 for crop in crops]
    np.testing.assert_allclose(row, counts, atol=2e-4)


def test_several_circles_stand_beside_each_other():
    image = TEXTURES[1][:100, :100]
    options = {"grids": ((1, 1), (2, 2)), "max_side": None}
    both = LBP(points=(8, 12), radius=(1, 2.5), **options)
    single = [LBP(points=p, radius=r, **options) for p, r in ((8, 1), (12, 2.5))]
    assert both.dimension == sum(one.dimension for one in single)
    expected = np.concatenate([one.describe(image) / 2 for one in single])
    np.testing.assert_allclose(both.describe(image), expected, rtol=1e-6)


def test_flat_and_step_images_by_hand():
    lbp = LBP(rotation_invariant=True, **PLAIN)
    flat = lbp.transform([np.full((10, 10, 3), 50, np.uint8)])[0]
    # Outside counts as 0, below 50: at the border some neighbours are missing.
    # Inside all eight neighbours are at least as bright: pattern 8.
    assert flat[8] == pytest.approx(64 / 100)
    assert flat.sum() == pytest.approx(1)


def test_the_number_of_bins_is_that_of_uniform_patterns():
    codes = uniform_patterns()
    assert LBP(**PLAIN).dimension == len(codes) + 1
    assert LBP(rotation_invariant=True, **PLAIN).dimension == len(set(codes.values())) + 1


def test_rotation_changes_only_the_variant_histogram():
    image = TEXTURES[0][:128, :128]
    turned = np.rot90(image).copy()
    invariant = LBP(rotation_invariant=True, **PLAIN).transform([image, turned])
    variant = LBP(**PLAIN).transform([image, turned])
    assert np.abs(invariant[0] - invariant[1]).sum() < 0.02
    assert np.abs(variant[0] - variant[1]).sum() > 0.1


@pytest.mark.parametrize("max_side", [None, 150])
def test_textures_are_told_apart(max_side):
    lbp = LBP(grids=((1, 1),), max_side=max_side)
    left = lbp.transform([texture[:, :250] for texture in TEXTURES])
    right = lbp.transform([texture[:, 250:] for texture in TEXTURES])
    distances = np.abs(left[:, None] - right[None]).sum(axis=2)
    np.testing.assert_array_equal(distances.argmin(axis=1), [0, 1, 2])


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (20, 20)])
@pytest.mark.parametrize("points", [4, 8, 12])
def test_rows_sum_to_one_at_any_size(shape, points):
    lbp = LBP(points=points, radius=2)
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    rows = lbp.transform([image])
    assert rows.shape == (1, lbp.dimension)
    np.testing.assert_allclose(rows.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize(
    "parameters",
    [
        {"points": 2},
        {"points": 32},
        {"points": 8.5},
        {"points": (8, 8, 8)},
        {"radius": 0},
        {"radius": ()},
        {"radius": (1, np.nan)},
        {"max_side": 0},
    ],
)
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        LBP(**parameters).transform(TEXTURES[:1])
