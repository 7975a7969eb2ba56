"""Metrics found by name."""

import pickle

import pytest

from benchmarks.results.metrics import METRICS, find_metric


def test_every_metric_is_found_under_its_own_name():
    for name, metric in METRICS.items():
        assert metric.name == name
        assert find_metric(name) is metric
        assert metric.title


@pytest.mark.parametrize("k", [1, 5, 2000])
def test_precision_at_any_k(k):
    assert find_metric(f"p_at_{k}").name == f"p_at_{k}"


@pytest.mark.parametrize("name", ["infap_at_100", "xinfap_at_2000", "top3_error", "top1_error"])
def test_inferred_precision_and_errors_at_any_k(name):
    metric = find_metric(name)
    assert metric.name == name
    assert metric.title.endswith((name.split("_")[-1], "error"))


def test_what_needs_strata_says_so():
    assert [name for name, metric in METRICS.items() if metric.needs_strata] == ["xinfap"]
    assert [name for name, metric in METRICS.items() if metric.with_strata] == ["infap", "xinfap"]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("app", "ap"), ("roc-auc", "roc_auc"), ("top1", "top1_error"), ("p_at_0", "p_at_10")],
)
def test_unknown_name_answers_with_the_nearest(name, nearest):
    with pytest.raises(ValueError, match=f"unknown metric '{name}': did you mean.*{nearest}"):
        find_metric(name)


def test_name_near_to_none_answers_with_all():
    with pytest.raises(ValueError, match=r"known are ap, .*roc_auc.*; any k in p_at_<k>, "):
        find_metric("zzzzzzzz")


def test_metrics_travel_to_other_processes():
    for name in [*METRICS, "p_at_7", "xinfap_at_7"]:
        assert pickle.loads(pickle.dumps(find_metric(name))).name == name
