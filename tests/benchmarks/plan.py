"""Measures the ranking of the test plan on dev: python -m tests.benchmarks.plan --pairs FILE [--names FILE]

Prospective, from the diff only: no subject, no message, tests that existed before the first posting, history older
than the first posting less 14 days and never later than the shipped table. Gold is grade 2; figures are macro averages
over the units, with 95 % bootstrap intervals over units. Without --names the queries have the paths and functions of
the pairs file; with it (made by `train_plan names` from archives) also the identifiers of changed lines, as at run
time. Popularity and BM25 are computed in the same run from the same tables.

With --xfstests DIR instead: retrospective, the tests that were written for a fix or annotated with it, among all tests
of that tree, from the diff and the subject, with the words of the scripts and without the annotations.
"""

import argparse
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rules.testplan import bridge, catalogue, filesystems, linear, ranking, words, xfstests
from rules.testplan.catalogue import Sets
from rules.testplan.scores import Evidence
from rules.testplan.values import Query, Ranked
from tests.benchmarks import plan_data, train_plan

_SAMPLES = 2000
_WRITTEN_FOR = frozenset({"i-annotation", "iv-testtext"})
_NUMBERED = re.compile(r"\b[a-z0-9]+/\d{3}\b")  # a test that the subject names would be no finding
_COMMON = frozenset({"auto", "quick", "stress", "rw", "soak", "long_rw"})


class Case(NamedTuple):
    unit: dict[str, Any]
    gold: tuple[str, ...]
    orders: dict[str, list[str]]  # ranker -> tests, best first


def measure(arguments: argparse.Namespace) -> None:
    units = [unit for unit in plan_data.pairs(arguments.pairs) if unit["split"] == arguments.split]
    units = [unit for unit in units if plan_data.gold(unit)]
    changed = plan_data.read_names(arguments.names)
    cases = [_case(unit, changed.get(unit["id"]), arguments.frozen) for unit in units]
    families = Families()
    subsets: dict[str, Callable[[Case], bool]] = {
        "all": lambda case: True,
        "page cache": lambda case: bool(case.unit["pagecache_wide"]),
        "patches": lambda case: case.unit["unit"] == "patch",
        "shared code": lambda case: not any(_own(path) for path in case.unit["files"]),
    }
    for name, belongs in subsets.items():
        chosen = [case for case in cases if belongs(case)]
        print(f"{name}: {len(chosen)} units")
        for ranker in ("popularity", "bm25", "plan"):
            print(f"  {ranker:<10} " + "  ".join(_figures(chosen, ranker, families)))


def look_back(arguments: argparse.Namespace) -> None:
    index = xfstests.read(arguments.xfstests, "the tree")
    shipped = catalogue.shipped()
    tests = Sets(xfstests.catalogue(index, dict(zip(shipped.tests, shipped.added, strict=True))))
    sources = ranking.shipped(words.of_index(index))
    changed = plan_data.read_names(arguments.names)
    rows: list[tuple[bool, list[list[float]]]] = []
    for unit in plan_data.pairs(arguments.pairs):
        wanted = {test["test"] for test in unit["tests"] if _WRITTEN_FOR.intersection(test["kinds"])} & set(tests.index)
        if wanted:
            query = _names(unit, changed.get(unit["id"])).query(unit["first_posted"])
            figures = []
            for text in (_NUMBERED.sub(" ", unit["subject"]), ""):
                order = [one.test for one in _ranked(query, tests, sources, text)]
                figures.append([len(wanted.intersection(order[:k])) / len(wanted) for k in (5, 10)])
            rows.append((unit["split"] == "dev", figures))
    for title, chosen in (("all", rows), ("dev", [row for row in rows if row[0]])):
        for place, kind in ((0, "diff and subject"), (1, "diff")):
            told = [f"R@{k} {_interval([row[1][place][at] for row in chosen])}" for at, k in enumerate((5, 10))]
            print(f"{title}: {len(chosen)} units, {kind}: {'  '.join(told)}")


def _ranked(query: Query, tests: Sets, sources: ranking.Sources, text: str) -> tuple[Ranked, ...]:
    concerns = filesystems.concerned(query, None)
    return ranking.rank(query, concerns, bridge.hits(query), tests, 20, sources=sources, text=text)


def _names(unit: dict[str, Any], names: plan_data.Names | None) -> plan_data.Names:
    if names is not None:
        return names
    return plan_data.Names(tuple(unit["files"]), tuple(unit["functions"]), (), unit["added"], unit["deleted"])


