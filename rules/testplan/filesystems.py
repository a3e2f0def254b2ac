"""Which filesystems a change concerns, what they can run, and on which variants to run it."""

from collections.abc import Iterable
from typing import Protocol

from rules.model import Edge, Function, OpEntry, Value
from rules.testplan import tables
from rules.testplan.catalogue import Sets, members
from rules.testplan.tables import Filesystem, Program, Shared, Tables, Variant
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
    changed = program(query, table)
    if changed is not None:
        why = f"{changed.name} is changed"
        return (Concern(filesystem=changed.filesystem, why=why, own=True),)
    found = _by_path(query, table)
    if found:
        return tuple(found.values())
    left_out = unexercised(query, table)
    shared = [(path, one) for path in query.files if path not in left_out and (one := _shared(path, table)) is not None]
    if not shared and (left_out or unsupported(query, table)):
        return ()
    needs = {one.needs for _, one in shared}
    for concern in (*_by_calls(query, model, table), *_by_table(shared, table)):
        found.setdefault(concern.filesystem, concern)
    lacking = {one.name for one in table.filesystem if needs and needs <= set(one.lacks)}
    return tuple(concern for name, concern in found.items() if name not in lacking)


def _by_path(query: Query, table: Tables) -> dict[str, Concern]:
    """Filesystems whose own code is changed; that a server is, goes before all else."""
    found: dict[str, Concern] = {}
    served: set[str] = set()
    for path in query.files:
        filesystem = _of_path(path, table)
        if filesystem is None:
            continue
        name = filesystem.name
        if path.startswith(filesystem.server) and name not in served:
            served.add(name)
            why = f"{path} is changed; the server has to run the patched kernel"
            found[name] = Concern(filesystem=name, why=why, own=True)
        found.setdefault(name, Concern(filesystem=name, why=f"{path} is changed", own=True))
    return found


def program(query: Query, table: Tables | None = None) -> Program | None:
    """The package of programs that a patch is for, when it is not for the kernel."""
    table = tables.shipped() if table is None else table
    if any(path.startswith(table.kernel) for path in query.files):
        return None
    return next((one for one in table.program if any(path.startswith(one.paths) for path in query.files)), None)


def programs(query: Query, table: Tables | None = None) -> tuple[str, ...]:
    """A note when the patch is for programs."""
    changed = program(query, table)
    if changed is None:
        return ()
    return (f"{changed.name} is changed, not the kernel: install it patched before the tests; any kernel will do",)


def unsupported(query: Query, table: Tables | None = None) -> tuple[str, ...]:
    """Directories of fs/ whose filesystem is none of the table and whose code no other filesystem shares."""
    table = tables.shipped() if table is None else table
    return tuple(
        dict.fromkeys(
            path.split("/")[1]
            for path in query.files
            if path.startswith("fs/")
            and path.count("/") > 1
            and _of_path(path, table) is None
            and _shared(path, table) is None
        )
    )


def unexercised(query: Query, table: Tables | None = None) -> tuple[str, ...]:
    """Changed files of shared code that no test of xfstests exercises."""
    table = tables.shipped() if table is None else table
    return tuple(path for path in query.files if path.startswith(table.unexercised))


def _shared(path: str, table: Tables) -> Shared | None:
    files = f"{path.rpartition('/')[0]}/*"
    return next((one for one in table.shared if path.startswith(one.paths) or files in one.paths), None)


def _by_table(shared: list[tuple[str, Shared]], table: Tables) -> list[Concern]:
    """The users that stand in the first row of the table that is met."""
    for row in table.shared:
        path = next((path for path, one in shared if one is row), None)
        if path is not None:
            return [Concern(filesystem=name, why=f"{row.why} ({path})", own=False) for name in row.filesystems]
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
            mask &= ~_tagged(ability.tags, tests)
    return mask


def runs(concerns: Iterable[Concern], keys: Iterable[tuple[str, str]], table: Tables | None = None) -> tuple[Run, ...]:
    """A plain run of each filesystem, then the variants; `keys` are (variant key, behaviour name)."""
    table = tables.shipped() if table is None else table
    closed = {one.name for one in table.filesystem if one.barred}
    concerns = tuple(one for one in concerns if one.filesystem not in closed)
    first = sorted(concerns, key=lambda one: not one.own and one.filesystem not in _WITH_DEVICE)
    names = tuple(dict.fromkeys(concern.filesystem for concern in first))
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


