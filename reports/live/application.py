"""The live page over HTTP: read-only, for browsers on this machine alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from reports.live.page import Page, asset, served

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: Of pages of ours: their own files, and nothing inline or from elsewhere.
_OURS = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: Of the run's files, by ending. They hold names from anywhere: none of them may reach the server.
_FILES: dict[str, tuple[str, str]] = {
    ".html": (
        "text/html; charset=utf-8",
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts",
    ),
    ".svg": (
        "image/svg+xml",
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
    ),
    ".pdf": (
        "application/pdf",
        "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    ),
    ".csv": ("text/csv; charset=utf-8", "default-src 'none'; frame-ancestors 'none'; sandbox"),
}
_ASSETS = {
    "/report.css": "text/css; charset=utf-8",
    "/live.css": "text/css; charset=utf-8",
    "/live.js": "text/javascript; charset=utf-8",
}
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Application:
    """A WSGI application that shows one run.

    Parameters
    ----------
    folder : Path
        The run folder.

    Attributes
    ----------
    hosts : set of str
        What a request's Host may be. A page from elsewhere whose name is made to point to this
        machine (DNS rebinding) asks by its own name, and is refused.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.page = Page(self.folder)
        self.hosts: set[str] = set()

    def listen_at(self, port: int) -> None:
        """Answer requests for this port of this machine, by number or as localhost."""
        names = ("127.0.0.1", "localhost")
        self.hosts = {f"{name}:{port}" for name in names} | (set(names) if port == 80 else set())

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        response = self._answer(Request(environ))
        for name, value in _ALWAYS.items():
            response.headers[name] = value
        response.headers.setdefault("Content-Security-Policy", _OURS)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.environ.get("HTTP_HOST", "").lower() not in self.hosts:
            return _text("This page is only for this machine: ask for 127.0.0.1.", 403)
        if request.method not in ("GET", "HEAD"):
            return _text("Nothing can be changed here.", 405, Allow="GET, HEAD")
        path = request.path
        pages: dict[str, Callable[[], str]] = {"/": self.page.whole, "/state": self.page.state}
        if path in pages:
            return Response(pages[path](), content_type="text/html; charset=utf-8")
        if path in _ASSETS:
            return Response(asset(path[1:]), content_type=_ASSETS[path])
        return self._file(path)

    def _file(self, path: str) -> Response:
        """Return one of the files that are served, found among them rather than by its path."""
        known = {f"/{one.relative_to(self.folder).as_posix()}": one for one in served(self.folder)}
        try:
            content = known[path].read_bytes()
        except (KeyError, OSError):
            return _text("There is nothing here.", 404)
        kind, policy = _FILES[known[path].suffix]
        response = Response(content, content_type=kind)
        response.headers["Content-Security-Policy"] = policy
        return response


def _text(words: str, status: int, **headers: Any) -> Response:
    return Response(
        words + "\n", status=status, headers=headers, content_type="text/plain; charset=utf-8"
    )
