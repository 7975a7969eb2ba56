"""The live view over real HTTP, on a run folder that grows; what it refuses; in a browser."""

import contextlib
import http.client
import json
import os
import re
import shutil
import threading
from types import SimpleNamespace

import pytest
from filelock import FileLock

pytest.importorskip("werkzeug")
waitress = pytest.importorskip("waitress")

from reports.live.application import Application  # noqa: E402

CONCEPTS = tuple("abcdefgh")
NOW = "2026-01-02T03:04:05+00:00"


@pytest.fixture
def served(synthetic, tmp_path):
    """A finished run, taken apart: trials can be put back; and a server on a free port."""
    systems = [
        synthetic.Quality(synthetic.SCRIPT, "engineered", 1.0),
        synthetic.Quality("cnn", "learned", 2.0),
    ]
    material = synthetic.Material("task", CONCEPTS, sizes=(None,))
    run = synthetic.make_run(tmp_path / "run", [material], systems)
    keys = [trial.key for trial in run.trials]
    shutil.move(run.folder / "trials", tmp_path / "trials")
    (run.folder / "trials").mkdir()
    info = json.loads((run.folder / "run.json").read_text())
    for entry in info["plan"]:
        entry |= {"n_train": 120, "n_test": 120}
    (run.folder / "run.json").write_text(json.dumps(info | {"finished": None}))

    def write(event, **values):
        with (run.folder / "log.jsonl").open("a") as file:
            file.write(json.dumps({"time": NOW, "event": event, **values}) + "\n")

    def add(key):
        shutil.copytree(tmp_path / "trials" / key, run.folder / "trials" / key)
        write("complete", key=key, label=key, wall_s=3.0, reason="")

    application = Application(run.folder)
    server = waitress.create_server(
        application, host="127.0.0.1", port=0, threads=2, asyncore_loop_timeout=0.1
    )
    application.listen_at(server.effective_port)

    def loop():
        # Closed from another thread, it finds its socket gone.
        with contextlib.suppress(OSError):
            server.run()

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()

    def ask(path, method="GET", host=None):
        connection = http.client.HTTPConnection("127.0.0.1", server.effective_port, timeout=20)
        connection.putrequest(method, path, skip_host=host is not None)
        if host is not None:
            connection.putheader("Host", host)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return SimpleNamespace(status=answer.status, headers=answer.headers, body=body,
                               text=body.decode("utf-8", "replace"))  # fmt: skip

    lock = FileLock(run.folder / ".lock")
    lock.acquire()
    yield SimpleNamespace(
        folder=run.folder, keys=keys, write=write, add=add, ask=ask, port=server.effective_port,
        url=f"http://127.0.0.1:{server.effective_port}/", lock=lock,
    )  # fmt: skip
    lock.release()
    server.close()
    thread.join(10)


def test_the_page_follows_a_run_that_grows(served, synthetic):
    served.write("start", to_run=4, found=0)
    served.write("trial", key=served.keys[0], label=f"task / {synthetic.SCRIPT}")
    text = served.ask("/").text
    assert "0 of 4" in text
    assert "No trial is complete yet." in text
    assert "alert" in text
    assert synthetic.SCRIPT not in text
    served.add(served.keys[0])
    text = served.ask("/state").text
    assert "1 of 4" in text
    assert "1 of 2" in text  # seeds
    assert "about" in text
    (served.folder / "trials" / served.keys[1]).mkdir()
    (served.folder / "trials" / served.keys[1] / "trial.json").write_bytes(b'{"schema": 1, "sta')
    assert "1 of 4" in served.ask("/state").text
    shutil.rmtree(served.folder / "trials" / served.keys[1])
    for key in served.keys[1:]:
        served.add(key)
    served.write("end", ran=4)
    (served.folder / "report.html").write_text("<p>report")
    text = served.ask("/state").text
    assert "Finished" in text
    assert "4 of 4" in text
    assert 'href="/report.html"' in text


