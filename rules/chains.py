"""Call chains from the entries of a path to a function.

Backward reachability from the target first, then a search of simple chains from the entries, shortest first. Two
chains are the same when they pass the same landmarks of the path file and the same implementers of its operations; of
those the shortest is kept and the others are counted. A chain is infeasible when

* a condition on the way contradicts what the arguments, early exits and conditions before it say (`rules.feasible`);
* an implementer calls the operation that it implements again: it hands over to another file, whose filesystem the
  source does not tell (kernfs, stacking filesystems);
* what a path file says of an operation contradicts the chain.

An operation of a filesystem other than the one whose table the chain came through is not followed at all, and counted;
nor is, after an implementer that a table of generic code names, one of a filesystem with a table of its own for it.
Where a caller on the chain handed a table down, only that one's functions are followed (`rules.handed`), also in the
context that the chain goes on in: it completes what was submitted with that table.

A chain goes on in another context where a function is set as a completion (`bio->bi_end_io = f`) or a work item is
queued: from the line that sets or queues it. The dispatcher (bio_endio) calls whatever anybody has set, so its call is
followed only when the chain was asked to start there. Chains are bounded in number and in length, the latter anew in
each context; what was cut is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import msgspec

from rules import feasible, handed
from rules.filesystem_names import filesystem_of
from rules.model import Edge, EdgeKind, Value
from rules.pathfiles import Operation, PathFile
from rules.reach import LATER, MAX_CONTEXTS, MAX_EDGES, Homeward, filesystems_of, reaches, skips, walls

if TYPE_CHECKING:
    from rules.graph import Model

MAX_STATES = 20_000  # of one search, about 0.1 s
MAX_CHAINS = 400
_USERS = 200  # functions that are looked at for who uses a table of generic code


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
    table: str = ""  # of an operation edge: the table that was handed down to it
    untold: bool = False  # a table had to be handed down, and the chain does not show which


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
    crossings: int = 0  # calls from which a way leads on through an operation of another filesystem only
    cut: tuple[str, ...] = ()  # what was not followed, and why


class _State(msgspec.Struct, frozen=True):
    function: int
    parent: _State | None
    edge: Edge | None
    depth: int
    landmarks: tuple[str, ...]
    facts: feasible.Facts
    bindings: feasible.Bindings
    filesystems: frozenset[str]  # empty: any
    why: str  # why it is infeasible
    handed: handed.Handed = handed.NOTHING
    context: int = 0  # edges in this context
    contexts: int = 1
    table: str = ""
    untold: bool = False
    missing: frozenset[str] = frozenset()  # operations that the tables of the file do not have
    others: frozenset[str] = frozenset()  # filesystems that it cannot be: they have functions of their own instead


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
    own = entries_of(model, path)
    search = _Search(model, path, frozenset(targets), limits, dispatch=entries != own)
    found = search.run(entries)
    return Chains(
        path=path.name,
        targets=targets,
        entries=entries,
        chains=tuple(chain for chain in found if not chain.infeasible),
        infeasible=tuple(chain for chain in found if chain.infeasible),
        crossings=len(search.crossed),
        cut=tuple(search.cut),
    )


def entries_of(model: Model, path: PathFile) -> tuple[int, ...]:
    """The entries that this kernel has; definitions in headers are stubs of a configuration."""
    return tuple(
        function.index for name in path.entries for function in model.named(name) if not function.file.endswith(".h")
    )


@lru_cache(maxsize=1 << 16)
def links(model: Model, index: int) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    """Callees of a function, each with what must be followed to get there, as in `Model.calling`.

    And with the tables one of which must have been handed down, () where none has to be.
    """
    found: dict[tuple[int, str, tuple[str, ...]], None] = {}
    for callee, kind, operation, through in model.steps(index):
        if kind == "operation":
            found[callee, operation, handed.tables_to(model, callee, operation, through)] = None
        elif kind in LATER:
            found[callee, kind, ()] = None
        elif not feasible.is_given(kind, operation):
            found[callee, "", ()] = None
    return tuple(found)


def gate(edge: Edge) -> str:
    """The operation, "completion" or "work" that an edge takes, "" for a plain call."""
    return edge.operation if edge.kind == "operation" else edge.kind if edge.kind in LATER else ""


def follows(edge: Edge, operations: Iterable[str]) -> bool:
    """Whether code that has these operations takes the edge in the same context."""
    return edge.kind not in LATER and (edge.kind != "operation" or edge.operation in operations)


class _Search:
    def __init__(
        self, model: Model, path: PathFile, targets: frozenset[int], limits: Limits, *, dispatch: bool
    ) -> None:
        """`dispatch`: the dispatcher of completions is asked about, so what it calls is followed."""
        self.model = model
        self.path = path
        self.targets = targets
        self.limits = limits
        self.operations: dict[str, Operation] = {operation.name: operation for operation in path.operations}
        self.followed = frozenset(operation.name for operation in path.operations if dispatch or not operation.later)
        self.frames = feasible.Frames(model, path.constants)
        self.landmarks = {f.index: (name,) for name in path.landmarks for f in model.named(name) if f.name == name}
        self.walls = walls(model, path)
        self.skips = skips(model, path)
        self.homes = {f.index: frozenset((home,)) for name, home in path.homes for f in model.named(name)}
        self.distance = reaches(model, path, targets, limits.edges)
        self.homeward = Homeward(model, path, targets, self.distance, self.followed)
        self.cut: list[str] = []
        self.crossed: set[tuple[int, int, int]] = set()
        self._others: dict[tuple[str, int], frozenset[str]] = {}
        self._steps: dict[int, Step] = {}  # by the identity of a state; all live as long as the chains are made
        self._leading: dict[int, tuple[tuple[Edge, bool], ...]] = {}

    def run(self, entries: Sequence[int]) -> list[Chain]:
        """Nearest first: by the calls that a chain has and must still have, among equals in the order of the source.

        Chains come out as they would from a search by length alone, which looks at much that is still far away.
        """
        starts = [self._start(entry) for entry in entries if entry in self.distance]
        waiting: dict[tuple[int, ...], tuple[_State, tuple[object, ...]]] = {
            (at,): (state, self._key(state)) for at, state in enumerate(starts)
        }
        queue = [(self.distance[state.function], way) for way, (state, _) in waiting.items()]
        heapify(queue)
        seen: dict[tuple[object, ...], int] = {}
        taken: set[tuple[object, ...]] = set()
        ends: list[_State] = []
        states = feasible_ends = 0
        while queue:
            length, way = heappop(queue)
            state, key = waiting.pop(way)
            if state.depth and not self.limits.unfolded:
                if key in taken:
                    continue
                taken.add(key)
            if state.function in self.targets:
                ends.append(state)
                feasible_ends += not state.why
                if feasible_ends >= self.limits.chains:
                    self.cut.append(f"stopped after {self.limits.chains} chains")
                    break
                if state.depth:  # a recursive target is shown once
                    continue
            for at, following in enumerate(self._next(state)):
                states += 1
                key = self._key(following)
                seen[key] = seen.get(key, 0) + 1
                if key not in taken or self.limits.unfolded:
                    waiting[*way, at] = following, key
                    heappush(queue, (following.depth + self.distance[following.function], (*way, at)))
            if states > self.limits.states:
                self.cut.append(f"stopped after {states} steps of the search, chains of more than {length - 1} calls")
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
        bindings = tuple(state.bindings.items())
        told = (state.handed, state.missing, state.others, state.contexts)
        return state.function, state.landmarks, state.facts, bindings, state.filesystems, told

    def _start(self, entry: int) -> _State:
        marks = self.landmarks.get(entry, ())
        return _State(entry, None, None, 0, marks, feasible.NO_FACTS, {}, frozenset(), "")

    def _next(self, state: _State) -> Iterator[_State]:
        if state.depth and state.function in self.walls:
            return
        for edge, later in self._calls(state.function):
            if later and not self._goes_on(state, edge):
                continue
            if self.distance[edge.callee] > self.limits.edges - (0 if later else state.context + 1):
                continue
            filesystems = self._filesystems(state, edge)
            contexts = MAX_CONTEXTS - state.contexts - later
            if not self.homeward.leads(edge.callee, filesystems, contexts) or self._crosses(state, edge):
                self.crossed.add((edge.caller, edge.line, edge.callee))
                continue
            tables = handed.choice(self.model, edge, state.bindings, state.handed)
            if not handed.reaches(self.model, edge, tables):
                continue
            if edge.callee in self.targets or not self._on_chain(state, edge.callee):
                yield self._follow(state, edge, tables, filesystems)

    def _calls(self, index: int) -> tuple[tuple[Edge, bool], ...]:
        """The calls of a function that the path has at all, with whether they go on in another context."""
        if index not in self._leading:
            edges = (edge for edge in feasible.calls_of(self.model, index) if edge.callee in self.distance)
            self._leading[index] = tuple((edge, edge.kind in LATER) for edge in edges if self._takes(edge))
        return self._leading[index]

    def _takes(self, edge: Edge) -> bool:
        if edge.kind in LATER:
            return self.path.later and self._is_own(edge)
        return follows(edge, self.followed) and (edge.operation, edge.caller) not in self.skips

    def _is_own(self, edge: Edge) -> bool:
        """Not the work of another filesystem, which has a struct of the same name for it."""
        homes = {filesystem_of(self.model.file_of(index)) for index in (edge.caller, edge.callee)}
        return len(homes - {""}) < 2

    def _goes_on(self, state: _State, edge: Edge) -> bool:
        """Whether the path follows what runs in another context from here."""
        # Any code can queue any work; a path's own is that of its completions, or what its file names.
        own = edge.kind == "completion" or state.contexts > 1 or "work_struct.func" in self.operations
        return own and state.contexts < MAX_CONTEXTS

    def _crosses(self, state: _State, edge: Edge) -> bool:
        """Whether the call would lead into another filesystem; a wrapper's own call is an infeasible chain instead."""
        if edge.kind != "operation" or self._hands_over(state, edge):
            return False
        candidates = filesystems_of(self.model, edge.operation, edge.callee)
        if candidates and candidates <= state.others:
            return True
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

    def _follow(self, state: _State, edge: Edge, tables: frozenset[str] | None, filesystems: frozenset[str]) -> _State:
        facts, why = state.facts, state.why
        if not why:
            known = self.frames.at_call(edge, facts, state.bindings)
            facts, why = (known, "") if known is not None else (facts, self._contradiction(state, edge))
        others = state.others
        if edge.kind == "operation":
            others |= self._others_of(edge)
            if not why and self._hands_over(state, edge):
                wrapper = self.model.functions[edge.caller].name
                why = f"{wrapper} hands {_arrow(edge.operation)} over to another file"
            facts, why = (facts, why) if why else self._assumed(edge, facts)
            having = "" if why else handed.has_all(self.model, edge, state.missing | handed.left_out(edge.condition))
            if having:
                name = self.model.functions[edge.callee].name
                why = f"it is called where there is no ->{having}, and the tables of {name} have one"
        bindings = {} if why else self.frames.bound(edge, state.bindings)
        later = edge.kind in LATER
        return _State(
            edge.callee,
            state,
            edge,
            state.depth + 1,
            state.landmarks + self._marks(edge),
            facts,
            bindings,
            filesystems,
            why,
            handed.entered(self.model, edge, state.handed, bindings),
            0 if later else state.context + 1,
            state.contexts + later,
            handed.shown(self.model, edge, tables),
            handed.is_open(self.model, edge, tables),
            frozenset() if later else state.missing | handed.left_out(edge.condition),
            others,
        )

    def _marks(self, edge: Edge) -> tuple[str, ...]:
        if edge.kind == "operation" or edge.kind in LATER:
            return (f"{edge.operation}={edge.callee}",)
        return self.landmarks.get(edge.callee, ())

    def _contradiction(self, state: _State, edge: Edge) -> str:
        function = self.model.functions[state.function]
        known = ", ".join(feasible.told(state.facts)) or "the arguments"
        itself = self.frames.under(edge.condition, state.facts, state.bindings) is None
        condition = f'"{edge.condition}"' if itself else "what an early return above leaves"
        return f"{function.file}:{edge.line}: {condition} contradicts {known}"

    def _filesystems(self, state: _State, edge: Edge) -> frozenset[str]:
        """The filesystems that the chain can still be of when it has taken the edge."""
        home = self.homes.get(edge.callee)
        if home is not None or edge.kind != "operation":
            return home or state.filesystems
        candidates = filesystems_of(self.model, edge.operation, edge.callee) - state.others
        return candidates & state.filesystems or candidates or state.filesystems

    def _others_of(self, edge: Edge) -> frozenset[str]:
        """Of an implementer that a table of generic code names: the filesystems that name others in their own tables.

        generic_ro_fops can be used by any filesystem, but xfs, which has a read_iter of its own, does not. What puts
        the generic table into its objects uses both: ext2 has a fault of its own for DAX only.
        """
        key = edge.operation, edge.callee
        if key not in self._others:
            struct, _, field = edge.operation.partition(".")
            entries = [(filesystem_of(entry.file), entry) for entry in self.model.entries(struct, field)]
            here = [(name, entry) for name, entry in entries if entry.target == edge.callee]
            generic = {entry.variable for name, entry in here if not name}
            users = {name for table in generic for name in _users(self.model, struct, table)}
            own = {name for name, _ in here} | users
            self._others[key] = frozenset(name for name, _ in entries) - own if generic else frozenset()
        return self._others[key]

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
            facts=feasible.told(fact for fact in facts if fact[0].split(" ")[0] not in self.path.untold),
            known=facts,
            infeasible=state.why,
            folded=folded,
        )

    def _step(self, state: _State) -> Step:
        """Chains share the states that they begin with."""
        if id(state) not in self._steps:
            self._steps[id(state)] = self._made(state)
        return self._steps[id(state)]

    def _made(self, state: _State) -> Step:
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
            table=state.table,
            untold=state.untold,
        )


@lru_cache(maxsize=512)
def _users(model: Model, struct: str, table: str) -> frozenset[str]:
    """Filesystems that put a table of generic code into their objects, themselves or by calling generic code."""
    installs = model.installs()
    row = [install.function for install in installs if install.variable == table]
    found: set[str] = set()
    for index in row:
        home = filesystem_of(model.functions[index].file)
        found.add(home)
        if home:
            continue
        found.update(filesystem_of(entry.file) for entry in model.entries_of(index))
        for edge in model.callers(index):
            if edge.kind == "operation" or edge.caller in row or len(row) > _USERS:
                continue
            over = (install for install in installs if install.function == edge.caller and install.line > edge.line)
            # `return generic_file_mmap(file, vma);` above a table of its own, not a call that is overridden.
            if edge.until == edge.line or not any(
                handed.struct_of(model, install.variable) == struct for install in over
            ):
                row.append(edge.caller)
    return frozenset(found - {""})


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
