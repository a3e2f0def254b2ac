"""The SOURCE argument: from what a user typed to the raw mails of one thread.

An existing path always wins over every other reading. Nothing is asked of a network unless SOURCE is a message-id or
a URL of the configured archive; a URL is never opened, only the message-id is taken out of it.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import msgspec

from reviewer import cut
from reviewer.errors import Failure
from reviewer.review import Value
from threads.model import Defect, Raw

FORMS = "a message-id, an mbox, a Maildir, a .patch or .eml file, PATH#message-id, - or `example`"


class Mails(Value, frozen=True, kw_only=True):
    """The raw mails of one thread, in the order the source has them."""

    raws: tuple[Raw, ...]
    description: str  # of the source, for people
    asked: str | None = None  # the message-id that named the thread, without brackets
    defects: tuple[Defect, ...] = ()
    notes: tuple[str, ...] = ()  # what was left out or decided, for the report's "not looked at"


def read(source: str, *, midmask: str | None = None, network: bool = True, seconds: float = 60.0) -> Mails:
    """Read `source`, fetching at most one thread. Raises Failure.

    `midmask`: the archive to ask instead of the configured one; `network`: False refuses a fetch; `seconds`: how long
    a fetch may take.
    """
    found = _read(source, midmask, network, seconds)
    return msgspec.structs.replace(found, raws=tuple((_ended(raw), where) for raw, where in found.raws))


def _ended(raw: bytes) -> bytes:
    """The mail with one newline at its end: mbox, b4 and git differ in empty lines there, and reports must not."""
    return raw.rstrip(b"\r\n") + b"\n"


def _read(source: str, midmask: str | None, network: bool, seconds: float) -> Mails:
    if not source.strip():
        raise Failure("SOURCE is empty", f"give {FORMS}", "bad-source")
    if source == "-":
        return _stdin()
    if _exists(source):
        return _file(source)
    for path, msgid in _named(source):
        return _path(path, msgid)
    if source == "example":
        return _example()
    if re.match(r"https?://", source, re.IGNORECASE):
        return _fetched(_id_of_url(source, midmask), midmask, network, seconds)
    return _fetched(_id(source), midmask, network, seconds)


def _file(source: str) -> Mails:
    found = _path(Path(source), None)
    if source != "example" and ("@" not in source or "/" in source):
        return found
    note = "SOURCE was read as a file of that name; from a directory without it, the other meaning counts"
    return msgspec.structs.replace(found, notes=(note, *found.notes))


def _exists(path: str) -> bool:
    try:
        return bool(path) and Path(path).exists()
    except (OSError, ValueError):  # a name too long, or with a NUL: no file
        return False


def _named(source: str) -> Iterator[tuple[Path, str]]:
    """PATH#message-id with an existing PATH; both may hold a # themselves, the shortest PATH that exists counts."""
    for match in re.finditer("#", source[:5000]):
        path, name = source[: match.start()], source[match.end() :]
        if _exists(path):
            if not name.strip():
                raise Failure(f"no message-id behind the # of {path}#", "add it, or give the path alone", "bad-source")
            yield Path(path), _id(name)


def _id(text: str) -> str:
    """The bare message-id in `text`: bare, in <>, as id:... or mid:..., or with the header's name before it."""
    from reviewer import fetch

    msgid = text.strip()
    marks = ("message-id:", "rfc822msgid:", "id:", "mid:")
    mark = next((mark for mark in marks if msgid.lower().startswith(mark)), "")
    msgid = msgid[len(mark) :].strip()
    marked = bool(mark) or msgid.startswith("<")
    path, mark, _ = text.partition("#")
    if mark and not marked and (_looks_like_path(path) or ("/" in path and "@" not in path)):
        raise Failure(f"there is no file {path[:200]!r}", f"SOURCE is {FORMS}", "bad-source")
    if not (marked or "@" in msgid) or _looks_like_path(text):
        kind = "there is no file" if _looks_like_path(text) else "neither a file nor a message-id:"
        raise Failure(f"{kind} {text[:200]!r}", f"SOURCE is {FORMS}", "bad-source")
    msgid = msgid.removeprefix("<").removesuffix(">")
    fetch.check_id(msgid)
    return msgid


def _looks_like_path(text: str) -> bool:
    if text.startswith(("/", "./", "../", "~")):
        return True
    return "@" not in text and text.lower().endswith((".mbox", ".gz", ".eml", ".patch", ".mbx", ".txt", "/"))


