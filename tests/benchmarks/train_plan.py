"""Builds the tables that the test plan ships. For developers; needs archives of mailing lists, and numpy to train.

    python -m tests.benchmarks.train_plan tables
    python -m tests.benchmarks.train_plan catalogue --xfstests DIR
    python -m tests.benchmarks.train_plan names --pairs FILE --archives DIR... -o names.jsonl
    python -m tests.benchmarks.train_plan history --pairs FILE --names names.jsonl --archives DIR...
    python -m tests.benchmarks.train_plan words --xfstests DIR --pairs FILE --names names.jsonl
    python -m tests.benchmarks.train_plan advice
    python -m tests.benchmarks.train_plan ranker --pairs FILE --names names.jsonl

`tables` compiles data/*.toml. `names` reads from the archives what each unit changes; it is for the other steps and is
not shipped. `history` takes the units of pairs_public.jsonl that were first posted before 2023 with
what their patches change and their messages say, and mails before 2023 that name a test: of their words those that
names of kernel functions are made of. `words` reads each test as it was on
2022-12-31, a later one as it was first added, and the messages of commits before 2023, so that no word of a later fix
is in it. `advice` compiles advice/*.txt, which we wrote. `ranker` trains weights
on units of 2020 to 2022, each with the history that was known 14, 330 and 550 days before it, never on dev.
To refresh a table with newer mail, change `plan_data.UNTIL` and give newer archives.
"""

import argparse
import gzip
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from rules.testplan import (
    DATA,
    advice,
    bridge,
    catalogue,
    filesystems,
    history,
    linear,
    ranking,
    scores,
    tables,
    words,
    xfstests,
)
from rules.testplan.catalogue import Catalogue, Sets
from rules.testplan.postings import pack
from rules.testplan.stems import stem
from rules.testplan.values import Query
from tests.benchmarks import plan_advice, plan_data

_GRADES = {2: 1.0, 1: 0.4}
_SHARES = {2: 1.0, 1: 0.3, 0: 0.0}  # of a grade in what the softmax should give
_STEPS, _SMALLEST_STEP = 12, 1e-5
_PENALTY, _OF_FACTS = 80.0, 1500.0  # what kind of test it is has to say much more to count
_GAPS = (14, 330, 550)  # days between the end of the history and the patch
_MOST_SAID = 400  # words; the messages of a longer series say everything
_MOST_TESTS = 375  # a quarter of those that were ever named
_LEAST = 9  # tenths; a third of the table, and nothing of its worth


def write(name: str, data: bytes) -> None:
    (DATA / name).write_bytes(data)
    print(f"{name}: {len(data)} bytes")


def make_tables(_: argparse.Namespace) -> None:
    write(tables.COMPILED, tables.compiled())


def make_catalogue(arguments: argparse.Namespace) -> None:
    """Facts of a tree by the product's own indexer, with the dates of its history."""
    head = plan_data.git(arguments.xfstests, "log", "-1", "--format=%h (%cs)", "--abbrev=12").strip()
    index = xfstests.read(arguments.xfstests, f"xfstests {head}")
    dates: dict[str, str] = {}
    for day, test in plan_data.additions(arguments.xfstests):
        dates[test] = day
    made = xfstests.catalogue(index, dates)
    counts = {tag: len(tests) for tag, tests in made.tags.items()}
    kept = {
        tag: tests for tag, tests in made.tags.items() if not (tag.startswith("call:") and not 3 <= counts[tag] <= 600)
    }
    write(catalogue.SHIPPED, catalogue.encode(Catalogue(**(_fields(made) | {"tags": kept}))))


def _fields(value: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}


def make_history(arguments: argparse.Namespace) -> None:
    units = [unit for unit in plan_data.pairs(arguments.pairs) if unit["split"] == "train"]
    changed = plan_data.read_names(arguments.names)
    read = _read_archives(arguments.archives, units)
    builder = _Builder(read, _test_names(units, read.reports))
    for unit in units:
        builder.patch(unit, changed.get(unit["id"]))
    for report in read.reports:
        builder.report(report)
    value = builder.history()
    write(history.SHIPPED[0], gzip.compress(msgspec.json.encode(value), 9, mtime=0))
    write(history.SHIPPED[1], pack(builder.rows()))


def make_names(arguments: argparse.Namespace) -> None:
    """One JSON line for each unit whose patches are in the archives."""
    found = changed_by(arguments.archives, plan_data.pairs(arguments.pairs))
    with arguments.output.open("w", encoding="utf-8") as file:
        for unit, names in sorted(found.items()):
            file.write(json.dumps([unit, *names]) + "\n")


