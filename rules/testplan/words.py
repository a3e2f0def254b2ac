"""Words of the change's names that stand in tests: which tests talk of delalloc, of reflink, of a log tree.

The shipped table is an index of words to tests, limited to words that names of kernel functions are made of; the words
of a test are those of its script and of the commits that made it before 2023. With the user's own tree the table is
made from its scripts, comments included, and holds all their words. A word that many patches have ("inode", "error")
tells tests apart less than one that few have, whatever the scripts say: in the shipped table each weighs by its rarity
in patches, too. With the scripts and a message at hand that is worse (recall@5 of the test of a fix .75, without .86).
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Protocol

import msgspec

from rules import packed
from rules.model import Value
from rules.testplan import DATA
from rules.testplan.history import words_of
from rules.testplan.postings import read
from rules.testplan.stems import stem
from rules.testplan.values import Query

if TYPE_CHECKING:
    from rules.testplan.xfstests import Index


SHIPPED = ("words.json.gz", "words.postings")
_K1, _B = 1.2, 0.25  # of BM25; scripts differ in length by what they set up, not by what they test
_SCALE = 10
_POWER = 2  # of the rarity; .5 to 3 were tried on patches of 2020 to 2022
_TELLS = 25  # tenths; a word that weighs less in a test is no reason to name the test
_COMMON = 20  # nor is one that more than one test in so many has ("quota", "fsync")
_COMMON_THERE = 4  # or one in so many of its directory ("lowerdir" in tests/overlay)
_SHORTEST = 3  # letters of a word that a reader takes for more than an accident, unlike "dd"
# Of prose and of C, for reasons only.
_PROSE_TEXT = (
    "about above after again against all also already although always another any anything around available because"
    " been before being below between both call called cannot case cases change changes check code could current"
    " directly does doing done each either else enough even ever every exactly executed first following free from"
    " function have having here however instead into issue itself just kernel know large larger last later least less"
    " like likely line lines list look make makes making many might more most much must need needed never next nothing"
    " number occur occurs once only other otherwise over patch point possible previous probably problem really reason"
    " remain result return returns right same second seem seems seen should show simple since size some something still"
    " such sure than that their them then there these they thing things this those though through thus time together"
    " unless until using useful user users value very wait want well were what when where whether which while whole"
    " will with within without work would wrong your add able allow avoid bit com count create end fail failed file"
    " files fix for get got handle has help how init iter just kick lead left let loop may min max new not now off old"
    " one ops org out put ref report req run set test tests the too two use used via was way why yes name names data"
    " type info item struct static const void bool int long char null true false err error ret len buf ptr tmp flags"
    " start offset end index low high sec msec var ioc cmp num idx val funcs function obj arg args src dst sbi"
)
_PROSE = frozenset(_PROSE_TEXT.split())
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


class Rows(Protocol):
    """Looked up by a word: [test, weight in tenths, test, weight, ...], None for a word that no test has."""

    def get(self, name: str) -> list[int] | None: ...


class Words(Value, frozen=True, kw_only=True):
    source: str
    tests: tuple[str, ...]
    postings: Rows
    where: str = "its script or its comments"  # what the words of a test were read from


@cache
def shipped() -> Words:
    """The table of this package."""
    names = msgspec.json.decode(packed.unpack((DATA / SHIPPED[0]).read_bytes()), type=Names)
    where = "its script, its comments or the commits that made it"
    return Words(source=names.source, tests=names.tests, postings=read(DATA / SHIPPED[1]), where=where)


def of_index(index: "Index") -> Words:
    """The table of a user's tree."""
    scripts = sorted(index.scripts, key=lambda script: script.test)
    tests = tuple(script.test for script in scripts)
    return Words(source=index.source, tests=tests, postings=Counted(script.words for script in scripts))


def spelled() -> set[str]:
    """Stems of what the abbreviations of kernel names stand for."""
    return {stem(word) for word in _SPELLED.values()}


