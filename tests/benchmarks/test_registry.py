"""Names lead to components, wrong ones to the nearest right ones, and code has a version."""

import pytest

from benchmarks.registry import (
    KINDS,
    ComponentError,
    build,
    catalogue,
    check_options,
    nearest,
    resolve,
)

PLUGIN = """
import numpy as np

class Mean:
    '''The mean colour.'''

    def __init__(self, scale=1.0):
        self.scale = scale

    def transform(self, X):
        return np.array([image.mean(axis=(0, 1)) * self.scale for image in X], np.float32)
"""


@pytest.mark.parametrize("kind", KINDS)
def test_all_of_the_catalogue_can_be_loaded(kind):
    names = catalogue(kind)
    assert names
    for name in names:
        component = resolve(kind, name)
        assert callable(component.target)
        assert (component.target.__doc__ or "").strip(), f"{kind} {name} has no line for `list`"


def test_module_and_name():
    found = resolve("descriptors", "engineered.descriptors.dense_sift:DenseSIFT")
    assert found.target is resolve("descriptors", "dense-sift").target


def test_file_and_name(tmp_path):
    (tmp_path / "mine.py").write_text(PLUGIN)
    component = resolve("descriptors", "mine.py:Mean", tmp_path)
    assert build(component, {"scale": 2.0}).scale == 2.0
    assert resolve("descriptors", f"{tmp_path}/mine.py:Mean").target is component.target


def test_a_changed_file_is_another_component(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(PLUGIN)
    before = resolve("descriptors", "mine.py:Mean", tmp_path)
    # Of the same length and within the same second: a cached .pyc would not notice.
    path.write_text(PLUGIN.replace("scale=1.0", "scale=3.0"))
    after = resolve("descriptors", "mine.py:Mean", tmp_path)
    assert build(after, {}).scale == 3.0
    assert before.code != after.code


def test_wrong_names_answer_with_the_nearest_right_ones(tmp_path):
    with pytest.raises(ComponentError, match="did you mean 'dense-sift'"):
        resolve("descriptors", "dense-sfit")
    with pytest.raises(ComponentError, match="did you mean 'descriptors'"):
        resolve("descriptor", "dense-sift")
    (tmp_path / "mine.py").write_text(PLUGIN)
    with pytest.raises(ComponentError, match="did you mean 'Mean'"):
        resolve("descriptors", "mine.py:Maen", tmp_path)
    with pytest.raises(ComponentError, match=r"there is no file .*absent\.py"):
        resolve("descriptors", "absent.py:Mean", tmp_path)
    with pytest.raises(ComponentError, match="cannot import no_such_module"):
        resolve("descriptors", "no_such_module:Mean")


def test_a_plugin_that_fails_on_import_says_so(tmp_path):
    (tmp_path / "broken.py").write_text("1 / 0\n")
    with pytest.raises(ComponentError, match=r"broken\.py failed on import: ZeroDivisionError"):
        resolve("networks", "broken.py:build", tmp_path)


def test_options_are_checked(tmp_path):
    component = resolve("aggregators", "bag-of-words")
    with pytest.raises(ComponentError, match="no option 'word'; did you mean 'words'"):
        build(component, {"word": 3})
    with pytest.raises(ComponentError, match="needs path"):
        build(resolve("tasks", "folder"), {})
    network = resolve("networks", "small-cnn")
    with pytest.raises(ComponentError, match="no option 'n_concepts'"):
        check_options(network, {"n_concepts": 3}, given=("n_concepts", "image_size"))


def test_hints():
    assert nearest("abd", ["abc", "xyz"]) == "; did you mean 'abc'?"
    assert nearest("q", ["abc", "xyz"]) == "; there are: abc, xyz"
    assert nearest("lr", ["colour", "learning_rate"]) == "; did you mean 'learning_rate'?"
    assert nearest("BS", ["batch_size", "base"]) == "; did you mean 'batch_size'?"