def changed_by(archives: list[Path], units: list[dict[str, Any]]) -> dict[str, plan_data.Names]:
    """unit id -> what its patches change, for the units whose mails are in the archives."""
    series = {unit["id"] for unit in units if unit["unit"] == "series"}
    wanted = {unit["id"] for unit in units}
    texts: dict[str, list[str]] = {}
    seen: set[str] = set()
    for archive in archives:
        for mail in plan_data.mails(archive):
            if mail.msgid in seen or not mail.is_patch:
                continue
            seen.add(mail.msgid)
            for unit in ({mail.msgid} | series.intersection(mail.references)) & wanted:
                texts.setdefault(unit, []).append(mail.text)
    return {unit: plan_data.names_of(found) for unit, found in texts.items()}


class _Report(NamedTuple):
    """A mail that names tests."""

    day: str
    tests: tuple[str, ...]
    functions: tuple[str, ...]
    words: tuple[str, ...]  # stems


class _Read(NamedTuple):
    """What there is in archives before 2023."""

    frequency: Counter[str]  # in how many patches each feature is
    total: int  # patches
    reports: list[_Report]
    prose: dict[str, set[str]]  # unit id -> stems of the messages of its patches


def _test_names(units: list[dict[str, Any]], reports: list[_Report]) -> list[str]:
    named = {test["test"] for unit in units for test in unit["tests"]}
    return sorted(named | {test for report in reports for test in report.tests})


def _read_archives(archives: list[Path], units: list[dict[str, Any]]) -> _Read:
    known = frozenset(catalogue.shipped().tests)
    ids = {unit["id"] for unit in units}
    series = {unit["id"] for unit in units if unit["unit"] == "series"}
    read, seen, total = _Read(Counter(), 0, [], {}), set(), 0
    for archive in archives:
        for mail in plan_data.mails(archive):
            if mail.day >= plan_data.UNTIL or mail.msgid in seen:
                continue
            seen.add(mail.msgid)
            names = plan_data.changes(True, mail)
            if names is not None:
                read.frequency.update(history.features(names.query("")).keys())
                total += 1
                for unit in ({mail.msgid} | series.intersection(mail.references)) & ids:
                    read.prose.setdefault(unit, set()).update(plan_data.prose(mail))
            tests, functions, words_ = plan_data.reported(mail, known)
            if tests:
                read.reports.append(_Report(mail.day, tests, functions, tuple(sorted(words_))))
    return read._replace(total=total, reports=sorted(read.reports))


class _Builder:
    """Units and postings of a history."""

    def __init__(self, read: _Read, names: list[str]) -> None:
        self._frequency, self._total, self._prose = read.frequency, read.total, read.prose
        self._names = names
        self._numbers = {test: number for number, test in enumerate(names)}
        self._filesystems = tables.shipped().filesystem
        self._units: list[history.Unit] = []
        self._postings: dict[str, list[int]] = {}
        self._asked = {
            stem(feature[2:]) for feature, times in self._frequency.items() if feature[0] == "w" and times > 4
        }
        self._asked.update(words.spelled())

    def patch(self, unit: dict[str, Any], names: plan_data.Names | None) -> None:
        events = tuple(
            history.Event(
                test=self._numbers[test["test"]],
                month=history.month_of(test["evidence_first"]),
                weight=_GRADES[test["grade"]],
            )
            for test in unit["tests"]
            if test["grade"] in _GRADES and test["evidence_first"] < plan_data.UNTIL
        )
        if not events:
            return
        if names is None or not names.files:
            names = plan_data.Names(tuple(unit["files"]), tuple(unit["functions"]), (), 0, 0)
        query = names.query("")
        said = {stem(word) for name in query.functions for word in history.words_of(name)}
        if any(test["kinds"] != ["ii-commitmsg"] for test in unit["tests"]):  # else its own mail is a report
            said |= self._prose.get(unit["id"], set()) if len(self._prose.get(unit["id"], ())) <= _MOST_SAID else set()
        self._add(
            query,
            said,
            patch=1,
            events=events,
            filesystems=tuple(
                number
                for number, one in enumerate(self._filesystems)
                if any(path.startswith(one.paths) for path in query.files)
            ),
        )

    def report(self, report: _Report) -> None:
        weight = 1.0 / math.sqrt(len(report.tests))
        events = tuple(
            history.Event(test=self._numbers[test], month=history.month_of(report.day), weight=weight)
            for test in report.tests
        )
        query = Query(files=(), functions=report.functions)
        self._add(query, report.words, patch=0, events=events, filesystems=())

    def _add(self, query: Query, said: Iterable[str], **fields: Any) -> None:
        for word in sorted(self._asked.intersection(said)):
            self._postings.setdefault(f"m:{word}", []).append(len(self._units))
        squares = dict.fromkeys(history.KINDS, 0.0)
        for feature, count in history.features(query).items():
            squares[feature[0]] += ((1 + math.log(count)) * self._weight(feature)) ** 2
            self._postings.setdefault(feature, []).append(len(self._units))
        norms = tuple(round(100 * math.sqrt(squares[kind])) for kind in history.KINDS)
        self._units.append(history.Unit(norms=norms, **fields))

    def _weight(self, feature: str) -> float:
        return math.log(1 + self._total / (1 + self._frequency[feature]))

    def history(self) -> history.History:
        return history.History(
            until=(date.fromisoformat(plan_data.UNTIL) - timedelta(days=1)).isoformat(),
            source="mails on public lists, 2019-07 to 2022-12",
            tests=tuple(self._names),
            filesystems=tuple(one.name for one in self._filesystems),
            units=tuple(self._units),
        )

    def rows(self) -> dict[str, list[int]]:
        """Identifiers that nearly nobody or nearly everybody has say nothing, nor do words of many tests."""
        return {
            feature: history.row(0.0 if feature[0] == "m" else self._weight(feature), units)
            for feature, units in self._postings.items()
            if not (feature[0] == "i" and not 3 <= self._frequency[feature] <= self._total / 50)
            and not (feature[0] == "b" and len(units) < 2)
            and not (feature[0] == "m" and self._tests(units) > _MOST_TESTS)
        }

    def _tests(self, units: list[int]) -> int:
        return len({event.test for unit in units for event in self._units[unit].events})


