"""The report as files in the run folder."""

from __future__ import annotations

from pathlib import Path

from benchmarks.results.run import Run
from benchmarks.results.store import write_atomically
from reports.build import build
from reports.html import render_html
from reports.pdf import render_pdf
from reports.sections.pictures import Images
from reports.tables import Tables


def write(
    run: Run,
    images: Images,
    *,
    html: bool = True,
    pdf: bool = True,
    tables: Tables | None = None,
) -> dict[str, Path]:
    """Write the report of a run into its folder; the same run gives the same files.

    Parameters
    ----------
    run : Run
    images : callable, str -> ImageCollection or None
        The samples of a task by its name, None where they are not at hand.
    html, pdf : bool
        Which to write; the figures are written as SVG in any case.
    tables : Tables, optional
        Results and comparisons where they are known already; computed from the run by default.

    Returns
    -------
    dict of str to Path
        "html", "pdf" and "figures", as far as written.
    """
    document = build(run, images, tables)
    folder = run.folder / "figures"
    folder.mkdir(exist_ok=True)
    for figure in document.figures():
        write_atomically(folder / f"{figure.id}.svg", figure.svg.encode())
    for stale in set(folder.glob("*.svg")) - {folder / f"{f.id}.svg" for f in document.figures()}:
        stale.unlink()
    written = {"figures": folder}
    for name, wanted, render in (("html", html, render_html), ("pdf", pdf, render_pdf)):
        if wanted:
            path = run.folder / f"report.{name}"
            write_atomically(path, render(document))
            written[name] = path
    return written
