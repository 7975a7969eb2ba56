"""Which classes one system takes for which, as a matrix."""

from __future__ import annotations

import numpy as np

from reports import wording
from reports.document import Figure
from reports.figures.drawing import Drawing, length
from reports.figures.shades import ink_on, shade
from reports.figures.style import QUIET, TYPE
from reports.summary import System

#: Classes of which a matrix is drawn, at most.
MOST = 30
_WIDTH = 360.0


def confusion_figure(
    counts: np.ndarray, names: list[str], system: System, identifier: str, caption: str
) -> Figure:
    """Draw a confusion matrix, shaded by the share of the true class.

    Parameters
    ----------
    counts : ndarray of shape (c, c)
        Samples of the row's class that are taken for the column's; c at most `MOST`.
    names : list of str
        Of the c classes, cleaned.
    system : System
        Whose errors these are.
    identifier, caption : str
        Of the figure.
    """
    shares = of_true_class(counts)
    c = len(names)
    labels = [wording.shortened(name, 18) for name in names]
    size = 8.0 if c <= 20 else 6.5
    left = 22 + max(length(label, size) for label in labels)
    edge = min((_WIDTH - left - 4) / c, 30.0)
    top = 26 + max(length(label, size) for label in labels)
    drawing = Drawing(_WIDTH, top + edge * c + 8)
    head = wording.shortened(system.name, 34)
    drawing.mark(system.family, 6, 9)
    drawing.text(14, 12, f"{system.family}: {head}", colour=TYPE[system.family])
    middle = top + edge * c / 2
    drawing.text(9, middle, "true class", size=8, colour=QUIET, anchor="middle", turned=-90)
    drawing.text(left - 6, top - 6, "taken for", size=8, colour=QUIET, anchor="end")
    numbers = edge >= 13
    for i, label in enumerate(labels):
        at = edge * (i + 0.5)
        drawing.text(left - 5, top + at + size / 3, label, size=size, anchor="end")
        drawing.text(left + at + size / 3, top - 5, label, size=size, turned=-90)
        for j in range(c):
            share = float(shares[i, j])
            says = f"{names[i]}\ntaken for {names[j]}: "
            says += f"{wording.number(100 * share, 1)}{wording.NBSP}%"
            x, y = left + edge * j, top + edge * i
            drawing.rect(x, y, edge - 0.5, edge - 0.5, shade(share), says)
            # What rounds to nothing is left blank: the eye finds the rest.
            if numbers and share >= 0.005:
                drawing.text(
                    x + edge / 2, y + edge / 2 + 2.2, wording.number(100 * share, 0),
                    size=min(6.8, 0.48 * edge), anchor="middle",
                    colour=ink_on(share),
                )  # fmt: skip
    return Figure(identifier, caption, drawing.svg(), _alt(shares, names, system))


def of_true_class(counts: np.ndarray) -> np.ndarray:
    """Return counts as shares of the rows, NaN for a class without samples."""
    total = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, total, out=np.full(counts.shape, np.nan), where=total > 0)


def _alt(shares: np.ndarray, names: list[str], system: System) -> str:
    parts = []
    for i, name in enumerate(names):
        if np.isnan(shares[i]).any():
            parts.append(f"{name}: no samples")
            continue
        others = np.where(np.arange(len(names)) == i, -1.0, shares[i])
        j = int(np.argmax(others))
        text = f"{name}: {wording.number(100 * shares[i, i], 0)} % right"
        if others[j] > 0:
            text += f", {wording.number(100 * others[j], 0)} % taken for {names[j]}"
        parts.append(text)
    return f"Confusion matrix of {system.name} ({system.family}). {'; '.join(parts)}."
