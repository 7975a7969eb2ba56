"""Images, or parts of a long array, worked on by several threads, the answers in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController

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
    with one_product_thread():
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


def by_parts(function: Callable[[slice], Answer], n: int, size: int) -> list[Answer]:
    """Work on a long array part by part, on as many threads as matrix products have here.

    Products of parts that fit the cache gain nothing from threads of their own. The parts
    are the same for any number of threads, and so are the answers.

    Parameters
    ----------
    function : callable
        Takes a slice of the array.
    n : int
        Length of the array.
    size : int
        Length of a part.

    Returns
    -------
    list
        What `function` answers, in order.
    """
    parts = [slice(start, min(start + size, n)) for start in range(0, n, size)]
    threads = product_threads()
    if threads == 1:  # so within an image, which has no time to lose
        return [function(part) for part in parts]
    return list(in_order(function, parts, threads))


def product_threads() -> int:
    """Return how many threads a matrix product may use now."""
    return max((pool["num_threads"] for pool in _products().info()), default=1)


def one_product_thread() -> AbstractContextManager[Any]:
    """Return a context in which matrix products run on one thread.

    Small products in quick succession lose more by waking and waiting than they gain.
    """
    return _products().limit(limits=1, user_api="blas")


@lru_cache(maxsize=1)
def _products() -> Any:
    # Looking through all loaded libraries takes ten milliseconds: once is enough.
    return ThreadpoolController().select(user_api="blas")
