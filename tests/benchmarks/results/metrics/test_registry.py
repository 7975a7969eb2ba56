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


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("app", "ap"), ("roc-auc", "roc_auc"), ("top1", "top1_error"), ("p_at_0", "p_at_10")],
)
def test_unknown_name_answers_with_the_nearest(name, nearest):
    with pytest.raises(ValueError, match=f"unknown metric '{name}': did you mean.*{nearest}"):
        find_metric(name)


def test_name_near_to_none_answers_with_all():
    with pytest.raises(ValueError, match=r"known are ap, .*roc_auc"):
        find_metric("zzzzzzzz")


def test_metrics_travel_to_other_processes():
    for name in [*METRICS, "p_at_7"]:
        assert pickle.loads(pickle.dumps(find_metric(name))).name == name
