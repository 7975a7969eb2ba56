"""Figures as a table and as CSV."""

import csv

import pytest

from benchmarks.speed.agreement import Agreement
from benchmarks.speed.race import Standing
from benchmarks.speed.records import COLUMNS, write_csv
from benchmarks.speed.seat import Lap
from benchmarks.speed.table import duration, rate, ratio_cell


def standing(contestant, *seconds, **fields):
    laps = [Lap(s, s / 2) for s in seconds]
    return Standing(contestant, 1, version="1.0", first=Lap(3.0, 2.0), laps=laps, **fields)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(2.5e-6, "2.5 us"), (0.01234, "12.3 ms"), (1.0, "1 s"), (62.34, "62.3 s"), (4321, "4,321 s")],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_rates():
    assert [rate(x) for x in (0.1234, 235.4, 1_234_567)] == ["0.123", "235", "1,230,000"]


def test_ratios(fake, monkeypatch):
    ours, peer = standing(fake.Doubles, 1.0, 2.0), standing(fake.Peer, 4.0, 6.0)
    assert ratio_cell(peer, ours, "wall") == "3.33x (3–4)"
    monkeypatch.setattr(fake.Peer, "limit", True)
    limit = standing(fake.Peer, 0.8, 1.8)
    assert ratio_cell(limit, ours, "cpu") == "reaches 87% (80%–90%)"
    failed = standing(fake.Peer, 1.0, status="failed", reason="x")
    assert ratio_cell(failed, ours, "wall") == ""


def test_csv_has_a_row_a_round_and_one_for_who_has_none(fake, tmp_path):
    standings = [
        standing(fake.Doubles, 1.0, 2.0),
        standing(fake.Peer, 4.0, 6.0, agreement=Agreement("mean cosine", 0.97)),
        Standing(fake.Missing, 1, status="missing", reason="not installed: pip install x"),
    ]
    path = tmp_path / "new" / "speed.csv"
    write_csv(path, "fake", "the work, in words", "the source", "a processor", standings)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [(r["contestant"], r["round"], r["wall_s"], r["cpu_s"]) for r in rows] == [
        ("doubles", "0", "1.0", "0.5"),
        ("doubles", "1", "2.0", "1.0"),
        ("peer", "0", "4.0", "2.0"),
        ("peer", "1", "6.0", "3.0"),
        ("missing", "", "", ""),
    ]
    assert {r["work"] for r in rows} == {"the work, in words"}
    assert rows[2]["agreement_value"] == "0.97"
    assert rows[4]["reason"] == "not installed: pip install x"
