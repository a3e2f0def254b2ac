"""Path files: which functions enter a path, which stages it has, which operations make it up. Data, not code.

A path file is `rules/paths/NAME.toml`. It names functions of every kernel version it serves; a name that a version does
not have is ignored, a path whose entries are all unknown says so. Keys:

    title       what the path is, in a few words
    entries     functions that the path starts from
    constants   predicates and flags that keep their value from the entry on: properties of the inode, the mapping or
                the fault itself. Conditions on them are what makes a chain infeasible
    beyond      functions that lead into another path or away from all of them; chains do not pass them
    untold      constants that go without saying: which way a read and a write go is seen from the operation
    homes       functions that work for one filesystem's files only, though they are generic code, with its name
    [[stages]]      name, text, functions: the landmarks that tell two chains apart
    [[operations]]  struct, fields, optional `assume` (what holds when the operation is called), optional `later`
                    (true: it runs in another context, like a completion; locks of the caller are not held there. A
                    path with one goes on where a function is set as a completion; with struct work_struct, field func
                    it goes on where any work is queued, else only where a completion queues it),
                    optional `not_from` (callers whose call of the operation is on another file than the path's)

What runs is `rules/paths/compiled.json`, because reading TOML takes 10 ms; `python -m rules.pathfiles` writes it anew
after a change of a path file.
"""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from rules.model import Value


class PathFileError(ValueError):
    """A path file that is not there or does not say what it must."""


class Stage(Value, frozen=True, kw_only=True):
    name: str
    text: str
    functions: tuple[str, ...]


class Operation(Value, frozen=True, kw_only=True):
    struct: str
    field: str
    assume: tuple[str, ...] = ()
    later: bool = False
    not_from: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.struct}.{self.field}"


class PathFile(Value, frozen=True, kw_only=True):
    name: str
    title: str
    entries: tuple[str, ...]
    stages: tuple[Stage, ...]
    operations: tuple[Operation, ...]
    constants: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    homes: tuple[tuple[str, str], ...] = ()  # function, filesystem
    untold: tuple[str, ...] = ()

    def operation(self, name: str) -> Operation | None:
        """The operation "struct.field", None when it is no part of this path."""
        return next((operation for operation in self.operations if operation.name == name), None)

    def stage_of(self, function: str) -> Stage | None:
        return next((stage for stage in self.stages if function in stage.functions), None)

    @property
    def later(self) -> bool:
        """Whether the path goes on when a request is done."""
        return any(operation.later for operation in self.operations)

    @property
    def landmarks(self) -> frozenset[str]:
        return frozenset(name for stage in self.stages for name in stage.functions)


_DIRECTORY = Path(__file__).parent / "paths"
COMPILED = _DIRECTORY / "compiled.json"
# In the order in which a reader wants them.
NAMES = ("fault", "read", "write", "writeback", "direct", "truncate", "reclaim")


def names() -> tuple[str, ...]:
    return NAMES


def load(name: str) -> PathFile:
    """The path file of that name. Raises PathFileError."""
    found = _shipped().get(name)
    if found is None:
        raise PathFileError(f'there is no path "{name}"')
    return found


def load_all() -> tuple[PathFile, ...]:
    return tuple(_shipped().values())


@cache
def _shipped() -> dict[str, PathFile]:
    return {path.name: path for path in msgspec.json.decode(COMPILED.read_bytes(), type=tuple[PathFile, ...])}


def compiled() -> bytes:
    """What `COMPILED` has to hold: the path files as they are written, in the order of NAMES. Raises PathFileError."""
    written = [parse((_DIRECTORY / f"{name}.toml").read_text(encoding="utf-8"), name) for name in NAMES]
    return msgspec.json.format(msgspec.json.encode(written), indent=0) + b"\n"


def parse(text: str, name: str) -> PathFile:
    """A path file from its text. Raises PathFileError that names the key."""
    import tomllib

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PathFileError(f"{name}.toml: {error}") from error
    return PathFile(
        name=name,
        title=_text(data, "title", name),
        entries=_texts(data, "entries", name),
        constants=_texts(data, "constants", name) if "constants" in data else (),
        beyond=_texts(data, "beyond", name) if "beyond" in data else (),
        homes=_pairs(data, "homes", name),
        untold=_texts(data, "untold", name) if "untold" in data else (),
        stages=tuple(_stage(table, f"{name}.stages[{i}]") for i, table in enumerate(_tables(data, "stages", name))),
        operations=tuple(
            operation
            for i, table in enumerate(_tables(data, "operations", name))
            for operation in _operations(table, f"{name}.operations[{i}]")
        ),
    )


def _stage(table: dict[str, Any], where: str) -> Stage:
    return Stage(
        name=_text(table, "name", where), text=_text(table, "text", where), functions=_texts(table, "functions", where)
    )


def _operations(table: dict[str, Any], where: str) -> tuple[Operation, ...]:
    struct = _text(table, "struct", where)
    assume = _texts(table, "assume", where) if "assume" in table else ()
    not_from = _texts(table, "not_from", where) if "not_from" in table else ()
    later = table.get("later", False)
    if not isinstance(later, bool):
        raise PathFileError(f"{where}.later is not true or false")
    return tuple(
        Operation(struct=struct, field=field, assume=assume, later=later, not_from=not_from)
        for field in _texts(table, "fields", where)
    )


def _text(table: dict[str, Any], key: str, where: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise PathFileError(f"{where}.{key} is missing or no text")
    return value


def _texts(table: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = table.get(key)
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise PathFileError(f"{where}.{key} is missing or no list of names")
    return tuple(value)


def _pairs(table: dict[str, Any], key: str, where: str) -> tuple[tuple[str, str], ...]:
    value = table.get(key, {})
    if not isinstance(value, dict) or not all(isinstance(item, str) and item for item in value.values()):
        raise PathFileError(f"{where}.{key} is no table of names")
    return tuple(sorted(value.items()))


def _tables(table: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise PathFileError(f"{where}.{key} is no list of tables")
    return value


if __name__ == "__main__":
    COMPILED.write_bytes(compiled())
