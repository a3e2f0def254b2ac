"""Checks and locks met on a chain before its last function is entered.

In every frame: what stands above the call line and control can come from, and what the functions called there do, to
a given depth; a call of an operation counts with the implementer that stands in the same table as the chain's own. An
unlock of the page drops the lock, and every check of page state made before it is stale: another task can change the
state in between.

`certain` means that nothing but the conditions of the chain itself stands before it; otherwise `condition` tells when
it is met.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from rules import feasible, handed
from rules.chains import Chain, follows
from rules.feasible import split
from rules.model import Edge, Function, Site, Value
from rules.pathfiles import PathFile
from rules.reach import LATER

if TYPE_CHECKING:
    from rules.graph import Model

FACTS, TABLES = 1, 2  # what a function can look at of a chain
DEPTH = 3  # calls below a frame that are looked into
MOST = 400  # sites that one function brings along; a bound, not met on the four shipped models
_PAGE_STATES = frozenset({"uptodate", "error", "dirty", "writeback", "mapping", "i_size"})
_CHECKS = frozenset({"test", "check", "assert"})
JUMP = "after a goto"  # stands for a condition
_POINTER = frozenset(">.*")  # what is written of a call that is no plain name
_TAKES = {"lock": "unlock", "start": "end"}


class Met(Value, frozen=True, kw_only=True):
    """A site that control passes before the target is entered."""

    site: Site
    file: str
    name: str  # of the function that holds the site
    frame: int  # which step of the chain brought it, from 0
    via: tuple[str, ...]  # functions between that step and the site's own function
    certain: bool
    condition: str  # what else must hold, "" when certain
    stale: bool = False
    why: str = ""  # of stale

    @property
    def where(self) -> str:
        return f"{self.file}:{self.site.line}"


class _Passed(msgspec.Struct, frozen=True):
    site: Site
    via: tuple[int, ...]
    condition: str


class Walk:
    """Looks into functions for one chain after another; keeps what it has read."""

    def __init__(self, model: Model, path: PathFile, depth: int = DEPTH) -> None:
        self.model = model
        self.path = path
        self.depth = depth
        self.operations = frozenset(operation.name for operation in path.operations)
        self.frames = feasible.Frames(model, path.constants)
        self._inside: dict[tuple[object, ...], tuple[_Passed, ...]] = {}
        self._heed: dict[tuple[int, int], int] = {}
        self._read: dict[int, Sequence[Site | Edge]] = {}
        self._tables: frozenset[str] = frozenset()
        self._facts: feasible.Facts = feasible.NO_FACTS
        self._before: dict[Chain, tuple[Met, ...]] = {}

    def before(self, chain: Chain) -> tuple[Met, ...]:
        """Everything met on the chain, in the order in which it is met."""
        if chain not in self._before:
            self._before[chain] = self._met_on(chain)
        return self._before[chain]

    def _met_on(self, chain: Chain) -> tuple[Met, ...]:
        self._facts = chain.known
        self._tables = self._tables_of(chain)
        met: list[Met] = []
        bindings: feasible.Bindings = {}
        for frame, edge in enumerate(chain.edges):
            if self._runs_later(edge):
                met = [_left_behind(item) for item in met]
            for passed in (*self._above(edge.caller, edge, bindings, self.depth), *self._until_called_back(edge)):
                self._meet(met, passed, frame)
            if edge.kind in LATER:
                met = [_left_behind(item) for item in met]
            bindings = self.frames.bound(edge, bindings)
        return tuple(met)

    def passed_over(self, chain: Chain) -> tuple[tuple[str, int, str], ...]:
        """Calls through pointers above the chain's own calls that nothing is known of: file, line, text."""
        found = []
        for edge in chain.edges:
            file = self.model.functions[edge.caller].file
            calls = self.model.unresolved(edge.caller)
            found += [(file, line, text) for line, text in calls if line < edge.line and _POINTER & set(text)]
        return tuple(dict.fromkeys(found))

    def _meet(self, met: list[Met], passed: _Passed, frame: int) -> None:
        site = passed.site
        holder = self.model.functions[site.function]
        met.append(
            Met(
                site=site,
                file=holder.file,
                name=holder.name,
                frame=frame,
                via=tuple(self.model.functions[index].name for index in passed.via),
                certain=not passed.condition,
                condition=passed.condition,
            )
        )
        if site.op in ("unlock", "end") and not passed.condition:
            _drop(met, site, f"{holder.file}:{site.line}")

    def _runs_later(self, edge: Edge) -> bool:
        operation = self.path.operation(edge.operation) if edge.kind == "operation" else None
        return operation is not None and operation.later

    def _tables_of(self, chain: Chain) -> frozenset[str]:
        """Tables that hold the implementers the chain passes, and those that it hands down."""
        tables: set[str] = set()
        for step, edge in zip(chain.steps[1:], chain.edges, strict=True):
            if edge.kind == "operation" and not step.table:
                tables.update(entry.variable for entry in self.model.entries_of(edge.callee))
            tables.update(step.table.split(", ") if step.table else ())
            tables.update(name for argument in edge.arguments for name in handed.names_in(argument))
        return frozenset(tables)

    def _above(self, index: int, call: Edge, bindings: feasible.Bindings, depth: int) -> Iterator[_Passed]:
        """What stands above a call line in its own function, in order."""
        for item in self._items(index):
            if item.line > call.line or (item.line == call.line and not _same_condition(item, call)):
                continue
            if item.until and item.until < call.line and not self._jumps_to(item, call):
                continue  # the branch has left before
            if (
                excludes(item.condition, call.condition)
                or self.frames.under(item.condition, self._facts, bindings) is None
            ):
                continue
            sure = not (item.until and item.until < call.line)
            yield from self._pass(item, call.condition, bindings, depth, frame=True, jump=not sure)

    def _until_called_back(self, edge: Edge) -> Iterator[_Passed]:
        """What a function that is handed a callback does before it calls it: `write_cache_pages` locks the page."""
        if edge.kind != "callback":
            return
        for through in self.model.named(edge.operation):
            line = self._pointer_call(through)
            if line:
                call = Edge(caller=through.index, callee=edge.callee, line=line, kind="call")
                yield from self._above(through.index, call, {}, self.depth - 1)

    def _pointer_call(self, through: Function) -> int:
        """The line where a function calls one of its parameters, 0 when that cannot be told."""
        calls = [(line, text) for line, text in self.model.unresolved(through.index) if text.isidentifier()]
        if through.parameters:
            return next((line for line, text in calls if text in through.parameters), 0)
        local = [line for line, text in calls if not text.startswith("trace_") and not self.model.named(text)]
        return local[0] if len(local) == 1 else 0

    def _jumps_to(self, item: Site | Edge, call: Edge) -> bool:
        """Whether control goes from the item's way to the call by a jump only: the call stands below the return."""
        return item.until == self.frames.end_of_fall(call.caller)

    def _below(self, index: int, bindings: feasible.Bindings, depth: int) -> tuple[_Passed, ...]:
        """What a call of the function passes."""
        heeds = self._heeds(index, depth)
        facts = self._facts if heeds or self._speak(bindings.values()) else feasible.NO_FACTS
        key = (index, depth, tuple(bindings.items()), facts, self._tables if heeds == TABLES else None)
        if key not in self._inside:
            self._inside[key] = ()  # recursion brings nothing new
            found: list[_Passed] = []
            end = self.frames.end_of_fall(index)
            for item in self._items(index):
                if self.frames.under(item.condition, self._facts, bindings) is not None:
                    found.extend(self._pass(item, "", bindings, depth, frame=False, jump=item.line > end))
                if len(found) >= MOST:
                    break
            self._inside[key] = tuple(found[:MOST])
        return self._inside[key]

    def _heeds(self, index: int, depth: int) -> int:
        """What a function and those below it look at of the chain that they are met on: nothing, FACTS or TABLES, too.

        What looks at nothing is the same on every chain.
        """
        key = index, depth
        if key not in self._heed:
            self._heed[key] = FACTS  # for the time being; a cycle takes more than `depth` calls
            found = 0
            for item in self._items(index):
                found = max(found, self._heeded(item, depth))
            self._heed[key] = found
        return self._heed[key]

    def _heeded(self, item: Site | Edge, depth: int) -> int:
        if isinstance(item, Edge) and item.kind == "operation":
            return TABLES
        constants = self.frames.constants
        texts = (item.condition, *item.arguments) if isinstance(item, Edge) else (item.condition,)
        own = any(text and not constants.isdisjoint(feasible.names_in(text)) for text in texts)
        below = self._heeds(item.callee, depth - 1) if isinstance(item, Edge) and depth else 0
        return max(FACTS if own else 0, below)

    def _speak(self, values: Iterable[feasible.Expression]) -> bool:
        """Whether what is known of parameters is about what a path file calls constant."""
        return any(value not in (feasible.TRUE, feasible.FALSE) for value in values)

    def _pass(
        self, item: Site | Edge, known: str, bindings: feasible.Bindings, depth: int, *, frame: bool, jump: bool
    ) -> Iterator[_Passed]:
        rest = (
            JUMP if jump else " && ".join(self.frames.open_parts(beyond(item.condition, known), self._facts, bindings))
        )
        if isinstance(item, Site):
            yield _Passed(item, (), rest)
            return
        if depth == 0 or not self._looks_into(item) or (item.kind == "operation" and not self._same_table(item)):
            return
        if frame and rest:
            return  # another way through this frame
        below = depth if item.kind == "operation" else depth - 1  # the dispatch is no step of its own
        for passed in self._below(item.callee, self.frames.bound(item, bindings), below):
            condition = " && ".join(part for part in (rest, passed.condition) if part)
            yield _Passed(passed.site, (item.callee, *passed.via), condition)

    def _looks_into(self, edge: Edge) -> bool:
        return edge.kind != "callback" and follows(edge, self.operations)

    def _same_table(self, edge: Edge) -> bool:
        """Whether a call of an operation comes to the chain's own file."""
        operation = self.path.operation(edge.operation)
        for text in operation.assume if operation else ():
            if feasible.assume(feasible.parse(text), self._facts, self.frames.constants) is None:
                return False
        return any(entry.variable in self._tables for entry in self.model.entries_of(edge.callee))

    def _items(self, index: int) -> Sequence[Site | Edge]:
        """Sites and calls of a function by line; a call that is itself the site is not looked into."""
        if index not in self._read:
            self._read[index] = self._items_of(index)
        return self._read[index]

    def _items_of(self, index: int) -> Sequence[Site | Edge]:
        sites = [site for site in self.model.sites(index) if site.op != "convert"]
        functions = self.model.functions
        named = {(site.line, site.spelling) for site in sites}
        lines = {site.line for site in sites}
        calls = [
            edge
            for edge in feasible.calls_of(self.model, index)
            if self._looks_into(edge)
            and (edge.line not in lines or (edge.line, functions[edge.callee].name) not in named)
        ]
        return sorted((*sites, *calls), key=lambda item: item.line)


