"""Where the changed functions stand: which paths reach them, through which chains, for which filesystems."""

from itertools import zip_longest
from typing import TYPE_CHECKING

import msgspec

from reviewer.review import Chain, HunkPlace, Met, Place, Step
from rules import chains, filesystems, pathfiles, store
from rules.change import Change
from rules.met import Met as Passed
from rules.met import Walk, walk
from rules.model import Function
from rules.telling import telling
from rules.ways import feasible, operation_of, users_of

if TYPE_CHECKING:
    from rules.graph import Model

MOST_FUNCTIONS = 24  # of a series that are looked for on the paths; the rest is counted
MOST_CHAINS = 8  # that a report carries for one function


def of_change(change: Change, model: "Model") -> tuple[tuple[HunkPlace, ...], tuple[str, ...]]:
    """A place for each changed function, and what was left out.

    What takes time is to look for chains: only of functions that the model knows some are left out.
    """
    new = change.new_functions()
    places: list[HunkPlace] = []
    looked = left = 0
    for name, file in change.placed_functions:
        function = filesystems.known(model, name, file)
        if function is None:
            places.append(_unknown(name, file, model, (name, file) in new))
        elif looked < MOST_FUNCTIONS:
            looked += 1
            places.append(_place(name, function, model, change))
        else:
            left += 1
    known = f"the {looked + left} changed functions that the {model.version} model knows"
    return tuple(places), (f"{left} of {known} were not placed on the paths",) if left else ()


def _place(name: str, function: Function, model: "Model", change: Change) -> HunkPlace:
    every = ((path, chains.find(model, path, (function.index,), limits=chains.FEW)) for path in pathfiles.load_all())
    found = _as_placed(model, function, [(path, on) for path, on in every if on.chains])
    shown = tuple(chain for path, on in found[:2] for chain in _shown(model, path, on, change))
    homes = {home for _, on in found for chain in on.chains for home in chain.filesystems}
    if any(on.cut or any(map(_by_generic, on.chains)) for _, on in found):  # the chains do not name all
        homes |= _users(model, function)
    return HunkPlace(
        function=name,
        file=function.file,
        known=True,
        on_paths=tuple(path.name for path, _ in found),
        stage=_stage(function, found),
        chains=shown,
        chains_total=sum(len(on.chains) for _, on in found),
        infeasible=sum(len(on.infeasible) for _, on in found),
        filesystems=tuple(sorted(homes)),
        note="" if found else f"no path of the {model.version} model leads to it",
    )


def _by_generic(chain: chains.Chain) -> bool:
    """The chain passes an operation that generic code implements for whoever uses it: filemap_fault()."""
    return not chain.filesystems and any(step.edge == "operation" for step in chain.steps)


def _users(model: "Model", function: Function) -> set[str]:
    """Filesystems that come to a function by any operation."""
    ways = operation_of(model, function)[1]
    return {home for way in ways for home in users_of(model, way) if feasible(model, way)}


def _as_placed(
    model: "Model", function: Function, found: list[tuple[pathfiles.PathFile, chains.Chains]]
) -> list[tuple[pathfiles.PathFile, chains.Chains]]:
    """The paths and chains in the order in which "why here" takes them: first those by the operation that is nearest
    above the function, so that a page speaks of one operation and not of ->huge_fault here and ->fault there."""
    operation, ways = operation_of(model, function)
    if not ways:
        return found

    def other(chain: chains.Chain) -> bool:
        return not any(step.operation == operation for step in chain.steps)

    ordered = []
    for path, on in found:
        first = telling(model, path, on.chains, function)
        rest = sorted((chain for chain in on.chains if chain not in first), key=other)
        ordered.append((path, msgspec.structs.replace(on, chains=(*first, *rest))))
    return sorted(ordered, key=lambda pair: other(pair[1].chains[0]))


def _unknown(name: str, file: str, model: "Model", added: bool) -> HunkPlace:
    """What the model does not hold can well be in its kernel: a shipped model is the part that the paths come to."""
    shipped = "shipped " if model.version in store.shipped() else ""
    return HunkPlace(
        function=name,
        file=file,
        known=False,
        on_paths=(),
        stage="",
        chains=(),
        chains_total=0,
        infeasible=0,
        filesystems=(),
        note="added by the patch" if added else f"outside what the {shipped}{model.version} model holds",
    )


def _stage(function: Function, found: list[tuple[pathfiles.PathFile, chains.Chains]]) -> str:
    """The step of the first path, in words: its own stage, or the operation that leads to it."""
    if not found:
        return ""
    path, on = found[0]
    own = path.stage_of(function.name)
    if own is not None:
        return f"{path.title}: {own.name}"
    shortest = on.chains[0]
    operations = [step for step in shortest.steps if step.edge == "operation"]
    if not operations:
        return f"{path.title}: {_calls(len(shortest.steps) - 1)} below {shortest.steps[0].name}"
    below = len(shortest.steps) - 1 - shortest.steps.index(operations[-1])
    field = operations[-1].operation.rpartition(".")[2]
    return f"{path.title}: " + (f"{_calls(below)} below ->{field}" if below else f"implements ->{field}")


def _shown(model: "Model", path: pathfiles.PathFile, on: chains.Chains, change: Change) -> tuple[Chain, ...]:
    shared = walk(model, path)
    changed = frozenset(change.functions)
    return tuple(_chain(path, chain, shared, changed) for chain in _different(on.chains)[:MOST_CHAINS])


def _different(found: tuple[chains.Chain, ...]) -> list[chains.Chain]:
    """All chains, ordered so that the first few differ most: by the way to the operation, then by the filesystem."""
    routes: dict[tuple[str, ...], list[chains.Chain]] = {}
    for chain in found:
        routes.setdefault(_route(chain), []).append(chain)
    turns = zip_longest(*routes.values())  # the shortest come first as they do in `found`
    return [chain for turn in turns for chain in turn if chain is not None]


def _route(chain: chains.Chain) -> tuple[str, ...]:
    names = [step.name for step in chain.steps]
    last = max((number for number, step in enumerate(chain.steps) if step.edge == "operation"), default=len(names))
    return tuple(names[:last])


def _chain(path: pathfiles.PathFile, chain: chains.Chain, walk: Walk, changed: frozenset[str]) -> Chain:
    return Chain(
        path=path.name,
        steps=tuple(_step(chain, number, changed) for number in range(len(chain.steps))),
        met=tuple(_met(item) for item in walk.before(chain)),
        note="; ".join(chain.facts),
    )


def _step(chain: chains.Chain, number: int, changed: frozenset[str]) -> Step:
    step = chain.steps[number]
    before = chain.steps[number - 1] if number else None
    return Step(
        function=step.name,
        place=Place(file=step.file, line=step.first, function=step.name),
        call=Place(file=before.file, line=step.line, function=before.name) if before else None,
        edge=step.edge or "entry",
        operation=step.operation,
        condition=step.condition,
        changed=step.name in changed,
    )


def _met(item: Passed) -> Met:
    site = item.site
    return Met(
        subject=site.subject,
        op=site.op,
        place=Place(file=item.file, line=site.line, function=item.name),
        stale=item.stale,
        why=item.why or ("" if item.certain else f"if {item.condition}"),
    )


def _calls(number: int) -> str:
    return "1 call" if number == 1 else f"{number} calls"
