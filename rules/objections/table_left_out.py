"""An operation is added to one table of a filesystem, its other tables lack it.

What:
The patch adds an entry for an operation to an operation table, and other tables of the same type in the same file have
no such entry and are not changed.

Why it matters:
A filesystem picks its table by mount option or inode flag (data=journal, delalloc, DAX, compressed). What is added to
one of them works for some files and silently falls back for the others.

Known false positives:
Tables for inodes that never see the operation: symlinks, swap, DAX without page cache.

Example:
    .swap_activate is added to toy_aops and not to toy_journalled_aops in the same file.

Measured:
Over the 27,800 distinct page cache patches of 2020 to 2026 in seventeen archives it fires on 1, rightly: its
precision is unknown, so it is pedantic.
"""

import re
from collections.abc import Iterator

from rules import evidence
from rules.change import Change
from rules.evidence import Spot
from rules.guards import Item
from rules.model import OpEntry
from rules.objections.base import Facts, Finding, Rule
from rules.objections.common import LINE_CAP

_TABLE = re.compile(r"\bstruct[ \t]+(\w+)[ \t]+(\w+)[ \t]*=")
_APART = re.compile(r"dax|symlink|swap|anon|special|btree|meta|node|dir")
_STRUCTS = ("vm_operations_struct", "address_space_operations", "iomap_ops", "iomap_writeback_ops")
_SHARED_FIELDS = 2  # that a table must have in common with the changed one to be its sibling


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:
    if facts.model is None:
        return ()
    # A value in capitals is a flag, not an operation.
    added = [i for i in facts.effects if i.op == "table" and i.sign == "+" and not i.spelling.isupper()]
    removed = {item.file for item in facts.effects if item.op == "table" and item.sign == "-"}
    fields = {item.subject for item in added}
    found: dict[str, Finding] = {}
    files: dict[str, _File] = {}
    for item in added:
        if item.subject in found or item.file in removed:  # removed: an operation may only have another name now
            continue
        file = files.get(item.file) or files.setdefault(item.file, _File(change, facts, item.file))
        for finding in _left_out(file, item, fields):
            found.setdefault(item.subject, finding)
    return tuple(found.values())


class _File:
    """The tables of one file: what the patch shows of them and what the model has."""

    def __init__(self, change: Change, facts: Facts, path: str) -> None:
        self.entries = _tables_of(facts, path)
        self.changed = _changed_tables(change, path) if self.entries else set()
        self.at = _table_at(change, path) if self.entries else {}


def _left_out(file: _File, item: Item, fields: set[str]) -> Iterator[Finding]:
    changed, entries = file.changed, file.entries
    mine = {file.at.get(item.line, "")} & set(entries)
    struct = next((entry.struct for name in mine for entry in entries[name] if entry.struct in _STRUCTS), "")
    if not struct:
        return
    own_fields = {entry.field for name in mine for entry in entries[name]}
    others = {
        name: table
        for name, table in entries.items()
        if name not in changed
        and table[0].struct == struct
        and not _APART.search(name)
        and not fields & {entry.field for entry in table}
        and len({entry.field for entry in table} & own_fields) >= _SHARED_FIELDS
    }
    if others:
        yield Finding(
            text=f"->{item.subject} is added to {evidence.names(sorted(mine))}; {evidence.names(sorted(others))} in "
            "the same file has no such entry and stays.",
            file=item.file,
            line=item.line,
            function=item.spelling,
            spots=tuple(Spot(file=table[0].file, line=table[0].line, function=name) for name, table in others.items()),
            words=(item.subject, *sorted(others)[:3]),
        )


def _table_at(change: Change, path: str) -> dict[int, str]:
    """The table that each added line stands in, by the opening line above it in the hunk or in its header."""
    found: dict[int, str] = {}
    for hunk in (hunk for file in change.files if file.path == path for hunk in file.hunks):
        table = match[2] if (match := _TABLE.search(hunk.header[:LINE_CAP])) else ""
        for line in hunk.lines:
            if match := _TABLE.search(line.text[:LINE_CAP]):
                table = match[2]
            elif line.text.startswith("}"):
                table = ""
            if line.sign == "+" and line.new is not None:
                found.setdefault(line.new, table)
    return found


def _tables_of(facts: Facts, file: str) -> dict[str, list[OpEntry]]:
    """The model's tables in a file."""
    assert facts.model is not None  # asked by the caller
    found: dict[str, list[OpEntry]] = {}
    for operation in facts.model.operations():
        struct, _, field = operation.partition(".")
        for entry in facts.model.entries(struct, field) if struct in _STRUCTS else ():
            if entry.file == file:
                found.setdefault(entry.variable, []).append(entry)
    return found


def _changed_tables(change: Change, path: str) -> set[str]:
    """Tables that a hunk of the file opens in or shows."""
    texts = (
        text[:LINE_CAP]
        for file in change.files
        if file.path == path
        for hunk in file.hunks
        for text in (hunk.header, *(line.text for line in hunk.lines))
    )
    return {match[2] for text in texts if (match := _TABLE.search(text))}


RULE = Rule(
    id="table-left-out",
    title="An operation is added to one of several tables",
    severity="medium",
    confidence="medium",
    kinds=("scope", "correctness"),
    check=_check,
    documentation=__doc__,
    pedantic=True,
)
