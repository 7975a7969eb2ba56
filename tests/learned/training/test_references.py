import importlib.util
import pickle
import subprocess
import sys
from functools import partial

import numpy as np
import pytest

from learned.networks import small_cnn
from learned.training import references
from learned.training.references import UnreachableError, dumps, loads


@pytest.fixture
def plugin(tmp_path):
    """A plug-in's file, imported under a name that no path leads to."""
    path = tmp_path / "my_net.py"
    path.write_text("class Wide: pass\n\ndef build(n, size, width=2):\n    return n * width\n")
    spec = importlib.util.spec_from_file_location("plugin_my_net_0123", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    sys.modules.pop(spec.name, None)


def test_a_plugins_function_is_found_in_another_process(plugin, tmp_path):
    data, sources = dumps({"build": partial(plugin.build, width=5), "wide": plugin.Wide()})
    (tmp_path / "job").write_bytes(pickle.dumps((data, sources)))
    script = (
        "import pickle, sys\n"
        "from learned.training.references import loads\n"
        "value = loads(*pickle.loads(open(sys.argv[1], 'rb').read()))\n"
        "print(value['build'](3, 8), type(value['wide']).__module__)"
    )
    output = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "job")],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert output.split() == ["15", "plugin_my_net_0123"]


def test_modules_that_are_there_are_used_as_they_are():
    value = {"build": small_cnn.build, "array": np.arange(3), "plain": [1, "a", None]}
    data, sources = dumps(value)
    assert "learned.networks.small_cnn" in [source.name for source in sources]
    again = loads(data, sources)
    assert again["build"] is small_cnn.build
    assert again["plain"] == value["plain"]


def test_a_file_that_has_changed_is_refused(plugin):
    data, sources = dumps(plugin.build)
    with open(plugin.__file__, "a") as file:
        file.write("# edited\n")
    with pytest.raises(UnreachableError, match=r"my_net.py has changed since"):
        loads(data, sources)


def test_another_module_of_the_same_name_is_refused(plugin, tmp_path):
    data, sources = dumps(plugin.build)
    other = tmp_path / "elsewhere.py"
    other.write_text("")
    sys.modules[plugin.__name__].__file__ = str(other)
    with pytest.raises(UnreachableError, match=r"is .*elsewhere.py here, not .*my_net.py"):
        loads(data, sources)


def test_a_plugin_that_lacks_a_library_says_which(plugin):
    data, sources = dumps(plugin.build)
    del sys.modules[plugin.__name__]
    with open(plugin.__file__, "w") as file:
        file.write("import no_such_library\n")
    sources = [
        references.Source(source.name, source.path, references._digest(source.path))
        for source in sources
    ]
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        loads(data, sources)
    assert plugin.__name__ not in sys.modules


def test_what_has_no_name_to_be_found_by_is_refused(monkeypatch):
    with pytest.raises(UnreachableError, match="top level of a module"):
        dumps({"build": lambda n, size: None})
    main = sys.modules["__main__"]

    def build():
        pass

    build.__module__, build.__qualname__ = "__main__", "build_in_main"
    monkeypatch.setattr(main, "build_in_main", build, raising=False)
    with pytest.raises(UnreachableError, match="script or session"):
        dumps(build)
