"""Submissions as XML, by the structure of the document type of 2015."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from benchmarks.results.trec import rank_shots, write_submission_xml

GIVEN = {
    "participant": "LIG",
    "training_type": "A",
    "priority": 1,
    "description": 'words & "features" <fused>, Quénot\u2019s',
}


@pytest.fixture
def ranked():
    scores = np.array([[0.1, 3.0], [0.3, 2.0], [0.2, 1.0]])
    return rank_shots(scores, ["shot1_1", "shot1_2", "shot2_1"], {"a": "15", "b": "3"}, "t", 2)


def test_elements_and_attributes(ranked, tmp_path):
    write_submission_xml(ranked, tmp_path / "run.xml", **GIVEN)
    text = (tmp_path / "run.xml").read_bytes().decode("iso-8859-1")
    assert text.startswith('<?xml version="1.0" encoding="ISO-8859-1"?>\n<!DOCTYPE videoFeature')
    assert "tv2015/dtds/videoFeatureExtractionResults.dtd" in text
    root = ET.parse(tmp_path / "run.xml").getroot()
    assert root.tag == "videoFeatureExtractionResults"
    (run,) = root
    assert run.tag == "videoFeatureExtractionRunResult"
    assert run.attrib == {
        "trType": "A",
        "pid": "LIG",
        "class": "M",
        "targetData": "2C",
        "priority": "1",
        "desc": GIVEN["description"],
    }
    assert [feature.tag for feature in run] == ["videoFeatureExtractionFeatureResult"] * 2
    found = {
        feature.attrib["fNum"]: [(i.tag, i.attrib["seqNum"], i.attrib["shotId"]) for i in feature]
        for feature in run
    }
    assert found == {
        "15": [("item", "1", "shot1_2"), ("item", "2", "shot2_1")],
        "3": [("item", "1", "shot1_1"), ("item", "2", "shot1_2")],
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"training_type": "G"}, "training type 'G' is not one of A, B"),
        ({"priority": 9}, "priority must be 1 ... 8, got 9"),
    ],
)
def test_values_that_the_type_does_not_allow(ranked, tmp_path, change, message):
    with pytest.raises(ValueError, match=message):
        write_submission_xml(ranked, tmp_path / "run.xml", **{**GIVEN, **change})
    assert not (tmp_path / "run.xml").exists()


@pytest.mark.parametrize("topic", ["car", "1001", "0", "-1", "²"])
def test_topics_must_be_numbers_of_concepts(tmp_path, topic):
    ranked = rank_shots(np.zeros((1, 1)), ["x"], {"a": topic}, "t")
    with pytest.raises(ValueError, match="is not the number of a concept"):
        write_submission_xml(ranked, tmp_path / "run.xml", **GIVEN)


def test_a_submission_without_topics_is_refused(tmp_path):
    with pytest.raises(ValueError, match="needs a topic"):
        write_submission_xml(rank_shots(np.zeros((1, 0)), ["x"], {}, "t"), tmp_path / "r", **GIVEN)
