"""Labelled threads of public archives, kept as facts: which line says it, never the line.

A labels file has one JSON object a line: the archive, the commits that hold the thread's mails, and the points with
their events as message-id, line of the body and a short hash of that line. The mails are read from clones of
public-inbox archives (`git clone --mirror https://lore.kernel.org/linux-xfs/0 linux-xfs.vger.kernel.org.0`).

Write one from annotations as ../shared/corpus/GUIDELINES.md describes them, with the directory of those clones:

    python -m tests.benchmarks.labels --archive DIR --out tests/benchmarks/labels/NAME.jsonl ANNOTATION.json ...

Where an annotation has "blocks" (message-id and line of each), only those comment blocks were judged.
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

Place = tuple[str, int, str]  # message-id, line of the body, hash of the line


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


def mails(record: dict[str, Any], archive: Path) -> dict[str, bytes]:
    """The raw mails of a labelled thread by message-id; those that the archive lacks are left out."""
    repo = repository(archive, record["archive"])
    if repo is None:
        return {}
    names = list(record["commits"])
    found = blobs(repo, [f"{record['commits'][name]}:m" for name in names])
    return {name: data for name, data in zip(names, found, strict=True) if data is not None}


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def line_of(message: Message | None, place: Sequence[Any]) -> str | None:
    """The text at that place: on its line, or wherever in the mail a line has that hash."""
    _, number, wanted = place
    if message is None:
        return None
    if 0 <= number < len(message.lines) and mark(message.lines[number]) == wanted:
        return str(message.lines[number]).strip()
    return next((str(line).strip() for line in message.lines if mark(line) == wanted), None)


def annotation(record: dict[str, Any], found: dict[str, Message]) -> dict[str, Any]:
    """The record as an annotation again, with the quotes from the mails; what cannot be found is left out."""

    def quoted(entry: dict[str, Any], **more: Any) -> dict[str, Any] | None:
        text = line_of(found.get(entry["at"][0]), entry["at"])
        rest = {name: value for name, value in entry.items() if name not in ("at", "events")}
        return None if text is None else {**rest, **more, "message_id": entry["at"][0], "quote": text}

    points = []
    for point in record["points"]:
        events = [quoted(event) for event in point["events"]] if "events" in point else None
        entry = quoted(point, **({} if events is None else {"events": [event for event in events if event]}))
        if entry is not None:
            points.append(entry)
    return {"points": points, "claims": [], "blocks": record.get("blocks"), "outcome": record.get("outcome")}


def record_of(gold: dict[str, Any], archive: str, commits: dict[str, str], found: dict[str, Message]) -> dict[str, Any]:
    """The record of an annotation. A quote that no line of its mail holds is an error of the annotation."""
    points = []
    for point in gold["points"]:
        entry: dict[str, Any] = {"at": place_of(found, point["message_id"], point["quote"])}
        entry.update((name, point[name]) for name in ("kind", "weight", "status") if name in point)
        if "events" in point:
            entry["events"] = [
                {"at": place_of(found, event["message_id"], event["quote"]), "type": event["type"]}
                for event in point["events"]
            ]
        points.append(entry)
    record: dict[str, Any] = {"archive": archive, "commits": commits, "points": points}
    record.update((name, gold[name]) for name in ("blocks", "outcome") if gold.get(name))
    return record


def place_of(found: dict[str, Message], msgid: str, quote: str) -> Place:
    wanted = fold(quote)
    lines = found[msgid].lines if msgid in found else ()
    for same in (True, False):
        for number, line in enumerate(lines):
            if fold(line) == wanted if same else wanted in fold(line):
                return msgid, number, mark(line)
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
                found.setdefault(match[1].decode("latin-1"), commit[:16])
    return found


def parsed(raw: Iterable[tuple[str, bytes]]) -> dict[str, Message]:
    return {name: messages.parse_message(data, name) for name, data in raw}


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
            found = parsed(mails({"archive": gold["archive"], "commits": commits}, args.archive).items())
            out.write(json.dumps(record_of(gold, gold["archive"], commits, found), separators=(",", ":")) + "\n")
    print(f"{args.out}: {len(golds)} threads")
    return 0


if __name__ == "__main__":
    sys.exit(main())
