import json

import pytest

from benchmarks.harness.journal import Journal


def log(path, *entries):
    lines = [{"time": f"2026-01-01T00:00:{s:02d}+00:00", "event": event} for s, event in entries]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return Journal(path)


ENDED = [(0, "start"), (1, "trial"), (9, "complete"), (9, "end")]


def test_an_execution_that_ended_was_not_cut_short(tmp_path):
    assert Journal(tmp_path / "log.jsonl").cut_short() is None
    assert log(tmp_path / "log.jsonl", *ENDED).cut_short() is None


@pytest.mark.parametrize("before", [[], ENDED])
def test_the_last_execution_was_cut_short_at_the_last_thing_it_logged(tmp_path, before):
    later = [(20, "start"), (21, "trial"), (30, "complete"), (31, "trial"), (40, "failed")]
    found = log(tmp_path / "log.jsonl", *before, *later).cut_short()
    assert found == {
        "started": "2026-01-01T00:00:20+00:00", "finished": None, "wall_s": 20.0, "ran": 2,
    }  # fmt: skip


def test_a_line_left_in_pieces_neither_counts_nor_spoils_the_next(tmp_path):
    path = tmp_path / "log.jsonl"
    log(path, (0, "start"), (5, "trial"))
    path.write_text(path.read_text() + '{"time": "2026-01-01T00')
    journal = Journal(path)
    assert journal.cut_short()["wall_s"] == 5.0
    journal.write("end", ran=1)
    assert json.loads(path.read_text().splitlines()[-1])["event"] == "end"
    assert journal.cut_short() is None
