"""A submission as TRECVID's semantic indexing took it: XML, by the document type of 2015."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np

from benchmarks.results.store import write_atomically
from benchmarks.results.trec.ranked_shots import RankedShots

DOCUMENT_TYPE = "http://www-nlpir.nist.gov/projects/tv2015/dtds/videoFeatureExtractionResults.dtd"

#: What training data a system saw, as TRECVID's guidelines distinguish.
TRAINING_TYPES = ("A", "B", "C", "D", "E", "F")


def write_submission_xml(
    ranked: RankedShots,
    path: str | Path,
    *,
    participant: str,
    training_type: str,
    priority: int,
    description: str,
    target_data: str = "2C",
) -> None:
    """Write a submission of one run to TRECVID's semantic indexing task.

    Elements and attributes are those of `videoFeatureExtractionRunResult.dtd` of 2015, the last
    year of the task; the class is "M", a main run of single concepts. The tag of the ranking is
    not part of it.

    Parameters
    ----------
    ranked : RankedShots
        From `submission` or `rank_shots`; topics are the numbers of concepts, of 1 to 3 digits.
    path : str or Path
        Written whole or not at all, in ISO-8859-1 as the document type is.
    participant : str
        Short name of the group, as NIST knows it.
    training_type : {"A", "B", "C", "D", "E", "F"}
        What it was trained on.
    priority : int
        1 ... 8: which runs are judged first.
    description : str
        How the system differs from others.
    target_data : str
        Test collection; "2C" for IACC.2.C.

    Raises
    ------
    ValueError
        For a value that the document type does not allow.
    """
    if training_type not in TRAINING_TYPES:
        raise ValueError(
            f"training type {training_type!r} is not one of {', '.join(TRAINING_TYPES)}"
        )
    if not 1 <= priority <= 8:
        raise ValueError(f"the priority must be 1 ... 8, got {priority}")
    for topic in np.unique(ranked.topic).tolist():
        if not (topic.isascii() and topic.isdigit() and len(topic) <= 3 and int(topic)):
            raise ValueError(
                f"topic {topic!r} is not the number of a concept, of 1 to 3 digits: give topics=..."
            )
    if not len(ranked.topic):
        raise ValueError("a submission needs a topic at least")

    def attributes(**values: str) -> str:
        return "".join(f" {name}={quoteattr(value)}" for name, value in values.items())

    head = attributes(
        trType=training_type,
        pid=participant,
        **{"class": "M"},
        targetData=target_data,
        priority=str(priority),
        desc=description,
    )
    lines = [
        '<?xml version="1.0" encoding="ISO-8859-1"?>',
        f'<!DOCTYPE videoFeatureExtractionResults SYSTEM "{DOCUMENT_TYPE}">',
        "<videoFeatureExtractionResults>",
        f"<videoFeatureExtractionRunResult{head}>",
    ]
    rows = zip(ranked.topic.tolist(), ranked.rank.tolist(), ranked.shot.tolist())
    for topic, items in groupby(rows, key=lambda row: row[0]):
        lines.append(f"<videoFeatureExtractionFeatureResult{attributes(fNum=topic)}>")
        lines += [f"<item{attributes(seqNum=str(rank), shotId=shot)} />" for _, rank, shot in items]
        lines.append("</videoFeatureExtractionFeatureResult>")
    lines += ["</videoFeatureExtractionRunResult>", "</videoFeatureExtractionResults>", ""]
    # What the encoding lacks becomes a character reference, which XML reads alike.
    write_atomically(Path(path), "\n".join(lines).encode("iso-8859-1", "xmlcharrefreplace"))
