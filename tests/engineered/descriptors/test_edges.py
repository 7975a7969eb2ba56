import numpy as np
import pytest
import skimage.data
from scipy.ndimage import gaussian_filter
from skimage.feature import canny as reference_canny

from engineered.descriptors.edges import canny, gradient
from engineered.descriptors.shrink import shrink

CAMERA = skimage.data.camera()[::2, ::2].copy()


def test_a_ramp_has_its_own_slope():
    ramp = np.tile(np.arange(0, 120, 2, dtype=np.uint8), (40, 1))
    dx, dy = gradient(ramp)
    np.testing.assert_allclose(dx[:, 5:-5], 2 / 255, rtol=1e-5)
    np.testing.assert_allclose(dy, 0, atol=1e-7)
    dx, dy = gradient(np.ascontiguousarray(ramp.T[::-1]))
    np.testing.assert_allclose(dy[5:-5], 2 / 255, rtol=1e-5)
    np.testing.assert_allclose(dx, 0, atol=1e-7)


def test_gradient_is_that_of_the_smoothed_image():
    smooth = gaussian_filter(CAMERA / 255, 1, mode="nearest")
    dx, dy = gradient(CAMERA)
    inside = (slice(5, -5), slice(5, -5))
    # Sobel is a central difference, averaged over three rows.
    rows, columns = np.gradient(smooth)
    expected_x = (np.roll(columns, 1, 0) + 2 * columns + np.roll(columns, -1, 0)) / 4
    expected_y = -(np.roll(rows, 1, 1) + 2 * rows + np.roll(rows, -1, 1)) / 4
    np.testing.assert_allclose(dx[inside], expected_x[inside], atol=1e-4)
    np.testing.assert_allclose(dy[inside], expected_y[inside], atol=1e-4)


def test_edges_are_scikit_images_at_the_same_thresholds():
    dx, dy = gradient(CAMERA)
    strong = np.quantile(np.hypot(dx, dy), 0.7)
    edges = canny(dx, dy, 0.3)
    # Its Sobel sums to 8 pixels' difference.
    expected = reference_canny(
        CAMERA / 255,
        sigma=1,
        high_threshold=8 * strong,
        low_threshold=8 * 0.4 * strong,
        mode="nearest",
    )
    # Both thin and link with rules of their own: nearly all edges lie within a pixel.
    near = np.zeros_like(edges)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            near |= np.roll(edges, (down, right), (0, 1))
    assert near[expected].mean() > 0.9
    assert 0.8 < edges.sum() / expected.sum() < 1.25


def test_a_bright_square_has_its_outline():
    image = np.zeros((60, 60), np.uint8)
    image[20:40, 20:40] = 200
    edges = canny(*gradient(image), 0.3)
    y, x = np.nonzero(edges)
    assert 60 < edges.sum() < 120
    distance = np.minimum.reduce(
        [np.abs(y - 19.5), np.abs(y - 39.5), np.abs(x - 19.5), np.abs(x - 39.5)]
    )
    assert distance.max() < 2


def test_faint_noise_on_blank_ground_has_no_edges():
    noise = np.random.default_rng(0).integers(100, 102, (80, 80)).astype(np.uint8)
    assert not canny(*gradient(noise), 0.3).any()


@pytest.mark.parametrize("share", [0, 1, -0.1, np.nan])
def test_a_wrong_share_is_refused(share):
    with pytest.raises(ValueError, match="edge_share"):
        canny(*gradient(CAMERA), share)


@pytest.mark.parametrize("shape", [(1, 1), (30, 20), (400, 200), (3, 5000), (5000, 3)])
def test_shrinking_keeps_the_mean_and_never_loses_a_side(shape):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    small = shrink(image, 100)
    assert max(small.shape[:2]) == min(100, max(shape))
    assert min(small.shape[:2]) >= 1
    np.testing.assert_allclose(small.mean(), image.mean(), atol=2)
    assert shrink(image, None) is image