def make_words(arguments: argparse.Namespace) -> None:
    """The shipped index: words of kernel names that stand in at most a fifth of the tests."""
    messages = plan_data.messages(arguments.xfstests)
    counts = {
        test: xfstests.words_of_text(f"{text}\n{messages.get(test, '')}")
        for test, text in plan_data.scripts(arguments.xfstests, catalogue.shipped().tests)
    }
    rarity = _rarity(arguments.pairs, arguments.names)
    everywhere = Counter(word for count in counts.values() for word in count)
    only = [
        word
        for word, times in everywhere.items()
        if word in rarity and times <= len(counts) / 5 and re.search("[a-z]", word)
    ]
    tests, rows = words.weighted(counts, only, rarity.__getitem__, _LEAST)
    source = "xfstests at 2022-12-31, later tests as first added"
    names = words.Names(source=source, tests=tests)
    write(words.SHIPPED[0], gzip.compress(msgspec.json.encode(names), 9, mtime=0))
    write(words.SHIPPED[1], pack(rows))


def _rarity(pairs: Path, names: Path) -> dict[str, float]:
    """Stem -> how rare it is in what the units before 2023 change, against the mean of all stems."""
    changed = plan_data.read_names(names)
    units = [
        changed[unit["id"]] for unit in plan_data.pairs(pairs) if unit["split"] == "train" and unit["id"] in changed
    ]
    count: Counter[str] = Counter()
    for unit in units:
        named = {word for name in (*unit.functions, *unit.identifiers) for word in history.words_of(name)}
        count.update({stem(word) for word in named})
    for word in words.spelled():
        count.setdefault(word, 0)
    raw = {word: math.log(1 + len(units) / (1 + times)) for word, times in count.items()}
    mean = sum(raw.values()) / len(raw)
    return {word: value / mean for word, value in raw.items()}


def make_advice(_: argparse.Namespace) -> None:
    """The tables of advice/*.txt as postings."""
    names, rows = plan_advice.compiled()
    write(advice.SHIPPED[0], gzip.compress(msgspec.json.encode(names), 9, mtime=0))
    write(advice.SHIPPED[1], pack(rows))


def make_ranker(arguments: argparse.Namespace) -> None:
    """Weights for the figures of `rules.testplan.scores`."""
    units = [unit for unit in plan_data.pairs(arguments.pairs) if unit["split"] == "train" and plan_data.gold(unit)]
    changed = plan_data.read_names(arguments.names)
    rows: list[list[float]] = []
    labels: list[int] = []
    groups: list[int] = []
    for unit in units:
        for frozen in _freezes(unit["first_posted"]):
            some_rows, some_labels = _examples(unit, changed.get(unit["id"]), frozen)
            if max(some_labels, default=0) == max(_SHARES):
                rows += some_rows
                labels += some_labels
                groups.append(len(some_labels))
    trained = f"{len(groups)} queries of {len(units)} units of 2020 to 2022"
    write(linear.SHIPPED, _fit(rows, labels, groups, trained))


