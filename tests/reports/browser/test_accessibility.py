"""No violation that axe-core finds: light, dark, on a telephone, and with everything open."""

import pytest

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-core comes with axe-playwright-python"
)

CASES = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


def violations(page):
    """Return what axe-core objects to, in words."""
    found = axe.Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:200]} {node['failureSummary'][:300]}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


def test_a_page_of_two_tasks_and_failures_has_no_violations(show, written):
    # The policy forbids scripts that are not the page's own, axe-core too.
    page = show(written.files["html"], 390, bypass_csp=True)
    assert violations(page) == []
    page.close()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_nor_has_one_with_hostile_names_while_it_is_used(show, hostile, case):
    page = show(hostile, *case, bypass_csp=True)
    page.locator("#systems-table-0 .filter .toggle").first.click()
    page.locator("#comparison-0 .card").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("[role=tooltip]").is_visible()
    # What fades while another is pointed at is meant to be weak.
    page.add_style_tag(content="[data-system] { opacity: 1 !important; }")
    assert violations(page) == []
    page.locator("#gallery-0-0 button.look").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("dialog").is_visible()
    assert violations(page) == []
    page.close()
