"""Sentences, with what stands out in them; and families, which have a mark everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter
from typing import Literal, TypeAlias

Family = Literal["engineered", "learned", "fused"]
FAMILIES: tuple[Family, ...] = ("engineered", "learned", "fused")


@dataclass(frozen=True)
class Span:
    """A piece of a sentence."""

    text: str
    strong: bool = False


Text: TypeAlias = tuple[Span, ...]


def say(template: str, **parts: str | Span) -> Text:
    """Put parts into a sentence; those given as `Span` keep their weight.

    Parameters
    ----------
    template : str
        With ``{name}`` where a part goes.
    **parts : str or Span
        Never read as a template themselves.

    Returns
    -------
    tuple of Span
    """
    spans = []
    for literal, name, _, _ in Formatter().parse(template):
        if literal:
            spans.append(Span(literal))
        if name is not None:
            part = parts[name]
            spans.append(part if isinstance(part, Span) else Span(part))
    return tuple(spans)


def strong(text: str) -> Span:
    """Return a span that stands out."""
    return Span(text, strong=True)


def plain(text: Text) -> str:
    """Return the sentence without emphasis."""
    return "".join(span.text for span in text)
