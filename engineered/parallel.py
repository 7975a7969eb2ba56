"""Images described by several threads, the answers in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from threadpoolctl import threadpool_limits

Item = TypeVar("Item")
Answer = TypeVar("Answer")

# Items at work or waiting, a thread: enough that none is idle, few enough for the memory.
AHEAD = 2


def in_order(
    function: Callable[[Item], Answer], items: Iterable[Item], threads: int = 1
) -> Iterator[Answer]:
    """Apply a function to items in threads.

    Matrix products inside run on one thread each, whatever the number of threads: the
    threads share images, not products, and results do not depend on their number.

    Parameters
    ----------
    function : callable
        Takes an item; releases the GIL most of the time, or threads gain nothing.
    items : iterable
        Consumed a little ahead of the answers only.
    threads : int, default=1
        At least 1.

    Yields
    ------
    object
        What `function` answers, in the order of the items. An error in one item is raised
        in its turn.
    """
    with threadpool_limits(1, user_api="blas"):
        if threads == 1:
            for item in items:
                yield function(item)
            return
        pool = ThreadPoolExecutor(threads, thread_name_prefix="describe")
        waiting: deque[Future[Answer]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) >= AHEAD * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
