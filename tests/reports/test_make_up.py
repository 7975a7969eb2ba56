"""What systems consist of is readable."""

import pytest

from reports.make_up import readable


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "fusion: hierarchical (groups = {'engineered': ['words', 'mean colour'], 'learned': "
            "{'a': 'cnn'}}, methods = stacking)",
            'fusion: hierarchical (groups = { engineered = [words, "mean colour"], '
            "learned = { a = cnn } }, methods = stacking)",
        ),
        (
            "methods = ['late', {'name': 'late', 'weights': 'ap', 'per_concept': True}]",
            "methods = [late, late (weights = ap, per_concept = true)]",
        ),
        ("fusion: late (per_concept = True)", "fusion: late (per_concept = true)"),
        ("grids = [[1, 1], [2, 2]], pca = 64", "grids = [[1, 1], [2, 2]], pca = 64"),
        # No list or table of ours: as it came.
        ("{{ 7*7 }} [open ['a', exec()] {", "{{ 7*7 }} [open ['a', exec()] {"),
        ("named True, it's [x", "named True, it's [x"),
    ],
)
def test_tables_read_as_in_a_suite(line, said):
    assert readable(line) == said
    assert readable(said) == said
