"""What speaks for each test, as figures: history, words, behaviours, and what kind of test it is.

`Evidence` gathers sparse scores (catalogue index -> figure); `row` makes of them the features that the combiner of
`rules.testplan.ranking` was trained on, in the order of `NAMES`. Training calls the same code, so both see the same.
"""

import math
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from importlib import resources

from rules.testplan import bridge, history, words
from rules.testplan.catalogue import Tests, members
from rules.testplan.history import Neighbours, Table
from rules.testplan.postings import Postings
from rules.testplan.values import Query
from rules.testplan.words import Words

KIN = "families.postings"  # test -> [index into words.tests, Jaccard in percent, ...] of groups, tools and helpers
GAP = 14  # days: mails of the last days before the query are about the patch itself
_ALL = {"p": 0.25, "d": 0.05, "t": 0.1, "f": 0.25, "w": 0.2, "b": 0.1, "i": 0.15}
_FUNCTIONS = {"f": 0.6, "b": 0.25, "w": 0.15}
_WORDS = {"w": 0.5, "t": 0.2, "i": 0.3}
_GROUPS = (
    "auto", "quick", "stress", "rw", "mmap", "log", "punch", "clone", "prealloc", "metadata", "aio", "shutdown", "eio",
    "quota", "recoveryloop", "attr", "enospc", "swap", "dir", "fiemap", "encrypt", "scrub", "dangerous_fuzzers",
    "mount", "send", "snapshot", "balance", "raid", "compress", "qgroup", "volume", "perms",
)  # fmt: skip
_TOOLS = ("fsstress", "fsx", "fio", "dm-flakey", "dm-error", "falloc", "dio", "mmap", "memhog", "fsync-log-replay")
_SPARSE = (
    "popular", "popular_year", "popular_all", "near", "nearest", "near_files", "near_functions", "near_words",
    "near_mails", "near_groups", "kin_near", "kin_popular", "kin_words", "bridge", "bridge_count", "words",
)  # fmt: skip
_RANKED = ("popular", "near", "bridge", "words")
_DENSE = ("since_named", "age", "age_at_freeze", "generic", "groups", "shared_code", "functions", "files")
NAMES = (
    *_SPARSE, *(f"rank_{name}" for name in _RANKED), *_DENSE, *(f"group_{name}" for name in _GROUPS),
    *(f"tool_{name}" for name in _TOOLS), "flag_soak",
)  # fmt: skip
_SCALES = {"popular": 1, "popular_year": 1, "popular_all": 1, "near": 20, "near_files": 10, "near_functions": 10,
           "near_words": 10, "near_mails": 10, "kin_near": 20, "kin_popular": 1}  # fmt: skip
_SHORTLIST = 60  # per score
_NEVER = 5.0  # years
_UNKNOWN_AGE = 60.0  # months

Sparse = dict[int, float]


@cache
def kin() -> Postings:
    """Look-alikes of each test, by groups, tools and helpers."""
    return Postings(resources.files("rules.testplan").joinpath("data", KIN).read_bytes())


