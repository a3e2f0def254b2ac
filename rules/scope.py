"""What is read of a kernel tree, and which part of it a shipped model holds: `scope.toml`, typed."""

import re
from functools import lru_cache
from pathlib import Path

import msgspec

from rules.model import Value


class Scope(Value, frozen=True, kw_only=True):
    directories: tuple[str, ...]
    suffixes: tuple[str, ...]
    expected: tuple[str, ...]
    nommu: frozenset[str]

    def holds(self, path: str) -> bool:
        """Whether a file of the tree is read."""
        return path.endswith(self.suffixes) and _pattern(self.directories).match(path) is not None


class Subset(Value, frozen=True, kw_only=True):
    operations: tuple[str, ...]
    fields: tuple[str, ...]
    entries: tuple[str, ...]
    entry_depth: int
    common: tuple[str, ...]
    core: frozenset[str]
    machines: tuple[str, ...]
    depth: int
    deep: tuple[str, ...]
    deep_depth: int
    field_depth: int
    completion_depth: int
    subjects: tuple[str, ...]
    callers_depth: int
    bridge: int

    def is_common(self, path: str) -> bool:
        """Code that every filesystem shares."""
        return re.match("|".join(self.common), path) is not None

    def is_foreign(self, path: str) -> bool:
        """Code of a machine that shipped models leave out."""
        return path.startswith("arch/") and not path.startswith(self.machines)

    def follows(self, struct: str, field: str) -> bool:
        """Whether calls of this operation are expanded to its implementers."""
        return struct in self.operations or f"{struct}.{field}" in self.fields


class _File(Value, frozen=True, kw_only=True):
    scope: Scope
    subset: Subset


@lru_cache(maxsize=8)
def _pattern(directories: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(name).replace(r"\*", "[^/]+") + "/" for name in directories))


@lru_cache(maxsize=1)
def load() -> tuple[Scope, Subset]:
    """Both parts of the data file."""
    import tomllib

    data = tomllib.loads((Path(__file__).parent / "scope.toml").read_text("utf-8"))
    file = msgspec.convert(data, _File)
    return file.scope, file.subset
