"""Options that several commands share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def kernel_options(function: Command) -> Command:
    """--kernel, --tree and --rev: which kernel is asked."""
    function = click.option("--rev", help="Commit of --tree when that is a git repository.")(function)
    function = click.option("--tree", type=click.Path(), help="A kernel tree of yours, indexed on demand.")(function)
    return click.option("--kernel", metavar="VERSION", help="A shipped model, for example 6.12.")(function)


def source_options(function: Command) -> Command:
    """--midmask and --no-network: where SOURCE may come from."""
    function = click.option("-n", "--no-network", is_flag=True, help="Fetch nothing.")(function)
    return click.option("--midmask", metavar="URL", help="Archive to fetch from; %s stands for the message-id.")(
        function
    )
