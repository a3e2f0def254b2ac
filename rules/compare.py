"""What changed between two kernels: functions and calls that appeared, went, moved or were renamed.

A model of the fault path's part says nothing of the rest: one that the other model knows by its place only has not
gone, and operations are compared where all their implementers are in both. A function is the same when its name and
file are. What went and what appeared is paired, surest first: the same
operation of the same table (`readpage` of ext4_aops became `read_folio`: the role is rename-proof), the same name in
another file, the same name once page times are read as folio times (unique in its directory). What remains unpaired
appeared or went; a pair by likeness of callees is called likely, never more.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

from rules import scope
from rules.graph import Model
from rules.model import Function, Value

Change = Literal["appeared", "went", "moved", "renamed", "likely renamed"]
_LIKE = 0.55  # of 0.6 * common callees + 0.4 * common words of the name

# Fields of operations that were renamed with folios, as in 5efe7448a142 ("fs: Introduce aops->read_folio", v5.19)
ROLES = {
    "readpage": "read_folio", "readpages": "readahead", "set_page_dirty": "dirty_folio", "releasepage": "release_folio",
    "invalidatepage": "invalidate_folio", "migratepage": "migrate_folio", "launder_page": "launder_folio",
    "iomap_page_ops": "iomap_folio_ops", "page_prepare": "get_folio", "page_done": "put_folio",
    "netfs_read_request_ops": "netfs_request_ops",
}  # fmt: skip
_WORDS = {
    "readpage": "read_folio", "readpages": "readahead", "writepage": "write_folio", "page": "folio", "pages": "folios",
    "actor": "iter", "releasepage": "release_folio", "invalidatepage": "invalidate_folio", "launder": "launder",
}  # fmt: skip
_FLAG = re.compile(r"(__)?(Test)?(Set|Clear)?Page([A-Z]\w+)")


class FunctionChange(Value, frozen=True, kw_only=True):
    change: Change
    name: str
    file: str
    new_name: str = ""  # for pairs
    new_file: str = ""
    why: str = ""


class EdgeChange(Value, frozen=True, kw_only=True):
    change: Literal["appeared", "went"]
    caller: str  # name in the newer kernel
    callee: str
    kind: str
    file: str
    line: int


class Comparison(Value, frozen=True, kw_only=True):
    old: str
    new: str
    same: int  # functions with the same name and file
    functions: tuple[FunctionChange, ...]
    edges: tuple[EdgeChange, ...]
    operations: tuple[tuple[str, str], ...]  # ("appeared" or "went", "address_space_operations.read_folio")


def compare(old: Model, new: Model) -> Comparison:
    """From `old` to `new`."""
    before, after = _whole(old), _whole(new)
    same = before.keys() & after.keys()
    pairs = _pairs(
        old, new, {key: before[key] for key in before.keys() - same}, {key: after[key] for key in after.keys() - same}
    )
    changes = [*pairs.values()]
    changes += [_alone("went", key) for key in sorted(before.keys() - pairs.keys() - _placed(new))]
    paired = {(change.new_name, change.new_file) for change in pairs.values()}
    changes += [_alone("appeared", key) for key in sorted(after.keys() - _placed(old)) if key not in paired]
    renamed = {change.name: change.new_name for change in pairs.values() if change.change != "moved"}
    return Comparison(
        old=old.version,
        new=new.version,
        same=len(same),
        functions=tuple(changes),
        edges=tuple(_edges(old, new, renamed)),
        operations=tuple(_operations(old, new)),
    )


Key = tuple[str, str]  # name, file
# What pairs functions that went with functions that came
Way = Callable[[Mapping[Key, Function], Mapping[Key, Function]], Iterator[FunctionChange]]


def _whole(model: Model) -> dict[Key, Function]:
    """Functions whose calls are in the model; what is only named there does not say that it appeared."""
    return {(function.name, function.file): function for function in reversed(model.functions) if not function.outline}


def _placed(model: Model) -> set[Key]:
    return {(function.name, function.file) for function in model.functions}


def _alone(change: Literal["appeared", "went"], key: Key) -> FunctionChange:
    return FunctionChange(change=change, name=key[0], file=key[1])


def _pairs(
    old: Model, new: Model, gone: Mapping[Key, Function], come: Mapping[Key, Function]
) -> dict[Key, FunctionChange]:
    pairs: dict[Key, FunctionChange] = {}
    left_gone, left_come = dict(gone), dict(come)
    for way in (_by_role(old, new), _by_name, _by_words, _by_callees(old, new)):
        for change in tuple(way(left_gone, left_come)):  # it looks at what the loop takes away
            key, other = (change.name, change.file), (change.new_name, change.new_file)
            if key in left_gone and other in left_come:
                pairs[key] = change
                del left_gone[key], left_come[other]
    return pairs


def _paired(change: Change, key: Key, other: Key, why: str) -> FunctionChange:
    return FunctionChange(change=change, name=key[0], file=key[1], new_name=other[0], new_file=other[1], why=why)


def _by_role(old: Model, new: Model) -> Way:
    """The same field of the same table, or the field's name of later times."""

    def way(gone: Mapping[Key, Function], come: Mapping[Key, Function]) -> Iterator[FunctionChange]:
        roles = {}
        for key, function in come.items():
            for entry in new.entries_of(function.index):
                roles[entry.variable, entry.field] = key
        for key, function in gone.items():
            for entry in old.entries_of(function.index):
                other = roles.get((entry.variable, entry.field)) or roles.get(
                    (entry.variable, ROLES.get(entry.field, ""))
                )
                if other is not None and not entry.variable.endswith("()"):
                    field = (
                        entry.field
                        if (entry.variable, entry.field) in roles
                        else f"{entry.field}, now {ROLES[entry.field]}"
                    )
                    yield _paired("moved" if key[0] == other[0] else "renamed", key, other, f"{entry.variable}.{field}")

    return way


