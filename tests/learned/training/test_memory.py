import ctypes
import subprocess
import sys

import pytest
import torch

from learned.training.memory import kept_memory

#: Frees and asks again for 32 blocks of 4 MiB, as steps of a training do; prints page faults.
CHURN = """
import resource, sys
import torch
from learned.training.memory import kept_memory
import contextlib

def faults(steps):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(steps):
        blocks = [torch.zeros(1 << 20) for _ in range(32)]
        while blocks:
            blocks.pop()  # the newest first, as the backward pass does
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

with kept_memory(torch.device("cpu")) if sys.argv[1] == "kept" else contextlib.nullcontext():
    faults(2)
    print(faults(20))
"""


def glibc():
    return hasattr(ctypes.CDLL(None), "gnu_get_libc_version") if sys.platform == "linux" else False


@pytest.mark.skipif(not glibc(), reason="not glibc's allocator")
def test_steps_find_the_memory_of_the_last_one():
    # A process of its own: the thresholds are the process's.
    found = {
        how: int(subprocess.check_output([sys.executable, "-c", CHURN, how], text=True))
        for how in ("kept", "given-back")
    }
    # How many pages a fault brings is the system's choice: so the two are compared.
    assert found["kept"] < found["given-back"] / 5


def test_errors_pass_and_other_devices_are_left_alone():
    for device in ("cpu", "cuda"):
        with pytest.raises(KeyError), kept_memory(torch.device(device)):
            raise KeyError
