"""A task whose means and differences are given, and the sentences that are written of it."""

import pandas as pd

from benchmarks.results.comparisons import COMPARISONS
from reports import Tables
from reports.document import plain
from reports.findings import findings
from reports.summary import Summary

RESULTS = ["task", "system", "family", "seed", "train_size", "concept", "metric", "value"]
PAIR = [("sift", "engineered", 0.5), ("cnn", "learned", 0.62)]


def maker(synthetic, tmp_path):
    """Return a maker of sentences from means and differences that are given."""

    def make(
        means, differences, sizes=(None,), metric="ap", tasks=("task",), concepts=12, members=None,
        smallest=float("nan"), seeds=(0,),
    ):  # fmt: skip
        members = members or {}
        systems = [
            synthetic.Quality(name, family, members=members.get(name, ()))
            for name, family, _ in means
        ]
        materials = [
            synthetic.Material(
                task, tuple("abcdefghijkl"[:concepts]), sizes=sizes, metrics=(metric,), samples=48,
                single_label=metric != "ap",
            )
            for task in tasks
        ]  # fmt: skip
        run = synthetic.make_run(tmp_path / "run", materials, systems, seeds=seeds)

        def question_of(a, b):
            if members.get(b):
                return "fusion" if len(members[b]) > 1 else "re-scoring"
            return "families"

        results = [
            (task, name, family, 0, size, concept, metric, mean if size is None else mean - 0.1)
            for task in tasks
            for name, family, mean in means
            for size in sizes
            for concept in ("", *"abcdefghijkl"[:concepts])
        ]
        comparisons = [
            synthetic.comparison(
                task, metric, a, b, d, low, high, p, significant, question_of(a, b),
                concepts=concepts, smallest=smallest,
            )
            for task in tasks
            for a, b, d, low, high, p, significant in differences
        ]  # fmt: skip
        tables = Tables(
            pd.DataFrame(results, columns=RESULTS), pd.DataFrame(comparisons, columns=COMPARISONS)
        )
        return Summary(run, tables).tasks

    return make


def sentences(tasks):
    found = findings(tasks[0]).items
    return [plain(item.text).replace("\u00a0", " ") for item in found], found
