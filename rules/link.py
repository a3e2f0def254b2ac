"""From facts of files to one model: which function a call means, what a macro expands to, what an operation is.

Resolution of a name follows C as far as text can: the same file, then headers that the file can see, then functions
that are not static. Of several definitions under different preprocessor conditions the one that the default
configuration compiles is meant (`rules.extract.config`); all are in the model. What cannot be resolved is recorded.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from itertools import repeat
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from rules.extract import facts as kinds
from rules.extract.config import truth
from rules.extract.facts import Assignment, Body, Call, FileFacts, FunctionFact, MacroFact, TableFact, body_of
from rules.scope import Scope
from rules.works import WORK_INIT, WORK_QUEUE

if TYPE_CHECKING:
    from rules.bodies import Bodies

_MACRO_DEPTH = 8  # macros within macros that are expanded
_FORWARDS = 32  # parameters that are looked at where functions hand callbacks on to one another
_MACHINE = "arch/x86/"  # of the default configuration, see extract/config.py
_NEVER = frozenset({"do", "if", "while", "for", "switch", "sizeof"})
# Fields that hold what is called when I/O or another request is done, in another context.
_COMPLETIONS = ("end_io", "endio", "end_io_func", "done", "complete", "callback")


class Node(NamedTuple):
    """A function: its file and its place in the file's facts."""

    path: str
    at: int


# A tree has 70,000 functions: made like this they take a third of the time.
_nodes: Callable[[tuple[str, int]], Node] = partial(tuple.__new__, Node)


class Resolved(msgspec.Struct, frozen=True, gc=False):
    """One call of a function's body, resolved."""

    call: Call
    targets: tuple[Node, ...]  # empty for operations and for what is unresolved
    kind: str  # one of rules.columns.EDGE_KINDS, "" for what is nothing
    operation: str


_Meaning = tuple[tuple[Node, ...], str, str]  # targets, kind and operation of Resolved


class Initialised(NamedTuple):
    """A field of a table that names a function."""

    path: str
    entry: TableFact
    value: str  # the function's name, macros expanded
    target: Node


class Work(NamedTuple):
    """A work item that is given its function."""

    holder: str  # struct that holds it, "" for a variable or when it is not known
    path: str
    target: Node


