"""Tests outside xfstests: kselftest, LTP, blktests, stress-ng, by changed path and function."""

from collections.abc import Iterator

from rules.testplan import tables
from rules.testplan.tables import Suite, Tables
from rules.testplan.values import Command, Query, Suggested

# The directory that the commands of a suite are run in; those of stress-ng run anywhere.
WHERE = {
    "kselftest": "the kernel tree",
    "perf": "the kernel tree",
    "blktests": "blktests",
    "ltp": "/opt/ltp (LTP, installed)",
}
_MOST = 12  # suggestions; a change of the whole tree would name every directory


def suggest(query: Query, table: Tables | None = None) -> tuple[tuple[Suggested, Command], ...]:
    """Suggestions of the other suites, each with its command.

    Of the rows of a suite that stand for a path only those that are nearest to it count: net/netfilter/ before net/.
    """
    table = tables.shipped() if table is None else table
    nearest = _nearest(query, table)
    found: dict[tuple[str, str], tuple[Suggested, Command]] = {}
    for number, suite in enumerate(table.suite):
        evidence = nearest.get(number) or _function(suite, query)
        command = Command(line=suite.command, where=suite.where or WHERE.get(suite.suite, ""))
        for name in suite.names if evidence else ():
            found.setdefault((suite.suite, name), (_suggested(suite, name, evidence), command))
    return tuple(found.values())[:_MOST]


def _nearest(query: Query, table: Tables) -> dict[int, str]:
    """Row -> the first changed path for which no row of the same suite has a longer prefix."""
    found: dict[int, str] = {}
    for path in query.files:
        lengths = dict(_lengths(path, table))
        best: dict[str, int] = {}
        for number, length in lengths.items():
            name = table.suite[number].suite
            best[name] = max(best.get(name, 0), length)
        for number, length in lengths.items():
            if length == best[table.suite[number].suite]:
                found.setdefault(number, path)
    return found


def _lengths(path: str, table: Tables) -> Iterator[tuple[int, int]]:
    for number, suite in enumerate(table.suite):
        if path.startswith(suite.paths):
            yield number, max(len(prefix) for prefix in suite.paths if path.startswith(prefix))


def _function(suite: Suite, query: Query) -> str:
    if not suite.functions:
        return ""
    named = (name for name in query.functions if any(part in f"_{name.lower()}_" for part in suite.functions))
    return next(named, "")


def _suggested(suite: Suite, name: str, evidence: str) -> Suggested:
    return Suggested(
        test=name,
        suite=suite.suite,
        tier="targeted",
        score=0.0,
        reasons=(f"table: {evidence} -> {suite.suite} {name}",),
    )
