"""Filters of tables: by text, by family, by keyboard, and what they say."""

TABLE = "#systems-table-0"
SHOWN = f"[...document.querySelectorAll('{TABLE} tbody tr')].filter(r => !r.hidden)"


def names(page):
    return page.evaluate(f"{SHOWN}.map(r => r.cells[0].textContent)")


def test_text_picks_rows_whatever_the_case_and_is_never_a_pattern(page, synthetic):
    box = page.locator(f"{TABLE} .filter input")
    status = page.locator(f"{TABLE} .filter [role=status]")
    assert status.inner_text() == "9 rows"
    for typed, name in (
        ("<SCRIPT>", synthetic.SCRIPT), ("#panic( [a]", synthetic.TYPST),
        ('"quotes"', synthetic.HOSTILE[2]),
        ("__PROTO__", "__proto__"), ("{{ 7*7", "{{ 7*7 }}"), ("ooong", synthetic.LONG),
    ):  # fmt: skip
        box.fill(typed)
        assert names(page) == [name]
        assert status.inner_text() == "1 of 9 rows shown"
    box.fill("שלום")
    assert len(names(page)) == 1
    box.fill("no such system")
    assert status.inner_text() == "None of 9 rows shown"
    assert names(page) == []
    box.press("Control+a")
    box.press("Delete")
    assert len(names(page)) == 9


def test_families_are_switched_by_keyboard(page):
    toggles = page.locator(f"{TABLE} .filter .toggle")
    assert toggles.all_inner_texts() == ["engineered", "learned", "fused"]
    page.locator(f"{TABLE} .filter input").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert toggles.first.get_attribute("aria-pressed") == "false"
    families = page.evaluate(f"{SHOWN}.map(r => r.cells[1].textContent)")
    assert set(families) == {"learned", "fused"}
    page.keyboard.press("Space")
    assert len(names(page)) == 9


def test_sorting_keeps_the_filter_and_the_filter_keeps_the_order(page):
    page.locator(f"{TABLE} .filter .toggle").first.click()
    before = names(page)
    heading = page.locator(f"{TABLE} thead th:nth-child(3) button")
    heading.click()
    heading.click()
    assert names(page) == before[::-1]


def test_concepts_have_a_filter_by_text_only(page, synthetic):
    concepts = page.locator("#concept-values-0")
    assert concepts.locator(".toggle").count() == 0
    concepts.locator(".filter input").fill("alert")
    assert concepts.locator("tbody tr:visible").count() == 1
    assert concepts.locator("tbody tr:visible th").inner_text() == synthetic.SCRIPT


def test_short_tables_have_none(page):
    bare = """[...document.querySelectorAll('main table')].filter(
        t => (t.tBodies[0].rows.length >= 6) !== !!t.closest('figure').querySelector('.filter'))"""
    assert page.evaluate(f"{bare}.length") == 0
