"""Suites are read strictly; what is wrong is said with file, key and the nearest right key."""

import re

import pytest

from benchmarks.suites.loading import SuiteError, built_in, find, load, parse
from benchmarks.suites.spec import EngineeredSpec, FusionSpec, LearnedSpec, RescoringSpec

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
    ],
)
def test_what_is_wrong_is_said(tmp_path, old, new, message):
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(SuiteError, match=re.escape(message)) as caught:
        load(path)
    assert str(path) in str(caught.value)


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
