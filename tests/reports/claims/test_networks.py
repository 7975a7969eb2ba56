"""Claims on networks: layers, depth, joint training, one network for many concepts."""

import pytest

from reports.claims.depth import deeper, layers
from reports.claims.training import jointly, together
from reports.document import plain

NAN = float("nan")
PROBES = "".join(
    f"[[systems]]\nname = '{name}'\nfamily = 'learned'\n"
    f"descriptor = {{ name = 'activations', of = 'net', layer = '{layer}' }}\nclassifier = 'svm'\n"
    for name, layer in (("a", "stem"), ("b", "middle"), ("c", "top"))
)
NET = "[[systems]]\nname = 'net'\nnetwork = 'small-cnn'\n"
DEPTHS = "".join(
    f"[[systems]]\nname = '{name}'\nnetwork = 'resnet-{depth}'\n"
    for name, depth in (("a", 20), ("b", 32), ("c", 56))
)
JOINT = NET + (
    "[[systems]]\nname = 'kept'\nnetwork = 'small-cnn'\ntraining = { trainable_layers = 1 }\n"
)
EACH = NET + (
    "[[systems]]\nname = 'each'\nnetwork = 'small-cnn'\n"
    "training = { one_network_a_concept = true }\n"
)


def along(case, source, differences, values=(0.2, 0.4, 0.6), more=()):
    means = [(name, "learned", {None: x}) for name, x in zip("abc", values)]
    return case([*more, *means], [(*row[:2], None, *row[2:]) for row in differences], source)


def up(a, b, d):
    return (a, b, d, d - 0.05, d + 0.05, True)


def test_a_last_layer_ahead_of_the_first_holds(case, answers):
    summary = along(
        case, NET + PROBES, [up("c", "a", 0.4), up("b", "a", 0.2), up("c", "b", 0.2)],
        more=[("net", "learned", {None: 0.7})],
    )  # fmt: skip
    found = layers(summary)
    ((verdict, evidence, to_do),) = answers(found)
    assert (verdict, to_do) == ("holds", "")
    assert "c (0.600) is ahead of a (0.200) by 0.400 [0.350,\u00a00.450]." in evidence
    (figure,) = found.figures
    assert found.claim.answers[0].shown == figure.id
    assert "the dotted line is net" in figure.caption
    for text in ("stem (a) 0.200", "middle (b) 0.400, gain +0.200", "top (c) 0.600, gain +0.400"):
        assert text in figure.alt
    assert ">top<" in figure.svg


def test_a_first_layer_ahead_of_the_last_does_not_hold(case, answers):
    summary = along(case, PROBES, [up("a", "c", 0.4)], (0.6, 0.4, 0.2))
    assert answers(layers(summary))[0][0] == "fails"


@pytest.mark.parametrize(
    "row",
    [
        ("c", "a", 0.01, -0.05, 0.07, False),
        ("c", "a", 0.2, 0.1, 0.3, False),
        ("c", "a", 0.4, NAN, NAN, False),
    ],
)
@pytest.mark.parametrize(("claim", "source"), [(layers, PROBES), (deeper, DEPTHS)])
def test_a_tie_a_leaning_or_no_interval_never_holds(case, answers, row, claim, source):
    ((verdict, _, to_do),) = answers(claim(along(case, source, [row])))
    assert verdict == "open"
    assert to_do


def test_a_middle_layer_that_is_best_is_told_and_the_claim_stands(case, answers):
    summary = along(case, PROBES, [up("c", "a", 0.2), up("b", "c", 0.3)], (0.2, 0.7, 0.4))
    ((verdict, evidence, _),) = answers(layers(summary))
    assert verdict == "holds"
    assert "Best is b (0.700), ahead of c by 0.300" in evidence


def test_deeper_does_not_hold_where_a_shallower_one_is_ahead_of_the_deepest(case, answers):
    gain = up("c", "a", 0.2)
    summary = along(case, DEPTHS, [gain, up("b", "c", 0.3)], (0.2, 0.7, 0.4))
    ((verdict, evidence, _),) = answers(deeper(summary))
    assert verdict == "fails"
    assert "Best is b (0.700), ahead of c" in evidence
    # A lead that is not beyond doubt does not refute it.
    tie = ("b", "c", 0.01, -0.05, 0.07, False)
    ((verdict, evidence, _),) = answers(deeper(along(case, DEPTHS, [gain, tie], (0.2, 0.41, 0.4))))
    assert verdict == "holds"
    assert "though not to be told from c" in evidence


