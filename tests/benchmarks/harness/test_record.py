from benchmarks.harness.record import continue_record, finish_record

STARTED = "2026-01-01T00:00:00+00:00"


def plan(*keys):
    return {"plan": [{"key": key} for key in keys], "started": "now", "executions": []}


def executed(record, wall_s):
    return finish_record({**record, "started": STARTED}, STARTED, wall_s, ran=1)


def test_executions_add_up_over_a_plan_that_grows():
    before = executed(plan("a", "b"), 91.0)
    record = continue_record(before, plan("a", "b", "c"))
    assert record["started"] == STARTED
    after = executed(record, 7.5)
    assert [one["wall_s"] for one in after["executions"]] == [91.0, 7.5]
    assert after["wall_s"] == 98.5
    assert [trial["key"] for trial in after["plan"]] == ["a", "b", "c"]


def test_a_plan_without_any_of_the_trials_starts_anew():
    before = executed(plan("a", "b"), 91.0)
    assert continue_record(before, plan("c")) == plan("c")
    assert continue_record(None, plan("c")) == plan("c")


def test_an_execution_that_was_killed_counts_as_far_as_it_logged():
    before = {**executed(plan("a", "b"), 91.0), "finished": None}
    killed = {"started": STARTED, "finished": None, "wall_s": 12.0, "ran": 1}
    record = continue_record(before, plan("a", "b"), killed)
    assert executed(record, 7.5)["wall_s"] == 110.5
    # One that ended is in the record already.
    ended = executed(plan("a", "b"), 91.0)
    assert continue_record(ended, plan("a", "b"), killed)["executions"] == ended["executions"]
