"""TRECVID's files: sampled judgments in, submissions out.

`read_judgments` and `annotate` make annotations and strata of the judgments that NIST gives out;
`submission`, `write_submission` and `write_submission_xml` make of a run's scores what NIST takes.
"""

from benchmarks.results.trec.annotations import Annotated, annotate, judgments_of
from benchmarks.results.trec.judgments import Judgments, read_judgments, write_judgments
from benchmarks.results.trec.ranked_shots import RESULTS_PER_TOPIC, RankedShots, rank_shots
from benchmarks.results.trec.shot_names import shot_names
from benchmarks.results.trec.submission import submission
from benchmarks.results.trec.submission_file import read_submission, write_submission
from benchmarks.results.trec.submission_xml import write_submission_xml
from benchmarks.results.trec.topics import read_topics

__all__ = [
    "RESULTS_PER_TOPIC",
    "Annotated",
    "Judgments",
    "RankedShots",
    "annotate",
    "judgments_of",
    "rank_shots",
    "read_judgments",
    "read_submission",
    "read_topics",
    "shot_names",
    "submission",
    "write_judgments",
    "write_submission",
    "write_submission_xml",
]
