"""`mkwrite review SOURCE`: the main job."""

import click

from reviewer.commands.options import kernel_options, source_options
from reviewer.render import FORMATS
from reviewer.reporting import FAIL_ON


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
    from reviewer.options import Options
    from reviewer.reporting import report

    return report(
        source,
        fmt,
        Options(kernel=kernel, tree=tree, rev=rev, pedantic=pedantic),
        output=output,
        midmask=midmask,
        network=not no_network,
        verbose=verbose,
        why=why,
        fail_on=fail_on,
    )
