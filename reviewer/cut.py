"""Which of many mails belong to one thread, told from a few raw headers, without parsing the mails.

An mbox or a Maildir may hold a whole list. Mails belong together when one names the other, or both name the same
third mail, in In-Reply-To or References. Two further ties serve mail without such headers: an orphaned "Re:" joins the
mails of the same subject, and the numbered patches of one series (`git format-patch` without --thread) join each other.
"""

import re
from collections.abc import Hashable, Sequence

from reviewer.review import Value
from threads import headers

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
    """A reply without references joins the first mail of its subject; without one it stays alone."""
    first: dict[str, int] = {}
    for index, one in enumerate(heads):
        if one.subject and not _is_reply(one.subject):
            first.setdefault(_base(one.subject), index)
    for index, one in enumerate(heads):
        if not one.refs and _is_reply(one.subject) and _base(one.subject) in first:
            ties.tie(first[_base(one.subject)], index)


def _is_reply(subject: str) -> bool:
    return re.match(r"(?:re|aw|sv|antw)(?:\[[0-9]{1,3}\])?:", subject, re.IGNORECASE) is not None


def _base(subject: str) -> str:
    """The subject without its reply prefixes, for comparison."""
    for _ in range(20):
        if not _is_reply(subject):
            break
        subject = subject.partition(":")[2].lstrip()
    return subject.lower()


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
