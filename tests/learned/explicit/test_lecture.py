"""The samples of docs/lecture.md, run from top to bottom, and its links."""

import doctest
import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "lecture.md"


def test_every_sample_prints_what_the_page_says():
    text = PAGE.read_text()
    blocks = re.findall(r"```pycon\n(.*?)```", text, re.DOTALL)
    parser, runner, session = doctest.DocTestParser(), doctest.DocTestRunner(), {}
    ran = 0
    for block in blocks:
        line = text[: text.index(block)].count("\n")
        test = parser.get_doctest(block, session, "lecture", str(PAGE), line)
        runner.run(test, clear_globs=False)
        session = test.globs
        ran += len(test.examples)
    assert ran == len(re.findall(r"^>>> ", text, re.MULTILINE))
    assert runner.failures == 0


def test_every_link_leads_to_a_file():
    links = re.findall(r"\]\((\.\./[^)#]+)\)", PAGE.read_text())
    assert len(links) > 10
    for link in links:
        assert (PAGE.parent / link).is_file(), link
