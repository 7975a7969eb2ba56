import math

import pytest
import torch

from learned.networks.stem import check_image_size, choose_stride, residual_stem


def test_three_halvings_behind_the_stem_leave_three_to_seven_positions():
    for size in range(32, 225):
        side = math.ceil(size / choose_stride(size))
        for _ in range(3):
            side = math.ceil(side / 2)
        assert 3 <= side <= 7, size


@pytest.mark.parametrize("stride", [1, 2, 4])
@pytest.mark.parametrize("size", [32, 47, 97])
def test_the_stem_divides_the_side_by_its_stride(size, stride):
    out = residual_stem(2, choose_stride(size, stride))(torch.randn(2, 3, size, size))
    assert out.shape[2:] == (math.ceil(math.ceil(size / min(stride, 2)) / max(stride // 2, 1)),) * 2


def test_other_strides_are_refused():
    for stride in (0, 3, 8):
        with pytest.raises(ValueError, match="must be 1, 2 or 4"):
            choose_stride(64, stride)


def test_small_images_are_refused_by_name():
    check_image_size("X", 32)
    with pytest.raises(ValueError, match="X takes images of 32 pixels a side or more, not 31"):
        check_image_size("X", 31)
