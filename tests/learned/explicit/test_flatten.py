import numpy as np

from learned.explicit.flatten import Flatten


def test_derivatives_are_those_of_torch(agrees, values):
    agrees(Flatten(), values(3, 2, 4, 2), lambda x: x.flatten(1))


def test_samples_stay_in_reading_order_whatever_the_memory_order(values):
    x = values(3, 2, 2, 2)
    assert np.array_equal(Flatten().forward(np.asfortranarray(x)), x.reshape(3, 8))