class Corpus:
    """Facts of a tree, by path, with the indexes that resolution needs."""

    def __init__(self, files: Mapping[str, FileFacts], scope: Scope, bodies: "Bodies | None" = None) -> None:
        """`bodies`: where the bodies come from that are not in `files`."""
        self.files = files
        self.scope = scope
        self.bodies = bodies
        self.generated: dict[str, tuple[FunctionFact, ...]] = {}
        self._resolved: dict[tuple[str, str], Node | None] = {}
        self._expanded: dict[tuple[str, str], tuple[Node, ...]] = {}
        self._macros: dict[tuple[str, str], tuple[str, MacroFact] | None] = {}
        self._defining: dict[str, frozenset[str]] = {}  # name -> the families with a function of it
        self._spelling: dict[str, frozenset[str]] = {}  # name -> the families with a macro of it
        self._meanings: dict[str, dict[str, _Meaning]] = {}  # by file and name
        self._calls: dict[Node, tuple[Resolved, ...]] = {}
        self._targets: dict[Node, frozenset[Node]] = {}
        self._keeping: dict[Node, dict[int, str]] = {}

    def function(self, node: Node) -> FunctionFact:
        own = self.files[node.path].functions
        return own[node.at] if node.at < len(own) else self.generated[node.path][node.at - len(own)]

    def body(self, node: Node) -> Body:
        function = self.function(node)
        if self.bodies is None or function.body:
            return body_of(function)
        return self.bodies.body(node.path, node.at, function)

    def prepare(self, nodes: Iterable[Node]) -> None:
        """Have the bodies of many functions read at once."""
        if self.bodies is not None:
            self.bodies.prepare((node.path, node.at, self.function(node)) for node in nodes if node not in self._calls)

    def calls(self, node: Node) -> tuple[Resolved, ...]:
        """Every call of a function with what it means."""
        found = self._calls.get(node)
        if found is None:
            body = self.body(node)
            meanings = self._meanings.setdefault(node.path, {})
            rows = [
                Resolved(call, *(meanings.get(call.name) or self._meaning(call.name, node.path, meanings)))
                if call.kind == kinds.CALL
                else _resolve(self, node.path, call)
                for call in body.calls
            ]
            rows += [
                Resolved(call, targets, "work", _last(call.through))
                for call in body.calls
                if call.through and call.name in WORK_QUEUE and (targets := self.work(call, node.path))
            ]
            rows += [row for item in body.assignments if (row := _armed(self, node.path, item)) is not None]
            found = tuple(sorted(rows, key=attrgetter("call.line")))
            self._calls[node] = found
        return found

    def _meaning(self, name: str, path: str, meanings: dict[str, _Meaning]) -> _Meaning:
        """What calling a name means in a file, kept in the file's `meanings`."""
        target = self.meant(name, path)
        if target is not None:
            found: _Meaning = ((target,), "call", "")
        elif expanded := self.expand(name, path):
            found = (expanded, "macro", name)
        else:
            found = ((), "" if name in self.macros or name.isupper() else "unresolved", "")
        meanings[name] = found
        return found

    def targets(self, node: Node) -> frozenset[Node]:
        """What a function's calls reach directly, through macros and as callbacks."""
        found = self._targets.get(node)
        if found is None:
            found = frozenset([target for row in self.calls(node) for target in row.targets])
            self._targets[node] = found
        return found

    def kept_in(self, node: Node) -> Mapping[int, str]:
        """Place of a parameter -> the field where a function keeps the callback that it is handed, "bio.bi_end_io".

        Itself, or in a function that it hands the callback on to.
        """
        if node not in self._keeping:
            self._keeping[node] = self._fields_kept_in(node)
        return self._keeping[node]

    def _fields_kept_in(self, node: Node) -> dict[int, str]:
        found: dict[int, str] = {}
        row = [(node, name, place) for place, name in enumerate(self.function(node).parameters)]
        for at, name, place in row:
            body = self.body(at)
            for item in body.assignments:
                if item.value == name and _is_completion(item.field):
                    struct = self.owner(item)
                    found[place] = f"{struct}.{item.field}" if struct else item.field
            for call in body.calls if place not in found and len(row) < _FORWARDS else ():
                keeper = self.resolve(call.through, at.path) if call.kind == kinds.FORWARDED else None
                theirs = self.function(keeper).parameters if keeper is not None and call.name == name else ()
                if keeper is not None and call.place < len(theirs):
                    row.append((keeper, theirs[call.place], place))
        return found

    def nodes(self) -> Iterator[Node]:
        return (Node(path, at) for path, at, _ in self.places())

    def places(self) -> Iterator[tuple[str, int, FunctionFact]]:
        """(file, place, function) of every function, in order."""
        for path in sorted(self.files):
            own = self.files[path].functions
            made = self.generated.get(path)
            for at, function in enumerate((*own, *made) if made else own):
                yield path, at, function

    def guard(self, node: Node) -> str:
        """The condition of the function, with that of its whole file."""
        own = self.function(node).guard
        if node.path in self.scope.nommu:
            return f"!CONFIG_MMU && {own}" if own else "!CONFIG_MMU"
        return own

    @cached_property
    def defined(self) -> dict[str, list[Node]]:
        found: defaultdict[str, list[Node]] = defaultdict(list)
        for path in sorted(self.files):
            functions = (*self.files[path].functions, *self.generated.get(path, ()))
            for function, node in zip(functions, map(_nodes, zip(repeat(path), range(len(functions))))):  # noqa: B905
                found[function.name].append(node)
        return dict(found)

    @cached_property
    def macros(self) -> dict[str, list[tuple[str, MacroFact]]]:
        found: dict[str, list[tuple[str, MacroFact]]] = {}
        for path in sorted(self.files):
            for macro in self.files[path].macros:
                found.setdefault(macro.name, []).append((path, macro))
        return found

    @cached_property
    def _families(self) -> dict[str, str]:
        """A C file that another takes in by #include "x.c" is compiled as part of that one."""
        families = {}
        for path, found in self.files.items():
            for name in found.included:
                families[_beside(path, name)] = path
        return families

    def _family(self, path: str) -> str:
        return self._families.get(path, path)

    def resolve(self, name: str, path: str) -> Node | None:
        """The function that `name` means in file `path`, None when it is not in the scope."""
        families = self._defining.get(name)
        if families is None:
            if name not in self.defined:
                return None
            families = frozenset([self._family(node.path) for node in self.defined[name]])
            self._defining[name] = families
        # What a file does not define itself means the same in all files of its directory.
        key = (name, path if self._family(path) in families else _folder(path))
        if key not in self._resolved:
            self._resolved[key] = self._best(name, path)
        return self._resolved[key]

    def _best(self, name: str, path: str) -> Node | None:
        ranked = [
            (rank, node)
            for node in self.defined.get(name, ())
            if (rank := self._rank(node.path, self.function(node).static, path)) < 9
        ]
        if not ranked:
            return None
        if len(ranked) > 1:
            best = min(
                ranked,
                key=lambda pair: (
                    is_foreign(pair[1].path, path), _truth_rank(self.guard(pair[1])), pair[0], pair[1],
                ),
            )[1]  # fmt: skip
        else:
            best = ranked[0][1]
        if best.path.endswith(".h") and best.path != path and truth(self.guard(best)) is False:
            return None  # a stub for another configuration: the real one is out of scope
        return best

    def _rank(self, found: str, static: bool, path: str) -> int:
        """How near a definition in `found` is to a use in `path`; 9 when the use cannot see it."""
        if self._family(found) == self._family(path):
            return 0
        if found.endswith(".h"):
            return _header_rank(found, path)
        if static:
            return 9
        return 4 if _folder(found) == _folder(path) else 5 if found.split("/")[:2] == path.split("/")[:2] else 6

    def macro(self, name: str, path: str) -> tuple[str, MacroFact] | None:
        """The macro that `name` means in file `path`."""
        families = self._spelling.get(name)
        if families is None:
            if name not in self.macros:
                return None
            families = frozenset([self._family(found) for found, _ in self.macros[name]])
            self._spelling[name] = families
        key = (name, path if self._family(path) in families else _folder(path))
        if key not in self._macros:
            self._macros[key] = self._nearest(name, path)
        return self._macros[key]

    def _nearest(self, name: str, path: str) -> tuple[str, MacroFact] | None:
        ranked = []
        for found, macro in self.macros.get(name, ()):
            rank = (
                0
                if self._family(found) == self._family(path)
                else _header_rank(found, path)
                if found.endswith(".h")
                else 9
            )
            if rank < 9:
                ranked.append((_truth_rank(macro.guard), rank, found, macro.line, macro))
        if not ranked:
            return None
        best = min(ranked, key=itemgetter(0, 1, 2, 3)) if len(ranked) > 1 else ranked[0]
        return best[2], best[4]

    def expand(self, name: str, path: str) -> tuple[Node, ...]:
        """The functions that a macro calls in the end, when `name` is one in file `path`."""
        if name not in self.macros:
            return ()
        key = (name, path)
        if key not in self._expanded:
            found: dict[Node, None] = {}
            self._follow(name, path, found, set(), 0)
            self._expanded[key] = tuple(found)
        return self._expanded[key]

    def _follow(self, name: str, path: str, found: dict[Node, None], seen: set[str], depth: int) -> None:
        if name in seen or depth > _MACRO_DEPTH:
            return
        seen.add(name)
        chosen = self.macro(name, path)
        if chosen is None:
            return
        macro = chosen[1]
        names = macro.called or ((macro.text.strip(),) if macro.text else ())
        for called in names:
            if called in _NEVER or called in (macro.parameters or ()):
                continue
            node = self.meant(called, path)
            if node is not None:
                found[node] = None
            elif called != name:
                self._follow(called, path, found, seen, depth + 1)

    def meant(self, name: str, path: str) -> Node | None:
        """The function that a call of `name` in `path` reaches directly; None when it is a macro there, or unknown."""
        node = self.resolve(name, path)
        if node is None or name not in self.macros:
            return node
        macro = self.macro(name, path)
        if macro is None or macro[1].text.strip() == name or name in macro[1].called:
            return node
        known = truth(macro[1].guard)
        if known is False or (known is None and truth(self.guard(node)) is True):
            return node
        if truth(self.guard(node)) is True and known is not True:
            return node
        return None

    # Types

    @cached_property
    def member_types(self) -> dict[str, dict[str, str]]:
        """struct -> member -> type; "()" for a pointer to a function."""
        found: dict[str, dict[str, str]] = {}
        named: list[tuple[str, str, str]] = []
        for path in sorted(self.files):
            for member in self.files[path].members:
                kind, typed, _ = member.type.partition(" ")
                if typed:
                    named.append((member.struct, member.field, kind))
                else:
                    found.setdefault(member.struct, {}).setdefault(member.field, kind)
        functions = found.pop("typedef", {})
        for struct, field, kind in named:
            if kind in functions:
                found.setdefault(struct, {}).setdefault(field, "()")
        return found

    @cached_property
    def _declaring(self) -> Mapping[str, tuple[str, ...]]:
        """Struct -> the files that declare it, of those that several do."""
        found: dict[str, dict[str, None]] = {}
        for path in sorted(self.files):
            for struct in {member.struct for member in self.files[path].members}:
                found.setdefault(struct, {})[path] = None
        return {struct: tuple(paths) for struct, paths in found.items() if len(paths) > 1}

    def _same(self, struct: str, one: str, other: str) -> bool:
        """Whether the name of a struct can mean the same declaration in two files: ext4 and f2fs each have their own
        `struct bio_post_read_ctx`."""
        first, second = self._seen(struct, one), self._seen(struct, other)
        return not first or not second or not first.isdisjoint(second)

    def _seen(self, struct: str, path: str) -> frozenset[str]:
        """The files whose declaration `struct` can mean in file `path`, of a struct that several declare; else empty.

        A file's own, or those of all headers that it can see.
        """
        declaring = self._declaring.get(struct, ())
        own = [found for found in declaring if self._family(found) == self._family(path)]
        headers = (found for found in declaring if found.endswith(".h") and _header_rank(found, path) < 9)
        return frozenset(own or headers)

    @cached_property
    def _by_member(self) -> dict[str, set[str]]:
        """Member name -> the struct types that members of this name have."""
        found: dict[str, set[str]] = {}
        for members in self.member_types.values():
            for field, kind in members.items():
                if kind != "()":
                    found.setdefault(field, set()).add(kind)
        return found

    @cached_property
    def _owners(self) -> dict[str, list[str]]:
        """Field -> the structs that have a pointer to a function of this name."""
        found: dict[str, list[str]] = {}
        for struct, members in self.member_types.items():
            for field, kind in members.items():
                if kind == "()":
                    found.setdefault(field, []).append(struct)
        return found

    def operation(self, field: str, through: str, root: str) -> str:
        """The struct whose field is called by `through->field(...)`, "" when the source does not show it."""
        owners = self._owners.get(field, [])
        kind = self._walk(through, root)
        if kind:
            return kind if kind in owners else ""
        last = through.replace(".", "->").rsplit("->", 1)[-1].split("[")[0]
        candidates = [owner for owner in owners if owner in self._by_member.get(last, ())]
        if len(candidates) == 1:
            return candidates[0]
        return owners[0] if len(owners) == 1 and not candidates else ""

    def owner(self, item: Assignment) -> str:
        """The struct whose function pointer is set, "" when the source does not show it."""
        for kind in (self._walk(item.base, item.type), item.type):
            if self.member_types.get(kind, {}).get(item.field) == "()":
                return kind
        return self.operation(item.field, "", "")  # the only struct with a function of this name

    @cached_property
    def works(self) -> Mapping[str, list[Work]]:
        """Last member of a work item -> where it gets its function: INIT_WORK(&ip->i_ioend_work, xfs_end_io)."""
        found: dict[str, list[Work]] = {}
        nodes = self._calling(WORK_INIT)
        self.prepare(nodes)
        for node in nodes:
            body = self.body(node)
            items = {call.line: call for call in body.calls if call.through and call.name in WORK_INIT}
            for call in body.calls:
                item = items.get(call.line)
                target = self.resolve(call.name, node.path) if call.kind == kinds.CALLBACK else None
                if item is not None and target is not None and call.through == item.name:
                    found.setdefault(_last(item.through), []).append(Work(self._holder(item), node.path, target))
        return found

    @cached_property
    def queued(self) -> frozenset[Node]:
        """Functions of work items that some call queues."""
        rows = [
            self.work(call, node.path)
            for node in self._calling(WORK_QUEUE)
            for call in self.body(node).calls
            if call.through and call.name in WORK_QUEUE
        ]
        return frozenset(target for row in rows for target in row)

    @cached_property
    def calling(self) -> Mapping[str, list[Node]]:
        """The functions that call a name of the scope, whatever it means there."""
        found: dict[str, list[Node]] = {name: [] for name in (*self.defined, *WORK_INIT, *WORK_QUEUE)}
        for path in sorted(self.files):
            functions = (*self.files[path].functions, *self.generated.get(path, ()))
            for function, node in zip(functions, map(_nodes, zip(repeat(path), range(len(functions))))):  # noqa: B905
                for name in function.called:
                    if name in found:
                        found[name].append(node)
        return found

    def _calling(self, names: Iterable[str]) -> list[Node]:
        return sorted({node for name in names for node in self.calling[name]})

    def work(self, call: Call, path: str) -> tuple[Node, ...]:
        """What runs when a work item is queued: the function that it got in this file, or in a struct of its type."""
        rows = self.works.get(_last(call.through), ())
        holder = self._holder(call)
        here = [row for row in rows if row.path == path and row.holder in ("", holder)]
        typed = [row for row in rows if row.holder and row.holder == holder and self._same(holder, row.path, path)]
        return tuple(dict.fromkeys(row.target for row in (typed or here)))

    def _holder(self, call: Call) -> str:
        """The struct that holds a work item, "" when the function does not show it."""
        through = call.through.replace(".", "->")
        return self._walk(through.rpartition("->")[0], call.type) if "->" in through else ""

    def _walk(self, through: str, root: str) -> str:
        if not root:
            return ""
        kind = root
        for member in through.replace(".", "->").split("->")[1:]:
            kind = self.member_types.get(kind, {}).get(member.split("[")[0], "")
            if not kind or kind == "()":
                return ""
        return kind

    @cached_property
    def initialised(self) -> tuple[Initialised, ...]:
        """The fields of all tables that name a function of the scope, by file and line."""
        rows = []
        for path in sorted(self.files):
            for entry in self.files[path].tables:
                value, node = self.named_value(entry.value, path)
                if node is not None:
                    rows.append(Initialised(path, entry, value, node))
        return tuple(rows)

    def named_value(self, value: str, path: str) -> tuple[str, Node | None]:
        """A function named in a table, through object-like macros."""
        for _ in range(_MACRO_DEPTH):
            macro = self.macro(value, path)
            if macro is None or macro[1].parameters is not None or not macro[1].text or truth(macro[1].guard) is False:
                break
            value = macro[1].text.strip()
        return value, self.resolve(value, path)


