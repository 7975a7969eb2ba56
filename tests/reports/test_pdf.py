"""The PDF: pages, headings, numbers, and hostile text as plain text."""

import io
import re

import pytest
from pypdf import PdfReader

from reports.build import build
from reports.pdf import render_pdf


@pytest.fixture(scope="module")
def reader(written):
    return PdfReader(io.BytesIO(written.files["pdf"].read_bytes()))


@pytest.fixture(scope="module")
def text(reader):
    joined = "\n".join(page.extract_text() for page in reader.pages)
    # Breaks inside long words are the typesetter's, not the name's.
    return re.sub(r"\s+", " ", joined.replace("\u200b", ""))


def bookmarks(entries):
    for entry in entries:
        if isinstance(entry, list):
            yield from bookmarks(entry)
        else:
            yield entry.title


def test_it_has_a_cover_contents_and_page_numbers(reader, text):
    n = len(reader.pages)
    assert 8 <= n <= 30
    cover = reader.pages[0].extract_text()
    assert "A synthetic comparison" in cover
    assert "Contents" in cover
    # With many parts the contents take two pages.
    for i in (3, n):
        assert f"{i} / {n}" in reader.pages[i - 1].extract_text()
    assert reader.metadata.title == "A synthetic comparison"


def test_sections_are_bookmarks(reader):
    titles = " ".join(bookmarks(reader.outline))
    for title in ("The answer", "Systems", "More training data", "Concept by concept",
                  "Accuracy against cost", "How to run it again"):  # fmt: skip
        assert title in titles


def test_figures_and_tables_are_numbered(text, written):
    for label in ("Figure 1.", "Figure 5.", "Table 1.", "Table 7."):
        assert label in text


def test_it_shows_what_the_html_shows(text, written):
    for value in re.findall(r"<strong>(0\.\d{3} \[[^<]*\])</strong>", written.html):
        assert value.replace("\u00a0", " ") in text


def test_hostile_names_are_literal(text, synthetic):
    squeezed = text.replace(" ", "")
    for name in (synthetic.SCRIPT, synthetic.TYPST, synthetic.LONG, "__proto__", "{{ 7*7 }}"):
        assert name.replace(" ", "") in squeezed


def test_fonts_are_embedded(reader):
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            font = font.get_object()
            inner = font.get("/DescendantFonts", [font])[0].get_object()
            descriptor = inner["/FontDescriptor"].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)


def test_nothing_is_set_outside_the_paper(reader):
    for page in reader.pages:
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        beyond = []

        def visit(text, cm, tm, font, size, beyond=beyond, width=width, height=height):
            x = cm[0] * tm[4] + cm[2] * tm[5] + cm[4]
            if text.strip() and not -1 <= x <= width:
                beyond.append((text, x))

        page.extract_text(visitor_text=visit)
        assert not beyond


def test_names_break_after_their_hyphens_only(synthetic, tmp_path):
    name = "hierarchy-temporal-conceptual"
    material = synthetic.Material("t", ("a", "b", "c"), samples=60, sizes=(None,))
    systems = [
        synthetic.Quality("found-by-correlation-of-scores", "engineered"),
        synthetic.Quality("dense", "learned"),
        synthetic.Quality(name, "fused", members=("found-by-correlation-of-scores", "dense")),
    ]
    run = synthetic.make_run(tmp_path / "run", [material], systems)
    pages = PdfReader(io.BytesIO(render_pdf(build(run, lambda task: None)))).pages
    text = "\n".join(page.extract_text() for page in pages).replace("\u200b", "")
    anywhere = re.findall(r"\s*".join(name), text)
    assert len(anywhere) > 5
    assert {re.sub(r"-\s+", "-", found) for found in anywhere} == {name}
    for line in text.splitlines():
        # A mark is drawn, not written: no line holds the rest of a name's first piece.
        assert not line.startswith(("ierarchy", "emporal", "ound-"))
