"""What was named before: patches and series with their files, functions, identifiers and the tests that mails named.

The shipped table is frozen (`History.until`). It has facts only: which names a unit changed, which tests were named for
it, in which month, and how sure that is. Features are written with a kind before them, "f:btrfs_sync_log",
"p:fs/btrfs/tree-log.c"; their postings are decoded when a query has them. "m:" is the stem of a word that a mail about
the unit says, of those that names of kernel functions are made of.
"""

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

import msgspec

from rules import packed
from rules.model import Value
from rules.testplan import DATA
from rules.testplan.postings import Postings, read
from rules.testplan.values import Query

SHIPPED = ("history.json.gz", "history.postings")
KINDS = "pdtfwbi"  # path, directory, word of a path, function, word of a function name, pair of such words, identifier
_DEFAULT_WEIGHT = {"p": 9.0, "d": 4.0, "t": 6.0, "f": 10.0, "w": 7.0, "b": 9.0, "i": 10.0}  # of names never seen
_SMALLEST_WORD = 2
_CAMEL = re.compile(r"([a-z0-9])([A-Z])")
_PATH_SEPARATORS = re.compile(r"[/_.\-]")


class Event(Value, frozen=True, kw_only=True, array_like=True):
    """A test that was named for a unit."""

    test: int  # index into History.tests
    month: int  # 12 * year + month - 1 of the first mail that names it
    weight: float  # 1 for a test said to fail or to be fixed, less for one of a list


class Unit(Value, frozen=True, kw_only=True, array_like=True):
    """What was posted: a patch or series with all its names, or (`patch` 0) a mail with the functions it speaks of."""

    patch: int
    filesystems: tuple[int, ...]  # indices into History.filesystems
    events: tuple[Event, ...]
    norms: tuple[int, ...]  # per kind, in hundredths


class History(Value, frozen=True, kw_only=True):
    until: str  # ISO date; nothing later is in it
    source: str
    tests: tuple[str, ...]
    filesystems: tuple[str, ...]
    units: tuple[Unit, ...]


class Table(Value, frozen=True, kw_only=True):
    """A history with its postings: feature -> [weight in hundredths, unit, step to the next unit, ...]."""

    history: History
    postings: Postings

    def units(self, feature: str) -> list[int]:
        """Units that have a feature, ascending; empty for an unknown one."""
        row = self.postings.get(feature)
        return list(itertools.accumulate(row[1:])) if row else []


def row(weight: float, units: Sequence[int]) -> list[int]:
    """A row of postings for units in ascending order."""
    steps = (one - before for before, one in itertools.pairwise(units))
    return [round(100 * weight), *units[:1], *steps]


@cache
def shipped() -> Table:
    """The table of this package."""
    return Table(
        history=msgspec.json.decode(packed.unpack((DATA / SHIPPED[0]).read_bytes()), type=History),
        postings=read(DATA / SHIPPED[1]),
    )


def month_of(date: str) -> int:
    """12 * year + month - 1 of an ISO date."""
    return int(date[:4]) * 12 + int(date[5:7]) - 1


def words_of(name: str) -> list[str]:
    """Words of an identifier: "xfs_bmapi_write" -> xfs, bmapi, write."""
    parts = _CAMEL.sub(r"\1_\2", name).lower().split("_")
    return [part for part in parts if len(part) >= _SMALLEST_WORD and not part.isdigit()]


def features(query: Query) -> dict[str, int]:
    """Feature -> how often the change has it."""
    count: Counter[str] = Counter()
    for path in query.files:
        count[f"p:{path}"] += 1
        parts = path.split("/")
        count.update("d:" + "/".join(parts[:depth]) for depth in range(1, len(parts)))
        count.update(f"t:{word}" for word in _PATH_SEPARATORS.split(path) if len(word) > _SMALLEST_WORD)
    for name in query.functions:
        words = words_of(name)
        count[f"f:{name}"] += 1
        count.update(f"w:{word}" for word in words)
        count.update(f"b:{one}_{two}" for one, two in itertools.pairwise(words))
    count.update(f"i:{name}" for name in query.identifiers if len(name) > 3)
    return dict(count)


class Neighbours:
    """How like each unit is to a query: the cosine per kind of feature, over weights that favour rare names."""

    def __init__(self, table: Table, query: Query) -> None:
        self.history = table.history
        self.shared: dict[int, list[str]] = {}  # unit -> paths and functions in common
        self.units: dict[str, list[int]] = {}  # feature of the query -> units that have it
        squares = dict.fromkeys(KINDS, 0.0)
        dots: dict[str, dict[int, float]] = {kind: {} for kind in KINDS}
        for feature, count in features(query).items():
            kind = feature[0]
            row = table.postings.get(feature)
            times = 1 + math.log(count)
            if row is None:
                squares[kind] += (times * _DEFAULT_WEIGHT[kind]) ** 2
                continue
            weight = row[0] / 100
            squares[kind] += (times * weight) ** 2
            units = self.units[feature] = list(itertools.accumulate(row[1:]))
            self._add(dots[kind], feature, units, times * weight * weight)
        self.cosines = {kind: self._scaled(dots[kind], kind, squares[kind]) for kind in KINDS}

    def _add(self, dots: dict[int, float], feature: str, units: list[int], value: float) -> None:
        for unit in units:
            dots[unit] = dots.get(unit, 0.0) + value
        if feature[0] in "pf":
            for unit in units:
                self.shared.setdefault(unit, []).append(feature[2:])

    def _scaled(self, dots: dict[int, float], kind: str, square: float) -> dict[int, float]:
        place = KINDS.index(kind)
        length = math.sqrt(square) or 1.0
        units = self.history.units
        return {unit: dot / (length * max(units[unit].norms[place] / 100, 1.0)) for unit, dot in dots.items()}

    def mixed(self, weights: dict[str, float]) -> dict[int, float]:
        """unit -> weighted sum of its cosines."""
        total: dict[int, float] = {}
        for kind, weight in weights.items():
            for unit, cosine in self.cosines[kind].items():
                total[unit] = total.get(unit, 0.0) + weight * cosine
        return total
