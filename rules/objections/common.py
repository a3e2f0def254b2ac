"""What several rules ask: which calls belong together, which may sleep, what a line and a statement is."""

import re
from collections.abc import Iterable
from itertools import islice

from rules.change import Change, ChangedHunk, ChangedLine
from rules.guards import Item, hunks
from rules.objections.base import Facts, Finding

SPIN_PAIRS = {
    "spin_lock": "spin_unlock",
    "spin_lock_irq": "spin_unlock_irq",
    "spin_lock_irqsave": "spin_unlock_irqrestore",
    "spin_lock_bh": "spin_unlock_bh",
    "read_lock": "read_unlock",
    "write_lock": "write_unlock",
    "xa_lock_irq": "xa_unlock_irq",
    "xa_lock_irqsave": "xa_unlock_irqrestore",
    "xas_lock_irq": "xas_unlock_irq",
    "pte_offset_map_lock": "pte_unmap_unlock",
    "rcu_read_lock": "rcu_read_unlock",
}
PAIRS = SPIN_PAIRS | {
    "folio_lock": "folio_unlock",
    "lock_page": "unlock_page",
    "mutex_lock": "mutex_unlock",
    "down_read": "up_read",
    "down_write": "up_write",
    "inode_lock": "inode_unlock",
    "inode_lock_shared": "inode_unlock_shared",
    "filemap_invalidate_lock": "filemap_invalidate_unlock",
    "filemap_invalidate_lock_shared": "filemap_invalidate_unlock_shared",
    "sb_start_pagefault": "sb_end_pagefault",
    "sb_start_write": "sb_end_write",
    "mmap_read_lock": "mmap_read_unlock",
    "xfs_ilock": "xfs_iunlock",
}
_SLEEPERS = frozenset({
    "folio_lock", "lock_page", "folio_lock_killable", "lock_page_killable", "mutex_lock", "down_read", "down_write",
    "inode_lock", "wait_on_page_writeback", "folio_wait_writeback", "wait_on_page_locked", "folio_wait_locked",
    "wait_for_stable_page", "folio_wait_stable", "filemap_invalidate_lock", "filemap_invalidate_lock_shared",
    "sb_start_pagefault", "sb_start_write", "msleep", "cond_resched", "schedule", "wait_for_completion", "wait_event",
    "filemap_write_and_wait", "filemap_fdatawait", "truncate_inode_pages", "invalidate_inode_pages2", "vmalloc",
    "kvmalloc", "copy_from_user", "copy_to_user", "fault_in_readable", "flush_work", "synchronize_rcu",
})  # fmt: skip
_BLOCKING_ALLOCATION = re.compile(r"\bGFP_(?:KERNEL|NOFS|NOIO|USER)\b")
LINE_CAP = 400  # characters of a line that a rule reads: no line of C that matters is longer
_STATEMENT_CAP = 40  # lines of a statement
_FINDINGS_CAP = 100  # of one rule in one patch
_NO_CODE = re.compile(r'"(?:[^"\\]|\\.)*"|/\*.*|//.*')
_BIO_END = re.compile(r"bi_end_io[ \t]*=[ \t]*(\w+)")


def may_sleep(item: Item) -> bool:
    """The call takes a sleeping lock, waits, or allocates with a mask that lets it wait."""
    if item.spelling.startswith("__xa_"):  # they drop the lock to allocate
        return False
    return item.called and (item.spelling in _SLEEPERS or bool(_BLOCKING_ALLOCATION.search(item.argument)))


def is_added(facts: Facts, name: str) -> bool:
    """The patch defines the function in added lines: it is new, or was moved here."""
    return ("+", name) in facts.heads


def is_removed(facts: Facts, name: str) -> bool:
    """The patch takes the function's definition away."""
    return ("-", name) in facts.heads and ("+", name) not in facts.heads


def function_of(hunk: ChangedHunk, line: ChangedLine) -> str:
    """The changed function that a line of the hunk's new text stands in, "" for none."""
    current = next(iter(hunk.functions), "")
    for one in hunk.lines:
        if one.text[:1].isalpha() and not one.text.rstrip().endswith((";", ":")):
            current = next((name for name in hunk.functions if f"{name}(" in one.text[:LINE_CAP]), current)
        if one is line:
            break
    return current


def hunks_of(lines: Iterable[tuple[ChangedHunk, ChangedLine]]) -> tuple[ChangedHunk, ...]:
    """The hunks of these lines, once each: told apart by identity, for a hash would read all their lines."""
    return tuple({id(hunk): hunk for hunk, _ in lines}.values())


def new_text(hunk: ChangedHunk) -> tuple[ChangedLine, ...]:
    """The hunk's lines that are there afterwards."""
    return tuple(line for line in hunk.lines if line.sign != "-")


def depth(text: str) -> int:
    """Columns that a line is indented by; a tab goes to the next multiple of eight."""
    expanded = text[:LINE_CAP].expandtabs()
    return len(expanded) - len(expanded.lstrip())


def statement(lines: tuple[ChangedLine, ...], at: int) -> str:
    """The text from a line on, to the line that ends the statement; a few lines at most."""
    parts: list[str] = []
    for line in lines[at : at + 6]:
        parts.append(line.text.strip()[:LINE_CAP])
        if _ends_statement(line):
            break
    return " ".join(parts)


def statement_end(lines: tuple[ChangedLine, ...], at: int) -> int:
    """Where the statement of a line ends; the last line, or the last looked at, when its end is not shown."""
    last = min(at + _STATEMENT_CAP, len(lines) - 1)
    while at < last and not _ends_statement(lines[at]):
        at += 1
    return at


def _ends_statement(line: ChangedLine) -> bool:
    return line.text.rstrip().endswith((";", "{", "}"))


def code_of(text: str) -> str:
    """The line without what stands in strings and without its comment."""
    return _NO_CODE.sub("", text)


def one_each(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The first finding in each function: whoever mends it sees the others."""
    found: dict[tuple[str, str], Finding] = {}
    for finding in islice(findings, _FINDINGS_CAP):
        found.setdefault((finding.file, finding.function), finding)
    return tuple(found.values())


def bio_completions(change: Change) -> frozenset[str]:
    """Functions that the patch's own text hands to a bio as its completion."""
    texts = (
        line.text[:LINE_CAP] for hunk in hunks(change) for line in hunk.lines if "bi_end_io" in line.text[:LINE_CAP]
    )
    return frozenset(match[1] for text in texts if (match := _BIO_END.search(text)))


def produced_in_words(facts: Facts, function: str) -> str:
    """Where the state comes from, from the placement's table; "" when nothing is known of it."""
    produced = tuple(cell for cell in facts.produced(function) if cell.near)
    if not produced:
        return "The model sees no place in the code around it that brings a page into this state."
    spot = f" ({produced[0].spots[0]})" if produced[0].spots else ""
    return f"The state is made here: {produced[0].text}{spot}."
