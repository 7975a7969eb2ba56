import numpy as np
import pytest
import skimage.data

from engineered.descriptors.lbp import LBP

TEXTURES = [
    np.repeat(texture()[:, :, None], 3, axis=2)
    for texture in (skimage.data.brick, skimage.data.grass, skimage.data.gravel)
]


def uniform_patterns():
    """Codes of 8 bits in a circle with at most two changes, and how many ones each has."""
    codes = {}
    for code in range(256):
        bits = [(code >> k) & 1 for k in range(8)]
        changes = sum(bits[k] != bits[k - 1] for k in range(8))
        if changes <= 2:
            codes[code] = sum(bits)
    return codes


def test_flat_and_step_images_by_hand():
    lbp = LBP(rotation_invariant=True, grids=((1, 1),))
    flat = lbp.transform([np.full((10, 10, 3), 50, np.uint8)])[0]
    # Outside counts as 0, below 50: at the border some neighbours are missing.
    # Inside all eight neighbours are at least as bright: pattern 8.
    assert flat[8] == pytest.approx(64 / 100)
    assert flat.sum() == pytest.approx(1)


def test_the_number_of_bins_is_that_of_uniform_patterns():
    codes = uniform_patterns()
    assert LBP(grids=((1, 1),)).dimension == len(codes) + 1
    assert LBP(rotation_invariant=True, grids=((1, 1),)).dimension == len(set(codes.values())) + 1


def test_rotation_changes_only_the_variant_histogram():
    image = TEXTURES[0][:128, :128]
    turned = np.rot90(image).copy()
    invariant = LBP(rotation_invariant=True, grids=((1, 1),)).transform([image, turned])
    variant = LBP(grids=((1, 1),)).transform([image, turned])
    assert np.abs(invariant[0] - invariant[1]).sum() < 0.02
    assert np.abs(variant[0] - variant[1]).sum() > 0.1


def test_textures_are_told_apart():
    lbp = LBP(grids=((1, 1),))
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


@pytest.mark.parametrize("parameters", [{"points": 2}, {"radius": 0}])
def test_wrong_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        LBP(**parameters).transform(TEXTURES[:1])
