"""What every filesystem has to do with a change: one row per implementer of the operation on the way to it.

Answered: does the change reach this implementer, and through which helper; does its own code look at the same state;
does its I/O error path bring pages into that state; so is it affected, protected, or not concerned. The world is the
model's: functions outside its scope are not seen, and calls through operations are followed only as far as the path
files name them. Pure; the change and the model decide everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from rules import evidence, guards, users
from rules.change import Change
from rules.evidence import PRODUCED_BY, Cell, Spot
from rules.filesystem_names import filesystem_of
from rules.guards import Guard
from rules.model import VERDICTS, FilesystemVerdict, Function, OpEntry, Site, Value
from rules.ways import Way, feasible, operation_of, rank, runs_later, users_of

if TYPE_CHECKING:
    from rules.graph import Model

_DETOUR = 3  # calls by which a way is longer than another that is then told instead
_OWN_DEPTH = 2  # calls into a filesystem's own code that are read for a check
_ROWS_CAP = 120
_OTHERS_CAP = 16  # changed functions besides the main one
# Parts of the names of own code that serves an operation, and of the shared functions that do; the operation's own
# name is always one.
_OWN_STEMS = {
    "page_mkwrite": ("mkwrite", "fault"),
    "pfn_mkwrite": ("mkwrite", "fault"),
    "huge_fault": ("fault",),
    "readpage": ("read",),
    "read_folio": ("read",),
    "readahead": ("read",),
    "writepage": ("write",),
    "writepages": ("write",),
}
_SHARED_STEMS = {
    "page_mkwrite": ("page_mkwrite", "dax_iomap_fault"),
    "pfn_mkwrite": ("dax_iomap_fault", "page_mkwrite"),
    "huge_fault": ("dax_iomap_fault",),
    "fault": ("filemap_fault", "dax_iomap_fault"),
    "readpage": ("readpage", "read_full_page", "read_folio"),
    "read_folio": ("read_folio", "read_full_folio", "readpage"),
    "readahead": ("readahead", "readpages"),
    "writepage": ("writepage", "write_full_page", "write_full_folio"),
    "writepages": ("writepages", "write_cache_pages", "write_full"),
}
# Shared functions that serve many things besides.
_NO_HELPER = re.compile(r"_return$|_check_truncate$|_error$|^sb_|^redirty_|^folio_|^set_page|^trace_")


class Row(Value, frozen=True, kw_only=True):
    """One implementer of an operation. `helper` is the shared function that it goes through, "" for none."""

    filesystem: str
    implementer: str
    spot: Spot
    operation: str  # "vm_operations_struct.page_mkwrite", "" for a user of the changed helper on another path
    helper: str
    reached: bool
    own_check: Cell
    produces: Cell
    verdict: FilesystemVerdict
    why: str


def rows(change: Change, model: Model, told: tuple[Guard, ...] | None = None) -> tuple[Row, ...]:
    """Rows for the change's main function, those that it reaches first. Empty when no operation leads to it.

    `told` are the change's guards, when the caller has them.
    """
    told = guards.guards(guards.effects(change)) if told is None else told
    found = subject(change, model, told)
    if found is None:
        return ()
    function, guard = found
    operation, by_ways = operation_of(model, function)
    if not operation:
        return ()
    struct, _, field = operation.partition(".")
    covers = {_implementing(way.entry): way for way in by_ways if way.operation == operation}
    added = frozenset(one.subject for one in told if guards.adds_check(one))
    nearest: dict[str, Way] = {}
    for way in sorted(by_ways, key=rank):
        nearest.setdefault(filesystem_of(model.file_of(way.steps[0])), way)
    later = bool(covers) and all(runs_later(model, way) for way in covers.values())
    asked = _Asked(model, function, guard, _made_by_home(model, guard), added, nearest, later)
    entries = _distinct(model.entries(struct, field))
    made = [row for entry in entries for row in _rows_of(asked, entry, covers.get(_implementing(entry)))]
    if not by_ways:  # the change is in the dispatch: every implementer is below it
        made = [_below(row, function) for row in made]
    concerned = {row.filesystem for row in made if row.reached or row.verdict != "not concerned"}
    made += _other_users(model, function, operation, by_ways, concerned)
    return _sorted(made)


def of_whole_change(change: Change, model: Model, made: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows of the main function, where whom only another part of the change concerns is told so.

    `made` is what `rows` gives; the verdicts of those that the main function concerns stay as they are.
    """
    main = subject(change, model)
    if main is None or not made:
        return made
    wider = _with_other_functions(model, list(made), _others(change, model, main[0]))
    return _sorted(_with_own_files(change, wider))


