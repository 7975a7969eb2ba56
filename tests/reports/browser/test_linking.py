"""One system in all figures and tables: by pointer, by keyboard, pinned and released."""

import pytest

from reports import wording

LIT = "[...new Set([...document.querySelectorAll('.lit')].map(e => e.dataset.system))]"
WHERE = """[...document.querySelectorAll('.lit')].map(
    e => e.closest('figure').id.replace(/-0$/, ''))"""


def marks(page, system, figure="comparison-0"):
    """Return the marks of a system in a figure that is seen."""
    return page.locator(f'#{figure} svg:visible [data-system="{wording.token(system)}"][data-says]')


def test_every_name_highlights_itself_alone_wherever_it_stands(page, synthetic):
    for name in (*synthetic.HOSTILE, "plain"):
        marks(page, name).first.hover()
        assert page.evaluate(LIT) == [wording.token(name)]
        found = set(page.evaluate(WHERE))
        assert {"comparison", "systems-table", "curves", "cost"} <= found
    page.mouse.move(2, 2)
    assert page.evaluate(LIT) == []


def test_others_fade(page):
    marks(page, "plain").first.hover()
    page.wait_for_timeout(300)
    opacity = "e => Number(getComputedStyle(e).opacity)"
    assert marks(page, "plain").first.evaluate(opacity) == 1
    assert marks(page, "__proto__").first.evaluate(opacity) < 0.3
    rows = page.locator("#systems-table-0 tbody tr")
    assert sorted(rows.evaluate_all("rows => rows.map(" + opacity + ")"))[-2:] == [0.4, 1]


def test_the_tooltip_says_name_value_interval_and_cost(page, synthetic):
    for name in (synthetic.SCRIPT, synthetic.RTL, synthetic.LONG):
        marks(page, name).first.hover()
        tip = page.locator("[role=tooltip]")
        assert tip.is_visible()
        lines = tip.locator("> *").all_inner_texts()
        assert lines[0] == wording.clean(name)
        assert any(x.startswith("Mean AP 0.") and "95\u00a0% interval [" in x for x in lines)
        assert any(x.startswith("Training ") and "ms an image" in x for x in lines)
        box = tip.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= page.viewport_size["width"]
    page.keyboard.press("Escape")
    assert not tip.is_visible()


def test_a_click_pins_and_escape_releases(page):
    marks(page, "plain").first.click()
    page.mouse.move(2, 2)
    assert page.evaluate(LIT) == ["plain"]
    button = page.locator("#systems-table-0 button.name[aria-pressed=true]")
    assert button.inner_text() == "plain"
    # What is pinned stays, whatever is pointed at.
    marks(page, "__proto__").first.hover()
    assert page.evaluate(LIT) == ["plain"]
    assert page.locator("[role=tooltip] strong").inner_text() == "__proto__"
    page.keyboard.press("Escape")
    page.mouse.move(2, 2)
    assert page.evaluate(LIT) == []
    assert page.locator("button.name[aria-pressed=true]").count() == 0


def test_touch_can_release(page):
    marks(page, "plain").first.click()
    page.get_by_role("button", name="Release plain").click()
    page.mouse.move(2, 2)
    assert page.evaluate(LIT) == []


def test_a_row_and_a_label_stand_for_their_system(page):
    page.locator("#systems-table-0 tbody tr").first.locator("td").nth(3).hover()
    (first,) = page.evaluate(LIT)
    label = page.locator(f'#comparison-0 svg:visible [data-system="{first}"] text').first
    page.mouse.move(2, 2)
    label.hover()
    assert page.evaluate(LIT) == [first]
    assert page.locator("[role=tooltip]").is_visible()


def test_a_column_of_concepts_stands_for_its_system(page):
    page.locator("#concept-values-0 tbody tr").first.locator("td[data-system]").first.hover()
    lit = page.locator("#concept-values-0 :is(td, th).lit")
    assert lit.count() == 1 + 8


def test_pictures_and_courses_belong_to_their_systems(page):
    strip = page.locator("section#examples .strip[data-system]").first
    system = strip.get_attribute("data-system")
    strip.locator(".who").hover()
    assert page.evaluate(LIT) == [system]
    opacity = "e => Number(getComputedStyle(e).opacity)"
    page.wait_for_timeout(300)
    assert strip.evaluate(opacity) == 1
    others = page.locator(f'section#examples .strip:not([data-system="{system}"])')
    assert set(others.evaluate_all(f"all => all.map({opacity})")) == {0.4}
    course = page.locator("section#timeline svg:visible [data-system]:has([data-says])").last
    course.locator("[data-says]").first.hover()
    assert page.evaluate(LIT) == [course.get_attribute("data-system")]
    assert "of the test samples" in page.locator("[role=tooltip]").inner_text()


def test_marks_are_reached_by_keyboard_and_read_out(page):
    card = page.locator("#comparison-0 .card")
    page.locator("#comparison-0").scroll_into_view_if_needed()
    card.focus()
    page.keyboard.press("ArrowRight")
    tip, spoken = page.locator("[role=tooltip]"), page.locator("p.unseen[role=status]")
    first = tip.locator("strong").inner_text()
    assert spoken.inner_text().startswith(first)
    seen = {first}
    for _ in range(8):
        page.keyboard.press("ArrowDown")
        seen.add(tip.locator("strong").inner_text())
    assert len(seen) == 9
    page.keyboard.press("Home")
    assert tip.locator("strong").inner_text() == first
    page.keyboard.press("Enter")
    assert len(page.evaluate(LIT)) == 1
    assert "is pinned" in spoken.text_content()
    page.keyboard.press("Escape")
    assert page.evaluate(LIT) == []
    assert "is released" in spoken.text_content()


def test_the_names_of_a_table_are_one_stop_and_arrows_go_through_them(page):
    buttons = page.locator("#systems-table-0 button.name")
    assert buttons.evaluate_all("all => all.map(b => b.tabIndex)") == [0] + [-1] * 8
    buttons.first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    second = page.locator("#systems-table-0 tbody tr").nth(1).get_attribute("data-system")
    assert page.evaluate(LIT) == [second]
    page.keyboard.press("Escape")
    # Where the stop is filtered away, another takes its place.
    page.locator("#systems-table-0 .filter input").fill("plain")
    stops = "all => all.filter(b => b.tabIndex === 0).map(b => b.textContent)"
    assert buttons.evaluate_all(stops) == ["plain"]


@pytest.mark.parametrize("page", [(390,)], indirect=True)
def test_it_works_in_the_narrow_layout(page):
    assert page.locator("#comparison-0 svg:visible").count() == 1
    marks(page, "plain").first.hover()
    assert page.evaluate(LIT) == ["plain"]
    box = page.locator("[role=tooltip]").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
