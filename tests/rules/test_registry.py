"""What holds for every rule: listed, documented, named after its file, tested with silent cases first."""

import ast
import re
from pathlib import Path

import pytest

from rules import objections
from rules.objections import Rule, known
from rules.objections.base import SECTIONS

HERE = Path(__file__).parent / "objections"
RULE_FILES = sorted(Path(objections.__file__).parent.glob("*.py"))
RULES = known()
NO_RULES = {"__init__", "base", "common"}
IDS = [rule.id for rule in RULES]


def test_every_rule_file_is_listed_once() -> None:
    files = {path.stem.replace("_", "-") for path in RULE_FILES if path.stem not in NO_RULES}
    assert files == set(IDS)
    assert len(IDS) == len(set(IDS))


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_rule_is_documented_in_all_sections(rule: Rule) -> None:
    assert tuple(rule.sections) == SECTIONS
    assert all(len(text.split()) > 3 for text in rule.sections.values())
    assert len(rule.documentation.strip().split("\n")[0]) <= 120
    assert re.fullmatch(r"[a-z]+(?:-[a-z]+)+", rule.id)
    assert rule.title
    assert not rule.title.endswith(".")


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_rule_asks_what_review_points_ask(rule: Rule) -> None:
    kinds = {
        "placement", "approach", "correctness", "concurrency", "scope", "evidence", "performance", "interface",
        "testing", "readability", "changelog", "process",
    }  # fmt: skip
    assert rule.kinds
    assert set(rule.kinds) <= kinds


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_rule_has_tests_and_the_silent_ones_come_first(rule: Rule) -> None:
    tree = ast.parse((HERE / f"test_{rule.id.replace('-', '_')}.py").read_text())
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    fires = next(at for at, name in enumerate(names) if "fires" in name)
    assert "silent" in names[0]
    assert fires > 0


def test_rules_hold_no_state_that_a_run_could_change() -> None:
    for path in RULE_FILES:
        tree = ast.parse(path.read_text())
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global)], path


def test_only_rules_that_are_not_pedantic_run_unasked() -> None:
    assert known(pedantic=False) == tuple(rule for rule in RULES if not rule.pedantic)
