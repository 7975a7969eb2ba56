"""Blocks that are folded away: opened by keyboard and by address, legible when they are."""

import pytest


@pytest.fixture(params=[(1280, "light"), (390, "light")], ids=str)
def opened(request, show, written):
    page = show(written.files["html"], *request.param)
    yield page
    assert page.problems == []
    page.close()


def test_folds_open_by_keyboard_and_show_their_pictures(opened):
    folds = opened.locator("details.fold")
    assert folds.count() == 12 + 30
    assert opened.evaluate("document.querySelectorAll('details.fold[open]').length") == 0
    folds.nth(0).locator("summary").focus()
    opened.keyboard.press("Enter")
    assert opened.evaluate("document.querySelectorAll('details.fold[open]').length") == 1
    pictures = """[...document.querySelectorAll('details.fold[open] img')].map(
        e => [getComputedStyle(e).backgroundImage.slice(0, 27), e.alt.length > 10,
              e.getBoundingClientRect().width > 40])"""
    shown = opened.evaluate(pictures)
    assert len(shown) > 24
    assert {tuple(x) for x in shown} == {('url("data:image/jpeg;base64', True, True)}
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_address_opens_the_fold_that_it_lies_in(opened):
    opened.evaluate("location.hash = 'concept-0-3-curves'")
    opened.wait_for_function("document.getElementById('concept-0-3').open")


def test_pictures_of_a_fold_are_enlarged_in_the_viewer(opened):
    opened.locator("details.fold summary").nth(0).click()
    opened.locator("details.fold[open] button.look").nth(0).click()
    picture = opened.locator("dialog.viewer img")
    assert picture.bounding_box()["width"] > 150
    ground = "getComputedStyle(document.querySelector('dialog.viewer img')).backgroundImage"
    first = opened.evaluate(ground)
    assert first.startswith('url("data:image/jpeg;base64')
    opened.keyboard.press("ArrowRight")
    assert opened.evaluate(ground) not in ("none", first)
    # It names the fold's concept, and does not lead into folds that are closed.
    title = opened.locator("details.fold[open] summary h3, details.fold[open] summary h4").first
    assert opened.locator("dialog .concept").inner_text().startswith(title.inner_text())
    for _ in range(50):
        opened.keyboard.press("ArrowDown")
    opened.keyboard.press("Escape")
    assert opened.evaluate("document.activeElement.matches('button.look')")
    assert opened.evaluate("document.activeElement.checkVisibility()")


def test_values_of_folds_do_not_overlap(opened):
    overlaps = """[...document.querySelectorAll('.fold .values')].filter(row => {
        const boxes = [...row.children].map(e => { const r = document.createRange();
            r.selectNodeContents(e); return r.getBoundingClientRect(); });
        return boxes.some((a, i) => boxes.slice(i + 1).some(b =>
            a.right > b.left + .5 && b.right > a.left + .5 && a.bottom > b.top + 3
            && b.bottom > a.top + 3)); }).length"""
    assert opened.evaluate(overlaps) == 0


@pytest.mark.parametrize(("width", "cut"), [(390, True), (1280, False)])
def test_a_figure_wider_than_its_place_scrolls_and_says_so(show, synthetic, tmp_path, width, cut):
    from reports import write

    systems = [synthetic.Quality(f"system-{i}", "learned", 1 + i / 10) for i in range(14)]
    material = synthetic.Material("t", ("a", "b", "c"), samples=60, sizes=(None,))
    run = synthetic.make_run(tmp_path, [material], systems, seeds=(0,))
    page = show(write(run, lambda task: None, pdf=False)["html"], width)
    look = """(() => { const e = document.querySelector('#heat-map-0 .drawn'); return [
        e.scrollWidth > e.clientWidth + 1, e.classList.contains('scrolls'),
        getComputedStyle(e, '::before').content.includes('sideways')]; })()"""
    assert page.evaluate(look) == [cut] * 3
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
