"""A line on standard error about what takes longer than half a second.

On a terminal one line is rewritten and then removed; elsewhere (a log, a CI) it is printed once, plainly. Of steps
within steps only the innermost shows.
"""

import _thread  # all that is needed here; to import threading takes longer than most steps
import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import TextIO

QUIET = 0.5  # seconds before anything shows
_EVERY = 0.25


class _Step:
    """One step under way; its own thread shows it."""

    def __init__(self, what: str, stream: TextIO | None, count: Callable[[], str] | None) -> None:
        self.what = what
        self.stream = stream
        self.count = count
        self.covered = False  # a step within this one shows instead
        self.running = _thread.allocate_lock()  # held while the step is under way
        self.shown = _thread.allocate_lock()  # held while its thread is

    @contextlib.contextmanager
    def under_way(self) -> Iterator[None]:
        self.running.acquire()
        self.shown.acquire()
        _thread.start_new_thread(self._run, ())
        try:
            yield
        finally:
            self.running.release()
            self.shown.acquire()

    def _run(self) -> None:
        try:
            self._show()
        finally:
            self.shown.release()

    def _ends(self, seconds: float) -> bool:
        """Whether the step ends within so many seconds."""
        ended = self.running.acquire(timeout=seconds)
        if ended:
            self.running.release()
        return ended

    def _show(self) -> None:
        if self.stream is None or self._ends(QUIET):  # None: the process has no standard error
            return
        began = time.monotonic() - QUIET
        with contextlib.suppress(OSError, ValueError):  # a closed stderr is no reason to fail
            if self.stream.isatty():
                self._rewrite(began)
            elif not self.covered:
                self._write(f"mkwrite: {self.what} ...\n")

    def _rewrite(self, began: float) -> None:
        while True:
            if not self.covered:
                extra = f", {self.count()}" if self.count else ""
                self._write(f"\r\x1b[Kmkwrite: {self.what} ... {time.monotonic() - began:.0f} s{extra}")
            if self._ends(_EVERY):
                break
        self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        if self.stream is not None:
            self.stream.write(text)
            self.stream.flush()


_innermost: ContextVar[_Step | None] = ContextVar("innermost", default=None)


@contextlib.contextmanager
def step(what: str, stream: TextIO | None = None, count: Callable[[], str] | None = None) -> Iterator[None]:
    """Show `what` while the block runs, once it has run for half a second.

    `what` is text of ours with untrusted parts already made harmless; `count` gives what to append, "1,200 mails".
    """
    one = _Step(what, stream or sys.stderr, count)
    outer = _innermost.get()
    token = _innermost.set(one)
    if outer is not None:
        outer.covered = True
    try:
        with one.under_way():
            yield
    finally:
        _innermost.reset(token)
        if outer is not None:
            outer.covered = False
