"""How far a difference between systems can be trusted."""

from benchmarks.results.statistics.bootstrap import (
    BootstrapResult,
    Interval,
    Replicate,
    paired_bootstrap,
    paired_bootstrap_over_replicates,
)
from benchmarks.results.statistics.holm import holm
from benchmarks.results.statistics.permutation import SignFlipResult, sign_flip_test

__all__ = [
    "BootstrapResult",
    "Interval",
    "Replicate",
    "SignFlipResult",
    "holm",
    "paired_bootstrap",
    "paired_bootstrap_over_replicates",
    "sign_flip_test",
]
