import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engineered.aggregation.pooling import pool_max, pool_sum
from engineered.aggregation.spatial_pyramid import SpatialPyramid


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 40), st.integers(1, 3), st.integers(0, 999))
def test_pools_equal_a_naive_loop(m, k, seed):
    random = np.random.default_rng(seed)
    pyramid = SpatialPyramid([(1, 1), (3, 2), (2, 2)])
    x, y = random.uniform(0, 20, m), random.uniform(0, 9, m)
    labels = np.array([random.permutation(7)[:k] for _ in range(m)], np.intp).reshape(m, k)
    weights = random.normal(size=(m, k)).astype(np.float32)
    regions = pyramid.assign(x, y, (10, 21))
    sums, largest = np.zeros((2, pyramid.regions, 7))
    for i in range(m):
        code = np.zeros(7)
        code[labels[i]] = weights[i]
        for region in regions[:, i]:
            sums[region] += code
            largest[region] = np.maximum(largest[region], code)
    atoms, membership = pyramid.atoms(x, y, (10, 21))
    np.testing.assert_allclose(pool_sum(labels, weights, atoms, membership, 7), sums, atol=1e-9)
    np.testing.assert_array_equal(pool_max(labels, weights, atoms, membership, 7), largest)
