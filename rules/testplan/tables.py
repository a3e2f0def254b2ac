"""The hand-written tables of data/*.toml, as values.

TOML is for people; reading it costs 20 ms, a tenth of a whole review. So `compiled` makes one JSON file of them, which
ships beside them and is what runs; a test holds that the two agree.
"""

from functools import cache

import msgspec

from rules.model import Value
from rules.testplan import DATA

COMPILED = "tables.json"
_SOURCES = ("bridge.toml", "filesystems.toml", "needs.toml", "suites.toml", "switches.toml")


class Signs(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What tells that a change touches the subject of a row; bridge.toml says how each is compared."""

    functions: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


class Behaviour(Signs, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of bridge.toml; the file says what the fields are."""

    id: str
    name: str
    tests: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    config: tuple[str, ...] = ()


class Switch(Signs, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of switches.toml: options without which the changed code does not run."""

    name: str
    runs: tuple[str, ...] = ()  # keys of variants
    config: tuple[str, ...] = ()


class Filesystem(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    paths: tuple[str, ...]
    tests: str  # its directory under tests/, "" for none
    lacks: tuple[str, ...] = ()  # abilities
    barred: str = ""  # why xfstests cannot run on it
    server: tuple[str, ...] = ()  # those of `paths` that run on the server
    base: str = ""  # FSTYP of the section, where that is the filesystem below; ./check is then told -<name>
    devices: tuple[str, ...] = ()  # TEST_DEV and SCRATCH_DEV; () for block devices
    mount: str = ""  # what has to stand in MOUNT_OPTIONS always, with {side} for "test" and "scratch"
    mkfs: str = ""
    settings: tuple[str, ...] = ()  # further lines of a section


class Shared(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Code that several filesystems use."""

    paths: tuple[str, ...]  # "fs/*": the files of this directory itself
    filesystems: tuple[str, ...]
    why: str
    needs: str = ""  # an ability without which a filesystem does not come here


class Program(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A package of programs, told by paths that the kernel does not have."""

    name: str
    paths: tuple[str, ...]
    filesystem: str


class Ability(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    tags: tuple[str, ...]  # tests with one of these need it
    section: bool = False  # a plain section lacks it, whatever the filesystem can; variants give it
    settings: tuple[str, ...] = ()  # lines for a section that runs such a test


class Option(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    part: str  # of mkfs or mount options
    tags: tuple[str, ...]  # tests with one of these do not run with it


class Variant(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: str
    filesystem: str
    reason: str
    mkfs: str = ""
    mount: str = ""
    needs: str = ""
    config: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()  # abilities
    lacks: tuple[str, ...] = ()  # abilities
    devices: tuple[str, ...] = ()  # TEST_DEV and SCRATCH_DEV, where not those of the filesystem
    settings: tuple[str, ...] = ()


class Need(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tags: tuple[str, ...]
    what: str
    config: tuple[str, ...]
    on: tuple[str, ...] = ()  # filesystems; of all when empty


class Suite(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    suite: str
    names: tuple[str, ...]
    paths: tuple[str, ...]
    command: str
    functions: tuple[str, ...] = ()
    where: str = ""  # the directory of the command, when it is not that of the suite


class Tables(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    within: tuple[str, ...] = ()  # of a row of bridge.toml that has none of its own
    behaviour: tuple[Behaviour, ...]
    switch: tuple[Switch, ...] = ()
    filesystem: tuple[Filesystem, ...]
    shared: tuple[Shared, ...]
    unexercised: tuple[str, ...] = ()  # paths of shared code that no test of xfstests exercises
    kernel: tuple[str, ...]  # directories that only a kernel tree has
    program: tuple[Program, ...]
    ability: tuple[Ability, ...]
    option: tuple[Option, ...]
    variant: tuple[Variant, ...]
    always: tuple[str, ...]  # kernel options for every run
    need: tuple[Need, ...]
    suite: tuple[Suite, ...]


@cache
def shipped() -> Tables:
    """The tables that run."""
    data = (DATA / COMPILED).read_bytes()
    return msgspec.json.decode(data, type=Tables)


def from_toml() -> Tables:
    """The tables as they are written. Raises msgspec.ValidationError that names a wrong field."""
    import tomllib

    merged: dict[str, list[object]] = {}  # every value of the files is a list; two of them have variants
    for name in _SOURCES:
        for key, rows in tomllib.loads((DATA / name).read_text("utf-8")).items():
            merged[key] = merged.get(key, []) + rows
    return msgspec.convert(merged, Tables)


def compiled() -> bytes:
    """What `COMPILED` has to hold."""
    return msgspec.json.format(msgspec.json.encode(from_toml()), indent=0) + b"\n"
