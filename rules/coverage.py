"""Why here: the layers above a changed function, and what the same change would cover at each of them.

For a changed check, error return or state change: every layer that the feasible chains pass, from the entry down; for
each layer which implementers and filesystems lie below it, which locks the model sees held there, and which checks of
the same state exist already; then where that state is made. One paragraph is put together from the table and holds
nothing else. Off every path there is no placement: an answer would be invented.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from rules import chains, concepts, evidence, filesystems, guards, locks_held, pathfiles, users, wording
from rules.chains import Chain, Chains
from rules.change import Change
from rules.evidence import PRODUCED_BY, Cell, Spot
from rules.feasible import Frames
from rules.filesystem_names import filesystem_of
from rules.guards import Guard
from rules.met import Met, walk
from rules.model import Function, Site, Value
from rules.pathfiles import PathFile
from rules.reach import LATER, reaches
from rules.telling import telling
from rules.ways import feasible, operation_of, ways_to

if TYPE_CHECKING:
    from rules.graph import Model

_PLACEMENTS_CAP = 3
_LAYERS_CAP = 14
_NAMED = 6  # functions of one layer
_WALKED = 8  # chains whose frames are read for checks and locks
_LIMITS = chains.Limits(states=6000, chains=120)
_ALL_WAYS = chains.Limits(states=12_000, chains=200, unfolded=True)
_VMA = "vm_operations_struct"
_FIRST = "fault"


class Layer(Value, frozen=True, kw_only=True):
    """One row: the same change made in `functions` instead."""

    role: str  # "entry", "dispatch", "operation call", "operation", "filesystem", "helper", "changed"
    functions: tuple[str, ...]  # the first few
    spots: tuple[Spot, ...]  # their definitions
    covers: Cell
    holds: Cell
    checks: Cell
    filesystems: tuple[str, ...]
    changed: bool = False
    more: int = 0  # functions that are not named
    missed: tuple[str, ...] = ()  # dispatch functions of ways that do not pass this layer
    tested: bool = False  # a test that still holds when the layer is left
    stale: tuple[str, ...] = ()  # tests whose lock is dropped again, in words
    operation: str = ""  # that these functions implement on the chains, "" for none

    @property
    def label(self) -> str:
        more = f" and {self.more} more" if self.more else ""
        return f"{self.role}: {', '.join(self.functions)}{more}"


class Placement(Value, frozen=True, kw_only=True):
    function: str
    file: str
    condition: str  # the state that the patch guards against or changes: "uptodate"; else the condition as written
    path: str
    operation: str  # the one nearest above the function, "" for none
    layers: tuple[Layer, ...]
    produced: tuple[Cell, ...]
    ways: tuple[tuple[str, ...], ...]  # dispatch functions of each chain
    below: tuple[str, ...]  # functions from the last operation's implementer down, by the shortest chain
    paragraph: str
    guard: Guard | None = None
    private: bool = False  # the condition calls a function of one filesystem
    later: bool = False  # every chain comes by a completion or a work item: no layer above waits for the function


def placements(change: Change, model: Model, told: tuple[Guard, ...] | None = None) -> tuple[Placement, ...]:
    """A placement for each changed function on a path, the main one first; at most three.

    `told` are the change's guards, when the caller has them.
    """
    if told is None:
        told = guards.guards(guards.effects(change))
    found: list[Placement] = []
    for function, guard in _subjects(change, model, told):
        placement = place(model, function, guard)
        if placement is not None:
            found.append(placement)
        if len(found) == _PLACEMENTS_CAP:
            break
    return tuple(found)


def _subjects(change: Change, model: Model, told: tuple[Guard, ...]) -> Iterator[tuple[Function, Guard | None]]:
    main = filesystems.subject(change, model, told)
    if main is None:
        return
    if main[1] is not None or main[0].name in _touched(change):
        yield main
    seen = {main[0].index}
    for function, guard in filesystems.unguarded(change, model, told):
        # What the patch does to the other functions is told where it is a check, an error or a state.
        if guard is not None and function.index not in seen:
            seen.add(function.index)
            yield function, guard


def _touched(change: Change) -> set[str]:
    """Functions with a changed line that does something: not those where only a comment or a name changes."""
    views = (items for hunk in guards.hunks(change) for items in (guards.old_items(hunk), guards.new_items(hunk)))
    return {item.function for items in views for item in items if item.sign != " "}


def place(model: Model, function: Function, guard: Guard | None) -> Placement | None:
    """The placement of one function; None when no path leads to it."""
    # A way that hands down another table must not stand for one that hands down the function's own.
    limits = _ALL_WAYS if any(entry.struct != _VMA for entry in model.entries_of(function.index)) else _LIMITS
    operation, ways = operation_of(model, function)
    few = ((path, chains.find(model, path, (function.index,), limits=chains.FEW)) for path in pathfiles.load_all())
    found = [(path, on) for path, on in few if on.chains]
    passing = [pair for pair in found if not ways or _passes(pair[1], operation)] or found
    # The fault path first; of the others the one that most implementers take: a buffered write is no direct one.
    ranked = sorted(passing, key=lambda pair: (pair[0].name != _FIRST, -_taken_by(pair[1], operation)))
    for path, _ in ranked:
        wide = _found(model, path, function, limits)
        if wide.chains:
            return _Table(model, path, wide, function, guard).placement()
    return None


def _taken_by(found: Chains, operation: str) -> int:
    """How many implementers of an operation the chains pass."""
    return len({edge.callee for chain in found.chains for edge in chain.edges if edge.operation == operation})


def _found(model: Model, path: PathFile, function: Function, limits: chains.Limits) -> Chains:
    """The chains within these limits; by the search that told where the function stands when that was not cut."""
    if not limits.unfolded:
        found = chains.find(model, path, (function.index,), limits=chains.FEW)
        if not found.cut:
            return found
    return chains.find(model, path, (function.index,), limits=limits)


def _runs_later(chain: Chain) -> bool:
    """Below its last operation the chain comes by a completion or a work item."""
    last = max((number for number, edge in enumerate(chain.edges) if _is_op(edge)), default=-1)
    return any(edge.kind in LATER for edge in chain.edges[last + 1 :])


def _passes(found: Chains, operation: str) -> bool:
    return any(step.operation == operation for chain in found.chains for step in chain.steps)


class _Table:
    """The chains of one function as layers."""

    def __init__(self, model: Model, path: PathFile, found: Chains, function: Function, guard: Guard | None) -> None:
        self.model = model
        self.path = path
        self.chains = telling(model, path, found.chains, function)
        self.function = function
        self.guard = guard
        self.state = guard.subject if guard else ""
        self.called = _called(guard)
        self.frames = Frames(model, path.constants)
        before = walk(model, path).before
        self.met: dict[int, tuple[Met, ...]] = {n: before(chain) for n, chain in enumerate(self.chains[:_WALKED])}
        edges = [edge for chain in self.chains for edge in chain.edges if _is_op(edge)]
        self.implementing = {edge.callee: edge.operation for edge in edges}
        self.feasible = frozenset(edge.operation for chain in found.chains for edge in chain.edges if _is_op(edge))
        # Of every chain that was found: the table is made of few, but a layer covers all.
        self.reaching: dict[str, dict[int, None]] = {}
        for chain in found.chains:
            if last := next((edge for edge in reversed(chain.edges) if _is_op(edge)), None):
                self.reaching.setdefault(last.operation, {}).setdefault(last.callee)

    def placement(self) -> Placement:
        placement = Placement(
            function=self.function.name,
            file=self.function.file,
            condition=self.state or (self.guard.condition if self.guard else ""),
            path=self.path.name,
            operation=self._operation(),
            layers=tuple(self._layers()),
            produced=tuple(self._produced()),
            ways=tuple(dict.fromkeys(map(_dispatched, self.chains))),
            below=min((_below_operation(chain) for chain in self.chains), key=len),
            paragraph="",
            guard=self.guard,
            private=users.is_private(self.model, self.called),
            later=all(map(_runs_later, self.chains)),
        )
        return msgspec.structs.replace(placement, paragraph=wording.paragraph(placement, self.path.title))

    def _operation(self) -> str:
        edges = [edge for edge in self.chains[0].edges if _is_op(edge)]
        return edges[-1].operation if edges else operation_of(self.model, self.function)[0]

    # Which functions are layers, in order

    def _layers(self) -> Iterator[Layer]:
        roles = self._roles()
        order = sorted(roles, key=lambda index: (-self._height(index), index))
        done: set[int] = set()
        shown = 0
        for index in order:
            if index in done or (shown >= _LAYERS_CAP and roles[index] != "changed"):
                continue
            shown += 1
            peers = [other for other in order if self._peers(index, other, roles)] or [index]
            done.update(peers)
            yield self._layer(roles[index], peers)

    def _peers(self, index: int, other: int, roles: dict[int, str]) -> bool:
        """Implementers of one operation make one layer."""
        if roles[other] != "operation" or roles[index] != "operation":
            return other == index
        return self.implementing.get(other) == self.implementing.get(index)

    def _height(self, index: int) -> int:
        """The longest way down to the changed function."""
        return max(
            len(chain.steps) - at
            for chain in self.chains
            for at, step in enumerate(chain.steps)
            if step.function == index
        )

    def _roles(self) -> dict[int, str]:
        roles: dict[int, str] = {self.function.index: "changed"}
        for chain in self.chains:
            below_operation = False
            for at, step in enumerate(chain.steps):
                role = "" if step.function == self.function.index else self._role(chain, at, below_operation)
                if role:
                    roles.setdefault(step.function, role)
                below_operation = below_operation or step.edge == "operation"
        return roles

    def _role(self, chain: Chain, at: int, below_operation: bool) -> str:
        step = chain.steps[at]
        if step.edge is None:
            return "entry"
        if step.edge == "operation":
            return "operation"
        if at + 1 < len(chain.steps) and chain.steps[at + 1].edge == "operation":
            return "operation call"
        home, before = evidence.home_of(step.file), evidence.home_of(chain.steps[at - 1].file)
        if below_operation and home != before:
            return "helper" if not filesystem_of(step.file) else "filesystem"
        if step.name in self.path.landmarks:
            return "dispatch"
        return ("helper" if below_operation else "dispatch") if self._own_sites(step.function) else ""

    # One layer

    def _layer(self, role: str, indexes: list[int]) -> Layer:
        if role == "operation":
            indexes = list(dict.fromkeys((*indexes, *self.reaching.get(self.implementing[indexes[0]], ()))))
        functions = [self.model.functions[index] for index in indexes]
        index = indexes[0]
        names, covers = self._covers(role, indexes)
        checks, tested, stale = self._checks(index, indexes)
        return Layer(
            role=role,
            functions=tuple(function.name for function in functions[:_NAMED]),
            spots=tuple(evidence.definition(function) for function in functions[:_NAMED]),
            more=max(len(functions) - _NAMED, 0),
            covers=covers,
            holds=self._holds(indexes),
            checks=checks,
            filesystems=names,
            changed=index == self.function.index,
            missed=self._missed(index) if role in ("dispatch", "operation call") else (),
            tested=tested,
            stale=stale,
            operation=self.implementing.get(index, ""),
        )

    def _covers(self, role: str, indexes: list[int]) -> tuple[tuple[str, ...], Cell]:
        if role == "operation":
            return self._covers_implementers(indexes)
        below = self._operation_below(indexes[0]) if role in ("entry", "dispatch", "operation call", "changed") else ""
        if below:
            return self._covers_operation(below, indexes[0])
        ways = [
            way
            for way in ways_to(self.model, indexes[0])
            if way.operation in self.feasible and feasible(self.model, way, self.frames)
        ]
        by_operation: dict[str, set[int]] = {}
        for way in ways:
            by_operation.setdefault(way.operation, set()).add(way.steps[0])
        main = self._operation()  # told first
        found_by = sorted(by_operation.items(), key=lambda pair: pair[0] != main)
        homes = {operation: _homes(self.model, found, operation) for operation, found in found_by}
        names = tuple(sorted({name for found in homes.values() for name in found}))
        parts = [f"->{operation.rpartition('.')[2]} of {evidence.names(found)}" for operation, found in homes.items()]
        spots = tuple(evidence.definition(self.model.functions[way.steps[0]]) for way in ways[:6])
        return names, Cell(text="; ".join(parts) or "no implementer comes through it", spots=spots)

    def _covers_implementers(self, indexes: list[int]) -> tuple[tuple[str, ...], Cell]:
        operation = self.implementing[indexes[0]]
        names = _homes(self.model, indexes, operation)
        total = len(_implementers(self.model, operation))
        field = operation.rpartition(".")[2]
        text = f"{len(indexes)} of {total} implementers of ->{field}: {evidence.names(names)}"
        return names, Cell(text=text, spots=tuple(evidence.definition(self.model.functions[at]) for at in indexes[:6]))

    def _operation_below(self, index: int) -> str:
        """The first operation that the chains call after this function; for dispatch code, the one that it calls."""
        for chain in self.chains:
            at = next((n for n, step in enumerate(chain.steps) if step.function == index), len(chain.steps))
            following = next((step.operation for step in chain.steps[at + 1 :] if step.edge == "operation"), "")
            if following:
                return following
        if any(step.edge == "operation" for chain in self.chains for step in chain.steps):
            return ""
        return operation_of(self.model, self.function)[0]

    def _covers_operation(self, operation: str, index: int) -> tuple[tuple[str, ...], Cell]:
        targets = _implementers(self.model, operation)
        names = _homes(self.model, targets, operation)
        field = operation.rpartition(".")[2]
        text = f"all {len(targets)} implementers of ->{field}: {evidence.names(names, 30)}"
        missed = self._missed(index)
        if missed:
            text += f"; not the way by {' or '.join(f'{name}()' for name in missed)}"
        calls = [
            Spot(
                file=self.model.functions[edge.caller].file,
                line=edge.line,
                function=self.model.functions[edge.caller].name,
            )
            for chain in self.chains
            for edge in chain.edges
            if edge.operation == operation and _is_op(edge)
        ]
        return names, Cell(text=text, spots=tuple(dict.fromkeys(calls))[:3])

    def _missed(self, index: int) -> tuple[str, ...]:
        """Dispatch functions of the chains that do not pass this one."""
        through = [chain for chain in self.chains if _at(chain, index) is not None]
        passed = {step.name for chain in through for step in chain.steps}
        others = [chain for chain in self.chains if _at(chain, index) is None]
        names = [
            next((step.name for step in chain.steps if step.stage == "dispatch" and step.name not in passed), "")
            for chain in others
        ]
        return tuple(dict.fromkeys(name for name in names if name))[:4]

    def _holds(self, indexes: list[int]) -> Cell:
        """Locks held where these functions go on to the next step; what the model does not see is said."""
        held: dict[str, list[Met]] = {}
        through = 0
        sleeps: list[Met] = []
        for number, met in self.met.items():
            at = next((at for index in indexes if (at := _at(self.chains[number], index)) is not None), None)
            if at is None:
                continue
            through += 1
            since = locks_held.context(self.chains[number], at, self.path)
            mine = [item for item in met if locks_held.is_held(item, met, at, since)]
            for subject, item in {item.site.subject: item for item in mine}.items():
                held.setdefault(subject, []).append(item)
            sleeps += [item for item in met if item.frame >= at and item.certain and locks_held.may_sleep(item)]
        # What is held for certain is told before what perhaps is: "perhaps a and b" would be said of both.
        groups = sorted(held.values(), key=lambda items: (not all(one.certain for one in items), len(items) < through))
        told = locks_held.told(groups, through)
        text = told or "no page lock, invalidate lock or freeze protection seen"
        if indexes[0] == self.function.index:
            entry = "on entry " + (told or "none of these locks seen")
            text = "; ".join(filter(None, (self._taken_here(), entry)))
        text += locks_held.sleep_words(sleeps)
        spots = [
            Spot(file=item.file, line=item.site.line, function=item.name) for items in held.values() for item in items
        ]
        return Cell(text=text, spots=tuple(dict.fromkeys(spots))[:4])

    def _taken_here(self) -> str:
        """What the changed function takes itself; whether before or after the change its lines must tell."""
        taken: dict[str, Site] = {}
        for site in self.model.sites(self.function.index):
            if site.op in ("lock", "start") and site.subject in locks_held.LOCKS:
                taken.setdefault(site.subject, site)
        if not taken:
            return ""
        locks = " and ".join(locks_held.LOCKS[subject] for subject in taken)
        return f"takes {locks} itself (line {', '.join(str(one.line) for one in taken.values())})"

    # Checks

    def _own_sites(self, index: int) -> tuple[Site, ...]:
        return tuple(
            site
            for site in self.model.sites(index)
            if self.state and site.subject == self.state and site.op in ("test", "assert", "check")
        )

    def _checks(self, index: int, peers: list[int]) -> tuple[Cell, bool, tuple[str, ...]]:
        if not self.state:
            return self._calls_of_condition(peers)
        own = [site for peer in peers for site in self._own_sites(peer)]
        late = {site for site in own if index != self.function.index and site.line > self._goes_on(site.function)}
        own.sort(key=lambda site: site in late)
        parts = [self._own_words(site, late=site in late) for site in own[:3]]
        earlier = self._earlier(index)
        parts += [_void_words(item) if item.stale else _earlier_words(item) for item in earlier[:2]]
        spots = [evidence.spot_of(self.model, site) for site in own[:3]]
        spots += [_met_spot(item) for item in earlier[:2]]
        stale = tuple(_earlier_words(item) for item in earlier if item.stale)
        sure = any(not item.stale and item.certain for item in earlier)
        tested = sure or any(filesystems.acts(site) for site in own if site not in late)
        text = "; ".join(parts) or f"none of {self.state} in its body, nor in what it calls before"
        return Cell(text=text, spots=tuple(spots)), tested, stale

    def _goes_on(self, index: int) -> int:
        """The last line on which a function calls the next step of a chain."""
        edges = (edge for chain in self.chains for edge in chain.edges if edge.caller == index)
        return max((edge.line for edge in edges), default=0)

    def _own_words(self, site: Site, *, late: bool) -> str:
        called = "" if "->" in site.spelling else "()"
        after = ", after it went on" if late else ""
        return f"{_verb(site)} {site.spelling}{called} ({evidence.spot_of(self.model, site)}{after})"

    def _earlier(self, index: int) -> list[Met]:
        """Tests met in calls that this function makes before it goes on; its own sites are told apart from these."""
        found: dict[tuple[str, int], Met] = {}
        for number, met in self.met.items():
            at = _at(self.chains[number], index)
            for item in met if at is not None else ():
                tests = item.site.subject == self.state and item.site.op in ("test", "check")
                if item.frame == at and tests and item.via:
                    found.setdefault((item.file, item.site.line), item)
        one = {item.name: item for item in sorted(found.values(), key=_telling_test)}
        return sorted(one.values(), key=lambda item: not item.certain)

    def _calls_of_condition(self, peers: list[int]) -> tuple[Cell, bool, tuple[str, ...]]:
        """For a condition that is no recorded state: where the layer calls the same predicate."""
        if not any(self.model.named(name) for name in self.called):
            return Cell(text="not recorded by the model"), False, ()
        spots = [
            _call_spot(self.model, peer, edge.line)
            for peer in peers
            for edge in self.model.callees(peer)
            if self.model.functions[edge.callee].name in self.called
        ]
        name = self.called[0]
        if spots:
            return Cell(text=f"calls {name}()", spots=tuple(spots[:3])), True, ()
        return Cell(text=f"does not call {name}()"), False, ()

    # Where the state is made

    def _produced(self) -> Iterator[Cell]:
        """Where the state is made that a check looks for; for a changed state, who looks at it."""
        if self.guard is not None and self.guard.kind.startswith("state change"):
            yield self._looked_at()
            return
        by_home = self._by_home(evidence.made(self.model, self.state))
        near = {evidence.home_of(step.file) for chain in self.chains for step in chain.steps} - {"mm", "vfs", "arch"}
        ranked = sorted(by_home, key=lambda home: (home not in near, not self._writes(by_home[home]), home))
        for home in ranked:
            yield self._produced_cell(home, by_home[home], home in near)

    def _by_home(self, sites: Iterable[Site]) -> dict[str, list[Site]]:
        found: dict[str, list[Site]] = {}
        for site in sites:
            found.setdefault(evidence.home_of(self.model.functions[site.function].file), []).append(site)
        return found

    def _looked_at(self) -> Cell:
        """Tests of the state: of a filesystem's own pages those of that filesystem and of shared code."""
        own = filesystem_of(self.function.file)
        tests = [
            site
            for site in self.model.sites_of(self.state)
            if site.op in ("test", "check")
            and (not own or filesystem_of(self.model.functions[site.function].file) in ("", own))
        ]
        if not tests:
            where = f"in {own} or in shared code" if own else "anywhere in the model"
            return Cell(text=f"no test of {self.state} is seen {where}")
        homes = self._by_home(tests)
        most = sorted(homes, key=lambda home: (-len(homes[home]), home))
        counted = [f"{home} ({len(homes[home])})" for home in most]
        where = "1 place" if len(tests) == 1 else f"{len(tests)} places"
        text = f"{self.state} is tested in {where}: {evidence.names(counted, 8)}"
        near = sorted(tests, key=lambda site: self.model.functions[site.function].file != self.function.file)
        return Cell(text=text, spots=tuple(evidence.spot_of(self.model, site) for site in near[:3]))

    def _writes(self, sites: list[Site]) -> list[Site]:
        return [site for site in sites if evidence.side_of(self.model.functions[site.function].name) == "write"]

    def _produced_cell(self, home: str, sites: list[Site], near: bool) -> Cell:
        writes = self._writes(sites)
        shown = writes or sites
        side = "when writing fails" if writes else "when reading fails"
        verb = "clears" if PRODUCED_BY[self.state] == "clear" else "sets"
        where = f" ({self._on_path(shown[0])})" if near else ""
        text = f"{home} {verb} {self.state} {side}: {evidence.told(self.model, shown, 3)}{where}"
        return Cell(text=text, spots=tuple(evidence.spot_of(self.model, site) for site in shown[:3]), near=near)

    def _on_path(self, site: Site) -> str:
        """Whether a site lies on the path of the change itself."""
        on = reaches(self.model, self.path, (site.function,))
        entries = chains.entries_of(self.model, self.path)
        return f"{'on' if any(entry in on for entry in entries) else 'not on'} the {self.path.title} path itself"


