"""Commands that end in each way a command can end."""

import click

from reviewer.errors import Failure


@click.command()
def fine() -> None:
    click.echo("done")


@click.command()
def gate() -> int:
    return 10


@click.command()
def bad() -> None:
    raise Failure("no mail in \x1b[31mfile\u202e", "try another")


@click.command()
def bug() -> None:
    raise KeyError("text of a mail")


@click.command()
def deep() -> None:
    deep_down()


def deep_down() -> None:
    deep_down()


@click.command()
def interrupted() -> None:
    raise KeyboardInterrupt


@click.command()
def closed() -> None:
    raise BrokenPipeError


@click.command()
@click.option("--number", type=int)
def usage(number: int) -> None:
    click.echo(number)
