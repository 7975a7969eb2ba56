"""The viewer of pictures: opened, walked through and left by keyboard."""

import pytest


@pytest.fixture
def opened(page):
    page.locator("#gallery-0-0 button.look").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("dialog").is_visible()
    return page


def caption(page, part):
    return page.locator(f"dialog .{part}").first.inner_text()


def test_it_says_concept_system_rank_score_and_judgement(opened):
    strip = opened.locator("#gallery-0-0 .strip").first
    assert (
        caption(opened, "concept")
        == opened.locator("#gallery-0-0 h4, #gallery-0-0 h3").inner_text()
    )
    assert caption(opened, "system") == strip.locator("strong").inner_text()
    assert caption(opened, "detail").startswith("Rank 1, sample-")
    assert "; score " in caption(opened, "detail")
    assert caption(opened, "badge") == strip.locator(".badge").first.inner_text()


def test_arrows_go_along_a_ranking_and_to_the_next(opened):
    opened.keyboard.press("ArrowLeft")
    assert caption(opened, "detail").startswith("Rank 1,")
    for _ in range(9):
        opened.keyboard.press("ArrowRight")
    assert caption(opened, "detail").startswith("Rank 8,")
    opened.keyboard.press("ArrowLeft")
    first = caption(opened, "system")
    opened.keyboard.press("ArrowDown")
    assert caption(opened, "detail").startswith("Rank 7,")
    assert caption(opened, "system") != first
    opened.keyboard.press("ArrowUp")
    assert caption(opened, "system") == first
    opened.keyboard.press("ArrowUp")
    assert caption(opened, "system") == first
    strips = opened.locator("#examples .strip").count()
    for _ in range(strips + 2):
        opened.keyboard.press("ArrowDown")
    assert caption(opened, "system") == opened.locator("#examples .strip strong").last.inner_text()


def test_escape_returns_to_the_picture_that_was_seen(opened):
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("Escape")
    assert not opened.locator("dialog").is_visible()
    alt = opened.evaluate("document.activeElement.querySelector('img').alt")
    assert alt.startswith("Rank 2,")
    # And on from there.
    opened.keyboard.press("ArrowRight")
    alt = opened.evaluate("document.activeElement.querySelector('img').alt")
    assert alt.startswith("Rank 3,")


def test_pictures_are_enlarged_but_not_beyond_what_they_hold(opened):
    shown = opened.locator("dialog img").evaluate(
        "i => [i.getBoundingClientRect().width, i.naturalWidth, i.naturalHeight]"
    )
    width, natural, _ = shown
    assert 2 * natural <= width <= 4 * natural + 8


def test_pointers_open_and_close_it(page):
    page.locator("#gallery-0-0 button.look").nth(3).click()
    assert caption(page, "detail").startswith("Rank 4,")
    page.get_by_role("button", name="Next").click()
    assert caption(page, "detail").startswith("Rank 5,")
    page.get_by_role("button", name="Close").click()
    assert not page.locator("dialog").is_visible()


@pytest.mark.parametrize("page", [(390,)], indirect=True)
def test_it_fits_a_telephone(opened):
    box = opened.locator("dialog").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["y"] + box["height"] <= 844
