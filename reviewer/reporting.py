"""A review from its source to the written report: what `mkwrite review` does once its options are read."""

import os
import sys
from pathlib import Path

from reviewer import errors
from reviewer.options import Options
from reviewer.render import render
from threads.model import UNSETTLED, Point

FAIL_ON = ("open", "disputed", "blocking")


def report(
    source: str,
    fmt: str = "terminal",
    options: Options | None = None,
    *,
    output: str | None = None,
    midmask: str | None = None,
    network: bool = True,
    verbose: bool = False,
    why: str | None = None,
    fail_on: str | None = None,
) -> int:
    """Review a thread, write the report to a file or to standard output, and return the exit code."""
    from reviewer import pipeline

    review = pipeline.from_source(source, options or Options(), midmask=midmask, network=network)
    width, color = screen(output)
    if why is not None:
        from reviewer.render.why import explain

        text = explain(review, why)
    else:
        text = render(review, fmt, width=width, color=color, verbose=verbose)
    write(text, output)
    return errors.FAIL_ON if fail_on and fails(review.points, fail_on) else errors.OK


def fails(points: tuple[Point, ...], fail_on: str) -> bool:
    """Whether a point that the user does not want is left: any open one, a disputed one, a blocking unsettled one."""
    left = [point for point in points if point.status in UNSETTLED]
    if fail_on == "blocking":
        return any(point.weight == "blocking" for point in left)
    return any(point.status == fail_on for point in left)


def screen(output: str | None) -> tuple[int, bool]:
    """Width in columns and whether colours are wanted: those of a terminal, else 80 and none. Raises Failure."""
    if output is None and sys.stdout is None:
        raise errors.Failure("standard output is closed", "redirect it to a file, or name one with -o")
    on_terminal = output is None and sys.stdout.isatty()
    color = on_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    if os.environ.get("FORCE_COLOR") and not os.environ.get("NO_COLOR"):
        color = True
    return max(40, min(_columns() if on_terminal else 80, 200)), color


def _columns() -> int:
    import shutil  # 5 ms that only a terminal needs

    return shutil.get_terminal_size((80, 24)).columns


def write(text: str, output: str | None) -> None:
    """To the file or to standard output; a file that cannot be written is a Failure."""
    text = text if text.endswith("\n") else text + "\n"
    if output is None:
        _print(text)
        return
    try:
        Path(output).write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise errors.unwritable(output, error) from error


def _print(text: str) -> None:
    """As click does, which is only imported where it does more than write: for colours, and other character sets."""
    if sys.stdout is not None and sys.stdout.encoding.lower() == "utf-8" and "\x1b" not in text:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    import click

    click.echo(text, nl=False)
