"""The HTML file as it opens: whole, quiet, legible, in light and dark, wide and narrow."""

import pytest


@pytest.fixture(params=[(1280, "light"), (390, "light"), (1280, "dark")], ids=str, scope="module")
def opened(request, show, written):
    page = show(written.files["html"], *request.param)
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


def test_the_main_figure_is_visible_and_its_type_legible(opened):
    box = opened.locator("#comparison-0 svg:visible").bounding_box()
    assert box["width"] > 280
    assert box["height"] > 150
    smallest = """Math.min(...[...document.querySelectorAll('.card svg')].filter(
        svg => svg.checkVisibility()).flatMap(svg => [...svg.querySelectorAll('text')].map(
        text => parseFloat(getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width
            / svg.viewBox.baseVal.width)))"""
    assert opened.evaluate(smallest) >= 11


def test_pictures_are_shown(opened):
    broken = "[...document.images].filter(i => !i.complete || i.naturalWidth === 0).length"
    assert opened.evaluate(broken) == 0
    assert opened.evaluate("document.images.length") > 0


def test_dark_pages_are_dark_and_figures_stay_on_white(opened):
    dark = opened.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    ground = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") != dark
    card = "getComputedStyle(document.querySelector('.card')).backgroundColor"
    assert opened.evaluate(card) == "rgb(255, 255, 255)"


def test_the_choice_of_colours_overrides_the_system(show, written):
    ground = "getComputedStyle(document.body).backgroundColor"
    for scheme in ("light", "dark"):
        page = show(written.files["html"], scheme=scheme)
        given = page.evaluate(ground)
        found = {}
        for theme in ("light", "dark", "auto"):
            page.get_by_label("Colours").select_option(theme)
            found[theme] = page.evaluate(ground)
        assert found == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 25, 31)", "auto": given}
        page.emulate_media(media="print")
        assert page.evaluate(ground) == "rgb(255, 255, 255)"
        page.close()


def test_the_skip_link_leads_past_the_contents(show, written):
    page = show(written.files["html"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main *')")
    page.close()


def test_every_stop_of_the_tab_key_is_seen_in_reading_order(show, written):
    page = show(written.files["html"])
    path = """() => { const e = document.activeElement; if (e === document.body) return null;
        const s = getComputedStyle(e), all = [...document.querySelectorAll('*')];
        return [all.indexOf(e), s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0]; }"""
    stops = []
    for _ in range(400):
        page.keyboard.press("Tab")
        at = page.evaluate(path)
        if at is None or (stops and at[0] == stops[0][0]):
            break
        stops.append(at)
    places = [place for place, _ in stops]
    assert places == sorted(places)
    assert all(outlined for _, outlined in stops)
    reachable = page.evaluate("""[...document.querySelectorAll('a, button, select, input, summary,'
        + '[tabindex]')].filter(e => e.tabIndex >= 0 && e.checkVisibility()).length""")
    assert len(stops) == reachable
    page.close()


def test_without_scripts_it_reads_all_the_same(show, written):
    page = show(written.files["html"], java_script_enabled=False)
    assert page.locator("main").inner_text().count("0.") > 50
    assert page.locator("svg:visible").count() > 5
    assert page.locator("main button").count() == 0
    assert page.problems == []
    page.close()


def test_it_prints_all_columns_and_no_controls(show, written):
    page = show(written.files["html"])
    page.locator("#comparison-0 svg:visible [data-says]").first.click()
    page.emulate_media(media="print")
    for unwanted in (".filter label", ".theme", ".release", ".tip", "nav"):
        assert page.locator(f"{unwanted}:visible").count() == 0
    left = """([selector, property, value]) => [...document.querySelectorAll(selector)].every(
        e => getComputedStyle(e)[property] === value)"""
    page.wait_for_function(left, arg=["[data-system]", "opacity", "1"])
    assert page.evaluate(left, [".wide", "overflowX", "visible"])
    page.close()
