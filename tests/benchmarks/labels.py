"""Labelled threads of public archives, kept as facts: which line says it, never the line.

A labels file has one JSON object a line: the archive, the commits that hold the thread's mails, and the points with
their events as number of the mail among these, line of the body and a short hash of that line. The mails are read from
clones of public-inbox archives (`git clone --mirror https://lore.kernel.org/linux-xfs/0 linux-xfs.vger.kernel.org.0`).

Write one from annotations as ../shared/corpus/GUIDELINES.md describes them, with the directory of those clones:

    python -m tests.benchmarks.labels --archive DIR --out tests/benchmarks/labels/NAME.jsonl ANNOTATION.json ...

Where an annotation has "blocks" (message-id and line of each), only those comment blocks were judged; where a point has
no "events", only that it is one, with its kind and weight.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from threads import messages
from threads.model import Message

LABELS = Path(__file__).with_name("labels")
_IDS = re.compile(rb"(?im)^message-id:\s*<([^<>\s]+)>")

COMMIT = 12  # hex digits that are kept of a commit
Place = tuple[int, int, str]  # number of the mail, line of the body, hash of the line


def fold(text: str) -> str:
    return " ".join(text.split())


def mark(text: str) -> str:
    """What a line is known by again: eight hex digits of its folded text."""
    return hashlib.sha256(fold(text).encode()).hexdigest()[:8]


def repository(archive: Path, name: str) -> Path | None:
    """The clone of that name below the directory: bare, or bare in `repo` or `all.git`, or with owner+ in front."""
    for found in sorted((archive / name, *archive.glob(f"*+{name}"))):
        for place in (found, found / "repo", found / "all.git"):
            if (place / "objects").is_dir():
                return place
    return None


def blobs(repo: Path, names: Sequence[str]) -> Iterator[bytes | None]:
    """The content of each object, None where the repository has none of that name."""
    asked = "".join(f"{name}\n" for name in names).encode()
    done = subprocess.run(["git", "-C", str(repo), "cat-file", "--batch"], input=asked, capture_output=True, check=True)
    place = 0
    for _ in names:
        end = done.stdout.index(b"\n", place)
        head = done.stdout[place:end].split()
        if len(head) < 3 or not head[2].isdigit():
            yield None
            place = end + 1
            continue
        begin, size = end + 1, int(head[2])
        yield done.stdout[begin : begin + size]
        place = begin + size + 1


def mails(record: dict[str, Any], archive: Path) -> list[bytes | None]:
    """The raw mails of a labelled thread in the order of its commits; None for one that the archive lacks."""
    repo = repository(archive, record["archive"])
    if repo is None:
        return [None] * len(record["commits"])
    return list(blobs(repo, [f"{commit}:m" for commit in record["commits"]]))


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def line_of(message: Message | None, place: tuple[int, str]) -> str | None:
    """The text at that line with that hash, or wherever in the mail a line has the hash."""
    number, wanted = place
    if message is None:
        return None
    if 0 <= number < len(message.lines) and mark(message.lines[number]) == wanted:
        return str(message.lines[number]).strip()
    return next((str(line).strip() for line in message.lines if mark(line) == wanted), None)


def annotation(record: dict[str, Any], found: Sequence[Message | None]) -> dict[str, Any]:
    """The record as an annotation again, with the quotes from the mails; what cannot be found is left out."""

    def quoted(entry: dict[str, Any], **more: Any) -> dict[str, Any] | None:
        number, line, wanted = entry["at"]
        message = found[number]
        text = line_of(message, (line, wanted))
        if message is None or text is None:
            return None
        rest = {name: value for name, value in entry.items() if name not in ("at", "events")}
        return {**rest, **more, "message_id": message.msgid, "quote": text}

    points = []
    for point in record["points"]:
        events = [quoted(event) for event in point["events"]] if "events" in point else None
        entry = quoted(point, **({} if events is None else {"events": [event for event in events if event]}))
        if entry is not None:
            points.append(entry)
    whole: dict[str, Any] = {"points": points, "claims": [], "outcome": record.get("outcome")}
    if "blocks" in record:
        places = [(found[number], line) for number, line in record["blocks"]]
        whole["blocks"] = [(message.msgid, line) for message, line in places if message is not None]
    return whole


def record_of(gold: dict[str, Any], archive: str, commits: dict[str, str], found: dict[str, Message]) -> dict[str, Any]:
    """The record of an annotation; `commits` by message-id.

    Raises ValueError for a quote that no line of its mail holds.
    """
    numbers = {msgid: number for number, msgid in enumerate(commits)}

    def place(entry: dict[str, Any]) -> Place:
        line, wanted = place_of(found, entry["message_id"], entry["quote"])
        return numbers[entry["message_id"]], line, wanted

    points = []
    for point in gold["points"]:
        entry: dict[str, Any] = {"at": place(point)}
        entry.update((name, point[name]) for name in ("kind", "weight", "status") if name in point)
        if "events" in point:
            entry["events"] = [{"at": place(event), "type": event["type"]} for event in point["events"]]
        points.append(entry)
    short = [commit[:COMMIT] for commit in commits.values()]
    record: dict[str, Any] = {"archive": archive, "commits": short, "points": points}
    if gold.get("blocks"):
        record["blocks"] = [(numbers[msgid], line) for msgid, line in gold["blocks"]]
    if gold.get("outcome"):
        record["outcome"] = gold["outcome"]
    return record


def place_of(found: dict[str, Message], msgid: str, quote: str) -> tuple[int, str]:
    """Line of the body and hash of the line that holds a quote. Raises ValueError where none does."""
    wanted = fold(quote)
    lines = found[msgid].lines if msgid in found else ()
    for same in (True, False):
        for number, line in enumerate(lines):
            if fold(line) == wanted if same else wanted in fold(line):
                return number, mark(line)
    raise ValueError(f"{msgid} has no line with {quote!r}")


def index(repo: Path, wanted: set[str]) -> dict[str, str]:
    """Commit of each wanted message-id; the whole archive is read for it."""
    log = subprocess.run(["git", "-C", str(repo), "log", "--format=%H"], capture_output=True, text=True, check=True)
    commits = log.stdout.split()
    found: dict[str, str] = {}
    for begin in range(0, len(commits), 2000):
        part = commits[begin : begin + 2000]
        for commit, data in zip(part, blobs(repo, [f"{name}:m" for name in part]), strict=True):
            match = _IDS.search(data.partition(b"\n\n")[0]) if data else None
            if match and match[1].decode("latin-1") in wanted:
                found.setdefault(match[1].decode("latin-1"), commit[:COMMIT])
    return found


def parsed(raw: Iterable[bytes | None]) -> list[Message | None]:
    return [None if data is None else messages.parse_message(data, "archive") for data in raw]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--archive", type=Path, required=True, help="directory of public-inbox clones")
    parser.add_argument("--out", type=Path, required=True, help="the labels file to write")
    parser.add_argument("annotations", type=Path, nargs="+", help='JSON; "archive" and "mails" name the thread')
    args = parser.parse_args()
    golds = [json.loads(path.read_text()) for path in args.annotations]
    wanted: dict[str, set[str]] = {}
    for gold in golds:
        wanted.setdefault(gold["archive"], set()).update(gold["mails"])
    known = {}
    for name, ids in wanted.items():
        repo = repository(args.archive, name)
        if repo is None:
            print(f"no clone of {name} below {args.archive}")
            return 1
        known[name] = index(repo, ids)
    with args.out.open("w") as out:
        for gold in golds:
            commits = {name: known[gold["archive"]][name] for name in gold["mails"] if name in known[gold["archive"]]}
            record = {"archive": gold["archive"], "commits": list(commits.values())}
            found = {mail.msgid: mail for mail in parsed(mails(record, args.archive)) if mail is not None}
            out.write(json.dumps(record_of(gold, gold["archive"], commits, found), separators=(",", ":")) + "\n")
    print(f"{args.out}: {len(golds)} threads")
    return 0


if __name__ == "__main__":
    sys.exit(main())
