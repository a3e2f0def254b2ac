"""What words of reviews mean, from the company that they keep: `python -m tests.benchmarks.vectors --archive DIR`.

Reads the answers in public-inbox archives, counts which words stand near which, and keeps the first dimensions of the
positive pointwise mutual information. Writes labels/words.json.gz: facts about words, no text. Needs numpy.
"""

import argparse
import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy  # type: ignore[import-not-found,unused-ignore]

from tests.benchmarks import labels
from threads import speech
from threads.weights import FEW

FILE = labels.LABELS / "words.json.gz"
SIZE = 4000  # words
DIMENSIONS = 60
NEAR = 4  # words to each side
MAILS = 30_000  # of one archive
OFTEN = 2
COMMON = 1e-3  # words much more frequent than this count less


class Vectors:
    """Words with one row of numbers each, made to be averaged over the words of a sentence."""

    def __init__(self, words: Sequence[str], table: Any) -> None:
        self.words = tuple(words)
        self.table = table
        self.places = {word: place for place, word in enumerate(words)}

    def means(self, texts: Iterable[Sequence[str]]) -> Any:
        rows = []
        for text in texts:
            places = [self.places[word] for word in text if word in self.places]
            rows.append(self.table[places].sum(0) / max(FEW, len(places)) if places else 0.0 * self.table[0])
        return numpy.asarray(rows, numpy.float32).reshape(-1, self.table.shape[1])


def load() -> Vectors | None:
    if not FILE.is_file():
        return None
    held = json.loads(gzip.decompress(FILE.read_bytes()))
    return Vectors(held["words"], numpy.asarray(held["table"], numpy.float32) * held["scale"])


def own_words(repo: Path) -> Iterator[tuple[str, ...]]:
    """The words of each own paragraph of the answers in one archive; newest mails first.

    Quicker than `threads.quoting`, and good enough for counting: no quotes, attributions, trailers, diffs, signatures.
    """
    log = subprocess.run(["git", "-C", str(repo), "log", "--format=%H %s"], capture_output=True, text=True, check=True)
    answers = [line[:40] for line in log.stdout.splitlines() if line[41:44].lower() == "re:"][:MAILS]
    for begin in range(0, len(answers), 1000):
        for data in labels.blobs(repo, [f"{commit}:m" for commit in answers[begin : begin + 1000]]):
            text = (data or b"").partition(b"\n\n")[2].decode("utf-8", "replace")
            body = _END.split(text, maxsplit=1)[0]
            for part in _NOT_OWN.sub("\n\n", body).split("\n\n"):
                words = speech.heard(speech.tokens(part))
                if len(words) > 2:
                    yield words


_END = re.compile(r"^(?:-- ?|diff --git .*|-----Original.*)$", re.MULTILINE)
_NOT_OWN = re.compile(
    r"^(?:>.*|.*(?:wrote|writes|says):\s*|\s*[A-Z][A-Za-z-]+-by: .*|(?:Fixes|Cc|Link): .*)$", re.MULTILINE
)


def _plain(word: str) -> bool:
    return word in ("?", "NAME") or bool(speech.plain_words((word,)))


def counted(texts: Iterable[Sequence[str]], senders: Counter[str]) -> tuple[list[str], Any, Any]:
    """The most frequent words, how often each occurs, and how often each stands near each other one.

    A word that is seen less often than OFTEN times for each mail of senders who are called so is a name and left out.
    """
    numbers: dict[str, int] = {}
    stream: list[int] = []
    for text in texts:
        stream.extend(numbers.setdefault(word, len(numbers)) for word in text if _plain(word))
        stream.extend([-1] * NEAR)
    order = numpy.asarray(stream, numpy.int64)
    counts = numpy.bincount(order[order >= 0], minlength=len(numbers))
    names = [word for word, place in numbers.items() if counts[place] < OFTEN * senders[word]]
    counts[[numbers[word] for word in names if word not in speech.COMMON]] = 0
    top = numpy.argsort(-counts, kind="stable")[:SIZE]
    renamed = numpy.full(len(numbers) + 1, -1, numpy.int64)
    renamed[top] = numpy.arange(len(top))
    order = renamed[order]
    size = len(top)
    flat = numpy.zeros(size * size, numpy.float32)
    for step in range(1, NEAR + 1):
        one, two = order[:-step], order[step:]
        both = (one >= 0) & (two >= 0)
        places, times = numpy.unique(one[both] * size + two[both], return_counts=True)
        flat[places] += times / step
    near = flat.reshape(size, size)
    words = list(numbers)
    return [words[place] for place in top], counts[top], near + near.T


def embedded(counts: Any, near: Any) -> Any:
    """Rows of DIMENSIONS numbers, of length one, centred, and smaller for the most frequent words."""
    total = near.sum(1)
    smooth = total**0.75 / (total**0.75).sum()
    with numpy.errstate(divide="ignore"):
        mutual = numpy.maximum(numpy.log(near) - numpy.log(total)[:, None] - numpy.log(smooth)[None, :], 0.0)
    found = numpy.random.RandomState(0).randn(near.shape[0], DIMENSIONS + 20).astype(numpy.float32)
    for _ in range(5):
        found, _rest = numpy.linalg.qr(mutual @ found)
        found, _rest = numpy.linalg.qr(mutual.T @ found)
    left, sizes, _right = numpy.linalg.svd(mutual @ found, full_matrices=False)
    table = left[:, :DIMENSIONS] * sizes[:DIMENSIONS] ** 0.5
    table /= numpy.linalg.norm(table, axis=1, keepdims=True) + 1e-9
    share = (counts / counts.sum())[:, None]
    return (table - (table * share).sum(0)) * COMMON / (COMMON + share)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--archive", type=Path, required=True, help="directory of public-inbox clones")
    args = parser.parse_args()
    repos = sorted(repo for found in args.archive.iterdir() if (repo := labels.repository(args.archive, found.name)))
    words, counts, near = counted((text for repo in repos for text in own_words(repo)), senders(repos))
    table = embedded(counts, near)
    scale = float(abs(table).max()) / 127
    held = {"words": words, "scale": scale, "table": numpy.rint(table / scale).astype(int).tolist()}
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(gzip.compress(json.dumps(held, separators=(",", ":")).encode(), mtime=0))
    print(f"{FILE}: {len(words)} words from {len(repos)} archives, {FILE.stat().st_size} bytes")
    return 0


def senders(repos: Iterable[Path]) -> Counter[str]:
    """How many mails came from people with that word in their name or address."""
    found: Counter[str] = Counter()
    for repo in repos:
        log = subprocess.run(
            ["git", "-C", str(repo), "log", "--format=%an %ae"], capture_output=True, text=True, check=True
        )
        for sender, mails in Counter(log.stdout.lower().splitlines()).items():
            found.update(dict.fromkeys(re.findall(r"[a-z]+", sender), mails))
    return found


if __name__ == "__main__":
    sys.exit(main())