@lru_cache(maxsize=16)
def walk(model: Model, path: PathFile) -> Walk:
    """The walk that all who ask about this path share."""
    return Walk(model, path)


def _same_condition(item: Site | Edge, call: Edge) -> bool:
    """A test written in the very condition that the call stands under or is part of."""
    return isinstance(item, Site) and item.op in ("test", "check") and item.spelling in call.condition


def _drop(met: list[Met], unlock: Site, where: str) -> None:
    """An unlock ends the locks of its kind (two are two ways to take one); the checks it covered are stale."""
    for at in range(len(met) - 1, -1, -1):
        item = met[at]
        if item.stale:
            continue
        if item.site.subject == unlock.subject and _TAKES.get(item.site.op) == unlock.op:
            met[at] = msgspec.structs.replace(item, stale=True, why=f"dropped at {where}")
        elif unlock.subject == "locked" and item.site.subject in _PAGE_STATES and item.site.op in _CHECKS:
            met[at] = msgspec.structs.replace(item, stale=True, why=f"the page lock is dropped at {where}")


def _left_behind(item: Met) -> Met:
    if item.stale:
        return item
    return msgspec.structs.replace(item, stale=True, why="the chain goes on later, in another context")


@lru_cache(maxsize=8192)
def excludes(one: str, other: str) -> bool:
    """Whether two enclosing conditions are branches of the same if."""
    if not one or not other or one == other:
        return False
    mine, theirs = split(one), split(other)
    return any(_negated(part) in theirs for part in mine) or _other_case(mine, theirs)


def _negated(part: str) -> str:
    return part[2:-1] if part.startswith("!(") and part.endswith(")") else f"!({part})"


def _other_case(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    for one, other in zip(mine, theirs, strict=False):
        if one != other:
            return one.startswith(("case ", "default")) and other.startswith(("case ", "default"))
    return False


def beyond(condition: str, known: str) -> tuple[str, ...]:
    """The parts of an enclosing condition that `known` does not already say."""
    if not condition or condition == known:
        return ()
    parts = split(known)
    return tuple(part for part in split(condition) if part not in parts)


def checked(met: Sequence[Met], subject: str) -> Met | None:
    """A test of the state that still holds when the target is entered, None when there is none."""
    fresh = (item for item in met if item.site.subject == subject and item.site.op in ("test", "check"))
    return next((item for item in fresh if not item.stale), None)


def held(met: Sequence[Met]) -> tuple[Met, ...]:
    """Locks taken and not dropped."""
    return tuple(item for item in met if item.site.op in _TAKES and not item.stale)
