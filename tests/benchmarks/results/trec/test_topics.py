"""The file that says which topic each concept is."""

import pytest

from benchmarks.results.trec import read_topics


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "topics.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_order_and_text_are_kept(file):
    path = file('\ufeffconcept,topic,remark\n"Boat, ship",0015,x\nCar, 9 ,\n')
    assert list(read_topics(path).items()) == [("Boat, ship", "0015"), ("Car", "9")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("topic,name\n1,car\n", "no column concept in line 1"),
        ("", "no column concept nor topic"),
        ("topic,concept\n", "no topic in it"),
        ("topic,concept\n1,car\n2,\n", "line 3: a topic and a concept are needed"),
        ("topic,concept\n1\n", "line 2: a topic and a concept are needed"),
        ("topic,concept\n1,car\n2,car\n", "line 3: concept 'car' stands above already"),
        ("topic,concept\n1,car\n1,boat\n", "line 3: topic 1 stands above already"),
        ("topic,concept\n1 2,car\n", "topic '1 2' cannot stand in a TREC file"),
    ],
)
def test_errors(file, text, message):
    with pytest.raises(ValueError, match=message):
        read_topics(file(text))
