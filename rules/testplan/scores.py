"""What speaks for each test, as figures: history, words, behaviours, and what kind of test it is.

`Evidence` gathers sparse scores (catalogue index -> figure); `row` makes of them the features that the combiner of
`rules.testplan.ranking` was trained on, in the order of `NAMES`. Training calls the same code, so both see the same.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from rules.testplan import advice, bridge, history, words
from rules.testplan.advice import Advice
from rules.testplan.catalogue import Sets, members
from rules.testplan.history import Neighbours, Table
from rules.testplan.values import Query
from rules.testplan.words import Words

GAP = 14  # days: mails of the last days before the query are about the patch itself
_ALL = {"p": 0.25, "d": 0.05, "t": 0.1, "f": 0.25, "w": 0.2, "b": 0.1, "i": 0.15}
_FUNCTIONS = {"f": 0.6, "b": 0.25, "w": 0.15}
_GROUPS = (
    "auto", "quick", "stress", "rw", "mmap", "log", "punch", "clone", "prealloc", "metadata", "aio", "shutdown", "eio",
    "quota", "recoveryloop", "attr", "enospc", "swap", "dir", "fiemap", "encrypt", "scrub", "dangerous_fuzzers",
    "mount", "send", "snapshot", "balance", "raid", "compress", "qgroup", "volume", "perms",
)  # fmt: skip
_TOOLS = ("fsstress", "fsx", "fio", "dm-flakey", "dm-error", "falloc", "dio", "mmap", "drop-caches", "fsync-log-replay")
_SPARSE = (
    "popular", "near", "near_functions", "bridge", "bridge_count", "words", "told", "profile", "aspects", "files",
    "functions", "behaviours", "directories", "advice",
)  # fmt: skip
_ADVICE = {"files": 1.0, "functions": 1.5, "behaviours": 0.6, "directories": 0.7}  # shares of "advice"
_RANKED = (
    "popular", "near", "bridge", "words", "told", "profile", "aspects", "files", "functions", "behaviours",
    "directories", "advice",
)  # fmt: skip
_RELATIVE = (
    "popular", "near", "near_functions", "bridge", "words", "told", "profile", "aspects", "files", "functions",
    "behaviours", "directories", "advice",
)  # fmt: skip
_TOGETHER = (  # independent evidence that agrees counts for more than its sum
    ("words", "near"), ("words", "bridge"), ("near", "bridge"), ("popular", "bridge"), ("popular", "words"),
    ("words", "words"), ("words", "near_functions"), ("advice", "near"), ("advice", "words"), ("advice", "popular"),
    ("advice", "bridge"), ("advice", "told"), ("advice", "profile"), ("advice", "aspects"),
)  # fmt: skip
_DENSE = ("age", "generic")
NAMES = (
    *_SPARSE, *(f"rank_{name}" for name in _RANKED), *(f"relative_{name}" for name in _RELATIVE),
    *(f"{one}_and_{other}" for one, other in _TOGETHER), *_DENSE,
    *(f"group_{name}" for name in _GROUPS), *(f"tool_{name}" for name in _TOOLS), "flag_soak",
)  # fmt: skip
_SCALES = {"popular": 1, "near": 20, "near_functions": 10}
_LISTED = (
    "popular", "near", "near_functions", "bridge", "words", "told", "profile", "aspects", "advice",
)  # fmt: skip
_SHORTLIST = 22  # per score; more changes nothing in validation
_UNKNOWN_AGE = 60.0  # months
_HALF_LIFE = 36  # months
_MOST_UNITS = 900  # that have a feature; more have more than most tests
_FAR = 0.05  # a cosine below which the squares come to nothing

Sparse = dict[int, float]


class Evidence:
    """All scores of one query over the candidate tests `within`."""

    def __init__(
        self,
        query: Query,
        hits: tuple[bridge.Hit, ...],
        tests: Sets,
        within: int,
        *,
        filesystems: Iterable[str],
        table: Table,
        vocabulary: Words,
        judged: Advice,
        text: str = "",
        frozen: str = "",
    ) -> None:
        """`text`: message and subject, when they may be used; `frozen`: history ends before this date."""
        self.query, self.tests, self.within, self.table = query, tests, within, table
        self.vocabulary, self.judged = vocabulary, judged
        self.asked = words.of_query(query, text)
        self.freeze = min(filter(None, (_earlier(query.date), frozen, _day_after(table.history.until))))
        self.month = history.month_of(self.freeze)
        self.neighbours = Neighbours(table, query)
        self.answers = bridge.answers(hits, tests, within)
        self._index_of = [tests.index.get(test, -1) for test in table.history.tests]
        self._lengths: Sparse = {}  # how much was said of each test
        self._past = [self._events(unit) for unit in table.history.units]
        self.sparse: dict[str, Sparse] = {name: {} for name in _SPARSE}
        self._popular(frozenset(filesystems))
        self._near()
        self._words()
        self._told()
        self._advised()
        self.sparse["bridge"] = {index: bridge.score(found) for index, found in self.answers.items()}
        self.sparse["bridge_count"] = {index: float(len(found)) for index, found in self.answers.items()}
        self.ranks = {name: self._ranks(self.sparse[name]) for name in _RANKED}

    def _popular(self, filesystems: frozenset[str]) -> None:
        """How often each test was named for changes to the same filesystems; what is long ago counts less."""
        past = self.table.history
        same = {number for number, name in enumerate(past.filesystems) if name in filesystems}
        overlaps = {key: _overlap(key, same) for key in {unit.filesystems for unit in past.units}}
        for number, unit in enumerate(past.units):
            if unit.patch and overlaps[unit.filesystems]:
                self._spread("popular", self._past[number], overlaps[unit.filesystems], fading=True)

    def _near(self) -> None:
        """What was named for like changes."""
        units = self.table.history.units
        near, functions = self.neighbours.mixed(_ALL), self.neighbours.mixed(_FUNCTIONS)
        for number in near.keys() | functions.keys():
            alike, named = near.get(number, 0.0), functions.get(number, 0.0)
            if max(alike, named) < _FAR or not units[number].patch:
                continue
            events = self._past[number]
            spread = 1 / math.sqrt(len(events) or 1)
            self._spread("near_functions", events, spread * named**1.5)
            self._spread("near", events, spread * alike**2, fading=True)

    def _events(self, unit: history.Unit) -> list[tuple[int, int, float]]:
        """(catalogue index, age in months, weight) of what was named for a unit before the freeze."""
        found, lengths = [], self._lengths
        for event in unit.events:
            index, age = self._index_of[event.test], self.month - event.month
            if index >= 0 and age > 0:
                weight = event.weight
                lengths[index] = lengths.get(index, 0.0) + weight
                found.append((index, age, weight))
        return found

    def _spread(self, name: str, events: list[tuple[int, int, float]], amount: float, *, fading: bool = False) -> None:
        """Add an amount to the scores of the tests that were named; half of it is left after three years."""
        scores = self.sparse[name]
        for index, age, weight in events if amount else ():
            value = amount * weight * 0.5 ** (age / _HALF_LIFE) if fading else amount * weight
            scores[index] = scores.get(index, 0.0) + value

    def _words(self) -> None:
        """Relative to the best candidate: the raw figure grows with the size of the change."""
        found = words.scores(self.vocabulary, self.asked)
        index_of = self.tests.index
        self.sparse["words"] = self._relative({index_of[test]: one for test, one in found.items() if test in index_of})

    def _told(self) -> None:
        """Words that mails say of each test, and what the changes that it was named for changed, by BM25."""
        said = [(amount, self.table.units(f"m:{word}")) for word, amount in self.asked.items()]
        shared = [(1.0, units) for units in self.neighbours.units.values()]
        self.sparse["told"] = self._relative(self._bm25(said, 1.2, 0.1, 0.25))
        self.sparse["profile"] = self._relative(self._bm25(shared, 3.0, 0.15, 0.4))

    def _advised(self) -> None:
        """What our table of advice says, and all of it together."""
        said = advice.advised(self.judged, self.query)
        index_of = self.tests.index
        for name in ("aspects", *_ADVICE):
            found = getattr(said, name)
            self.sparse[name] = {index_of[test]: value for test, value in found.items() if test in index_of}
        whole: Sparse = {}
        for name, share in _ADVICE.items():
            for index, value in self._relative(self.sparse[name]).items():
                whole[index] = whole.get(index, 0.0) + share * value
        self.sparse["advice"] = whole

    def _bm25(self, features: Iterable[tuple[float, list[int]]], k: float, b: float, most: float) -> Sparse:
        """Over features with their units; one of more than the share `most` of the tests says nothing."""
        past, lengths = self._past, self._lengths
        count = len(self.table.history.tests)
        mean = sum(lengths.values()) / (len(lengths) or 1) or 1.0
        base = {index: k * (1 - b + b * length / mean) for index, length in lengths.items()}
        found: Sparse = {}
        for amount, units in features:
            times: defaultdict[int, float] = defaultdict(float)
            for unit in units if len(units) <= _MOST_UNITS else ():
                for index, _, weight in past[unit]:
                    times[index] += weight
            if not 0 < len(times) <= most * count:
                continue
            worth = amount * (k + 1) * math.log(1 + (count - len(times) + 0.5) / (len(times) + 0.5))
            for index, value in times.items():
                found[index] = found.get(index, 0.0) + worth * value / (value + base[index])
        return found

    def _relative(self, scores: Sparse) -> Sparse:
        best = max((value for index, value in scores.items() if self.within >> index & 1), default=0.0) or 1.0
        return {index: value / best for index, value in scores.items()}

    def _ranks(self, scores: Sparse) -> Sparse:
        order = sorted(
            (index for index, value in scores.items() if value > 0 and self.within >> index & 1),
            key=lambda index: (-scores[index], index),
        )
        return {index: 1 / (10 + place) for place, index in enumerate(order[:200])}

    def shortlist(self) -> list[int]:
        """Candidates that any score favours, ascending."""
        chosen: set[int] = set()
        for name in _LISTED:
            scores = self.sparse[name]
            able = [index for index in scores if self.within >> index & 1]
            chosen.update(sorted(able, key=lambda index: (-scores[index], index))[:_SHORTLIST])
        newest = sorted(members(self.within), key=lambda index: self.tests.catalogue.added[index], reverse=True)
        chosen.update(newest[:20])
        return sorted(chosen)

    def rows(self, indices: Iterable[int]) -> list[list[float]]:
        """The features of each test, in the order of NAMES."""
        facts = [self.tests.tagged(f"group:{name}") for name in _GROUPS]
        facts += [self.tests.tagged(f"tool:{name}") for name in _TOOLS]
        facts.append(self.tests.tagged("flag:soak"))
        generic = self.tests.directory("generic")
        sparse = [(self.sparse[name], _SCALES.get(name)) for name in _SPARSE]
        ranks = [self.ranks[name] for name in _RANKED]
        indices = list(indices)
        relative = [
            (scores, max((scores.get(index, 0.0) for index in indices), default=0.0) or 1.0)
            for scores in (self.sparse[name] for name in _RELATIVE)
        ]
        together = [(_RELATIVE.index(one), _RELATIVE.index(other)) for one, other in _TOGETHER]
        rows = []
        for index in indices:
            row = [
                scores.get(index, 0.0) if scale is None else math.log1p(scale * scores.get(index, 0.0))
                for scores, scale in sparse
            ]
            row += [rank.get(index, 0.0) for rank in ranks]
            shares = [math.sqrt(scores.get(index, 0.0) / most) for scores, most in relative]
            row += shares
            row += [shares[one] * shares[other] for one, other in together]
            row += [self._age(index), float(generic >> index & 1)]
            row += [float(mask >> index & 1) for mask in facts]
            rows.append(row)
        return rows

    def _age(self, index: int) -> float:
        """Logarithm of the test's age in months when the patch was posted."""
        added = self.tests.catalogue.added[index]
        if not added:
            return math.log1p(_UNKNOWN_AGE)
        born = history.month_of(added)
        now = history.month_of(self.query.date) if self.query.date else self.month
        return math.log1p(float(now - born) if now >= born else _UNKNOWN_AGE)


def _overlap(filesystems: tuple[int, ...], same: set[int]) -> float:
    """Like a cosine: how much of the unit's and of the query's filesystems are shared; shared code matches itself."""
    if not filesystems or not same:
        return float(not filesystems and not same)
    return len(same.intersection(filesystems)) / math.sqrt(len(filesystems) * len(same))


def _earlier(day: str) -> str:
    """GAP days before; the first day of the calendar for a mail that claims to be as old as that."""
    if not day:
        return ""
    return (date.fromisoformat(day) - min(timedelta(days=GAP), date.fromisoformat(day) - date.min)).isoformat()


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
