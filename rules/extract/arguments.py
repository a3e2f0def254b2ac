"""Which arguments of a call are kept: constants, flags, operation tables, work items.

An operation that is called through a pointer means the table that the caller handed down, so tables are kept, and
pointers to one as they are written: `iomap_readahead(rac, &xfs_read_iomap_ops)`, `iomap_iter(&iter, ops)`.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from rules.extract.source import NAME_END, SPACES
from rules.works import WORK_INIT, WORK_QUEUE

_TEXT_CAP = 120  # characters of an argument
_CONSTANT = re.compile(r"true|false|NULL|[A-Z][A-Z0-9_]{2,}(?:\s*\|\s*[A-Z][A-Z0-9_]{2,})*")
_FLAGGED = re.compile(r"&&|\|\||[!=<>]=|^!|&\s*[A-Z]|\|\s*[A-Z]")
_TRUTHS = frozenset({"true", "false"})
_TABLES = ("ops", "operations")  # how names of operation tables, and of pointers to them, end
_TABLE = re.compile(r"&\s*+([A-Za-z_]\w*(?:ops|operations))\b")
_WORK_ITEM = re.compile(r"&\s*+([A-Za-z_][\w.>-]*+)")


class Names(NamedTuple):
    """What a function's text says of names: struct types of what it declares, its parameters, and the text itself."""

    declared: Callable[[], Mapping[str, str]]
    parameters: frozenset[str]
    text: str
    start: int
    end: int


def kept(parts: list[str], names: Names) -> tuple[str, ...]:
    """The arguments that are a constant, a flag expression or an operation table, "" for the others; () for none.

    A table is "&name", with "|" between two that it can be; a pointer to one is the pointer's name. NULL is kept beside
    those only: it says that there is no table.
    """
    tables = [_tables_in(part, names) if "ops" in part or "operations" in part else "" for part in parts]
    beside = any(tables)
    told = [
        table or (part if beside and part == "NULL" else _shortened(part) if _is_telling(part) else "")
        for table, part in zip(tables, parts, strict=True)
    ]
    while told and not told[-1]:
        told.pop()
    return tuple(told)


def _tables_in(part: str, names: Names) -> str:
    found = _TABLE.findall(part)
    if not found and part.endswith(_TABLES) and part.isidentifier():
        if part in names.parameters or part not in names.declared():
            return part
        assigned = re.compile(rf"\b{part}\s*=(?!=)([^;]{{0,300}});")
        values = assigned.findall(names.text, names.start, names.end)
        found = [name for value in values for name in _TABLE.findall(value)]
        if not found:
            return part
    return "|".join(f"&{name}" for name in dict.fromkeys(found))[:_TEXT_CAP]


def work_item(name: str, parts: list[str], names: Names) -> tuple[str, str]:
    """What INIT_WORK or queue_work is given, `ip->i_ioend_work`, and the struct type of its first identifier."""
    if name in WORK_INIT or name in WORK_QUEUE:
        found = next(filter(None, map(_WORK_ITEM.fullmatch, parts)), None)
        if found:
            return found[1], names.declared().get(NAME_END.split(found[1], maxsplit=1)[0], "")
    return "", ""


def _shortened(part: str) -> str:
    return SPACES.sub(" ", part)[:_TEXT_CAP]


def _is_telling(argument: str) -> bool:
    """A constant, or an expression that tests a flag; what is passed everywhere (0, NULL, GFP_KERNEL) says nothing."""
    if argument.isidentifier():
        return argument in _TRUTHS or (argument.isupper() and argument != "NULL" and not argument.startswith("GFP_"))
    if _CONSTANT.fullmatch(argument):
        return not argument.startswith("GFP_")
    return ("(" in argument or " " in argument or argument[:1] == "!") and _FLAGGED.search(argument) is not None
