"""The objection rules, listed by hand, and how they are run over a change."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rules.change import Change
from rules.model import Function, Value
from rules.objections.base import Facts, Finding, Hit, Rule, Skipped

if TYPE_CHECKING:
    from rules.graph import Model

__all__ = ["Facts", "Finding", "Hit", "Rule", "Run", "Skipped", "judge", "known", "run"]

# Module and whether its rule is pedantic, in the order in which a reader wants them: the design first, then what is
# wrong, then what is missing. It is said here so that a review does not import the rules that it does not run.
_MODULES = (
    ("check_below_operation", False),
    ("siblings_unchanged", True),
    ("uptodate_cleared", True),
    ("warning_became_error", True),
    ("check_became_warning", False),
    ("signal_changes", True),
    ("result_ignored", True),
    ("jump_without_errno", True),
    ("return_keeps_lock", False),
    ("state_after_unlock", False),
    ("check_before_lock", True),
    ("sleeps_in_atomic", False),
    ("fault_without_freeze", True),
    ("submission_completion_differ", True),
    ("twins_diverge", True),
    ("table_left_out", True),
    ("folio_as_page", True),
    ("fix_without_tag", False),
    ("regression_test_unnamed", True),
)


def known(*, pedantic: bool = True) -> tuple[Rule, ...]:
    """The rules in order; without those that run only when asked for if `pedantic` is false."""
    names = [name for name, only_asked in _MODULES if pedantic or not only_asked]
    found: list[Rule] = [importlib.import_module(f"rules.objections.{name}").RULE for name in names]
    return tuple(found)


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
    for rule in known(pedantic=pedantic):
        found = rule.check(facts.change, facts)
        if isinstance(found, Skipped):
            skipped.append(found)
        else:
            hits.extend(Hit(rule=rule, finding=finding) for finding in found)
    return Run(hits=tuple(hits), skipped=tuple(skipped))
