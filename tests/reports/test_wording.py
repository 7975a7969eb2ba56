"""Numbers and untrusted names as they are written."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import wording


@pytest.mark.parametrize(
    ("metric", "x", "expected"),
    [
        ("ap", 0.61249, "0.612"),
        ("ap", float("nan"), "–"),
        ("mean_class_accuracy", 0.45349, "45.3\u00a0%"),
        ("top1_error", 1.0, "100.0\u00a0%"),
    ],
)
def test_values(metric, x, expected):
    assert wording.value(metric, x) == expected


def test_intervals_and_differences_have_a_true_minus_and_no_negative_zero():
    assert wording.interval("ap", -0.0121, 0.0449) == "[−0.012,\u00a00.045]"
    assert wording.difference("ap", -0.0001, sign=True) == "0.000"
    assert wording.difference("top1_error", 0.031, sign=True) == "+3.1\u00a0points"


@pytest.mark.parametrize(
    ("x", "expected"),
    [(0.0004, "< 1 ms"), (0.042, "0.042 s"), (0.42, "0.42 s"), (4.2, "4.2 s"), (42.4, "42 s"),
     (600, "10 min"), (7200, "2.0 h"), (float("nan"), "–")],
)  # fmt: skip
def test_seconds(x, expected):
    assert wording.seconds(x).replace("\u00a0", " ") == expected


def test_lists_read_as_prose():
    assert [wording.listed(list(s)) for s in ("", "a", "ab", "abc")] == [
        "", "a", "a and b", "a, b and c",
    ]  # fmt: skip


@given(st.text())
def test_clean_text_has_one_line_no_controls_and_closed_directions(text):
    cleaned = wording.clean(text)
    assert "\n" not in cleaned
    # XML has no way to write any of these.
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in cleaned)
    assert cleaned.count("\u2068") == cleaned.count("\u2069") <= 1


def test_right_to_left_names_are_isolated_and_others_untouched():
    assert wording.clean("plain") == "plain"
    assert wording.clean("\u202eabc") == "\u2068\u202eabc\u2069"
    assert wording.clean("\u2069\u05d0") == "\u2068\u05d0\u2069"


@given(st.text(min_size=0, max_size=80), st.integers(8, 40))
def test_shortened_names_fit_and_keep_both_ends(text, length):
    short = wording.shortened(text, length)
    assert len(short) <= max(length, 0)
    assert short == text if len(text) <= length else short[0] == text[0] and short[-1] == text[-1]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("hierarchy-temporal", ["hierarchy-", "temporal"]),
        ("words+cnn", ["words+", "cnn"]),
        ("my_system / two", ["my_", "system / ", "two"]),
        ("--x", ["--", "x"]),
        ("", []),
        ("plain", ["plain"]),
    ],
)
def test_names_part_at_their_joints_only(name, parts):
    assert wording.pieces(name) == parts


@given(st.text())
def test_the_pieces_of_a_name_are_the_name(name):
    assert "".join(wording.pieces(name)) == name