def barred(concerns: Iterable[Concern], query: Query, table: Tables | None = None) -> tuple[str, ...]:
    """Notes on the changed filesystems that xfstests cannot run on."""
    table = tables.shipped() if table is None else table
    names = {concern.filesystem for concern in concerns}
    notes = [
        f"xfstests cannot run on {one.name}: {one.barred}"
        for one in table.filesystem
        if one.barred and one.name in names
    ]
    beyond = unsupported(query, table)
    if beyond:
        more = f" and {len(beyond) - 6} others" if len(beyond) > 6 else ""
        notes.append(f"xfstests has no support for {', '.join(beyond[:6])}{more}")
    return tuple(notes)


def able(run: Run, tests: Sets, table: Tables | None = None) -> int:
    """Tests that can run in the section of a run: what the filesystem can, less what only another section gives."""
    table = tables.shipped() if table is None else table
    filesystem = next((one for one in table.filesystem if one.name == run.filesystem), None)
    if filesystem is None:
        return 0
    mask = runnable(filesystem, tests, table)
    variant = variant_of(run, table)
    gives, lacks = (variant.gives, variant.lacks) if variant else ((), ())
    for ability in table.ability:
        if ability.name in lacks or (ability.section and ability.name not in gives):
            mask &= ~_tagged(ability.tags, tests)
    options = f"{run.mkfs} {run.mount}"
    for option in table.option:
        if option.part in options:
            mask &= ~_tagged(option.tags, tests)
    return mask


def _tagged(tags: Iterable[str], tests: Sets) -> int:
    mask = 0
    for tag in tags:
        mask |= tests.tagged(tag)
    return mask


def variant_of(run: Run, table: Tables | None = None) -> Variant | None:
    """The variant of the table that a run is of; None for a plain run."""
    table = tables.shipped() if table is None else table
    rows = (one for one in table.variant if one.key == run.variant and one.filesystem == run.filesystem)
    return next(rows, None)


def housed(
    given: tuple[Run, ...], wanted: int, named: int, tests: Sets, table: Tables | None = None
) -> tuple[Run, ...]:
    """The runs, with a section more for wanted tests that can run in none of them.

    Such a section is of a variant of one of the filesystems; for a test that somebody named, also of the filesystem
    whose directory it stands in.
    """
    table = tables.shipped() if table is None else table
    missing = wanted
    for run in given:
        missing &= ~able(run, tests, table)
    result, names = list(given), {run.filesystem for run in given}
    for filesystem in table.filesystem:
        own = tests.directory(filesystem.tests) & missing & named if filesystem.tests == filesystem.name else 0
        if own and filesystem.name not in names and not filesystem.barred and len(result) < _MOST_RUNS:
            reason = f"{_several(own, tests)} named for this change"
            name = filesystem.name
            result.append(Run(filesystem=name, options="defaults", reason=reason, section=name))
            missing &= ~able(result[-1], tests, table)
            names.add(name)
    for variant in table.variant if missing else ():
        if variant.gives and variant.filesystem in names and len(result) < _MOST_RUNS:
            run = _variant_run(variant, "")
            gain = able(run, tests, table) & missing
            if gain:
                missing &= ~gain
                only = tuple(tests.catalogue.tests[index] for index in members(gain))
                result.append(_variant_run(variant, _several(gain, tests), only))
    return tuple(result)


def anywhere(named: int, tests: Sets) -> tuple[Run, ...]:
    """A run for generic tests that somebody named or changed, where nothing tells a filesystem."""
    able = named & tests.directory("generic")
    name = _WITH_DEVICE[0]
    reason = f"{_several(able, tests)} named for this change; any filesystem will do" if able else ""
    return (Run(filesystem=name, options="defaults", reason=reason, section=name),) if able else ()


def _several(mask: int, tests: Sets) -> str:
    names = [tests.catalogue.tests[index] for index in members(mask)]
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _variant_run(variant: Variant, behaviour: str, only: tuple[str, ...] = ()) -> Run:
    needs = f"; needs {variant.needs}" if variant.needs else ""
    options = [f"mkfs {variant.mkfs}"] if variant.mkfs else []
    options += [f"mount {variant.mount}"] if variant.mount else []
    return Run(
        filesystem=variant.filesystem,
        options=", ".join(options) or "defaults",
        reason=f"{behaviour}: {variant.reason}{needs}",
        section=f"{variant.filesystem}_{variant.key.replace('-', '_')}",
        variant=variant.key,
        mkfs=variant.mkfs,
        mount=variant.mount,
        only=only,
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
