"""The columns of a model from the facts of a tree."""

import contextlib
import gc
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rules.bodies import Bodies
from rules.columns import EDGE_KINDS, FORMAT, SEPARATOR, SITE_OPS, Columns, Conditions, Strings
from rules.extract.facts import VERSION, Body, Copied, ExitFact, FileFacts
from rules.generated import add
from rules.link import Corpus, Node, Resolved
from rules.model import HELD
from rules.scope import Scope, Subset
from rules.states import with_reach
from rules.subset import choose

_TRACEPOINT = "trace_"
_UNRESOLVED_CAP = 60  # characters of an unresolved call that are kept


class Tree(NamedTuple):
    """What the facts are of: "6.12.117", where it came from, and blob ids by path."""

    version: str
    tree: str
    blobs: Mapping[str, str]


def build(
    tree: Tree, files: Mapping[str, FileFacts], scope: Scope, subset: Subset | None, bodies: Bodies | None = None
) -> Columns:
    """The model of a tree; `subset` None takes every function. `bodies` has those that `files` leave out."""
    with uncollected():
        corpus = Corpus(files, scope, bodies)
        add(corpus)
        chosen = choose(corpus, subset) if subset is not None else sorted(corpus.nodes())
        columns = _Builder(tree, corpus, chosen, subset).columns()
        return with_reach(columns) if subset is not None else columns


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Without garbage collection: of a million small values none is in a cycle, and going over them takes a third."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


_KINDS = {kind: number for number, kind in enumerate(EDGE_KINDS)}


def _through(row: Resolved) -> str:
    """Who is handed a callback, which macro it is; of an operation the pointer that it is called through."""
    if row.kind != "operation":
        return row.operation if row.kind != "call" else ""
    return row.call.through if row.call.through.replace(".", "->").rpartition("->")[2] not in HELD else ""


# struct, field, (variable, function, line, guard), target, file
Entry = tuple[str, str, tuple[str, str, int, str], Node | None, str]


