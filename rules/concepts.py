"""The spellings of each state operation, from page times to folio times: `PageUptodate` is a test of "uptodate".

One table for extraction, for patches and for rules, so that a question asked of two kernels has the same words. The
table holds what kernel headers define; the wrappers that a filesystem generates for itself (`btrfs_*_clear_uptodate`)
follow the same form and are found by it. Names only: what a call does with its outcome is seen where it stands.
"""

import re

from rules.model import SiteOp, Value


class Concept(Value, frozen=True, kw_only=True):
    """What a name does to which state. `argument` must occur in the call's arguments, when not ""."""

    op: SiteOp
    subject: str
    argument: str = ""


# subject: the CamelCase part of page-flag names and the part of folio and buffer names
_FLAGS = {
    "uptodate": ("Uptodate", "uptodate"),
    "error": ("Error", "error"),
    "dirty": ("Dirty", "dirty"),
    "writeback": ("Writeback", "writeback"),
    "locked": ("Locked", "locked"),
}

# op, subject: the names that are no plain test, set or clear of a page flag
_NAMES: dict[tuple[SiteOp, str], str] = {
    ("test", "uptodate"): "PageUptodate folio_test_uptodate",
    ("set", "uptodate"): "folio_mark_uptodate __folio_mark_uptodate __SetPageUptodate folio_end_read",
    ("set", "dirty"): "set_page_dirty set_page_dirty_lock folio_mark_dirty folio_mark_dirty_lock filemap_dirty_folio "
    "__set_page_dirty_nobuffers __set_page_dirty_buffers block_dirty_folio iomap_dirty_folio iomap_set_page_dirty "
    "mark_buffer_dirty __set_page_dirty __folio_mark_dirty noop_dirty_folio redirty_page_for_writepage "
    "folio_redirty_for_writepage",
    ("clear", "dirty"): "clear_page_dirty_for_io folio_clear_dirty_for_io cancel_dirty_page folio_cancel_dirty "
    "__cancel_dirty_page __folio_cancel_dirty folio_test_clear_dirty clear_buffer_dirty clear_page_dirty",
    ("set", "writeback"): "set_page_writeback set_page_writeback_keepwrite folio_start_writeback "
    "folio_start_writeback_keepwrite __folio_start_writeback test_set_page_writeback __test_set_page_writeback",
    ("clear", "writeback"): "end_page_writeback folio_end_writeback test_clear_page_writeback "
    "__folio_end_writeback folio_end_writeback_no_dropbehind",
    ("wait", "writeback"): "wait_on_page_writeback folio_wait_writeback wait_for_stable_page folio_wait_stable "
    "wait_on_page_writeback_killable folio_wait_writeback_killable",
    ("lock", "locked"): "lock_page __lock_page trylock_page lock_page_killable lock_page_or_retry folio_lock "
    "__folio_lock folio_trylock folio_lock_killable folio_lock_or_retry __folio_lock_or_retry "
    "find_lock_page filemap_lock_folio",
    ("unlock", "locked"): "unlock_page folio_unlock folio_end_read",
    ("wait", "locked"): "wait_on_page_locked folio_wait_locked wait_on_page_locked_killable "
    "folio_wait_locked_killable put_and_wait_on_page_locked folio_put_wait_locked",
    ("lock", "invalidate_lock"): "filemap_invalidate_lock filemap_invalidate_lock_shared "
    "filemap_invalidate_trylock_shared filemap_invalidate_lock_two",
    ("unlock", "invalidate_lock"): "filemap_invalidate_unlock filemap_invalidate_unlock_shared "
    "filemap_invalidate_unlock_two",
    ("lock", "i_rwsem"): "inode_lock inode_lock_shared inode_trylock inode_trylock_shared inode_lock_nested "
    "inode_lock_killable",
    ("unlock", "i_rwsem"): "inode_unlock inode_unlock_shared",
    ("start", "freeze"): "sb_start_pagefault sb_start_write sb_start_write_trylock file_start_write "
    "mnt_want_write_file kiocb_start_write sb_start_intwrite",
    ("end", "freeze"): "sb_end_pagefault sb_end_write file_end_write mnt_drop_write_file kiocb_end_write "
    "sb_end_intwrite",
    ("check", "i_size"): "i_size_read page_mkwrite_check_truncate folio_mkwrite_check_truncate",
    ("set", "i_size"): "i_size_write",
    ("check", "mapping"): "page_mkwrite_check_truncate folio_mkwrite_check_truncate page_mapping folio_mapping",
    ("convert", "vm_fault"): "block_page_mkwrite_return vmf_error vmf_fs_error vmf_insert_mixed vmf_insert_pfn "
    "dax_fault_return vm_fault_to_errno btrfs_error_to_vmf",
    ("set", "mapping_error"): "mapping_set_error __filemap_set_wb_err filemap_set_wb_err errseq_set "
    "nfs_mapping_set_error",
    ("test", "mapping_error"): "filemap_check_errors filemap_check_and_keep_errors file_check_and_advance_wb_err "
    "filemap_check_wb_err errseq_check errseq_check_and_advance",
}  # fmt: skip

