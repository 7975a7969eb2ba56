from types import SimpleNamespace

import pandas as pd

from benchmarks.results.grouping import by_task_and_size, systems_by_key, with_whole_sizes


def trial(task, size, system="s", key="k"):
    return SimpleNamespace(task=task, train_size=size, system=system, key=key)


def test_groups_and_what_is_in_them_keep_their_order():
    trials = [trial("b", None), trial("a", 5), trial("b", None), trial("b", 5)]
    groups = by_task_and_size(trials)
    assert list(groups) == [("b", None), ("a", 5), ("b", 5)]
    assert groups["b", None] == [trials[0], trials[2]]


def test_of_systems_with_one_key_the_first_stands_for_it():
    run = SimpleNamespace(trials=[trial("a", 5, "x", "1"), trial("a", 5, "y", "1")])
    assert systems_by_key(run) == {"1": "x"}


def test_sizes_are_whole_with_a_gap_for_everything():
    sizes = with_whole_sizes(pd.DataFrame({"train_size": [5, None]}, dtype=object))["train_size"]
    assert (str(sizes.dtype), sizes[0], sizes[1] is pd.NA) == ("Int64", 5, True)
