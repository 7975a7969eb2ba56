"""What a run says of the lecture's claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reports.document.text import Text

#: What a run says of a claim: it holds, it does not hold, or the run cannot tell.
Verdict = Literal["holds", "fails", "open"]


@dataclass(frozen=True)
class Answer:
    """What a run says of a claim, on one task and of one set of systems.

    Attributes
    ----------
    verdict : Verdict
        Drawn as a badge of a word and a shape.
    evidence : tuple of Span
    where : str
        The task, or the systems, if there is more than one; else nothing.
    shown : str
        Id of the figure or table that shows it; nothing is referred to where the document has
        none of this id.
    to_do : tuple of Span
        How to find out, where the run cannot tell.
    """

    verdict: Verdict
    evidence: Text
    where: str = ""
    shown: str = ""
    to_do: Text = ()


@dataclass(frozen=True)
class Claim:
    """A claim, and what the run says of it.

    Attributes
    ----------
    title : str
        A word or two.
    statement : str
        The claim itself.
    tested : str
        By what comparison it is put to the test; nothing where it could not be.
    answers : tuple of Answer
    overall : tuple of Span
        What several answers come to.
    """

    title: str
    statement: str
    tested: str
    answers: tuple[Answer, ...]
    overall: Text = ()


@dataclass(frozen=True)
class Claims:
    """Claims and their verdicts, below each other."""

    items: tuple[Claim, ...]
