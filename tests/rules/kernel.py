"""A small model with the kernel's own core function names, so that the shipped path files serve it, and invented
filesystems: alfa and bravo go through a shared helper, charlie checks for itself, delta does not, echo is not read.

It answers what `rules.graph.Model` answers. Lines are invented.
"""

from collections.abc import Sequence

from rules.model import Edge, Function, OpEntry, Site
from tests.rules.listed import Listed

MKWRITE = "vm_operations_struct.page_mkwrite"
FAULT = "vm_operations_struct.fault"

_FUNCTIONS = (
    ("handle_mm_fault", "mm/memory.c", 10),
    ("do_shared_fault", "mm/memory.c", 40),
    ("do_wp_page", "mm/memory.c", 70),
    ("wp_page_shared", "mm/memory.c", 100),
    ("do_page_mkwrite", "mm/memory.c", 130),
    ("__do_fault", "mm/memory.c", 160),
    ("filemap_fault", "mm/filemap.c", 10),
    ("helper_mkwrite", "fs/iomap/helper.c", 10),
    ("helper_actor", "fs/iomap/helper.c", 50),
    ("helper_writeback", "fs/iomap/helper.c", 90),
    ("helper_read_end_io", "fs/iomap/helper.c", 130),
    ("helper_write_end_io", "fs/iomap/helper.c", 160),
    ("alfa_page_mkwrite", "fs/alfa/file.c", 10),
    ("bravo_page_mkwrite", "fs/bravo/file.c", 10),
    ("charlie_page_mkwrite", "fs/charlie/file.c", 10),
    ("charlie_write_end_io", "fs/charlie/io.c", 10),
    ("delta_page_mkwrite", "fs/delta/file.c", 10),
    ("delta_write_end_io", "fs/delta/io.c", 10),
    ("delta_read_page", "fs/delta/io.c", 40),
    ("delta_read_folio", "fs/delta/io.c", 70),
    ("foxtrot_page_mkwrite", "fs/foxtrot/file.c", 10),
    ("kernfs_vma_page_mkwrite", "fs/kernfs/file.c", 10),
    ("lonely", "drivers/toy/toy.c", 10),
)
_EDGES = (
    ("handle_mm_fault", "do_shared_fault", 15, "call", "", "!vmf->pte"),
    ("handle_mm_fault", "do_wp_page", 20, "call", "", ""),
    ("do_shared_fault", "__do_fault", 45, "call", "", ""),
    ("do_shared_fault", "do_page_mkwrite", 52, "call", "", ""),
    ("do_wp_page", "wp_page_shared", 80, "call", "", ""),
    ("wp_page_shared", "do_page_mkwrite", 110, "call", "", ""),
    ("__do_fault", "filemap_fault", 165, "operation", FAULT, ""),
    ("alfa_page_mkwrite", "helper_mkwrite", 14, "call", "", ""),
    ("bravo_page_mkwrite", "helper_mkwrite", 14, "call", "", ""),
    ("helper_mkwrite", "helper_actor", 20, "call", "", ""),
    *(("do_page_mkwrite", name, 140, "operation", MKWRITE, "") for name in (
        "alfa_page_mkwrite", "bravo_page_mkwrite", "charlie_page_mkwrite", "delta_page_mkwrite",
        "foxtrot_page_mkwrite", "kernfs_vma_page_mkwrite",
    )),
    ("kernfs_vma_page_mkwrite", "alfa_page_mkwrite", 15, "operation", MKWRITE, ""),
    ("delta_read_page", "helper_mkwrite", 45, "callback", "", ""),
    ("delta_read_page", "lonely", 46, "call", "", ""),
    ("delta_read_page", "filemap_fault", 47, "call", "", ""),
    ("delta_read_folio", "helper_mkwrite", 75, "callback", "", ""),
    ("delta_read_folio", "lonely", 76, "call", "", ""),
    ("delta_read_folio", "filemap_fault", 77, "call", "", ""),
)  # fmt: skip
_SITES = (
    ("filemap_fault", 15, "lock", "locked", "lock_page", False, "", ""),
    ("filemap_fault", 16, "test", "uptodate", "PageUptodate", True, "", "goto page_not_uptodate"),
    ("do_shared_fault", 50, "unlock", "locked", "unlock_page", False, "", ""),
    ("alfa_page_mkwrite", 12, "start", "freeze", "sb_start_pagefault", False, "", ""),
    ("bravo_page_mkwrite", 12, "start", "freeze", "sb_start_pagefault", False, "", ""),
    ("helper_mkwrite", 12, "lock", "locked", "lock_page", False, "", ""),
    ("helper_mkwrite", 30, "unlock", "locked", "unlock_page", False, "", ""),
    ("helper_mkwrite", 31, "convert", "vm_fault", "block_page_mkwrite_return", False, "", ""),
    ("helper_actor", 60, "assert", "uptodate", "PageUptodate", True, "", ""),
    ("charlie_page_mkwrite", 15, "test", "uptodate", "PageUptodate", True, "", "return VM_FAULT_SIGBUS"),
    ("foxtrot_page_mkwrite", 15, "assert", "uptodate", "PageUptodate", True, "", ""),
    ("helper_writeback", 100, "clear", "uptodate", "ClearPageUptodate", False, "error", ""),
    ("helper_writeback", 95, "lock", "locked", "lock_page", False, "", ""),
    ("helper_writeback", 105, "unlock", "locked", "unlock_page", False, "", ""),
    ("helper_writeback", 110, "set", "mapping_error", "mapping_set_error", False, "", ""),
    ("helper_write_end_io", 165, "set", "mapping_error", "mapping_set_error", False, "error", ""),
    ("charlie_write_end_io", 15, "clear", "uptodate", "ClearPageUptodate", False, "error", ""),
    ("delta_write_end_io", 15, "clear", "uptodate", "ClearPageUptodate", False, "bio->bi_status", ""),
    ("delta_read_page", 48, "set", "error", "SetPageError", False, "error", ""),
    ("delta_read_folio", 78, "set", "error", "folio_set_error", False, "error", ""),
)
_TABLES = (
    *((name, "page_mkwrite", f"{name}_vm_ops", f"{name}_page_mkwrite", f"fs/{name}/file.c", 200) for name in (
        "alfa", "bravo", "charlie", "delta", "foxtrot",
    )),
    ("kernfs", "page_mkwrite", "kernfs_vm_ops", "kernfs_vma_page_mkwrite", "fs/kernfs/file.c", 200),
    ("echo", "page_mkwrite", "echo_vm_ops", "echo_page_mkwrite", "fs/echo/file.c", 200),
    ("alfa", "fault", "alfa_vm_ops", "filemap_fault", "fs/alfa/file.c", 201),
    ("alfa", "freeze_fs", "alfa_super", "alfa_freeze", "fs/alfa/super.c", 20),
    ("delta", "freeze_fs", "delta_super", "delta_freeze", "fs/delta/super.c", 20),
)  # fmt: skip


