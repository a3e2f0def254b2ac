"""Patch series of a thread: versions, cover letters, patches in order, and the tags that replies give. Pure.

A mail is a patch when its subject is no reply and says so ("[PATCH ...]", "[RFC 1/2]") and it holds a diff that nobody
quoted, or is one of a numbered series. A reply is a patch too when what follows its last quote is a commit message
signed off by the sender, or text behind a scissors line, with a diff under it; any other diff in a reply is a
suggestion, not a patch.
"""

import re
from collections.abc import Mapping, Sequence

from threads import diff, tree
from threads.headers import addresses
from threads.model import Defect, Identity, Message, Patch, Series, Thread, Trailer, Value

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
    r"\b(?:with (?:that|this|those|these|the|it|such)\b|once|after|if you|if that|if this|assuming|provided|apart from"
    r"|aside from|other than|modulo|except|besides|when (?:that|this|you))",
    re.IGNORECASE,
)
_INBODY = re.compile(r">?(from|subject|date)[ \t]*:[ \t]*(.*)", re.IGNORECASE)
_SCISSORS = re.compile(r"(?:[-\s]|>8|8<|>%|%<|cut here)*(?:>8|8<|>%|%<)(?:[-\s]|>8|8<|>%|%<|cut here)*")
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
        return _as_reply(subject_of(inner))
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
    )


def _as_reply(subject: Subject) -> Subject:
    return Subject(**{**{name: getattr(subject, name) for name in subject.__struct_fields__}, "reply": True})


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
    """The series a reader is asked to look at: the newest version by the author who began the thread's first one."""
    if not series:
        return None
    first = min(series, key=lambda one: _place(thread, one))
    own = [one for one in series if one.author == first.author]
    return max(own, key=lambda one: (one.version, _place(thread, one)))


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
        subject = Subject(**{**{name: getattr(subject, name) for name in subject.__struct_fields__}, "number": 0})
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
    """A patch sent inside a reply: behind a scissors line, or signed off by the sender under the last quote."""
    if "\n+++ " not in message.body:
        return None
    start = next((n + 1 for n, line in enumerate(lines) if _SCISSORS.fullmatch(line[:200])), -1)
    scissors = start >= 0
    if not scissors:
        start = max((n + 1 for n, line in enumerate(lines) if line.startswith(">")), default=0)
    end = next((n for n in range(start, len(lines)) if diff.starts_patch(lines[n])), -1)
    if end < 0:
        return None
    signed = [t for t in _trailers(message, lines, (start, end)) if t.name == "Signed-off-by"]
    if not scissors and not any(t.credited for t in signed):
        return None
    files, defects = diff.files("\n".join(lines[end:]), end, message.msgid)
    if not files:
        return None
    return _make(message, subject, (start, end), files, defects)


def _make(
    message: Message,
    subject: Subject,
    span: tuple[int, int],
    files: tuple[object, ...],
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
    """Where the commit message begins behind in-body From:, Subject: and Date: lines; the author and subject they give."""
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
        elif not match and (line.strip() or seen) and not re.match(r"From [0-9a-f]{40} ", line):
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
        if subject.counted and patch.number and above >= 0 and _belongs(subjects, found, head[above], number):
            leader = head[above]
        elif subject.counted and patch.number and not subject.reply:
            leader = loose.setdefault((*key, patch.author.address, above), number)
        leader = number if leader < 0 else leader
        head[number] = leader
        groups.setdefault(leader, []).append(number)
    return list(groups.values())


def _belongs(subjects: list[Subject], found: dict[int, Patch], leader: int, number: int) -> bool:
    """Whether a numbered patch that hangs under a series is part of it, and not its next version."""
    first, this = subjects[leader], subjects[number]
    same = first.label == this.label and first.resend == this.resend and not this.reply
    return same and (found[leader].number == 0 or (first.counted and first.total == this.total))


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
    return Series(**{**{name: getattr(one, name) for name in one.__struct_fields__}, "credited": tags})


def given_trailers(message: Message) -> tuple[Trailer, ...]:
    """Tags in the own text of a reply: unquoted, at the start of a line, before the signature and any diff."""
    found = []
    before: list[str] = []
    for line in message.lines:
        line = line[:1000].rstrip()
        if line in ("--", "-- ") or diff.starts_patch(line) or _SCISSORS.fullmatch(line):
            break
        if line.startswith(">"):
            before = []
            continue
        match = _CREDIT.fullmatch(line)
        condition = _condition(before) if match else ""
        if not match and (inline := _CREDIT.search(line)) and _CONDITION.search(line[: inline.start()]):
            match, condition = inline, line[: inline.start()].strip()
        if match:
            found.append(
                Trailer(name=usual_name(match[1]), value=match[2], msgid=message.msgid,
                        credited=_names(match[2], message.author), condition=condition)
            )  # fmt: skip
        before.append(line)
    return tuple(found)


def _condition(before: list[str]) -> str:
    """The sentence right above a tag, when it sets a condition."""
    text = " ".join(line.strip() for line in before[-6:]).strip()
    sentences = [part for part in re.split(r"(?<=[.!?])\s+", text) if part]
    last = sentences[-1] if sentences else ""
    return last if _CONDITION.search(last) else ""
