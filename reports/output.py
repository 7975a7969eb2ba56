"""The report as files in the run folder."""

from __future__ import annotations

from pathlib import Path

from benchmarks.results.run import Run
from benchmarks.results.store import write_atomically
from reports.build import build
from reports.document import Document
from reports.html import render_html
from reports.pdf import render_pdf
from reports.sections.examples import Images
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
    return write_document(build(run, images, tables), run.folder, html=html, pdf=pdf)


def write_document(
    document: Document, target: Path, *, html: bool = True, pdf: bool = True
) -> dict[str, Path]:
    """Write a document's drawings, and as HTML and PDF, into a folder.

    Parameters
    ----------
    document : Document
    target : Path
        Its folder `figures` is the document's: drawings of others in it are deleted.
    html, pdf : bool
        Which to write.

    Returns
    -------
    dict of str to Path
        As for `write`.
    """
    folder = target / "figures"
    folder.mkdir(exist_ok=True)
    for figure in document.figures():
        write_atomically(folder / f"{figure.id}.svg", figure.svg.encode())
    for stale in set(folder.glob("*.svg")) - {folder / f"{f.id}.svg" for f in document.figures()}:
        stale.unlink()
    written = {"figures": folder}
    for name, wanted, render in (("html", html, render_html), ("pdf", pdf, render_pdf)):
        if wanted:
            path = target / f"report.{name}"
            write_atomically(path, render(document))
            written[name] = path
    return written
