"""Reports in a real browser: one process for all tests, a fresh page for each that clicks."""

import pytest

from reports import write

WIDE, PHONE = 1280, 390


@pytest.fixture(scope="session")
def show(browser):
    """Open a file; the page keeps its errors in `problems` and what it asked for in `requests`."""

    def show(path, width=WIDE, scheme="light", **options):
        page = browser.new_page(
            viewport={"width": width, "height": 844}, color_scheme=scheme, **options
        )
        page.problems, page.requests = [], []
        page.on("console", lambda m: page.problems.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: page.problems.append(str(e)))
        page.on("request", lambda r: page.requests.append(r.url))
        page.goto(path.as_uri())
        return page

    return show


@pytest.fixture(scope="session")
def hostile(synthetic, tmp_path_factory):
    """The report of a run whose systems, concepts and task have names that mean harm."""
    families = ("engineered", "learned", "fused")
    systems = [
        synthetic.Quality(name, families[i % 3], 0.6 + 0.25 * i, members=("plain",) * (i % 3 == 2))
        for i, name in enumerate(synthetic.HOSTILE)
    ]
    systems.insert(0, synthetic.Quality("plain", "engineered", 1.1))
    material = synthetic.Material(
        f"task {synthetic.SCRIPT}", synthetic.HOSTILE, samples=160, videos=True, sizes=(40, None)
    )
    run = synthetic.make_run(tmp_path_factory.mktemp("hostile"), [material], systems)
    return write(run, synthetic.images_of(material), pdf=False)["html"]


@pytest.fixture
def page(show, hostile, request):
    """The report with hostile names, on its own page, which must end without errors."""
    page = show(hostile, *getattr(request, "param", ()))
    yield page
    # Scripts hidden in names would have opened a dialog, or failed against the policy.
    assert page.problems == []
    assert [url for url in page.requests if not url.startswith("data:")] == [hostile.as_uri()]
    page.close()
