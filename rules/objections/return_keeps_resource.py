"""A new early return leaks what the function has acquired.

What:
The patch adds a return with an error after the function took something into a local variable (memory, a page, folio,
inode, buffer, path, handle) that the same hunk gives back later on, and on the way to the return nothing gives it back
or hands it on.

Why it matters:
Memory or a reference leaks each time that the error happens; a kept handle or path holds locks as well.

Known false positives:
A function that hands the object on in a way that its text does not show.

Example:
         path = btrfs_alloc_path();
         if (!path)
             return -ENOMEM;
    +    if (!root)
    +        return -ENOENT;
         ...
         btrfs_free_path(path);

Measured:
On patches that it was not mended on, from 24 archives (seeds 45 to 48), 16 of 22 hits read were right, one hit a patch;
of the 9 in archives of filesystems and the block layer 8. Five of the six wrong ones (-EINPROGRESS, an error made of
the object, numbers, managed memory) are silent since.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import islice

from rules.change import Change, ChangedHunk
from rules.guards import Item, follows, is_error
from rules.objections.base import Facts, Finding, Rule
from rules.objections.common import LINE_CAP, one_each

# What takes, and what gives back, by the beginnings of their names
_GIVES_BACK: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("kmalloc", "kzalloc", "kcalloc", "kmemdup", "kstrdup", "kstrndup"), ("kfree", "kzfree", "kvfree")),
    (("kvmalloc", "kvzalloc", "kvcalloc", "vmalloc", "vzalloc"), ("kvfree", "vfree")),
    (
        ("filemap_get_folio", "filemap_lock_folio", "filemap_grab_folio", "__filemap_get_folio", "read_mapping_folio",
         "read_cache_folio", "folio_alloc"),
        ("folio_put", "f2fs_folio_put", "folio_release_kmap"),
    ),
    (
        ("find_get_page", "find_lock_page", "find_or_create_page", "grab_cache_page", "pagecache_get_page",
         "read_mapping_page", "read_cache_page", "alloc_page"),
        ("put_page", "f2fs_put_page", "__free_page", "free_page"),
    ),
    (("igrab", "iget_locked", "ilookup", "ext4_iget", "btrfs_iget", "f2fs_iget"), ("iput", "iget_failed")),
    (("btrfs_alloc_path",), ("btrfs_free_path",)),
    (("sb_bread", "sb_getblk", "ext4_bread", "ext4_sb_bread", "ext4_read_"), ("brelse", "put_bh", "bforget")),
    (("ext4_journal_start",), ("ext4_journal_stop",)),
    (
        ("btrfs_start_transaction", "btrfs_join_transaction", "btrfs_attach_transaction"),
        ("btrfs_end_transaction", "btrfs_commit_transaction", "btrfs_abort_transaction"),
    ),
    (("bio_alloc",), ("bio_put", "bio_endio")),
    (("dget", "lookup_one", "d_alloc"), ("dput", "d_drop", "end_")),
    (("btrfs_get_fs_root",), ("btrfs_put_root",)),
    (("get_proc_task", "get_pid_task", "find_get_task"), ("put_task_struct",)),
    (("btrfs_lookup_block_group",), ("btrfs_put_block_group",)),
    (("xfs_perag_get",), ("xfs_perag_put",)),
    (("filp_open", "dentry_open", "fget"), ("fput", "filp_close")),
)  # fmt: skip
# Other functions tell by the words of their names: foo_bar_get() and foo_bar_put()
_TAKES = frozenset({"alloc", "get", "lookup", "create", "open", "dup", "clone", "grab", "build", "acquire"})
_NO_RESOURCE = ("devm_", "dmam_", "nla_")  # given back with the device; numbers
_GIVES = frozenset({"free", "put", "destroy", "release", "close", "relse"})
_ERROR = re.compile(r"err(?:or)?|ret(?:val)?|rc|status")
_GOES_ON = re.compile(r"-E(?:IOCBQUEUED|INPROGRESS)")
_AROUND = 300  # items before and after a return that are looked at
_RETURNS = 200  # of a hunk that are looked at
_LABEL = re.compile(r"[ \t]*(?:case\b|default[ \t]*:)")


class _Shown:
    """The lines of a hunk's new text with their numbers, and those of them that free by themselves."""

    def __init__(self, hunk: ChangedHunk) -> None:
        lines = [(line.new, line.text[:LINE_CAP]) for line in hunk.lines if line.sign != "-" and line.new is not None]
        self.numbers = [number for number, _ in lines]
        self.texts = [text for _, text in lines]
        self.freeing = "\n".join(line.text[:LINE_CAP] for line in hunk.lines if "__free" in line.text)

    def between(self, first: int, last: int) -> list[str]:
        """The lines of these numbers, both included."""
        return self.texts[bisect_left(self.numbers, first) : bisect_right(self.numbers, last)]


