"""Which operation table a chain means: the one that a caller on the chain handed down.

`iomap_readpage(page, &xfs_read_iomap_ops)` hands its table on to `iomap_apply(..., ops, ...)`, which calls
`ops->iomap_begin`: on this chain that is xfs_read_iomap_begin and no other. A table reaches a call

* as an argument of the chain's own calls, under whatever name the parameter has, until another one of its struct comes;
* by being put into a context by a function of the chain, `wpc.ops = &xfs_writeback_ops`;
* not at all: the caller wrote NULL. What a pointer of the same name calls is not called then (`dio->dops`).

A table that a condition on the chain says has no such operation (`!mapping->a_ops->writepages`) is none that has it.
Tables that an object holds for life (`vma->vm_ops`) come to no chain; `rules.chains` narrows those by filesystem.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from rules.feasible import FALSE, Bindings, Expression, split
from rules.model import HELD, Edge, OpEntry

if TYPE_CHECKING:
    from rules.graph import Model

_TABLE = re.compile(r"(?<!&)& ?([A-Za-z_]\w*)")
_SUFFIX = "ops"
_LACKS = re.compile(r"!\(?[\w.>()-]*?(?:ops|f_op|i_op|s_op)->(\w+)\)?")


class Handed(msgspec.Struct, frozen=True):
    """What the callers on a chain have handed down so far."""

    tables: tuple[tuple[str, frozenset[str]], ...] = ()  # struct, the tables that it can be
    none: frozenset[str] = frozenset()  # pointers that are NULL, by name


NOTHING = Handed()


def entered(model: Model, edge: Edge, handed: Handed, bound: Bindings) -> Handed:
    """What is handed down by a call: `bound` is what the callee knows of its parameters."""
    put = _put(model, edge)
    if not bound and not put:
        return handed  # as nearly every call
    found = put | _by_struct(model, (name for value in bound.values() for name in tables_in(value)))
    none = {name for name, value in bound.items() if value == FALSE and name.endswith(_SUFFIX)}
    named = {name for name, value in bound.items() if tables_in(value)}
    if not found and not none and named.isdisjoint(handed.none):
        return handed
    tables = {**dict(handed.tables), **found}
    return Handed(tuple(sorted(tables.items())), (handed.none - named) | none)


def choice(model: Model, edge: Edge, bindings: Bindings, handed: Handed) -> frozenset[str] | None:
    """The tables that a call of an operation can mean, empty for none at all; None when that is not told."""
    if not edge.through:
        return None
    value = bindings.get(edge.through)
    pointer = edge.through.replace(".", "->").rpartition("->")[2]
    if value == FALSE or (value is None and pointer in handed.none):
        return frozenset()
    struct = edge.operation.partition(".")[0]
    told = _by_struct(model, tables_in(value)).get(struct) if value is not None else None
    return told or _put(model, edge).get(struct) or dict(handed.tables).get(struct)


def reaches(model: Model, edge: Edge, tables: frozenset[str] | None) -> bool:
    """Whether a call of an operation comes to the edge's implementer when it means one of these tables."""
    if tables is None:
        return True
    return any(entry.variable in tables for entry in model.entries_of(edge.callee) if _names(edge, entry))


def tables_to(model: Model, callee: int, operation: str, through: str) -> tuple[str, ...]:
    """The tables that make a call of an operation come to an implementer; () where none is handed down."""
    if not through.endswith(_SUFFIX) or operation.partition(".")[0] not in _passed(model):
        return ()
    return tuple(entry.variable for entry in model.entries_of(callee) if f"{entry.struct}.{entry.field}" == operation)


def _names(edge: Edge, entry: OpEntry) -> bool:
    return edge.operation == f"{entry.struct}.{entry.field}"


def shown(model: Model, edge: Edge, tables: frozenset[str] | None) -> str:
    """The table of the chain's implementer, "" when none was handed down and none had to be."""
    if tables is None:
        return ""
    own = {entry.variable for entry in model.entries_of(edge.callee) if _names(edge, entry)}
    return ", ".join(sorted(own & tables))


def is_open(model: Model, edge: Edge, tables: frozenset[str] | None) -> bool:
    """Whether a table had to be handed down to the call, and no caller on the chain shows which."""
    return tables is None and edge.through.endswith(_SUFFIX) and edge.operation.partition(".")[0] in _passed(model)


@lru_cache(maxsize=1 << 14)
def left_out(condition: str) -> frozenset[str]:
    """The operations that a table does not have where a condition holds: `!mapping->a_ops->writepages`."""
    found = (_LACKS.fullmatch(part) for part in split(condition)) if "!" in condition else ()
    return frozenset(match[1] for match in found if match)


def has_all(model: Model, edge: Edge, missing: frozenset[str]) -> str:
    """One of the missing operations that every table of the edge's implementer has, "" when there is none."""
    for field in sorted(missing):
        having = {entry.variable for entry in model.entries(edge.operation.partition(".")[0], field)}
        tables = [entry.variable for entry in model.entries_of(edge.callee) if _names(edge, entry)]
        if tables and having.issuperset(tables):
            return field
    return ""


def tables_in(value: Expression) -> tuple[str, ...]:
    """The tables that an argument names."""
    return names_in(value[1]) if value[0] == "atom" and "&" in value[1] else ()


def names_in(argument: str) -> tuple[str, ...]:
    """The names after an "&" in the text of an argument."""
    return tuple(_TABLE.findall(argument)) if "&" in argument else ()


def _by_struct(model: Model, names: Iterable[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name in names:
        struct = struct_of(model, name)
        if struct:
            found.setdefault(struct, set()).add(name)
    return {struct: frozenset(tables) for struct, tables in found.items()}


@lru_cache(maxsize=1 << 14)
def struct_of(model: Model, variable: str) -> str:
    """The struct type of a table, "" for what is none."""
    return next((entry.struct for entry in model.table(variable)), "")


@lru_cache(maxsize=8)
def _installed(model: Model) -> Mapping[int, list[tuple[int, str]]]:
    """Function -> the tables that it puts into a context, with the line."""
    found: dict[int, list[tuple[int, str]]] = {}
    for install in model.installs():
        if install.field not in HELD and struct_of(model, install.variable):
            found.setdefault(install.function, []).append((install.line, install.variable))
    return found


def _put(model: Model, edge: Edge) -> dict[str, frozenset[str]]:
    """The tables that the caller puts into a context above the call, by struct."""
    rows = _installed(model).get(edge.caller, ())
    return _by_struct(model, (name for line, name in rows if line <= edge.line)) if rows else {}


@lru_cache(maxsize=8)
def _passed(model: Model) -> frozenset[str]:
    """The structs some table of which is handed down somewhere."""
    return frozenset(struct_of(model, name) for names in mentioned(model).values() for name in names)


@lru_cache(maxsize=8)
def mentioned(model: Model) -> Mapping[int, frozenset[str]]:
    """Function -> the tables that it hands to somebody or puts into a context."""
    found: dict[int, set[str]] = {}
    for index, texts in model.arguments_naming("&"):
        names = (name for text in texts for name in _TABLE.findall(text))
        found.setdefault(index, set()).update(name for name in names if struct_of(model, name))
    for index, rows in _installed(model).items():
        found.setdefault(index, set()).update(name for _, name in rows)
    return {index: frozenset(names) for index, names in found.items() if names}
