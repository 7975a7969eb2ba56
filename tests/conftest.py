"""What tests of every room share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# No test is timed: on a busy machine any of them may take its time.
settings.register_profile("conceptbench", deadline=None)
settings.load_profile("conceptbench")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real collections; tests that need it skip where there is none."""
    given = os.environ.get("CONCEPTBENCH_DATA")
    if not given:
        pytest.skip("needs real collections: set CONCEPTBENCH_DATA to their folder")
    folder = Path(given)
    if not folder.is_dir():
        pytest.fail(f"CONCEPTBENCH_DATA names {folder}, which is not a folder")
    return folder
