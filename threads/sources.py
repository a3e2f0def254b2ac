"""Bytes from a file, a Maildir or standard input, cut into the mails they hold.

Reads files, runs nothing, changes nothing. Not by `mailbox`: it wants a file of its own, splits at every "From " line
and leaves ">From " quoted, has no limits, and in a Maildir hangs on a FIFO and follows links to /dev/zero and
/etc/passwd. A damaged archive gives what stands before the damage and a defect. Raises only SourceError, for input
that holds no mail at all.
"""

import os
import re
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice, takewhile
from pathlib import Path

from threads.messages import MAIL_CAP
from threads.model import Defect, Raw

READ = 64 * 1024  # bytes read at a time; zlib copies what is left of them for every member of a gzip
CHUNK = 1024 * 1024  # bytes unpacked at a time, and of a line that come in one piece
MAILS_CAP = 50_000
INPUT_CAP = 400 * 1024 * 1024  # bytes read, after unpacking
EMPTY_CAP = 50  # empty mails that are named
FROM_CAP = 200_000  # lines that begin with "From " and are looked at
Mails = tuple[Raw, ...]

_FIELD = rb"[!-9;-~]{1,100}[ \t]*:|[ \t]|>From "
# As text: what public-inbox and b4 write needs none of them, and re keeps what it has compiled.
_HEAD = rb"(?![ \t])(?:(?:" + _FIELD + rb")[^\n]*\n){0,100}"
_ASCTIME = rb"From [^\n]{0,300}?[A-Z][a-z]{2} +[A-Z][a-z]{2} +\d{1,2} +\d\d:\d\d"
_GIT = rb"From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001"
_RD = b"From mboxrd@z "
_KNOWN = (
    rb"(?im)^(?:(?:from|to|cc|date|subject|message-id|received|return-path|delivered-to|mime-version|in-reply-to|references"
    rb"|list-id|dkim-signature|authentication-results|sender|reply-to):|content-|x-|arc-)"
)