class Evidence:
    """All scores of one query over the candidate tests `within`."""

    def __init__(
        self,
        query: Query,
        hits: tuple[bridge.Hit, ...],
        tests: Tests,
        within: int,
        *,
        filesystems: Iterable[str],
        shared_code: bool,
        table: Table,
        vocabulary: Words,
        text: str = "",
        frozen: str = "",
    ) -> None:
        """`text`: message and subject, when they may be used; `frozen`: history ends before this date."""
        self.query, self.tests, self.within, self.table = query, tests, within, table
        self.shared_code = float(shared_code)
        self.vocabulary = vocabulary
        self.asked = words.of_query(query, text)
        self.freeze = min(filter(None, (_earlier(query.date), frozen, _day_after(table.history.until))))
        self.month = history.month_of(self.freeze)
        self.neighbours = Neighbours(table, query)
        self.answers = bridge.answers(hits, tests, within)
        self.sparse: dict[str, Sparse] = {name: {} for name in _SPARSE}
        self.last: Sparse = {}
        self._history(frozenset(filesystems))
        self._words()
        self.sparse["bridge"] = {index: bridge.score(found) for index, found in self.answers.items()}
        self.sparse["bridge_count"] = {index: float(len(found)) for index, found in self.answers.items()}
        self._groups()
        for name, of in (("kin_near", "near"), ("kin_popular", "popular"), ("kin_words", "words")):
            self.sparse[name] = self._kin(self.sparse[of])
        self.ranks = {name: self._ranks(self.sparse[name]) for name in _RANKED}

    def _history(self, filesystems: frozenset[str]) -> None:
        """Popularity and nearness, from events before the freeze; ages in years."""
        past = self.table.history
        index_of = [self.tests.index.get(test, -1) for test in past.tests]
        same = {number for number, name in enumerate(past.filesystems) if name in filesystems}
        every, paths = self.neighbours.mixed(_ALL), self.neighbours.cosines["p"]
        functions, in_words = self.neighbours.mixed(_FUNCTIONS), self.neighbours.mixed(_WORDS)
        for number, unit in enumerate(past.units):
            events = [event for event in unit.events if event.month < self.month and index_of[event.test] >= 0]
            if not events:
                continue
            spread = 1 / math.sqrt(len(events))
            overlap = _overlap(unit.filesystems, same) if unit.patch else 0.0
            near = every.get(number, 0.0)
            for event in events:
                index = index_of[event.test]
                years = (self.month - event.month) / 12
                if not unit.patch:
                    self._add("near_mails", index, event.weight * functions.get(number, 0.0) ** 1.5)
                    continue
                self.last[index] = min(self.last.get(index, _NEVER), years)
                self._add("popular", index, event.weight * overlap * 0.5 ** (years / 3))
                self._add("popular_year", index, event.weight * overlap * 0.5**years)
                self._add("popular_all", index, event.weight * 0.5 ** (years / 2))
                weight = event.weight * spread
                self._add("near", index, weight * near**2 * 0.5 ** (years / 3))
                self._most("nearest", index, event.weight * near)
                self._add("near_files", index, weight * paths.get(number, 0.0) ** 2 * 0.5 ** (years / 2))
                self._add("near_functions", index, weight * functions.get(number, 0.0) ** 1.5)
                self._add("near_words", index, weight * in_words.get(number, 0.0) ** 2)

    def _add(self, name: str, index: int, value: float) -> None:
        if value:
            scores = self.sparse[name]
            scores[index] = scores.get(index, 0.0) + value

    def _most(self, name: str, index: int, value: float) -> None:
        scores = self.sparse[name]
        scores[index] = max(scores.get(index, 0.0), value)

    def _words(self) -> None:
        """Relative to the best candidate: the raw figure grows with the size of the change."""
        found = words.scores(self.vocabulary, self.asked)
        index_of = self.tests.index
        scores = {index_of[test]: value for test, value in found.items() if test in index_of}
        best = max((value for index, value in scores.items() if self.within >> index & 1), default=0.0) or 1.0
        self.sparse["words"] = {index: value / best for index, value in scores.items()}

    def _groups(self) -> None:
        """How well a test's groups, tools and helpers match those of the tests that were named for like changes."""
        near = self.sparse["near"]
        total: dict[str, float] = {}
        rare: dict[str, float] = {}
        count = len(self.tests.catalogue.tests)
        norms: Sparse = {}
        tags = [
            (tag, indices)
            for tag, indices in self.tests.catalogue.tags.items()
            if tag.startswith(("group:", "tool:")) and tag not in ("group:auto", "group:quick")
        ]
        for tag, indices in tags:
            rare[tag] = math.log(count / max(len(indices), 1))
            value = sum(near[index] for index in indices if index in near)
            if value:
                total[tag] = value * rare[tag]
        length = math.sqrt(sum(value * value for value in total.values())) or 1.0
        scores: Sparse = {}
        for tag, indices in tags:
            square, value = rare[tag] ** 2, total.get(tag, 0.0) * rare[tag] / length
            for index in indices:
                norms[index] = norms.get(index, 0.0) + square
            if value:
                for index in indices:
                    scores[index] = scores.get(index, 0.0) + value
        self.sparse["near_groups"] = {
            index: value / math.sqrt(max(norms[index], 1.0)) for index, value in scores.items()
        }

    def _kin(self, scores: Sparse) -> Sparse:
        """Scores lent to look-alikes by the tests that have them."""
        names, index_of, table = words.shipped().tests, self.tests.index, kin()
        found: Sparse = {}
        best = sorted(scores, key=lambda index: (-scores[index], index))[:40]
        for index in best:
            row = table.get(self.tests.catalogue.tests[index]) or []
            for number, percent in zip(row[::2], row[1::2], strict=True):
                other = index_of.get(names[number])
                if other is not None:
                    found[other] = found.get(other, 0.0) + scores[index] * (percent / 100) ** 2
        return found

    def _ranks(self, scores: Sparse) -> Sparse:
        order = sorted(
            (index for index, value in scores.items() if value > 0 and self.within >> index & 1),
            key=lambda index: (-scores[index], index),
        )
        return {index: 1 / (10 + place) for place, index in enumerate(order[:200])}

    def shortlist(self) -> list[int]:
        """Candidates that any score favours, ascending."""
        chosen: set[int] = set()
        for name in ("popular", "near", "near_functions", "near_groups", "kin_near", "bridge", "words", "near_mails"):
            scores = self.sparse[name]
            able = [index for index in scores if self.within >> index & 1]
            chosen.update(sorted(able, key=lambda index: (-scores[index], index))[:_SHORTLIST])
        newest = sorted(members(self.within), key=lambda index: self.tests.catalogue.added[index], reverse=True)
        chosen.update(newest[:20])
        return sorted(chosen)

    def rows(self, indices: Iterable[int]) -> list[list[float]]:
        """The features of each test, in the order of NAMES."""
        facts = [(self.tests.tagged(f"group:{name}")) for name in _GROUPS]
        facts += [(self.tests.tagged(f"tool:{name}")) for name in _TOOLS]
        facts.append(self.tests.tagged("flag:soak"))
        groups = [
            mask for tag in self.tests.catalogue.tags if tag.startswith("group:") if (mask := self.tests.tagged(tag))
        ]
        generic = self.tests.directory("generic")
        sizes = (math.log1p(len(self.query.functions)), math.log1p(len(self.query.files)))
        rows = []
        for index in indices:
            row = [_scaled(name, self.sparse[name].get(index, 0.0)) for name in _SPARSE]
            row += [self.ranks[name].get(index, 0.0) for name in _RANKED]
            row += [self.last.get(index, _NEVER), *self._ages(index), float(generic >> index & 1)]
            row += [float(sum(mask >> index & 1 for mask in groups)), self.shared_code, *sizes]
            row += [float(mask >> index & 1) for mask in facts]
            rows.append(row)
        return rows

    def _ages(self, index: int) -> tuple[float, float]:
        """Logarithm of the test's age in months when the patch was posted; years that the history could know it."""
        added = self.tests.catalogue.added[index]
        if not added:
            return math.log1p(_UNKNOWN_AGE), _NEVER
        born = history.month_of(added)
        now = history.month_of(self.query.date) if self.query.date else self.month
        months = float(now - born) if now >= born else _UNKNOWN_AGE
        return math.log1p(months), max(-4.0, min(10.0, (self.month - born) / 12))


def _scaled(name: str, value: float) -> float:
    scale = _SCALES.get(name)
    return value if scale is None else math.log1p(scale * value)


def _overlap(filesystems: tuple[int, ...], same: set[int]) -> float:
    """Like a cosine: how much of the unit's and of the query's filesystems are shared; shared code matches itself."""
    if not filesystems or not same:
        return float(not filesystems and not same)
    return len(same.intersection(filesystems)) / math.sqrt(len(filesystems) * len(same))


def _earlier(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=GAP)).isoformat() if day else ""


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def told(mapping: Mapping[str, float], count: int) -> list[str]:
    """The names with the highest figures."""
    return sorted(mapping, key=lambda name: (-mapping[name], name))[:count]
