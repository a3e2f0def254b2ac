"""What tests need of the machine and of the kernel's configuration."""

from collections.abc import Iterable, Mapping

from rules.testplan import tables
from rules.testplan.bridge import Hit, Switched
from rules.testplan.catalogue import TestInfo
from rules.testplan.tables import Need, Tables
from rules.testplan.values import Suggested


def of_test(info: TestInfo, table: Tables | None = None) -> tuple[str, ...]:
    """Like ("dm-flakey: CONFIG_DM_FLAKEY", "fio"), each once."""
    return tuple(dict.fromkeys(_told(need) for need in _matching(info, table)))


def _told(need: Need) -> str:
    options = ", ".join(f"CONFIG_{name}" for name in need.config)
    return f"{need.what}: {options}" if options else need.what


def _matching(info: TestInfo, table: Tables | None) -> Iterable[Need]:
    tags = {f"require:{name}" for name in info.requires} | {f"tool:{name}" for name in info.tools}
    tags |= {f"group:{name}" for name in info.groups}
    for need in (tables.shipped() if table is None else table).need:
        if any(_has(tags, tag) for tag in need.tags):
            yield need


def _has(tags: set[str], tag: str) -> bool:
    return any(one.startswith(tag[:-1]) for one in tags) if tag.endswith("*") else tag in tags


def config(
    suggestions: Iterable[Suggested],
    hits: Iterable[Hit],
    details: Mapping[str, TestInfo],
    switched: Iterable[Switched] = (),
    table: Tables | None = None,
) -> tuple[str, ...]:
    """Lines of a config fragment: what switches the changed code on, what tests and behaviours need, what is always."""
    table = tables.shipped() if table is None else table
    names: dict[str, None] = dict.fromkeys(name for one in switched for name in one.switch.config)
    for suggestion in suggestions:
        if suggestion.test in details:
            for need in _matching(details[suggestion.test], table):
                names.update(dict.fromkeys(need.config))
    for hit in list(hits)[:4]:
        names.update(dict.fromkeys(hit.behaviour.config))
    names.update(dict.fromkeys(table.always))
    return tuple(f"CONFIG_{name}=y" for name in names)