# Locks that were something else before invalidate_lock: v5.15, 730633f0b7f9 ("mm: Protect operations adding pages to
# page cache with invalidate_lock").
_BY_ARGUMENT: dict[str, tuple[tuple[SiteOp, str, str], ...]] = {
    "down_read": (("lock", "invalidate_lock", "i_mmap_sem"), ("lock", "invalidate_lock", "invalidate_lock")),
    "down_write": (("lock", "invalidate_lock", "i_mmap_sem"), ("lock", "invalidate_lock", "invalidate_lock")),
    "up_read": (("unlock", "invalidate_lock", "i_mmap_sem"), ("unlock", "invalidate_lock", "invalidate_lock")),
    "up_write": (("unlock", "invalidate_lock", "i_mmap_sem"), ("unlock", "invalidate_lock", "invalidate_lock")),
    "xfs_ilock": (("lock", "invalidate_lock", "MMAPLOCK"),),
    "xfs_ilock_nowait": (("lock", "invalidate_lock", "MMAPLOCK"),),
    "xfs_iunlock": (("unlock", "invalidate_lock", "MMAPLOCK"),),
    "test_bit": (("test", "mapping_error", "AS_EIO"), ("test", "mapping_error", "AS_ENOSPC")),
    "set_bit": (("set", "mapping_error", "AS_EIO"), ("set", "mapping_error", "AS_ENOSPC")),
    "test_and_clear_bit": (("test", "mapping_error", "AS_EIO"), ("test", "mapping_error", "AS_ENOSPC")),
}

_OPS: dict[str, SiteOp] = {"test": "test", "set": "set", "clear": "clear"}
# Wrappers of one filesystem or subsystem: btrfs_page_clear_uptodate, btrfs_folio_set_error, ext4_clear_page_dirty
# As text: few names have one in them, and re keeps what it has compiled.
_WRAPPER = r"\w{1,40}_(?:page|folio|meta_folio)_(test|set|clear)_(uptodate|error|dirty|writeback)"

ASSERTS = re.compile(r"\w*(?:WARN|BUG)_?ON\w*|WARN(?:_ONCE)?|BUG|\w*ASSERT\w*|\w+_(?:warn|bug)_on")


def _wrapper(name: str) -> re.Match[str] | None:
    return re.fullmatch(_WRAPPER, name) if name.endswith(("_uptodate", "_error", "_dirty", "_writeback")) else None


def find(name: str, arguments: str | None = None) -> Concept | None:
    """What a call of `name` does, None when it is no state operation.

    `arguments` is the text between the parentheses; without it names that mean something only with a certain argument
    (`down_read(&ip->i_mmap_sem)`) are not found.
    """
    found = all_of(name, arguments)
    return found[0] if found else None


def all_of(name: str, arguments: str | None = None) -> tuple[Concept, ...]:
    """Every concept of a call, most telling first: `folio_end_read` sets uptodate and unlocks."""
    known = _table().get(name)
    if known is not None:
        return known
    if name in _BY_ARGUMENT:
        if arguments is None:
            return ()
        matches = [row for row in _BY_ARGUMENT[name] if row[2] in arguments]
        return tuple(Concept(op=op, subject=subject, argument=word) for op, subject, word in matches[:1])
    match = _wrapper(name)
    if match:
        return (Concept(op=_OPS[match[1]], subject=match[2]),)
    return ()


def spellings(subject: str, op: SiteOp | None = None) -> tuple[str, ...]:
    """The names that the table holds for a subject, in alphabetical order."""
    rows = [name for name, found in _table().items() if any(_is(concept, subject, op) for concept in found)]
    words = {row[2] for rows_ in _BY_ARGUMENT.values() for row in rows_ if row[1] == subject and op in (None, row[0])}
    return tuple(sorted({*rows, *words}))


def subjects() -> tuple[str, ...]:
    """Every subject, in the order of the table."""
    return tuple(dict.fromkeys([*_FLAGS, *(subject for _, subject in _NAMES)]))


def _is(concept: Concept, subject: str, op: SiteOp | None) -> bool:
    return concept.subject == subject and op in (None, concept.op)


def may_concern(name: str) -> bool:
    """Cheap first look: can a call of this name be a state operation at all?"""
    return name in _table() or name in _BY_ARGUMENT or _wrapper(name) is not None


_TABLE: dict[str, tuple[Concept, ...]] = {}


def _table() -> dict[str, tuple[Concept, ...]]:
    """Name to concepts, made on first use: importing this module must cost nothing."""
    if not _TABLE:
        _TABLE.update(_built())
    return _TABLE


def _built() -> dict[str, tuple[Concept, ...]]:
    table: dict[str, tuple[Concept, ...]] = {}
    for (op, subject), names in _NAMES.items():
        for name in names.split():
            table[name] = (*table.get(name, ()), Concept(op=op, subject=subject))
    for subject, (camel, snake) in _FLAGS.items():
        for name, op in _flag_names(camel, snake):
            table.setdefault(name, (Concept(op=op, subject=subject),))
    return table


def _flag_names(camel: str, snake: str) -> list[tuple[str, SiteOp]]:
    """What PAGEFLAG and BUFFER_FNS generate for one flag."""
    return [
        (f"Page{camel}", "test"),
        (f"TestSetPage{camel}", "set"),
        (f"TestClearPage{camel}", "clear"),
        (f"SetPage{camel}", "set"),
        (f"__SetPage{camel}", "set"),
        (f"ClearPage{camel}", "clear"),
        (f"__ClearPage{camel}", "clear"),
        (f"folio_test_{snake}", "test"),
        (f"folio_set_{snake}", "set"),
        (f"__folio_set_{snake}", "set"),
        (f"folio_clear_{snake}", "clear"),
        (f"__folio_clear_{snake}", "clear"),
        (f"folio_test_set_{snake}", "set"),
        (f"folio_test_clear_{snake}", "clear"),
    ]