def _sorted(made: list[Row]) -> tuple[Row, ...]:
    ordered = sorted(made, key=lambda row: (not row.reached, VERDICTS.index(row.verdict), row.filesystem))
    return tuple(ordered[:_ROWS_CAP])


def subject(
    change: Change, model: Model, told: tuple[Guard, ...] | None = None
) -> tuple[Function, Guard | None] | None:
    """The changed function that the rows and the placement are about, and what the patch does to it.

    A function with a changed check comes before one with an error return, and so on; functions that no operation leads
    to come last. None when the model knows none of the changed functions.
    """
    if told is None:
        told = guards.guards(guards.effects(change))
    for guard in told:
        function = known(model, guard.function, guard.file)
        if function is not None and operation_of(model, function)[0]:
            return function, guard
    return min(unguarded(change, model, told), key=lambda pair: _fault_first(model, pair[0]), default=None)


def unguarded(change: Change, model: Model, told: tuple[Guard, ...]) -> list[tuple[Function, Guard | None]]:
    """Every changed function that the model knows, in order."""
    found: dict[int, tuple[Function, Guard | None]] = {}
    for file in change.files:
        for name in (name for hunk in file.hunks for name in hunk.functions):
            function = known(model, name, file.path)
            if function is not None:
                guard = next((guard for guard in told if guard.function == name), None)
                found.setdefault(function.index, (function, guard))
    return list(found.values())


def _fault_first(model: Model, function: Function) -> int:
    """Functions below an operation of the VMA first, then those below another one, then the rest."""
    operation = operation_of(model, function)[0]
    return 0 if operation.startswith("vm_operations_struct") else 1 if operation else 2


def known(model: Model, name: str, file: str) -> Function | None:
    """The model's function of that name: in that file, or the only one of that name in that directory, else None."""
    found = model.named(name)
    here = [function for function in found if function.file == file]
    near = [function for function in found if function.file.rpartition("/")[0] == file.rpartition("/")[0]]
    return here[0] if here else near[0] if len(near) == 1 else None


def _distinct(entries: Iterable[OpEntry]) -> tuple[OpEntry, ...]:
    return tuple({_implementing(entry): entry for entry in reversed(tuple(entries))}.values())[::-1]


def _implementing(entry: OpEntry) -> tuple[int, str]:
    """Two filesystems can have a static function of one name; of a function without a body there is only the name."""
    return entry.target, "" if entry.target >= 0 else entry.function


# One row


class _Asked(NamedTuple):
    """What all rows of one change share; `made` holds the sites that make the state, by filesystem or library."""

    model: Model
    changed: Function
    guard: Guard | None
    made: dict[str, list[Site]]
    added: frozenset[str]  # states that the patch checks anew: what goes elsewhere has moved
    nearest: dict[str, Way]  # of each filesystem the shortest way, by any operation
    later: bool  # every way comes by a completion or a work item: what others do in the operation is no counterpart


def _made_by_home(model: Model, guard: Guard | None) -> dict[str, list[Site]]:
    found: dict[str, list[Site]] = {}
    for site in evidence.made(model, guard.subject if guard else ""):
        found.setdefault(evidence.home_of(model.file_of(site.function)), []).append(site)
    return found


def _rows_of(asked: _Asked, entry: OpEntry, way: Way | None) -> tuple[Row, ...]:
    """One row; of an implementer in generic code one for each filesystem that uses it."""
    model = asked.model
    if entry.target < 0:
        return (_unseen(entry, evidence.home_of(entry.file)),)
    implementer = model.functions[entry.target]
    if filesystem := filesystem_of(implementer.file):
        return (_row(asked, entry, way, filesystem),)
    found = users.users(model, entry.target, f"{entry.struct}.{entry.field}")
    return tuple(_row(asked, entry, way, name) for name, _ in found)


