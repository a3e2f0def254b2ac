"""Call chains from the entries of a path to a function.

Backward reachability from the target first, then a breadth-first search of simple chains from the entries, shortest
first. Two chains are the same when they pass the same landmarks of the path file and the same implementers of its
operations; of those the shortest is kept and the others are counted. A chain is infeasible when

* a condition on the way contradicts what the arguments, early exits and conditions before it say (`rules.feasible`);
* an implementer calls the operation that it implements again: it hands over to another file, whose filesystem the
  source does not tell (kernfs, stacking filesystems);
* what a path file says of an operation contradicts the chain.

An operation of a filesystem other than the one whose table the chain came through is not followed at all, and counted.
Chains are bounded in length and number; what was cut is said.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rules import feasible
from rules.filesystem_names import filesystem_of
from rules.model import Edge, EdgeKind, Function, Value
from rules.pathfiles import Operation, PathFile

if TYPE_CHECKING:
    from rules.graph import Model

MAX_EDGES = 14  # of a chain; the longest that matters on the fault path of 7.3 has 12
MAX_STATES = 20_000  # of one search, about 0.1 s
MAX_CHAINS = 400


class Step(Value, frozen=True, kw_only=True):
    """One function of a chain and how the step before reaches it."""

    function: int
    name: str
    file: str
    first: int
    edge: EdgeKind | None  # None for the entry
    line: int  # of the call, in the file of the step before; 0 for the entry
    operation: str = ""  # of an operation edge: struct.field; of a callback edge: who is handed it
    condition: str = ""
    arguments: tuple[str, ...] = ()
    stage: str = ""


class Chain(Value, frozen=True, kw_only=True):
    path: str
    steps: tuple[Step, ...]
    edges: tuple[Edge, ...]
    filesystems: tuple[str, ...] = ()  # whose operations it passes; empty for generic code only
    facts: tuple[str, ...] = ()  # what must hold: "not IS_DAX"
    known: frozenset[tuple[str, bool]] = frozenset()  # the same, for `rules.met`
    infeasible: str = ""  # why it cannot be taken, "" when nothing speaks against it
    folded: int = 0  # longer ways between the same landmarks


class Chains(Value, frozen=True, kw_only=True):
    path: str
    targets: tuple[int, ...]
    entries: tuple[int, ...]  # that the model has
    chains: tuple[Chain, ...]
    infeasible: tuple[Chain, ...]
    crossings: int = 0  # calls of an operation that would have led into another filesystem
    cut: tuple[str, ...] = ()  # what was not followed, and why


class _State(NamedTuple):
    function: int
    parent: _State | None
    edge: Edge | None
    depth: int
    landmarks: tuple[str, ...]
    facts: feasible.Facts
    bindings: feasible.Bindings
    filesystems: frozenset[str]  # empty: any
    why: str  # why it is infeasible


class Limits(Value, frozen=True, kw_only=True):
    edges: int = MAX_EDGES
    states: int = MAX_STATES
    chains: int = MAX_CHAINS
    unfolded: bool = False  # keep every way, not only the shortest between landmarks


# For the functions of a change: a series can change many.
FEW = Limits(states=6_000, chains=60)


def find(
    model: Model,
    path: PathFile,
    targets: Sequence[int],
    *,
    starts: Sequence[int] | None = None,
    limits: Limits | None = None,
) -> Chains:
    """All chains of a path that end in one of `targets`, from its entries or from `starts`."""
    entries = tuple(starts) if starts is not None else entries_of(model, path)
    return _find(model, path, tuple(targets), entries, limits or Limits())


@lru_cache(maxsize=256)  # where a function stands and why here ask for the same chains
def _find(model: Model, path: PathFile, targets: tuple[int, ...], entries: tuple[int, ...], limits: Limits) -> Chains:
    search = _Search(model, path, frozenset(targets), limits)
    found = search.run(entries)
    return Chains(
        path=path.name,
        targets=targets,
        entries=entries,
        chains=tuple(chain for chain in found if not chain.infeasible),
        infeasible=tuple(chain for chain in found if chain.infeasible),
        crossings=search.crossings,
        cut=tuple(search.cut),
    )


def entries_of(model: Model, path: PathFile) -> tuple[int, ...]:
    """The entries that this kernel has; definitions in headers are stubs of a configuration."""
    return tuple(
        function.index for name in path.entries for function in model.named(name) if not function.file.endswith(".h")
    )


def reaches(model: Model, path: PathFile, targets: Iterable[int], most: int = MAX_EDGES) -> dict[int, int]:
    """Functions from which a target is reached along the edges of the path, with the number of edges it takes."""
    distance = dict.fromkeys(targets, 0)
    queue = deque(distance)
    operations = frozenset(operation.name for operation in path.operations)
    walls = {function.index for name in path.beyond for function in model.named(name)}
    skipped = skips(model, path)
    while queue:
        index = queue.popleft()
        steps = distance[index] + 1
        if steps > most or (steps > 1 and index in walls):
            continue
        for caller, operation in _back_links(model, index):
            followed = not operation or (operation in operations and (operation, caller) not in skipped)
            if followed and caller not in distance:
                distance[caller] = steps
                queue.append(caller)
    return distance


@lru_cache(maxsize=1 << 16)
def links(model: Model, index: int) -> tuple[tuple[int, str], ...]:
    """Callees of a function, each with the operation that leads to it, "" for none."""
    edges = feasible.calls_of(model, index)
    return tuple({(edge.callee, edge.operation if edge.kind == "operation" else ""): None for edge in edges})


def skips(model: Model, path: PathFile) -> frozenset[tuple[str, int]]:
    """Operations and callers whose call of them the path does not follow."""
    return frozenset(
        (operation.name, function.index)
        for operation in path.operations
        for name in operation.not_from
        for function in model.named(name)
    )


@lru_cache(maxsize=1 << 16)
def _back_links(model: Model, index: int) -> tuple[tuple[int, str], ...]:
    return model.calling(index)


def follows(edge: Edge, operations: Iterable[str]) -> bool:
    """Whether a path with these operations takes the edge."""
    return edge.kind != "operation" or edge.operation in operations


class _Search:
    def __init__(self, model: Model, path: PathFile, targets: frozenset[int], limits: Limits) -> None:
        self.model = model
        self.path = path
        self.targets = targets
        self.limits = limits
        self.operations: dict[str, Operation] = {operation.name: operation for operation in path.operations}
        self.frames = feasible.Frames(model, path.constants)
        self.landmarks = path.landmarks
        self.walls = {function.index for name in path.beyond for function in model.named(name)}
        self.skips = skips(model, path)
        self.distance = reaches(model, path, targets, limits.edges)
        self.cut: list[str] = []
        self.crossings = 0
        self._filesystems: dict[tuple[str, int], frozenset[str]] = {}

    def run(self, entries: Sequence[int]) -> list[Chain]:
        queue = deque(self._start(entry) for entry in entries if entry in self.distance)
        seen: dict[tuple[object, ...], int] = {}
        ends: list[_State] = []
        states = 0
        while queue:
            state = queue.popleft()
            if state.function in self.targets:
                ends.append(state)
                if sum(not end.why for end in ends) >= self.limits.chains:
                    self.cut.append(f"stopped after {self.limits.chains} chains")
                    break
                if state.depth:  # a recursive target is shown once
                    continue
            for following in self._next(state):
                states += 1
                key = self._key(following)
                seen[key] = seen.get(key, 0) + 1
                if seen[key] == 1 or self.limits.unfolded:
                    queue.append(following)
            if states > self.limits.states:
                self.cut.append(f"stopped after {states} steps of the search, chains of more than {state.depth} calls")
                break
        return self._told(ends, seen)

    def _told(self, ends: list[_State], seen: dict[tuple[object, ...], int]) -> list[Chain]:
        """The chains, one for each row of landmarks unless all ways are wanted."""
        if self.limits.unfolded:
            return [self._chain(state, state.facts, 0) for state in ends]
        kept: dict[tuple[object, ...], _State] = {}
        folded: dict[tuple[object, ...], int] = {}
        facts: dict[tuple[object, ...], feasible.Facts] = {}
        for state in ends:
            marks = (state.function, state.landmarks, bool(state.why))
            kept.setdefault(marks, state)
            facts[marks] = facts.get(marks, state.facts) & state.facts  # what all the ways require
            folded[marks] = folded.get(marks, -1) + seen.get(self._key(state), 1)
        return _whole([self._chain(state, facts[marks], folded[marks]) for marks, state in kept.items()])

    def _key(self, state: _State) -> tuple[object, ...]:
        if state.why:
            return state.function, state.landmarks, state.why
        return state.function, state.landmarks, state.facts, tuple(state.bindings.items()), state.filesystems

    def _start(self, entry: int) -> _State:
        name = self.model.functions[entry].name
        marks = (name,) if name in self.landmarks else ()
        return _State(entry, None, None, 0, marks, feasible.NO_FACTS, {}, frozenset(), "")

    def _next(self, state: _State) -> Iterator[_State]:
        if state.depth and state.function in self.walls:
            return
        left = self.limits.edges - state.depth - 1
        for edge in feasible.calls_of(self.model, state.function):
            if self.distance.get(edge.callee, left + 1) > left or not follows(edge, self.operations):
                continue
            if (edge.operation, edge.caller) in self.skips:
                continue
            if self._crosses(state, edge):
                self.crossings += 1
            elif edge.callee in self.targets or not self._on_chain(state, edge.callee):
                yield self._follow(state, edge)

    def _crosses(self, state: _State, edge: Edge) -> bool:
        """Whether the call would lead into another filesystem; a wrapper's own call is an infeasible chain instead."""
        if edge.kind != "operation" or self._hands_over(state, edge):
            return False
        candidates = self._filesystems_of(edge)
        if candidates and state.filesystems:
            return candidates.isdisjoint(state.filesystems)
        return any(before.operation == edge.operation for before in _operation_edges(state))

    def _hands_over(self, state: _State, edge: Edge) -> bool:
        """Whether an implementer of the operation calls it itself."""
        return any(
            before.operation == edge.operation and before.callee == edge.caller for before in _operation_edges(state)
        )

    def _on_chain(self, state: _State, index: int) -> bool:
        at: _State | None = state
        while at is not None:
            if at.function == index:
                return True
            at = at.parent
        return False

    def _follow(self, state: _State, edge: Edge) -> _State:
        facts, why = state.facts, state.why
        if not why:
            known = self.frames.at_call(edge, facts, state.bindings)
            facts, why = (known, "") if known is not None else (facts, self._contradiction(state, edge))
        filesystems = state.filesystems
        if edge.kind == "operation":
            filesystems = self._narrowed(state, edge)
            if not why and self._hands_over(state, edge):
                wrapper = self.model.functions[edge.caller].name
                why = f"{wrapper} hands {_arrow(edge.operation)} over to another file"
            facts, why = (facts, why) if why else self._assumed(edge, facts)
        callee = self.model.functions[edge.callee]
        bindings = {} if why else self.frames.bound(edge, state.bindings)
        return _State(
            edge.callee,
            state,
            edge,
            state.depth + 1,
            state.landmarks + self._marks(edge, callee),
            facts,
            bindings,
            filesystems,
            why,
        )

    def _marks(self, edge: Edge, callee: Function) -> tuple[str, ...]:
        if edge.kind == "operation":
            return (f"{edge.operation}={edge.callee}",)
        return (callee.name,) if callee.name in self.landmarks else ()

    def _contradiction(self, state: _State, edge: Edge) -> str:
        function = self.model.functions[state.function]
        known = ", ".join(feasible.told(state.facts)) or "the arguments"
        condition = edge.condition or "an early return above"
        return f'{function.file}:{edge.line}: "{condition}" contradicts {known}'

    def _narrowed(self, state: _State, edge: Edge) -> frozenset[str]:
        """The filesystems that the chain can still be of."""
        candidates = self._filesystems_of(edge)
        return candidates & state.filesystems or candidates or state.filesystems

    def _filesystems_of(self, edge: Edge) -> frozenset[str]:
        """Filesystems whose tables name this implementer; empty when a table of generic code does."""
        key = edge.operation, edge.callee
        if key not in self._filesystems:
            struct, _, field = edge.operation.partition(".")
            tables = [entry for entry in self.model.entries(struct, field) if entry.target == edge.callee]
            names = {filesystem_of(entry.file) for entry in tables}
            self._filesystems[key] = frozenset() if "" in names else frozenset(names)
        return self._filesystems[key]

    def _assumed(self, edge: Edge, facts: feasible.Facts) -> tuple[feasible.Facts, str]:
        operation = self.operations[edge.operation]
        for text in operation.assume:
            known = feasible.assume(feasible.parse(text), facts, self.frames.constants)
            if known is None:
                return facts, f"{_arrow(edge.operation)} is called with {text} only"
            facts = known
        return facts, ""

    def _chain(self, state: _State, facts: feasible.Facts, folded: int) -> Chain:
        states: list[_State] = []
        at: _State | None = state
        while at is not None:
            states.append(at)
            at = at.parent
        states.reverse()
        return Chain(
            path=self.path.name,
            steps=tuple(self._step(item) for item in states),
            edges=tuple(item.edge for item in states if item.edge is not None),
            filesystems=tuple(sorted(state.filesystems)),
            facts=feasible.told(facts),
            known=facts,
            infeasible=state.why,
            folded=folded,
        )

    def _step(self, state: _State) -> Step:
        function = self.model.functions[state.function]
        stage = self.path.stage_of(function.name)
        edge = state.edge
        return Step(
            function=function.index,
            name=function.name,
            file=function.file,
            first=function.first,
            edge=edge.kind if edge else None,
            line=edge.line if edge else 0,
            operation=edge.operation if edge else "",
            condition=edge.condition if edge else "",
            arguments=edge.arguments if edge else (),
            stage=stage.name if stage else "",
        )


def _whole(found: list[Chain]) -> list[Chain]:
    """Without chains that are the end of another one, from an entry that another entry reaches."""
    tails: dict[int, set[tuple[tuple[int, int], ...]]] = {}
    for chain in found:
        ways = _ways(chain)
        for at in range(1, len(ways)):
            tails.setdefault(ways[at][0], set()).add(ways[at + 1 :])
    return [chain for chain in found if _ways(chain)[1:] not in tails.get(chain.steps[0].function, ())]


def _ways(chain: Chain) -> tuple[tuple[int, int], ...]:
    return tuple((step.function, step.line) for step in chain.steps)


def _operation_edges(state: _State) -> Iterator[Edge]:
    at: _State | None = state
    while at is not None:
        if at.edge is not None and at.edge.kind == "operation":
            yield at.edge
        at = at.parent


def _arrow(operation: str) -> str:
    return "->" + operation.rpartition(".")[2]