def is_foreign(found: str, path: str = "") -> bool:
    """Whether a definition is of another machine than the default configuration's and the machine of `path`."""
    return found.startswith("arch/") and not found.startswith(_MACHINE) and _folders(found) != _folders(path)


def _folders(path: str) -> list[str]:
    return path.split("/")[:2]


def _truth_rank(guard: str) -> int:
    known = truth(guard)
    return 0 if known else 1 if known is None else 2


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _header_rank(found: str, path: str) -> int:
    folder = _folder(found)
    if folder == _folder(path):
        return 1
    if found.startswith("include/"):
        return 3
    if found.split("/")[:2] == path.split("/")[:2]:  # fs/xfs/libxfs sees fs/xfs
        return 2
    if folder in ("mm", "fs", "block") and path.startswith(folder + "/"):
        return 2
    return 9


def _beside(path: str, name: str) -> str:
    parts = _folder(path).split("/")
    for part in name.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _resolve(corpus: Corpus, path: str, call: Call) -> Resolved:
    """A call that does not name a function."""
    if call.kind == kinds.CALLBACK:
        return _handed(corpus, path, call)
    if call.kind in (kinds.FIELD, kinds.TAKEN):
        struct = corpus.operation(call.name, call.through, call.type)
        if struct:
            return Resolved(call, (), "operation", f"{struct}.{call.name}")
    return Resolved(call, (), "" if call.kind in (kinds.TAKEN, kinds.FORWARDED) else "unresolved", "")


