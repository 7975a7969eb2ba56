import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.metrics import average_precision_score
from sklearn.preprocessing import normalize

from engineered.classifiers.kernel_svm import KernelSVM
from engineered.classifiers.linear_svm import LinearSVM
from engineered.classifiers.selection import assign_folds
from engineered.optimization import DescriptorOptimization
from engineered.optimization.power_law import PoweredRows
from engineered.optimization.search import compact_rows


def signed_power(values, power):
    return np.sign(values) * np.abs(values) ** power


def problem(n, d, seed=0):
    """Rows with three concepts, of which one is rare."""
    random = np.random.default_rng(seed)
    F = random.normal(size=(n, d)).astype(np.float32)
    margins = F[:, :3] + random.normal(0, 0.3, (n, 3))
    return F, (margins > [0, 0.3, 1.2]).astype(np.int8)


def test_finds_the_exponent_that_was_planted():
    random = np.random.default_rng(0)
    latent = random.normal(size=(120, 10))
    Y = (latent @ random.normal(size=(10, 4)) > 0).astype(np.int8)
    optimization = DescriptorOptimization([0.1, 0.3, 1.0], norm="none")
    optimization.fit(signed_power(latent, 1 / 0.3), Y)
    assert optimization.power_ == 0.3
    ap = optimization.search_["mean_average_precision"]
    assert optimization.search_["power"][ap.argmax()] == 0.3
    expected = DescriptorOptimization(0.3, norm="none").fit_transform(latent)
    np.testing.assert_array_equal(optimization.transform(latent), expected)


@pytest.mark.parametrize("d", [40, 200])
def test_finds_the_dimension_that_was_planted(d):
    random = np.random.default_rng(0)
    # Whitening makes the many small directions, noise all of them, as loud as the four.
    F = random.normal(size=(90, d)) * np.where(np.arange(d) < 4, 3, 0.1)
    Y = (F[:, :4] @ random.normal(size=(4, 5)) > 0).astype(np.int8)
    optimization = DescriptorOptimization(
        1.0, norm="none", pca=[1, 4, 30], whiten=True, regularization=0
    ).fit(F, Y)
    assert optimization.pca_ == 4
    assert optimization.transform(F).shape == (90, 4)


@pytest.mark.parametrize("shape", [(90, 12), (60, 150)])
@pytest.mark.parametrize("classifier", [None, KernelSVM(kernel="rbf")])
def test_the_table_is_that_of_a_plain_loop(shape, classifier):
    F, Y = problem(*shape)
    optimization = DescriptorOptimization([0.5, 1.0], pca=["none", 5], whiten=0.5, folds=3)
    optimization.fit(F, Y, classifier=classifier)
    fold = assign_folds(Y, None, 3)
    for row, (power, pca) in enumerate(
        zip(optimization.search_["power"], optimization.search_["pca"])
    ):
        powered = normalize(signed_power(F, power))
        found = np.zeros((3, Y.shape[1]))
        for part in range(3):
            train, held = fold != part, fold == part
            inside, outside = powered[train], powered[held]
            if pca is not None:
                reduction = PCA(pca, svd_solver="full").fit(inside)
                variances = reduction.explained_variance_
                scale = (variances + 1e-3 * variances.mean()) ** 0.25
                inside, outside = (
                    normalize(reduction.transform(rows) / scale) for rows in (inside, outside)
                )
            svm = (LinearSVM() if classifier is None else KernelSVM(kernel="rbf")).fit(
                inside, Y[train]
            )
            scores = svm.decision_function(outside)
            for concept in range(Y.shape[1]):
                found[part, concept] = average_precision_score(Y[held, concept], scores[:, concept])
        np.testing.assert_allclose(
            optimization.search_["average_precision"][row], found.mean(axis=0), atol=0.02
        )
        assert optimization.search_["mean_average_precision"][row] == pytest.approx(
            found.mean(), abs=0.01
        )


class Witness(BaseEstimator):
    """Scores by the first column and tells what it was given."""

    seen: list = []

    def fit(self, F, Y, groups=None):
        self.trained_ = F
        self.groups_ = groups
        return self

    def decision_function(self, F):
        Witness.seen.append((self.trained_, self.groups_, F))
        return np.repeat(F[:, :1], 2, axis=1)


