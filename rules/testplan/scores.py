"""What speaks for each test, as figures: history, words, behaviours, and what kind of test it is.

`Evidence` gathers sparse scores (catalogue index -> figure); `row` makes of them the features that the combiner of
`rules.testplan.ranking` was trained on, in the order of `NAMES`. Training calls the same code, so both see the same.
"""

import math
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from rules.testplan import bridge, history, words
from rules.testplan.catalogue import Sets, members
from rules.testplan.history import Neighbours, Table
from rules.testplan.postings import Postings
from rules.testplan.values import Query
from rules.testplan.words import Words

_DATA = Path(__file__).parent / "data"
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
    "near_mails", "near_behaviours", "near_behaviours_here", "named_with", "near_groups", "kin_near", "kin_popular",
    "kin_words", "bridge", "bridge_count", "words",
)  # fmt: skip
_RANKED = ("popular", "near", "bridge", "words")
_RELATIVE = (
    "popular", "popular_year", "popular_all", "near", "near_files", "near_functions", "near_words", "near_mails",
    "near_behaviours", "near_behaviours_here", "named_with", "near_groups", "kin_near", "kin_popular", "kin_words",
    "bridge",
)  # fmt: skip
_DENSE = ("age", "generic", "shared_code", "functions", "files")
NAMES = (
    *_SPARSE, *(f"rank_{name}" for name in _RANKED), *(f"relative_{name}" for name in _RELATIVE), *_DENSE,
    *(f"group_{name}" for name in _GROUPS), *(f"tool_{name}" for name in _TOOLS), "flag_soak",
)  # fmt: skip
_SCALES = {
    "popular": 1, "popular_year": 1, "popular_all": 1, "near": 20, "near_files": 10, "near_functions": 10,
    "near_words": 10, "near_mails": 10, "near_behaviours": 5, "near_behaviours_here": 5, "named_with": 10,
    "kin_near": 20, "kin_popular": 1,
}  # fmt: skip
_SHORTLIST = 22  # per score; more changes nothing in validation
_UNKNOWN_AGE = 60.0  # months

Sparse = dict[int, float]


