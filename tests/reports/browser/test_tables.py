"""Tables: sorting, and what fits beside what."""

import pytest


@pytest.fixture(params=[(1280, "light"), (390, "light")], ids=str, scope="module")
def opened(request, show, written):
    page = show(written.files["html"], *request.param)
    yield page
    page.close()


def test_tables_that_are_cut_off_say_so(opened):
    cut = """[...document.querySelectorAll('.wide')].map(e => [
        e.scrollWidth > e.clientWidth + 1, e.classList.contains('more'),
        getComputedStyle(e, '::before').content.includes('sideways'),
        getComputedStyle(e).maskImage !== 'none'])"""
    found = opened.evaluate(cut)
    assert all(len(set(of_table)) == 1 for of_table in found)
    if opened.viewport_size["width"] < 400:
        assert any(hidden for hidden, *_ in found)
        end = """async () => { const e = document.querySelector('.wide.more');
            e.scrollLeft = 1e6; await new Promise(r => setTimeout(r, 200));
            const faded = e.classList.contains('more'); e.scrollLeft = 0; return faded; }"""
        assert opened.evaluate(end) is False


def test_a_mark_stands_on_the_line_of_its_name(opened):
    apart = """[...document.querySelectorAll('td .mark, tbody th .mark')].filter(mark => {
        const range = document.createRange(), cell = mark.closest('td, th');
        const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
        const text = walker.nextNode(); range.setStart(text, 0); range.setEnd(text, 1);
        const a = mark.getBoundingClientRect(), b = range.getBoundingClientRect();
        return text.data.length <= 24 && (a.top > b.bottom || a.bottom < b.top); }).length"""
    assert opened.evaluate("document.querySelectorAll('td .mark').length") > 0
    assert opened.evaluate(apart) == 0


def test_no_sentence_out_of_sight_makes_rows_tall(opened):
    heights = """[...document.querySelectorAll('td.prose')].filter(
        e => e.textContent.length < 70).map(e => { const r = document.createRange();
        r.selectNodeContents(e); return r.getBoundingClientRect().height; })"""
    found = opened.evaluate(heights)
    assert found
    if opened.viewport_size["width"] < 400:
        assert max(found) < 60  # two lines


def test_tables_sort_by_number_and_back(opened):
    column = (
        "[...document.querySelectorAll('#systems-table-0 tbody tr')].map(r => r.cells[2].innerText)"
    )
    given = opened.evaluate(column)
    button = opened.locator("#systems-table-0 thead th:nth-child(3) button")
    button.click()
    assert opened.evaluate(column) == sorted(given, key=float, reverse=True)
    button.click()
    assert opened.evaluate(column) == sorted(given, key=float)
    heading = opened.locator("#systems-table-0 thead th:nth-child(3)")
    assert heading.get_attribute("aria-sort") == "ascending"
    button.click()
    assert opened.evaluate(column) == given


def test_small_lines_say_their_values_and_sort_by_gain(opened):
    column = "[...document.querySelectorAll('#systems-table-0 tbody tr')].map(r => r.cells[4])"
    said = opened.evaluate(f"{column}.map(c => c.querySelector('svg').getAttribute('aria-label'))")
    assert all(text.startswith("Learning curve: 0.") for text in said)
    assert all(text.count(" with ") == 3 for text in said)
    opened.locator("#systems-table-0 thead th:nth-child(5) button").click()
    gains = opened.evaluate(f"{column}.map(c => Number(c.dataset.value))")
    assert gains == sorted(gains, reverse=True)
    firsts = opened.evaluate(
        f"{column}.map(c => c.querySelector('svg').getAttribute('aria-label'))"
    )
    values = [[float(w) for w in text.replace(",", " ").split() if w[0] == "0"] for text in firsts]
    assert gains == pytest.approx([v[-1] - v[0] for v in values], abs=2e-3)


def test_every_mean_lies_in_its_interval(opened):
    rows = opened.evaluate("""[...document.querySelectorAll('#systems-table-0 tbody tr')].map(
        r => [r.cells[2].innerText, r.cells[3].innerText])""")
    assert len(rows) == 7
    for mean, interval in rows:
        low, high = map(float, interval.strip("[]").split(","))
        assert low < float(mean) < high
