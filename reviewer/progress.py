"""A line on standard error about what takes longer than half a second.

On a terminal one line is rewritten and then removed; elsewhere (a log, a CI) it is printed once, plainly.
"""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TextIO

QUIET = 0.5  # seconds before anything shows
_EVERY = 0.25


@contextlib.contextmanager
def step(what: str, stream: TextIO | None = None, count: Callable[[], str] | None = None) -> Iterator[None]:
    """Show `what` while the block runs, once it has run for half a second.

    `what` is text of ours with untrusted parts already made harmless; `count` gives what to append, "1,200 mails".
    """
    stream = stream or sys.stderr
    done = threading.Event()
    thread = threading.Thread(target=_show, args=(what, stream, count, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _show(what: str, stream: TextIO, count: Callable[[], str] | None, done: threading.Event) -> None:
    if done.wait(QUIET):
        return
    began = time.monotonic() - QUIET
    with contextlib.suppress(OSError, ValueError):  # a closed stderr is no reason to fail
        if not stream.isatty():
            stream.write(f"mkwrite: {what} ...\n")
            stream.flush()
            return
        while True:
            extra = f", {count()}" if count else ""
            stream.write(f"\r\x1b[Kmkwrite: {what} ... {time.monotonic() - began:.0f} s{extra}")
            stream.flush()
            if done.wait(_EVERY):
                break
        stream.write("\r\x1b[K")
        stream.flush()
