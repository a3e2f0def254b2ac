"""The order of tests for a change, each with what it rests on.

Figures of `rules.testplan.scores` are put together by weights that were trained on patches before 2023
(tests/benchmarks/train_plan.py). Which figures a test has is also where its reasons come from.
"""

from collections import Counter
from collections.abc import Iterable

import msgspec

from rules.model import Value
from rules.testplan import advice, bridge, filesystems, history, linear, words
from rules.testplan.catalogue import Sets
from rules.testplan.filesystems import Concern
from rules.testplan.linear import Linear
from rules.testplan.scores import Evidence
from rules.testplan.values import Query, Ranked
from rules.testplan.words import Words

_MOST_REASONS = 4
_NEW = 12  # months
# The weights were trained on diffs alone. Where the message may be used, a test whose words are those of the message is
# often the very test of this fix: by hand, on fixes before 2023, recall@5 .63 -> .86 with the scripts at hand.
_WORDS_OF_TEXT = 5.0


class Sources(Value, frozen=True, kw_only=True):
    """The tables that a ranking rests on."""

    history: history.Table
    words: Words
    advice: advice.Advice
    combiner: Linear


def shipped(own: Words | None = None) -> Sources:
    """The tables of this package; `own`: words of the user's tree instead of the shipped ones."""
    return Sources(
        history=history.shipped(), words=own or words.shipped(), advice=advice.shipped(), combiner=linear.shipped()
    )


def rank(
    query: Query,
    concerns: tuple[Concern, ...],
    found: tuple[bridge.Hit, ...],
    tests: Sets,
    limit: int,
    *,
    sources: Sources,
    existing: str = "",
    text: str = "",
    frozen: str = "",
) -> tuple[Ranked, ...]:
    """The best `limit` tests that can run and existed before the date `existing`, best first."""
    within = filesystems.candidates(concerns, tests) & tests.before(existing)
    evidence = gather(query, concerns, found, tests, within, sources=sources, text=text, frozen=frozen)
    shortlist = evidence.shortlist()
    values = linear.scores(sources.combiner, evidence.rows(shortlist))
    if text:
        in_words = evidence.sparse["words"]
        values = [
            value + _WORDS_OF_TEXT * in_words.get(index, 0.0) ** 2
            for index, value in zip(shortlist, values, strict=True)
        ]
    order = sorted(zip(shortlist, values, strict=True), key=lambda pair: (-pair[1], pair[0]))[:limit]
    told = _Reasons(evidence, found, [index for index, _ in order], text)
    names = tests.catalogue.tests
    return tuple(
        Ranked(
            test=names[index],
            score=round(_bounded(value), 4),
            reasons=told.of(index),
            firm=told.firm(index),
            close=told.close(index),
        )
        for index, value in order
    )


def gather(
    query: Query,
    concerns: tuple[Concern, ...],
    found: tuple[bridge.Hit, ...],
    tests: Sets,
    within: int,
    *,
    sources: Sources,
    text: str = "",
    frozen: str = "",
) -> Evidence:
    """All that speaks for the tests of `within`."""
    return Evidence(
        query,
        found,
        tests,
        within,
        filesystems=[one.filesystem for one in concerns if one.own],
        table=sources.history,
        vocabulary=sources.words,
        judged=sources.advice,
        text=text,
        frozen=frozen,
    )


def _bounded(value: float) -> float:
    """To 0 .. 1, in the same order; scores of annotations and people stand above 1."""
    return value / (2 * (1 + abs(value))) + 0.5


def _changes(count: int) -> str:
    return "1 earlier change" if count == 1 else f"{count} earlier changes"


def _terms(tests: Sets) -> frozenset[str]:
    """Names of groups, tools and xfs_io commands, and their parts: the words of xfstests for what a test does."""
    tags = (tag.partition(":") for tag in tests.catalogue.tags)
    names = (name for kind, _, name in tags if kind in ("group", "tool", "verb") and name not in ("auto", "quick"))
    return frozenset(part for name in names for part in (name, *name.replace("-", "_").split("_")))


