"""The claims in the document: in HTML and in PDF, with badges, pointers that lead somewhere."""

import io
import re

import pytest
from pypdf import PdfReader

from reports import build
from reports.document import Claims, Document
from reports.html import render_html
from reports.pdf import render_pdf
from reports.sections.claims import TESTS
from reports.tables import Tables


def claims_of(document):
    section = next(section for section in document.sections if section.id == "claims")
    return section, next(block for block in section.blocks if isinstance(block, Claims))


@pytest.fixture(scope="module")
def document(synthetic, tmp_path_factory):
    run = synthetic.make_run(
        tmp_path_factory.mktemp("claims") / "run",
        [synthetic.SHOTS, synthetic.OBJECTS],
        synthetic.SYSTEMS,
    )
    return build(run, lambda task: None)


@pytest.fixture(scope="module")
def alone(document):
    """The claims as a document of their own: short to render."""
    return Document("title", "", "2026-01-02", (), (claims_of(document)[0],))


def test_it_stands_after_the_table_of_systems(document):
    places = [section.id for section in document.sections]
    assert places[:3] == ["answer", "systems", "claims"]
    assert len(claims_of(document)[1].items) == len(TESTS) == 9


def test_every_pointer_meets_a_figure_or_table(document):
    answers = [answer for claim in claims_of(document)[1].items for answer in claim.answers]
    shown = {answer.shown for answer in answers} - {""}
    assert {"crossing-0", "fusion-0"} <= shown
    assert shown <= set(document.numbers)


def test_what_to_run_is_said_wherever_the_run_cannot_tell(document):
    for claim in claims_of(document)[1].items:
        for answer in claim.answers:
            assert bool(answer.to_do) == (answer.verdict == "open"), claim.title


def test_html_has_a_badge_of_word_and_sign_for_each_answer(alone):
    page = render_html(alone).decode()
    badges = re.findall(r'<span class="sign" aria-hidden="true">(.)</span> ([a-z ]+)</p>', page)
    assert set(badges) >= {("✓", "holds"), ("?", "cannot be told")}
    assert set(badges) <= {("✓", "holds"), ("✗", "does not hold"), ("?", "cannot be told")}
    answers = [a for claim in claims_of(alone)[1].items for a in claim.answers]
    assert len(badges) == len(answers)
    for target in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{target}"' in page


def test_pdf_says_the_same(alone):
    reader = PdfReader(io.BytesIO(render_pdf(alone)))
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))
    for claim in claims_of(alone)[1].items:
        assert claim.title in text
    assert text.count("cannot be told") >= 5
    assert "To find out:" in text
    assert "Tested:" in text


@pytest.mark.parametrize("status", ["complete", "failed"])
def test_it_is_possible_of_one_system_with_any_name(synthetic, tmp_path, status):
    Quality = synthetic.Quality
    for place, name in enumerate((synthetic.SCRIPT, synthetic.TYPST, synthetic.LONG)):
        systems = [Quality(name, "learned"), Quality("other", "engineered", status=status)]
        material = synthetic.Material(
            name.replace("/", ""), ("only",), samples=64, sizes=(20, None)
        )
        run = synthetic.make_run(tmp_path / f"{place}", [material], systems)
        section, _ = claims_of(build(run, lambda task: None, Tables.of(run)))
        page = Document("t", "", "2026-01-02", (), (section,))
        assert "<script>alert" not in render_html(page).decode()
        assert render_pdf(page).startswith(b"%PDF")
