"""The headline's tables for a paper: numbers, and hostile names as plain text."""

import itertools
import re
import shutil
import subprocess

import numpy as np
import pytest
from markdown_it import MarkdownIt
from pypdf import PdfReader

from reports import Tables
from reports.exports.headline import Entry, HeadlineTable, headline_tables
from reports.exports.latex import as_latex
from reports.exports.latex import escaped as latex
from reports.exports.markdown import as_markdown
from reports.summary import Summary

NAMES = (
    "a|b", "snake_case_", "100% & $x^2$", "#1 {curly} ~tilde~", "back\\slash", "*bold* `code`",
    "<script>alert(1)</script>", "[link](http://x.example)", "www.example.org", "<b>", "--dash,,",
    "\u05e9\u05dc\u05d5\u05dd", "![image](x)", "&amp;", "'quoted\"", "=1+1", "* item", "user@host",
)  # fmt: skip


def table(*names):
    rows = tuple((Entry(name), Entry("learned"), Entry("0.5 ± 0.1", strong=True)) for name in names)
    return HeadlineTable("tab:headline-0", "1. A caption", ("System", "Family", "All"), 2, rows)


def markdown_cells(text):
    """What a reader of CommonMark with GitHub's tables and strike-through sees."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = parser.parse(text)
    cells, rows = [], []
    for before, token in itertools.pairwise(tokens):
        if token.type == "tr_close":
            rows.append(cells)
            cells = []
        elif before.type in ("td_open", "th_open"):
            kinds = {child.type for child in token.children}
            shown = "".join(child.content for child in token.children)
            cells.append((shown, kinds))
    return rows, [token.type for token in tokens]


def test_names_are_literal_in_markdown():
    rows, kinds = markdown_cells(as_markdown("- Title *x*", [table(*NAMES)]))
    assert [row[0][0] for row in rows[1:]] == list(NAMES)
    assert all(row[0][1] <= {"text", "text_special"} for row in rows)
    assert all(len(row) == 3 for row in rows)
    assert rows[1][2] == ("0.5 ± 0.1", {"text", "strong_open", "strong_close"})
    assert not {"bullet_list_open", "ordered_list_open", "html_block"} & set(kinds)


PLAIN = {
    r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^",
    r"\textless{}": "<", r"\textgreater{}": ">", r"\textbar{}": "|", r"\textasciigrave{}": "`",
    r"\textquotesingle{}": "'", r"\textquotedbl{}": '"', r"$-$": "\u2212", r"$\pm$": "±",
    r"\&": "&", r"\%": "%", r"\$": "$", r"\#": "#", r"\_": "_", r"\{": "{", r"\}": "}",
    "{[}": "[", "{]}": "]", "{*}": "*", "{}": "",
}  # fmt: skip
_TOKEN = re.compile("|".join(map(re.escape, sorted(PLAIN, key=len, reverse=True))))


def typeset(text):
    """What LaTeX sets of escaped text; whatever it would act upon is an error."""
    rest = _TOKEN.sub("", text)
    assert not set(rest) & set("\\&%$#_{}~^<>|`'\"[]*"), rest
    return _TOKEN.sub(lambda found: PLAIN[found[0]], text)


@pytest.mark.parametrize("name", NAMES)
def test_names_are_literal_in_latex(name):
    assert typeset(latex(name)) == name
    assert "--" not in latex(name)


def test_latex_has_no_marks_of_direction_and_no_control_characters():
    assert latex("\u2068\u05e9\u202e\u2069\x07 x") == "\u05e9 x"


def test_latex_is_a_whole_table():
    text = as_latex([table(*NAMES)])
    assert text.count(r"\begin{table}") == text.count(r"\end{table}") == 1
    for word in (r"\toprule", r"\midrule", r"\bottomrule", r"\label{tab:headline-0}",
                 r"\caption{1. A caption}", r"\begin{tabular}{llr}"):  # fmt: skip
        assert word in text
    body = text[text.index(r"\midrule") : text.index(r"\bottomrule")]
    rows = [line for line in body.splitlines()[1:] if line.strip()]
    assert len(rows) == len(NAMES)
    for row in rows:
        assert len(re.findall(r"(?<!\\)&", row)) == 2
        assert row.endswith(r"\textbf{0.5 $\pm$ 0.1} \\")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_compiles(tmp_path):
    names = [name for name in NAMES if name.isascii()]
    (tmp_path / "table.tex").write_text(as_latex([table(*names)]), encoding="utf-8")
    paper = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage{booktabs}
\begin{document}
\input{table.tex}
\end{document}
"""
    (tmp_path / "paper.tex").write_text(paper)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    if "File `booktabs.sty' not found" in ran.stdout:
        pytest.skip("LaTeX is installed without booktabs")
    assert ran.returncode == 0, ran.stdout[-2000:]
    text = PdfReader(tmp_path / "paper.pdf").pages[0].extract_text()
    assert text.count("0.5") == len(names)


@pytest.fixture(scope="module")
def found(synthetic, tmp_path_factory):
    material = synthetic.Material("t", ("a", "b", "c"), samples=160, sizes=(20, None))
    systems = [
        synthetic.Quality("sift|1", "engineered", 1.0),
        synthetic.Quality("cnn_2", "learned", 2.0),
        synthetic.Quality("broken", "learned", status="failed"),
    ]
    folder = tmp_path_factory.mktemp("headline")
    run = synthetic.make_run(folder, [material], systems, seeds=(0, 1, 2))
    summary = Summary(run, Tables.of(run))
    return summary, headline_tables(summary)


def test_values_are_means_and_deviations_over_seeds(found):
    summary, (headline,) = found
    assert headline.columns[2:4] == ("20 samples", "All training data")
    frame = summary.tables.results
    means = frame[(frame["concept"] == "") & (frame["metric"] == "ap")]
    assert len(headline.rows) == 2
    for row in headline.rows:
        for column, size in ((2, 20), (3, -1)):
            chosen = (means["system"] == row[0].text) & (means["train_size"] == size)
            values = means[chosen]["value"]
            assert row[column].text == f"{values.mean():.3f} ± {np.std(values, ddof=1):.3f}"
    # The best of each column stands out, and nothing else.
    assert [[entry.strong for entry in row] for row in headline.rows] == [
        [False, False, True, True, False, False, False], [False] * 7
    ]  # fmt: skip


def test_a_run_without_results_says_so():
    assert "No trial of this run is complete" in as_markdown("x", [])
    assert "No trial of this run is complete" in as_latex([])