def _handed(corpus: Corpus, path: str, call: Call) -> Resolved:
    """A function handed to another one: called by it, kept by it for later, or made a work item's."""
    target = corpus.resolve(call.name, path)
    if target is None:
        return Resolved(call, (), "", call.through)
    if call.through in WORK_INIT:
        return Resolved(call, (target,), "callback" if target in corpus.queued else "work", call.through)
    keeper = corpus.resolve(call.through, path)
    field = corpus.kept_in(keeper).get(call.place, "") if keeper is not None else ""
    return Resolved(call, (target,), "completion" if field else "callback", field or call.through)


def _armed(corpus: Corpus, path: str, item: Assignment) -> Resolved | None:
    """`bio->bi_end_io = iomap_read_end_io;` or `.rmap_one = try_to_unmap_one,` as an edge to what will be called."""
    target = None if item.address else corpus.resolve(item.value, path)
    struct = corpus.owner(item) if target is not None else ""
    if target is None or not struct:
        return None
    kind = "completion" if _is_completion(item.field) else "callback"
    return Resolved(
        Call(item.value, item.line, kinds.CALLBACK, item.condition), (target,), kind, f"{struct}.{item.field}"
    )


def _is_completion(field: str) -> bool:
    return field == "end" or field.endswith(_COMPLETIONS)


def _last(through: str) -> str:
    return through.replace(".", "->").rpartition("->")[2]