class _Builder:
    def __init__(self, tree: Tree, corpus: Corpus, chosen: Sequence[Node], subset: Subset | None) -> None:
        self.tree = tree
        self.subset = subset
        self.corpus = corpus
        self.strings = Strings()
        self.conditions = Conditions(self.strings)
        corpus.prepare(chosen)
        self.bodies = {node: corpus.body(node) for node in chosen}
        self.calls = {node: tuple(row for row in corpus.calls(node) if row.kind) for node in chosen}
        # Where a call leads on to, in a subset: what a header has without a state site is the end of the way.
        self.onward = {node for node, body in self.bodies.items() if body.sites or not node.path.startswith("include/")}
        reached = {target for rows in self.calls.values() for row in rows for target in row.targets}
        self.entries = [row for row in self._entries() if self._wanted(row, reached)]
        reached |= {row[3] for row in self.entries if row[3] is not None}
        self.nodes = sorted({*chosen, *reached}, key=self._place)
        self.number = {node: at for at, node in enumerate(self.nodes)}
        self.tables = frozenset(row[2][0] for row in self.entries)
        self.told = self._told()

    def _wanted(self, row: Entry, reached: set[Node]) -> bool:
        """All entries of followed operations; of others those whose function is in the model anyway."""
        if self.subset is None or self.subset.follows(row[0], row[1]):
            return True
        return row[3] in self.bodies or row[3] in reached

    def _place(self, node: Node) -> tuple[str, int, int]:
        return node.path, self.corpus.function(node).first, node.at

    def _told(self) -> set[Node]:
        """Functions to which a call hands arguments that are kept: their parameters' names are needed."""
        return {
            target
            for rows in self.calls.values()
            for row in rows
            if row.call.arguments and row.kind == "call"
            for target in row.targets
        }

    def columns(self) -> Columns:
        text: dict[str, list[int]] = {}
        plain: dict[str, list[int]] = {}
        paths = sorted({node.path for node in self.nodes})
        self._functions(text, plain, paths)
        self._edges(text, plain)
        self._sites(text, plain)
        self._exits(text, plain)
        self._tables(text, plain)
        self._installs(text, plain)
        text["condition_text"] = self.conditions.text
        plain["condition_outer"] = self.conditions.outer
        files = [self.strings.add(path) for path in paths]
        return Columns(
            format=FORMAT,
            version=self.tree.version,
            tree=self.tree.tree,
            reach_key="",
            extractor=VERSION,
            strings=list(self.strings.seen),
            files=files,
            blobs=[self.tree.blobs[path][:16] for path in paths],
            **text,
            **plain,
        )

    def _functions(self, text: dict[str, list[int]], plain: dict[str, list[int]], paths: list[str]) -> None:
        number = {path: at for at, path in enumerate(paths)}
        rows = [(node, self.corpus.function(node)) for node in self.nodes]
        text["function_name"] = [self.strings.add(function.name) for _, function in rows]
        text["function_guard"] = [self.strings.add(self.corpus.guard(node)) for node, _ in rows]
        text["function_parameters"] = [
            self.strings.add(SEPARATOR.join(function.parameters) if node in self.told else "")
            for node, function in rows
        ]
        plain["function_file"] = [number[node.path] for node, _ in rows]
        plain["function_head"] = [function.first - function.head for _, function in rows]
        plain["function_size"] = [function.last - function.first for _, function in rows]
        plain["function_flags"] = [function.static + (2 if node not in self.bodies else 0) for node, function in rows]
        plain["function_first"] = [function.first for _, function in rows]

    def _edges(self, text: dict[str, list[int]], plain: dict[str, list[int]]) -> None:
        names = ("edge_line", "edge_kind", "edge_callee", "edge_condition", "edge_until")
        found: list[tuple[int, ...]] = []  # in the order of `names`, then through and arguments
        counts = []
        add, condition_of = self.strings.add, self.conditions.add
        before = 0
        for node in self.nodes:
            rows = self._rows(node)
            counts.append(len(rows))
            line = 0
            conditions = self.bodies[node].conditions if node in self.bodies else ()
            for row, to in rows:
                call = row.call
                told = self._is_told(row)
                # A subset has the name of a macro only where its callee leads on.
                through = add(_through(row) if told or row.kind != "macro" else "")
                if told:
                    condition = condition_of(conditions[call.condition])
                    until = call.until - call.line + 1 if call.until else 0
                    arguments = add(self._arguments(call.arguments))
                else:
                    condition, until, arguments = before, -1, 0
                kind = _KINDS[row.kind]
                found.append((call.line - line, kind, to, condition, until, through, arguments))
                line, before = call.line, condition
        plain["edge_count"] = counts
        columns = zip(*found, strict=True) if found else [()] * (len(names) + 2)
        for name, column in zip((*names, "edge_through", "edge_arguments"), columns, strict=True):
            (plain if name in names else text)[name] = list(column)

    def _arguments(self, arguments: tuple[str, ...]) -> str:
        """Arguments without the address of what is no table of the tree."""
        if not any(text.startswith("&") for text in arguments):
            return SEPARATOR.join(arguments)
        kept = [text if text[:1] != "&" or self._is_table(text) else "" for text in arguments]
        return SEPARATOR.join(kept).rstrip(SEPARATOR)

    def _is_table(self, text: str) -> bool:
        return any(name.lstrip("&") in self.tables for name in text.split("|"))

    def _rows(self, node: Node) -> list[tuple[Resolved, int]]:
        """Edges of a function; in a subset, a name outside of the scope once, and no tracepoints."""
        rows = [pair for row in self.calls.get(node, ()) for pair in self._numbered(row)]
        if self.subset is None:
            return rows
        seen: set[int] = set()
        kept = []
        for row, to in rows:
            if row.kind == "unresolved" and not row.call.kind:
                if to in seen or row.call.name.startswith(_TRACEPOINT):
                    continue
                seen.add(to)
            kept.append((row, to))
        return kept

    def _is_told(self, row: Resolved) -> bool:
        """Whether a call's condition and arguments are kept: all of them, or in a subset those that lead anywhere."""
        if self.subset is None or row.kind == "operation":
            return True
        return not self.onward.isdisjoint(row.targets)

    def _numbered(self, row: Resolved) -> list[tuple[Resolved, int]]:
        if row.kind == "operation":
            return [(row, self.strings.add(row.operation))]
        if row.kind == "unresolved":
            through = f"{row.call.through}->" if row.call.through else ""
            return [(row, self.strings.add(f"{through}{row.call.name}"[:_UNRESOLVED_CAP]))]
        return [(row, self.number[target]) for target in row.targets]

    def _sites(self, text: dict[str, list[int]], plain: dict[str, list[int]]) -> None:
        for name in ("site_subject", "site_spelling", "site_action"):
            text[name] = []
        for name in ("site_count", "site_line", "site_op", "site_negated", "site_condition", "site_until"):
            plain[name] = []
        for node in self.nodes:
            body = self.bodies.get(node)
            plain["site_count"].append(len(body.sites) if body else 0)
            line = 0
            for site in body.sites if body else ():
                plain["site_line"].append(site.line - line)
                line = site.line
                plain["site_op"].append(SITE_OPS.index(site.op))
                plain["site_negated"].append(int(site.negated))
                text["site_subject"].append(self.strings.add(site.subject))
                text["site_spelling"].append(self.strings.add(site.spelling))
                plain["site_condition"].append(self.conditions.add(body.conditions[site.condition] if body else ""))
                plain["site_until"].append(site.until - site.line + 1 if site.until else 0)
                text["site_action"].append(self.strings.add(site.action))

    def _exits(self, text: dict[str, list[int]], plain: dict[str, list[int]]) -> None:
        rows = [(node, self._kept_exits(node)) for node in self.nodes]
        plain["exit_count"] = [len(exits) for _, exits in rows]
        plain["exit_line"] = [item.line for _, exits in rows for item in exits]
        plain["exit_under"] = [self.conditions.add(item.under) for _, exits in rows for item in exits]
        text["exit_condition"] = [self.strings.add(item.condition) for _, exits in rows for item in exits]
        text["exit_action"] = [self.strings.add(item.action) for _, exits in rows for item in exits]

    def _kept_exits(self, node: Node) -> tuple[ExitFact, ...]:
        """Early ways out above a call that leads on; below the last such call they tell nothing."""
        if node not in self.bodies or not self.bodies[node].exits:
            return ()
        last = max((row.call.line for row in self.calls[node] if self._is_told(row)), default=0)
        return tuple(item for item in self.bodies[node].exits if item.line < last)

    def _entries(self) -> list[Entry]:
        """Every field of a table, and fields that are set at run time."""
        rows: list[Entry] = [
            (entry.struct, entry.field, (entry.variable, value, entry.line, entry.guard), node, path)
            for path, entry, value, node in self.corpus.initialised
        ]
        for node, body in self.bodies.items():
            rows.extend(self._set_fields(node, body))
        return list(dict.fromkeys(rows))

    def _set_fields(self, node: Node, body: Body) -> list[Entry]:
        """`bio->bi_end_io = iomap_read_end_io;` is an entry of the operation bio.bi_end_io."""
        rows: list[Entry] = []
        for item in body.assignments:
            target = self.corpus.resolve(item.value, node.path)
            if target is None or item.value in self.corpus.function(node).parameters:
                continue
            struct = self.corpus.owner(item)
            if struct:
                name = f"{self.corpus.function(node).name}()"
                line = self.corpus.function(node).first + item.line
                rows.append((struct, item.field, (name, item.value, line, ""), target, node.path))
        for copied in body.copied:
            rows.extend(self._copied(copied))
        return rows

    def _copied(self, item: Copied) -> list[Entry]:
        """`stream->issue_write = ictx->ops->issue_write;`: what the tables have is an entry of this operation, too."""
        base, _, field = item.to.replace(".", "->").rpartition("->")
        through, _, taken = item.value.replace(".", "->").rpartition("->")
        struct = self.corpus.operation(field, base, item.to_type)
        source = self.corpus.operation(taken, through, item.value_type)
        if not struct or not source or struct == source:
            return []
        return [
            (struct, field, (row.entry.variable, row.value, row.entry.line, row.entry.guard), row.target, row.path)
            for row in self.corpus.initialised
            if (row.entry.struct, row.entry.field) == (source, taken)
        ]

    def _tables(self, text: dict[str, list[int]], plain: dict[str, list[int]]) -> None:
        add = self.strings.add
        text["entry_struct"] = [add(row[0]) for row in self.entries]
        text["entry_field"] = [add(row[1]) for row in self.entries]
        text["entry_variable"] = [add(row[2][0]) for row in self.entries]
        text["entry_function"] = [add(row[2][1]) for row in self.entries]
        text["entry_file"] = [add(row[4]) for row in self.entries]
        text["entry_guard"] = [add(row[2][3]) for row in self.entries]
        plain["entry_target"] = [self.number[row[3]] if row[3] is not None else -1 for row in self.entries]
        plain["entry_line"] = [row[2][2] for row in self.entries]

    def _installs(self, text: dict[str, list[int]], plain: dict[str, list[int]]) -> None:
        rows = [
            (self.number[node], item)
            for node, body in self.bodies.items()
            for item in body.assignments
            if item.address and item.field.endswith(("ops", "op", "fop"))
        ]
        plain["install_function"] = [number for number, _ in rows]
        plain["install_line"] = [self.corpus.function(self.nodes[number]).first + item.line for number, item in rows]
        text["install_field"] = [self.strings.add(item.field) for _, item in rows]
        text["install_variable"] = [self.strings.add(item.value) for _, item in rows]
