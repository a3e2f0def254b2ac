"""Where a state is tested, asserted, set or cleared, by directory and filesystem, and which paths come there.

An answer holds for the model's scope only, and says so: "nobody else clears it" means nobody whose source was read.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from rules import concepts, handed
from rules.chains import entries_of, links
from rules.feasible import Frames, split
from rules.filesystem_names import directory_of, filesystem_of
from rules.model import Function, Site, SiteOp, Value
from rules.reach import skips

if TYPE_CHECKING:
    from rules.columns import Columns
    from rules.graph import Model
    from rules.pathfiles import PathFile


# States of which a shipped model has every site: `subjects` of scope.toml.
EVERYWHERE = ("uptodate", "error", "mapping_error")
_FIRST = 2000  # functions that are looked at


class StateSite(Value, frozen=True, kw_only=True):
    site: Site
    function: Function
    directory: str
    filesystem: str  # "" for generic code
    error: str  # why it seems to run after an error, see `error_hint`; "" proves nothing
    paths: tuple[str, ...] = ()  # path files that reach the function

    @property
    def where(self) -> str:
        return f"{self.function.file}:{self.site.line}"


class States(Value, frozen=True, kw_only=True):
    """All sites of one question, with what the answer rests on."""

    subject: str
    op: SiteOp | None
    sites: tuple[StateSite, ...]
    note: str

    @property
    def directories(self) -> tuple[str, ...]:
        return tuple(sorted({site.directory for site in self.sites}))

    @property
    def filesystems(self) -> tuple[str, ...]:
        return tuple(sorted({site.filesystem for site in self.sites if site.filesystem}))


def find(model: Model, subject: str, op: SiteOp | None, paths: Sequence[PathFile] = ()) -> States:
    """Sites of a subject by file and line; headers and wrappers count where they call, not where they are defined."""
    sites = tuple(site for site in model.sites_of(subject, op) if _in_scope(model.functions[site.function].file))
    frames = Frames(model, ())
    paths = tuple(paths)
    reached = reachable(model, paths) if sites and paths else {}
    return States(
        subject=subject,
        op=op,
        sites=tuple(_state_site(model, frames, site, paths, reached) for site in sites),
        note=world(model, subject, op),
    )


def _in_scope(file: str) -> bool:
    return file.startswith(("fs/", "mm/", "block/"))


def _state_site(
    model: Model, frames: Frames, site: Site, paths: tuple[PathFile, ...], reached: Mapping[int, int]
) -> StateSite:
    function = model.functions[site.function]
    return StateSite(
        site=site,
        function=function,
        directory=directory_of(function.file),
        filesystem=filesystem_of(function.file),
        error=error_hint(frames, site),
        paths=tuple(path.name for bit, path in enumerate(paths) if reached.get(site.function, 0) >> bit & 1),
    )


@cache
def _error_pattern() -> re.Pattern[str]:
    # Local variables that hold a result, status words of bios and requests, labels of error ways.
    return re.compile(
        r"\b(?:err(?:or)?|ret|rc|retval|status)\b|\w*(?:bi_status|_err(?:or)?)\b|PageError|IS_ERR\w*"
        r"|\blabel \w*(?:err|fail|bad)\w*|\w+ < 0\b|\w*(?:ERROR|_IO_FAILED)\b"
    )


@cache
def _success_pattern() -> re.Pattern[str]:
    return re.compile(r"!\(?(?:unlikely\(|likely\()?(?:err(?:or)?|ret|rc|retval|status)\)*|(?:err(?:or)?|ret|rc) == 0")


@cache
def _failure_pattern() -> re.Pattern[str]:
    return re.compile(
        r"!\(?(?:unlikely\(|likely\()?(?:uptodate|count|(?:err(?:or)?|ret|rc) == 0|!(?:err(?:or)?|ret|rc))\)*"
    )


def error_hint(frames: Frames, site: Site) -> str:
    """Why a site seems to run after an error: words of its condition, or "goto" where only a jump leads to."""
    return error_words(site.condition) or ("goto" if site.line > frames.end_of_fall(site.function) else "")


def error_words(condition: str) -> str:
    """A hint that the code runs after an error, from its condition's own words; "" proves nothing."""
    for part in split(condition[:500]):
        if _failure_pattern().fullmatch(part):
            return part
        match = None if _success_pattern().fullmatch(part) else _error_pattern().search(part)
        if match:
            return match[0]
    return ""


def world(model: Model, subject: str, op: SiteOp | None) -> str:
    """What "everywhere" and "nobody else" mean in an answer of this model."""
    names = concepts.spellings(subject, op)
    part = (
        f"; not all of it: of {subject} the shipped models have what stands near their paths, of "
        f"{', '.join(EVERYWHERE)} all; a full model has the rest"
    )
    shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    return (
        f"searched: the fs, mm and block code that the {model.version} model holds, all configurations together; "
        f"counted as written: {shown}, and wrappers that are named like them (btrfs_folio_clear_uptodate); drivers, "
        f"arch code and modules outside the tree are not looked at{part if _is_partial(model, subject) else ''}"
    )