def _check(change: Change, facts: Facts) -> tuple[Finding, ...]:  # noqa: ARG001 -- the signature of every rule
    return one_each(finding for hunk, items in facts.views for finding in _in_hunk(hunk, items, facts))


def _in_hunk(hunk: ChangedHunk, items: tuple[Item, ...], facts: Facts) -> Iterator[Finding]:
    shown = _Shown(hunk)
    returns = ((at, item) for at, item in enumerate(items) if item.op == "return" and item.sign == "+")
    for at, item in islice(returns, _RETURNS):
        value = item.subject
        fails = (is_error(value) and not _GOES_ON.search(value)) or _ERROR.fullmatch(value)
        if not fails:
            continue
        taken = _kept(shown, items, at) if item.under and item.function else None
        if taken is not None and not facts.is_gone(taken.text):  # else both lines only moved
            yield Finding(
                text=f"'return {value}' leaves {item.function}() with {taken.into} of {taken.spelling}() not given "
                "back; the way on does.",
                file=hunk.file,
                line=item.line,
                function=item.function,
                words=("leak", taken.into, taken.spelling),
            )


def _kept(shown: _Shown, items: tuple[Item, ...], at: int) -> Item | None:
    """What was taken before items[at] and is given back only after it."""
    leaving = items[at]
    for back in range(at - 1, max(-1, at - _AROUND), -1):
        one = items[back]
        if one.function != leaving.function:
            return None
        ends = _ends(one.spelling) if one.called and one.into.isidentifier() else None
        if ends is None or f"->{one.into} =" in one.text or not follows(items, back, at):
            continue
        word = re.compile(rf"\b{one.into}\b")
        own = leaving.under[len(one.under) :]
        if any(word.search(part) for part in own) or word.search(leaving.subject):
            continue  # where it was not taken at all
        between = [n for n in items[back + 1 : at] if n.called and word.search(n.argument)]
        if any(_frees(n.spelling) or n.spelling == "PTR_ERR_OR_ZERO" for n in between):
            continue
        if _handed_on(shown, one, leaving.line) or not _given_back(items, at, one, ends):
            continue
        return one
    return None


def _ends(name: str) -> tuple[str, ...] | None:
    """Beginnings of the names that give back; () when only their words tell, None when nothing is taken."""
    listed = next((ends for starts, ends in _GIVES_BACK if name.startswith(starts)), None)
    if listed is not None or not _verb(name, _TAKES) or name.startswith(_NO_RESOURCE):
        return listed
    return ()


def _verb(name: str, verbs: frozenset[str]) -> bool:
    """A word of the name is one of the verbs, where a name has its verb: first, second or last."""
    words = name.strip("_").split("_")
    return not verbs.isdisjoint((*words[:2], words[-1])) and "for" not in words


def _gives_back(name: str, taken: Item, ends: tuple[str, ...]) -> bool:
    if ends:
        return name.startswith(ends)
    what = {*name.split("_")} - _GIVES
    return _verb(name, _GIVES) and bool(what) and what <= {*taken.spelling.split("_")} - _TAKES


def _frees(name: str) -> bool:
    """By whatever way: here any function will do that sounds so."""
    return _verb(name, _GIVES) or any(name.startswith(ends) for _, ends in _GIVES_BACK)


def _given_back(items: tuple[Item, ...], at: int, taken: Item, ends: tuple[str, ...]) -> bool:
    """In the same function, and not only in the branch that returns."""
    word = re.compile(rf"\b{taken.into}\b")
    leaving = items[at].under
    for item in items[at + 1 : at + _AROUND]:
        if item.function != taken.function or item.into == taken.into:
            return False  # another function, or another value
        gives = item.called and _gives_back(item.spelling, taken, ends) and word.search(item.argument)
        if gives and item.under[: len(leaving)] != leaving:
            return True
    return False


def _handed_on(shown: _Shown, taken: Item, last: int) -> bool:
    """Between the two lines the object is stored, put on a list or given another owner, or another case begins."""
    name = re.escape(taken.into)
    if shown.freeing and re.search(rf"\b{name}\b", shown.freeing):
        return True
    texts = shown.between(taken.line, last)
    if any(_LABEL.match(text) for text in texts):
        return True
    said = [text for text in texts[1:] if taken.into in text or "__free" in text or "_ptr" in text]
    if not said:
        return False
    stored = re.compile(
        rf"=[ \t]*(?:\([^()]*\)[ \t]*)?{name}[ \t]*[;,]|\b{name}[ \t]*=(?!=)|"
        rf"(?:add|insert|store|attach|queue|install|assign|set|enter|publish|register|list)\w*\([^;]*\b{name}\b|"
        rf"__free|no_free_ptr|return_ptr"
    )
    return any(stored.search(text) for text in said)


RULE = Rule(
    id="return-keeps-resource",
    title="A new return leaks what the function has acquired",
    severity="high",
    confidence="medium",
    kinds=("correctness",),
    check=_check,
    documentation=__doc__,
)
