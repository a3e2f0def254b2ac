"""Which of many mails belong to one thread, told from a few raw headers, without parsing the mails.

An mbox or a Maildir may hold a whole list. Mails belong together when one names the other, or both name the same
third mail, in In-Reply-To or References. Two further ties serve mail that lacks such headers or the mail that they
name: an orphaned "Re:" joins the mails of the same subject, and the numbered patches of one series (`git format-patch`
without --thread) join each other.
"""

import re
from collections.abc import Hashable, Sequence

from reviewer.review import Value
from threads import headers
from threads.tree import base_subject

HEADER_BYTES = headers.BLOCK_CAP + 2


class Head(Value, frozen=True, kw_only=True):
    """What ties one mail to others. Ids stand without brackets, the subject is decoded, the sender as written."""

    msgid: str
    refs: tuple[str, ...] = ()
    subject: str = ""
    sender: str = ""


def head(raw: bytes) -> Head:
    """Read the tying headers of one mail; never raises, missing ones are empty. The first of a kind counts."""
    found, _ = headers.read(raw[:HEADER_BYTES].replace(b"\r\n", b"\n"))
    msgid = next(iter(headers.ids(found.first("message-id"))), "")
    refs = headers.ids(found.first("references")) + headers.ids(found.first("in-reply-to"))
    return Head(
        msgid=msgid,
        refs=tuple(dict.fromkeys(ref for ref in refs if ref != msgid)),
        subject=found.text("subject")[:1000],
        sender=found.first("from").decode("utf-8", "replace")[:1000].lower(),
    )


def ids(raw: bytes) -> Head:
    """The same without subject and sender, for archives: three headers are found by search, at a tenth of the time.

    It differs from `head` only where the header block is broken off by a line that is no header.
    """
    block = b"\n" + raw[:HEADER_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    lower = block.lower()
    fields = b"".join(_field(block, lower, name) for name in (b"message-id", b"references", b"in-reply-to"))
    return head(fields + b"\n\n")


def _field(block: bytes, lower: bytes, name: bytes) -> bytes:
    """The first header of that name with its continuation lines; `lower` is the block in lower case."""
    start = lower.find(b"\n" + name)
    while start >= 0 and not lower[start + 1 + len(name) : start + 100].lstrip(b" \t").startswith(b":"):
        start = lower.find(b"\n" + name, start + 1)
    if start < 0:
        return b""
    end = block.find(b"\n", start + 1)
    while end >= 0 and block[end + 1 : end + 2] in (b" ", b"\t"):
        end = block.find(b"\n", end + 1)
    return block[start + 1 : end if end >= 0 else len(block)] + b"\n"


def threads(heads: Sequence[Head]) -> tuple[tuple[int, ...], ...]:
    """Indexes of the mails of each thread, threads in the order of their first mails."""
    ties = _Ties()
    for index, one in enumerate(heads):
        for msgid in (one.msgid, *one.refs):
            if msgid:
                ties.tie(index, ("id", msgid))
    _tie_orphans(heads, ties)
    _tie_series(heads, ties)
    groups: dict[Hashable, list[int]] = {}
    for index in range(len(heads)):
        groups.setdefault(ties.find(index), []).append(index)
    return tuple(tuple(group) for group in groups.values())


class _Ties:
    """Sets of things tied together (union-find with path halving)."""

    def __init__(self) -> None:
        self.up: dict[Hashable, Hashable] = {}

    def find(self, one: Hashable) -> Hashable:
        self.up.setdefault(one, one)
        while self.up[one] != one:
            self.up[one] = self.up[self.up[one]]
            one = self.up[one]
        return one

    def tie(self, one: Hashable, other: Hashable) -> None:
        self.up[self.find(other)] = self.find(one)


def _tie_orphans(heads: Sequence[Head], ties: _Ties) -> None:
    """A reply that names no mail that is here joins the mails of its subject, as the reply tree will have it."""
    here = {one.msgid for one in heads}
    subjects = [base_subject(one.subject) for one in heads]
    first: dict[str, int] = {}
    for wanted in (False, True):  # a mail that begins a subject goes before replies
        for index, (base, reply) in enumerate(subjects):
            if base and reply is wanted:
                first.setdefault(base.lower(), index)
    for index, (base, reply) in enumerate(subjects):
        if base and reply and here.isdisjoint(heads[index].refs):
            ties.tie(first[base.lower()], index)


def _tie_series(heads: Sequence[Head], ties: _Ties) -> None:
    """Unthreaded patches n/m of one sender, prefix and m join, unless a number occurs twice: then no one can tell."""
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    twice = set()
    for index, one in enumerate(heads):
        numbers = re.match(r"\[([^\[\]]{0,80}) ([0-9]{1,4})/([0-9]{1,4})\]", one.subject)
        if one.refs or numbers is None:
            continue
        key = (one.sender, numbers[1], numbers[3])
        members = found.setdefault(key, {})
        if numbers[2] in members:
            twice.add(key)
        members[numbers[2]] = index
    for key, members in found.items():
        indexes = list(members.values())
        for index in indexes[1:] if key not in twice else ():
            ties.tie(indexes[0], index)
