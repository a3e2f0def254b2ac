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
from typing import TypeVar

import msgspec

from threads import diff, tree
from threads.headers import addresses
from threads.model import Defect, FileDiff, Identity, Message, Patch, Series, Thread, Trailer, Value

AnyValue = TypeVar("AnyValue", bound=Value)

_TAGS = re.compile(r"(?:\[[^\[\]]{0,200}\]\s*)+")
_TAG = re.compile(r"\[([^\[\]]*)\]")
_PATCH_WORD = re.compile(r"(?:RFC-?)?PATCH(?:ES|SET|-?SERIES)?", re.IGNORECASE)
_VERSION = re.compile(r"(?:RFC|PATCH(?:SET|ES)?|SERIES)?-?v(\d{1,4})((?:\.\d{1,4})*)", re.IGNORECASE)
_COUNT = re.compile(r"(?:PATCH|RFC)?(\d{1,5})/(\d{1,5})", re.IGNORECASE)
_RESEND = re.compile(r"(?:RESEND|RESENT|REPOST|REBASED?)", re.IGNORECASE)
_TRAILER = re.compile(
    r"([A-Za-z][A-Za-z-]{0,40}-by|cc|fixes|link|closes|references|base-commit|change-id|message-id|depends-on"
    r"|stable-dep-of|bug|buglink|addresses-[a-z-]{1,30}|prerequisite-patch-id)[ \t]*:[ \t]*(\S.*)",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"((?:[A-Za-z]{2,20}-){1,4}by)[ \t]*:[ \t]*(\S.*)", re.IGNORECASE)
_CONDITION = re.compile(
    r"\bwith (?:that|this|those|these|it|them|the|my|above|such)\b[^.]{0,80}\b"
    r"(?:fix|chang|address|correct|clarif|updat|resolv|done|remov|fold|sort|comment|nit|typo|tweak|adjust|renam)"
    r"|\b(?:once|assuming|provided|modulo|except(?:ing)?|besides|otherwise|(?:apart|aside) from|other than)\b"
    r"|\bafter (?:that|this|those|these|you|fixing|addressing|changing)\b"
    r"|\bif you (?:fix|change|address|update|respin|resend|do|agree|could|can)\b",
    re.IGNORECASE,
)
_INBODY = re.compile(r">?(from|subject|date)[ \t]*:[ \t]*(.*)", re.IGNORECASE)
_SCISSORS = re.compile(r"(?:[-\s]|>8|8<|>%|%<|cut here)*(?:>8|8<|>%|%<)(?:[-\s]|>8|8<|>%|%<|cut here)*")
_FORMAT_PATCH = re.compile(r"From [0-9a-f]{40,64} ")
_BASE = re.compile(r"base-commit:\s*([0-9a-f]{7,64})\s*")
_CHANGE = re.compile(r"change-id:\s*(\S{1,200})\s*", re.IGNORECASE)


class Subject(Value, frozen=True, kw_only=True):
    """A subject line told apart."""

    title: str  # without brackets and reply marks
    reply: bool
    patch: bool  # the brackets say that it is a patch, a cover letter or an RFC
    words: tuple[str, ...]
    version: int
    label: str  # the version as written: "2", "5.1"
    number: int
    total: int
    counted: bool  # it has a "2/3"
    resend: bool
    rfc: bool
    unversioned: bool  # no "v2" in the brackets


def subject_of(text: str) -> Subject:
    """Read "[PATCH xfstests v3 02/11] title"; a tag of a list ("[f2fs-dev]") before it is passed over."""
    base, reply = tree.base_subject(text[:2000])
    match = _TAGS.match(base)
    groups = [group.replace(",", " ").split() for group in _TAG.findall(match[0])] if match else []
    telling = [group for group in groups if any(_tells(word) for word in group)]
    words = tuple(word for group in telling for word in group)
    title = base[match.end() :].strip() if match else base
    inner, again = tree.base_subject(title)  # "[f2fs-dev] Re: [PATCH] ..." in some lists' mails
    if again and not words:
        return _changed(subject_of(inner), reply=True)
    counts = [found for word in words if (found := _COUNT.fullmatch(word))]
    versions = [found for word in words if (found := _VERSION.fullmatch(word))]
    return Subject(
        title=title,
        reply=reply,
        patch=any(_PATCH_WORD.match(word) or word.upper() == "RFC" for word in words) or bool(counts),
        words=words,
        version=int(versions[-1][1]) if versions else 1,
        label=versions[-1][1].lstrip("0") + versions[-1][2] if versions else "1",
        number=int(counts[-1][1]) if counts else 1,
        total=int(counts[-1][2]) if counts else 1,
        counted=bool(counts),
        resend=any(_RESEND.fullmatch(word) for word in words),
        rfc=any(word.upper().startswith("RFC") for word in words),
        unversioned=not versions,
    )


