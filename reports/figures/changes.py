"""How far each system moved from one run to another."""

from __future__ import annotations

from matplotlib.figure import Figure as Drawn

from reports import wording
from reports.document import Figure
from reports.figures.linking import link
from reports.figures.markers import MARKERS
from reports.figures.style import COLOUR, INK, QUIET, TYPE, drawings, new_figure
from reports.together.pairing import Change, Pair

SHOWN = 24


def changes_figure(pair: Pair, task: str, identifier: str) -> Figure | None:
    """Draw the differences of a task's systems that changed; None where none did.

    Parameters
    ----------
    pair : Pair
    task : str
        Cleaned for display.
    identifier : str
        The figure's id.
    """
    compared = [c for c in pair.changes if c.task == task and c.status == "compared"]
    if not compared:
        return None
    shown = sorted(compared, key=lambda c: -abs(_of(c)))[:SHOWN]
    shown.sort(key=lambda c: -_of(c))
    metric = shown[0].metric
    k = wording.scale(metric)
    sizes = len({change.train_size for change in shown}) > 1
    names = [
        wording.shortened(c.system, 26) + (f", {c.size}" if sizes else "") for c in shown
    ]  # fmt: skip

    def draw() -> Drawn:
        figure, (ax,) = new_figure(0.75 + 0.26 * len(shown))
        for y, (name, change) in enumerate(zip(names, shown)):
            d = change.difference
            assert d is not None
            open_ = change.outcome == "tie"
            colour = QUIET if open_ else COLOUR[change.family]
            (line,) = ax.plot(
                [k * d.low, k * d.high], [y, y], color=colour, lw=2.2, solid_capstyle="butt"
            )
            mark = ax.scatter(
                [k * d.estimate], [y], s=34, zorder=3, marker=MARKERS[change.family][0],
                color=colour if change.outcome in ("better", "worse") else "white",
                edgecolors=colour, linewidths=1.4,
            )  # fmt: skip
            link(line, change)
            moved = (
                f"{wording.value(metric, change.before)} → {wording.value(metric, change.after)}"
            )
            link(mark, change, f"{name}\n{moved}")
        ax.axvline(0, color=INK, lw=0.9)
        ax.set_yticks(range(len(shown)), names)
        for label, change in zip(ax.get_yticklabels(), shown):
            label.set_color(TYPE[change.family])
            link(label, change)
        ax.set_ylim(len(shown) - 0.4, -0.6)
        ax.grid(axis="y", visible=False)
        ax.tick_params(axis="y", length=0)
        low, high = ax.get_xlim()
        ax.set_xlim(min(low, -0.15 * (high - low)), max(high, 0.15 * (high - low)))
        unit = " (points)" if metric in wording.PERCENT else ""
        turned = "" if wording.higher_is_better(metric) else ", sign turned"
        ax.set_xlabel(f"Change of {wording.metric_name(metric, mean=True)}{unit}{turned}")
        return figure

    left = len(compared) - len(shown)
    cut = f", the {SHOWN} largest of {len(compared)}" if left else ""
    same = sum(c.task == task and c.status == "identical" for c in pair.changes)
    identical = (
        f" {wording.capital(wording.count(same, 'more result'))} did not change." if same else ""
    )
    caption = (
        f"{task}: how far each result moved from {pair.a} to {pair.b}{cut}, with 95\u00a0% "
        "intervals; right of zero it is better. Filled marks: significant over the concepts as "
        f"well; grey: no difference that can be told.{identical}"
    )
    stated = [
        f"{name}: {wording.difference(metric, _of(change), sign=True)} "
        f"{wording.interval(metric, change.difference.low, change.difference.high)}"  # type: ignore[union-attr]
        for name, change in zip(names, shown)
    ]
    alt = f"Changes from {pair.a} to {pair.b} on {task}. " + "; ".join(stated)
    return Figure(identifier, caption, alt=alt, **drawings(draw, identifier))


def _of(change: Change) -> float:
    assert change.difference is not None
    return change.difference.estimate
