"""Figures as PDF: vectors of their own size, fonts inside, the same bytes again."""

import io

import pytest
from pypdf import PdfReader

from reports.document import Figure
from reports.exports.figure_pdf import figures_as_pdf
from reports.figures.style import look, new_figure
from reports.figures.svg import as_svg


@pytest.fixture(scope="module")
def figures(synthetic):
    found = []
    for place, name in enumerate(("plain", synthetic.TYPST)):
        with look():
            figure, (ax,) = new_figure(2)
            ax.plot([0, 1], [0, 1])
            ax.set_title(name)
            found.append(Figure(f"f-{place}", "", as_svg(figure, f"f-{place}"), name))
    return found


def test_pages_have_the_drawings_size_their_text_and_their_fonts(figures, synthetic):
    pages = figures_as_pdf(figures)
    assert list(pages) == ["f-0", "f-1"]
    for content, title in zip(pages.values(), ("plain", synthetic.TYPST)):
        (page,) = PdfReader(io.BytesIO(content)).pages
        # Five inches by two, and two points of air on every side.
        assert (float(page.mediabox.width), float(page.mediabox.height)) == (364, 148)
        assert title.replace(" ", "") in page.extract_text().replace(" ", "")
        resources = page["/Resources"]
        assert not resources.get("/XObject") or "/Image" not in str(resources["/XObject"])


def test_the_same_drawing_gives_the_same_bytes(figures):
    assert figures_as_pdf(figures) == figures_as_pdf(figures)


def test_no_figures_no_pages():
    assert figures_as_pdf([]) == {}
