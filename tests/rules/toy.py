"""An invented kernel, small enough to know by heart: a fault core, two filesystems, one wrapper and a shared helper.

fault_entry > fault_dispatch > fault_shared > call_mkwrite >[->page_mkwrite] alfa_mkwrite > alfa_any_fault
                                                                              > shared_mkwrite >[cb] shared_actor
                                                                         bravo_mkwrite > shared_mkwrite
                                                                         wrap_mkwrite >[->page_mkwrite] ...
                             > fault_protected > call_mkwrite
                             > fault_huge >[->huge_fault] alfa_huge > alfa_any_fault (DAX only)
              fault_shared calls call_fault >[->fault] page_fault, which tests uptodate under the page lock, and
              then drops that lock.
"""

from rules.model import Edge, Exit, Function, OpEntry, Site
from tests.rules.listed import Listed

MKWRITE = "vm_operations_struct.page_mkwrite"
FAULT = "vm_operations_struct.fault"
HUGE = "vm_operations_struct.huge_fault"

# name, file, first line, parameters
_FUNCTIONS = (
    ("fault_entry", "mm/core.c", 10, ()),
    ("fault_dispatch", "mm/core.c", 30, ("vmf",)),
    ("fault_shared", "mm/core.c", 60, ("vmf",)),
    ("fault_protected", "mm/core.c", 90, ("vmf",)),
    ("fault_huge", "mm/core.c", 120, ("vmf",)),
    ("call_fault", "mm/core.c", 150, ("vmf",)),
    ("call_mkwrite", "mm/core.c", 170, ("vmf",)),
    ("page_fault", "mm/cache.c", 10, ("vmf",)),
    ("shared_mkwrite", "fs/iomap/shared.c", 10, ("vmf", "ops")),
    ("shared_actor", "fs/iomap/shared.c", 40, ("inode", "data")),
    ("shared_apply", "fs/iomap/shared.c", 70, ("actor",)),
    ("alfa_mkwrite", "fs/alfa/file.c", 60, ("vmf",)),
    ("alfa_any_fault", "fs/alfa/file.c", 10, ("vmf", "size", "write_fault")),
    ("alfa_fault", "fs/alfa/file.c", 80, ("vmf",)),
    ("alfa_huge", "fs/alfa/file.c", 100, ("vmf", "size")),
    ("bravo_mkwrite", "fs/bravo/file.c", 10, ("vmf",)),
    ("wrap_mkwrite", "fs/wrap/file.c", 10, ("vmf",)),
    ("alfa_end_read", "fs/alfa/io.c", 10, ("page", "error")),
    ("bravo_release", "fs/bravo/io.c", 10, ("page",)),
    ("lonely", "fs/bravo/io.c", 90, ()),
)  # fmt: skip
# caller, callee, line, kind, operation, condition, arguments, until
_EDGES = (
    ("fault_entry", "fault_dispatch", 15, "call", "", "", (), 0),
    ("fault_dispatch", "fault_huge", 33, "call", "", "vmf->huge", (), 33),
    ("fault_dispatch", "fault_shared", 40, "call", "", "!vmf->pte", (), 40),
    ("fault_dispatch", "fault_protected", 45, "call", "", "", (), 45),
    ("fault_shared", "call_fault", 65, "call", "", "", (), 0),
    ("fault_shared", "call_mkwrite", 72, "call", "", "vma->vm_ops->page_mkwrite", (), 0),
    ("fault_protected", "call_mkwrite", 98, "call", "", "", (), 98),
    ("fault_huge", "alfa_huge", 125, "operation", HUGE, "", (), 0),
    ("call_fault", "page_fault", 155, "operation", FAULT, "", (), 0),
    ("call_fault", "alfa_fault", 155, "operation", FAULT, "", (), 0),
    ("call_mkwrite", "alfa_mkwrite", 178, "operation", MKWRITE, "", (), 0),
    ("call_mkwrite", "bravo_mkwrite", 178, "operation", MKWRITE, "", (), 0),
    ("call_mkwrite", "wrap_mkwrite", 178, "operation", MKWRITE, "", (), 0),
    ("wrap_mkwrite", "alfa_mkwrite", 15, "operation", MKWRITE, "", (), 0),
    ("wrap_mkwrite", "bravo_mkwrite", 15, "operation", MKWRITE, "", (), 0),
    ("alfa_mkwrite", "alfa_any_fault", 62, "call", "", "", ("vmf", "SIZE_PTE", "true"), 62),
    ("alfa_fault", "alfa_any_fault", 83, "call", "", "", ("", "SIZE_PTE", "IS_DAX(inode) && wants_write(vmf)"), 83),
    ("alfa_huge", "alfa_any_fault", 106, "call", "", "", ("", "size", "wants_write(vmf)"), 106),
    ("alfa_any_fault", "shared_mkwrite", 20, "call", "", "!(IS_DAX(inode)) && write_fault", (), 0),
    ("alfa_any_fault", "page_fault", 24, "call", "", "!(IS_DAX(inode)) && !(write_fault)", (), 0),
    ("bravo_mkwrite", "shared_mkwrite", 14, "call", "", "", (), 14),
    ("shared_mkwrite", "shared_apply", 22, "call", "", "", (), 0),
    ("shared_mkwrite", "shared_actor", 22, "callback", "shared_apply", "", (), 0),
)  # fmt: skip
# function, line, op, subject, spelling, negated, condition, action, until
_SITES = (
    ("page_fault", 14, "lock", "locked", "lock_page", False, "", "", 0),
    ("page_fault", 18, "test", "uptodate", "PageUptodate", True, "", "goto page_not_uptodate", 0),
    ("fault_shared", 71, "unlock", "locked", "unlock_page", False, "vma->vm_ops->page_mkwrite", "", 0),
    ("fault_protected", 92, "lock", "locked", "lock_page", False, "", "", 0),
    ("fault_protected", 94, "unlock", "locked", "unlock_page", False, "", "", 0),
    ("bravo_mkwrite", 12, "start", "freeze", "sb_start_pagefault", False, "", "", 0),
    ("bravo_mkwrite", 13, "test", "uptodate", "PageUptodate", True, "", "return VM_FAULT_SIGBUS", 0),
    ("shared_mkwrite", 16, "lock", "locked", "lock_page", False, "", "", 0),
    ("shared_mkwrite", 18, "check", "i_size", "i_size_read", False, "", "goto out", 0),
    ("shared_mkwrite", 28, "unlock", "locked", "unlock_page", False, "", "", 0),
    ("shared_apply", 74, "check", "mapping", "page_mapping", False, "", "", 0),
    ("shared_apply", 79, "unlock", "locked", "unlock_page", False, "", "", 0),
    ("shared_actor", 50, "assert", "uptodate", "PageUptodate", True, "", "", 0),
    ("shared_actor", 52, "set", "dirty", "set_page_dirty", False, "", "", 0),
    ("alfa_end_read", 13, "clear", "uptodate", "ClearPageUptodate", False, "error", "", 0),
    ("bravo_release", 14, "clear", "uptodate", "ClearPageUptodate", False, "", "", 0),
)  # fmt: skip
# struct, field, variable, function, file, line
_TABLES = (
    ("vm_operations_struct", "fault", "alfa_vm_ops", "alfa_fault", "fs/alfa/file.c", 121),
    ("vm_operations_struct", "huge_fault", "alfa_vm_ops", "alfa_huge", "fs/alfa/file.c", 122),
    ("vm_operations_struct", "page_mkwrite", "alfa_vm_ops", "alfa_mkwrite", "fs/alfa/file.c", 123),
    ("vm_operations_struct", "fault", "bravo_vm_ops", "page_fault", "fs/bravo/file.c", 31),
    ("vm_operations_struct", "page_mkwrite", "bravo_vm_ops", "bravo_mkwrite", "fs/bravo/file.c", 32),
    ("vm_operations_struct", "page_mkwrite", "wrap_vm_ops", "wrap_mkwrite", "fs/wrap/file.c", 22),
)  # fmt: skip

