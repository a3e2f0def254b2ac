"""Patch series of a thread: versions, cover letters, patches in order, and the tags that replies give. Pure.

A mail is a patch when its subject is no reply and says so ("[PATCH ...]", "[RFC 1/2]") and it holds a diff that nobody
quoted, or is one of a numbered series. A reply is a patch too when what follows its last quote is a commit message
signed off by the sender, or text behind a scissors line, with a diff under it; any other diff in a reply is a
suggestion, not a patch.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

from msgspec import structs

from threads import diff, diffstat, subjects, trailers, tree
from threads.headers import addresses
from threads.model import Defect, FileDiff, Identity, Message, Patch, Series, Thread, Trailer
from threads.subjects import Subject

_INBODY = re.compile(r"(from|subject|date)[ \t]*:[ \t]*(.*)", re.IGNORECASE)
_BASE = re.compile(r"base-commit:\s*([0-9a-f]{7,64})\s*")
_CHANGE = re.compile(r"change-id:\s*(\S{1,200})\s*", re.IGNORECASE)


def find(thread: Thread) -> tuple[Series, ...]:
    """Every series of the thread, oldest version first; () when it holds no patch."""
    told = _subjects(thread)
    below = tree.children(thread)
    found: dict[int, Patch] = {}
    for number, message in enumerate(thread.messages):
        if message.automated and told[number].reply:
            continue
        patch = _patch(message, told[number], leads=any(told[reply].counted for reply in below[number]))
        if patch is not None:
            found[number] = patch
    if not found:
        found = _only_sketch(thread, told)
    groups = _groups(thread, told, found)
    series = [_series(thread, told, found, group) for group in groups]
    given = _given(thread, series)
    order = sorted(range(len(series)), key=lambda n: (series[n].version, groups[n][0]))
    return tuple(_with_tags(series[n], given) for n in order)


def _only_sketch(thread: Thread, told: list[Subject]) -> dict[int, Patch]:
    """In a thread about no patch, the first diff that a person wrote, such as "does this help?" under a report.

    Under a subject that speaks of a patch, which is not here, a diff in a reply is a suggestion.
    """
    for number, message in enumerate(thread.messages):
        patch = (
            None
            if message.automated or told[number].patch
            else _inline(message, told[number], message.lines, signed=False)
        )
        if patch is not None:
            return {number: patch}
    return {}


def _subjects(thread: Thread) -> list[Subject]:
    """Subjects of all mails. One that repeats its parent's and quotes is a reply whose mailer writes no "Re:"."""
    told = [subjects.read(message.subject) for message in thread.messages]
    for number, (message, parent) in enumerate(zip(thread.messages, thread.parents, strict=True)):
        same = parent >= 0 and told[number].title == told[parent].title and not told[number].reply
        if same and told[number].words == told[parent].words and "\n>" in "\n" + message.body:
            told[number] = structs.replace(told[number], reply=True)
    return told


def patch_of(thread: Thread, series: Sequence[Series]) -> Mapping[str, str]:
    """For each mail that is no patch: the patch or cover letter it is about, the nearest above it."""
    patches = {patch.msgid for one in series for patch in _mails(one)}
    about: dict[str, str] = {}
    for message, parent in zip(thread.messages, thread.parents, strict=True):
        if message.msgid in patches or parent < 0:
            continue
        above = thread.messages[parent].msgid
        target = above if above in patches else about.get(above, "")
        if target:
            about[message.msgid] = target
    return about


def _mails(one: Series) -> tuple[Patch, ...]:
    return ((one.cover,) if one.cover else ()) + one.patches


def current(thread: Thread, series: Sequence[Series]) -> Series | None:
    """The series a reader is asked to look at: the newest version by the author who began the thread's first one.

    Of several with that version it is the first, or a later one of the same subject: "[PATCH xfsprogs]" beside the
    kernel patch is not what the thread is about, a resend is.
    """
    if not series:
        return None
    place = {message.msgid: number for number, message in enumerate(thread.messages)}
    ordered = sorted(series, key=lambda one: min(place.get(patch.msgid, 0) for patch in _mails(one)))
    own = [one for one in ordered if _same(one.author, ordered[0].author)]
    newest = [one for one in own if one.version == max(one.version for one in own)]
    return [one for one in newest if one is newest[0] or (one.subject == newest[0].subject and one.resend)][-1]


def _same(one: Identity, other: Identity) -> bool:
    """Whether two senders are one person: the same address, or the same name."""
    return one.address == other.address or (bool(one.name) and one.name == other.name)


