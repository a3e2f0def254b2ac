"""The sections of a local.config: which suggested tests run in which, the ./check lines, and the text of the file.

check of xfstests reads the file so (common/config, `run_section` of check): it mounts TEST_DEV of the first section
before it looks at -s, dies when another filesystem is there, and carries every variable from section to section, but an
empty MKFS_OPTIONS, MOUNT_OPTIONS or TEST_FS_MOUNT_OPTS is a default when FSTYP differs and the old value when it does
not. Hence the first section is a tmpfs, which always mounts, and what one section sets, every section sets.
"""

from collections.abc import Iterable

from rules.testplan import filesystems, tables
from rules.testplan.catalogue import Sets
from rules.testplan.tables import Filesystem, Tables
from rules.testplan.values import Run, Suggested

_BLOCK_DEVICES = ("/dev/vdb", "/dev/vdc")
_OPTIONS = ("MKFS_OPTIONS", "MOUNT_OPTIONS", "TEST_FS_MOUNT_OPTS")
_UNSET = {"USE_EXTERNAL": "no", "RECREATE_TEST_DEV": "false"} | dict.fromkeys(_OPTIONS, " ")
_START = {
    "FSTYP": "tmpfs",
    "TEST_DEV": "start_test",
    "TEST_DIR": "/mnt/start",
    "SCRATCH_DEV": "start_scratch",  # without one, common/config takes TEST_DEV from it
    "SCRATCH_MNT": "/mnt/scratch",
}
_ANY_TEST = "generic/001"


def placed(
    suggestions: tuple[Suggested, ...], runs: tuple[Run, ...], tests: Sets, table: Tables | None = None
) -> tuple[Suggested, ...]:
    """Those that a section can run, and those that somebody asked for."""
    table = tables.shipped() if table is None else table
    able = [filesystems.able(run, tests, table) for run in runs]
    anywhere = 0
    for mask in able:
        anywhere |= mask
    return tuple(
        one
        for one in suggestions
        if one.suite != "xfstests"
        or one.said_by
        or (_group_run(one, runs, able, tests, table) if one.tier == "group" else anywhere >> tests.index[one.test] & 1)
    )


def used(
    runs: tuple[Run, ...], suggestions: Iterable[Suggested], tests: Sets, table: Tables | None = None
) -> tuple[Run, ...]:
    """The plain runs, and those variants in which one of the tests or groups runs."""
    table = tables.shipped() if table is None else table
    rows = tuple(suggestions)
    taken = {run.section for run, _ in _lines(rows, runs, tests, table)}
    return tuple(run for run in runs if not run.variant or run.section in taken or not rows)


def check_lines(
    suggestions: Iterable[Suggested], runs: tuple[Run, ...], tests: Sets, table: Tables | None = None
) -> tuple[str, ...]:
    """./check lines for the tests, one for all sections that can run the same, then those for the groups."""
    table = tables.shipped() if table is None else table
    bases = {one.name for one in table.filesystem if one.base}
    alike: dict[tuple[str, str], list[str]] = {}  # (option, tests) -> sections
    for run, arguments in _lines(tuple(suggestions), runs, tests, table):
        option = f" -{run.filesystem}" if run.filesystem in bases else ""
        alike.setdefault((option, " ".join(arguments)), []).append(run.section)
    lines: list[str] = []
    formatted: set[str] = set()
    for (option, wanted), names in alike.items():
        fresh = [name for name in names if option and name not in formatted]
        formatted.update(fresh)
        if fresh:  # check cannot make the filesystem below, so a run without the option does
            lines.append(f"./check -s {' -s '.join(fresh)} {_ANY_TEST}")
        lines.append(f"./check -s {' -s '.join(names)}{option} {wanted}")
    return tuple(lines)


def _lines(
    suggestions: tuple[Suggested, ...], runs: tuple[Run, ...], tests: Sets, table: Tables
) -> list[tuple[Run, list[str]]]:
    """(run, tests) and then (run, groups), as arguments of ./check; none is empty."""
    rows = [one for one in suggestions if one.suite == "xfstests"]
    able = [filesystems.able(run, tests, table) for run in runs]
    lines = []
    for run, mask in zip(runs, able, strict=True):
        asked = mask & tests.of(run.only) if run.only else mask
        names = [one.test for one in rows if one.tier != "group" and _in(asked, one.test, tests)]
        if names:
            lines.append((run, names))
    groups: dict[str, tuple[Run, list[str]]] = {}
    for one in rows:
        run_of = _group_run(one, runs, able, tests, table) if one.tier == "group" else None
        if run_of is not None:
            groups.setdefault(run_of.section, (run_of, []))[1].append(_group_option(one, run_of, tests, table))
    return lines + list(groups.values())


def _in(mask: int, test: str, tests: Sets) -> bool:
    return test in tests.index and bool(mask >> tests.index[test] & 1)


