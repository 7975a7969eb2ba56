"""The sentence on what failed agrees with the number of trials."""

import pytest

from reports.sections.failures import _none_failed


@pytest.mark.parametrize(
    ("trials", "missing", "said"),
    [
        (1, 0, "The only trial did not fail"),
        (6, 0, "None of the 6 trials failed"),
        (1200, 3, "Of the 1,200 trials, none that ran failed"),
    ],
)
def test_nothing_failed(trials, missing, said):
    assert _none_failed(trials, missing) == said
