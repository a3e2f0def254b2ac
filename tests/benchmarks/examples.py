"""Annotated threads, read as the program reads them: ../shared/corpus, and labels/*.jsonl with the archives at hand."""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import labels
from threads import features, messages, points, quoting, reading, series, sources, tree
from threads.features import Passage
from threads.model import Message, Value
from threads.points import Draft
from threads.reading import Reading
from threads.scene import Scene

CORPUS = Path(__file__).parents[2] / "../shared/corpus"


class Example(Value, frozen=True, kw_only=True):
    """An annotated thread, read as the program reads it."""

    tid: str
    gold: dict[str, Any]
    mbox: Path
    thread: Any
    series: Any
    quoting: Any
    reading: Reading
    judged: frozenset[int] | None = None  # blocks whose points are known; None for all

    @property
    def scene(self) -> Scene:
        return self.reading.scene

    @property
    def passages(self) -> tuple[Passage, ...]:
        return self.reading.passages


def load(split: str) -> list[Example]:
    root = CORPUS / split
    return [
        read(path.stem, json.loads(path.read_text()), root / "mbox" / f"{path.stem}.mbox")
        for path in sorted((root / "gold").glob("t*.json"))
    ]


def read(tid: str, gold: dict[str, Any], mbox: Path) -> Example:
    mails, _ = sources.read_path(mbox)
    return example(tid, gold, mbox, [messages.parse_message(raw, where) for raw, where in mails])


TAUGHT = ("blocks", "threads")  # labels that are trained on; held.jsonl and unseen.jsonl never are


def further(archive: Path, keep: Path | None = None, names: Sequence[str] = TAUGHT) -> list[Example]:
    """The labelled threads of labels/NAME.jsonl whose mails the directory of archives holds.

    Their mails are written to mailboxes in `keep`, which score.py wants.
    """
    found = []
    for path in (labels.LABELS / f"{name}.jsonl" for name in names):
        for number, record in enumerate(labels.read(path)):
            raw = labels.mails(record, archive)
            there = [data for data in raw if data is not None]
            if there:
                mails = labels.parsed(raw)
                tid = f"{path.stem}-{number:03}"
                box = (keep or Path()) / f"{tid}.mbox"
                if keep and "blocks" not in record:
                    box.write_bytes(b"".join(map(_boxed, there)))
                thread = [mail for mail in mails if mail is not None]
                found.append(example(tid, labels.annotation(record, mails), box, thread))
    return found


def _boxed(mail: bytes) -> bytes:
    return b"From mailbox Thu Jan  1 00:00:00 1970\n" + re.sub(rb"(?m)^(>*From )", rb">\1", mail) + b"\n\n"


def example(tid: str, gold: dict[str, Any], mbox: Path, mails: list[Message]) -> Example:
    thread = tree.build(mails)
    found = series.find(thread)
    told = quoting.read(thread)
    scene = Scene(thread, found, told)
    blocks = gold.get("blocks")
    places = None if blocks is None else [scene.block_of.get((msgid, line)) for msgid, line in blocks]
    return Example(
        tid=tid,
        gold=gold,
        mbox=mbox,
        thread=thread,
        series=found,
        quoting=told,
        reading=reading.read(scene),
        judged=None if places is None else frozenset(place for place in places if place is not None),
    )


def fold(text: str) -> str:
    return " ".join(text.split())


def words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z0-9_]+", text.lower()))


def block_of(example: Example, msgid: str, quote: str) -> int | None:
    wanted = fold(quote)
    for number in example.scene.blocks_in.get(msgid, ()):
        if wanted in fold(" ".join(line.text for line in example.scene.blocks[number].lines)):
            return int(number)
    return None


def sentence_of(example: Example, number: int, quote: str) -> int | None:
    """The sentence that a gold quote stands in: on its line, sharing most words."""
    wanted, need = fold(quote), words(quote)
    lines = {
        line.number
        for line in example.scene.blocks[number].lines
        if wanted in fold(line.text) or (len(fold(line.text)) > 10 and fold(line.text) in wanted)
    }
    best, most = None, -10.0
    for place, sentence in enumerate(example.passages[number].sentences):
        score = len(need & words(sentence.text)) + (0.7 if sentence.best_line in lines else 0.0)
        score += 0.0 if lines & set(sentence.lines) else -5.0
        if score > most:
            best, most = place, score
    return best


def gold_points(example: Example) -> list[tuple[dict[str, Any], int, int]]:
    """Gold points with their block and main sentence."""
    found = []
    for point in example.gold["points"]:
        number = block_of(example, point["message_id"], point["quote"])
        place = None if number is None else sentence_of(example, number, point["quote"])
        if number is not None and place is not None:
            found.append((point, number, place))
    return found


def gold_drafts(example: Example) -> list[tuple[dict[str, Any], Draft]]:
    placed = gold_points(example)
    mains: dict[int, set[int]] = defaultdict(set)
    for _, number, place in placed:
        mains[number].add(place)
    return [(point, draft_of(example, point, number, place, sorted(mains[number]))) for point, number, place in placed]


def draft_of(example: Example, point: dict[str, Any], number: int, main: int, mains: list[int]) -> Draft:
    passage = example.passages[number]
    owned = points.owned_by(main, mains, len(passage.sentences))
    lines = tuple(dict.fromkeys(line for place in owned for line in passage.sentences[place].lines))
    return Draft(
        block=number,
        main=main,
        sentences=tuple(owned),
        lines=lines,
        quote_line=lines[0],
        text="",
        kind=point["kind"],
        weight=point["weight"],
        chance=1.0,
        whole=1.0,
        automated=False,
        traits=features.about(passage, owned, main),
        why=(),
    )
