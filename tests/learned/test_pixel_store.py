import os
import tempfile
from pathlib import Path

import numpy as np
import pytest

from learned.pixel_store import PixelStore


def files(folder):
    return list(Path(folder).glob("conceptbench-pixels-*"))


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_what_fits_stays_in_memory():
    with PixelStore(4, 5, in_memory=4 * 5 * 5 * 3) as store:
        assert not store.in_file
        assert store.pixels.shape == (4, 5, 5, 3)
        assert store.pixels.dtype == np.uint8


def test_what_does_not_fit_lies_in_a_file_that_has_no_name(temporary):
    with PixelStore(4, 5, in_memory=4 * 5 * 5 * 3 - 1) as store:
        assert store.in_file
        assert isinstance(store.pixels, np.memmap)
        store.pixels[2] = 7
        tensor = store.tensor()
        assert tensor[2].eq(7).all()
        tensor[1] = 9
        assert (store.pixels[1] == 9).all()
        assert files(temporary) == []


def test_a_shared_store_can_be_read_by_its_path_and_is_deleted(temporary):
    def interrupted():
        with PixelStore(2, 3, shared=True) as store:
            store.pixels[:] = np.arange(54).reshape(2, 3, 3, 3)
            again = np.memmap(store.path, dtype=np.uint8, mode="r", shape=(2, 3, 3, 3))
            assert np.array_equal(again, store.pixels)
            assert len(files(temporary)) == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert files(temporary) == []


def test_a_full_disk_is_an_error_that_says_where(monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match=r"no room for 0\.1 GiB .* TMPDIR"):
        PixelStore(10, 2000, in_memory=0)
