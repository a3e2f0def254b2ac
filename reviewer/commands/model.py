"""`mkwrite model`: which kernel models there are, what one holds, how to make and check one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.commands.options import kernel_options
from reviewer.errors import unwritable
from reviewer.neutral import terminal

if TYPE_CHECKING:
    from rules.compare import Comparison
    from rules.graph import Model
    from rules.verify import Figures

_SHOWN = 40  # differences of a kind that `verify` and `diff` name without --all


class _Group(click.Group):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """`mkwrite model 6.12` shows that model."""
        if args and args[0][:1].isdigit():
            args = ["show", "--kernel", *args]
        return super().parse_args(ctx, args)


@click.group(
    "model", cls=_Group, invoke_without_command=True, short_help="List the kernel models, or show what one holds."
)
@click.pass_context
def command(context: click.Context) -> None:
    """List the kernel models, or show, make, compare and check one.

    A model holds facts of a kernel's mm, fs and block code near the paths that mkwrite knows.

    Functions, calls, operation tables, and where states are tested, set and cleared; no source text.
    """
    if context.invoked_subcommand is None:
        context.invoke(list_models)


@command.command("list", short_help="List the models that ship with mkwrite.")
def list_models() -> None:
    """List the models that ship with mkwrite."""
    from reviewer.commands.opening import opened
    from rules import store

    for name in store.shipped():
        model = opened(name, None, None)
        inside = sum(not function.outline for function in model.functions)
        click.echo(f"{name:10} {inside:6} functions in {len(model.blobs):4} files, {model.tree}")


@command.command("show", short_help="Show what a model holds.")
@kernel_options
def show(*, kernel: str | None, tree: str | None, rev: str | None) -> None:
    """Show what the model of --kernel or --tree holds."""
    from reviewer.commands.opening import opened

    click.echo(terminal(_details(opened(kernel, tree, rev))))


@command.command("build", short_help="Make a model from a kernel tree.")
@click.option("--tree", required=True, type=click.Path(), help="A kernel work tree or repository.")
@click.option("--rev", help="Commit of the tree.")
@click.option("--name", help="What the tree is called in the model; its directory's name otherwise.")
@click.option("--full", is_flag=True, help="Every function of mm, fs, include/linux, block and arch/*/mm.")
@click.option("-o", "--output", type=click.Path(), help="File to write; VERSION.msgpack.gz otherwise.")
def build(*, tree: str, rev: str | None, name: str | None, full: bool, output: str | None) -> None:
    """Make a model from a kernel tree: the way the shipped ones are made. The same tree gives the same bytes."""
    import msgspec

    from reviewer import gittree
    from rules import columns

    found = gittree.shown(tree, rev, full=full)
    stored = found.model.columns
    if name:
        stored = msgspec.structs.replace(stored, tree=name)
    path = Path(output or f"{stored.version}.msgpack.gz")
    data = columns.encode(stored)
    try:
        path.write_bytes(data)
    except OSError as error:
        raise unwritable(path, error) from error
    click.echo(terminal(f"{path}: {len(data)} bytes, {len(stored.function_name)} functions of {found.files} files"))
    for skipped in found.skipped:
        click.echo(terminal(f"skipped {skipped.path}: {skipped.why}"), err=True)


@command.command("export", short_help="Print a model as tab-separated lines.")
@kernel_options
@click.option("--what", required=True, type=click.Choice(["functions", "calls", "ops", "states"]))
def export(*, kernel: str | None, tree: str | None, rev: str | None, what: str) -> None:
    """Print a model's functions, calls, operation tables or state sites, one a line, complete, with a header line."""
    from reviewer.commands.opening import opened
    from rules.export import HEADERS, rows

    model = opened(kernel, tree, rev)
    kind = next(known for known in HEADERS if known == what)
    lines = ["\t".join(HEADERS[kind]), *("\t".join(row) for row in rows(model, kind))]
    click.echo(terminal("\n".join(lines)))


@command.command("diff", short_help="Show what changed between two kernels.")
@click.argument("old")
@click.argument("new")
@click.option("--all", "whole", is_flag=True, help="Every change instead of the first of each kind.")
def diff(*, old: str, new: str, whole: bool) -> None:
    """Show the functions, calls and operations that appeared, went, moved or were renamed from OLD to NEW.

    Each is a version ("6.12") or the directory of a kernel tree.
    """
    from rules.compare import compare

    click.echo(terminal(_changes(compare(_named(old), _named(new)), whole)))


