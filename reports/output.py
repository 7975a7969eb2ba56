"""The report as files in the run folder."""

from __future__ import annotations

from pathlib import Path

from benchmarks.results.run import Run
from benchmarks.results.store import write_atomically
from reports.build import build
from reports.document import Document
from reports.exports.figure_pdf import figures_as_pdf
from reports.exports.headline import headline_tables
from reports.exports.latex import as_latex
from reports.exports.markdown import as_markdown
from reports.html import render_html
from reports.pdf import render_pdf
from reports.sections.pictures import Images
from reports.summary import Summary
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
        Which to write; the figures are written as SVG and PDF, and the headline's table as Markdown
        and LaTeX, in any case.
    tables : Tables, optional
        Results and comparisons where they are known already; computed from the run by default.

    Returns
    -------
    dict of str to Path
        "html", "pdf", "figures" (a folder), "markdown" and "latex", as far as written.
    """
    tables = tables or Tables.of(run)
    document = build(run, images, tables)
    written = write_document(document, run.folder, html=html, pdf=pdf)
    return {**written, **_headline(run, tables, document.title)}


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
        Which to write; the figures are written as SVG and PDF in any case.

    Returns
    -------
    dict of str to Path
        "html", "pdf" and "figures", as far as written.
    """
    folder = target / "figures"
    folder.mkdir(exist_ok=True)
    drawings = {f"{figure.id}.svg": figure.svg.encode() for figure in document.figures()}
    pages = figures_as_pdf(document.figures())
    drawings |= {f"{identifier}.pdf": page for identifier, page in pages.items()}
    for name, content in drawings.items():
        write_atomically(folder / name, content)
    for path in (*folder.glob("*.svg"), *folder.glob("*.pdf")):
        if path.name not in drawings:
            path.unlink()
    written = {"figures": folder}
    for name, wanted, render in (("html", html, render_html), ("pdf", pdf, render_pdf)):
        if wanted:
            path = target / f"report.{name}"
            write_atomically(path, render(document))
            written[name] = path
    return written


def _headline(run: Run, tables: Tables, title: str) -> dict[str, Path]:
    found = headline_tables(Summary(run, tables))
    folder = run.folder / "tables"
    folder.mkdir(exist_ok=True)
    paths = {"markdown": folder / "headline.md", "latex": folder / "headline.tex"}
    write_atomically(paths["markdown"], as_markdown(title, found).encode())
    write_atomically(paths["latex"], as_latex(found).encode())
    return paths