def _by_name(gone: Mapping[Key, Function], come: Mapping[Key, Function]) -> Iterator[FunctionChange]:
    places: dict[str, list[Key]] = {}
    for key in come:
        places.setdefault(key[0], []).append(key)
    for key in sorted(gone):
        others = [other for other in places.get(key[0], ()) if other[1].split("/")[:2] == key[1].split("/")[:2]]
        others = others or places.get(key[0], [])
        if len(others) == 1:
            yield _paired("moved", key, others[0], "the same name")


def _by_words(gone: Mapping[Key, Function], come: Mapping[Key, Function]) -> Iterator[FunctionChange]:
    """Unique in the directory after page words are replaced by folio words."""
    places: dict[tuple[str, str], list[Key]] = {}
    for key in come:
        places.setdefault((folio_name(key[0]), _folder(key[1])), []).append(key)
    for key in sorted(gone):
        others = places.get((folio_name(key[0]), _folder(key[1])), [])
        if len(others) == 1:
            yield _paired("renamed", key, others[0], "page to folio")


def _by_callees(old: Model, new: Model) -> Way:
    """The same directory, and most callees and words of the name in common."""

    def way(gone: Mapping[Key, Function], come: Mapping[Key, Function]) -> Iterator[FunctionChange]:
        near: dict[str, list[tuple[Key, frozenset[str]]]] = {}
        for key, function in come.items():
            near.setdefault(_folder(key[1]), []).append((key, _callees(new, function)))
        scored = []
        for key, function in gone.items():
            own = _callees(old, function)
            scored += [
                (score, key, other)
                for other, theirs in near.get(_folder(key[1]), ())
                if (score := _likeness(own, theirs, key[0], other[0])) >= _LIKE
            ]
        for score, key, other in sorted(scored, key=lambda row: (-row[0], row[1], row[2])):
            yield _paired("likely renamed", key, other, f"likeness {score:.2f}")

    return way


def _callees(model: Model, function: Function) -> frozenset[str]:
    edges = (edge for edge in model.callees(function.index) if edge.kind == "call")
    return frozenset(folio_name(model.functions[edge.callee].name) for edge in edges)


def _likeness(own: frozenset[str], theirs: frozenset[str], name: str, other: str) -> float:
    words, others = set(folio_name(name).split("_")), set(folio_name(other).split("_"))
    common = len(own & theirs) / len(own | theirs) if own or theirs else 0.0
    return 0.6 * common + 0.4 * len(words & others) / max(1, len(words | others))


def folio_name(name: str) -> str:
    """A name as folio times would spell it: ext4_readpage is ext4_read_folio, ClearPageDirty folio_clear_dirty."""
    flag = _FLAG.fullmatch(name)
    if flag:
        verb = {"Set": "set", "Clear": "clear", None: "test"}[flag[3]]
        return f"{flag[1] or ''}folio_{'test_' if flag[2] else ''}{verb}_{flag[4].lower()}"
    words = [_WORDS.get(word, word) for word in name.split("_")]
    joined = "_".join(words)
    return {"lock_folio": "folio_lock", "unlock_folio": "folio_unlock"}.get(joined, joined)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


Call = tuple[str, str, str, str, int]  # caller, callee, kind, file, line


def _edges(old: Model, new: Model, renamed: Mapping[str, str]) -> Iterator[EdgeChange]:
    """Calls between functions that both kernels have, names read as the newer kernel has them."""
    before = {_edge(edge, renamed): edge for edge in _calls(old)}
    after = {_edge(edge, {}): edge for edge in _calls(new)}
    callers = {key[0] for key in before} & {key[0] for key in after}
    yield from _changed("went", before, after, callers)
    yield from _changed("appeared", after, before, callers)


def _changed(
    change: Literal["appeared", "went"],
    mine: Mapping[tuple[str, str], Call],
    theirs: Mapping[tuple[str, str], Call],
    callers: set[str],
) -> Iterator[EdgeChange]:
    for key in sorted(mine.keys() - theirs.keys()):
        if key[0] in callers and mine[key][2] != "macro":
            _, _, kind, file, line = mine[key]
            yield EdgeChange(change=change, caller=key[0], callee=key[1], kind=kind, file=file, line=line)


def _calls(model: Model) -> Iterator[Call]:
    _, subset = scope.load()
    for function in model.functions:
        for edge in model.callees(function.index):
            if edge.kind == "operation" and not subset.follows(*edge.operation.split(".", 1)):
                continue  # of these a model has the implementers that it has for other reasons
            yield function.name, model.functions[edge.callee].name, edge.kind, function.file, edge.line


def _edge(call: Call, renamed: Mapping[str, str]) -> tuple[str, str]:
    """Caller and callee: the same call made through a macro, or a helper that became inline, has not gone."""
    return renamed.get(call[0], call[0]), renamed.get(call[1], call[1])


def _operations(old: Model, new: Model) -> Iterable[tuple[str, str]]:
    _, subset = scope.load()
    before, after = (
        {name for name in model.operations() if subset.follows(*name.split(".", 1))} for model in (old, new)
    )
    return [
        *(("went", name) for name in sorted(before - after)),
        *(("appeared", name) for name in sorted(after - before)),
    ]
