"""From a run to the document that reports it."""

from __future__ import annotations

from functools import cache

from benchmarks.results.run import Run
from reports import wording
from reports.document import Document
from reports.sections.claims import claims
from reports.sections.complementarity import complementarity
from reports.sections.concepts import concepts
from reports.sections.confusion import confusions
from reports.sections.controls import controls
from reports.sections.cost import costs
from reports.sections.each_concept import each_concept
from reports.sections.evidence import evidence
from reports.sections.examples import examples
from reports.sections.failures import failures
from reports.sections.fusion import fusion
from reports.sections.headline import headline
from reports.sections.incorporation import incorporation
from reports.sections.material import data_sheets, make_up
from reports.sections.pictures import Images
from reports.sections.provenance import provenance
from reports.sections.statistics import statistics
from reports.sections.systems import learning_curves, systems
from reports.sections.timeline import timeline
from reports.summary import Summary
from reports.tables import Tables


def build(run: Run, images: Images, tables: Tables | None = None) -> Document:
    """Return the report of a run.

    Parameters
    ----------
    run : Run
    images : callable, str -> ImageCollection or None
        The samples of a task by its name, None where they are not at hand.
    tables : Tables, optional
        Computed from the run by default.

    Returns
    -------
    Document
    """
    summary = Summary(run, tables or Tables.of(run))
    images = cache(images)  # Two sections show them, and to look them up may read every file.
    sections = [headline(summary)]
    if summary.tasks:
        found = (
            systems(summary),
            claims(summary),
            incorporation(summary),
            statistics(summary),
            learning_curves(summary),
            concepts(summary),
            examples(summary, images),
            evidence(summary, images),
            each_concept(summary, images),
            confusions(summary),
            complementarity(summary),
            costs(summary),
            fusion(summary),
            timeline(summary),
            controls(summary),
        )
        sections += [section for section in found if section is not None]
    sections += [failures(summary), make_up(summary), data_sheets(summary), provenance(summary)]
    info = run.info
    suite = info["suite"]
    return Document(
        title=wording.clean(suite.get("title") or suite["name"]),
        subtitle=wording.clean(suite.get("description") or ""),
        date=str(info.get("started") or "")[:10],
        facts=tuple(_facts(summary)),
        sections=tuple(sections),
    )


def _facts(summary: Summary) -> list[tuple[str, str]]:
    info = summary.run.info
    trials = summary.run.trials
    done = sum(trial.status == "complete" for trial in trials)
    return [
        ("Suite", wording.clean(info["suite"]["name"])),
        ("Tasks", f"{len(summary.run.tasks):,}"),
        ("Systems", f"{len(summary.systems):,}"),
        ("Trials", f"{done:,} of {len(trials):,} complete"),
        ("Run", str(info.get("started") or wording.NO_VALUE)[:10]),
        ("Duration", wording.seconds(float(info.get("wall_s") or float("nan")))),
    ]
