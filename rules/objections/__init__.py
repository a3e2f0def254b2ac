"""The objection rules, listed by hand, and how they are run over a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rules.change import Change
from rules.model import Function, Value
from rules.objections import (
    check_became_warning,
    check_before_lock,
    check_below_operation,
    fault_without_freeze,
    fix_without_tag,
    folio_as_page,
    jump_without_errno,
    regression_test_unnamed,
    result_ignored,
    return_keeps_lock,
    siblings_unchanged,
    signal_changes,
    sleeps_in_atomic,
    state_after_unlock,
    submission_completion_differ,
    table_left_out,
    twins_diverge,
    uptodate_cleared,
    warning_became_error,
)
from rules.objections.base import Facts, Finding, Hit, Rule, Skipped

if TYPE_CHECKING:
    from rules.graph import Model

__all__ = ["RULES", "Facts", "Finding", "Hit", "Rule", "Run", "Skipped", "run"]

# In the order in which a reader wants them: the design first, then what is wrong, then what is missing.
RULES: tuple[Rule, ...] = (
    check_below_operation.RULE,
    siblings_unchanged.RULE,
    uptodate_cleared.RULE,
    warning_became_error.RULE,
    check_became_warning.RULE,
    signal_changes.RULE,
    result_ignored.RULE,
    jump_without_errno.RULE,
    return_keeps_lock.RULE,
    state_after_unlock.RULE,
    check_before_lock.RULE,
    sleeps_in_atomic.RULE,
    fault_without_freeze.RULE,
    submission_completion_differ.RULE,
    twins_diverge.RULE,
    table_left_out.RULE,
    folio_as_page.RULE,
    fix_without_tag.RULE,
    regression_test_unnamed.RULE,
)


class Run(Value, frozen=True, kw_only=True):
    """What the rules say about a change, and which could not decide."""

    hits: tuple[Hit, ...]
    skipped: tuple[Skipped, ...]


def run(
    change: Change,
    model: Model | None,
    *,
    regressions: tuple[str, ...] | None = None,
    tests_named: tuple[str, ...] = (),
    older: Callable[[Function], Mapping[str, bool]] | None = None,
    pedantic: bool = False,
) -> Run:
    """All rules over one change. See `Facts` for the arguments; pedantic rules run only when asked for."""
    return judge(Facts(change, model, regressions, tests_named, older), pedantic=pedantic)


def judge(facts: Facts, *, pedantic: bool = False) -> Run:
    """All rules over facts that the caller shares with other questions."""
    hits: list[Hit] = []
    skipped: list[Skipped] = []
    for rule in RULES:
        if rule.pedantic and not pedantic:
            continue
        found = rule.check(facts.change, facts)
        if isinstance(found, Skipped):
            skipped.append(found)
        else:
            hits.extend(Hit(rule=rule, finding=finding) for finding in found)
    return Run(hits=tuple(hits), skipped=tuple(skipped))
