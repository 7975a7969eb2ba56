"""The HTML file: well-formed, alone, escaped, and with the run's numbers in it."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

VOID = {"meta", "link", "img", "br", "hr", "input", "wbr"}


class Page(HTMLParser):
    """Reads a page strictly: every element that is opened is closed in order."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.stack, self.ids, self.links, self.tables, self.elements = [], [], [], [], []
        self.references, self.text = [], {}
        self._row = None
        self.feed(text)
        self.close()
        assert not self.stack, self.stack

    def handle_startendtag(self, tag, attrs):
        self._note(tag, dict(attrs))

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self._note(tag, attributes)
        if tag not in VOID:
            self.stack.append(tag)
        if tag == "table":
            self.tables.append((attributes.get("aria-labelledby"), []))
        elif tag == "tr":
            self.tables[-1][1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][1][-1].append("")

    def _note(self, tag, attributes):
        self.elements.append((tag, attributes))
        if "id" in attributes:
            self.ids.append(attributes["id"])
        for name in ("src", "href", "xlink:href", "action", "poster", "srcset"):
            if name in attributes:
                self.links.append((tag, attributes[name]))
        for name, value in attributes.items():
            if name in ("aria-label", "alt", "data-says"):
                continue  # text, whatever it looks like
            self.references += re.findall(r"url\(#([^)]+)\)", value or "")

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.stack, f"</{tag}> closes nothing"
            assert self.stack.pop() == tag

    def handle_data(self, data):
        if "td" in self.stack or "th" in self.stack:
            self.tables[-1][1][-1][-1] += data
        for tag in set(self.stack):
            self.text[tag] = self.text.get(tag, "") + data

    def table(self, number):
        return self.tables[number][1]


@pytest.fixture(scope="module")
def page(written):
    return Page(written.html)


def test_ids_are_unique_and_all_references_meet_one(page):
    assert len(page.ids) == len(set(page.ids))
    inside = [link[1:] for _, link in page.links if link.startswith("#")]
    labels = [a["aria-labelledby"] for _, a in page.elements if "aria-labelledby" in a]
    assert set(inside) | set(page.references) | set(labels) <= set(page.ids)


def test_nothing_is_fetched(page, written):
    for tag, link in page.links:
        assert link.startswith(("#", "data:")), (tag, link)
    style = page.text["style"]
    assert "@import" not in style
    assert set(re.findall(r"url\((.{22})", style)) == {"data:image/jpeg;base64"}
    assert "http-equiv" in written.html


def test_it_declares_language_landmarks_and_text_equivalents(page):
    tags = [tag for tag, _ in page.elements]
    for landmark in ("header", "nav", "main", "footer", "h1"):
        assert tags.count(landmark) == 1
    assert ("html", {"lang": "en"}) in page.elements
    for tag, attributes in page.elements:
        if tag == "img":
            assert attributes["alt"]
        if tag == "svg":
            assert attributes["role"] == "img"
            assert len(attributes["aria-label"]) > 20
        if tag == "th":
            assert attributes["scope"] in ("row", "col")
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_hostile_names_are_text(page, synthetic, written):
    scripts = [a for tag, a in page.elements if tag == "script"]
    assert scripts == [{}]
    assert not [a for _, attributes in page.elements for a in attributes if a.startswith("on")]
    cells = {cell for _, rows in page.tables for row in rows for cell in row}
    for name in (synthetic.SCRIPT, synthetic.TYPST, synthetic.LONG, "__proto__", "{{ 7*7 }}"):
        assert name in cells
    assert "\u2068" + synthetic.RTL + "\u2069" in cells
    assert "\x07" not in written.html


def test_the_table_of_systems_has_the_scores_of_the_run(page, written):
    rows = page.table(0)
    assert rows[0][:3] == ["System", "Family", "Mean AP"]
    task = written.run.tasks["shots"]
    values = {}
    for trial in written.run.complete("shots"):
        if trial.train_size is None:
            Y = task.annotations[trial.split.test]
            columns = range(Y.shape[1])
            judged = [Y[:, j] >= 0 for j in columns]
            ap = [
                average_precision_score(Y[judged[j], j], trial.scores[judged[j], j])
                for j in columns
            ]
            values.setdefault(trial.system, []).append(np.mean(ap))
    expected = {system: f"{np.mean(x):.3f}" for system, x in values.items()}
    assert {row[0]: row[2] for row in rows[1:]} == expected
    shown = [float(row[2]) for row in rows[1:]]
    assert shown == sorted(shown, reverse=True)
    assert {row[0]: row[1] for row in rows[1:]}["late-fusion"] == "fused"


def test_failures_skips_and_excluded_files_are_listed(page, synthetic):
    text = page.text["main"]
    assert "Failed: 10 trials" in text
    assert f"ValueError: {synthetic.SCRIPT} went wrong" in text
    assert "Skipped because they do not apply: 4 trials" in text
    assert "the task has no videos" in text
    assert "truncated after 12 bytes" in text
    assert "Traceback (most recent call last)" in text
    assert "Nothing failed" not in text


def test_costs_say_that_the_cache_was_discounted(page):
    assert "as if nothing had been cached" in page.text["main"]


def test_examples_are_marked_in_words_and_missing_pictures_are_said(page):
    marks = [a["alt"].rsplit(": ")[-1] for tag, a in page.elements if tag == "img"]
    assert (
        len([m for m in marks if m in ("hit", "false alarm", "unjudged")]) == 3 * 3 * 8 + 12 * 3 * 8
    )
    assert "No pictures of objects" in page.text["main"]


def test_it_says_how_to_run_it_again(page):
    text = page.text["main"]
    for said in ("conceptbench run synthetic --jobs 2", "0123456789abcdef", "python 3.11.7",
                 "uncommitted changes", "[suite]"):  # fmt: skip
        assert said in text


def test_learning_curves_and_concepts_are_there_for_both_tasks(page):
    for identifier in ("curves-0", "curves-1", "concepts-figure-0", "concepts-figure-1", "cost-0",
                       "comparison-1", "fusion-0"):  # fmt: skip
        assert identifier in page.ids
