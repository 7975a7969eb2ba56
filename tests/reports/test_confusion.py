"""Confusions in words, as a matrix and as a table."""

from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from reports.document import Figure, Paragraph, Table, plain
from reports.sections.confusion import confusions
from reports.summary import Summary
from reports.tables import Tables


def summary_of(synthetic, folder, c=4, systems=None, **more):
    names = tuple(f"class {i}" for i in range(c))
    material = synthetic.Material(
        "objects", names, samples=40 * c, single_label=True, sizes=(None,),
        metrics=("mean_class_accuracy", "top1_error"), **more,
    )  # fmt: skip
    systems = systems or [
        synthetic.Quality("sift", "engineered", 0.8),
        synthetic.Quality("cnn", "learned", 1.4),
    ]
    run = synthetic.make_run(folder, [material], systems)
    return Summary(run, Tables.of(run))


@pytest.fixture
def summary(tmp_path, synthetic: SimpleNamespace) -> Summary:
    return summary_of(synthetic, tmp_path)


def expected(summary, system):
    task = summary.run.tasks["objects"]
    found = []
    for trial in summary.run.complete():
        if trial.system == system:
            truth = task.annotations[trial.split.test].argmax(axis=1)
            guess = trial.scores.argmax(axis=1)
            found.append(confusion_matrix(truth, guess, labels=range(len(task.concepts))))
    return np.mean(found, axis=0)


def test_the_table_lists_the_most_frequent_confusions_first(summary):
    *_, table = confusions(summary).blocks
    assert isinstance(table, Table)
    names = summary.run.tasks["objects"].concepts
    counts = {name: expected(summary, name) for name in ("sift", "cnn")}
    most = np.maximum(*counts.values()) * (1 - np.eye(4))
    order = []
    for row in table.rows:
        i, j = names.index(row[0].text), names.index(row[1].text)
        assert i != j
        order.append(most[i, j])
        for n, name in enumerate(counts):
            assert row[2 + 2 * n].value == pytest.approx(counts[name][i, j])
            assert row[3 + 2 * n].value == pytest.approx(counts[name][i, j] / counts[name][i].sum())
            assert row[2 + 2 * n].strong == (counts[name][i, j] == most[i, j])
    assert order == sorted(order, reverse=True)
    assert len(order) == np.count_nonzero(most)


def test_the_matrix_shows_the_shares(summary):
    _, engineered, learned, _ = confusions(summary).blocks
    assert isinstance(engineered, Figure)
    counts = expected(summary, "cnn")
    shares = np.rint(100 * counts / counts.sum(axis=1, keepdims=True))
    root = ElementTree.fromstring(learned.svg)
    texts = [e.text for e in root.iter() if e.tag.endswith("}text")]
    shown = [text for text in texts if text.isdigit()]
    assert sorted(shown) == sorted(str(int(s)) for s in shares.ravel() if s > 0)
    for i, name in enumerate(summary.run.tasks["objects"].concepts):
        assert f"{name}: {shares[i, i]:.0f} % right" in learned.alt


def test_the_sentence_counts_the_errors(summary):
    paragraph = confusions(summary).blocks[0]
    assert isinstance(paragraph, Paragraph)
    counts = expected(summary, "sift")
    wrong = counts.sum() - np.trace(counts)
    text = plain(paragraph.text).replace("\u00a0", " ")
    assert f"sift (engineered) errs on {100 * wrong / counts.sum():.1f} % of the test" in text
    both = (counts + counts.T) * (1 - np.eye(4))
    i, j = divmod(int(np.argmax(np.triu(both))), 4)
    assert f"between class {i} and class {j} ({100 * both[i, j] / wrong:.1f} %" in text


def test_many_classes_have_a_table_and_no_matrix(tmp_path, synthetic):
    kinds = [type(b) for b in confusions(summary_of(synthetic, tmp_path, c=31)).blocks]
    assert kinds == [Paragraph, Table]


def test_a_perfect_system_makes_no_errors(tmp_path, synthetic):
    systems = [synthetic.Quality("best", "learned", 90.0)]
    paragraph, figure = confusions(summary_of(synthetic, tmp_path, systems=systems)).blocks
    assert "best (learned) makes no errors." in plain(paragraph.text)
    assert "class 3: 100 % right" in figure.alt


def test_where_several_concepts_may_hold_there_is_none(tmp_path, synthetic):
    material = synthetic.Material("m", ("a", "b"), samples=60, sizes=(None,))
    run = synthetic.make_run(tmp_path, [material], [synthetic.Quality("one", "learned")])
    assert confusions(Summary(run, Tables.of(run))) is None
