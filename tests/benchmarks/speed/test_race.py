"""A race in real processes: its order, its figures, and contestants that fail."""

import os

import pytest


def test_rounds_are_interleaved_in_one_process_each(race):
    (ours, peer), log = race("Doubles", "Peer")
    assert [what for what, _ in log] == [
        "doubles first", "peer first",
        "doubles run", "peer run",
        "peer run", "doubles run",
        "doubles run", "peer run",
    ]  # fmt: skip
    pids = {what.split()[0]: pid for what, pid in log}
    assert all(pids[what.split()[0]] == pid for what, pid in log)
    assert len({*pids.values(), str(os.getpid())}) == 3
    assert [len(s.laps) for s in (ours, peer)] == [3, 3]
    assert all(lap.wall_s > 0 for lap in peer.laps)
    # 2 x beside 2.5 x: a fifth of theirs.
    assert peer.agreement.value == pytest.approx(0.2)
    assert ours.agreement is None
    ratio = peer.against(ours, "wall")
    assert ratio.low <= ratio.median <= ratio.high


def test_threads_are_set_before_anything_is_imported(fake, tmp_path):
    from benchmarks.speed.seat import Seat

    before = os.environ.get("OMP_NUM_THREADS")
    fake.FakeRace().work(str(tmp_path / "log"), None, False).save(tmp_path / "work")
    seat = Seat(fake.Doubles, tmp_path / "work", 3)
    try:
        seat.load()
        seat.run()
        assert seat.output(tmp_path / "output.npz")["threads"].tolist() == [3, 3]
    finally:
        seat.stop()
    assert os.environ.get("OMP_NUM_THREADS") == before


def test_with_more_threads_ours_also_runs_with_one(race):
    standings, _ = race("Doubles", "Peer", threads=2)
    assert [(s.contestant.name, s.threads) for s in standings] == [
        ("doubles", 2),
        ("doubles", 1),
        ("peer", 2),
    ]
    assert standings[1].agreement.value == 0


def test_who_fails_leaves_and_the_others_go_on(race):
    standings, log = race("Doubles", "Raises", "Dies", "BadImport", "OtherShape", "Peer")
    ours, raises, dies, bad_import, other_shape, peer = standings
    assert [s.status for s in standings] == ["raced", *["failed"] * 4, "raced"]
    assert raises.reason.startswith("RuntimeError: no such luck (fake_contestants.py:")
    assert len(raises.laps) == 1
    assert [what for what, _ in log].count("raises run") == 2
    assert "SIGKILL" in dies.reason
    assert "No module named 'no_such_module_at_all'" in bad_import.reason
    assert "does not compare with ours: shapes differ" in other_shape.reason
    assert len(ours.laps) == len(peer.laps) == 3
    assert raises.against(ours, "cpu") is None
    assert peer.agreement.value == pytest.approx(0.2)


def test_ours_may_fail_too(race):
    (ours, peer), _ = race("Dies", "Peer")
    assert (ours.status, peer.status) == ("failed", "raced")
    assert len(peer.laps) == 3
    assert peer.against(ours, "wall") is None
    assert peer.agreement is None


def test_who_is_missing_is_listed_with_how_to_get_it(race):
    standings, log = race("Doubles", "Missing", "Unknown")
    assert [s.status for s in standings] == ["raced", "missing", "missing"]
    assert standings[1].reason == "not installed: pip install faiss-cpu"
    assert standings[2].reason == "not installed: pip install no-such-thing"
    assert {what.split()[0] for what, _ in log} == {"doubles"}


def test_no_process_is_left(race):
    import multiprocessing

    race("Doubles", "Raises", "Dies")
    assert multiprocessing.active_children() == []


def test_the_time_of_a_part_is_multiplied(race):
    (_, half), _ = race("Doubles", "Half")
    assert half.part == 0.5
    assert half.seconds("wall") == [2 * lap.wall_s for lap in half.laps]
    assert half.seconds("cpu") == [2 * lap.cpu_s for lap in half.laps]


def test_without_peers_ours_races_alone_with_all_and_with_one_thread(race):
    standings, log = race("Doubles", "Peer", "Missing", threads=2, peers=False)
    assert [(s.contestant.name, s.threads) for s in standings] == [("doubles", 2), ("doubles", 1)]
    assert {what.split()[0] for what, _ in log} == {"doubles"}
