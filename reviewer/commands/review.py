"""`mkwrite review SOURCE`: the main job."""

import os
import sys
from pathlib import Path

import click

from reviewer import errors
from reviewer.commands.options import kernel_options, source_options
from threads.model import Point

FORMATS = ("terminal", "markdown", "json", "html", "reply", "rdjson", "sarif")
FAIL_ON = ("open", "disputed", "blocking")


@click.command("review", short_help="Review the thread that holds a message-id or a file.")
@click.argument("source")
@click.option("--format", "fmt", type=click.Choice(FORMATS), default="terminal", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to this file instead of standard output.")
@kernel_options
@source_options
@click.option("-v", "--verbose", is_flag=True, help="Say everything: all chains, settled points, people, counts.")
@click.option("--why", metavar="POINT", help="Explain one review point: what decided it, and what became of it.")
@click.option("--pedantic", is_flag=True, help="Also rules that are often wrong.")
@click.option("--fail-on", type=click.Choice(FAIL_ON), help="Exit 10 when such a point is left at the end.")
def command(
    source: str,
    fmt: str,
    output: str | None,
    kernel: str | None,
    tree: str | None,
    rev: str | None,
    midmask: str | None,
    no_network: bool,
    verbose: bool,
    why: str | None,
    pedantic: bool,
    fail_on: str | None,
) -> int:
    """Review a patch thread: what was objected and how it ended, where the change stands on the page-fault path, which
    claims the source confirms, which tests to run.

    SOURCE is a message-id, the URL of a mail on the configured archive, an mbox (also .gz), a Maildir, a .patch or .eml
    file, PATH#message-id in a public-inbox clone, mbox or Maildir, - for standard input, or `example`.
    """
    from reviewer import pipeline
    from reviewer.options import Options
    from reviewer.render import render

    options = Options(kernel=kernel, tree=tree, rev=rev, pedantic=pedantic)
    review = pipeline.from_source(source, options, midmask=midmask, network=not no_network)
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
    left = [point for point in points if point.status in ("open", "disputed")]
    if fail_on == "blocking":
        return any(point.weight == "blocking" for point in left)
    return any(point.status == fail_on for point in left)


def screen(output: str | None) -> tuple[int, bool]:
    """Width in columns and whether colours are wanted: those of a terminal, else 80 and none."""
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
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    try:
        Path(output).write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8", errors="replace")
    except OSError as error:
        raise errors.unwritable(output, error) from error
