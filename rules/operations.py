"""Who implements an operation, through which shared helper, and what it tests on the way.

A helper is found by computation: a function in a .c file of no filesystem that takes over an argument of the operation
(by the parameter's name, `vmf`, where the model has it), that implementers of at least two filesystems reach through
code of theirs that works for such operations only, and two thirds of whose callers are such code:
`iomap_page_mkwrite` is one, `unlock_page` is not. A helper called under the
condition of an earlier one is its second half and not listed. An implementer without a helper is "own".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rules import feasible
from rules.chains import follows
from rules.filesystem_names import filesystem_of
from rules.model import Edge, Function, OpEntry, Site, Value

if TYPE_CHECKING:
    from rules.graph import Model

OWN_DEPTH = 3  # calls inside a filesystem's own code from the implementer to the helper
USE_DEPTH = 2  # calls below the implementer and below the helper whose sites are told
# Predicates that keep their value inside one call of an operation.
_CONSTANTS = ("IS_DAX", "vma_is_dax", "dax_mapping")


class Helper(Value, frozen=True, kw_only=True):
    """Shared code that an implementer hands the work to."""

    function: int
    name: str
    file: str
    first: int
    call_file: str
    call_line: int  # 0 when the table names the helper itself
    condition: str = ""
    via: tuple[str, ...] = ()  # own functions between the implementer and the call


class Use(Value, frozen=True, kw_only=True):
    """A state site that the implementer passes, in its own code or in the helper's."""

    site: Site
    file: str
    name: str
    depth: int  # calls below the implementer, or below the helper
    helper: bool


class Implementer(Value, frozen=True, kw_only=True):
    """One function that implements the operation for one filesystem."""

    filesystem: str  # "" for a table of generic code
    name: str
    function: Function | None  # None when the model does not have it
    entries: tuple[OpEntry, ...]
    helpers: tuple[Helper, ...]
    delegates: bool  # calls the same operation of another file
    uses: tuple[Use, ...]

    @property
    def helper(self) -> str:
        """What to print: helper names, "own", or that it hands over."""
        if self.function is None:
            return "not in the model"
        told = ", ".join(dict.fromkeys(helper.name for helper in self.helpers))
        return told or ("own, hands over to another file" if self.delegates else "own")

    def sites(self, subject: str, ops: Sequence[str]) -> tuple[Use, ...]:
        return tuple(use for use in self.uses if use.site.subject == subject and use.site.op in ops)


class _Reached(NamedTuple):
    function: int
    depth: int
    facts: feasible.Facts
    bindings: feasible.Bindings
    via: tuple[int, ...]


class _Call(NamedTuple):
    """A call out of a filesystem's own code."""

    edge: Edge
    via: tuple[int, ...]


def implementers(model: Model, struct: str, field: str) -> tuple[Implementer, ...]:
    """Every implementer of `struct.field`, by filesystem; empty when no table of the model has the field."""
    groups: dict[tuple[str, str, int], list[OpEntry]] = {}
    for entry in model.entries(struct, field):
        groups.setdefault((filesystem_of(entry.file), entry.function, entry.target), []).append(entry)
    reading = _Reading(model, f"{struct}.{field}")
    own = {key: reading.own_code(key[2]) if key[2] >= 0 else () for key in groups}
    shared = _shared(model, struct, own)
    return tuple(
        reading.implementer(key, tuple(groups[key]), own[key], shared) for key in sorted(groups, key=_by_filesystem)
    )


def _by_filesystem(key: tuple[str, str, int]) -> tuple[str, str, int]:
    return key[0] or "~", key[1], key[2]  # generic code last