def _is_partial(model: Model, subject: str) -> bool:
    """Whether sites of a state are missing: of a subset's functions many are known by their place only."""
    return subject not in EVERYWHERE and any(function.outline for function in islice(model.functions, _FIRST))


@lru_cache(maxsize=8)
def reachable(model: Model, paths: tuple[PathFile, ...]) -> Mapping[int, int]:
    """Functions that paths reach from their entries; bit i of the value is set when `paths[i]` does."""
    stored = model.reach(reach_key(paths))
    return walked(model, paths) if stored is None else stored


def walked(model: Model, paths: tuple[PathFile, ...]) -> Mapping[int, int]:
    """`reachable`, found by going there: through most of a model, which takes twenty times as long as a query."""
    reach = _Reach(model, paths)
    reach.run()
    return {index: found for index, bits in reach.reached.items() if (found := reach.paths(bits))}


def reach_key(paths: tuple[PathFile, ...]) -> str:
    """Names paths by all that they say, in their order."""
    import hashlib  # 4 ms that a review does not need

    return hashlib.sha256(msgspec.msgpack.encode(paths)).hexdigest()[:16]


def with_reach(columns: Columns) -> Columns:
    """A model's columns with what the shipped paths reach."""
    from rules import pathfiles
    from rules.graph import Model

    paths = tuple(pathfiles.load_all())
    found = walked(Model(columns), paths)
    reach = [found.get(index, 0) for index in range(len(columns.function_name))]
    return msgspec.structs.replace(columns, reach=reach, reach_key=reach_key(paths))


class _Reach:
    """Bit i: `paths[i]` comes here; bit i + len(paths): it comes here when a request is done."""

    def __init__(self, model: Model, paths: tuple[PathFile, ...]) -> None:
        self.model = model
        self.count = len(paths)
        self.through: dict[str, int] = {}
        self.walls: dict[int, int] = {}
        self.skipped: dict[tuple[str, int], int] = {}
        self.reached: dict[int, int] = {}
        self.mentioned = handed.mentioned(model)
        # Tables that some function mentions are passed on by the paths that reach one that does.
        self.passed: dict[str, int] = dict.fromkeys((name for names in self.mentioned.values() for name in names), 0)
        self.waiting: dict[str, set[int]] = {}
        for bit, path in enumerate(paths):
            self._path(1 << bit, path)
        self.queue = deque(self.reached)

    def _path(self, bit: int, path: PathFile) -> None:
        both = bit | bit << self.count
        for operation in path.operations:
            if not operation.later:
                self.through[operation.name] = self.through.get(operation.name, 0) | both
        if path.later:
            self.through["completion"] = self.through.get("completion", 0) | both
            work = both if path.operation("work_struct.func") else bit << self.count
            self.through["work"] = self.through.get("work", 0) | work
        for wall in (function.index for name in path.beyond for function in self.model.named(name)):
            self.walls[wall] = self.walls.get(wall, 0) | both
        for skip in skips(self.model, path):
            self.skipped[skip] = self.skipped.get(skip, 0) | both
        for entry in entries_of(self.model, path):
            self.reached[entry] = self.reached.get(entry, 0) | bit

    def paths(self, bits: int) -> int:
        """The paths that have a bit, in whatever context."""
        return (bits | bits >> self.count) & (1 << self.count) - 1

    def run(self) -> None:
        while self.queue:
            index = self.queue.popleft()
            bits = self.reached[index] & ~self.walls.get(index, 0)
            self._mention(index, bits)
            for callee, name, tables in links(self.model, index):
                after = bits & self._allowed(index, name, tables)
                if name == "completion":
                    after = self.paths(after) << self.count
                before = self.reached.get(callee, 0)
                if before | after != before:
                    self.reached[callee] = before | after
                    self.queue.append(callee)

    def _allowed(self, index: int, name: str, tables: tuple[str, ...]) -> int:
        allowed = self.through.get(name, 0) & ~self.skipped.get((name, index), 0) if name else -1
        if not tables or not all(table in self.passed for table in tables):
            return allowed
        passed = 0
        for table in tables:
            self.waiting.setdefault(table, set()).add(index)
            passed |= self.passed[table]
        return allowed & passed

    def _mention(self, index: int, bits: int) -> None:
        for table in self.mentioned.get(index, ()):
            before = self.passed[table]
            paths = self.paths(bits)
            self.passed[table] = after = before | paths | paths << self.count
            if after != before:
                self.queue.extend(self.waiting.get(table, ()))
