"""Which filesystems use an implementer of an operation that generic code defines, filemap_page_mkwrite() for one.

Three ways are followed: a filesystem's own table names the function; a table of generic code does, and a filesystem
installs that table; or the filesystem's file operations name, or its own function calls, the generic function that
installs it (generic_file_mmap()). Who installs a table of its own after that call is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rules import evidence
from rules.evidence import Spot
from rules.filesystem_names import filesystem_of

if TYPE_CHECKING:
    from rules.graph import Model

GENERIC = frozenset({"mm", "vfs", "block", "include"})


def is_generic(home: str) -> bool:
    """The home of a file is no filesystem and no library of some: every filesystem may come here."""
    return home in GENERIC


def is_private(model: Model, names: Iterable[str]) -> bool:
    """One of these functions is a filesystem's own, or a macro that the model does not know: code that calls it may be
    able to stand nowhere else."""
    found = [model.named(name) for name in names]
    return any(not known or any(filesystem_of(one.file) for one in known) for known in found)


def users(model: Model, target: int, operation: str) -> tuple[tuple[str, Spot], ...]:
    """Filesystems that use the function `target` for an operation, sorted, each with the place that shows it."""
    struct, _, field = operation.partition(".")
    found: dict[str, Spot] = {}
    for entry in model.entries(struct, field):
        if entry.target != target:
            continue
        home = evidence.home_of(entry.file)
        if is_generic(home):
            for name, spot in _by_table(model, entry.variable):
                found.setdefault(name, spot)
        else:
            found.setdefault(home, Spot(file=entry.file, line=entry.line, function=entry.variable))
    return tuple(sorted(found.items()))


def _by_table(model: Model, variable: str) -> Iterator[tuple[str, Spot]]:
    installs = model.installs()
    installers = {install.function for install in installs if install.variable == variable}
    others = {install.function for install in installs} - installers
    for index in sorted(installers):
        home = evidence.home_of(model.functions[index].file)
        if not is_generic(home):
            yield home, evidence.definition(model.functions[index])
        for entry in model.entries_of(index):
            if not is_generic(named := evidence.home_of(entry.file)):
                yield named, Spot(file=entry.file, line=entry.line, function=entry.variable)
        for edge in model.callers(index):
            caller = model.functions[edge.caller]
            if edge.kind == "call" and edge.caller not in others and not is_generic(evidence.home_of(caller.file)):
                yield evidence.home_of(caller.file), Spot(file=caller.file, line=edge.line, function=caller.name)