class Kernel(Listed):
    """See the module."""

    def __init__(self, *, without: Sequence[tuple[str, str]] = (), later: tuple[str, str] = ("", "")) -> None:
        """`without`: (function, spelling) of sites to leave out; `later`: caller and callee by a completion."""
        self.functions = tuple(
            Function(index=at, name=name, file=file, first=first, last=first + 25, static=True)
            for at, (name, file, first) in enumerate(_FUNCTIONS)
        )
        self.blobs = {function.file: "0" * 16 for function in self.functions}
        self.index = {function.name: function.index for function in self.functions}
        self._edges = tuple(
            Edge(
                caller=self.index[caller],
                callee=self.index[callee],
                line=line,
                kind="completion" if (caller, callee) == later else kind,  # type: ignore[arg-type]
                operation=operation,
                condition=condition,
            )
            for caller, callee, line, kind, operation, condition in _EDGES
        )
        self._sites = tuple(
            Site(
                function=self.index[function],
                line=line,
                op=op,  # type: ignore[arg-type]
                subject=subject,
                spelling=spelling,
                negated=negated,
                condition=condition,
                action=action,
            )
            for function, line, op, subject, spelling, negated, condition, action in _SITES
            if (function, spelling) not in without
        )
        self._entries = tuple(
            OpEntry(
                struct="super_operations" if field == "freeze_fs" else "vm_operations_struct",
                field=field,
                variable=variable,
                function=function,
                target=self.index.get(function, -1),
                file=file,
                line=line,
            )
            for _, field, variable, function, file, line in _TABLES
        )
