"""A line on standard error about what takes longer than half a second.

On a terminal one line is rewritten and then removed; elsewhere (a log, a CI) it is printed once, plainly. Of steps
within steps only the innermost shows.
"""

import contextlib
import sys
import threading
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
        self.done = threading.Event()

    def show(self) -> None:
        if self.stream is None or self.done.wait(QUIET):  # None: the process has no standard error
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
            if self.done.wait(_EVERY):
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
    thread = threading.Thread(target=one.show, daemon=True)
    thread.start()
    try:
        yield
    finally:
        one.done.set()
        thread.join()
        _innermost.reset(token)
        if outer is not None:
            outer.covered = False
