"""The rows of the filesystems: by verdict and reason where something was asked of them, else by how they come through
what is changed."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from reviewer.render import words
from reviewer.render.words import Span, Spans, code, text
from reviewer.review import FilesystemRow
from rules.model import VERDICTS

Cells = tuple[tuple[str, ...], tuple[tuple[Spans, ...], ...]]  # heads, and rows of cells

_NAMED_USERS = 12  # filesystems; more are told by operation
_WAYS_SHOWN = 4


def ordered(rows: Sequence[FilesystemRow]) -> tuple[FilesystemRow, ...]:
    """By verdict, then by name."""
    return tuple(sorted(rows, key=lambda row: (VERDICTS.index(row.verdict), row.filesystem)))


def tell(rows: Sequence[FilesystemRow]) -> bool:
    """Whether the rows say anything: one of them comes through what is changed, or something was asked of it."""
    return any(row.reached or _was_asked(row) for row in rows)


def summary(rows: Sequence[FilesystemRow]) -> str:
    """ "5 affected, 4 protected", or "5 use what is changed, 40 are not seen to"; `rows` are ordered."""
    return _verdicts(rows) if any(map(_was_asked, rows)) else _users(rows)


def short(rows: Sequence[FilesystemRow]) -> Cells:
    """Filesystems of which the same is said in one row."""
    return _grouped(rows) if any(map(_was_asked, rows)) else _by_way(rows)


def whole(rows: Sequence[FilesystemRow]) -> Cells:
    """Every row; without the column of own checks where all say that nothing was asked."""
    head: tuple[str, ...] = ("filesystem", "verdict", "implementer", "own check", "why")
    cells: tuple[tuple[Spans, ...], ...] = tuple(_filesystem(row) for row in rows)
    if not any(row.own_check.places for row in rows) and len({row.own_check.text for row in rows}) == 1:
        head, cells = (*head[:3], head[4]), tuple((*row[:3], row[4]) for row in cells)
    return head, cells


def _was_asked(row: FilesystemRow) -> bool:
    """A row that says more than whether the filesystem comes through what is changed."""
    decided = row.verdict in ("unknown", "protected") or (row.verdict == "affected" and not row.reached)
    return bool(decided or row.own_check.places or row.produces.places)


def _verdicts(rows: Sequence[FilesystemRow]) -> str:
    """Filesystems by verdict: several operations of one make several rows, but it counts once, by the first."""
    worst: dict[str, str] = {}
    for row in rows:
        worst.setdefault(row.filesystem, row.verdict)
    return ", ".join(f"{number} {verdict}" for verdict, number in Counter(worst.values()).items())


def _users(rows: Sequence[FilesystemRow]) -> str:
    """Where the patch checks nothing the rows tell only who comes through what it changes."""
    using = {row.filesystem for row in rows if row.reached}
    others = {row.filesystem for row in rows} - using
    left = f", {len(others)} {'is' if len(others) == 1 else 'are'} not seen to" if others else ""
    return f"{len(using)} {'uses' if len(using) == 1 else 'use'} what is changed{left}"


def _by_way(rows: Sequence[FilesystemRow]) -> Cells:
    """Who comes through what is changed, by how; of many by the operation, those with most first. Each one once, by
    its first way: the whole table has the others."""
    using = [row for row in rows if row.reached]
    many = len({row.filesystem for row in using}) > _NAMED_USERS
    groups: dict[str, dict[str, None]] = {}
    first: dict[str, FilesystemRow] = {}
    for row in using:
        first.setdefault(row.filesystem, row)
    for row in first.values():
        how = f"by ->{row.operation.rpartition('.')[2]}" if many else row.why
        groups.setdefault(how, {}).setdefault(row.filesystem)
    ranked = sorted(groups.items(), key=lambda pair: -len(pair[1]))
    shown = [((*_few(members),), (text(words.shortened(how, 150)),)) for how, members in ranked[:_WAYS_SHOWN]]
    left = ranked[_WAYS_SHOWN:]
    if left:
        members = dict.fromkeys(name for _, names in left for name in names)
        ways = words.count(len(left), "more operation" if many else "other way")
        shown.append((_few(members), (text(f"by {ways}"),)))
    return ("filesystems", "how"), tuple(shown)


def _few(members: Iterable[str]) -> Spans:
    names = list(members)
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return (*words.joined(((code(name),) for name in names[:6]), ", "), text(more))


def _grouped(rows: Sequence[FilesystemRow]) -> Cells:
    """Filesystems of one verdict and reason in one row, by its first reason each; one that names it says "it".

    Who uses what is changed by another operation than most are asked about is one row, whatever the operations.
    """
    main = Counter(row.operation for row in rows).most_common(1)[0][0]
    elsewhere = [row for row in rows if row.operation != main and row.reached and not row.own_check.places]
    fields = list(dict.fromkeys(f"->{row.operation.rpartition('.')[2]}" for row in elsewhere))
    other = f"use it by {words.listed(fields, 4)}" if len(elsewhere) > 1 else ""
    groups: dict[tuple[str, str], dict[str, None]] = {}
    told: set[tuple[str, str]] = set()
    for row in rows:
        if row.verdict != "not concerned" and (row.verdict, row.filesystem) not in told:
            told.add((row.verdict, row.filesystem))
            why = re.sub(rf"(?<![\w/]){re.escape(row.filesystem)}(?![\w/])", "it", row.why)
            why = other if other and row in elsewhere else why
            groups.setdefault((row.verdict, why), {}).setdefault(row.filesystem)
    shown = [
        (_verdict_of(verdict), _few(members), (text(words.shortened(why, 150)),))
        for (verdict, why), members in groups.items()
    ]
    return ("verdict", "filesystems", "why"), tuple(shown)


def _verdict_of(verdict: str) -> Spans:
    roles = {"affected": "bad", "protected": "good", "unknown": "strong"}
    return (Span(roles.get(verdict, "text"), verdict),)  # type: ignore[arg-type]


def _filesystem(row: FilesystemRow) -> tuple[Spans, ...]:
    helper = (text(" via "), code(row.helper)) if row.helper and row.helper != row.implementer else ()
    return (
        (code(row.filesystem),),
        _verdict_of(row.verdict),
        (code(row.implementer), *helper, text(" "), words.place(row.place)),
        (text(row.own_check.text or "-"), *words.places(row.own_check.places, 1)),
        (text(row.why),),
    )
