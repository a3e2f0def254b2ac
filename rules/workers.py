"""Processes that read source text; started only when there is enough to do."""

import gc
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

_FEW = 1_500_000  # bytes for which starting workers does not pay


class Workers:
    """Use as a context manager. `count` 1 does everything in this process."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._waiting: list[tuple[Callable[[Any], list[Any]], list[Any]]] = []
        self._size = 0
        self._pool: Any = None
        self._futures: deque[Any] = deque()

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool, self._count = None, 1  # what comes later is done here

    def give(self, work: Callable[[Any], list[Any]], rows: list[Any], size: int) -> list[Any]:
        """Hand over rows, `size` bytes of them; results of what is done meanwhile come back, in any order of calls."""
        self._size += size
        self._waiting.append((work, rows))
        if self._count < 2 or (self._pool is None and self._size < _FEW):
            return []
        for waiting in self._waiting:
            self._futures.append(self._started().submit(*waiting))
        self._waiting = []
        found: list[Any] = []
        while len(self._futures) > 2 * self._count:
            found.extend(self._futures.popleft().result())
        return found

    def rest(self) -> Iterator[Any]:
        """Results of all that was given and has not come back."""
        while self._futures:
            yield from self._futures.popleft().result()
        waiting, self._waiting, self._size = self._waiting, [], 0
        for work, rows in waiting:
            yield from work(rows)

    def _started(self) -> Any:
        if self._pool is None:
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            self._pool = ProcessPoolExecutor(self._count, mp_context=get_context("spawn"), initializer=gc.disable)
        return self._pool