def _row(asked: _Asked, entry: OpEntry, way: Way | None, filesystem: str) -> Row:
    model, guard = asked.model, asked.guard
    implementer = model.functions[entry.target]
    code = own_code(model, implementer)
    helper = _helper_on(model, way) if way else _helper_of(model, implementer, code, entry.field)
    asks = guard is not None and (guard.kind != "check added" or guards.adds_check(guard))
    state = guard.subject if guard and asks else ""
    own = _own_check(model, named_after(model, code, entry.field), state)
    produces = _produces(asked, filesystem, helper)
    verdict, why = _verdict(_Case(asked, entry, filesystem, helper, way, own, produces))
    return Row(
        filesystem=filesystem,
        implementer=implementer.name,
        spot=evidence.definition(implementer),
        operation=f"{entry.struct}.{entry.field}",
        helper=helper.name if helper else "",
        reached=way is not None,
        own_check=_check_cell(model, own, state),
        produces=_produced_cell(model, produces, state),
        verdict=verdict,
        why=why,
    )


def _unseen(entry: OpEntry, filesystem: str) -> Row:
    return Row(
        filesystem=filesystem,
        implementer=entry.function,
        spot=Spot(file=entry.file, line=entry.line, function=entry.function),
        operation=f"{entry.struct}.{entry.field}",
        helper="",
        reached=False,
        own_check=Cell(text="not seen"),
        produces=Cell(text="not seen"),
        verdict="unknown",
        why="the model does not have its body",
    )


def _helper_on(model: Model, way: Way) -> Function | None:
    """The first function of a way that is not the filesystem's own."""
    home = evidence.home_of(model.functions[way.steps[0]].file)
    shared = (model.functions[step] for step in way.steps[1:])
    return next((function for function in shared if evidence.home_of(function.file) != home), None)


def _helper_of(model: Model, implementer: Function, code: tuple[int, ...], field: str) -> Function | None:
    """The shared function for the same operation that an implementer calls."""
    home = evidence.home_of(implementer.file)
    stems = _SHARED_STEMS.get(field, (field,))
    for index in code:
        for edge in model.callees(index):
            name = model.name_of(edge.callee)
            if edge.kind == "operation" or not any(stem in name for stem in stems) or _NO_HELPER.search(name):
                continue
            file = model.file_of(edge.callee)
            if evidence.home_of(file) != home and not filesystem_of(file):
                return model.functions[edge.callee]
    return None


def serving(model: Model, implementer: Function, field: str) -> tuple[int, ...]:
    """An implementer and what it calls of its own code that is named after the operation."""
    return named_after(model, own_code(model, implementer), field)


def named_after(model: Model, code: tuple[int, ...], field: str) -> tuple[int, ...]:
    stems = _OWN_STEMS.get(field, (field,))
    named = (index for index in code[1:] if any(stem in model.name_of(index) for stem in stems))
    return (*code[:1], *named)


def own_code(model: Model, implementer: Function, depth: int = _OWN_DEPTH) -> tuple[int, ...]:
    """An implementer and what it calls in its own directory, nearest first."""
    directory = implementer.file.rpartition("/")[0]
    found = {implementer.index: None}
    level = [implementer.index]
    for _ in range(depth):
        level = [
            edge.callee
            for index in level
            for edge in model.callees(index)
            if edge.kind in ("call", "callback", "macro")
            and edge.callee not in found
            and model.file_of(edge.callee).rpartition("/")[0] == directory
        ]
        found |= dict.fromkeys(level)
    return tuple(found)


def _own_check(model: Model, code: tuple[int, ...], state: str) -> tuple[Site, ...]:
    """Tests and asserts of the state in an implementer's own code for the operation."""
    sites = (site for index in code if state for site in model.sites(index))
    return tuple(site for site in sites if site.subject == state and site.op in ("test", "assert", "check"))


def acts(site: Site) -> bool:
    """A test whose branch leaves: it keeps a bad page from going on."""
    return site.op == "check" or (site.op == "test" and any(word in site.action for word in ("return", "goto")))


def _produces(asked: _Asked, filesystem: str, helper: Function | None) -> tuple[Site, ...]:
    """Where a filesystem, or the library that it goes through, brings a page into the state after an error."""
    library = evidence.home_of(helper.file) if helper else ""
    homes = dict.fromkeys(home for home in (filesystem, library) if home and not users.is_generic(home))
    return tuple(site for home in homes for site in asked.made.get(home, ()))


