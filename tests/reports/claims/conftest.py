"""Runs whose values and differences are given, as claims are tested on them."""

from __future__ import annotations

import pandas as pd
import pytest

from benchmarks.results.comparisons import COMPARISONS
from reports import Tables
from reports.document import plain
from reports.summary import Summary

RESULTS = ["task", "system", "family", "seed", "train_size", "concept", "metric", "value"]


@pytest.fixture
def case(synthetic, tmp_path):
    """Return a maker of summaries from what is given.

    `means` are (system, family, {size: value}); `differences` are (a, b, size, difference, low,
    high, significant), of a from b, as the tables have them.
    """

    def make(
        means, differences=(), source="", tasks=("task",), metric="ap", members=None, seeds=(0,)
    ):
        members = members or {}
        sizes = sorted({size for *_, values in means for size in values}, key=lambda s: s or 10**9)
        systems = [
            synthetic.Quality(name, family, members=members.get(name, ()))
            for name, family, _ in means
        ]
        concepts = tuple("abcdefghijkl")
        materials = [
            synthetic.Material(task, concepts, samples=96, sizes=tuple(sizes), metrics=(metric,),
                               single_label=metric != "ap", unit="shots")
            for task in tasks
        ]  # fmt: skip
        run = synthetic.make_run(tmp_path / "run", materials, systems, seeds=seeds)
        run.info["suite"]["source"] = source
        results = [
            (task, name, family, seed, size, concept, metric, value)
            for task in tasks
            for name, family, values in means
            for size, value in values.items()
            for seed in seeds
            for concept in ("", *concepts)
        ]

        def question(a, b):
            made = members.get(a) or members.get(b)
            return "all pairs" if not made else "fusion" if len(made) > 1 else "re-scoring"

        rows = []
        for task in tasks:
            for a, b, size, d, low, high, significant in differences:
                row = synthetic.comparison(
                    task, metric, a, b, d, low, high, 0.01 if significant else 0.4, significant,
                    question(a, b), smallest=abs(high - low) * 0.7,
                )  # fmt: skip
                rows.append({**row, "train_size": size})
        tables = Tables(
            pd.DataFrame(results, columns=RESULTS), pd.DataFrame(rows, columns=COMPARISONS)
        )
        return Summary(run, tables)

    return make


@pytest.fixture
def answers():
    """Return what reads a claim's answers: (verdict, evidence, what to do)."""

    def read(found):
        return [(a.verdict, plain(a.evidence), plain(a.to_do)) for a in found.claim.answers]

    return read
