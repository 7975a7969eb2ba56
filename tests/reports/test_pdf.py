"""The PDF: pages, headings, numbers, and hostile text as plain text."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from reports import Tables
from reports.build import build
from reports.document import Cell, Column, Document, Section, Table
from reports.pdf import render_pages, render_pdf


@pytest.fixture(scope="module")
def reader(written):
    return PdfReader(io.BytesIO(written.files["pdf"].read_bytes()))


@pytest.fixture(scope="module")
def tables(written):
    return Tables.of(written.run)


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
    assert 8 <= n <= 40
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


def test_it_is_tagged_and_says_its_language(reader):
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert "/StructTreeRoot" in root


def beyond_the_margins(page, ppi):
    """Return where ink lies outside the text block, but for header and page number."""
    grey = np.asarray(Image.open(io.BytesIO(page)).convert("L"))
    height, width = grey.shape
    mm = ppi / 25.4
    # A pixel more, as edges are blurred.
    side, top, bottom = int(22 * mm) - 1, int(26 * mm) - 1, height - int(24 * mm) + 2
    ink = grey < 250
    found = [where for where, part in (("left", ink[:, :side]), ("right", ink[:, width - side :]))
             if part.any()]  # fmt: skip
    # The header's line stands in the middle of the upper margin, the number in that of the lower.
    above, below = ink[:top], ink[bottom:]
    for where, part in (
        ("above the header", above[: int(8 * mm)]),
        ("below the header", above[int(20 * mm) :]),
        ("beside the number", below[:, : width // 2 - int(20 * mm)]),
        ("below the number", below[int(20 * mm) :]),
    ):
        if part.any():
            found.append(where)
    return found


def test_nothing_is_drawn_outside_the_text_block(written, synthetic, tables):
    document = build(written.run, synthetic.images_of(synthetic.SHOTS), tables)
    pages = render_pages(document, 60)
    assert len(pages) > 8
    assert [beyond_the_margins(page, 60) for page in pages] == [[]] * len(pages)


def test_a_table_too_wide_would_be_seen(written, tables):
    (page, *_) = render_pages(build(written.run, lambda task: None, tables), 60)
    picture = Image.open(io.BytesIO(page)).convert("L")
    picture.paste(0, (picture.width - 45, 300, picture.width - 40, 320))
    file = io.BytesIO()
    picture.save(file, "PNG")
    assert beyond_the_margins(file.getvalue(), 60) == ["right"]


def test_long_narrow_tables_stand_in_two_halves(synthetic, tmp_path):
    names = tuple(f"concept-{i:03d}" for i in range(101))
    material = synthetic.Material("t", names, samples=400, sizes=(None,))
    run = synthetic.make_run(
        tmp_path / "run", [material], [synthetic.Quality("one", "learned")], seeds=(0,)
    )
    document = build(run, lambda task: None)
    pages = PdfReader(io.BytesIO(render_pdf(document))).pages
    where = {}
    for i, page in enumerate(pages):

        def visit(text, cm, tm, font, size, i=i):
            if text.strip() in names:
                x = cm[0] * tm[4] + cm[2] * tm[5] + cm[4]
                where.setdefault(text.strip(), []).append((i, x))

        page.extract_text(visitor_text=visit)
    assert set(where) == set(names)
    left, right = where[names[0]][-1], where[names[60]][-1]
    assert right[0] == left[0]
    assert right[1] > 250 > left[1]


def test_drawings_stand_in_their_order(reader, written):
    pages = [page.extract_text() for page in reader.pages]
    numbers = re.findall(r'<span class="number">(Figure \d+)\.</span>', written.html)
    found = [next(i for i, page in enumerate(pages) if f"{n}." in page) for n in numbers]
    assert found == sorted(found)


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


@pytest.mark.parametrize("joint", ["_", "+", "/", "-"])
def test_a_name_parts_after_its_joint_where_the_column_is_narrow(joint):
    name = f"BACKGROUND{joint}Google"
    columns = tuple(Column(f"number {i}", numeric=True) for i in range(9))
    row = (Cell(name), Cell(name), *(Cell("12,345.6", 12345.6) for _ in columns))
    table = Table("t", "caption", (Column("True"), Column("Taken for"), *columns), (row,) * 3)
    document = Document("title", "", "2026-01-01", (), (Section("s", "section", (table,)),))
    pages = PdfReader(io.BytesIO(render_pdf(document))).pages
    text = "\n".join(page.extract_text() for page in pages)
    assert text.count(f"BACKGROUND{joint}") == text.count("Google") == 6
    # Not on one line, where it would stand on top of the next column.
    assert name not in text
