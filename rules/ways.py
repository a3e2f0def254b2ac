"""The operations above a function, and the ways by which their implementers come to it."""

from __future__ import annotations

from collections import deque
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from rules import evidence, pathfiles, users
from rules.feasible import NO_FACTS, Bindings, Facts, Frames
from rules.filesystem_names import filesystem_of
from rules.model import Edge, Function, OpEntry, Value
from rules.reach import LATER

if TYPE_CHECKING:
    from rules.graph import Model

_UP = 8  # calls between an implementer and the changed function
_SEEN_CAP = 1500  # functions that one search visits
_STATES = 4  # sets of facts that are followed along one way
# Operations of the fault path first; among equals the one that is nearer to the change wins.
_STRUCTS = (
    "vm_operations_struct", "address_space_operations", "iomap_writeback_ops", "iomap_ops", "iomap_page_ops",
    "iomap_folio_ops", "iomap_write_ops", "iomap_read_ops", "netfs_request_ops", "file_operations", "inode_operations",
)  # fmt: skip


class Way(Value, frozen=True, kw_only=True):
    """How an implementer comes to a changed function: function indices from the implementer down."""

    entry: OpEntry
    steps: tuple[int, ...]

    @property
    def operation(self) -> str:
        return f"{self.entry.struct}.{self.entry.field}"


@lru_cache(maxsize=128)  # placement, rows and rules ask for the same few functions
def operation_of(model: Model, function: Function) -> tuple[str, tuple[Way, ...]]:
    """The operation nearest above a function, with every way to it; for dispatch code the operation that it calls."""
    found = ways_to(model, function.index)
    nearest = min(found, key=rank, default=None)
    implements = nearest is not None and len(nearest.steps) == 1
    if not implements and users.is_generic(evidence.home_of(function.file)):
        # Core code that calls an operation is its dispatch, whoever else may come to it.
        called = _called_in(model, [function.index])
        if called or nearest is None:
            return called or _called_below(model, function), ()
    return (nearest.operation, found) if nearest is not None else ("", ())


def rank(way: Way) -> tuple[int, int]:
    """Sorts ways: the shorter first, then by the order of the structs."""
    struct = way.entry.struct
    return len(way.steps), _STRUCTS.index(struct)


def ways_to(model: Model, index: int) -> tuple[Way, ...]:
    """The shortest way from each implementer of a path's operation to a function, without crossing an operation."""
    below: dict[int, int] = {index: -1}  # function to the next one on the way down
    found: dict[tuple[str, str, int], Way] = {}
    queue = deque([(index, 0)])
    while queue and len(below) < _SEEN_CAP:
        at, depth = queue.popleft()
        for entry in model.entries_of(at):
            if entry.struct in _STRUCTS:
                found.setdefault((entry.struct, entry.field, at), Way(entry=entry, steps=_down(below, at)))
        if depth < _UP and model.name_of(at) not in _tops():
            for edge in model.callers(at):
                if edge.kind != "operation" and edge.caller not in below:
                    below[edge.caller] = at
                    queue.append((edge.caller, depth + 1))
    return tuple(found.values())


def _down(below: dict[int, int], at: int) -> tuple[int, ...]:
    steps = []
    while at != -1:
        steps.append(at)
        at = below[at]
    return tuple(steps)


@cache
def _tops() -> frozenset[str]:
    """Functions above which another path begins."""
    path = pathfiles.load("fault")
    return frozenset((*path.entries, *path.beyond))


def _called_below(model: Model, function: Function) -> str:
    """The operation that is called within two direct calls of a function, in its own file."""
    level = [function.index]
    for _ in range(2):
        level = [edge.callee for index in level for edge in model.callees(index) if _same_file(model, edge)]
        if operation := _called_in(model, level):
            return operation
    return ""


def _called_in(model: Model, indexes: list[int]) -> str:
    """The first operation of a path that these functions call."""
    edges = (edge for index in indexes for edge in model.callees(index) if edge.kind == "operation")
    return next((edge.operation for edge in edges if edge.operation.partition(".")[0] in _STRUCTS), "")


def _same_file(model: Model, edge: Edge) -> bool:
    return edge.kind == "call" and model.file_of(edge.callee) == model.file_of(edge.caller)


def feasible(model: Model, way: Way, frames: Frames | None = None) -> bool:
    """Whether the conditions of some calls along a way can hold together, as far as they speak of what is constant.

    `frames` are those of a path, when the caller asks often.
    """
    frames = frames or Frames(model, pathfiles.load("fault").constants)
    states: list[tuple[Facts, Bindings]] = [(NO_FACTS, {})]
    for upper, lower in pairwise(way.steps):
        edges = [edge for edge in model.callees(upper) if edge.callee == lower and edge.kind != "operation"]
        come: list[tuple[Facts, Bindings]] = []
        for facts, bindings in states:
            for edge in edges:
                known = frames.at_call(edge, facts, bindings)
                if known is not None:
                    come.append((known, frames.bound(edge, bindings)))
        if not come:
            return False
        states = come[:_STATES]
    return True


def runs_later(model: Model, way: Way) -> bool:
    """Somewhere along the way there is no plain call, only a completion or a work item."""
    kinds: list[set[str]] = [
        {edge.kind for edge in model.callees(upper) if edge.callee == lower} for upper, lower in pairwise(way.steps)
    ]
    return any(found and found <= set(LATER) for found in kinds)


def users_of(model: Model, way: Way) -> tuple[str, ...]:
    """The filesystem of an implementer; of one in generic code or a library those that use it."""
    if own := filesystem_of(model.file_of(way.steps[0])):
        return (own,)
    return tuple(name for name, _ in users.users(model, way.steps[0], way.operation))
