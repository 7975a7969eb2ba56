import ctypes
import subprocess
import sys

import pytest
import torch

from learned.training.memory import kept_memory

#: Frees and asks again for 32 blocks of 4 MiB, as steps of a training do; prints page faults.
CHURN = """
import resource
import torch
from learned.training.memory import kept_memory

def faults(steps):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(steps):
        blocks = [torch.ones(1 << 20) for _ in range(32)]
        while blocks:
            blocks.pop()  # the newest first, as the backward pass does
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

with kept_memory(torch.device("cpu")):
    faults(5)
    print(faults(20))
"""


def glibc():
    return hasattr(ctypes.CDLL(None), "gnu_get_libc_version") if sys.platform == "linux" else False


@pytest.mark.skipif(not glibc(), reason="not glibc's allocator")
def test_steps_find_the_memory_of_the_last_one():
    # Processes of their own: the thresholds are the process's. Without them, about every second
    # process takes half a million pages anew, depending on what lies at the heap's end.
    command = [sys.executable, "-c", CHURN]
    found = [int(subprocess.check_output(command, text=True)) for _ in range(3)]
    assert max(found) < 1000


def test_errors_pass_and_other_devices_are_left_alone():
    for device in ("cpu", "cuda"):
        with pytest.raises(KeyError), kept_memory(torch.device(device)):
            raise KeyError