class SourceError(ValueError):
    """Input that holds no mail: what is wrong with it, and what to try."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(f"{what}; {next_step}")
        self.what = what
        self.next_step = next_step


def read_path(path: str | Path) -> tuple[Mails, tuple[Defect, ...]]:
    """Mails of an mbox (also .gz), a Maildir or a single mail, each with a name for its place, and defects."""
    path = Path(path)
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            return _maildir(path)
        if not stat.S_ISREG(kind):
            raise SourceError(f"{path} is no regular file", "save the mails to a file, or give - for standard input")
        with path.open("rb") as file:
            return _mails(iter(lambda: file.read(READ), b""), str(path))
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read: {error.strerror}", "give an mbox file, a Maildir or a mail"
        ) from error


def read_bytes(data: bytes, name: str = "standard input") -> tuple[Mails, tuple[Defect, ...]]:
    """The same for bytes at hand: mbox, gzipped mbox or a single mail."""
    return _mails((data[start : start + READ] for start in range(0, len(data), READ)), name)


def _mails(chunks: Iterable[bytes], name: str) -> tuple[Mails, tuple[Defect, ...]]:
    defects: list[Defect] = []
    chunks = iter(chunks)
    first = next(chunks, b"")
    plain: Iterable[bytes] = chain((first,), chunks)
    if first.startswith(b"\x1f\x8b"):
        plain = _gunzip(plain, name, defects)
    blocks = _blocks(_capped(plain, name, defects))
    start = next(blocks, b"")
    if not start.strip():
        raise SourceError(f"{name} is empty", "give an mbox file, a Maildir or a mail")
    head = start.split(b"\n", 60)[:60]
    if start.startswith(b"From "):
        box = Mbox(head[0], lambda what: defects.append(Defect(where=name, what=what)))
        found: Iterable[bytes] = box.split(chain((start.partition(b"\n")[2],), blocks))
    elif _is_mail(head):
        found = (_joined(chain((start,), blocks)),)
    else:
        raise SourceError(f"{name} holds no mail", _advice(head))
    mails = [(raw, f"mail {number}") for number, raw in enumerate(islice(found, MAILS_CAP + 1), 1)]
    if len(mails) > MAILS_CAP:
        del mails[MAILS_CAP:]
        defects.append(Defect(where=name, what=f"more than {MAILS_CAP} mails, the rest not read"))
    empty = [where for raw, where in mails if not raw.strip()]
    defects.extend(Defect(where=where, what="empty") for where in empty[:EMPTY_CAP])
    if len(empty) > EMPTY_CAP:
        defects.append(Defect(where=name, what=f"{len(empty) - EMPTY_CAP} more empty mails"))
    return tuple(mail for mail in mails if mail[0].strip()), tuple(defects)


def _capped(chunks: Iterable[bytes], name: str, defects: list[Defect]) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > INPUT_CAP:
            defects.append(Defect(where=name, what=f"more than {INPUT_CAP} bytes, the rest not read"))
            return
        yield chunk


def _gunzip(chunks: Iterable[bytes], name: str, defects: list[Defect]) -> Iterator[bytes]:
    """Unpacked bytes of all members, in pieces of at most 1 MiB; a damaged stream ends with a defect."""
    unpacker = zlib.decompressobj(31)
    before, data = unpacker, b""
    try:
        for chunk in chunks:
            data = chunk
            while data:
                if unpacker.eof and not data.startswith(b"\x1f"):
                    defects.append(Defect(where=name, what="bytes behind the end of the gzip data, not read"))
                    return
                unpacker = zlib.decompressobj(31) if unpacker.eof else unpacker
                before = unpacker.copy()
                yield unpacker.decompress(data, CHUNK)
                data = unpacker.unconsumed_tail or unpacker.unused_data
    except zlib.error as error:
        yield _salvaged(before, data)
        defects.append(Defect(where=name, what=f"gzip data is damaged, read up to there ({str(error)[:60]})"))
        return
    if not unpacker.eof:
        yield unpacker.flush()
        defects.append(Defect(where=name, what="gzip data is cut off, read up to there"))


def _salvaged(unpacker: "zlib._Decompress", data: bytes) -> bytes:
    """What comes before the damage in data whose decompression fails: zlib gives none of it when asked for all."""
    out = bytearray()
    try:
        for place in range(len(data)):
            out.extend(unpacker.decompress(data[place : place + 1]))
    except zlib.error:
        pass
    return bytes(out)


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Runs of whole lines, the first of which is not blank; a line longer than 1 MiB comes in pieces."""
    held, started = b"", False
    for chunk in chunks:
        data = held + chunk
        end = data.rfind(b"\n") + 1 or (len(data) if len(data) > CHUNK else 0)
        block, held = data[:end], data[end:]
        if not started:
            block = block.removeprefix(b"\xef\xbb\xbf").lstrip()
            started = bool(block)
        if block:
            yield block
    if held.strip() or started:
        yield held


def _is_mail(head: list[bytes]) -> bool:
    """Whether the lines begin with a header block that has at least one field every mail can have."""
    if len(head) == 1 and head[0].count(b"\r") > 1:
        head = head[0].split(b"\r")
    block = list(takewhile(lambda line: line.strip(), head))
    return bool(re.match(_FIELD, head[0])) and bool(re.search(_KNOWN, b"\n".join(block)))


def _advice(head: list[bytes]) -> str:
    if any(line.startswith((b"diff --git ", b"--- ", b"Index: ")) for line in head):
        return "a diff alone has no author or text: give what `git format-patch` writes"
    if any(line.lstrip()[:9].lower().startswith((b"<!doctype", b"<html")) for line in head[:3]):
        return "this is a web page: fetch the thread's mbox (t.mbox.gz) instead"
    return "give an mbox file (also .gz), a Maildir or a single mail with its headers"


def _joined(blocks: Iterable[bytes]) -> bytes:
    """All of it as one mail, one byte over the cap when it is longer."""
    kept = bytearray()
    for block in blocks:
        if len(kept) <= MAIL_CAP:
            kept.extend(block)
    return bytes(kept[: MAIL_CAP + 1])


