"""Suites are read strictly; what is wrong is said with file, key and the nearest right key."""

import pickle
import re

import pytest

from benchmarks.suites.loading import SuiteError, built_in, find, load, parse
from benchmarks.suites.system_spec import (
    DetectorSpec,
    EarlySpec,
    EngineeredSpec,
    FusionSpec,
    LearnedSpec,
    RescoringSpec,
    members_of,
)

GOOD = """
name = "mine"
seeds = [0, 1]

[[tasks]]
name = "digits"
task = { name = "digit-shots", unjudged = 0.2 }
train_sizes = [50]

[[systems]]
name = "a"
descriptor = "hog"
classifier = { name = "linear-svm", C = 0.1 }

[[systems]]
name = "b"
network = "small-cnn"
training = { epochs = 2 }

[[systems]]
name = "c"
fusion = "late"
members = ["a", "b"]

[[systems]]
name = "d"
rescorer = "temporal"
member = "c"
"""


def write(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return path


def test_a_good_suite(tmp_path):
    suite = load(write(tmp_path, GOOD))
    sorts = [EngineeredSpec, LearnedSpec, FusionSpec, RescoringSpec]
    assert [type(system) for system in suite.systems] == sorts
    assert suite.systems[0].classifier.name == "linear-svm"
    assert suite.systems[0].classifier.options == {"C": 0.1}
    assert suite.tasks[0].task.options == {"unjudged": 0.2}
    assert [system.family for system in suite.systems] == [
        "engineered",
        "learned",
        "fused",
        "fused",
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "train_sizes",
            "train_size",
            "unknown key 'tasks.0.train_size'; did you mean 'train_sizes'",
        ),
        ("classifier", "clasifier", "unknown key 'clasifier'; did you mean 'classifier'"),
        ("seeds = [0, 1]", "seed = [0, 1]", "unknown key 'seed'; did you mean 'seeds'"),
        ("seeds = [0, 1]", "seeds = []", "seeds"),
        ('descriptor = "hog"', 'descripter = "hog"', "; did you mean 'descriptor'"),
        ("seeds = [0, 1]", "seeds = [1, 1]", "seeds: one of [1, 1] stands twice"),
        ("[50]", "[50, 50]", "train_sizes: one of [50, 50] stands twice"),
        ("seeds = [0, 1]", "seeds = ['x']", "seeds.0: Input should be a valid integer"),
        ("[50]", "[0]", "tasks.0.train_sizes.0"),
        (
            'members = ["a", "b"]',
            'members = ["a", "bb"]',
            "'bb' is no system above it; did you mean 'b'",
        ),
        ('members = ["a", "b"]', 'members = ["a"]', "members"),
        ('members = ["a", "b"]', 'members = ["a", "a"]', "a member stands twice"),
        ('name = "b"', 'name = "a"', "two systems are called 'a'"),
        ('fusion = "late"', 'fusion = "late"\nnetwork = "x"', "exactly one of the keys"),
        ('rescorer = "temporal"', 'label = "x"', "exactly one of the keys"),
        ('name = "b"', 'name = "b"\ntasks = ["digit"]', "no task 'digit'; did you mean 'digits'"),
        ('"hog"', "3", "expected a component's name, or a table"),
        ('name = "mine"', 'name = "../mine"', "name"),
        ('name = "digits"', 'name = "../digits"', "makes no file name"),
        ('name = "mine"', "name = mine", "is not TOML"),
        (
            "seeds = [0, 1]",
            'incorporation = ["a", "words"]',
            "incorporation: there is no system 'words'; there are: a, b, c, d",
        ),
        ("seeds = [0, 1]", 'incorporation = ["a", "c", "a"]', "incorporation: 'a' stands twice"),
        ("seeds = [0, 1]", 'incorporation = ["a"]', "incorporation: List should have at least 2"),
        ("seeds = [0, 1]", "incorporation = [1, 2]", "incorporation.0: Input should be a valid"),
        (
            "seeds = [0, 1]",
            'incorporatoin = ["a", "b"]',
            "unknown key 'incorporatoin'; did you mean 'incorporation'",
        ),
    ],
)
def test_what_is_wrong_is_said(tmp_path, old, new, message):
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(SuiteError, match=re.escape(message)) as caught:
        load(path)
    assert str(path) in str(caught.value)


