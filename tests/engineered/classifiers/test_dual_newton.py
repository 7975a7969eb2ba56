import numpy as np
import pytest

from engineered.classifiers.dual_descent import (
    GramSamples,
    _descend,
    _descend_logistic,
    solve_dual,
)
from engineered.classifiers.dual_newton import _system, finish
from engineered.classifiers.linear_svm import LinearSVM
from engineered.classifiers.logistic_regression import LogisticRegression
from engineered.classifiers.margin_problems import warm_up


def problem(n, seed, classes=3):
    random = np.random.default_rng(seed)
    kind = random.integers(classes, size=n)
    rows = (random.normal(size=(classes, 400))[kind] + 2 * random.normal(size=(n, 400))).astype("f")
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    targets = np.where(kind[:, None] == np.arange(classes), 1, -1).astype(np.float32)
    targets[random.uniform(size=targets.shape) < 0.2] = 0
    return rows @ rows.T + np.float32(1), targets


@pytest.mark.parametrize("C", [2.0, 10.0])
def test_the_solution_fulfils_the_conditions_of_optimality(C):
    K, targets = problem(200, seed=0)
    costs = np.full(targets.shape, C, np.float32)
    duals, _, _ = solve_dual(GramSamples(K), targets, costs, 1e-2, 5)
    done, violations = finish(K, targets, 1 / (2 * costs), duals, 1e-4)
    assert len(done) == 3
    assert violations.max() <= 1e-4
    slack = 1 - targets * (K.astype(np.float64) @ duals)
    # alpha = 2 C max(0, slack) where judged, and nothing elsewhere.
    expected = targets * 2 * C * np.maximum(slack, 0)
    np.testing.assert_allclose(duals, expected, atol=2e-3 * C)
    assert (duals[targets == 0] == 0).all()


def test_what_is_far_from_a_solution_is_left_alone():
    K, targets = problem(400, seed=1)
    # Every sample supports: more than exact steps are worth.
    duals = targets * np.float32(1e-3)
    before = duals.copy()
    done, violations = finish(K, targets, np.ones_like(targets), duals, 1e-4)
    assert len(done) == len(violations) == 0
    np.testing.assert_array_equal(duals, before)


def test_no_support_at_all_is_not_a_solution_of_a_judged_concept():
    K, targets = problem(50, seed=2)
    targets[:, 0] = 0
    duals = np.zeros_like(targets)
    done, _ = finish(K, targets, np.ones_like(targets), duals, 1e-4)
    np.testing.assert_array_equal(duals[:, 0], 0)
    slack = 1 - targets * (K @ duals)
    for concept in done:
        expected = targets[:, concept] * np.maximum(slack[:, concept], 0)
        np.testing.assert_allclose(duals[:, concept], expected, atol=1e-3)


def test_a_start_does_not_change_the_solution():
    K, targets = problem(150, seed=3)
    costs = np.full(targets.shape, 10, np.float32)
    cold, _, _ = solve_dual(GramSamples(K), targets, costs, 1e-5, 5000)
    start = np.random.default_rng(0).uniform(size=targets.shape).astype(np.float32) * targets
    warm, _, _ = solve_dual(GramSamples(K), targets, costs, 1e-5, 5000, start)
    np.testing.assert_allclose(warm, cold, atol=1e-3)


def test_warming_up_compiles_what_training_runs():
    warm_up("squared-hinge")
    warm_up("logistic")
    compiled = [len(f.signatures) for f in (_descend, _descend_logistic, _system)]
    random = np.random.default_rng(0)
    rows, Y = random.normal(size=(60, 600)), random.integers(2, size=(60, 3))
    LinearSVM(C=[0.1, 10], tol=1e-6).fit(rows, Y)
    LogisticRegression().fit(rows, Y)
    assert [len(f.signatures) for f in (_descend, _descend_logistic, _system)] == compiled
