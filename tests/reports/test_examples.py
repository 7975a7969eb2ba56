"""What stands below the samples that a system ranks first."""

from collections import defaultdict

from reports import Tables
from reports.sections.examples import first_ranked
from reports.summary import Summary


def test_negatives_are_false_alarms_and_hits_are_set_against_what_there_is(synthetic, tmp_path):
    material = synthetic.Material(
        "t", ("a", "b", "c"), samples=32, single_label=True, sizes=(None,)
    )
    run = synthetic.make_run(tmp_path, [material], [synthetic.Quality("s", "learned", 9.0)], (0,))
    (task,) = Summary(run, Tables.of(run)).tasks
    pictures = defaultdict(lambda: (b"jpeg", 8, 8))
    strip = first_ranked(task, task.systems["s"], 0, pictures)
    (trial,) = task.complete("s", task.size)
    positives = int((task.task.annotations[trial.split.test, 0] == 1).sum())
    assert 0 < positives < 8
    assert strip.detail.startswith(f"{positives} of 8 right of {positives} there are (seed 0)")
    remarks = [thumbnail.remark for thumbnail in strip.thumbnails]
    assert remarks == ["hit"] * positives + ["false alarm"] * (8 - positives)