def _group_run(group: Suggested, runs: tuple[Run, ...], able: list[int], tests: Sets, table: Tables) -> Run | None:
    """Where many tests of it run: the first section, unless another runs a quarter more, a variant twice as many.

    None where no section runs half of those that the filesystem has of the group.
    """
    tagged = tests.tagged(f"group:{_name(group)}")
    folders = {one.name: one.tests for one in table.filesystem}
    best: tuple[int, Run] | None = None
    for run, mask in zip(runs, able, strict=True):
        of = tagged & (tests.directory("generic") | tests.directory(folders.get(run.filesystem) or "generic"))
        count = (mask & tagged).bit_count() * (1 if run.variant else 2)
        enough = count and 2 * (mask & tagged).bit_count() >= of.bit_count()
        if enough and (best is None or 4 * count > 5 * best[0]):
            best = (count, run)
    return best[1] if best else None


def _group_option(group: Suggested, run: Run, tests: Sets, table: Tables) -> str:
    """With its directory where generic/ has none of it: check looks for groups before it knows a section's FSTYP."""
    name = _name(group)
    if tests.tagged(f"group:{name}") & tests.directory("generic"):
        return f"-g {name}"
    return f"-g {_filesystem(run, table).tests}/{name}"


def _name(group: Suggested) -> str:
    return group.test.removeprefix("-g ")


def _filesystem(run: Run, table: Tables) -> Filesystem:
    return next(one for one in table.filesystem if one.name == run.filesystem)


def local_config(
    runs: tuple[Run, ...], suggestions: Iterable[Suggested], tests: Sets, table: Tables | None = None
) -> str:
    """A local.config with a section per run, each complete in itself; devices and names of servers are placeholders."""
    table = tables.shipped() if table is None else table
    if not runs:
        return ""
    asked: dict[str, list[str]] = {}
    for run, arguments in _lines(tuple(suggestions), runs, tests, table):
        asked.setdefault(run.section, []).extend(name for name in arguments if name in tests.index)
    # check cannot format a tmpfs when it comes from another filesystem, so these follow the first section.
    ordered = sorted(runs, key=lambda run: run.filesystem != "tmpfs")
    parts = [(run.section, _settings(run, asked.get(run.section, ()), tests, table)) for run in ordered]
    _number_directories([settings for _, settings in parts])
    head = []
    if len(parts) > 1 or "RECREATE_TEST_DEV" in parts[0][1]:
        head = ["# check mounts TEST_DEV of the first section before it looks at -s: a tmpfs mounts in any case.", ""]
        parts.insert(0, ("start", dict(_START)))
    every = dict.fromkeys(name for _, settings in parts for name in settings)
    places = dict.fromkeys(
        settings[name] for _, settings in parts for name in ("TEST_DIR", "SCRATCH_MNT") if name in settings
    )
    lines = [f"# The devices are placeholders. First: mkdir -p {' '.join(places)}", *head]
    for section, settings in parts:
        lines.append(f"[{section}]")
        if section == "start":
            lines += [f"{name}={value}" for name, value in settings.items()]
        else:
            lines += [f"{name}={_quoted(settings.get(name, _UNSET.get(name, '')))}" for name in every]
        lines.append("")
    return "\n".join(lines)


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def _settings(run: Run, asked: Iterable[str], tests: Sets, table: Tables) -> dict[str, str]:
    """Name -> value of what this section needs, by its filesystem, its variant and the tests that it runs."""
    filesystem, variant = _filesystem(run, table), filesystems.variant_of(run, table)
    devices = (variant.devices if variant else ()) or filesystem.devices
    test_device, scratch_device = devices or _BLOCK_DEVICES
    settings = {
        "FSTYP": filesystem.base or filesystem.name,
        "TEST_DEV": test_device,
        "TEST_DIR": "",
        "SCRATCH_DEV": scratch_device,
        "SCRATCH_MNT": "/mnt/scratch",
    }
    if not filesystem.devices:
        settings["RECREATE_TEST_DEV"] = "true"
    mkfs, mount = (
        " ".join(filter(None, (filesystem.mkfs, run.mkfs))),
        " ".join(filter(None, (filesystem.mount, run.mount))),
    )
    if mkfs:
        settings["MKFS_OPTIONS"] = mkfs
    if mount and filesystem.base:  # MOUNT_OPTIONS are those of the filesystem below
        settings[f"{filesystem.name.upper()}_MOUNT_OPTIONS"] = mount
    elif mount:
        settings["MOUNT_OPTIONS"] = mount.replace("{side}", "scratch")
        settings["TEST_FS_MOUNT_OPTS"] = mount.replace("{side}", "test")
    mask = 0
    for name in asked:
        mask |= 1 << tests.index[name]
    more = [*filesystem.settings, *(variant.settings if variant else ())]
    for ability in table.ability:
        if ability.settings and any(tests.tagged(tag) & mask for tag in ability.tags):
            more += ability.settings
    for line in more:
        name, _, value = line.partition("=")
        settings[name] = value
    return settings


def _number_directories(parts: list[dict[str, str]]) -> None:
    """A mount point for each test device: one that is still mounted from a run before hides no other."""
    seen: dict[str, str] = {}
    for settings in parts:
        device = settings["TEST_DEV"]
        settings["TEST_DIR"] = seen.setdefault(device, f"/mnt/test{len(seen) + 1 if seen else ''}")
