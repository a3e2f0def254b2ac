"""Runs one rule over a change, with the invented kernel as its model."""

from collections.abc import Callable, Mapping
from typing import cast

from rules.change import Change
from rules.graph import Model
from rules.model import Function
from rules.objections import Facts, Finding, Rule, Skipped, concerned
from tests.rules.kernel import Kernel

MODEL = cast(Model, Kernel())


def ask(rule: Rule, change: Change, model: Model | None = MODEL) -> tuple[Finding, ...]:
    """The rule's findings; that it is skipped would be a mistake of the test."""
    found = rule.check(change, Facts(change, model))
    assert not isinstance(found, Skipped)
    assert not found or rule in concerned(change, pedantic=True), "a review would not import the rule: see its words"
    return found


def ask_with(
    rule: Rule,
    change: Change,
    *,
    regressions: tuple[str, ...] | None = None,
    tests_named: tuple[str, ...] = (),
    older: Callable[[Function], Mapping[str, bool]] | None = None,
) -> tuple[Finding, ...] | Skipped:
    return rule.check(change, Facts(change, MODEL, regressions, tests_named, older))