@cache
def kin() -> Postings:
    """Look-alikes of each test, by groups, tools and helpers."""
    return Postings((_DATA / KIN).read_bytes())


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
        self._history(frozenset(filesystems), hits)
        self._named_with()
        self._words()
        self.sparse["bridge"] = {index: bridge.score(found) for index, found in self.answers.items()}
        self.sparse["bridge_count"] = {index: float(len(found)) for index, found in self.answers.items()}
        self._groups()
        for name, of in (("kin_near", "near"), ("kin_popular", "popular"), ("kin_words", "words")):
            self.sparse[name] = self._kin(self.sparse[of])
        self.ranks = {name: self._ranks(self.sparse[name]) for name in _RANKED}

    def _history(self, filesystems: frozenset[str], hits: tuple[bridge.Hit, ...]) -> None:
        """Popularity and nearness, from events before the freeze; ages in years."""
        past = self.table.history
        index_of = [self.tests.index.get(test, -1) for test in past.tests]
        same = {number for number, name in enumerate(past.filesystems) if name in filesystems}
        near, paths = self.neighbours.mixed(_ALL), self.neighbours.cosines["p"]
        functions, in_words = self.neighbours.mixed(_FUNCTIONS), self.neighbours.mixed(_WORDS)
        behaviours = direction(hits, past.behaviours)
        for number, unit in enumerate(past.units):
            events = [event for event in unit.events if event.month < self.month and index_of[event.test] >= 0]
            if not events:
                continue
            spread = 1 / math.sqrt(len(events))
            by_name = spread * functions.get(number, 0.0) ** 1.5
            if not unit.patch:
                self._spread(events, index_of, by_name, 0, near_mails=by_name)
                continue
            alike, overlap = near.get(number, 0.0), _overlap(unit.filesystems, same)
            angle = sum(behaviours.get(place, 0.0) * share for place, share in unit.behaviours)
            self._spread(events, index_of, overlap, 3, popular=overlap)
            self._spread(events, index_of, overlap, 1, popular_year=overlap)
            self._spread(events, index_of, 1.0, 2, popular_all=1.0)
            self._spread(events, index_of, alike, 3, near=spread * alike**2)
            self._spread(events, index_of, paths.get(number), 2, near_files=spread * paths.get(number, 0.0) ** 2)
            self._spread(events, index_of, by_name, 0, near_functions=by_name)
            self._spread(events, index_of, in_words.get(number), 0, near_words=spread * in_words.get(number, 0.0) ** 2)
            self._spread(events, index_of, angle, 4, near_behaviours=spread * angle**3)
            self._spread(events, index_of, angle * overlap, 4, near_behaviours_here=spread * overlap * angle**3)
            self._nearest(events, index_of, alike)

    def _spread(
        self, events: list[history.Event], index_of: list[int], any_: float | None, half_life: float, **to: float
    ) -> None:
        """Add the unit's figure to the score of each test that was named for it, less for what is long ago."""
        if not any_:
            return
        ((name, value),) = to.items()
        scores = self.sparse[name]
        for event in events:
            index = index_of[event.test]
            amount = value * event.weight
            if half_life:
                amount *= 0.5 ** ((self.month - event.month) / (12 * half_life))
            scores[index] = scores.get(index, 0.0) + amount

    def _nearest(self, events: list[history.Event], index_of: list[int], alike: float) -> None:
        scores = self.sparse["nearest"]
        for event in events:
            index, value = index_of[event.test], event.weight * alike
            if value > scores.get(index, 0.0):
                scores[index] = value

    def _named_with(self) -> None:
        """Lend scores to tests that earlier mails named for the same changes as the best ones."""
        near = self.sparse["near"]
        best = {index: near[index] for index in sorted(near, key=lambda index: (-near[index], index))[:25]}
        past, scores = self.table.history, self.sparse["named_with"]
        index_of = [self.tests.index.get(test, -1) for test in past.tests]
        times: Sparse = {}
        joint: list[tuple[int, int]] = []
        for unit in past.units:
            named = [index_of[event.test] for event in unit.events if event.month < self.month]
            for index in named:
                times[index] = times.get(index, 0.0) + 1
            if 1 < len(named) <= 8:
                joint.extend((one, other) for one in named if one in best for other in named if other != one)
        for one, other in joint:
            scores[other] = scores.get(other, 0.0) + best[one] / (2 + times[one])
        scores.pop(-1, None)

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
        facts = [self.tests.tagged(f"group:{name}") for name in _GROUPS]
        facts += [self.tests.tagged(f"tool:{name}") for name in _TOOLS]
        facts.append(self.tests.tagged("flag:soak"))
        generic = self.tests.directory("generic")
        sizes = (math.log1p(len(self.query.functions)), math.log1p(len(self.query.files)))
        sparse = [(self.sparse[name], _SCALES.get(name)) for name in _SPARSE]
        ranks = [self.ranks[name] for name in _RANKED]
        indices = list(indices)
        relative = [
            (scores, max((scores.get(index, 0.0) for index in indices), default=0.0) or 1.0)
            for scores in (self.sparse[name] for name in _RELATIVE)
        ]
        rows = []
        for index in indices:
            row = [
                scores.get(index, 0.0) if scale is None else math.log1p(scale * scores.get(index, 0.0))
                for scores, scale in sparse
            ]
            row += [rank.get(index, 0.0) for rank in ranks]
            row += [math.sqrt(scores.get(index, 0.0) / most) for scores, most in relative]
            row += [self._age(index), float(generic >> index & 1), self.shared_code, *sizes]
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


def direction(hits: tuple[bridge.Hit, ...], names: tuple[str, ...]) -> dict[int, float]:
    """The hits as a vector of length 1 over the behaviours that the history knows."""
    places = {name: place for place, name in enumerate(names)}
    found = {places[hit.behaviour.id]: hit.strength for hit in hits if hit.behaviour.id in places}
    length = math.sqrt(sum(value * value for value in found.values())) or 1.0
    return {place: value / length for place, value in found.items()}


def _overlap(filesystems: tuple[int, ...], same: set[int]) -> float:
    """Like a cosine: how much of the unit's and of the query's filesystems are shared; shared code matches itself."""
    if not filesystems or not same:
        return float(not filesystems and not same)
    return len(same.intersection(filesystems)) / math.sqrt(len(filesystems) * len(same))


def _earlier(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=GAP)).isoformat() if day else ""


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
