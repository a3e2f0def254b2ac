"""`mkwrite diff SOURCE`: the patch as git shows it, with the review under its lines."""

import sys

import click

from reviewer import errors
from reviewer.commands.options import kernel_options, source_options


@click.command("diff", short_help="Show the patch with the review under its lines.")
@click.argument("source")
@click.option("--only-open", is_flag=True, help="Leave out the points that are settled.")
@click.option("--file", "part", metavar="PART", default="", help="Only files whose path holds PART, and their patches.")
@click.option("-U", "--unified", type=click.IntRange(min=0), metavar="N", help="N lines of context instead of all.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to this file instead of standard output.")
@kernel_options
@source_options
def command(
    source: str,
    only_open: bool,
    part: str,
    unified: int | None,
    output: str | None,
    kernel: str | None,
    tree: str | None,
    rev: str | None,
    midmask: str | None,
    no_network: bool,
) -> int:
    """Show the patch of a thread as git does, and under each line what was said about it.

    Lines of mkwrite start with >>, so `grep -v '^>>'` leaves the patch. Colours in a terminal; in a pipe plain text
    that does not depend on the width, which `less` reads as it is (with FORCE_COLOR=1 and `less -R` in colour).
    """
    from reviewer import pipeline
    from reviewer.options import Options
    from reviewer.render.difftext import render
    from reviewer.render.hunkview import Choice
    from reviewer.reporting import screen, write

    review = pipeline.from_source(
        source, Options(kernel=kernel, tree=tree, rev=rev), midmask=midmask, network=not no_network
    )
    width, color = screen(output)
    room = width if output is None and sys.stdout.isatty() else None
    choice = Choice(only_open=only_open, file=part, unified=unified)
    write(render(review, choice, room=room, color=color), output)
    return errors.OK