def _shared(model: Model, struct: str, own: dict[tuple[str, str, int], tuple[_Reached, ...]]) -> frozenset[int]:
    """Functions outside filesystems that mostly serve implementers of this operation, of two filesystems or more."""
    rows = [(key[0], reached) for key, functions in own.items() if key[0] for reached in functions]
    used = {
        reached.function: {
            edge.callee for edge in feasible.calls_of(model, reached.function) if edge.kind != "operation"
        }
        for _, reached in rows
    }
    direct = {key[2] for key in own if key[2] >= 0}
    likely = _used_by_two(used, rows) | direct
    likely = {index for index in likely if _is_shared(model.file_of(index))}
    callers = model.direct_callers(likely | {reached.function for _, reached in rows if reached.depth})
    code = _dedicated(model, struct, rows, callers)
    users: dict[int, set[str]] = {}
    for function, filesystem in code.items():
        for index in used[function] & likely:
            users.setdefault(index, set()).add(filesystem)
    return frozenset(
        index
        for index, names in users.items()
        if (len(names) > 1 or index in direct) and _serves(model, struct, callers[index], code)
    ) | frozenset(index for index in direct if not filesystem_of(model.file_of(index)))


def _used_by_two(used: Mapping[int, Iterable[int]], rows: Iterable[tuple[str, _Reached]]) -> set[int]:
    """What functions of two filesystems call."""
    first: dict[int, str] = {}
    return {
        index
        for filesystem, reached in rows
        for index in used[reached.function]
        if first.setdefault(index, filesystem) != filesystem
    }


def _dedicated(
    model: Model, struct: str, rows: Iterable[tuple[str, _Reached]], callers: Mapping[int, Collection[int]]
) -> dict[int, str]:
    """Filesystem code that works for operations of this struct only, by function."""
    code: dict[int, str] = {}
    for filesystem, reached in rows:
        if not reached.depth or all(at in code or _implements(model, at, struct) for at in callers[reached.function]):
            code[reached.function] = filesystem
    return code


def _is_shared(file: str) -> bool:
    return file.endswith(".c") and not filesystem_of(file)


def _implements(model: Model, index: int, struct: str) -> bool:
    return any(entry.struct == struct for entry in model.entries_of(index))


def _serves(model: Model, struct: str, callers: Collection[int], code: Collection[int]) -> bool:
    serving = sum(caller in code or _implements(model, caller, struct) for caller in callers)
    return 3 * serving >= 2 * len(callers)