def _own(path: str) -> bool:
    from rules.testplan import tables

    return any(path.startswith(one.paths) for one in tables.shipped().filesystem)


def _case(unit: dict[str, Any], names: plan_data.Names | None, frozen: str) -> Case:
    query = _names(unit, names).query(unit["first_posted"])
    evidence = train_plan.evidence_of(query, frozen)
    shortlist = evidence.shortlist()
    values = linear.scores(linear.shipped(), evidence.rows(shortlist))
    tests = evidence.tests.catalogue.tests
    best = sorted(zip(shortlist, values, strict=True), key=lambda pair: (-pair[1], pair[0]))
    orders = {
        "plan": [tests[index] for index, _ in best],
        "popularity": _order(evidence, "popular"),
        "bm25": _order(evidence, "words"),
    }
    return Case(unit, tuple(plan_data.gold(unit)), orders)


def _order(evidence: Evidence, score: str) -> list[str]:
    scores = evidence.sparse[score]
    able = [index for index in scores if evidence.within >> index & 1]
    order = sorted(able, key=lambda index: (-scores[index], index))[:100]
    return [evidence.tests.catalogue.tests[index] for index in order]


class Families:
    """Look-alikes: at least half of all groups, tools and helpers of two tests in common."""

    def __init__(self) -> None:
        shipped = catalogue.shipped()
        self.tags: dict[str, set[str]] = {test: set() for test in shipped.tests}
        self.groups: dict[str, set[str]] = {test: set() for test in shipped.tests}
        for tag, tests in shipped.tags.items():
            kind, _, name = tag.partition(":")
            for index in tests:
                if kind in ("group", "tool", "helper") and tag not in ("group:auto", "group:quick"):
                    self.tags[shipped.tests[index]].add(tag)
                if kind == "group" and name not in _COMMON:
                    self.groups[shipped.tests[index]].add(name)

    def alike(self, one: str, other: str) -> bool:
        both, either = len(self.tags[one] & self.tags[other]), len(self.tags[one] | self.tags[other])
        return one == other or (either > 0 and 2 * both >= either)


def _figures(cases: Sequence[Case], ranker: str, families: Families) -> list[str]:
    rows = {
        **{f"R@{k}": [_recall(case, ranker, k) for case in cases] for k in (5, 10, 20)},
        "MRR": [_reciprocal(case, ranker) for case in cases],
        "family R@10": [_family(case, ranker, 10, families) for case in cases],
        "group R@5": [value for case in cases if (value := _groups(case, ranker, families)) is not None],
    }
    return [f"{name} {_interval(values)}" for name, values in rows.items()]


def _recall(case: Case, ranker: str, k: int) -> float:
    top = set(case.orders[ranker][:k])
    return sum(test in top for test in case.gold) / len(case.gold)


def _reciprocal(case: Case, ranker: str) -> float:
    places = [place for place, test in enumerate(case.orders[ranker][:100], 1) if test in case.gold]
    return 1 / places[0] if places else 0.0


def _family(case: Case, ranker: str, k: int, families: Families) -> float:
    top = case.orders[ranker][:k]
    return sum(any(families.alike(test, other) for other in top) for test in case.gold) / len(case.gold)


def _groups(case: Case, ranker: str, families: Families) -> float | None:
    """Of the gold tests' groups, how many are among the five that the best tests have most; None without groups."""
    wanted = {group for test in case.gold for group in families.groups[test]}
    if not wanted:
        return None
    votes: dict[str, float] = {}
    for place, test in enumerate(case.orders[ranker][:20]):
        for group in families.groups[test]:
            votes[group] = votes.get(group, 0.0) + 1 / (3 + place)
    best = sorted(votes, key=lambda group: (-votes[group], group))[:5]
    return len(wanted.intersection(best)) / min(len(wanted), 5)


def _interval(values: Sequence[float]) -> str:
    """Mean and 95 % bootstrap interval; the seed is fixed, so that a run can be repeated."""
    if not values:
        return "-"
    chance = random.Random(1)
    means = sorted(sum(chance.choices(values, k=len(values))) / len(values) for _ in range(_SAMPLES))
    low, high = means[int(0.025 * _SAMPLES)], means[int(0.975 * _SAMPLES)]
    return f"{sum(values) / len(values):.3f} ({low:.3f}-{high:.3f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--names", type=Path)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--frozen", default="", help="End the history before this date.")
    parser.add_argument("--xfstests", type=Path, help="Measure the retrospective task with this tree.")
    arguments = parser.parse_args()
    (look_back if arguments.xfstests else measure)(arguments)


if __name__ == "__main__":
    main()
