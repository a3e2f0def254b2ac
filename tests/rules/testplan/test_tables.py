"""The hand-written tables: what runs is what is written, and what is written exists."""

import os
import re
from pathlib import Path

import msgspec
import pytest

from rules.testplan import catalogue, tables
from rules.testplan.catalogue import Sets


def test_the_compiled_tables_are_those_of_the_toml_files() -> None:
    data = (Path(tables.__file__).parent / "data" / tables.COMPILED).read_bytes()
    assert data == tables.compiled(), "run python -m tests.benchmarks.train_plan tables"


def test_a_row_with_a_field_that_nobody_reads_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="colour"):
        msgspec.convert({"tags": [], "what": "x", "config": [], "colour": "red"}, tables.Need)


def test_every_query_of_the_bridge_has_tests() -> None:
    tests = Sets(catalogue.shipped())
    empty = [
        f"{behaviour.id}: {query}"
        for behaviour in tables.shipped().behaviour
        for query in behaviour.tests
        if not tests.where(query)
    ]
    assert empty == []


def test_every_tag_that_a_table_names_is_in_the_catalogue() -> None:
    tests = Sets(catalogue.shipped())
    table = tables.shipped()
    named = {tag for need in table.need for tag in need.tags}
    named |= {f"group:{group}" for behaviour in table.behaviour for group in behaviour.groups}
    for behaviour in table.behaviour:
        named |= {term.strip().lstrip("!") for query in behaviour.tests for term in re.split("[&|]", query)}
    assert sorted(tag for tag in named if not tests.tagged(tag)) == []


def test_behaviours_have_unique_ids_and_known_variants() -> None:
    table = tables.shipped()
    ids = [behaviour.id for behaviour in table.behaviour]
    assert len(ids) == len(set(ids))
    assert {key for behaviour in table.behaviour for key in behaviour.runs} <= {one.key for one in table.variant}


def test_every_kernel_option_of_the_tables_is_in_kconfig() -> None:
    """Of one of the trees: options come and go, and a plan is for patches of any year."""
    given = os.environ.get("MKWRITE_TREES", "")
    trees = sorted(Path(given).glob("linux-*")) if given else []
    if not trees:
        pytest.skip("MKWRITE_TREES does not hold linux-*")
    table = tables.shipped()
    wanted = {name for need in table.need for name in need.config} | set(table.always)
    wanted |= {name for behaviour in table.behaviour for name in behaviour.config}
    wanted |= {name for variant in table.variant for name in variant.config}
    wanted |= {name for switch in table.switch for name in switch.config}
    known = set()
    for path in (path for tree in trees for path in tree.rglob("Kconfig*")):
        known.update(re.findall(r"^(?:menu)?config (\w+)", path.read_text("utf-8", "replace"), re.MULTILINE))
    assert sorted(wanted - known) == []