def test_a_run_that_cannot_be_read_now_is_no_failure(served):
    (served.folder / "run.json").rename(served.folder / "gone.json")
    answer = served.ask("/state")
    assert answer.status == 200
    assert "cannot be read at this moment" in answer.text


def test_the_report_is_served_with_a_policy_of_its_own(served):
    (served.folder / "tables").mkdir()
    (served.folder / "figures").mkdir()
    for name, kind in (
        ("report.html", "text/html"), ("report.pdf", "application/pdf"),
        ("tables/results.csv", "text/csv"), ("figures/a.svg", "image/svg+xml"),
    ):  # fmt: skip
        (served.folder / name).write_bytes(name.encode())
        answer = served.ask(f"/{name}")
        assert (answer.status, answer.body) == (200, name.encode())
        assert answer.headers["Content-Type"].startswith(kind)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "connect-src" not in policy
        head = served.ask(f"/{name}", "HEAD")
        assert (head.status, head.body) == (200, b"")
        assert head.headers["Content-Length"] == str(len(name))


@pytest.mark.parametrize(
    "path",
    [
        "/run.json", "/log.jsonl", "/../secret.csv", "/tables/../../secret.csv",
        "/tables/..%2f..%2fsecret.csv", "/%2e%2e/secret.csv", "/tables/%2e%2e/%2e%2e/secret.csv",
        "//etc/passwd", "/tables//etc/passwd", "/tables/link.csv", "/tables/folder.csv",
        "/tables/a.csv%00", "/..\\secret.csv", "/trials/0-0-0-0/trial.json", "/live.html.j2",
        "/.lock", "/figures/%2e%2e/run.json",
    ],
)  # fmt: skip
def test_nothing_else_is_served(served, path):
    (served.folder.parent / "secret.csv").write_text("secret")
    (served.folder / "tables").mkdir()
    (served.folder / "tables" / "a.csv").write_text("a")
    os.symlink(served.folder.parent / "secret.csv", served.folder / "tables" / "link.csv")
    (served.folder / "tables" / "folder.csv").mkdir()
    answer = served.ask(path)
    assert answer.status == 404
    assert "secret" not in answer.text
    assert "link.csv" not in served.ask("/state").text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_can_be_changed(served, method):
    answer = served.ask("/", method)
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1:1", "",
                                  "localhost.evil.example:{port}", "127.0.0.1"])  # fmt: skip
def test_another_host_is_refused(served, host):
    answer = served.ask("/state", host=host.format(port=served.port))
    assert answer.status == 403
    assert "run" not in answer.text


def test_every_answer_carries_its_headers(served):
    assert served.ask("/", host=f"localhost:{served.port}").status == 200
    for path in ("/", "/state", "/live.js", "/live.css", "/report.css", "/none"):
        headers = served.ask(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "unsafe-inline" not in headers["Content-Security-Policy"]


def test_the_page_refreshes_itself_in_a_browser(served, browser, synthetic):
    sync = pytest.importorskip("playwright.sync_api")
    served.write("start", to_run=4, found=0)
    page = browser.new_page(viewport={"width": 390, "height": 844})
    problems, asked = [], []
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: problems.append(str(e)))
    page.on("dialog", lambda d: problems.append(d.message))
    page.on("request", lambda r: asked.append(r.url))
    page.goto(served.url)
    assert "No trial is complete yet." in page.inner_text("main")
    for key in served.keys:
        served.add(key)
    sync.expect(page).to_have_title(re.compile("^4/4 "), timeout=15000)
    assert synthetic.SCRIPT in page.inner_text("table")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.querySelector('progress').value") == 4
    page.focus(".wide")
    served.write("end", ran=4)
    page.locator("h2", has_text="Finished").wait_for(timeout=15000)
    assert page.evaluate("document.activeElement.className") == "wide"
    assert problems == []
    assert {url.split("/")[2] for url in asked if not url.startswith("data:")} == {
        f"127.0.0.1:{served.port}"
    }
    page.close()
