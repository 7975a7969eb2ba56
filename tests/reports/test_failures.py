"""The sentence on what failed agrees with the number of trials."""

from types import SimpleNamespace

import pytest

from reports.sections.failures import _none_failed


@pytest.mark.parametrize(
    ("trials", "missing", "said"),
    [
        (1, [], "The only trial did not fail"),
        (6, [], "None of the 6 trials failed"),
        (
            1200,
            ["b", "a", "b"],
            "Of 1,200 trials, 1,197 ran and none of them failed; 3 have not run yet, of b and a",
        ),
    ],
)
def test_nothing_failed(trials, missing, said):
    gone = [SimpleNamespace(system=name) for name in missing]
    assert _none_failed(trials, gone) == said
