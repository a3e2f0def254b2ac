"""Words of the change's names that stand in tests: which tests talk of delalloc, of reflink, of a log tree.

The shipped table is an index of words to tests, limited to words that names of kernel functions are made of. With the
user's own tree the table is made from its scripts, comments included, and holds all their words.
"""

import gzip
import math
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from rules.model import Value
from rules.testplan.history import words_of
from rules.testplan.postings import Postings, pack
from rules.testplan.stems import stem
from rules.testplan.values import Query

if TYPE_CHECKING:
    from rules.testplan.xfstests import Index


_DATA = Path(__file__).parent / "data"
SHIPPED = ("words.json.gz", "words.postings")
_K1, _B = 1.2, 0.25  # of BM25; scripts differ in length by what they set up, not by what they test
_SCALE = 10
_WORD = re.compile(r"[a-z]\w{2,40}")
# What kernel names abbreviate, in the words that tests use.
_SPELLED = {
    "dio": "direct", "wb": "writeback", "trunc": "truncate", "cow": "reflink", "xattr": "attr", "ea": "attr",
    "dq": "quota", "dquot": "quota", "reloc": "relocation", "dir2": "dir", "prealloc": "fallocate",
    "falloc": "fallocate", "unwritten": "fallocate", "mb": "allocation", "bmap": "extent", "da": "delalloc",
    "ext": "extent", "mkwrite": "mmap", "vma": "mmap", "fault": "mmap", "crypt": "encrypt", "fscrypt": "encrypt",
    "jbd2": "journal", "xlog": "log", "cil": "log", "iunlink": "unlink", "rt": "realtime", "nlink": "link",
    "dedup": "dedupe", "ifree": "inode", "inobt": "inode", "bg": "group", "umount": "unmount",
    "readdir": "directory", "dirent": "directory", "recover": "recovery", "umap": "map", "goingdown": "shutdown",
    "sync": "fsync",
}  # fmt: skip


class Names(Value, frozen=True, kw_only=True):
    """What the numbers of the postings stand for."""

    source: str
    tests: tuple[str, ...]


class Words(Value, frozen=True, kw_only=True):
    source: str
    tests: tuple[str, ...]
    postings: Postings  # word -> [test, weight in tenths, test, weight, ...]


@cache
def shipped() -> Words:
    """The table of this package."""
    data = _DATA
    names = msgspec.json.decode(gzip.decompress((data / SHIPPED[0]).read_bytes()), type=Names)
    return Words(source=names.source, tests=names.tests, postings=Postings((data / SHIPPED[1]).read_bytes()))


def of_index(index: "Index") -> Words:
    """The table of a user's tree."""
    scripts = sorted(index.scripts, key=lambda script: script.test)
    tests, rows = weighted({script.test: script.words for script in scripts})
    return Words(source=index.source, tests=tests, postings=Postings(pack(rows)))


def spelled() -> set[str]:
    """Stems of what the abbreviations of kernel names stand for."""
    return {stem(word) for word in _SPELLED.values()}


def weighted(
    counts: Mapping[str, Mapping[str, int]], only: Iterable[str] | None = None
) -> tuple[tuple[str, ...], dict[str, list[int]]]:
    """The tests, and the BM25 weights of each word in each of them. `only`: keep these words."""
    wanted = None if only is None else frozenset(only)
    tests = tuple(sorted(counts))
    lengths = [sum(counts[test].values()) for test in tests]
    mean = sum(lengths) / max(len(lengths), 1) or 1.0
    rows: dict[str, list[tuple[int, int]]] = {}
    for number, test in enumerate(tests):
        for word, count in counts[test].items():
            if wanted is None or word in wanted:
                rows.setdefault(word, []).append((number, count))
    postings: dict[str, list[int]] = {}
    for word in sorted(rows):
        rarity = math.log(1 + (len(tests) - len(rows[word]) + 0.5) / (len(rows[word]) + 0.5))
        row: list[int] = []
        for number, count in rows[word]:
            saturated = count * (_K1 + 1) / (count + _K1 * (_B + (1 - _B) * lengths[number] / mean))
            row += [number, round(_SCALE * rarity * saturated)]
        postings[word] = row
    return tests, postings


def of_query(query: Query, text: str = "") -> dict[str, float]:
    """Words of the change with their weights: of function names most, of identifiers less, of `text` as they come."""
    amounts: dict[str, float] = {}
    for names, amount in ((query.functions, 1.0), (query.identifiers, 0.3)):
        for name in names:
            for word in words_of(name):
                _count(amounts, word, amount)
    for word in _WORD.findall(text.lower()):
        for part in words_of(word):
            _count(amounts, part, 2.0)
    return {word: 1 + math.log(max(amount, 0.4)) for word, amount in amounts.items()}


def _count(amounts: dict[str, float], word: str, amount: float) -> None:
    amounts[stem(word)] = amounts.get(stem(word), 0.0) + amount
    spelled = _SPELLED.get(word)
    if spelled is not None:
        amounts[stem(spelled)] = amounts.get(stem(spelled), 0.0) + 0.7 * amount


def spellings(query: Query) -> dict[str, str]:
    """For each word of the query, as it is looked up, the word of a changed name that it comes from."""
    found: dict[str, str] = {}
    for names in (query.functions, query.identifiers):
        for name in names:
            for word in words_of(name):
                found.setdefault(stem(word), word)
                if word in _SPELLED:
                    found.setdefault(stem(_SPELLED[word]), word)
    return found


def scores(table: Words, query: Mapping[str, float]) -> dict[str, float]:
    """test -> BM25 score."""
    total: dict[int, float] = {}
    for word, weight in query.items():
        row = table.postings.get(word)
        if row is None:
            continue
        for number, value in zip(row[::2], row[1::2], strict=True):
            total[number] = total.get(number, 0.0) + weight * value
    return {table.tests[number]: value / _SCALE for number, value in total.items()}


def shared(table: Words, query: Mapping[str, float], tests: Iterable[str]) -> dict[str, list[str]]:
    """For each of these tests the words of the query that count most in it, at most three."""
    wanted = set(tests)
    numbers = {number: test for number, test in enumerate(table.tests) if test in wanted}
    found: dict[str, list[tuple[float, str]]] = {}
    for word, weight in query.items():
        row = table.postings.get(word) or []
        for number, value in zip(row[::2], row[1::2], strict=True):
            if number in numbers:
                found.setdefault(numbers[number], []).append((-weight * value, word))
    return {test: [word for _, word in sorted(rows)[:3]] for test, rows in found.items()}
