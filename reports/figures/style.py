"""One look for all figures: a colour a family, a marker and a line a system."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypedDict

import matplotlib as mpl
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from reports.document import FAMILIES, Family
from reports.figures.markers import MARKERS
from reports.figures.svg import as_svg
from reports.summary import System

#: Okabe and Ito's palette: told apart with every common deficiency of colour vision.
COLOUR: dict[str, str] = {"engineered": "#0072B2", "learned": "#D55E00", "fused": "#009E73"}
#: The same hues, dark enough for small type on white.
TYPE: dict[str, str] = {"engineered": "#00598c", "learned": "#a84900", "fused": "#00704f"}
LINES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)), (0, (3, 1, 1, 1, 1, 1)))
INK, QUIET, GRID = "#1b2430", "#5a6675", "#e3e7ec"

#: Inches, of a figure as a column of text shows it, and of one for a telephone: there the
#: smallest type, 7.5 points, is 11 pixels high.
WIDTH, NARROW = 5.0, 3.2


def marker(system: System) -> Any:
    """Return the system's marker, distinct within the first twelve of a family."""
    shapes = MARKERS[system.family]
    return shapes[system.place % len(shapes)]


def line(system: System) -> Any:
    """Return the system's line style, distinct within the first five of a family."""
    return LINES[system.place % len(LINES)]


def width() -> float:
    """Return the width of figures in inches: `WIDTH`, or `NARROW` while such a one is drawn."""
    return float(mpl.rcParams["figure.figsize"][0])


def is_narrow() -> bool:
    """Whether a figure for a narrow column is being drawn: names are cut shorter there."""
    return width() < WIDTH


class Drawings(TypedDict):
    """A figure for a column of text and for a telephone, as `reports.document.Figure` has it."""

    svg: str
    narrow: str


def drawings(draw: Callable[[], Figure], identifier: str, narrow: bool = True) -> Drawings:
    """Draw a figure twice, for a column of text and for a telephone.

    Parameters
    ----------
    draw : callable
        Returns the figure, of the `width` that holds when it is called.
    identifier : str
        The figure's id.
    narrow : bool, optional
        Whether there is to be one for a telephone.

    Returns
    -------
    Drawings
    """
    with look():
        svg = as_svg(draw(), identifier)
    if not narrow:
        return {"svg": svg, "narrow": ""}
    with look(NARROW):
        return {"svg": svg, "narrow": as_svg(draw(), f"{identifier}-narrow")}


@contextmanager
def look(inches: float = WIDTH) -> Iterator[None]:
    """Set seaborn's and matplotlib's parameters for the report's figures, and undo it after.

    Parameters
    ----------
    inches : float
        Width of the figures.
    """
    settings: dict[Any, Any] = {
        "figure.figsize": (inches, inches),
        "font.family": ["sans-serif"],
        "font.sans-serif": ["DejaVu Sans"],
        "font.size": 8.5,
        "axes.labelsize": 8.5,
        "axes.titlesize": 9.5,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 8,
        "axes.labelcolor": QUIET,
        "axes.edgecolor": "#aab3bd",
        "axes.linewidth": 0.7,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": GRID,
        "grid.linewidth": 0.7,
        "text.color": INK,
        # Names come from users: a dollar sign in one is no formula.
        "text.parse_math": False,
        "xtick.color": "#aab3bd",
        "ytick.color": "#aab3bd",
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "xtick.labelsize": 8.5,
        "ytick.labelsize": 8.5,
        "legend.frameon": False,
        "legend.fontsize": 8.5,
        "svg.fonttype": "none",
        "figure.dpi": 72,
        "axes.formatter.use_mathtext": False,
    }
    with mpl.rc_context(), sns.axes_style("ticks"), mpl.rc_context(settings):
        yield


def new_figure(height: float, rows: int = 1, **grid: Any) -> tuple[Figure, list[Axes]]:
    """Return a figure of the standard width without touching pyplot's global state.

    Parameters
    ----------
    height : float
        Inches.
    rows : int
        Axes below each other.
    **grid
        For `Figure.subplots`.

    Returns
    -------
    Figure, list of Axes
    """
    figure = Figure(figsize=(width(), height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, 1, squeeze=False, **grid)
    return figure, list(axes[:, 0])


def family_handles(families: list[Family]) -> list[Any]:
    """Return legend entries for families: their colour as a filled mark."""
    return [
        Line2D([], [], color=COLOUR[f], marker=MARKERS[f][0], linestyle="", markersize=6, label=f)
        for f in FAMILIES
        if f in families
    ]