def test_groups_stay_whole_and_reach_the_classifier(monkeypatch):
    monkeypatch.setattr(Witness, "seen", [])
    random = np.random.default_rng(0)
    groups = random.integers(0, 12, 60)
    F = np.column_stack([groups + 1, random.normal(size=60)]).astype(np.float32)
    Y = random.integers(0, 2, (60, 2)).astype(np.int8)
    names = np.array([f"video {g}" for g in groups])
    witness = Witness()
    DescriptorOptimization([1.0, 2.0], norm="none").fit(F, Y, names, witness)
    assert len(Witness.seen) == 6
    for trained, trained_groups, held in Witness.seen:
        assert not np.intersect1d(trained[:, 0], held[:, 0]).size
        assert len(trained) + len(held) == 60
        assert len(trained_groups) == len(trained)
    assert not hasattr(witness, "trained_")


@pytest.mark.parametrize("parameters", [{"power": [0.3, 1.0]}, {"pca": [2, 6]}, {"pca": 4}])
def test_a_masked_sample_changes_nothing(parameters):
    F, Y = problem(60, 8)
    Y[5, 1] = Y[9, 2] = -1
    expected = DescriptorOptimization(**parameters).fit(F, Y)
    place = np.array([0, 20, 60])
    F_more = np.insert(F, place, 100 * np.random.default_rng(1).normal(size=(3, 8)), axis=0)
    Y_more = np.insert(Y, place, -1, axis=0)
    found = DescriptorOptimization(**parameters).fit(F_more, Y_more)
    for column in expected.search_:
        np.testing.assert_array_equal(found.search_[column], expected.search_[column])
    np.testing.assert_array_equal(found.transform(F), expected.transform(F))


def test_rows_held_out_reach_no_component():
    """A part that is far away would turn every component, if PCA saw it."""
    F, Y = problem(60, 8)
    fold = assign_folds(Y, None, 3)
    seen = []

    class Recorder(Witness):
        def fit(self, rows, Y, groups=None):
            seen.append(rows)
            return super().fit(rows, Y)

        def decision_function(self, rows):
            return np.repeat(rows[:, :1], 3, axis=1)

    F_far = F.copy()
    F_far[fold == 0, 7] += 1000
    for rows in (F, F_far):
        DescriptorOptimization(1.0, "none", pca=[2, 3]).fit(rows, Y, classifier=Recorder())
    # Two candidates a part, three parts a fit: part 0 held out comes first.
    np.testing.assert_array_equal(seen[0], seen[6])
    assert np.abs(seen[2] - seen[8]).max() > 100


def test_one_positive_each_takes_the_middle():
    F, _ = problem(12, 5)
    Y = np.eye(12, 2, dtype=np.int8)
    optimization = DescriptorOptimization(0.5, pca=[1, 2, 4]).fit(F, Y)
    assert optimization.pca_ == 2
    assert np.isnan(optimization.search_["mean_average_precision"]).all()


def test_equal_candidates_take_the_fewest_dimensions():
    F, Y = problem(60, 6)
    optimization = DescriptorOptimization(1.0, "none", pca=["none", 5, 2])
    optimization.fit(F, Y, classifier=Constant())
    assert optimization.pca_ == 2
    assert list(optimization.search_["pca"]) == [2, 5, None]


class Constant(BaseEstimator):
    """The same score for all."""

    def fit(self, F, Y):
        self.concepts_ = Y.shape[1]
        return self

    def decision_function(self, F):
        return np.zeros((len(F), self.concepts_))


@pytest.mark.parametrize("shape", [(20, 7), (20, 300), (20, 20)])
def test_compact_rows_have_the_same_inner_products(shape):
    F = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    powered = normalize(signed_power(F, 0.5))
    compact = compact_rows(PoweredRows(F, 0.5, "l2"))
    assert compact.shape[1] <= 20
    np.testing.assert_allclose(compact @ compact.T, powered @ powered.T, atol=1e-6)


def test_compact_rows_know_their_rank():
    random = np.random.default_rng(0)
    F = (random.integers(-3, 4, (15, 3)) @ random.integers(-3, 4, (3, 40))).astype(np.float32)
    F[4] = 0
    compact = compact_rows(PoweredRows(F))
    assert compact.shape == (15, 3)
    assert not compact[4].any()
    np.testing.assert_allclose(compact @ compact.T, F @ F.T, atol=1e-3)
    assert not compact_rows(PoweredRows(np.zeros((3, 8), np.float32))).any()