class Mbox:
    """How one mbox marks its mails, told from its first line.

    public-inbox and b4 write mboxrd ("From mboxrd@z", every body line that is ">"* and "From " gets one more ">"),
    most others mboxo (only "From " is quoted), and `git format-patch` quotes nothing. A "From " line inside a mail
    that nobody quoted is told from a separator by what follows: a separator has a header block behind it.
    """

    def __init__(self, first: bytes, report: Callable[[str], None]) -> None:
        self.rd = first.startswith(_RD)
        self.git = not self.rd and bool(re.match(_GIT, first))
        self.quote = re.compile(rb"(?m)^>(?=>*From )" if self.rd else rb"(?m)^>(?=From )")
        self.report = report

    def split(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Raw mails without separators and quoting, from what stands behind the first line."""
        mail = bytearray()
        text, place = b"\n\n", 2  # what is not told yet begins at `place`; the three bytes before it stay
        looked = 0
        for block in chain(blocks, (b"",)):
            text, place = text[max(0, place - 3) :] + block, min(place, 3)
            start = text.find(b"\nFrom ", place - 1) + 1
            while start:
                end = self._separator(text, start, last=not block)
                if end is None:
                    break
                if end:
                    self._keep(mail, text[place:start])
                    yield _closed(mail)
                    mail, place = bytearray(), end
                looked += 1
                if looked > FROM_CAP:
                    self.report(f"more than {FROM_CAP} lines that begin with From, the rest not read")
                    yield _closed(mail)
                    return
                start = text.find(b"\nFrom ", end - 1 if end else start) + 1
            self._keep(mail, text[place : start or len(text)])
            place = start or len(text)
        yield _closed(mail)

    def _separator(self, text: bytes, start: int, *, last: bool) -> int | None:
        """Where the line at `start` ends if it separates mails, 0 if it does not, None if more text must tell."""
        unread = None if not last and len(text) - start < CHUNK else 0
        end = text.find(b"\n", start) + 1 or (len(text) if last else 0)
        line = text[start:end]
        if not end:
            return unread
        if self.rd and line.startswith(_RD):
            return end
        dated = bool(re.match(_ASCTIME, line))
        blank = text.endswith((b"\n\n", b"\n\r\n"), 0, start)
        head = re.compile(_HEAD).match(text, end)
        if not head or not (dated or blank) or (re.match(_GIT, line) and not self.git):  # or a patch pasted into a mail
            return 0
        if len(re.findall(_KNOWN, head[0])) >= 2:
            return end
        after = text.find(b"\n", head.end())
        if after < 0 and not last:
            return unread
        ended = not text[head.end() : after if after >= 0 else len(text)].strip()
        return end if dated and ended and head[0] else 0

    def _keep(self, mail: bytearray, text: bytes) -> None:
        if len(mail) <= MAIL_CAP:
            mail.extend(text if self.git or b">From " not in text else self.quote.sub(b"", text))


def _closed(mail: bytearray) -> bytes:
    """The bytes of a mail, without the empty line that mbox puts behind it, one byte over the cap when longer."""
    if mail.endswith(b"\n\n"):
        del mail[-1:]
    return bytes(mail[: MAIL_CAP + 1])


def _maildir(path: Path) -> tuple[Mails, tuple[Defect, ...]]:
    mails: list[Raw] = []
    defects: list[Defect] = []
    folders = [path / name for name in ("new", "cur") if _is_real(path / name)]
    if not folders:
        raise SourceError(f"{path} is a directory but no Maildir (no new/ or cur/)", "give an mbox file or a Maildir")
    files = sorted((file for folder in folders for file in folder.glob("[!.]*")), key=lambda file: file.name)
    for file in files:
        where = f"{file.parent.name}/{file.name}"
        raw, problem = _regular(file)
        if problem:
            defects.append(Defect(where=where, what=problem))
        elif len(mails) >= MAILS_CAP:
            defects.append(Defect(where=str(path), what=f"more than {MAILS_CAP} mails, the rest not read"))
            break
        else:
            mails.append((raw, where))
    if not mails and not defects:
        raise SourceError(f"{path} is an empty Maildir", "give an mbox file or a Maildir with mails")
    return tuple(mails), tuple(defects)


def _is_real(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


def _regular(path: Path) -> Raw:
    """Bytes of a regular file and "", or b"" and why it is not read. Never follows a link, never waits on a FIFO."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return b"", "no regular file, not read"
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return b"", "no regular file, not read"
            raw = file.read(MAIL_CAP + 1)
    except OSError as error:
        return b"", f"cannot be read: {error.strerror}"
    if raw.startswith(b"From "):
        raw = raw.partition(b"\n")[2]
    return (raw, "") if raw.strip() else (b"", "empty")