@pytest.mark.parametrize(
    ("claim", "source", "other", "to_run"),
    [
        (jointly, JOINT, "kept", "trainable_layers"),
        (together, EACH, "each", "one_network_a_concept"),
    ],
)
def test_two_ways_of_training(case, answers, claim, source, other, to_run):
    def of(*row):
        means = [("net", "learned", {None: 0.6}), (other, "learned", {None: 0.4})]
        return answers(claim(case(means, [("net", other, None, *row)], source)))

    assert of(0.2, 0.1, 0.3, True)[0][0] == "holds"
    assert of(-0.2, -0.3, -0.1, True)[0][0] == "fails"
    assert of(0.2, 0.1, 0.3, False)[0][0] == "open"
    assert of(0.0, -0.1, 0.1, False)[0][0] == "open"
    ((verdict, _, to_do),) = answers(claim(case([("net", "learned", {None: 0.6})], (), NET)))
    assert verdict == "open"
    assert "conceptbench run lecture" in to_do
    assert to_run in to_do


def test_training_that_differs_in_more_than_what_is_tested_is_told(case, answers):
    source = NET + "training = { epochs = 3 }\n" + JOINT.removeprefix(NET)
    means = [("net", "learned", {None: 0.6}), ("kept", "learned", {None: 0.4})]
    ((_, evidence, _),) = answers(jointly(case(means, (), source)))
    assert "Their training differs in epochs as well." in evidence


def test_what_has_no_results_is_named(synthetic, tmp_path, answers):
    from reports.summary import Summary
    from reports.tables import Tables

    Quality = synthetic.Quality
    material = synthetic.Material("task", tuple("abcdefgh"), samples=96, sizes=(None,))
    systems = [
        Quality("net", "learned", 1.5),
        Quality("kept", "learned", status="failed"),
        Quality("a", "learned", 1.0),
        Quality("b", "learned", 1.2, status="skipped"),
        Quality("c", "learned", 1.4, status="missing"),
    ]
    run = synthetic.make_run(tmp_path / "run", [material], systems)
    run.info["suite"]["source"] = JOINT + PROBES
    summary = Summary(run, Tables.of(run))
    for claim, names in ((jointly, "kept has"), (layers, "b and c have")):
        ((verdict, evidence, to_do),) = answers(claim(summary))
        assert verdict == "open"
        assert f"{names} no results" in evidence
        assert "failures" in to_do


def test_a_claim_is_corrected_for_its_own_pairs_alone(synthetic, tmp_path):
    from reports.summary import Summary
    from reports.tables import Tables

    systems = [synthetic.Quality(name, "learned", 1.0) for name in ("net", "kept", *"abc")]
    material = synthetic.Material("task", tuple("abcdefgh"), samples=96, sizes=(None,))
    run = synthetic.make_run(tmp_path / "run", [material], systems)
    run.info["suite"]["source"] = JOINT + PROBES
    (task,) = Summary(run, Tables.of(run)).tasks
    found = {
        pair: task.difference(*pair, -1) for pair in (("net", "kept"), ("c", "a"), ("c", "kept"))
    }
    asked = {pair: (d.question, d.hypotheses) for pair, d in found.items()}
    assert asked == {
        ("net", "kept"): ("joint training", 1),
        ("c", "a"): ("layers", 2),
        ("c", "kept"): ("all pairs", 10),
    }


def test_tasks_without_the_systems_are_named_in_the_line_over_all(synthetic, tmp_path):
    from reports.summary import Summary
    from reports.tables import Tables

    Quality = synthetic.Quality
    concepts = tuple("abcdefgh")
    materials = [
        synthetic.Material(name, concepts, samples=96, sizes=(None,)) for name in ("one", "two")
    ]
    systems = [Quality("net", "learned", 2.0), Quality("kept", "learned", 0.3, only=("one",))]
    run = synthetic.make_run(tmp_path / "run", materials, systems)
    run.info["suite"]["source"] = JOINT
    found = jointly(Summary(run, Tables.of(run)))
    (answer,) = found.claim.answers
    assert (answer.where, answer.verdict) == ("one", "holds")
    assert plain(found.claim.overall) == (
        "Over all: it holds on one; two has no systems to test it with."
    )