EARLY = """
[[systems]]
name = "e"
early = { name = "kernel-sum", weights = "equal" }
members = ["a", "a2"]
classifier = "linear-svm"
"""
TWO = GOOD.replace(
    '[[systems]]\nname = "b"',
    '[[systems]]\nname = "a2"\ndescriptor = "lbp"\nclassifier = "linear-svm"\n\n'
    '[[systems]]\nname = "b"',
)


def test_an_early_fusion_knows_its_members_and_needs_no_trial_of_theirs(tmp_path):
    suite = load(write(tmp_path, TWO + EARLY))
    early = suite.systems[-1]
    assert isinstance(early, EarlySpec)
    assert [part.name for part in early.parts] == ["a", "a2"]
    assert early.family == "engineered"
    assert members_of(early) == []
    again = pickle.loads(pickle.dumps(suite)).systems[-1]
    assert [part.name for part in again.parts] == ["a", "a2"]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ('["a", "b"]', "'b' is no engineered system above it"),
        ('["a", "a3"]', "'a3' is no engineered system above it; did you mean"),
        ('["a", "a"]', "a member stands twice"),
        ('["a"]', "members"),
    ],
)
def test_an_early_fusion_is_of_engineered_systems(tmp_path, members, message):
    path = write(tmp_path, TWO + EARLY.replace('["a", "a2"]', members))
    with pytest.raises(SuiteError, match=re.escape(message)):
        load(path)


def test_stages_are_named_in_their_own_order(tmp_path):
    text = GOOD.replace("seeds = [0, 1]", 'incorporation = ["c", "a", "d"]')
    assert load(write(tmp_path, text)).incorporation == ["c", "a", "d"]
    assert load(write(tmp_path, GOOD)).incorporation is None


def test_a_stage_of_no_system_is_answered_with_the_nearest(tmp_path):
    text = GOOD.replace('name = "a"', 'name = "words"').replace('["a", "b"]', '["words", "b"]')
    text = text.replace("seeds = [0, 1]", 'incorporation = ["b", "word"]')
    with pytest.raises(SuiteError, match="no system 'word'; did you mean 'words'"):
        load(write(tmp_path, text))


@pytest.mark.parametrize("name", sorted(built_in()))
def test_built_in_suites_are_good(name):
    suite = load(find(name))
    assert suite.name == name
    assert suite.title
    assert suite.description


def test_finding(tmp_path):
    with pytest.raises(SuiteError, match="did you mean 'quickstart'"):
        find("quikstart")
    with pytest.raises(SuiteError, match="there is no suite file"):
        find("absent.toml")
    assert find(str(write(tmp_path, GOOD))).name == "mine.toml"


def test_empty():
    with pytest.raises(SuiteError, match="tasks: Field required"):
        parse({"name": "x"})


PROBE = """
[[systems]]
name = "p"
descriptor = { name = "activations", of = "b", layer = "pool" }
classifier = "linear-svm"
family = "learned"

[[systems]]
name = "x"
detector = { name = "explicit-mlp", hidden = [8] }
"""


def test_a_descriptor_knows_the_network_that_it_is_of(tmp_path):
    suite = load(write(tmp_path, GOOD + PROBE))
    probe, detector = suite.systems[-2:]
    assert probe.source == suite.systems[1]
    assert pickle.loads(pickle.dumps(suite)).systems[-2].source == suite.systems[1]
    assert isinstance(detector, DetectorSpec)
    assert (detector.family, members_of(detector)) == ("learned", [])


@pytest.mark.parametrize(("of", "hint"), [("bb", "did you mean 'b'"), ("a", "there are: b")])
def test_a_descriptor_is_of_a_network_above_it(tmp_path, of, hint):
    with pytest.raises(SuiteError, match=f"of '{of}', which is no network's system.*{hint}"):
        load(write(tmp_path, GOOD + PROBE.replace('of = "b"', f'of = "{of}"')))
