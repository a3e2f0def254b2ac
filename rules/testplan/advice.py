"""Which tests to run first for a file, a function, an aspect of behaviour and a filesystem: a table of ours.

It was written from the names of the kernel's functions and files and from the scripts of the tests, not from mails; the
sources are tests/benchmarks/advice/*.txt, and `python -m tests.benchmarks.train_plan advice` compiles them. Beside the
lists it tells which aspects each test exercises, and which ones a word of a function's name or a file points to.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

import msgspec

from rules import packed
from rules.model import Value
from rules.testplan import DATA
from rules.testplan.history import words_of
from rules.testplan.postings import Postings, read
from rules.testplan.values import Query

SHIPPED = ("advice.json.gz", "advice.postings")
SCALE = 1000  # of the weights of aspects in tests
_NAME, _PAIR, _IDENTIFIER, _PATH = 1.0, 1.3, 0.5, 1.0  # how much a word of these says about an aspect
_FURTHER = 0.6  # of an aspect that is named beside the main ones
_DAMPED = 8  # the first of a list counts twice as much as the ninth
_DAMPED_LONG = 15  # so in the longer list of a filesystem
_SHORTEST = 3  # words of a name that can be a part of another function

Scores = dict[str, float]  # test -> figure


class Names(Value, frozen=True, kw_only=True):
    """What the numbers of the postings stand for."""

    source: str
    tests: tuple[str, ...]
    aspects: tuple[str, ...]
    rarity: tuple[float, ...]  # of each aspect among the tests


class Advice(Value, frozen=True, kw_only=True):
    """Rows: "word:W", "pair:A_B", "path:P" -> [aspect, 1 if it is a main one, ...]; "aspect:NUMBER" -> [test, weight
    in thousandths, ...]; "list:NUMBER" -> tests, best first; "file:P", "function:F", "directory:D",
    "aspect:NUMBER:DIRECTORY" (or ":any") -> numbers of lists.
    """

    names: Names
    postings: Postings

    def numbers(self, name: str) -> list[int]:
        return self.postings.get(name) or []


class Advised(Value, frozen=True, kw_only=True):
    """What the table says of a change, each as test -> figure."""

    aspects: Scores
    files: Scores
    functions: Scores
    behaviours: Scores
    directories: Scores


@cache
def shipped() -> Advice:
    """The table of this package."""
    names = msgspec.json.decode(packed.unpack((DATA / SHIPPED[0]).read_bytes()), type=Names)
    return Advice(names=names, postings=read(DATA / SHIPPED[1]))


def advised(table: Advice, query: Query) -> Advised:
    """What the table says of a change: the figures of tests are comparable within one of the five only."""
    asked = aspects(table, query)
    directories = sorted({directory(path) for path in query.files})
    total = _length(asked)
    by_behaviour = [
        (amount / total * table.names.rarity[aspect], number)
        for aspect, amount in sorted(asked.items())
        for where in (*directories, "any")
        for number in table.numbers(f"aspect:{aspect}:{where}")
    ]
    return Advised(
        aspects=_exercised(table, asked),
        files=_listed(table, [(1.0, number) for path in query.files for number in table.numbers(f"file:{path}")]),
        functions=_listed(table, [(1.0, number) for name in query.functions for number in _of_function(table, name)]),
        behaviours=_listed(table, by_behaviour),
        directories=_listed(
            table,
            [(1.0, number) for place in directories for number in table.numbers(f"directory:{place}")],
            _DAMPED_LONG,
        ),
    )


def _of_function(table: Advice, name: str) -> list[int]:
    """Lists of a function, else of the one that it seems to be a part of: "__foo_read" and "foo_read_actor"."""
    parts = name.strip("_").split("_")
    shorter = "_".join(parts[:-1])
    for known in (name, name.strip("_"), *((shorter,) if len(parts) > _SHORTEST else ())):
        if found := table.numbers(f"function:{known}"):
            return found
    return []


def directory(path: str) -> str:
    """The folder that stands for a filesystem or a part of the kernel: "fs/xfs", "fs", "mm"."""
    parts = path.split("/")
    return "/".join(parts[: min(2, len(parts) - 1)]) if parts[0] == "fs" else parts[0]


def aspects(table: Advice, query: Query) -> dict[int, float]:
    """How much the names of a change point to each aspect."""
    named = [words_of(name) for name in query.functions]
    words = Counter(word for name in named for word in set(name))
    pairs = Counter(f"{one}_{other}" for name in named for one, other in set(pairwise(name)))
    others = Counter(word for name in query.identifiers for word in set(words_of(name)))
    found: dict[int, float] = {}
    for kind, counts, amount in (("word", words, _NAME), ("pair", pairs, _PAIR), ("word", others, _IDENTIFIER)):
        for word, count in counts.items():
            _point(found, table.numbers(f"{kind}:{word}"), amount * (1 + math.log(count)))
    known = [row for path in query.files if (row := table.numbers(f"path:{path}"))]
    for row in known:
        _point(found, row, _PATH / math.sqrt(len(known)))
    return found


def _point(found: dict[int, float], row: Sequence[int], amount: float) -> None:
    for place, (aspect, main) in enumerate(zip(row[::2], row[1::2], strict=True)):
        share = 1.0 if main else _FURTHER / (1 + 0.35 * place)
        found[aspect] = found.get(aspect, 0.0) + amount * share


def _length(amounts: dict[int, float]) -> float:
    return math.sqrt(sum(amount * amount for amount in amounts.values())) or 1.0


def _exercised(table: Advice, asked: dict[int, float]) -> Scores:
    """Tests by the aspects that they exercise, against those asked for, the rare ones more."""
    wanted = {aspect: amount * table.names.rarity[aspect] for aspect, amount in sorted(asked.items())}
    length = _length(wanted)
    found: dict[int, float] = {}
    for aspect, amount in wanted.items():
        row = table.numbers(f"aspect:{aspect}")
        for test, weight in zip(row[::2], row[1::2], strict=True):
            found[test] = found.get(test, 0.0) + amount / length * weight / SCALE
    return {table.names.tests[test]: value for test, value in found.items()}


def _listed(table: Advice, lists: Iterable[tuple[float, int]], damped: int = _DAMPED) -> Scores:
    """Tests of lists with their weights; what stands first counts most, and many lists share."""
    lists = list(lists)
    found: dict[int, float] = {}
    share = 1 / math.sqrt(len(lists) or 1)
    for amount, number in lists:
        for place, test in enumerate(table.numbers(f"list:{number}")):
            found[test] = found.get(test, 0.0) + amount * share / (damped + place)
    return {table.names.tests[test]: value for test, value in found.items()}


def sources(table: Advice, query: Query, tests: Iterable[str]) -> dict[str, str]:
    """For each of these tests the function, else the file, of the change in whose list it stands first."""
    asked = set(tests)
    wanted = {number: test for number, test in enumerate(table.names.tests) if test in asked}
    found: dict[str, tuple[int, int, str]] = {}
    lists = [(0, f"{name}()", number) for name in query.functions for number in _of_function(table, name)]
    lists += [(1, path, number) for path in query.files for number in table.numbers(f"file:{path}")]
    for kind, name, number in lists:
        for place, test in enumerate(table.numbers(f"list:{number}")):
            if test in wanted:
                found[wanted[test]] = min(found.get(wanted[test], (9, 0, "")), (kind, place, name))
    return {test: name for test, (_, _, name) in found.items()}