def _dispatched(chain: Chain) -> tuple[str, ...]:
    """The dispatch functions of a chain, down to the first operation that it calls."""
    names = []
    for step in chain.steps[1:]:
        if step.edge == "operation":
            break
        if step.stage == "dispatch":
            names.append(step.name)
    return tuple(names)


def _below_operation(chain: Chain) -> tuple[str, ...]:
    last = max((at for at, step in enumerate(chain.steps) if step.edge == "operation"), default=0)
    return tuple(step.name for step in chain.steps[last:])


def _is_op(edge: object) -> bool:
    return getattr(edge, "kind", "") == "operation"


def _at(chain: Chain, index: int) -> int | None:
    return next((at for at, step in enumerate(chain.steps) if step.function == index), None)


def _call_spot(model: Model, caller: int, line: int) -> Spot:
    function = model.functions[caller]
    return Spot(file=function.file, line=line, function=function.name)


def _called(guard: Guard | None) -> tuple[str, ...]:
    """Predicates that a condition calls."""
    if guard is None or guard.subject:
        return ()
    return tuple(name for name in guards.calls_in(guard.condition) if not concepts.ASSERTS.fullmatch(name))


def _implementers(model: Model, operation: str) -> list[int]:
    struct, _, field = operation.partition(".")
    return list(dict.fromkeys(entry.target for entry in model.entries(struct, field) if entry.target >= 0))


def _homes(model: Model, indexes: Iterable[int], operation: str) -> tuple[str, ...]:
    """Filesystems of implementers; of one in generic code or a library those that use it."""
    found: set[str] = set()
    for index in indexes:
        own = filesystem_of(model.functions[index].file)
        found.update((own,) if own else (name for name, _ in users.users(model, index, operation)))
    return tuple(sorted(found))


def _met_spot(item: Met) -> Spot:
    return Spot(file=item.file, line=item.site.line, function=item.name)


def _verb(site: Site) -> str:
    if site.op == "assert":
        return "only asserts"
    return "tests" if filesystems.acts(site) else "looks at, and goes on after,"


def _telling_test(item: Met) -> tuple[bool, bool]:
    """Sorts the test that leaves and that is always made last."""
    return item.site.negated and filesystems.acts(item.site), item.certain


def _void_words(item: Met) -> str:
    """For a cell, whose first words must not tell of a test that counts no more."""
    return f"{item.name}() tests it before, which is void again ({item.where}, but {item.why})"


def _earlier_words(item: Met) -> str:
    text = f"{item.name}() tests it before ({item.where})"
    return f"{text}, but {item.why}" if item.stale else text