def _check_cell(model: Model, sites: tuple[Site, ...], state: str) -> Cell:
    if not state:
        return Cell(text="not asked: the patch guards no state that the model records")
    acting = [site for site in sites if acts(site)]
    asserts = [site for site in sites if site.op == "assert"]
    shown = acting or asserts or list(sites)
    word = "tests it" if acting else "only asserts it" if asserts else "looks at it, goes on" if shown else "no check"
    text = f"{word}: {evidence.told(model, shown)}" if shown else "no check in its own code"
    return Cell(text=text, spots=tuple(evidence.spot_of(model, site) for site in shown[:4]))


def _produced_cell(model: Model, sites: tuple[Site, ...], state: str) -> Cell:
    if state not in PRODUCED_BY:
        why = f"what brings a page into the state ({state}) is not recorded" if state else "the patch guards no state"
        return Cell(text=f"not asked: {why}")
    if not sites:
        return Cell(text=f"no {PRODUCED_BY[state]} of {state} under an error")
    text = f"{PRODUCED_BY[state]}s {state}: {evidence.told(model, sites)}"
    return Cell(text=text, spots=tuple(evidence.spot_of(model, site) for site in sites[:4]))


class _Case(NamedTuple):
    """What decides one verdict."""

    asked: _Asked
    entry: OpEntry
    filesystem: str
    helper: Function | None
    way: Way | None
    own: tuple[Site, ...]
    produces: tuple[Site, ...]

    @property
    def reached(self) -> bool:
        return self.way is not None


def _verdict(case: _Case) -> tuple[FilesystemVerdict, str]:
    guard, changed = case.asked.guard, case.asked.changed.name
    if guard is not None and guards.adds_check(guard):
        return _checked(case, guard.subject)
    if case.way is None:
        return "not concerned", f"no call leads from its ->{case.entry.field} to {changed}()"
    lost = guard is not None and guard.subject and guard.kind in ("check removed", "check became assert")
    if guard is not None and lost and guard.subject not in case.asked.added:
        return "affected", f"loses the check of {guard.subject} in {changed}()"
    if guard is not None and guard.subject and guard.kind.startswith("state change"):
        return "affected", f"its pages pass {changed}()"
    nearer = case.asked.nearest.get(case.filesystem)
    if nearer is not None and len(nearer.steps) + _DETOUR <= len(case.way.steps):
        return "affected", _leads(nearer, case.asked.changed, _helper_on(case.asked.model, nearer))
    return "affected", _leads(case.way, case.asked.changed, case.helper)


def _leads(way: Way, changed: Function, helper: Function | None) -> str:
    """How an implementer comes to a changed function, in words that are the same for all who come by one helper."""
    field = f"->{way.entry.field}"
    if len(way.steps) == 1:
        return f"{changed.name}() is its {field}"
    if helper is not None and helper.index != changed.index:
        return f"its {field} goes through {helper.name}() to {changed.name}()"
    return f"its {field} leads to {changed.name}()"


def _checked(case: _Case, state: str) -> tuple[FilesystemVerdict, str]:
    """The verdict where the patch adds a check of a state."""
    changed = case.asked.changed
    covered = f"covered by the check in {changed.name}()"
    if case.reached and case.entry.target == changed.index:
        return "protected", covered
    if any(acts(site) for site in case.own):
        own = evidence.home_of(case.asked.model.functions[case.entry.target].file) == case.filesystem
        who = "its own code" if own else f"{case.entry.function}(), which it uses,"
        return "protected", f"{who} tests the state and leaves"
    if case.reached:
        return "protected", covered
    if case.asked.later:
        return "not concerned", f"no completion or work item of its requests leads to {changed.name}()"
    helper = case.helper
    if helper is not None and any(acts(site) for site in _own_check(case.asked.model, (helper.index,), state)):
        return "protected", f"{helper.name}() tests the state and leaves"
    return _unreached(case, state)


def _unreached(case: _Case, state: str) -> tuple[FilesystemVerdict, str]:
    if case.helper is not None and case.helper.name.startswith("dax_"):
        return "not concerned", f"goes through {case.helper.name}(): no page of the page cache"
    if _hands_over(case):
        return "unknown", f"hands ->{case.entry.field} over to another file, whose filesystem the source does not tell"
    if state not in PRODUCED_BY:
        return "unknown", f"no check of {state} of its own; whether it needs one the model does not tell"
    sides = {evidence.side_of(case.asked.model.functions[site.function].name) for site in case.produces}
    verb = f"{PRODUCED_BY[state]}s {state}"
    if "write" in sides:
        return "affected", f"no check of its own, and {case.filesystem} {verb} after an error"
    if "read" in sides:
        return "not concerned", f"no check, and {case.filesystem} {verb} only when a read fails"
    if sides:
        return "unknown", f"no check, and whether {case.filesystem} {verb} after a failed write its code does not tell"
    return "not concerned", f"no check, and no code of {case.filesystem} is seen that {verb} after an error"