def _changed(value: AnyValue, **changes: object) -> AnyValue:
    return msgspec.structs.replace(value, **changes)


def _tells(word: str) -> bool:
    return bool(
        _PATCH_WORD.match(word) or word.upper() == "RFC" or _COUNT.fullmatch(word) or _VERSION.fullmatch(word)
        or _RESEND.fullmatch(word)
    )  # fmt: skip


def find(thread: Thread) -> tuple[Series, ...]:
    """Every series of the thread, oldest version first; () when it holds no patch."""
    below = tree.children(thread)
    subjects = [subject_of(message.subject) for message in thread.messages]
    found: dict[int, Patch] = {}
    for number, message in enumerate(thread.messages):
        if message.automated and subjects[number].reply:
            continue
        patch = _patch(message, subjects[number], any(subjects[below_].counted for below_ in below[number]))
        if patch is not None:
            found[number] = patch
    groups = _groups(thread, subjects, found)
    series = [_series(thread, subjects, found, group) for group in groups]
    credited = _credited(thread, series)
    order = sorted(range(len(series)), key=lambda n: (series[n].version, groups[n][0]))
    return tuple(_with_credits(series[n], credited) for n in order)


def patch_of(thread: Thread, series: Sequence[Series]) -> Mapping[str, str]:
    """For each mail that is no patch: the patch or cover letter it is about, the nearest above it."""
    patches = {patch.msgid for one in series for patch in (*one.patches, *((one.cover,) if one.cover else ()))}
    about: dict[str, str] = {}
    for message, parent in zip(thread.messages, thread.parents, strict=True):
        if message.msgid in patches or parent < 0:
            continue
        above = thread.messages[parent].msgid
        target = above if above in patches else about.get(above, "")
        if target:
            about[message.msgid] = target
    return about


def current(thread: Thread, series: Sequence[Series]) -> Series | None:
    """The series a reader is asked to look at: the newest version by the author who began the thread's first one.

    Of several with that version it is the first, or a later one of the same subject: "[PATCH xfsprogs]" beside the
    kernel patch is not what the thread is about, a resend is.
    """
    if not series:
        return None
    first = min(series, key=lambda one: _place(thread, one))
    newest = max(one.version for one in series if one.author == first.author)
    own = sorted(
        (one for one in series if one.author == first.author and one.version == newest),
        key=lambda one: _place(thread, one),
    )
    return [one for one in own if one is own[0] or (one.subject == own[0].subject and one.resend)][-1]


def _place(thread: Thread, one: Series) -> int:
    ids = {patch.msgid for patch in one.patches} | ({one.cover.msgid} if one.cover else set())
    return next((number for number, message in enumerate(thread.messages) if message.msgid in ids), 0)


def _patch(message: Message, subject: Subject, leads: bool) -> Patch | None:
    """The patch of a mail, None when it is none. `leads`: numbered mails answer it."""
    lines = message.lines
    if subject.reply or not subject.patch:
        return _inline(message, subject, lines)
    start = next((n for n, line in enumerate(lines) if diff.starts_patch(line)), len(lines))
    files, defects = diff.files("\n".join(lines[start:]), start, message.msgid)
    cover = not files and ((subject.counted and subject.number == 0) or (leads and not subject.counted))
    if not files and not cover and (subject.rfc or not subject.counted):
        return None
    if not files and not cover:
        defects += (Defect(where=message.msgid, what="a patch without a diff that can be read"),)
    defects += _hidden_diff(message, lines, start)
    if cover:
        subject = _changed(subject, number=0)
    return _make(message, subject, (0, start), files, defects)


def _hidden_diff(message: Message, lines: list[str], start: int) -> tuple[Defect, ...]:
    """A diff that git am applies although a reader takes it for part of the commit message, or of the signature."""
    found = []
    rest = lines[start:]
    if rest and rest[0].rstrip() != "---" and "---" in (line.rstrip() for line in rest):
        found.append(f"line {start}: a diff stands before the --- line; git am applies it")
    end = next((n for n, line in enumerate(rest) if line == "-- "), len(rest))
    if any(line.startswith("diff --git ") for line in rest[end:]):
        found.append("a diff stands behind the signature; git am applies it")
    return tuple(Defect(where=message.msgid, what=what) for what in found)