PATH = """
title = "invented fault"
entries = ["fault_entry", "entry_of_another_version"]
constants = ["IS_DAX"]

[[stages]]
name = "dispatch"
text = "the kind of fault is told"
functions = ["fault_shared", "fault_protected", "fault_huge"]

[[operations]]
struct = "vm_operations_struct"
fields = ["fault", "page_mkwrite", "huge_fault"]
"""


class Toy(Listed):
    """Answers what `rules.graph.Model` answers, from the tables above."""

    def __init__(self) -> None:
        self.functions = tuple(
            Function(index=at, name=name, file=file, first=first, last=first + 19, static=True, parameters=parameters)
            for at, (name, file, first, parameters) in enumerate(_FUNCTIONS)
        )
        self.blobs = {function.file: "0" * 16 for function in self.functions}
        self.index = {function.name: function.index for function in self.functions}
        self._edges = tuple(
            Edge(
                caller=self.index[caller],
                callee=self.index[callee],
                line=line,
                kind=kind,
                operation=operation,
                condition=condition,
                arguments=arguments,
                until=until,
            )
            for caller, callee, line, kind, operation, condition, arguments, until in _EDGES
        )
        self._sites = tuple(
            Site(
                function=self.index[function],
                line=line,
                op=op,
                subject=subject,
                spelling=spelling,
                negated=negated,
                condition=condition,
                action=action,
                until=until,
            )
            for function, line, op, subject, spelling, negated, condition, action, until in _SITES
        )
        self._entries = tuple(
            OpEntry(
                struct=struct,
                field=field,
                variable=variable,
                function=function,
                target=self.index[function],
                file=file,
                line=line,
            )
            for struct, field, variable, function, file, line in _TABLES
        )

    def unresolved(self, index: int) -> tuple[tuple[int, str], ...]:
        rows = {"fault_protected": ((96, "vma->hook"), (97, "atomic_inc")), "shared_apply": ((76, "actor"),)}
        return rows.get(self.functions[index].name, ())

    def exits(self, index: int) -> tuple[Exit, ...]:
        rows = {
            "alfa_huge": (103, "!IS_DAX(inode)", "", "return VM_FAULT_FALLBACK"),
            "alfa_any_fault": (
                19,
                "write_fault",
                "!(IS_DAX(inode))",
                "return shared_mkwrite(vmf, ops)",
            ),  # the call's own
        }
        row = rows.get(self.functions[index].name)
        if row is None:
            return ()
        line, condition, under, action = row
        return (Exit(function=index, line=line, condition=condition, under=under, action=action),)