def _hands_over(case: _Case) -> bool:
    """The implementer calls the operation that it implements: kernfs, stacking filesystems."""
    operation = f"{case.entry.struct}.{case.entry.field}"
    return any(
        edge.operation == operation and edge.kind == "operation" for edge in case.asked.model.callees(case.entry.target)
    )


def _below(row: Row, dispatch: Function) -> Row:
    """A row of an implementer that is called from the changed function."""
    return Row(
        filesystem=row.filesystem,
        implementer=row.implementer,
        spot=row.spot,
        operation=row.operation,
        helper=row.helper,
        reached=True,
        own_check=row.own_check,
        produces=row.produces,
        verdict="affected" if row.verdict != "unknown" else "unknown",
        why=f"{dispatch.name}() comes before it",
    )


def _other_users(
    model: Model, function: Function, operation: str, found: tuple[Way, ...], listed: set[str]
) -> list[Row]:
    """Filesystems that come to the changed function by another operation only."""
    rest: dict[str, Way] = {}
    for way in sorted(found, key=rank):
        if way.operation != operation:
            new = [name for name in users_of(model, way) if name not in listed and name not in rest]
            if new and feasible(model, way):
                rest.update(dict.fromkeys(new, way))
    return [_user_row(model, function, way, filesystem) for filesystem, way in rest.items()]


def _others(change: Change, model: Model, main: Function) -> list[Function]:
    """The other functions that the patch changes, as many as are looked at."""
    found = [function for function, _ in unguarded(change, model, ()) if function.index != main.index]
    return found[:_OTHERS_CAP]


def _with_other_functions(model: Model, made: list[Row], others: list[Function]) -> list[Row]:
    """The rows, where who does not come to the main function may come to another one that the patch changes."""
    reaching: dict[tuple[str, str], tuple[Function, Way]] = {}
    for function in others:
        for way in sorted(operation_of(model, function)[1], key=rank):
            for home in users_of(model, way):
                reaching.setdefault((home, way.entry.function), (function, way))
    found = []
    for row in made:
        by = reaching.get((row.filesystem, row.implementer)) if row.verdict == "not concerned" else None
        by = by if by and feasible(model, by[1]) else None
        found.append(_reached_by(model, row, *by) if by else row)
    told = {row.filesystem for row in found if row.verdict != "not concerned"}
    for (home, _), (function, way) in reaching.items():
        if home not in told and feasible(model, way):
            told.add(home)
            found.append(_user_row(model, function, way, home))
    return found


def _with_own_files(change: Change, made: list[Row]) -> list[Row]:
    """The rows, where who has a changed function in its own files is concerned, whatever way leads there."""
    files: dict[str, str] = {}
    for file in change.files:
        if any(hunk.functions for hunk in file.hunks):
            files.setdefault(filesystem_of(file.path), file.path)
    told = {row.filesystem for row in made if row.verdict != "not concerned"}
    return [
        msgspec.structs.replace(row, reached=True, verdict="affected", why=f"the patch changes {files[row.filesystem]}")
        if row.filesystem in files and row.filesystem not in told
        else row
        for row in made
    ]


def _reached_by(model: Model, row: Row, function: Function, way: Way) -> Row:
    why = _leads(way, function, _helper_on(model, way))
    return msgspec.structs.replace(row, reached=True, verdict="affected", why=why)


def _user_row(model: Model, function: Function, way: Way, filesystem: str) -> Row:
    implementer = model.functions[way.steps[0]]
    helper = _helper_on(model, way)
    return Row(
        filesystem=filesystem,
        implementer=implementer.name,
        spot=evidence.definition(implementer),
        operation=way.operation,
        helper=helper.name if helper else "",
        reached=True,
        own_check=Cell(text=f"not asked of ->{way.entry.field}: checks are compared for one operation"),
        produces=Cell(text=f"not asked of ->{way.entry.field}: checks are compared for one operation"),
        verdict="affected",
        why=_leads(way, function, helper),
    )
