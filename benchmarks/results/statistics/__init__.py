"""How far a difference between systems can be trusted; docs/statistics.md gives the formulas."""

from benchmarks.results.statistics.bootstrap import (
    BootstrapResult,
    Interval,
    Replicate,
    paired_bootstrap,
    paired_bootstrap_over_replicates,
)
from benchmarks.results.statistics.effect_size import cliffs_delta, cohens_dz, superiority
from benchmarks.results.statistics.evidence import Evidence, compare, correct
from benchmarks.results.statistics.families import (
    against_best_member,
    against_reference,
    all_pairs,
    between_families,
)
from benchmarks.results.statistics.friedman import FriedmanResult, friedman_test
from benchmarks.results.statistics.holm import holm
from benchmarks.results.statistics.permutation import SignFlipResult, sign_flip_test
from benchmarks.results.statistics.power import least_concepts, smallest_difference

__all__ = [
    "BootstrapResult",
    "Evidence",
    "FriedmanResult",
    "Interval",
    "Replicate",
    "SignFlipResult",
    "against_best_member",
    "against_reference",
    "all_pairs",
    "between_families",
    "cliffs_delta",
    "cohens_dz",
    "compare",
    "correct",
    "friedman_test",
    "holm",
    "least_concepts",
    "paired_bootstrap",
    "paired_bootstrap_over_replicates",
    "sign_flip_test",
    "smallest_difference",
    "superiority",
]