def _inline(message: Message, subject: Subject, lines: list[str]) -> Patch | None:
    """A patch sent inside a reply: behind a scissors line, or signed off by the sender between two quotes."""
    if "\n+++ " not in message.body:
        return None
    for begin, end in _own_runs(lines):
        start, stop = _commit(lines, begin, end)
        if stop < 0:
            continue
        signed = any(tag.name == "Signed-off-by" and tag.credited for tag in _trailers(message, lines, (start, stop)))
        if not signed and not (start > begin and _SCISSORS.fullmatch(lines[start - 1][:200])):
            continue
        files, defects = diff.files("\n".join(lines[stop:end]), stop, message.msgid)
        if files:
            return _make(message, _changed(subject, number=1, total=1, counted=False), (start, stop), files, defects)
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
        line = lines[number][:200]
        if diff.starts_patch(line):
            return start, number
        if _SCISSORS.fullmatch(line):
            start = number + 1
        elif _FORMAT_PATCH.match(line):
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
    inner = subject_of(title) if title else subject
    return Patch(
        msgid=message.msgid,
        subject=inner.title,
        prefix=inner.words or subject.words,
        version=inner.version if inner.words else subject.version,
        number=subject.number,
        total=subject.total,
        author=author,
        message_lines=(start, end),
        trailers=_trailers(message, lines, (start, end)),
        files=files,
        defects=defects,
    )


def _in_body(message: Message, span: tuple[int, int]) -> tuple[int, Identity, str]:
    """Where the commit message begins behind in-body From:, Subject: and Date: lines, and what these say."""
    lines = message.lines
    place, author, title, seen = span[0], message.author, "", False
    while place < span[1]:
        line = lines[place][:1000]
        match = _INBODY.match(line)
        if match and match[1].lower() == "from":
            people = addresses(match[2].encode("utf-8", "replace"))[0]
            author = people[0] if people and people[0].address else author
        elif match and match[1].lower() == "subject":
            title = match[2].strip()
        elif not match and (line.strip() or seen) and not _FORMAT_PATCH.match(line):
            break
        seen = seen or bool(match)
        if seen and not line.strip():
            return place + 1, author, title
        place += 1
    return place, author, title


def _trailers(message: Message, lines: list[str], span: tuple[int, int]) -> tuple[Trailer, ...]:
    found = []
    for line in lines[span[0] : span[1]]:
        match = _TRAILER.fullmatch(line[:1000].rstrip())
        if match:
            value = match[2]
            found.append(
                Trailer(
                    name=usual_name(match[1]), value=value, msgid=message.msgid, credited=_names(value, message.author)
                )
            )
    return tuple(found)


def usual_name(name: str) -> str:
    """A trailer's name in its usual spelling: "reviewed-By" is "Reviewed-by"."""
    return name[:1].upper() + name[1:].lower()


def _names(value: str, sender: Identity) -> bool:
    """Whether a trailer's value names the sender: the address is compared, not the name."""
    people = addresses(value.encode("utf-8", "replace"))[0]
    return bool(people and people[0].address and _bare(people[0].address) == _bare(sender.address))


def _bare(address: str) -> str:
    """Without a +tag."""
    local, _, domain = address.partition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _groups(thread: Thread, subjects: list[Subject], found: dict[int, Patch]) -> list[list[int]]:
    """Indexes of the patches of each series, in reading order."""
    head: dict[int, int] = {}  # patch -> the first mail of its series
    loose: dict[tuple[object, ...], int] = {}  # series without a cover letter
    groups: dict[int, list[int]] = {}
    for number, patch in found.items():
        subject = subjects[number]
        key = (patch.version, subject.label, subject.resend, patch.total)
        above = thread.parents[number]
        while above >= 0 and above not in found:
            above = thread.parents[above]
        leader = -1
        if (
            subject.counted
            and patch.number
            and above >= 0
            and _belongs(thread, subjects, groups[head[above]], found, number)
        ):
            leader = head[above]
        elif subject.counted and patch.number and not subject.reply:
            leader = loose.setdefault((*key, patch.author.address, above), number)
        leader = number if leader < 0 else leader
        head[number] = leader
        groups.setdefault(leader, []).append(number)
    return list(groups.values())


