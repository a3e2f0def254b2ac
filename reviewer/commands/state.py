"""`mkwrite state`: where a page or folio state is tested, asserted, set or cleared."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from reviewer.commands.options import kernel_options
from reviewer.errors import Failure

if TYPE_CHECKING:
    from rules.graph import Model
    from rules.model import SiteOp
    from rules.states import States, StateSite


@click.command("state", short_help="Show where a page or folio state is tested, set or cleared.")
@click.argument("state", metavar="STATE")
@click.option("--clear", "op", flag_value="clear", help="Where it is cleared.")
@click.option("--set", "op", flag_value="set", help="Where it is set.")
@click.option("--test", "op", flag_value="test", help="Where it is tested: the outcome is branched on.")
@click.option("--assert", "op", flag_value="assert", help="Where a WARN or BUG looks at it.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@kernel_options
def command(*, state: str, op: SiteOp | None, form: str, kernel: str | None, tree: str | None, rev: str | None) -> None:
    """Show where STATE is tested, asserted, set or cleared: uptodate, error, dirty, writeback, locked and so on.

    Each site comes with the condition it stands under and the paths that reach its function: page fault, buffered read
    and write, writeback, direct I/O, truncate, reclaim.
    """
    from reviewer.commands.opening import opened
    from rules import concepts, pathfiles, states

    if state not in concepts.subjects():
        raise Failure(f'no state is called "{state}"', f"use one of {', '.join(concepts.subjects())}")
    model = opened(kernel, tree, rev)
    found = states.find(model, state, op, pathfiles.load_all())
    click.echo(_json(model, found) if form == "json" else _text(model, found))


def _text(model: Model, found: States) -> str:
    count, directories = len(found.sites), len(found.directories)
    lines = [
        f"kernel {model.version} ({model.tree})",
        f"{found.subject}{' ' + found.op if found.op else ''}: {count} site{'' if count == 1 else 's'} in "
        f"{directories} director{'y' if directories == 1 else 'ies'}",
    ]
    sizes = Counter(site.directory for site in found.sites)
    for directory in found.directories:
        lines += ["", f"{directory} ({sizes[directory]})"]
        lines += [line for site in found.sites if site.directory == directory for line in _site(site, found.op)]
    return "\n".join([*lines, "", found.note])


def _site(site: StateSite, op: SiteOp | None) -> list[str]:
    kind = "" if op else f"{site.site.op} "
    negated = "!" if site.site.negated else ""
    lines = [f"  {site.where:<34} {site.function.name}  {kind}{negated}{site.site.spelling}"]
    if site.site.condition:
        lines.append(f"{'':6}if {site.site.condition}" + ("  [after an error]" if site.error else ""))
    lines.append(f"{'':6}paths: {', '.join(site.paths) or 'none of the path files reaches it'}")
    return lines


def _json(model: Model, found: States) -> str:
    import msgspec

    document = {
        "format": "mkwrite state 1",
        "kernel": model.version,
        "tree": model.tree,
        "state": found.subject,
        "op": found.op,
        "directories": list(found.directories),
        "sites": [_site_json(site) for site in found.sites],
        "note": found.note,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode()


def _site_json(site: StateSite) -> dict[str, Any]:
    return {
        "function": site.function.name,
        "file": site.function.file,
        "line": site.site.line,
        "directory": site.directory,
        "filesystem": site.filesystem,
        "op": site.site.op,
        "spelling": site.site.spelling,
        "negated": site.site.negated,
        "condition": site.site.condition,
        "action": site.site.action,
        "error_hint": site.error,
        "paths": list(site.paths),
    }
