"""`mkwrite b4-check` and `mkwrite b4-review`: the two places where b4 asks another program."""

import os
import sys
from pathlib import Path

import click

from reviewer import errors
from reviewer.commands.options import kernel_options, source_options

_THREAD = "Thread of the series: a file, Maildir or PATH#message-id; else b4's own copy, else it is fetched."


@click.command("b4-check", short_help="Check a series for b4: a mail on stdin, JSON on stdout.")
@click.option("--thread", metavar="SOURCE", help=_THREAD)
@kernel_options
@source_options
def check(
    thread: str | None,
    kernel: str | None,
    tree: str | None,
    rev: str | None,
    midmask: str | None,
    no_network: bool,
) -> int:
    """The check command of b4 review: reads one mail of the series from standard input and prints what is open.

    \b
    git config b4.review-series-check-cmd 'mkwrite b4-check'
    """
    from reviewer import b4check, pipeline
    from reviewer.options import Options
    from threads.messages import MAIL_CAP

    options = Options(kernel=kernel, tree=tree, rev=rev)
    if thread is not None:
        review = pipeline.from_source(thread, options, midmask=midmask, network=not no_network)
    else:
        mails = b4check.thread_of(os.environ.get("B4_TRACKING_FILE", ""), Path.cwd())
        if mails is None:
            mails = b4check.from_mail(sys.stdin.buffer.read(MAIL_CAP), midmask, not no_network)
        review = pipeline.review(mails, options)
    click.echo(b4check.text(b4check.rows(review)), nl=False)
    return errors.OK


@click.command("b4-review", short_help="Write the review where b4 imports it.")
@click.argument("source")
@click.option("-C", "directory", type=click.Path(file_okay=False), default=".", help="Top of the git tree.")
@click.option("--branch", default="HEAD", show_default=True, help="Review branch, b4/review/ID.")
@click.option("--identity", metavar="NAME <MAIL>", help="Who b4 says the reviewer is.  [default: mkwrite]")
@kernel_options
@source_options
def review(
    source: str,
    directory: str,
    branch: str,
    identity: str | None,
    kernel: str | None,
    tree: str | None,
    rev: str | None,
    midmask: str | None,
    no_network: bool,
) -> int:
    """Write what was said about each line of a series into .git/b4-review/; b4 review imports it as comments."""
    from reviewer import b4review, pipeline
    from reviewer.options import Options

    options = Options(kernel=kernel, tree=tree, rev=rev)
    value = pipeline.from_source(source, options, midmask=midmask, network=not no_network)
    texts = b4review.files(value, identity or b4review.IDENTITY)
    click.echo(b4review.write(texts, Path(directory).resolve(), branch))
    return errors.OK
