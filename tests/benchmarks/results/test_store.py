"""Files appear whole or not at all; a trial counts once its record and sums are there."""

import errno
import os

import numpy as np
import pytest

from benchmarks.results import store
from benchmarks.results.store import StageCost, TrialFolder, write_atomically, write_json

COST = StageCost("fit/train", 1.0, 2.0, 0.0, 3.0, 4, False)


def written(folder, status="complete"):
    files = TrialFolder(folder)
    files.write({"status": status}, {"scores": np.arange(6.0).reshape(2, 3)}, [COST])
    return files


def test_round_trip(tmp_path):
    files = written(tmp_path / "t")
    assert files.is_settled()
    np.testing.assert_array_equal(files.array("scores"), np.arange(6.0).reshape(2, 3))
    assert files.costs() == [COST]
    assert files.read()["status"] == "complete"


@pytest.mark.parametrize("name", ["scores.npy", "cost.json"])
@pytest.mark.parametrize("damage", ["cut", "flip", "remove"])
def test_a_damaged_file_unsettles_the_trial(tmp_path, name, damage):
    files = written(tmp_path / "t")
    path = tmp_path / "t" / name
    data = bytearray(path.read_bytes())
    if damage == "remove":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(data[:-1])
    else:
        data[-3] ^= 1
        path.write_bytes(data)
    assert not files.is_settled()


def test_what_is_not_settled(tmp_path):
    assert not TrialFolder(tmp_path / "absent").is_settled()
    assert not written(tmp_path / "failed", "failed").is_settled()
    assert written(tmp_path / "skipped", "skipped").is_settled()
    files = written(tmp_path / "torn")
    (tmp_path / "torn" / "trial.json").write_text('{"status": "comp')
    assert not files.is_settled()
    other = written(tmp_path / "schema")
    record = other.read() | {"schema": store.SCHEMA + 1}
    write_json(tmp_path / "schema" / "trial.json", record)
    assert not other.is_settled()


def full_disk(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_leaves_the_old_file_and_no_rubbish(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_atomically(path, b"old")
    monkeypatch.setattr(store.os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_trial_on_a_full_disk_is_not_settled(tmp_path, monkeypatch):
    files = written(tmp_path / "t")
    monkeypatch.setattr(store.os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        written(tmp_path / "t")
    assert not files.is_settled()


def test_nan_is_no_json(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "x.json", {"value": float("nan")})
    assert list(tmp_path.iterdir()) == []


def test_permissions_are_the_users_usual_ones(tmp_path):
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    write_atomically(tmp_path / "atomic", b"")
    assert (tmp_path / "atomic").stat().st_mode == plain.stat().st_mode
