"""How numbers, names and sizes are written; nothing else in the report formats them."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import quote

from benchmarks.results.metrics import find_metric

MINUS = "\u2212"
NO_VALUE = "–"
#: Between a number and its unit, which no line break should part.
NBSP = "\u00a0"

#: Metrics that are shares of samples and read better in per cent.
PERCENT = {"top1_error", "top5_error", "mean_class_accuracy"}

_SHORT = {
    "ap": "AP",
    "ap_voc07": "AP (VOC07)",
    "ap_voc10": "AP (VOC10)",
    "top1_error": "top-1 error",
    "top5_error": "top-5 error",
    "mean_class_accuracy": "mean class accuracy",
    "roc_auc": "ROC AUC",
}


def metric_name(metric: str, mean: bool = False) -> str:
    """Return the metric as prose calls it: "AP", or "mean AP" over concepts."""
    at = re.fullmatch(r"p_at_(\d+)", metric)
    short = f"precision at {at[1]}" if at else _SHORT.get(metric, metric)
    over_samples = metric in PERCENT
    return f"mean {short}" if mean and not over_samples else short


def concept_metric_name(metric: str) -> str:
    """Return what a metric is called for one concept."""
    return "class accuracy" if metric == "mean_class_accuracy" else metric_name(metric)


def higher_is_better(metric: str) -> bool:
    """Whether larger values of the metric are better."""
    return find_metric(metric).higher_is_better


def axis_label(metric: str, mean: bool = True) -> str:
    """Return the metric with its unit and direction, for an axis."""
    name = metric_name(metric, mean) if mean else concept_metric_name(metric)
    name = capital(name)
    unit = " (%)" if metric in PERCENT else ""
    return f"{name}{unit}" if higher_is_better(metric) else f"{name}{unit}, lower is better"


def scale(metric: str) -> float:
    """Return what a stored value is multiplied with to be shown."""
    return 100.0 if metric in PERCENT else 1.0


def number(value: float, digits: int = 3) -> str:
    """Write a number with a true minus sign; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return NO_VALUE
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def digits(metric: str) -> int:
    """Return how many decimals a value of the metric is shown with."""
    return 1 if metric in PERCENT else 3


def value(metric: str, x: float, unit: bool = True) -> str:
    """Write a metric's value: "0.612" or "45.3 %"."""
    text = number(x * scale(metric), digits(metric))
    return f"{text}{NBSP}%" if unit and metric in PERCENT and text != NO_VALUE else text


def difference(metric: str, x: float, sign: bool = False) -> str:
    """Write a difference of two values: "0.031" or "3.1 points"."""
    text = number(x * scale(metric), digits(metric))
    if sign and x > 0 and float(text) != 0:
        text = f"+{text}"
    return f"{text}{NBSP}points" if metric in PERCENT else text


def interval(metric: str, low: float, high: float) -> str:
    """Write an interval of differences: "[−0.012, 0.045]"."""
    k, d = scale(metric), digits(metric)
    return f"[{number(low * k, d)},{NBSP}{number(high * k, d)}]"


def p_value(p: float) -> str:
    """Write a p-value, which is never zero: "p = 0.012" or "p < 0.001"."""
    return f"p = {number(p, 3)}" if not p < 0.0005 else "p < 0.001"


def seconds(x: float) -> str:
    """Write a duration with about three digits: "0.42 s", "38 s", "12 min", "3.1 h"."""
    if x is None or not math.isfinite(x):
        return NO_VALUE
    if x < 0.0995:
        return f"{x:.3f}{NBSP}s" if x >= 0.001 else f"< 1{NBSP}ms"
    if x < 9.95:
        return f"{x:.2f}{NBSP}s" if x < 0.995 else f"{x:.1f}{NBSP}s"
    if x < 119.5:
        return f"{x:.0f}{NBSP}s"
    if x < 7199:
        return f"{x / 60:.0f}{NBSP}min"
    return f"{x / 3600:.1f}{NBSP}h"


