"""A result is tested for a failure that the function does not report that way.

What:
The patch adds `!x` for the result of a function that gives an error pointer, or IS_ERR(x) for one that gives NULL, and
no test of the other kind stands near.

Why it matters:
The failure goes unseen: an error pointer is followed, or a NULL is taken for success.

Known false positives:
A function that has changed its manner in the tree that the patch is for.

Example:
    +    folio = filemap_lock_folio(mapping, index);
    +    if (!folio)
    +        return -ENOMEM;

Measured:
On patches that it was not mended on, from 21 archives (seed 41, second half; seeds 42 to 47), 21 of 23 hits read were
right, one hit a patch.
"""

import re
from collections.abc import Iterator

from rules.change import Change, ChangedHunk, ChangedLine
from rules.objections.base import Facts, Finding, Rule
from rules.objections.common import LINE_CAP, depth, function_of, hunks_of, new_text, one_each, statement_end

# What gives an error pointer, and since when a patch must know it (66dabbb65d67 of 6.4 for the page cache)
_ERROR_POINTER = {
    **dict.fromkeys(
        ("__filemap_get_folio", "filemap_get_folio", "filemap_lock_folio", "filemap_grab_folio"), "2023-06"
    ),
    **dict.fromkeys(
        (
            "read_mapping_folio", "read_cache_folio", "read_mapping_page", "read_cache_page", "kthread_run",
            "kthread_create", "debugfs_create_dir", "ext4_iget", "btrfs_iget", "f2fs_iget", "ext4_journal_start",
            "btrfs_start_transaction", "btrfs_join_transaction", "btrfs_get_extent", "blkdev_get_by_path",
            "blkdev_get_by_dev", "bdev_open_by_dev", "bdev_open_by_path", "bdev_file_open_by_dev",
            "bdev_file_open_by_path", "filp_open", "dentry_open", "lookup_one_len", "memdup_user", "memdup_user_nul",
            "strndup_user", "d_alloc_parallel", "crypto_alloc_shash", "crypto_alloc_skcipher", "kern_mount",
        ),
        "",
    ),
}  # fmt: skip
_NULL = frozenset({
    "kmalloc", "kzalloc", "kcalloc", "kmalloc_array", "kvmalloc", "kvzalloc", "kvcalloc", "kmem_cache_alloc",
    "kmem_cache_zalloc", "kstrdup", "kmemdup", "vmalloc", "vzalloc", "alloc_page", "alloc_pages", "bio_alloc",
    "find_get_page", "find_lock_page", "folio_alloc", "sb_bread", "sb_getblk", "igrab", "ilookup", "alloc_workqueue",
    "d_make_root", "new_inode", "btrfs_alloc_path", "kobject_create_and_add", "iget_locked", "iget5_locked", "dget",
    "d_find_alias", "mempool_alloc", "blk_alloc_queue_stats",
})  # fmt: skip
_TAKES = re.compile(r"(?<![\w>.])((?:\w+(?:->|\.))*\w+)[ \t]*=[ \t]*([a-z_]\w+)\(")
_LOOKED_AT = 8  # lines after the call


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:
    hunks = hunks_of(facts.new_lines)
    return one_each(finding for hunk in hunks for finding in _in_hunk(hunk, facts, change.date))


def _in_hunk(hunk: ChangedHunk, facts: Facts, date: str) -> Iterator[Finding]:
    lines = new_text(hunk)
    for at, line in enumerate(lines):
        name = line.text[:LINE_CAP].partition("= ")[2].partition("(")[0]
        if name not in _ERROR_POINTER and name not in _NULL:
            continue
        match = _TAKES.search(line.text[:LINE_CAP])
        if match is None or facts.is_gone(line.text):  # it moves: it was tested so in the tree
            continue
        gives_error = match[2] in _ERROR_POINTER and date >= _ERROR_POINTER[match[2]]
        if not gives_error and match[2] not in _NULL:
            continue
        test = _test(lines, at, match[1], gives_error=gives_error)
        if test is not None and "+" in (line.sign, test.sign):
            gives, asked = ("an error pointer", f"!{match[1]}") if gives_error else ("NULL", f"IS_ERR({match[1]})")
            yield Finding(
                text=f"{match[2]}() gives {gives} when it fails; '{asked}' does not see that.",
                file=hunk.file,
                line=test.new,
                function=function_of(hunk, test),
                words=(match[2], "IS_ERR", "NULL"),
            )


def _test(lines: tuple[ChangedLine, ...], at: int, name: str, *, gives_error: bool) -> ChangedLine | None:
    """The first test of the pointer after the call, when it is of the wrong kind and none of the right kind follows."""
    word = re.escape(name)
    seen = re.compile(rf"(?<![\w>.]){word}(?![\w(])")
    null = re.compile(rf"\bif \((?:unlikely\()?(?:!{word}|{word} == NULL)\)")
    error = re.compile(rf"\bif \((?:unlikely\()?IS_ERR\({word}\)")
    block = depth(lines[at].text)
    end = statement_end(lines, at)
    for number, line in enumerate(lines[end + 1 : end + 1 + _LOOKED_AT], end + 1):
        text = line.text[:LINE_CAP]
        if not text.strip():
            continue
        if depth(text) < block:
            return None  # another branch may have given it another value
        if (null if gives_error else error).search(text):
            near = "\n".join(one.text[:LINE_CAP] for one in lines[number : number + _LOOKED_AT])
            other = re.search(rf"IS_ERR\w*\({word}\)", near) if gives_error else re.search(rf"!{word}\b", near)
            return None if other else line
        if seen.search(text):
            return None
    return None


RULE = Rule(
    id="failure-test-wrong",
    title="A failure is tested for in the wrong way",
    severity="high",
    confidence="high",
    kinds=("correctness",),
    check=_check,
    documentation=__doc__,
)