def _id_of_url(url: str, midmask: str | None) -> str:
    """The message-id in a URL of the configured archive; %40 and the like decoded."""
    from reviewer import config

    masks = config.masks(midmask)
    parts = config.url_parts(url)
    if parts is None:
        raise Failure(f"not a URL: {url[:200]!r}", "give the URL of one mail, or its message-id", "bad-source")
    ids = [unquote(piece) for piece in parts.path.split("/") if "@" in unquote(piece)]
    if not ids:
        raise Failure(f"no message-id in {url[:200]}", "give the URL of one mail, or its message-id", "bad-source")
    if not masks.names(parts.netloc):
        what = f"{parts.netloc[:100]} is not the configured archive ({masks.host.rpartition('@')[2]})"
        raise Failure(what, f"give the message-id alone ({ids[0][:200]}), or set --midmask", "other-host")
    return _id(f"<{ids[0]}>")


def _fetched(msgid: str, midmask: str | None, network: bool, seconds: float) -> Mails:
    from reviewer import config, fetch, programs

    if not network:
        what = f"{msgid} would have to be fetched, and --no-network forbids it"
        raise Failure(what, "give a local mbox, Maildir or public-inbox clone (PATH#message-id)", "no-network")
    masks = config.masks(midmask)
    raws = fetch.thread(msgid, masks, programs.Limits(seconds=seconds))
    return Mails(raws=raws, description=f"{msgid}, fetched from {fetch.shown_host(masks)} through b4", asked=msgid)


def _stdin() -> Mails:
    from threads import sources

    if sys.stdin.isatty():
        raise Failure("standard input is a terminal", "pipe a mail or an mbox into mkwrite", "bad-source")
    data = sys.stdin.buffer.read(sources.INPUT_CAP + 1)
    try:
        raws, defects = sources.read_bytes(data)
    except sources.SourceError as error:
        raise Failure(error.what, error.next_step, "no-mail") from error
    return _cut(raws, defects, None, "standard input")


def _example() -> Mails:
    from importlib import resources

    from threads import sources

    data = resources.files("reviewer.example").joinpath("thread.mbox").read_bytes()
    raws, defects = sources.read_bytes(data, "example")
    return _cut(raws, defects, None, "the bundled example thread")


def _path(path: Path, msgid: str | None) -> Mails:
    from threads import sources

    if path.is_dir() and not (path / "cur").is_dir() and not (path / "new").is_dir():
        from reviewer import inbox

        if inbox.epochs(path):
            return _from_inbox(path, msgid)
    try:
        raws, defects = sources.read_path(path)
    except sources.SourceError as error:
        raise Failure(error.what, error.next_step, "no-mail") from error
    return _cut(raws, defects, msgid, str(path))


def _from_inbox(path: Path, msgid: str | None) -> Mails:
    from reviewer import inbox

    if msgid is None:
        what = f"{path} is a git repository, and no mail of it is named"
        raise Failure(what, f"for a public-inbox clone give {path}#message-id", "bad-source")
    found = inbox.thread(path, msgid)
    return Mails(raws=found.raws, description=f"{path}, the thread of {msgid}", asked=msgid, notes=found.notes)


def _cut(raws: tuple[Raw, ...], defects: tuple[Defect, ...], msgid: str | None, name: str) -> Mails:
    """Keep the thread of `msgid`, or of the first mail when none is named; others are counted in a note."""
    if msgid is None and len(raws) == 1:
        return Mails(raws=raws, description=name, defects=defects)
    heads = [cut.head(raw) for raw, _ in raws]
    threads = cut.threads(heads)
    chosen = next((t for t in threads if msgid is None or any(heads[i].msgid == msgid for i in t)), None)
    if chosen is None:
        raise Failure(f"{name} holds no mail with the id {msgid}", "check the id, or leave it away", "not-in-source")
    notes: tuple[str, ...] = ()
    if len(threads) > 1 and msgid is None:
        left = len(raws) - len(chosen)
        other = "1 other thread" if len(threads) == 2 else f"{len(threads) - 1} other threads"
        mails = "1 mail" if left == 1 else f"{left} mails"
        notes = (
            f"{other} ({mails}) in {name}: only the thread of its first mail was read; name one with {name}#message-id",
        )
    description = f"{name}, the thread of {msgid}" if msgid else name
    kept = tuple(raws[i] for i in chosen)
    return Mails(raws=kept, description=description, asked=msgid, defects=defects, notes=notes)