class _Reasons:
    """What can be said of the ranked tests, gathered for all of them at once."""

    def __init__(self, evidence: Evidence, hits: tuple[bridge.Hit, ...], indices: list[int], text: str) -> None:
        self._evidence, self._hits = evidence, hits
        self._names = evidence.tests.catalogue.tests
        wanted = {self._names[index]: index for index in indices}
        past = evidence.table.history
        self._numbers = {number: wanted[test] for number, test in enumerate(past.tests) if test in wanted}
        self._shared: dict[int, Counter[str]] = {index: Counter() for index in indices}
        self._newest: dict[int, int] = dict.fromkeys(indices, 0)
        self._count: Counter[int] = Counter()
        self._alternatives: dict[str, list[tuple[str, int]]] = {}  # of a query, each with its tests
        self._look()
        spelled = words.spellings(evidence.query, text, _terms(evidence.tests) if text else ())
        self._words = words.shared(evidence.vocabulary, evidence.asked, wanted, spelled)
        self._advice = advice.sources(evidence.judged, evidence.query, wanted)

    def _look(self) -> None:
        evidence, numbers = self._evidence, self._numbers
        shared = evidence.neighbours.shared
        for number, unit in enumerate(evidence.table.history.units):
            for event in unit.events:
                index = numbers.get(event.test)
                if index is not None and event.month < evidence.month:
                    self._count[index] += 1
                    self._newest[index] = max(self._newest[index], event.month)
                    self._shared[index].update(shared.get(number, ()))

    def firm(self, index: int) -> bool:
        """More than age and words that anything shares: a person would see why the test is named."""
        answers = self._evidence.answers.get(index, ())
        advised = self._names[index] in self._advice
        return advised or bool(self._shared[index]) or not all(answer.broad for answer in answers)

    def close(self, index: int) -> bool:
        """A changed function speaks for the test, not the file around it, what such code does or an old series."""
        return self._advice.get(self._names[index], "").endswith("()")

    def of(self, index: int) -> tuple[str, ...]:
        """Never empty: where no table knows a test, its age is why it was ranked."""
        found = [*bridge.reasons(self._answers(index), self._hits)[:2]]
        if place := self._advice.get(self._names[index]):
            found.append(f"advice: among the first to run for a change to {place}")
        found += self._history(index)
        if shared := dict.fromkeys(self._words.get(self._names[index], ())):
            found.append(f"words: {', '.join(shared)} of the change in {self._evidence.vocabulary.where}")
        found += self._age(index)
        return tuple(found[:_MOST_REASONS]) or (self._last(index),)

    def _answers(self, index: int) -> list[bridge.Answer]:
        """Each with the alternative of its query that holds for the test, instead of all of them."""
        found = self._evidence.answers.get(index, [])
        return [msgspec.structs.replace(one, query=self._alternative(one.query, index)) for one in found]

    def _alternative(self, query: str, index: int) -> str:
        if query not in self._alternatives:
            parts = [part.strip() for part in query.split("|")]
            self._alternatives[query] = [(part, self._evidence.tests.where(part)) for part in parts]
        return next((part for part, mask in self._alternatives[query] if mask >> index & 1), query)

    def _history(self, index: int) -> Iterable[str]:
        until = self._evidence.freeze
        shared = self._shared[index].most_common(1)
        if shared:
            name, count = shared[0]
            yield f"history: named for {_changes(count)} to {name} before {until}"
        elif self._count[index]:
            month = self._newest[index]
            last = "in" if self._count[index] == 1 else "the last in"
            yield (
                f"history: named for {_changes(self._count[index])} before {until},"
                f" {last} {month // 12}-{month % 12 + 1:02}"
            )

    def _age(self, index: int) -> Iterable[str]:
        added, date = self._evidence.tests.catalogue.added[index], self._evidence.query.date
        if added and date and 0 <= history.month_of(date) - history.month_of(added) <= _NEW:
            yield f"age: added {added}, in the year before the patch"

    def _last(self, index: int) -> str:
        said = self._evidence.sparse
        if said["aspects"].get(index) or said["behaviours"].get(index) or said["directories"].get(index):
            return "advice: it exercises what the names of the change speak of"
        return "catalogue: it can run on the filesystem of the change"
