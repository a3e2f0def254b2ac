"""What tests need of the machine and of the kernel's configuration."""

from collections.abc import Iterable, Mapping

from rules.testplan import tables
from rules.testplan.bridge import Hit, Switched
from rules.testplan.catalogue import TestInfo
from rules.testplan.filesystems import variant_of
from rules.testplan.tables import Need, Tables
from rules.testplan.values import Run, Suggested

_SAID = "kernel_config CONFIG_"
_SHARED = ("generic", "shared", "perf", "selftest")


def of_test(info: TestInfo, filesystems: Iterable[str] = (), table: Tables | None = None) -> tuple[str, ...]:
    """Like ("dm-flakey: CONFIG_DM_FLAKEY", "fio"), each once; `filesystems` of the plan, none for any."""
    return tuple(dict.fromkeys(_told(need) for need in _matching(info, tuple(filesystems), table)))


def _told(need: Need) -> str:
    options = ", ".join(f"CONFIG_{name}" for name in need.config)
    return ": ".join(filter(None, (need.what, options)))


def _matching(info: TestInfo, filesystems: tuple[str, ...], table: Tables | None) -> Iterable[Need]:
    tags = {f"{kind}:{name}" for kind, names in _kinds(info) for name in names}
    for need in (tables.shipped() if table is None else table).need:
        if any(_has(tags, tag) for tag in need.tags) and _runs_there(need, info.test, filesystems):
            yield need
    said = tuple(name.removeprefix(_SAID) for name in info.requires if name.startswith(_SAID))
    if said:
        yield Need(tags=(), what="", config=said)


def _kinds(info: TestInfo) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (("require", info.requires), ("tool", info.tools), ("group", info.groups), ("helper", info.helpers))


def _runs_there(need: Need, test: str, filesystems: tuple[str, ...]) -> bool:
    directory = test.partition("/")[0]
    able = filesystems if directory in _SHARED else (directory,)
    return not need.on or not able or not set(able).isdisjoint(need.on)


def _has(tags: set[str], tag: str) -> bool:
    return any(one.startswith(tag[:-1]) for one in tags) if tag.endswith("*") else tag in tags


def config(
    suggestions: Iterable[Suggested],
    hits: Iterable[Hit],
    details: Mapping[str, TestInfo],
    switched: Iterable[Switched] = (),
    filesystems: Iterable[str] = (),
    runs: Iterable[Run] = (),
    table: Tables | None = None,
) -> tuple[str, ...]:
    """Lines of a config fragment: what switches the changed code on, what is needed by what, and what is always."""
    table = tables.shipped() if table is None else table
    there = tuple(filesystems)
    names: dict[str, None] = dict.fromkeys(name for one in switched for name in one.switch.config)
    for run in runs:
        variant = variant_of(run, table)
        names.update(dict.fromkeys(variant.config if variant else ()))
    for suggestion in suggestions:
        if suggestion.test in details:
            for need in _matching(details[suggestion.test], there, table):
                names.update(dict.fromkeys(need.config))
    for hit in list(hits)[:4]:
        names.update(dict.fromkeys(hit.behaviour.config))
    names.update(dict.fromkeys(table.always))
    return tuple(f"CONFIG_{name}=y" for name in names)
