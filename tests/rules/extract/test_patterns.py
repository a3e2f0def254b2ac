"""What the patterns of the extractor may hold."""

import importlib
import pkgutil
import re

import pytest

from rules import extract

MODULES = sorted(module.name for module in pkgutil.iter_modules(extract.__path__))
_POSSESSIVE_GROUP = re.compile(r"(?<!\\)\)(?:[*+?]|\{[\d,]+\})\+")


@pytest.mark.parametrize("name", MODULES)
def test_no_group_is_repeated_possessively(name: str) -> None:
    """Python before 3.11.5, as Debian 12 has it, goes on from the wrong place after such a group (gh-106052)."""
    module = importlib.import_module(f"rules.extract.{name}")
    found = [pattern for pattern in vars(module).values() if isinstance(pattern, re.Pattern)]
    assert not [one.pattern for one in found if isinstance(one.pattern, str) and _POSSESSIVE_GROUP.search(one.pattern)]


@pytest.mark.parametrize(("pattern", "told"), [(r"(?:ab?c)*+", True), (r"\(a\)++", False), (r"(?>(?:a)*)", False)])
def test_a_possessive_group_is_told_from_a_parenthesis(pattern: str, told: bool) -> None:
    assert bool(_POSSESSIVE_GROUP.search(pattern)) is told