class _Reading:
    def __init__(self, model: Model, operation: str) -> None:
        self.model = model
        self.operation = operation
        self.frames = feasible.Frames(model, _CONSTANTS)

    def own_code(self, index: int, most: int = OWN_DEPTH) -> tuple[_Reached, ...]:
        """The implementer and what it calls in its own filesystem, nearest first."""
        filesystem = filesystem_of(self.model.file_of(index))
        reached = [_Reached(index, 0, feasible.NO_FACTS, {}, ())]
        seen = {index}
        for at in reached:
            if at.depth == most:
                continue
            for edge in self._edges(at) if filesystem else ():
                if edge.callee in seen or filesystem_of(self.model.file_of(edge.callee)) != filesystem:
                    continue
                facts = self.frames.at_call(edge, at.facts, at.bindings)
                if facts is not None:
                    seen.add(edge.callee)
                    bindings = self.frames.bound(edge, at.bindings)
                    reached.append(_Reached(edge.callee, at.depth + 1, facts, bindings, (*at.via, edge.callee)))
        return tuple(reached)

    def _edges(self, at: _Reached) -> Iterator[Edge]:
        """The calls that do not go through an operation, feasible or not: most are of no interest anyway."""
        return (edge for edge in feasible.calls_of(self.model, at.function) if edge.kind != "operation")

    def implementer(
        self,
        key: tuple[str, str, int],
        entries: tuple[OpEntry, ...],
        own: tuple[_Reached, ...],
        shared: frozenset[int],
    ) -> Implementer:
        filesystem, name, index = key
        helpers = self._helpers(index, own, shared) if own else ()
        return Implementer(
            filesystem=filesystem,
            name=name,
            function=self.model.functions[index] if index >= 0 else None,
            entries=entries,
            helpers=helpers,
            delegates=self._delegates(own),
            uses=tuple(self._uses(own, helpers)),
        )

    def _delegates(self, own: tuple[_Reached, ...]) -> bool:
        return any(
            edge.kind == "operation" and edge.operation == self.operation
            for reached in own
            for edge in feasible.calls_of(self.model, reached.function)
        )

    def _helpers(self, index: int, own: tuple[_Reached, ...], shared: frozenset[int]) -> tuple[Helper, ...]:
        root = self.model.functions[index]
        if index in shared:
            return (self._helper(root, None, ()),)
        wanted = set(root.parameters)
        calls = [
            _Call(edge, at.via)
            for at in own
            for edge in self._edges(at)
            if edge.callee in shared
            and self._takes(wanted, edge.callee)
            and self.frames.at_call(edge, at.facts, at.bindings) is not None
        ]
        firsts = [call for call in calls if not any(_continues(call.edge, other.edge) for other in calls)]
        found = {call.edge.callee: call for call in reversed(firsts)}
        return tuple(
            self._helper(self.model.functions[callee], call.edge, call.via)
            for callee, call in sorted(found.items(), key=lambda item: (len(item[1].via), item[1].edge.line))
        )

    def _takes(self, wanted: set[str], callee: int) -> bool:
        """Whether the callee takes over an argument; true when the model does not have its parameters."""
        parameters = self.model.functions[callee].parameters
        return not parameters or not wanted or not wanted.isdisjoint(parameters)

    def _helper(self, function: Function, edge: Edge | None, via: tuple[int, ...]) -> Helper:
        caller = self.model.functions[edge.caller] if edge else None
        return Helper(
            function=function.index,
            name=function.name,
            file=function.file,
            first=function.first,
            call_file=caller.file if caller else "",
            call_line=edge.line if edge else 0,
            condition=edge.condition if edge else "",
            via=tuple(self.model.functions[step].name for step in via),
        )

    def _uses(self, own: tuple[_Reached, ...], helpers: tuple[Helper, ...]) -> Iterator[Use]:
        seen: set[int] = set()
        for at in own:
            if at.depth <= USE_DEPTH and at.function not in seen:
                seen.add(at.function)
                yield from self._sites(at, helper=False)
        for helper in helpers:
            for at in self._below(helper.function):
                if at.function not in seen:
                    seen.add(at.function)
                    yield from self._sites(at, helper=True)

    def _sites(self, at: _Reached, *, helper: bool) -> Iterator[Use]:
        function = self.model.functions[at.function]
        for site in self.model.sites(at.function):
            if self.frames.under(site.condition, at.facts, at.bindings) is not None:
                yield Use(site=site, file=function.file, name=function.name, depth=at.depth, helper=helper)

    def _below(self, index: int) -> Iterator[_Reached]:
        """A helper and what it calls outside filesystems, in its own directory or as a callback."""
        directory = self.model.functions[index].file.rpartition("/")[0]
        reached = [_Reached(index, 0, feasible.NO_FACTS, {}, ())]
        seen = {index}
        for at in reached:
            yield at
            for edge in self._edges(at) if at.depth < USE_DEPTH else ():
                near = self.model.file_of(edge.callee).rpartition("/")[0] == directory
                if not near or edge.callee in seen or not follows(edge, ()):
                    continue
                facts = self.frames.at_call(edge, at.facts, at.bindings)
                if facts is not None:
                    seen.add(edge.callee)
                    reached.append(_Reached(edge.callee, at.depth + 1, facts, self.frames.bound(edge, at.bindings), ()))


def _continues(edge: Edge, other: Edge) -> bool:
    """Whether this call is the second half of another one of the same frame."""
    return (
        edge.caller == other.caller
        and edge.callee != other.callee
        and other.line < edge.line
        and (not other.condition or edge.condition.startswith(other.condition))
        and (not other.until or other.until >= edge.line)
    )
