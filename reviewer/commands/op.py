"""`mkwrite op`: who implements an operation, through which shared helper, and what it tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reviewer.commands.options import kernel_options
from reviewer.errors import Failure

if TYPE_CHECKING:
    from rules.graph import Model
    from rules.operations import Implementer, Use

_OPS = ("test", "check", "assert", "set", "clear")
_SUBJECTS = ("uptodate", "error", "dirty", "writeback", "mapping", "i_size", "locked", "invalidate_lock", "freeze")


@click.command("op", short_help="Show who implements an operation and how.")
@click.argument("operation", metavar="STRUCT.FIELD")
@click.option(
    "--state", "states", multiple=True, metavar="STATE", help="Tell what is done with this state.  [uptodate]"
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@kernel_options
def command(
    *, operation: str, states: tuple[str, ...], form: str, kernel: str | None, tree: str | None, rev: str | None
) -> None:
    """Show who implements STRUCT.FIELD, for example vm_operations_struct.page_mkwrite.

    One line for each function and filesystem: the shared helper that it hands the work to ("own" for none) and what it
    does with a state, in its own code and in the helper's. "asserts" is a WARN or BUG that nothing branches on.
    """
    from reviewer.commands.opening import opened

    subjects = states or ("uptodate",)
    _check(subjects)
    model = opened(kernel, tree, rev)
    struct, field = _operation(model, operation)
    from rules.operations import implementers

    found = implementers(model, struct, field)
    name = f"{struct}.{field}"
    click.echo(_json(model, name, found) if form == "json" else _text(model, name, found, subjects))


def _check(subjects: tuple[str, ...]) -> None:
    from rules import concepts

    for name in subjects:
        if name not in concepts.subjects():
            raise Failure(f'no state is called "{name}"', f"use one of {', '.join(concepts.subjects())}")


def _operation(model: Model, text: str) -> tuple[str, str]:
    """Struct and field; the struct may be left out when the field is of one only. Raises Failure."""
    from reviewer.commands.opening import suggestion

    name = text.replace("->", "").removeprefix("struct ").strip()
    struct, _, field = name.partition(".")
    if field and model.entries(struct, field):
        return struct, field
    known = model.operations()
    if "." not in name:
        fitting = [operation for operation in known if operation.partition(".")[2] == name]
        if len(fitting) > 1:
            raise Failure(f"{name} is a field of several structs", f"name one of {', '.join(fitting[:6])}")
        name = fitting[0] if fitting else name
    struct, _, field = name.partition(".")
    if name not in known or not model.entries(struct, field):
        names = known if "." in name else [operation.partition(".")[2] for operation in known]
        near = suggestion(name, names, "the form is STRUCT.FIELD, for example vm_operations_struct.page_mkwrite")
        raise Failure(f"no table of {model.version} initialises {text}", near, "not-found")
    return struct, field


def _text(model: Model, name: str, found: tuple[Implementer, ...], subjects: tuple[str, ...]) -> str:
    filesystems = {implementer.filesystem for implementer in found if implementer.filesystem}
    lines = [
        f"kernel {model.version} ({model.tree})",
        f"{name}: {len({implementer.name for implementer in found})} functions, {len(filesystems)} filesystems",
        "",
    ]
    width = max(len(implementer.name) for implementer in found)
    for implementer in found:
        where = implementer.function.where if implementer.function else "not in the model"
        lines.append(f"{implementer.filesystem or 'generic':<10} {implementer.name:<{width}}  {where}")
        lines.append(f"{'':<10}   table {_tables(implementer)}")
        lines.append(f"{'':<10}   through {_through(implementer)}")
        lines += [f"{'':<10}   {line}" for subject in subjects for line in _uses(implementer, subject)]
    return "\n".join(lines)


def _tables(implementer: Implementer) -> str:
    told = [f"{entry.variable} {entry.file}:{entry.line}" for entry in implementer.entries]
    return ", ".join(told[:3]) + (f" and {len(told) - 3} more" if len(told) > 3 else "")


def _through(implementer: Implementer) -> str:
    told = []
    for helper in implementer.helpers:
        text = f"{helper.name} {helper.file}:{helper.first}"
        if helper.call_line:
            text += f", called at {helper.call_file}:{helper.call_line}"
        told.append(text + (f" if {helper.condition}" if helper.condition else ""))
    return "; ".join(told) or implementer.helper


def _uses(implementer: Implementer, subject: str) -> list[str]:
    uses = [use for use in implementer.uses if use.site.subject == subject and use.site.op in _OPS]
    if not uses:
        return [f"{subject}: neither tested nor asserted, set or cleared in its code or its helper's"]
    lines = []
    for helper in (False, True):
        for op in _OPS:
            chosen = [use for use in uses if use.helper == helper and use.site.op == op]
            if chosen:
                whose = "helper " if helper else ""
                lines.append(f"{subject}: {whose}{op}s {', '.join(map(_use, chosen[:4]))}{_more(len(chosen) - 4)}")
    return lines


def _use(use: Use) -> str:
    return f"{use.name} {use.file}:{use.site.line}"


def _more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""


def _json(model: Model, name: str, found: tuple[Implementer, ...]) -> str:
    import msgspec

    document = {
        "format": "mkwrite op 1",
        "kernel": model.version,
        "tree": model.tree,
        "operation": name,
        "implementers": [_implementer_json(implementer) for implementer in found],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode()


def _implementer_json(implementer: Implementer) -> dict[str, Any]:
    function = implementer.function
    return {
        "filesystem": implementer.filesystem,
        "function": implementer.name,
        "file": function.file if function else "",
        "line": function.first if function else 0,
        "tables": [
            {"variable": entry.variable, "file": entry.file, "line": entry.line, "guard": entry.guard}
            for entry in implementer.entries
        ],
        "helper": implementer.helper,
        "helpers": [
            {
                "function": helper.name,
                "file": helper.file,
                "line": helper.first,
                "call_file": helper.call_file,
                "call_line": helper.call_line,
                "condition": helper.condition,
                "via": list(helper.via),
            }
            for helper in implementer.helpers
        ],
        "delegates": implementer.delegates,
        "states": [_use_json(use) for use in implementer.uses if use.site.subject in _SUBJECTS],
    }


def _use_json(use: Use) -> dict[str, Any]:
    return {
        "subject": use.site.subject,
        "op": use.site.op,
        "spelling": use.site.spelling,
        "negated": use.site.negated,
        "function": use.name,
        "file": use.file,
        "line": use.site.line,
        "condition": use.site.condition,
        "action": use.site.action,
        "in_helper": use.helper,
        "depth": use.depth,
    }