def _patch(message: Message, subject: Subject, *, leads: bool) -> Patch | None:
    """The patch of a mail, None when it is none. `leads`: numbered mails answer it."""
    lines = message.lines
    if subject.reply or not subject.patch:
        return _inline(message, subject, lines)
    start = next((n for n, line in enumerate(lines) if diff.starts_patch(line)), len(lines))
    files, defects = diff.files("\n".join(lines[start:]), start, message.msgid)
    if not files:
        cover = subject.number == 0 if subject.counted else leads
        if not cover and (subject.rfc or not subject.counted):
            return None
        if cover:
            subject = structs.replace(subject, number=0)
            start = next((n for n, line in enumerate(lines[:start]) if line == "-- "), start)
        else:
            defects += (Defect(where=message.msgid, what="a patch without a diff that can be read"),)
    return _make(message, subject, (0, start), files, defects + _odd(message, lines[start:], start, files))


def _odd(message: Message, rest: list[str], start: int, files: Sequence[FileDiff]) -> tuple[Defect, ...]:
    """Where a reader could take the patch for another than git am applies. `rest` begins where the message ends."""
    found = []
    if rest and rest[0].rstrip() != "---" and "---" in (line.rstrip() for line in rest):
        found.append(f"line {start}: a diff stands before the --- line; git am applies it")
    end = next((n for n, line in enumerate(rest) if line == "-- "), len(rest))
    if any(line.startswith("diff --git ") for line in rest[end:]):
        found.append("a diff stands behind the signature; git am applies it")
    if files and (problem := diffstat.disagreement(rest, files)):
        found.append(problem)
    return tuple(Defect(where=message.msgid, what=what) for what in found)


def _inline(message: Message, subject: Subject, lines: list[str], *, signed: bool = True) -> Patch | None:
    """A patch sent inside a reply: text behind a scissors line, or signed off by the sender between two quotes.

    Without `signed` any diff between two quotes is one.
    """
    if "\n+++ " not in message.body:
        return None
    for begin, end in _own_runs(lines):
        start, stop = _commit(lines, begin, end)
        if stop < 0:
            continue
        tags = trailers.of_commit(message, lines[start:stop])
        off = any(tag.name == "Signed-off-by" and tag.credited for tag in tags)
        cut = start > begin and trailers.scissors(lines[start - 1])
        if signed and not off and not (cut and any(line.strip() for line in lines[start:stop])):
            continue  # a diff below bare scissors is a sketch: nobody wrote what the commit would say
        files, defects = diff.files("\n".join(lines[stop:end]), stop, message.msgid)
        if files:
            return _make(
                message, structs.replace(subject, number=1, total=1, counted=False), (start, stop), files, defects
            )
    return None


def _own_runs(lines: list[str]) -> list[tuple[int, int]]:
    """First and last+1 line of each passage without a quoted line."""
    borders = [-1, *(number for number, line in enumerate(lines) if line.startswith(">")), len(lines)]
    return [(one + 1, other) for one, other in pairwise(borders) if other > one + 1]


def _commit(lines: list[str], begin: int, end: int) -> tuple[int, int]:
    """Where a commit message begins in a passage, and the line that ends it (-1: no diff follows).

    It begins behind a scissors line or at what `git format-patch` puts first, else with the passage.
    """
    start = begin
    for number in range(begin, end):
        if diff.starts_patch(lines[number]):
            return start, number
        if trailers.scissors(lines[number]):
            start = number + 1
        elif trailers.format_patch(lines[number]):
            start = number
    return start, -1


def _make(
    message: Message,
    subject: Subject,
    span: tuple[int, int],
    files: tuple[FileDiff, ...],
    defects: tuple[Defect, ...],
) -> Patch:
    start, author, title = _in_body(message, span)
    end = span[1]
    lines = message.lines
    while end > start and not lines[end - 1].strip():
        end -= 1
    inner = subjects.read(title) if title else subject
    return Patch(
        msgid=message.msgid,
        subject=inner.title,
        prefix=inner.words or subject.words,
        version=inner.version if inner.words else subject.version,
        number=subject.number,
        total=subject.total,
        author=author,
        message_lines=(start, end),
        trailers=trailers.of_commit(message, lines[start:end]),
        files=files,
        defects=defects,
    )


def _in_body(message: Message, span: tuple[int, int]) -> tuple[int, Identity, str]:
    """Where the commit message begins behind in-body From:, Subject: and Date: lines, and what these say."""
    lines = message.lines
    place, author, title, field = span[0], message.author, "", ""
    while place < span[1]:
        line = lines[place][:1000]
        if match := _INBODY.match(line):
            field = match[1].lower()
            people = addresses(match[2].encode("utf-8", "replace"))[0] if field == "from" else ()
            author = people[0] if people and people[0].address else author
            title = match[2].strip() if field == "subject" else title
        elif field and not line.strip():
            return place + 1, author, title
        elif field and line[:1] in (" ", "\t"):  # a long subject on two lines
            title += f" {line.strip()}" if field == "subject" else ""
        elif line.strip() and not trailers.format_patch(line):
            break
        place += 1
    return place, author, title


