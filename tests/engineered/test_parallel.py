import threading
import time

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from engineered.parallel import AHEAD, in_order


@pytest.mark.parametrize("threads", [1, 3])
def test_answers_come_in_order(threads):
    def late(i):
        time.sleep(0.002 * (5 - i % 5))
        return i * i

    assert list(in_order(late, range(20), threads)) == [i * i for i in range(20)]


def test_items_are_not_taken_far_ahead_of_the_reader():
    taken = []

    def items():
        for i in range(100):
            taken.append(i)
            yield i

    answers = in_order(lambda i: i, items(), 2)
    next(answers)
    assert len(taken) <= 2 * AHEAD + 1
    answers.close()


def test_several_threads_are_at_work_and_products_are_not_threaded():
    names, counts = set(), set()
    barrier = threading.Barrier(2, timeout=20)

    def note(i):
        barrier.wait()  # passes only if two are at work at once
        names.add(threading.current_thread().name)
        pools = [p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas"]
        counts.update(pools)
        return np.ones((2, 2)) @ np.ones((2, 2))

    list(in_order(note, range(6), 2))
    assert len(names) == 2
    assert counts == {1}


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_is_raised_in_its_turn(threads):
    def fail(i):
        if i == 3:
            raise ValueError("three")
        return i

    answers = in_order(fail, range(10), threads)
    assert [next(answers) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="three"):
        next(answers)
