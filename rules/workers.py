"""Processes that read source text; started only when there is enough to do.

On Linux they are copies of this process, ready at once. Where that is not safe they are new ones, which takes a tenth
of a second of CPU each: a copy would wait for ever for a lock that another thread held when it was made, so there must
be no thread but this one and the one that shows the progress, which holds none that a worker takes.
"""

import gc
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

_FEW = 1_500_000  # bytes for which starting workers does not pay
_LITTLE = 100_000  # bytes for which asking one that runs does not
_THREADS = 2  # of this process at the most when it is copied


Task = Callable[[list[Any], Any], list[Any]]


class Workers:
    """Use as a context manager. `count` 1 does everything in this process; every task is handed `shared`."""

    def __init__(self, count: int, shared: Any = None) -> None:
        self._count = count
        self._shared = shared
        self._waiting: list[tuple[Task, list[Any]]] = []
        self._size = 0
        self._pool: Any = None
        self._futures: deque[Any] = deque()

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool, self._count = None, 1  # what comes later is done here

    def give(self, work: Task, rows: list[Any], size: int) -> list[Any]:
        """Hand over rows, `size` bytes of them; results of what is done meanwhile come back, in any order of calls."""
        self._size += size
        self._waiting.append((work, rows))
        if self._count < 2 or self._size < (_FEW if self._pool is None else _LITTLE):
            return []
        for task, given in self._waiting:
            self._futures.append(self._started().submit(_run, task, given))
        self._waiting = []
        found: list[Any] = []
        while len(self._futures) > 2 * self._count:
            found.extend(self._futures.popleft().result())
        return found

    def rest(self) -> Iterator[Any]:
        """Results of all that was given and has not come back."""
        waiting, self._waiting, self._size = self._waiting, [], 0
        for work, rows in waiting:
            yield from work(rows, self._shared)
        while self._futures:
            yield from self._futures.popleft().result()

    def _started(self) -> Any:
        if self._pool is None:
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            copied = sys.platform == "linux" and threading.active_count() <= _THREADS
            self._pool = ProcessPoolExecutor(
                self._count,
                mp_context=get_context("fork" if copied else "spawn"),
                initializer=_begin,
                initargs=(self._shared,),
            )
        return self._pool


_given: ContextVar[Any] = ContextVar("given")  # in a worker: what is shared


def _begin(shared: Any) -> None:
    gc.disable()
    _given.set(shared)
    # A lock of theirs may be held by a thread that this process has no copy of; a worker says nothing.
    sys.stdout = sys.stderr = None


def _run(work: Task, rows: list[Any]) -> list[Any]:
    return work(rows, _given.get())
