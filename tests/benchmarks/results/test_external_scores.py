"""Files of scores are read into the task's order, or refused with the place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.results.external_scores import read_scores

IDS = ["a.jpg", "b.jpg", "c d.jpg"]
CONCEPTS = ["car", "boat, ship"]
EXPECTED = np.array([[1.5, -2], [0, 1e-7], [3, 4]], dtype=np.float32)


@pytest.fixture
def csv(tmp_path):
    def write(text):
        path = tmp_path / "scores.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def npy(folder, scores, ids, concepts=None):
    path = folder / "scores.npy"
    np.save(path, scores)
    (folder / "scores.ids.txt").write_text("\n".join(ids) + "\n", encoding="utf-8")
    if concepts is not None:
        (folder / "scores.concepts.txt").write_text("\n".join(concepts))
    return path


def test_csv_in_any_order(csv):
    path = csv('\ufeff"boat, ship",id,car\n4,c d.jpg,3\n-2,a.jpg,1.5\n1e-7,b.jpg,0\n')
    found = read_scores(path, IDS, CONCEPTS)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, EXPECTED)


def test_npy_with_ids_beside_or_named(tmp_path):
    order = [2, 0, 1]
    ids = [IDS[i] for i in order]
    path = npy(tmp_path, EXPECTED[order].astype(np.float64), ids)
    np.testing.assert_array_equal(read_scores(path, IDS, CONCEPTS), EXPECTED)
    (tmp_path / "scores.ids.txt").rename(tmp_path / "mine.txt")
    with pytest.raises(FileNotFoundError, match=r"needs the ids of its rows: .*scores\.ids\.txt"):
        read_scores(path, IDS, CONCEPTS)
    found = read_scores(path, IDS, CONCEPTS, ids_file=tmp_path / "mine.txt")
    np.testing.assert_array_equal(found, EXPECTED)


def test_named_columns_of_arrays(tmp_path):
    path = npy(tmp_path, EXPECTED[:, ::-1], IDS, CONCEPTS[::-1])
    np.testing.assert_array_equal(read_scores(path, IDS, CONCEPTS), EXPECTED)
    archive = tmp_path / "scores.npz"
    np.savez(archive, scores=EXPECTED[:, ::-1], ids=IDS, concepts=CONCEPTS[::-1])
    np.testing.assert_array_equal(read_scores(archive, IDS, CONCEPTS), EXPECTED)
    np.savez(archive, scores=EXPECTED, ids=np.array(IDS))
    np.testing.assert_array_equal(read_scores(archive, IDS, CONCEPTS), EXPECTED)


def test_samples_that_are_not_needed_may_be_missing(csv):
    path = csv('id,"boat, ship",car\nc d.jpg,4,3\n')
    found = read_scores(path, IDS, CONCEPTS, needed=np.array([False, False, True]))
    np.testing.assert_array_equal(found[2], EXPECTED[2])
    assert np.isnan(found[:2]).all()
    with pytest.raises(ValueError, match=r"no scores for 1 of 2 samples that need them, first b"):
        read_scores(path, IDS, CONCEPTS, needed=np.array([False, True, True]))


HEAD = 'id,car,"boat, ship"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: it needs one column `id`"),
        ("name,car\nx,1\n", "line 1: it needs one column `id`"),
        ("id,car,car\na.jpg,1,1\n", "line 1: empty or doubled column names"),
        ("id,car,\na.jpg,1,1\n", "line 1: empty or doubled column names"),
        (HEAD, "line 2: 0 values for 3 columns"),
        (HEAD + "a.jpg,1,2,3\n", "line 2: 4 values for 3 columns"),
        (HEAD + "a.jpg,1,2\nb.jpg,1,2,3\n", "line 3"),
        (HEAD + "a.jpg,1,2\nb.jpg,1\nc d.jpg,1,1\n", "line 3.*'boat, ship'"),
        (HEAD + "a.jpg,1,2\nb.jpg,x,2\n", "line 3, column 'car': 'x' is not a number"),
        (HEAD + "a.jpg,1,2\nb.jpg,,2\n", "line 3, column 'car': '' is not a number"),
        (HEAD + "a.jpg,True,2\n", "line 2, column 'car': 'True' is not a number"),
        (HEAD + "a.jpg,1,2\nb.jpg,nan,2\nc d.jpg,1,1\n", "line 3.*'car'.*nan"),
        (
            HEAD + "a.jpg,1,2\nb.jpg,1,inf\nc d.jpg,1,1\n",
            "line 3: the score of 'boat, ship' is inf",
        ),
        (HEAD + "a.jpg,1,2\nb.jpg,1,1e39\nc d.jpg,1,1\n", r"line 3.*1e\+39, not a finite number"),
        (HEAD + "a.jpg,1,2\nb.jpg,1,2\na.jpg,1,2\n", "line 4: id a.jpg stands in line 2 already"),
        (HEAD + "a.jpg,1,2\nB.jpg,1,2\n", r"line 3: id B.jpg is none of .*samples \(1 are not\)"),
        (HEAD + "a.jpg,1,2\n", "no scores for 2 of 3 samples that need them, first b.jpg"),
        ("id,car\na.jpg,1\n", "no column for 1 of 2 concepts, first 'boat, ship'"),
        ('id,cars,"boat, ship"\na.jpg,1,1\n', "first 'car'; is it 'cars'?"),
        ('id,car,"boat, ship",sun\na.jpg,1,1,1\n', "column 'sun' is none of the task's concepts"),
    ],
)
def test_errors_of_csv_name_the_place(csv, text, message):
    path = csv(text)
    with pytest.raises(ValueError, match=message) as error:
        read_scores(path, IDS, CONCEPTS)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("scores", "ids", "concepts", "message"),
    [
        (EXPECTED[0], IDS, None, r"numbers of shape .* got float32 of shape \(2,\)"),
        (EXPECTED > 0, IDS, None, "numbers of shape .* got bool"),
        (EXPECTED, IDS[:2], None, "3 rows but 2 ids"),
        (EXPECTED[:, :1], IDS, None, "1 columns without names for 2 concepts"),
        (EXPECTED, IDS, ["car"], "2 columns but 1 names"),
        (EXPECTED, IDS, ["car", "car"], "two columns are named 'car'"),
        (EXPECTED, [*IDS[:2], "a.jpg"], None, "row 2: id a.jpg stands in row 0 already"),
        (np.where(EXPECTED == 3, np.nan, EXPECTED), IDS, None, "row 2: the score of 'car' is nan"),
    ],
)
def test_errors_of_arrays_name_the_place(tmp_path, scores, ids, concepts, message):
    with pytest.raises(ValueError, match=message):
        read_scores(npy(tmp_path, scores, ids, concepts), IDS, CONCEPTS)


def test_files_that_cannot_be_read(tmp_path, csv):
    with pytest.raises(FileNotFoundError, match=r"absent\.csv is not a file"):
        read_scores(tmp_path / "absent.csv", IDS, CONCEPTS)
    with pytest.raises(ValueError, match=r"read from \.csv, \.npy, \.npz"):
        read_scores(tmp_path / "scores.txt", IDS, CONCEPTS)
    with pytest.raises(ValueError, match="ids stand in the file itself"):
        read_scores(csv(HEAD), IDS, CONCEPTS, ids_file="ids.txt")
    np.savez(tmp_path / "s.npz", a=EXPECTED)
    with pytest.raises(ValueError, match="no array 'scores'; it has a"):
        read_scores(tmp_path / "s.npz", IDS, CONCEPTS)
    np.save(tmp_path / "o.npy", np.array([{}]), allow_pickle=True)
    (tmp_path / "o.ids.txt").write_text("a\n")
    with pytest.raises(ValueError, match=r"[Pp]ickle|allow_pickle"):
        read_scores(tmp_path / "o.npy", IDS, CONCEPTS)
    with pytest.raises(ValueError, match="needed must be 3 times true or false"):
        read_scores(csv(HEAD + "a.jpg,1,2\n"), IDS, CONCEPTS, needed=[0, 1])


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1))
def test_single_precision_survives_csv(tmp_path_factory, seed):
    import pandas as pd

    rng = np.random.default_rng(seed)
    scores = (rng.normal(size=(9, 3)) * 10.0 ** rng.integers(-20, 20)).astype(np.float32)
    ids = [f"{i}" for i in rng.permutation(9)]
    path = tmp_path_factory.mktemp("csv") / "s.csv"
    frame = pd.DataFrame(scores, columns=["x", "y", "z"])
    frame.insert(0, "id", ids)
    frame.sample(frac=1, random_state=seed).to_csv(path, index=False)
    np.testing.assert_array_equal(read_scores(path, ids, ["x", "y", "z"]), scores)