class Counted:
    """Rows over counts of words by test, each weighed by BM25 when it is asked for.

    A plan asks for some hundred of the 17,000 words of a tree.
    """

    def __init__(self, counts: Iterable[Mapping[str, int]]) -> None:
        self.found: dict[str, list[int]] = {}  # word -> [test, count, test, count, ...]
        lengths = []
        for number, words in enumerate(counts):
            lengths.append(sum(words.values()))
            for word, count in words.items():
                row = self.found.get(word)
                if row is None:
                    self.found[word] = [number, count]
                else:
                    row += number, count
        mean = sum(lengths) / max(len(lengths), 1) or 1.0
        self._base = [_K1 * (_B + (1 - _B) * length / mean) for length in lengths]

    def get(self, name: str) -> list[int] | None:
        return self.weighed(name) or None

    def weighed(self, word: str, rarity: float = 1.0, least: int = 1) -> list[int]:
        """Tests with weights in tenths; those below `least` are left out."""
        found = self.found.get(word, [])
        tests, total = len(found) // 2, len(self._base)
        amount = _SCALE * math.log(1 + (total - tests + 0.5) / (tests + 0.5)) * rarity
        row: list[int] = []
        for number, count in zip(found[::2], found[1::2], strict=True):
            value = round(amount * (count * (_K1 + 1) / (count + self._base[number])))
            if value >= least:
                row += number, value
        return row


def weighted(
    counts: Mapping[str, Mapping[str, int]],
    only: Iterable[str] | None = None,
    rarity: Callable[[str], float] | None = None,
    least: int = 1,
) -> tuple[tuple[str, ...], dict[str, list[int]]]:
    """The tests, and the BM25 weights of each word in each of them. `only`: keep these words.

    `rarity`: how rare a word is in patches, against the mean of all words. `least`: weights below it are left out.
    """
    tests = tuple(sorted(counts))
    counted = Counted(counts[test] for test in tests)
    wanted = counted.found.keys() if only is None else counted.found.keys() & only
    rows = {word: counted.weighed(word, 1.0 if rarity is None else rarity(word) ** _POWER, least) for word in wanted}
    return tests, {word: rows[word] for word in sorted(rows) if rows[word]}


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


def spellings(query: Query, text: str = "", terms: Collection[str] = ()) -> dict[str, str]:
    """For each word of the query, as it is looked up, the word of a changed name or of the text that it comes from.

    What an abbreviation stands for is told with it, "reflink (cow)". Of a text only `terms` count: that a word of
    prose stands in a test, too, says nothing.
    """
    found: dict[str, str] = {}
    identifiers = [name for name in query.identifiers if "_" in name]  # the others can be words of a comment
    for names in (query.functions, identifiers):
        for name in names:
            for word in words_of(name):
                found.setdefault(stem(word), word)
                if word in _SPELLED:
                    found.setdefault(stem(_SPELLED[word]), f"{_SPELLED[word]} ({word})")
    for word in _WORD.findall(text.lower()):
        if word in terms and word not in _PROSE:
            found.setdefault(stem(word), word)
    for word in _PROSE:
        found.pop(stem(word), None)
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


def shared(
    table: Words, query: Mapping[str, float], tests: Iterable[str], spelled: Mapping[str, str]
) -> dict[str, list[str]]:
    """For each of these tests at most three words that count most in it, of those that `spelled` has, as spelled.

    Words that many tests have are left out.
    """
    wanted = set(tests)
    folders = [test.partition("/")[0] for test in table.tests]
    sizes = Counter(folders)
    numbers = {number: test for number, test in enumerate(table.tests) if test in wanted}
    found: dict[str, list[tuple[float, str]]] = {}
    for word in query.keys() & spelled.keys():
        row = table.postings.get(word) or []
        if len(row) // 2 > max(len(folders) // _COMMON, 2) or len(spelled[word]) < _SHORTEST:
            continue
        there = Counter(folders[number] for number in row[::2])
        common = {folder for folder, count in there.items() if count > max(sizes[folder] // _COMMON_THERE, 2)}
        for number, value in zip(row[::2], row[1::2], strict=True):
            if value >= _TELLS and number in numbers and folders[number] not in common:
                found.setdefault(numbers[number], []).append((-query[word] * value, spelled[word]))
    return {test: [word for _, word in sorted(rows)[:3]] for test, rows in found.items()}