def _freezes(posted: str) -> Iterator[str]:
    for gap in _GAPS:
        frozen = (date.fromisoformat(posted) - timedelta(days=gap)).isoformat()
        if posted >= "2020" and frozen > "2019-12-15":
            yield frozen


def _examples(unit: dict[str, Any], names: plan_data.Names | None, frozen: str) -> tuple[list[list[float]], list[int]]:
    """Rows of the shortlist, and the grade of each test in it."""
    names = names or plan_data.Names(tuple(unit["files"]), tuple(unit["functions"]), (), 0, 0)
    evidence = evidence_of(names.query(unit["first_posted"]), frozen)
    shortlist = evidence.shortlist()
    grades = {test["test"]: test["grade"] for test in unit["tests"]}
    tests = evidence.tests.catalogue.tests
    return evidence.rows(shortlist), [grades.get(tests[index], 0) for index in shortlist]


def evidence_of(query: Query, frozen: str = "") -> scores.Evidence:
    """What the ranking would see of this query."""
    tests = Sets(catalogue.shipped())
    concerns = filesystems.concerned(query, None)
    within = filesystems.candidates(concerns, tests) & tests.before(query.date)
    sources = ranking.Sources(
        history=history.shipped(),
        words=words.shipped(),
        advice=advice.shipped(),
        combiner=linear.Linear(trained="", weights={}),
    )
    return ranking.gather(query, concerns, bridge.hits(query), tests, within, sources=sources, frozen=frozen)


def _fit(rows: list[list[float]], labels: list[int], groups: list[int], trained: str) -> bytes:
    """Softmax over the tests of a query against their labels, by Newton's method; the loss is convex."""
    import numpy

    table = numpy.array(rows)
    mean, scale = table.mean(0), table.std(0) + 1e-9
    table = (table - mean) / scale
    starts = numpy.cumsum([0, *groups[:-1]])
    of = numpy.repeat(numpy.arange(len(groups)), groups)
    wanted = numpy.array([_SHARES[label] for label in labels])
    wanted /= numpy.add.reduceat(wanted, starts)[of]
    of_facts = [name.startswith(("group_", "tool_", "flag_")) for name in scores.NAMES]
    penalty = 2 * numpy.diag(numpy.where(of_facts, _OF_FACTS, _PENALTY))

    def shares(weights: Any) -> tuple[Any, float]:
        """What the softmax gives each test, and the loss."""
        values = table @ weights
        values -= numpy.maximum.reduceat(values, starts)[of]
        sums = numpy.add.reduceat(numpy.exp(values), starts)[of]
        loss = float(-(wanted * (values - numpy.log(sums))).sum() + weights @ penalty @ weights / 2)
        return numpy.exp(values) / sums, loss

    weights = numpy.zeros(table.shape[1])
    share, loss = shares(weights)
    for _ in range(_STEPS):
        slope = table.T @ (share - wanted) + penalty @ weights
        means = numpy.add.reduceat(table * share[:, None], starts)
        bend = table.T @ (table * share[:, None]) - means.T @ means + penalty
        step = numpy.linalg.solve(bend, slope)
        while shares(weights - step)[1] > loss and abs(step).max() > _SMALLEST_STEP:
            step = step / 2
        weights = weights - step
        share, loss = shares(weights)
    made = {name: float(f"{weight:.4g}") for name, weight in zip(scores.NAMES, weights / scale, strict=True)}
    return msgspec.json.format(msgspec.json.encode({"trained": trained, "weights": made}), indent=1) + b"\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for name, make in (
        ("tables", make_tables),
        ("names", make_names),
        ("catalogue", make_catalogue),
        ("history", make_history),
        ("words", make_words),
        ("advice", make_advice),
        ("ranker", make_ranker),
    ):
        command = commands.add_parser(name, help=make.__doc__)
        command.set_defaults(make=make)
        if name in ("names", "history", "words", "ranker"):
            command.add_argument("--pairs", type=Path, required=True)
        if name in ("names", "history"):
            command.add_argument("--archives", type=Path, nargs="+", required=True)
        if name in ("history", "words", "ranker"):
            command.add_argument("--names", type=Path, required=True)
        if name == "names":
            command.add_argument("-o", "--output", type=Path, required=True)
        if name in ("catalogue", "words"):
            command.add_argument("--xfstests", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.make(arguments)


if __name__ == "__main__":
    main()
