"""Tests outside xfstests: kselftest, LTP, blktests, stress-ng, by changed path and function."""

from rules.testplan import tables
from rules.testplan.tables import Suite, Tables
from rules.testplan.values import Query, Suggested


def suggest(query: Query, table: Tables | None = None) -> tuple[tuple[Suggested, str], ...]:
    """Suggestions of the other suites, each with its command."""
    table = tables.shipped() if table is None else table
    found: list[tuple[Suggested, str]] = []
    for suite in table.suite:
        evidence = _evidence(suite, query)
        if evidence:
            found.extend((_suggested(suite, name, evidence), suite.command) for name in suite.names)
    unique = {(suggestion.suite, suggestion.test): (suggestion, command) for suggestion, command in reversed(found)}
    return tuple(reversed(unique.values()))


def _evidence(suite: Suite, query: Query) -> str:
    path = next((path for path in query.files if path.startswith(suite.paths)), None)
    if path is not None:
        return path
    named = (name for name in query.functions if any(part in f"_{name.lower()}_" for part in suite.functions))
    return next(named, "")


def _suggested(suite: Suite, name: str, evidence: str) -> Suggested:
    return Suggested(
        test=f"{'mm:' if suite.suite == 'kselftest' else ''}{name}",
        suite=suite.suite,
        tier="targeted",
        score=0.0,
        reasons=(f"table: {evidence} -> {suite.suite} {name}",),
    )
