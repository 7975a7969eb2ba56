"""The HTML file in a real browser."""

import pytest

sync = pytest.importorskip("playwright.sync_api")


@pytest.fixture(scope="module")
def browser(chromium):
    with sync.sync_playwright() as p:
        browser = p.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(params=[(1280, "light"), (390, "light"), (1280, "dark")], ids=str, scope="module")
def opened(request, browser, written):
    width, scheme = request.param
    page = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page.problems, page.requests = [], []
    page.on("console", lambda m: page.problems.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: page.problems.append(str(e)))
    page.on("request", lambda r: page.requests.append(r.url))
    page.goto(written.files["html"].as_uri())
    yield page
    page.close()


def test_it_opens_without_errors_or_requests(opened, written):
    assert opened.problems == []
    fetched = [url for url in opened.requests if not url.startswith("data:")]
    assert fetched == [written.files["html"].as_uri()]


def test_it_fits_its_window(opened):
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wide = """[...document.querySelectorAll('main p, main figure, main li, main h3, main pre')]
        .filter(e => !e.closest('.wide'))
        .filter(e => e.getBoundingClientRect().right > innerWidth + 1).length"""
    assert opened.evaluate(wide) == 0


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


def test_the_main_figure_is_visible_and_its_type_legible(opened):
    box = opened.locator("#comparison-0 svg").bounding_box()
    assert box["width"] > 280
    assert box["height"] > 150
    size = """(() => { const text = document.querySelector('#comparison-0 svg text');
        const svg = text.ownerSVGElement;
        return parseFloat(getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width
            / svg.viewBox.baseVal.width; })()"""
    assert opened.evaluate(size) >= 7


def test_pictures_are_shown(opened):
    broken = "[...document.images].filter(i => !i.complete || i.naturalWidth === 0).length"
    assert opened.evaluate(broken) == 0
    assert opened.evaluate("document.images.length") > 0


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


def test_dark_pages_are_dark_and_figures_stay_on_white(opened):
    dark = opened.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    ground = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") != dark
    card = "getComputedStyle(document.querySelector('.card')).backgroundColor"
    assert opened.evaluate(card) == "rgb(255, 255, 255)"
