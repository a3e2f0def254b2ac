"""The objection rules, listed by hand, and how they are run over a change."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from rules.change import Change
from rules.model import Function, Value
from rules.objections.base import Facts, Finding, Hit, Rule, Skipped

if TYPE_CHECKING:
    from rules.graph import Model

__all__ = ["Facts", "Finding", "Hit", "Rule", "Run", "Skipped", "concerned", "judge", "known", "run"]


class _Listed(msgspec.Struct, frozen=True):
    """A rule's module, and what a review asks before it imports it: most patches can meet few of the rules."""

    module: str
    pedantic: bool = False
    words: tuple[str, ...] = ()  # the rule is silent unless the new text or the commit message has one of these


_DEPRECATED = (
    "strcpy(", "strncpy(", "strlcpy(", "simple_strto", "kmap(", "kmap_atomic(", "create_workqueue(",
    "create_singlethread_workqueue(", "alloc(sizeof(", "* sizeof(", "*sizeof(",
)  # fmt: skip
# In the order in which a reader wants them: the design first, then what is wrong, then what is missing.
_LISTED = (
    _Listed("check_below_operation"),
    _Listed("siblings_unchanged", pedantic=True),
    _Listed("uptodate_cleared", pedantic=True),
    _Listed("warning_became_error", pedantic=True),
    _Listed("check_became_warning"),
    _Listed("signal_changes", pedantic=True),
    _Listed("result_ignored", pedantic=True),
    _Listed("return_keeps_lock", words=("return",)),
    _Listed("return_keeps_resource", words=("return",)),
    _Listed("state_after_unlock"),
    _Listed("used_after_put", words=("put", "free", "relse(")),
    _Listed("allocation_unchecked", words=("alloc", "dup(")),
    _Listed("likely_slip", words=("return E", "PTR_ERR(", "alloc(sizeof(", "(!", " && ", " || ")),
    _Listed("failure_test_wrong", words=("IS_ERR", "if (!", "(!")),
    _Listed("index_shifted", words=("PAGE_SHIFT",)),
    _Listed("wide_division", words=(" / ", " % ")),
    _Listed("check_before_lock", pedantic=True),
    _Listed("sleeps_in_atomic"),
    _Listed("fault_without_freeze", pedantic=True),
    _Listed("submission_completion_differ", pedantic=True),
    _Listed("twins_diverge", pedantic=True),
    _Listed("table_left_out", pedantic=True),
    _Listed("bug_on_added", words=("BUG",)),
    _Listed("deprecated_interface", words=_DEPRECATED),
    _Listed("dead_code_added", words=("if 0", "//")),
    _Listed(
        "needless_null_check",
        words=("free", "put", "brelse(", "destroy", "bioset_exit(", "acl_release(", "unload_nls("),
    ),
    _Listed("fix_without_tag"),
    _Listed("fixes_tag_malformed", words=("Fixes:",)),
    _Listed("fix_unexplained", pedantic=True),
    _Listed("regression_test_unnamed"),
)


def known(*, pedantic: bool = True) -> tuple[Rule, ...]:
    """The rules in order; without those that run only when asked for if `pedantic` is false."""
    return tuple(_rule(one) for one in _LISTED if pedantic or not one.pedantic)


def _rule(listed: _Listed) -> Rule:
    rule: Rule = importlib.import_module(f"rules.objections.{listed.module}").RULE
    return rule


def concerned(change: Change, *, pedantic: bool) -> Iterator[Rule]:
    """The rules that can say something about a change, by the words that it has."""
    lines = (line.text for file in change.files for hunk in file.hunks for line in hunk.lines if line.sign != "-")
    tags = (f"Fixes: {value}" for value in change.fixes)
    text = "\n".join((change.subject, change.message, *tags, *lines))
    for one in _LISTED:
        wanted = not one.words or any(word in text for word in one.words)
        if (pedantic or not one.pedantic) and wanted:
            yield _rule(one)


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
    for rule in concerned(facts.change, pedantic=pedantic):
        found = rule.check(facts.change, facts)
        if isinstance(found, Skipped):
            skipped.append(found)
        else:
            hits.extend(Hit(rule=rule, finding=finding) for finding in found)
    return Run(hits=tuple(hits), skipped=tuple(skipped))
