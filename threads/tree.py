"""The reply tree of a thread, as notmuch and public-inbox build it. Pure and iterative.

In-Reply-To names the parent; when that mail is not here, the nearest of References that is. A cycle is broken at its
earliest mail. A mail that names nobody who is here hangs under the mail whose subject it answers ("Re: X"), or is a
root.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from threads.model import Defect, Message, Thread

_REPLY = re.compile(r"(?:(?:re|aw|sv|antw|vs|ref|wg|回复|答复)(?:\[\d{1,3}\])?[:：]\s*)+", re.IGNORECASE)
_FOOTER = re.compile(r"\n_{20,}\n.{0,2000}\Z", re.DOTALL)
_DAY = timedelta(days=1)
_FEW = 8  # words in which a mail that was sent again differs at most, and which it has at least
_MOST = 8  # replies of one person to one mail that are compared with a further one
_LAST = datetime.max.replace(tzinfo=UTC)


def build(messages: Sequence[Message], defects: Sequence[Defect] = ()) -> Thread:
    """Messages in reading order (depth first, siblings by date) with their parents. `defects` are the source's."""
    found = list(defects)
    kept, again = _without_repeats(_without_copies(messages, found), found)
    place = {message.msgid: number for number, message in enumerate(kept)}
    place |= {msgid: place[first] for msgid, first in again.items()}
    dates = [message.date or _LAST for message in kept]
    parents = [_parent(message, place) for message in kept]
    _by_subject(kept, parents, dates, found)
    _break_cycles(kept, parents, dates, found)
    order = _reading_order(parents, dates)
    position = {old: new for new, old in enumerate(order)}
    missing = dict.fromkeys(
        id for message in kept for id in (*message.references, message.in_reply_to) if id and id not in place
    )
    return Thread(
        messages=tuple(kept[old] for old in order),
        parents=tuple(position[parents[old]] if parents[old] >= 0 else -1 for old in order),
        missing=tuple(missing),
        defects=tuple(found),
    )


def _without_copies(messages: Sequence[Message], defects: list[Defect]) -> list[Message]:
    """The first mail of each id. Copies that came through several lists differ in a footer at most."""
    first: dict[str, Message] = {}
    for message in messages:
        known = first.setdefault(message.msgid, message)
        if known is message:
            continue
        if _core(known.body) == _core(message.body):
            continue
        what = "two mails with this id and different text, the first kept"
        defects.append(Defect(where=message.msgid, what=what))
    return list(first.values())


def _without_repeats(messages: Sequence[Message], defects: list[Defect]) -> tuple[list[Message], dict[str, str]]:
    """Without replies that their sender sent again within a day, for a forgotten Cc say; those by the first one's id.

    What they say would count twice, and who answers one of them answers both.
    """
    answers: dict[tuple[str, str], list[Message]] = {}
    for message in messages:
        reply = message.in_reply_to and message.date and base_subject(message.subject)[1]
        if reply and not message.automated:  # programs repeat themselves
            answers.setdefault((message.in_reply_to, message.author.address), []).append(message)
    again: dict[str, str] = {}
    for several in answers.values():
        if len(several) > 1:
            again.update(_repeats(sorted(several, key=lambda one: one.date or _LAST)))
    defects += [Defect(where=msgid, what=f"says what {first} says; read once") for msgid, first in again.items()]
    return [message for message in messages if message.msgid not in again], again


def _repeats(answers: Sequence[Message]) -> dict[str, str]:
    """Of one person's replies to one mail in the order of time: those sent again, with the first one's id."""
    sent: list[tuple[Message, Counter[str]]] = []
    again: dict[str, str] = {}
    for message in answers:
        own = _own(message.body)
        first = next((one for one, said in sent[-_MOST:] if _near(one, message) and _sent_again(said, own)), None)
        if first is None:
            sent.append((message, own))
        else:
            again[message.msgid] = first.msgid
    return again


def _near(first: Message, second: Message) -> bool:
    return bool(first.date and second.date and second.date - first.date <= _DAY)


def _sent_again(first: Counter[str], second: Counter[str]) -> bool:
    """Whether two replies to one mail have the same own text, but for a greeting or a remark of a line or two.

    A tag or a question that only the second has is no remark.
    """
    more = second - first
    differ = (first - second) + more
    return (
        differ.total() <= 2
        and _words(differ) <= _FEW <= _words(first & second)
        and not any(mark in line for line in more for mark in ":?")
    )


def _words(lines: Counter[str]) -> int:
    return sum(len(line.split()) * count for line, count in lines.items())


def _own(body: str) -> Counter[str]:
    """The lines that are no quotes, with blanks folded."""
    return Counter(" ".join(line.split()) for line in _core(body).split("\n") if line.strip() and line[:1] != ">")


def _core(body: str) -> str:
    return _FOOTER.sub("", body).strip()


def _parent(message: Message, place: dict[str, int]) -> int:
    for id in (message.in_reply_to, *reversed(message.references)):
        if id in place and id != message.msgid:
            return place[id]
    return -1


def base_subject(subject: str) -> tuple[str, bool]:
    """The subject without its reply marks, and whether it had any."""
    match = _REPLY.match(subject[:1000])
    return (subject[match.end() :] if match else subject).strip(), bool(match)


def _by_subject(kept: list[Message], parents: list[int], dates: list[datetime], defects: list[Defect]) -> None:
    """Hang replies without a known parent under the earliest mail that has their subject."""
    origin: dict[str, int] = {}
    for number in sorted(range(len(kept)), key=lambda n: (dates[n], n)):
        base, reply = base_subject(kept[number].subject)
        if base and not reply:
            origin.setdefault(base.lower(), number)
    for number, message in enumerate(kept):
        base, reply = base_subject(message.subject)
        if parents[number] < 0 and reply and base.lower() in origin:
            parents[number] = origin[base.lower()]
            what = f"names no mail that is here; put under {kept[parents[number]].msgid} by its subject"
            defects.append(Defect(where=message.msgid, what=what))


def _break_cycles(kept: list[Message], parents: list[int], dates: list[datetime], defects: list[Defect]) -> None:
    """Make the earliest mail of every cycle a root."""
    state = [0] * len(parents)  # 0 not seen, 1 on the way, 2 done
    for start in range(len(parents)):
        path = []
        node = start
        while node >= 0 and state[node] == 0:
            state[node] = 1
            path.append(node)
            node = parents[node]
        if node >= 0 and state[node] == 1:
            cycle = path[path.index(node) :]
            root = min(cycle, key=lambda n: (dates[n], n))
            parents[root] = -1
            defects.append(Defect(where=kept[root].msgid, what=f"{len(cycle)} mails answer each other in a circle"))
        for node in path:
            state[node] = 2


def _reading_order(parents: list[int], dates: list[datetime]) -> list[int]:
    below: dict[int, list[int]] = {}
    for number in sorted(range(len(parents)), key=lambda n: (dates[n], n), reverse=True):
        below.setdefault(parents[number], []).append(number)
    order: list[int] = []
    stack = below.get(-1, [])
    while stack:
        number = stack.pop()
        order.append(number)
        stack.extend(below.get(number, ()))
    return order


def children(thread: Thread) -> tuple[tuple[int, ...], ...]:
    """For each message the indexes of its direct replies, in reading order."""
    found: list[list[int]] = [[] for _ in thread.messages]
    for number, parent in enumerate(thread.parents):
        if parent >= 0:
            found[parent].append(number)
    return tuple(map(tuple, found))
