"""Which functions a model holds: the fault path and its neighbours, or the whole scope.

Three parts: what the entries reach, what the implementers of the followed operations reach, and every function that
touches one of the states that matter most, with those who call it. `scope.toml` names the entries and the depths. Where
only few functions are missing between these, so that no chain would come to what is there, they are taken, too.
"""

from collections.abc import Callable, Iterable

from rules.extract.facts import TableFact
from rules.link import Corpus, Node
from rules.scope import Subset

_TO_THE_END = 20  # calls: more than any chain within the core has


def choose(corpus: Corpus, subset: Subset) -> list[Node]:
    """The functions whose calls and sites a model holds, in the order of files and lines."""
    rows = implementers(corpus, subset)
    single = {node for _, _, node in rows}
    followed = {node for _, entry, node in rows if entry.struct in subset.operations}
    deep = {node for _, entry, node in rows if entry.struct in subset.deep}
    marked = _marked(corpus, frozenset(subset.subjects))
    entries = {node for name in subset.entries for node in corpus.defined.get(name, ())}
    chosen = forward(corpus, entries, subset.entry_depth, lambda node: subset.is_common(node.path))
    chosen |= forward(corpus, followed, subset.depth) | forward(corpus, deep, subset.deep_depth)
    chosen |= forward(corpus, single, subset.field_depth)
    chosen |= forward(corpus, chosen, _TO_THE_END, lambda node: node.path in subset.core)
    chosen |= forward(corpus, completions(corpus, chosen), subset.completion_depth)
    chosen |= marked | callers(corpus, marked, subset.callers_depth)
    chosen |= bridges(corpus, chosen, entries | single, subset.bridge)
    chosen |= forward(corpus, chosen, _TO_THE_END, lambda node: node.path in subset.core)
    return sorted(node for node in chosen if not subset.is_foreign(node.path))


def completions(corpus: Corpus, nodes: Iterable[Node]) -> set[Node]:
    """What is called when requests of these functions are done."""
    rows = (row for node in nodes for row in corpus.calls(node) if row.kind == "completion")
    return {target for row in rows for target in row.targets}


def bridges(corpus: Corpus, chosen: set[Node], starts: Iterable[Node], most: int) -> set[Node]:
    """Up to `most` functions between what the starts reach through chosen ones, and chosen ones that they do not reach.

    First where one is missing, then for what is still not reached where two are, and so on. And those just outside
    that hand a table to shared code.
    """
    known = set(chosen)
    starts = tuple(starts)
    for length in range(1, most + 1):
        reached, edge = _reached(corpus, known, starts)
        if length == 1:
            known |= _givers(corpus, edge)
        levels = [{node for node in known - reached if node.path.endswith(".c")}]
        for _ in range(length):
            levels.append(callers(corpus, levels[-1], 1) - known)
        step = levels.pop() & edge
        while step:
            known |= step
            below = levels.pop()
            step = {node for node in below - known if _calls_one(corpus, step, node)} if levels else set()
    return known


def _reached(corpus: Corpus, chosen: set[Node], starts: Iterable[Node]) -> tuple[set[Node], set[Node]]:
    """What the starts reach through chosen functions, and the functions of C files that these call besides."""
    corpus.prepare(chosen)
    reached = chosen.intersection(starts)
    row = list(reached)
    edge: set[Node] = set()
    for node in row:
        onward = corpus.targets(node)
        edge |= onward
        fresh = (onward & chosen) - reached
        reached |= fresh
        row += fresh
    return reached, {node for node in edge - chosen if node.path.endswith(".c")}


def _givers(corpus: Corpus, nodes: Iterable[Node]) -> set[Node]:
    """Those that call a function of another directory that takes a table: what it calls depends on the caller."""
    return {
        node
        for node in nodes
        for name in corpus.function(node).called
        if (callee := corpus.resolve(name, node.path)) is not None
        and callee.path.rpartition("/")[0] != node.path.rpartition("/")[0]
        and any(name.endswith("ops") for name in corpus.function(callee).parameters)
    }


def _calls_one(corpus: Corpus, nodes: Iterable[Node], target: Node) -> bool:
    name = corpus.function(target).name
    return any(name in corpus.function(node).called and corpus.meant(name, node.path) == target for node in nodes)


def _marked(corpus: Corpus, subjects: frozenset[str]) -> set[Node]:
    """The functions with a site of one of these states."""
    likely = [Node(path, at) for path, at, function in corpus.places() if not subjects.isdisjoint(function.subjects)]
    corpus.prepare(likely)
    return {node for node in likely if any(site.subject in subjects for site in corpus.body(node).sites)}


def implementers(corpus: Corpus, subset: Subset) -> list[tuple[str, TableFact, Node]]:
    """(file of the table, entry, function) of every followed operation."""
    return [
        (row.path, row.entry, row.target)
        for row in corpus.initialised
        if subset.follows(row.entry.struct, row.entry.field)
    ]


def callers(corpus: Corpus, targets: Iterable[Node], depth: int) -> set[Node]:
    """Who calls one of `targets` by name, then who calls those."""
    seen: set[Node] = set()
    edge = set(targets)
    for _ in range(depth):
        wanted = {corpus.function(target).name for target in edge}
        found = {
            node for name in wanted for node in corpus.calling.get(name, ()) if corpus.meant(name, node.path) in edge
        }
        edge = found - seen
        seen |= found
    return seen


def forward(
    corpus: Corpus, starts: Iterable[Node], depth: int, keep: Callable[[Node], bool] | None = None
) -> set[Node]:
    """What is reached from `starts` in `depth` steps by calls, macros and callbacks."""
    seen = set(starts)
    edge = list(seen)
    for _ in range(depth):
        found: set[Node] = set()
        corpus.prepare(edge)
        for node in edge:
            found |= corpus.targets(node)
        found -= seen
        if keep is not None:
            found = {node for node in found if keep(node)}
        seen |= found
        edge = list(found)
    return seen
