"""`mkwrite model`: which kernel models there are, and what one holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reviewer.errors import Failure
from reviewer.neutral import terminal

if TYPE_CHECKING:
    from rules.graph import Model


@click.command("model", short_help="List the kernel models, or show what one holds.")
@click.argument("version", required=False)
@click.option("--tree", type=click.Path(), help="Show the model of a kernel tree of yours, indexed on demand.")
@click.option("--rev", help="Commit of --tree when that is a git repository.")
def command(*, version: str | None, tree: str | None, rev: str | None) -> None:
    """List the models that ship with mkwrite, or show what the one of VERSION ("6.12") or of --tree holds.

    A model holds facts of a kernel's mm, fs and block code near the paths that mkwrite knows: functions, calls,
    operation tables, and where states are tested, set and cleared. It holds no source text.
    """
    from reviewer.commands.opening import opened
    from rules import store

    if version and tree:
        raise Failure("a VERSION and --tree exclude each other", "give one of them")
    if version or tree:
        click.echo(terminal(_details(opened(version, tree, rev))))
        return
    for name in store.shipped():
        model = opened(name, None, None)
        click.echo(f"{name:10} {len(model.functions):6} functions in {len(model.blobs):4} files")


def _details(model: Model) -> str:
    sites = sum(len(model.sites(function.index)) for function in model.functions)
    calls = sum(len(model.callees(function.index)) for function in model.functions)
    unresolved = sum(len(model.unresolved(function.index)) for function in model.functions)
    rows = (
        ("version", model.version),
        ("tree", model.tree),
        ("extractor", model.extractor),
        ("files", str(len(model.blobs))),
        ("functions", str(len(model.functions))),
        ("calls", str(calls)),
        ("unresolved calls", str(unresolved)),
        ("operations", str(len(model.operations()))),
        ("state sites", str(sites)),
    )
    return "\n".join(f"{name:17} {value}" for name, value in rows)