def _groups(thread: Thread, told: list[Subject], found: dict[int, Patch]) -> list[list[int]]:
    """Indexes of the patches of each series, in reading order."""
    above = _patches_above(thread, found)
    head: dict[int, int] = {}  # patch -> the first mail of its series
    loose: dict[tuple[object, ...], int] = {}  # numbered mails that no mail of their series stands above
    groups: dict[int, dict[int, int]] = {}  # first mail -> number -> patch
    for number, patch in found.items():
        subject, upper = told[number], above[number]
        leader = number
        if upper >= 0 and not subject.reply and _belongs(thread, told, groups[head[upper]], patch, number):
            leader = head[upper]
        elif subject.counted and not subject.reply:
            key = (subject.label, subject.resend, patch.total, thread.messages[number].author.address, upper)
            leader = loose.setdefault(key, number)
            if patch.number in groups.get(leader, ()):  # sent again without saying so
                leader = loose[key] = number
        head[number] = leader
        groups.setdefault(leader, {})[patch.number] = number
    return [list(group.values()) for group in groups.values()]


def _patches_above(thread: Thread, found: dict[int, Patch]) -> list[int]:
    """For each mail the nearest patch above it, -1 when there is none."""
    above: list[int] = []
    for parent in thread.parents:
        above.append(parent if parent in found or parent < 0 else above[parent])
    return above


def _belongs(thread: Thread, told: list[Subject], group: dict[int, int], patch: Patch, number: int) -> bool:
    """Whether a mail that hangs under a series is part of it, and not its next version or another patch.

    What is sent in one go belongs together whatever its subjects say: the patches under a cover letter of as many, be
    it alone marked RESEND or of another version, "[PATCH]" under "[PATCH 0/1]", "[PATCH 2/2]" under "[PATCH 1/2 v2]",
    and a cover letter that was sent behind the first patch.
    """
    leader = next(iter(group.values()))
    first, this = told[leader], told[number]
    if patch.number in group or not (0 in group or first.counted):
        return False
    together = first.total == this.total and _in_one_go(thread, leader, number)
    if not this.counted:
        return together and list(group) == [0]
    if patch.number and first.resend == this.resend and (0 in group or first.total == this.total):
        if first.version == this.version and (first.label or "1") == (this.label or "1"):
            return True
        if not this.label and _in_one_go(thread, leader, number):
            return True
    return together and (0 in group or first.version == this.version)


def _in_one_go(thread: Thread, first: int, other: int) -> bool:
    one, two = thread.messages[first], thread.messages[other]
    near = one.date and two.date and abs(two.date - one.date) < timedelta(hours=1)
    return bool(near and _same(one.author, two.author))


def _series(thread: Thread, told: list[Subject], found: dict[int, Patch], group: list[int]) -> Series:
    patches = [found[number] for number in group]
    cover = next((patch for patch in patches if patch.number == 0), None)
    rest = sorted((patch for patch in patches if patch is not cover), key=lambda patch: patch.number)
    first = cover or rest[0]
    again = (told[number].resend for number in group if found[number] is not cover)
    bodies = [thread.messages[number].body for number in group]
    # A cover letter may keep the old version; patches that each count their own are of the cover letter's.
    return Series(
        version=max(first.version, min(patch.version for patch in rest or patches)),
        resend=told[group[0]].resend or (bool(rest) and all(again)),
        subject=first.subject,
        author=thread.messages[group[0]].author,
        cover=cover,
        patches=tuple(rest),
        expected=max(patch.total for patch in patches),
        base_commit=_mark(bodies, "base-commit:", _BASE),
        change_id=_mark(bodies, "change-id:", _CHANGE),
    )


def _mark(bodies: list[str], start: str, pattern: re.Pattern[str]) -> str:
    """The value of the first base-commit or change-id line of the mails."""
    for line in (line for body in bodies if start in body.lower() for line in body.split("\n")):
        if match := pattern.fullmatch(line[:300]):
            return match[1]
    return ""


def _given(thread: Thread, series: list[Series]) -> dict[str, list[Trailer]]:
    """Tags in the replies of persons, by the patch or cover letter they answer."""
    about = patch_of(thread, series)
    found: dict[str, list[Trailer]] = {}
    for message in thread.messages:
        if message.msgid in about and not message.automated:
            found.setdefault(about[message.msgid], []).extend(trailers.given(message))
    return found


def _with_tags(one: Series, given: dict[str, list[Trailer]]) -> Series:
    tags = [tag for patch in _mails(one) for tag in given.get(patch.msgid, ())]
    return structs.replace(
        one,
        credited=tuple(tag for tag in tags if tag.credited),
        claimed=tuple(tag for tag in tags if not tag.credited),
    )