def milliseconds(x: float) -> str:
    """Write milliseconds with about three digits."""
    if x is None or not math.isfinite(x):
        return NO_VALUE
    return (
        f"{x:.3f}"
        if x < 0.0995
        else f"{x:.2f}"
        if x < 9.95
        else f"{x:.1f}"
        if x < 99.95
        else f"{x:.0f}"
    )


def times(ratio: float) -> str:
    """Write a ratio of at least one: "1.3 times", "24 times"."""
    return f"{ratio:.1f}{NBSP}times" if ratio < 9.95 else f"{ratio:.0f}{NBSP}times"


def count(n: int, singular: str, plural: str | None = None) -> str:
    """Write a count with its noun: "1 trial", "12 trials", "1,797 samples"."""
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def capital(text: str) -> str:
    """Begin a heading: the first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def about(x: float) -> str:
    """Write a number of samples that is known roughly, with two digits: "2,400"."""
    if not math.isfinite(x) or x > 1e12:
        return "no upper end"
    digits = max(math.floor(math.log10(max(x, 1))) - 1, 0)
    return f"{round(x, -digits):,.0f}"


def listed(items: Sequence[str]) -> str:
    """Join as prose does: "a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def size(train_size: int | None, unit: str) -> str:
    """Write a training size: "600 shots", "all training data"."""
    return "all training data" if train_size is None else f"{train_size:,} {unit}"


def _is_noncharacter(code: int) -> bool:
    """Whether Unicode will never assign it; XML forbids some of these."""
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def clean(text: object) -> str:
    """Make untrusted text fit for any page: no control characters, no direction that leaks out.

    Parameters
    ----------
    text : object
        A name or message from a user's file or from somebody's exception.

    Returns
    -------
    str
        On one line, with the replacement character for what cannot be shown; isolated from the
        text around it where it brings its own direction of writing.
    """
    out = []
    directional = False
    for character in str(text):
        category = unicodedata.category(character)
        if character in "\t\n\r\u2028\u2029":
            character = " "
        elif category in ("Cc", "Cs") or _is_noncharacter(ord(character)):
            character = "\ufffd"
        if unicodedata.bidirectional(character) in (
            "R",
            "AL",
            "AN",
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
            "FSI",
            "PDI",
        ):
            directional = True
        out.append(character)
    joined = "".join(out)
    if directional:
        # An isolate's end must be its own: stray ends inside would close it early.
        joined = joined.replace("\u2069", "").replace("\u2068", "")
        joined = joined.replace("\u2066", "").replace("\u2067", "")
        return f"\u2068{joined}\u2069"
    return joined


def clean_lines(text: str) -> str:
    """Clean text of several lines, keeping the lines."""
    return "\n".join(clean(line.expandtabs(4)) for line in str(text).splitlines())


def token(name: str) -> str:
    """Return a name, as stored, in letters that mean nothing in HTML, SVG or a script."""
    return quote(name, safe="", errors="surrogatepass")


#: What joins the words of a name: after it a line may break, and nowhere else in it.
_JOINTS = re.compile(r"[^ +_/-]*[ +_/-]+|[^ +_/-]+")
#: A piece without a joint that is longer may break anywhere.
LONGEST_PIECE = 24


def pieces(text: str) -> list[str]:
    """Part a name where a line may break: after blanks, hyphens, pluses, underscores, slashes.

    Returns
    -------
    list of str
        "hierarchy-temporal" gives "hierarchy-" and "temporal"; joined they are the text.
    """
    return _JOINTS.findall(text)


def shortened(text: str, length: int = 28) -> str:
    """Cut a name in its middle, so that both ends still tell it from others."""
    if len(text) <= length:
        return text
    head = (length - 1) * 2 // 3
    return f"{text[:head]}…{text[-(length - 1 - head) :]}"
