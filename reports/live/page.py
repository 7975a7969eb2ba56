"""The live page: rendered from a run folder whenever it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from benchmarks.results.run import Run
from reports import wording
from reports.live.results import ResultsSoFar
from reports.live.state import Phase, Progress, progress

_PHASES: dict[Phase, str] = {
    "running": "Running",
    "finished": "Finished",
    "interrupted": "Interrupted, as no process on this machine is seen to hold the run's lock; the "
    "same command goes on from here",
}


@dataclass(frozen=True)
class Link:
    """A file of the run: where to ask for it, what it is called, when it was written."""

    href: str
    name: str
    written: str


class Page:
    """The page of one run.

    Parameters
    ----------
    folder : Path
        The run folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._results = ResultsSoFar()
        self._one_look = threading.Lock()
        self._templates = Environment(
            loader=PackageLoader("reports", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["seconds"] = wording.seconds

    def whole(self) -> str:
        """Return the page as HTML."""
        return self._templates.get_template("live.html.j2").render(**self._values())

    def state(self) -> str:
        """Return the part of the page that changes."""
        return self._templates.get_template("live_state.html.j2").render(**self._values())

    def _values(self) -> dict[str, object]:
        # Several windows on one run evaluate each trial once.
        with self._one_look:
            return self._look()

    def _look(self) -> dict[str, object]:
        values: dict[str, object] = {
            "title": self.folder.name, "subtitle": "", "problem": "", "progress": None,
            "phase": "", "results": [], "unread": 0, "done": False,
            "links": list(links(self.folder)),
        }  # fmt: skip
        try:
            run = Run(self.folder)
            suite = run.info["suite"]
            found = progress(run)
            values |= {
                "title": wording.clean(suite.get("title") or suite["name"]),
                "subtitle": wording.clean(str(self.folder)),
                "progress": found,
                "phase": _phase(found),
                "done": found.phase != "running",
                "results": self._results.read(run),
                "unread": self._results.unread,
            }
        except (OSError, ValueError, KeyError, TypeError) as problem:
            # A folder that is being set up, or taken away: the next look may find it whole.
            values["problem"] = wording.clean(f"{type(problem).__name__}: {problem}")
        return values


def _phase(found: Progress) -> str:
    words = _PHASES[found.phase]
    if found.phase == "finished" and found.left:
        words += f"; {wording.count(found.left, 'trial')} of the plan were not asked for"
    return words


def links(folder: Path) -> Iterator[Link]:
    """Yield the run's files that may be asked for, those of the report first."""
    for path in served(folder):
        name = path.relative_to(folder).as_posix()
        try:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except OSError:
            continue
        yield Link(quote(f"/{name}"), wording.clean(name), f"{written:%Y-%m-%d %H:%M} UTC")


def served(folder: Path) -> list[Path]:
    """Return the only files of a run that are served: its report and its tables.

    Parameters
    ----------
    folder : Path
        The run folder, resolved.

    Returns
    -------
    list of Path
        Regular files that lie in the folder: a link that leads out of it is left out.
    """
    names = ("report.html", "report.pdf", "tables/*.csv", "figures/*.svg")
    found = [path for name in names for path in sorted(folder.glob(name))]
    return [p for p in found if p.is_file() and p.resolve().is_relative_to(folder)]


def asset(name: str) -> bytes:
    """Return a style sheet or script of the page."""
    return (files("reports") / "templates" / name).read_bytes()
