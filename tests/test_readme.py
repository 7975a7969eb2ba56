"""The README's plug-ins, taken from its text and run from outside the package."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[1]
SCRIPT = Path(sys.executable).parent / "conceptbench"
BLOCK = re.compile(r"```(python|toml)\n(.*?)```", re.DOTALL)

SUITE = """
name = "plugins"

[[tasks]]
name = "digits"
task = { name = "digit-shots", train_shots = 120, val_shots = 60, test_shots = 80 }

[[systems]]
name = "built-in"
descriptor = "colour-histogram"
classifier = "kernel-svm"
"""


def blocks(kind: str) -> list[str]:
    return [
        text for found, text in BLOCK.findall((ROOT / "README.md").read_text()) if found == kind
    ]


def test_the_plugins_of_the_readme_stand_beside_the_built_ins(tmp_path):
    files = {text.splitlines()[0].removeprefix("# "): text for text in blocks("python")}
    assert set(files) == {"mean_colour.py", "my_net.py"}
    for name, text in files.items():
        assert len([line for line in text.splitlines() if line.strip()]) <= 13, "about ten lines"
        (tmp_path / name).write_text(text)
    systems = [text for text in blocks("toml") if text.startswith("[[systems]]")]
    assert len(systems) == 2
    (tmp_path / "plugins.toml").write_text(SUITE + "\n" + "\n".join(systems))
    done = subprocess.run(
        [str(SCRIPT), "run", "plugins.toml"],
        cwd=tmp_path,
        env={**os.environ, "CONCEPTBENCH_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    run = tmp_path / "runs" / "plugins"
    frame = pd.read_csv(run / "tables" / "results.csv", keep_default_na=False, na_values=[""])
    assert list(frame["system"].unique()) == ["built-in", "mean colour", "my net"]
    html = (run / "report.html").read_text()
    for name in ("built-in", "mean colour", "my net"):
        assert name in html


def test_the_suite_of_the_readme_is_good():
    import tomllib

    from benchmarks.suites.loading import parse

    (suite,) = [text for text in blocks("toml") if text.startswith("name")]
    assert parse(tomllib.loads(suite)).name == "mine"