@command.command("verify", short_help="Measure the extraction against gcc.")
@click.option("--tree", required=True, type=click.Path(exists=True, file_okay=False), help="A kernel work tree.")
@click.option("--truth", type=click.Path(), help="Facts of gcc kept before, instead of compiling.")
@click.option("--keep", type=click.Path(), help="File to keep gcc's facts in.")
@click.option("--work", type=click.Path(), help="Directory of the build; kept for the next time.")
@click.option("--slice", "small", is_flag=True, help="A few objects only.")
@click.option("--all", "whole", is_flag=True, help="Name every difference.")
def verify(*, tree: str, truth: str | None, keep: str | None, work: str | None, small: bool, whole: bool) -> None:
    """Compile the fault path's files of a tree with gcc and compare its call graph with what is extracted.

    For developers of mkwrite: it runs the makefiles of the tree, which stays as it is (it must not hold a build of its
    own). Needs gcc, make, flex, bison, bc and the headers of libelf and libssl, some minutes and 0.5 GB.
    """
    from reviewer import gittree, kernelbuild
    from rules.indexing import WorkTree, corpus
    from rules.verify import compare

    if truth:
        facts = kernelbuild.read(Path(truth))
    else:
        where = Path(work) if work else gittree.cache_directory() / "build" / Path(tree).resolve().name
        patterns = kernelbuild.SLICE if small else kernelbuild.FILES
        facts = kernelbuild.truth(Path(tree).resolve(), where.resolve(), patterns)
    if keep:
        import json

        Path(keep).write_text(json.dumps(facts, sort_keys=True), "utf-8")
    figures = compare(corpus(WorkTree(Path(tree)), gittree.cache_directory()), facts)
    click.echo(terminal(_figures(figures, whole)))


def _named(name: str) -> Model:
    from reviewer.commands.opening import opened

    return opened(None, name, None) if "/" in name or Path(name).is_dir() else opened(name, None, None)


def _details(model: Model) -> str:
    inside = [function.index for function in model.functions if not function.outline]
    rows = (
        ("version", model.version),
        ("tree", model.tree),
        ("extractor", model.extractor),
        ("files", str(len(model.blobs))),
        ("functions", f"{len(inside)}, and {len(model.functions) - len(inside)} of which only the place is known"),
        ("calls", str(sum(len(model.callees(index)) for index in inside))),
        ("unresolved calls", str(sum(len(model.unresolved(index)) for index in inside))),
        ("operations", str(len(model.operations()))),
        ("state sites", str(sum(len(model.sites(index)) for index in inside))),
    )
    return "\n".join(f"{name:17} {value}" for name, value in rows)


def _changes(found: Comparison, whole: bool) -> str:
    lines = [f"{found.old} to {found.new}: {found.same} functions with the same name and file"]
    for kind in ("renamed", "likely renamed", "moved", "appeared", "went"):
        rows = [change for change in found.functions if change.change == kind]
        # A model of a part of the tree does not know what else there is.
        other = {"appeared": found.old, "went": found.new}.get(kind, "")
        outside = f", or are outside the part of {other} that its model holds" if other else ""
        lines.append(f"\n{len(rows)} functions {kind}{outside}")
        for change in rows if whole else rows[:_SHOWN]:
            pair = f" -> {change.new_name} {change.new_file} ({change.why})" if change.new_name else ""
            lines.append(f"  {change.name} {change.file}{pair}")
    for kind in ("appeared", "went"):
        edges = [edge for edge in found.edges if edge.change == kind]
        lines.append(f"\n{len(edges)} calls {kind}, in functions that both have")
        lines += [
            f"  {edge.caller} > {edge.callee} {edge.file}:{edge.line}" for edge in (edges if whole else edges[:_SHOWN])
        ]
        operations = [name for change, name in found.operations if change == kind]
        lines.append(f"\n{len(operations)} operations {kind}")
        lines += [f"  {name}" for name in (operations if whole else operations[:_SHOWN])]
    return "\n".join(lines)


def _figures(found: Figures, whole: bool) -> str:
    lines = [
        f"files                {found.files}",
        f"functions            {found.functions}, missed {len(found.missed_functions)}",
        f"direct calls         gcc {found.truth_calls}, ours {found.own_calls}",
        f"  recall             {found.recall:.4f}",
        f"  precision          {found.precision:.4f} ({found.extra_by_configuration} of {len(found.extra)} extra ones "
        "are not compiled in the default configuration)",
        f"operation entries    gcc {found.truth_entries}, ours {found.own_entries}, agreed {found.agreed_entries}",
    ]
    groups: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
        ("missed function", found.missed_functions),
        ("missed call", found.missing),
        ("extra call", found.extra),
        ("missed entry", found.missing_entries),
        ("extra entry", found.extra_entries),
    )
    for name, rows in groups:
        lines += [f"{name}: {' '.join(row)}" for row in (rows if whole else rows[:_SHOWN])]
    return "\n".join(lines)
