"""The threads under data/ and others of invented people, read as far as the ledger reads them."""

import json
from pathlib import Path
from typing import Any

from tests.threads.mails import DIFF, mail
from threads import ledger, messages, quoting, reading, series, sources, tree
from threads.model import Ledger, Thread
from threads.reading import Reading
from threads.scene import Scene

DATA = Path(__file__).with_name("data")
NAMES = tuple(sorted(path.stem for path in DATA.glob("*.mbox")))
ADA, BO, CEM = "Ada Author <ada@example.org>", "Bo Reviewer <bo@example.org>", "Cem Third <cem@example.net>"


def from_file(path: Path) -> Thread:
    mails, _ = sources.read_path(path)
    return tree.build([messages.parse_message(raw, where) for raw, where in mails])


def gold(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text())
    return found


def judged(thread: Thread) -> Ledger:
    return ledger.build(thread, series.find(thread), quoting.read(thread))


def look(thread: Thread) -> Reading:
    return reading.read(Scene(thread, series.find(thread), quoting.read(thread)))


def talk(*answers: tuple[str, str], patch: str = DIFF) -> Thread:
    """Ada's patch (mail 0) and a chain of answers, each (author, body) to the one before."""
    body = (
        "Because it is wrong.\n\nSigned-off-by: Ada Author <ada@example.org>\n---\n fs/toy/file.c | 3 ++-\n\n" + patch
    )
    raws = [mail("0@example.org", subject="[PATCH] toy: fix it", author=ADA, body=body + "-- \n2.40.0\n")]
    for number, (author, text) in enumerate(answers, 1):
        raws.append(
            mail(
                f"{number}@example.org", subject="Re: [PATCH] toy: fix it", author=author, body=text,
                parent=f"{number - 1}@example.org", date=f"Fri, 5 Jun 2020 {number:02d}:00:00 +0000",
            )
        )  # fmt: skip
    return tree.build([messages.parse_message(raw, "test") for raw in raws])


def quoted(text: str) -> str:
    return "".join(
        ">" + line + "\n" if line.startswith(">") else f"> {line}\n" for line in text.rstrip("\n").split("\n")
    )
