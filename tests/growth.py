"""How the CPU time of a function grows with its input, told apart from a busy machine and from the collector."""

import gc
import time
from collections.abc import Callable
from typing import TypeVar

Input = TypeVar("Input")

QUICK = 0.03  # seconds that tell nothing about growth
TRIES = 5


def ratio(make: Callable[[int], Input], work: Callable[[Input], object], size: int) -> float:
    """CPU time of `work` on twice the input over that on the input; 2.0 is linear, and so is what takes no time.

    The least of three runs counts on both sides. Another process that gets in the way is met by trying again: the
    smallest of at most five ratios counts, which for anything quadratic stays near four.
    """
    one, two = make(size), make(2 * size)
    least = float("inf")
    for _ in range(TRIES):
        double = seconds(work, two)
        least = min(least, double / max(seconds(work, one), 1e-4) if double > QUICK else 2.0)
        if least < 3:
            break
    return least


def seconds(work: Callable[[Input], object], given: Input) -> float:
    """The least CPU time of three runs, without the garbage collector: it reads what other tests left, too."""
    best = float("inf")
    gc.disable()
    try:
        for _ in range(3):
            start = time.process_time()
            work(given)
            best = min(best, time.process_time() - start)
            if best < QUICK / 10:
                break
    finally:
        gc.enable()
    return best
