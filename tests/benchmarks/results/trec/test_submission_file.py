"""Submissions as text: round trip, strict reading, and what trec_eval makes of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.results.metrics import evaluate
from benchmarks.results.trec import (
    annotate,
    judgments_of,
    rank_shots,
    read_judgments,
    read_submission,
    write_judgments,
    write_submission,
)


@settings(max_examples=50)
@given(seed=st.integers(0, 2**32 - 1), dtype=st.sampled_from([np.float32, np.float64]))
def test_round_trip(tmp_path_factory, seed, dtype):
    rng = np.random.default_rng(seed)
    scores = (rng.normal(size=(15, 2)) * 10.0 ** rng.integers(-30, 30)).astype(dtype)
    # Neighbours that a shorter number would tie.
    scores[1] = np.nextafter(scores[0], np.inf, dtype=dtype)
    shots = [f"shot{i}_{i % 3}" for i in range(15)]
    ranked = rank_shots(scores, shots, {"a": "12", "b": "3"}, "sys.1", limit=9)
    path = tmp_path_factory.mktemp("run") / "run.txt"
    write_submission(ranked, path)
    found = read_submission(path)
    for name in ("topic", "shot", "rank"):
        np.testing.assert_array_equal(getattr(found, name), getattr(ranked, name))
    np.testing.assert_array_equal(found.score.astype(dtype), ranked.score)
    assert found.tag == "sys.1"
    text = path.read_bytes()
    write_submission(found, path)
    again = read_submission(path)
    np.testing.assert_array_equal(again.score.astype(dtype), ranked.score)
    assert text.count(b"\n") == 18


def test_form_of_a_line(tmp_path):
    scores = np.array([[0.25], [1e-7]], dtype=np.float32)
    write_submission(rank_shots(scores, ["x", "y"], {"a": "1"}, "t"), tmp_path / "r")
    lines = (tmp_path / "r").read_text().splitlines()
    assert lines == ["1 Q0 x 1 0.25 t", "1 Q0 y 2 1.00000001e-07 t"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 Q0 a 1 0.5\n", "line 1: 5 columns, not 6"),
        ("1 Q0 a 1 0.5 t\n1 Q0 b 2 x t\n", "line 2: score 'x' is not a finite number"),
        ("1 Q0 a 1 nan t\n", "line 1: score 'nan' is not a finite number"),
        ("1 Q0 a 1 inf t\n", "line 1: score 'inf' is not a finite number"),
        ("1 Q0 a one 1 t\n", "line 1: rank 'one' is not a whole number"),
        ("1 Q0 a 0 1 t\n", "line 1: rank 0 where 1 follows"),
        ("1 Q0 a 1 1 t\n1 Q0 b 3 1 t\n", "line 2: rank 3 where 2 follows"),
        ("1 Q0 a 1 1 t\n1 Q0 a 2 1 t\n", "line 2: shot a of topic 1 stands in line 1 already"),
        ("1 Q0 a 1 1 t\n1 Q0 b 2 2 t\n", "line 2: score 2 at rank 2 is above"),
        ("1 Q0 a 1 1 t\n2 Q0 a 1 1 u\n", "line 2: tag u after t"),
        ("1 Q0 a 1 1 t\n2 Q0 a 1 1 t\n1 Q0 b 2 1 t\n", "line 3: topic 1 goes on after another"),
        ("1 Q0 a 1 3 t\n1 Q0 b 2 2 t\n1 Q0 c 3 1 t\n", "line 3: topic 1 has more than 2 shots"),
    ],
)
def test_errors_name_file_and_line(tmp_path, text, message):
    path = tmp_path / "run.txt"
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as error:
        read_submission(path, limit=2)
    assert str(path) in str(error.value)


def test_trec_eval_reads_what_is_written_and_finds_the_same(tmp_path):
    ir_measures = pytest.importorskip("ir_measures", reason="trec_eval's values: ir-measures")
    rng = np.random.default_rng(0)
    n, topics = 300, {"a": "1001", "b": "1005"}
    scores = rng.normal(size=(n, 2)).astype(np.float32)
    strata = rng.integers(-1, 1, (n, 2))
    Y = np.where(strata < 0, -1, rng.integers(-1, 2, (n, 2)))
    shots = [f"shot{i}_1" for i in range(n)]
    judgments = judgments_of(Y, shots, topics, strata)
    # Without the stratum's column, as trec_eval reads judgments.
    plain = type(judgments)(judgments.topic, judgments.shot, judgments.judgment)
    write_judgments(plain, tmp_path / "qrels")
    write_submission(rank_shots(scores, shots, topics, "t", limit=100), tmp_path / "run")
    pool = annotate(read_judgments(tmp_path / "qrels"), shots, topics)
    np.testing.assert_array_equal(pool.Y, Y)
    values = evaluate("infap_at_100", scores, pool.Y, pool.strata).per_concept
    qrels = list(ir_measures.read_trec_qrels(str(tmp_path / "qrels")))
    run = list(ir_measures.read_trec_run(str(tmp_path / "run")))
    found = {m.query_id: m.value for m in ir_measures.iter_calc([ir_measures.infAP], qrels, run)}
    np.testing.assert_allclose([found[t] for t in topics.values()], values, atol=1e-9)
