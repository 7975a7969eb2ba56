"""The document model: numbering, ids and sentences."""

import pytest

from reports.document import (
    Column,
    Document,
    Figure,
    Gallery,
    Section,
    Span,
    Table,
    plain,
    say,
    strong,
)


def document(*blocks):
    return Document("title", "", "2026-01-02", (), (Section("a", "A", tuple(blocks)),))


def test_figures_and_tables_are_numbered_apart_and_in_order():
    inner = Section("b", "B", (Figure("f2", "", "<svg/>", ""),))
    outer = Section(
        "a",
        "A",
        (
            Figure("f1", "", "<svg/>", ""),
            Table("t1", "", (Column("x"),), ()),
            Gallery("g", "", "", ()),
        ),
        (inner,),
    )
    numbers = Document("t", "", "", (), (outer,)).numbers
    assert numbers == {"f1": "Figure 1", "t1": "Table 1", "g": "Figure 2", "f2": "Figure 3"}


def test_an_id_given_twice_is_refused():
    with pytest.raises(ValueError, match="id 'f'"):
        document(Figure("f", "", "<svg/>", ""), Figure("f", "", "<svg/>", ""))


def test_parts_of_a_sentence_are_never_templates():
    text = say("{name} is {{not}} read: {value}", name=strong("{value}"), value="{name}")
    assert plain(text) == "{value} is {not} read: {name}"
    assert Span("{value}", strong=True) in text
