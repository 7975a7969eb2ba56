"""Sampled judgments are read strictly, and written as they are read."""

import numpy as np
import pytest

from benchmarks.results.trec import Judgments, read_judgments, write_judgments

STRATIFIED = """\
1001 0 shot118_2 1 1
1001 0 shot118_3 1 0
1001 0 shot7_19 2 -1
1005 0 shot118_2 2 1
"""


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "qrels"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_plain_and_stratified(file):
    plain = read_judgments(file("1 0 a 1\n1 Q0 b -1\n2 0 a 2\n"))
    assert plain.topic.tolist() == ["1", "1", "2"]
    assert plain.shot.tolist() == ["a", "b", "a"]
    assert plain.judgment.tolist() == [1, -1, 1]
    assert plain.stratum is None
    stratified = read_judgments(file(STRATIFIED))
    assert stratified.stratum.tolist() == [1, 1, 2, 2]
    assert stratified.judgment.tolist() == [1, 0, -1, 1]


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n\n"])
def test_endings_and_tabs(file, ending):
    found = read_judgments(file("\ufeff1\t0\ta\t1\r\n1\t0  b 0" + ending))
    assert found.topic.tolist() == ["1", "1"]
    assert found.shot.tolist() == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 0 a 1\n1 0 b\n", r"line 2: 3 columns, not 4 as in line 1 \(topic 0 shot judgment"),
        ("1 0 a 1\n1 0 b 1 1\n", "line 2: 5 columns, not 4 as in line 1"),
        ("1 0 a 1\n\n1 0 b 1\n", "line 2: 0 columns"),
        ("1 0 a\n", "line 1: 3 columns, not 4 or 5"),
        ("", "line 1: 0 columns"),
        ("1 0 a 1\n1 0 b yes\n", "line 2: judgment 'yes' is not a whole number"),
        ("1 0 a -2\n", "line 1: judgment -2 is neither"),
        ("1 0 a 1 1\n1 0 b x 1\n", "line 2: stratum 'x' is not a whole number"),
        ("1 0 a -1 1\n", "line 1: stratum -1 is below 0"),
        ("1 0 a 1\n2 0 a 1\n1 0 a 0\n", "line 3: shot a of topic 1 stands in line 1 already"),
    ],
)
def test_errors_name_file_and_line(file, text, message):
    path = file(text)
    with pytest.raises(ValueError, match=message) as error:
        read_judgments(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("strata", [None, np.array([1, 4, 1])])
def test_round_trip(tmp_path, strata):
    judgments = Judgments(
        np.array(["7", "7", "8"]), np.array(["a", "b", "é"]), np.array([1, -1, 0], np.int8), strata
    )
    write_judgments(judgments, tmp_path / "qrels")
    found = read_judgments(tmp_path / "qrels")
    for name in ("topic", "shot", "judgment"):
        np.testing.assert_array_equal(getattr(found, name), getattr(judgments, name))
    if strata is None:
        assert found.stratum is None
    else:
        np.testing.assert_array_equal(found.stratum, strata)


@pytest.mark.parametrize("shot", ["a b", "", "a\tb", " a"])
def test_names_with_spaces_are_refused(tmp_path, shot):
    judgments = Judgments(np.array(["1"]), np.array([shot]), np.array([1], np.int8))
    with pytest.raises(ValueError, match="cannot stand in a TREC file"):
        write_judgments(judgments, tmp_path / "qrels")
    assert not (tmp_path / "qrels").exists()
