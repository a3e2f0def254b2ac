"""Which filesystems a change concerns, what they can run, and on which variants to run it."""

from collections.abc import Iterable
from typing import Protocol

from rules.model import Edge, Function, OpEntry, Value
from rules.testplan import tables
from rules.testplan.catalogue import Sets
from rules.testplan.tables import Filesystem, Tables, Variant
from rules.testplan.values import Query, Run

_MOST_VISITED = 600  # functions looked at upwards of a changed one
_MOST_RUNS = 10
_WITH_DEVICE = ("xfs", "ext4", "btrfs")  # what shared code is run on when users are many


class Model(Protocol):
    """What is asked of a kernel model here."""

    @property
    def functions(self) -> "Functions": ...

    def named(self, name: str) -> tuple[Function, ...]: ...

    def callers(self, index: int) -> tuple[Edge, ...]: ...

    def entries_of(self, index: int) -> tuple[OpEntry, ...]: ...


class Functions(Protocol):
    def __getitem__(self, index: int, /) -> Function: ...


class Concern(Value, frozen=True, kw_only=True):
    """A filesystem that the change concerns, and why."""

    filesystem: str
    why: str
    own: bool  # the change is in its own code


def concerned(query: Query, model: Model | None, table: Tables | None = None) -> tuple[Concern, ...]:
    """Filesystems of the changed paths; for shared code its users, by the model when it knows the functions."""
    table = tables.shipped() if table is None else table
    found: dict[str, Concern] = {}
    for path in query.files:
        for filesystem in table.filesystem:
            if path.startswith(filesystem.paths):
                concern = Concern(filesystem=filesystem.name, why=f"{path} is changed", own=True)
                found.setdefault(filesystem.name, concern)
    if any(concern.own for concern in found.values()):
        return tuple(found.values())
    for concern in (*_by_calls(query, model, table), *_by_table(query, table)):
        found.setdefault(concern.filesystem, concern)
    return tuple(found.values())


def _by_table(query: Query, table: Tables) -> list[Concern]:
    for shared in table.shared:
        path = next((path for path in query.files if path.startswith(shared.paths)), None)
        if path is not None:
            return [Concern(filesystem=name, why=f"{shared.why} ({path})", own=False) for name in shared.filesystems]
    return []


def _by_calls(query: Query, model: Model | None, table: Tables) -> list[Concern]:
    """Filesystems with a function that reaches a changed one through direct calls."""
    if model is None:
        return []
    found: dict[str, Concern] = {}
    for name in query.functions[:8]:
        for filesystem, caller in _reaching(model, name, table):
            why = f"{caller} reaches {name}"
            found.setdefault(filesystem, Concern(filesystem=filesystem, why=why, own=False))
    if len(found) > 6:  # everybody calls it: the usual ones stand for all
        found = {name: concern for name, concern in found.items() if name in _WITH_DEVICE}
    return list(found.values())


def _reaching(model: Model, name: str, table: Tables) -> Iterable[tuple[str, str]]:
    queue = [function.index for function in model.named(name)[:2]]
    seen = set(queue)
    for index in queue:
        for edge in model.callers(index):
            if edge.kind == "operation" or edge.caller in seen or len(seen) > _MOST_VISITED:
                continue
            seen.add(edge.caller)
            caller = model.functions[edge.caller]
            filesystem = _of_path(caller.file, table)
            if filesystem is None:
                queue.append(edge.caller)
            else:
                yield filesystem.name, caller.name


def _of_path(path: str, table: Tables) -> Filesystem | None:
    return next((one for one in table.filesystem if path.startswith(one.paths)), None)


def candidates(concerns: Iterable[Concern], tests: Sets, table: Tables | None = None) -> int:
    """Tests that can run on at least one of the filesystems: of its own directory and generic ones."""
    table = tables.shipped() if table is None else table
    names = {concern.filesystem for concern in concerns}
    if not names:
        return tests.directory("generic")
    mask = 0
    for filesystem in table.filesystem:
        if filesystem.name in names:
            mask |= runnable(filesystem, tests, table)
    return mask


def runnable(filesystem: Filesystem, tests: Sets, table: Tables | None = None) -> int:
    """Tests that can run on one filesystem, by directory, by their own exclusion and by what they require."""
    table = tables.shipped() if table is None else table
    mask = tests.directory("generic")
    if filesystem.tests:
        mask |= tests.directory(filesystem.tests)
    mask &= ~tests.excluding(filesystem.name)
    for ability in table.ability:
        if ability.name in filesystem.lacks:
            for tag in ability.tags:
                mask &= ~tests.tagged(tag)
    return mask


def runs(concerns: Iterable[Concern], keys: Iterable[tuple[str, str]], table: Tables | None = None) -> tuple[Run, ...]:
    """A plain run of each filesystem, then the variants; `keys` are (variant key, behaviour name)."""
    table = tables.shipped() if table is None else table
    closed = {one.name for one in table.filesystem if one.barred}
    concerns = tuple(one for one in concerns if one.filesystem not in closed)
    names = tuple(dict.fromkeys(concern.filesystem for concern in concerns))
    found = {
        (one.filesystem, ""): Run(filesystem=one.filesystem, options="defaults", reason=one.why, section=one.filesystem)
        for one in reversed(concerns)
    }
    found = {key: found[key] for key in ((name, "") for name in names[:5])}
    for key, behaviour in keys:
        for variant in table.variant:
            if variant.key == key and variant.filesystem in names:
                found.setdefault((variant.filesystem, key), _variant_run(variant, behaviour))
    return tuple(found.values())[:_MOST_RUNS]


def barred(concerns: Iterable[Concern], table: Tables | None = None) -> tuple[str, ...]:
    """A note for each concerned filesystem that xfstests cannot run on."""
    table = tables.shipped() if table is None else table
    names = {concern.filesystem for concern in concerns}
    return tuple(
        f"xfstests cannot run on {one.name}: {one.barred}"
        for one in table.filesystem
        if one.barred and one.name in names
    )


def _variant_run(variant: Variant, behaviour: str) -> Run:
    needs = f"; needs {variant.needs}" if variant.needs else ""
    options = [f"mkfs {variant.mkfs}"] if variant.mkfs else []
    options += [f"mount {variant.mount}"] if variant.mount else []
    return Run(
        filesystem=variant.filesystem,
        options=", ".join(options),
        reason=f"{behaviour}: {variant.reason}{needs}",
        section=f"{variant.filesystem}_{variant.key.replace('-', '_')}",
        mkfs=variant.mkfs,
        mount=variant.mount,
    )


def operations_of(functions: Iterable[str], model: Model | None) -> tuple[tuple[str, str], ...]:
    """(function, "struct.field") for the changed functions that stand in an operation table of the model."""
    if model is None:
        return ()
    return tuple(
        (name, f"{entry.struct}.{entry.field}")
        for name in functions
        for function in model.named(name)
        for entry in model.entries_of(function.index)
    )