def _belongs(thread: Thread, subjects: list[Subject], group: list[int], found: dict[int, Patch], number: int) -> bool:
    """Whether a numbered patch that hangs under a series is part of it, and not its next version."""
    first, this = subjects[group[0]], subjects[number]
    if this.reply or first.resend != this.resend:
        return False
    if found[group[0]].number and not (first.counted and first.total == this.total):
        return False
    if first.label == this.label:
        return True
    # "[PATCH 2/2]" sent with "[PATCH 1/2 v2]": the sender forgot the version.
    taken = {found[one].number for one in group}
    one, other = thread.messages[group[0]], thread.messages[number]
    near = one.date and other.date and abs(other.date - one.date) < timedelta(hours=1)
    return bool(this.unversioned and near and one.author == other.author and this.number not in taken)


def _series(thread: Thread, subjects: list[Subject], found: dict[int, Patch], group: list[int]) -> Series:
    patches = [found[number] for number in group]
    cover = next((patch for patch in patches if patch.number == 0), None)
    rest = sorted((patch for patch in patches if patch is not cover), key=lambda patch: patch.number)
    first = cover or rest[0]
    bodies = [thread.messages[number] for number in group]
    return Series(
        version=first.version,
        resend=subjects[group[0]].resend,
        subject=first.subject,
        author=thread.messages[group[0]].author,
        cover=cover,
        patches=tuple(rest),
        expected=max([patch.total for patch in rest] + ([cover.total] if cover else [])),
        base_commit=_mark(bodies, _BASE),
        change_id=_mark(bodies, _CHANGE),
    )


def _mark(messages: list[Message], pattern: re.Pattern[str]) -> str:
    """The first line of the mails that is a base-commit or change-id trailer."""
    for message in messages:
        for line in message.lines:
            if match := pattern.fullmatch(line[:300]):
                return match[1]
    return ""


def _credited(thread: Thread, series: list[Series]) -> dict[str, list[Trailer]]:
    """Tags that replies give, by the patch or cover letter they answer."""
    about = patch_of(thread, series)
    found: dict[str, list[Trailer]] = {}
    for message in thread.messages:
        target = about.get(message.msgid)
        if target and not message.automated:
            given = [trailer for trailer in given_trailers(message) if trailer.credited]
            found.setdefault(target, []).extend(given)
    return found


def _with_credits(one: Series, credited: dict[str, list[Trailer]]) -> Series:
    ids = [patch.msgid for patch in ((one.cover,) if one.cover else ()) + one.patches]
    tags = tuple(trailer for id in ids for trailer in credited.get(id, ()))
    return _changed(one, credited=tags)


def given_trailers(message: Message) -> tuple[Trailer, ...]:
    """Tags in the own text of a mail: unquoted, at the start of a line, before the signature and any diff."""
    found: list[Trailer] = []
    above: list[str] = []  # the paragraph before, or the one that the line stands in
    gap = False
    for raw in message.lines:
        line = raw[:1000].rstrip()
        if line == "--" or diff.starts_patch(line) or _SCISSORS.fullmatch(line) or _FORMAT_PATCH.match(line):
            break
        if line.startswith(">"):
            above = []
        elif not line:
            gap = True
        elif tag := _given(line, above, message):
            found.append(tag)
        else:
            above = [line] if gap else [*above[-9:], line]
            gap = False
    return tuple(found)


def _given(line: str, above: list[str], message: Message) -> Trailer | None:
    """The tag of a line, with the condition set in the sentence above it or in front of it."""
    match = _CREDIT.fullmatch(line)
    condition = _condition(above) if match else ""
    if not match and (inner := _CREDIT.search(line)) and _CONDITION.search(line[: inner.start()]):
        match, condition = inner, line[: inner.start()].strip()
    if not match:
        return None
    credited = _names(match[2], message.author)
    return Trailer(
        name=usual_name(match[1]), value=match[2], msgid=message.msgid, credited=credited, condition=condition
    )


def _condition(above: list[str]) -> str:
    """The sentence right above a tag, when it sets a condition."""
    sentences = re.split(r"(?<=[.!?])\s+", " ".join(line.strip() for line in above).strip())
    return sentences[-1] if _CONDITION.search(sentences[-1]) else ""
