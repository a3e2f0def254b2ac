"""`mkwrite rules` and `mkwrite explain`."""

import pytest
from click.testing import CliRunner, Result

from reviewer.commands import explain, rules
from reviewer.errors import Failure
from rules.objections import known
from rules.objections.base import SECTIONS

RULES = known()


def run(arguments: list[str]) -> Result:
    command = {"rules": rules.command, "explain": explain.command}[arguments[0]]
    return CliRunner().invoke(command, arguments[1:], catch_exceptions=False, standalone_mode=False)


def test_the_list_has_a_line_for_every_rule_that_is_shown() -> None:
    lines = run(["rules"]).output.split("\n")
    assert [line.split()[0] for line in lines[1:] if line and line.split()[0] in {rule.id for rule in RULES}] == [
        rule.id for rule in RULES if not rule.pedantic
    ]


def test_the_pedantic_ones_are_counted_and_listed_on_request() -> None:
    pedantic = [rule for rule in RULES if rule.pedantic]
    assert (f"{len(pedantic)} more with --pedantic" in run(["rules"]).output) == bool(pedantic)
    assert all(rule.id in run(["rules", "--pedantic"]).output for rule in RULES)


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_every_rule_explains_itself(rule: str) -> None:
    text = run(["explain", rule]).output
    assert text.startswith(f"{rule}: ")
    assert all(f"\n{section}:\n" in text for section in SECTIONS)


def test_an_unknown_rule_names_those_that_are_meant() -> None:
    with pytest.raises(Failure, match="did you mean check-below-operation"):
        run(["explain", "check-below-operatoin"])


def test_a_word_that_is_like_no_rule_points_to_the_list() -> None:
    with pytest.raises(Failure, match="`mkwrite rules` lists them"):
        run(["explain", "zzz"])
