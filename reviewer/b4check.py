"""b4's check command: what `b4 review` shows of a series in its table of checks.

b4 gives one mail on standard input (the cover letter or the only patch), names a JSON file in B4_TRACKING_FILE, runs
in the top of the tree, and wants a JSON array of {tool, status, summary, url, details} on standard output. Its own copy
of the thread is a blob that the JSON file names; so no network is needed for it. b4 waits without limit.
"""

import json
import re
from pathlib import Path
from typing import Any

import msgspec

from reviewer import neutral, programs
from reviewer.errors import Failure
from reviewer.neutral import plain, terminal
from reviewer.render import links, testwords, words
from reviewer.review import Objection, Review
from reviewer.sources import Mails
from threads.model import UNSETTLED, Point

_BLOB = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_TRACKING_CAP = 16 << 20  # bytes


def rows(review: Review) -> list[dict[str, str]]:
    """One row about the review points, one about what the rules say, one about the tests."""
    found = [_points(review)]
    if any(note.startswith("the thread: ") for note in review.not_looked_at):
        said = " ".join(note for note in review.not_looked_at if note.startswith("the thread: "))
        found[0] = _row("mkwrite-review", "warn", "the thread could not be read", "", said)
    if review.objections:
        found.append(_rules(review))
    if review.plan is not None and review.plan.suggestions:
        names = [one.test for one in review.plan.suggestions if one.tier in ("regression", "targeted")]
        said = f"run {words.listed(names, 5)}" if names else f"{len(review.plan.suggestions)} tests planned"
        found.append(_row("mkwrite-tests", "pass", said, "", "\n".join(testwords.listing(review.plan.commands))))
    return found


def text(found: list[dict[str, str]]) -> str:
    """The rows as b4 reads them."""
    return neutral.json(msgspec.json.encode(found).decode()) + "\n"


def _row(tool: str, status: str, summary: str, url: str, details: str) -> dict[str, str]:
    return {"tool": tool, "status": status, "summary": plain(summary), "url": url, "details": terminal(details)}


def _points(review: Review) -> dict[str, str]:
    left = [point for point in words.ordered(review.points) if point.status in UNSETTLED]
    blocking = any(point.weight == "blocking" for point in left)
    status = "fail" if blocking else "warn" if left else "pass"
    details = "\n".join(_point(review, point) for point in left)
    return _row("mkwrite-review", status, review.verdict, links.mail(review, review.reviewed), details)


def _point(review: Review, point: Point) -> str:
    said = words.shortened(words.passage(review, point), 200)
    address = links.mail(review, point.msgid)
    return f'{point.id} {point.status}, {point.kind}, {point.weight}: {plain(str(point.author))}: "{said}" {address}'


def _rules(review: Review) -> dict[str, str]:
    unsaid = [one for one in review.objections if not one.raised_by and not one.pedantic]
    told = words.count(len(review.objections), "objection")
    summary = f"{told}, {len(unsaid)} of them raised by nobody" if unsaid else f"{told}, all raised in the thread"
    details = "\n".join(_objection(one) for one in review.objections)
    return _row("mkwrite-rules", "warn" if unsaid else "pass", summary, "", details)


def _objection(one: Objection) -> str:
    raised = f"raised as {', '.join(one.raised_by)}" if one.raised_by else "not raised"
    spots = ", ".join(links.place(place) for place in one.places[:3])
    return f"{one.title} [{one.rule}, {raised}]: {words.shortened(one.text, 300)} {spots}".rstrip()


def thread_of(tracking_file: str, directory: Path) -> Mails | None:
    """The thread as b4 keeps it in the tree at `directory`; None when the tracking file names none that can be read."""
    from threads import sources

    data = _blob(_tracked(tracking_file), directory)
    if not data:
        return None
    try:
        raws, defects = sources.read_bytes(data, "b4's copy of the thread")
    except sources.SourceError:
        return None
    return Mails(raws=raws, description="b4's copy of the thread", defects=defects)


def from_mail(raw: bytes, midmask: str | None, network: bool) -> Mails:
    """The thread of a mail: fetched by its Message-ID, else the mail alone. Raises Failure when there is no mail."""
    from reviewer import sources
    from threads.messages import parse_message

    if not raw.strip():
        raise Failure("no mail on standard input", "b4 pipes one in; or name the thread with --thread", "no-mail")
    alone = Mails(
        raws=((raw, "mail 1"),),
        description="one mail",
        notes=("the thread: only the mail that b4 gave was read, so nobody's answer is in this report",),
    )
    msgid = parse_message(raw, "mail 1").msgid
    if not network or msgid.endswith("@invalid"):
        return alone
    try:
        return sources.read(f"id:{msgid}", midmask=midmask)
    except Failure as failure:
        note = f"the thread: {failure.what}"
        return msgspec.structs.replace(alone, notes=(*alone.notes, note))


def _tracked(tracking_file: str) -> str:
    """The id of the blob that holds the thread, "" when the file does not say."""
    try:
        with Path(tracking_file).open("rb") as file:
            tracking: Any = json.loads(file.read(_TRACKING_CAP))
        blob = tracking["series"]["thread-blob"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return ""
    return blob if isinstance(blob, str) and _BLOB.fullmatch(blob) else ""


def _blob(blob: str, directory: Path) -> bytes:
    if not blob:
        return b""
    try:
        done = programs.run(["git", "-c", "core.fsmonitor=false", "cat-file", "blob", blob], cwd=directory)
    except OSError:
        return b""
    return done.stdout if done.code == 0 else b""
