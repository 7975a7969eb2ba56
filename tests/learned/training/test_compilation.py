import pytest
import torch

from learned.training.compilation import explained


def test_what_the_compiler_raises_is_explained():
    with (
        pytest.raises(RuntimeError, match=r"torch.compile failed \(no compiler\); set compile = F"),
        explained(),
    ):
        raise torch._dynamo.exc.TorchDynamoException("no compiler\nand a long trace")


def test_other_errors_stay_what_they_are():
    with pytest.raises(FloatingPointError, match="nan"), explained():
        raise FloatingPointError("nan")
