"""How far the extraction agrees with the compiler: functions, direct calls and operation tables, file by file.

The truth is what gcc's call graph says before any inlining (`-fdump-ipa-cgraph`): facts of one configuration.
A call counts when its callee has a body in the scope, because only such a call can become an edge. Differences are told
by cause, as far as the text shows one: most of what we have and the compiler has not stands under a condition that this
configuration does not meet.
"""

from collections.abc import Mapping
from typing import NamedTuple

from rules.extract.config import truth
from rules.link import Corpus, Node, is_foreign

Truth = Mapping[str, Mapping[str, Mapping[str, list[str]]]]
_SYSTEM_CALLS = (
    ("__do_compat_sys_", "compat_sys_"), ("__do_sys_", "sys_"),
)  # fmt: skip
_WRAPPERS = ("__se_sys_", "__x64_sys_", "__ia32_sys_", "__se_compat_sys_", "__ia32_compat_sys_", "__x64_compat_sys_")
# Made by macros of headers: tracepoints, module parameters, initcalls. Some functions in the text begin alike.
_GENERATED = (
    "__check_",
    "trace_",
    "perf_trace_",
    "__bpf_trace_",
    "trace_event_",
    "__traceiter_",
    "_sub_I_",
    "_sub_D_",
    "__initcall",
)


class Figures(NamedTuple):
    """Counts over all files; a difference is (file, function, callee)."""

    files: int
    functions: int
    missed_functions: tuple[tuple[str, str], ...]
    truth_calls: int
    own_calls: int
    agreed: int
    missing: tuple[tuple[str, str, str], ...]
    extra: tuple[tuple[str, str, str], ...]
    extra_by_configuration: int
    truth_entries: int
    own_entries: int
    agreed_entries: int
    missing_entries: tuple[tuple[str, str, str], ...]
    extra_entries: tuple[tuple[str, str, str], ...]

    @property
    def recall(self) -> float:
        return self.agreed / self.truth_calls if self.truth_calls else 1.0

    @property
    def precision(self) -> float:
        return self.agreed / self.own_calls if self.own_calls else 1.0


def compare(corpus: Corpus, truth_of: Truth) -> Figures:
    """Facts of a tree against the compiler's for the files that `truth_of` names and the tree has."""
    compiled = {name for file in truth_of.values() for name in file["f"]}
    missed, missing, extra = [], [], []
    functions = truth_calls = own_calls = agreed = excused = 0
    tables = _Tables(corpus)
    files = [path for path in truth_of if path in corpus.files]
    for path in files:
        own = _own_calls(corpus, path)
        for raw, callees in truth_of[path]["f"].items():
            name = _plain(raw)
            if raw.startswith(_WRAPPERS) or (name not in own and name.startswith(_GENERATED)):
                continue
            functions += 1
            if name not in own:
                missed.append((path, name))
                continue
            theirs = {_plain(callee) for callee in callees}
            known = {callee for callee in theirs if _has_body(corpus, callee)}
            mine = own[name]
            truth_calls += len(known)
            own_calls += len(mine)
            agreed += len(known & set(mine))
            missing += [(path, name, callee) for callee in sorted(known - set(mine))]
            surplus = sorted(set(mine) - known)
            extra += [(path, name, callee) for callee in surplus]
            excused += sum(_by_configuration(corpus, mine[callee], compiled) for callee in surplus)
        tables.add(path, truth_of[path]["v"])
    return Figures(
        len(files), functions, tuple(missed), truth_calls, own_calls, agreed, tuple(missing), tuple(extra), excused,
        tables.theirs, tables.own, tables.agreed, tuple(tables.missing), tuple(tables.extra),
    )  # fmt: skip


def _plain(name: str) -> str:
    """gcc's name without what its passes append, and of a system call as we name it."""
    name = name.partition(".")[0]
    for prefix, own in _SYSTEM_CALLS:
        if name.startswith(prefix):
            return own + name[len(prefix) :]
    return name


def _own_calls(corpus: Corpus, path: str) -> dict[str, dict[str, Node]]:
    """Function -> callee -> its node, for every function of a file; definitions of one name are joined."""
    found: dict[str, dict[str, Node]] = {}
    for at, function in enumerate((*corpus.files[path].functions, *corpus.generated.get(path, ()))):
        node = Node(path, at)
        if truth(corpus.guard(node)) is False and len(corpus.defined[function.name]) > 1:
            found.setdefault(function.name, {})
            continue
        callees = found.setdefault(function.name, {})
        for row in corpus.calls(node):
            if row.kind in ("call", "macro"):
                callees.update((corpus.function(target).name, target) for target in row.targets)
    return found


def _has_body(corpus: Corpus, name: str) -> bool:
    """Whether the scope has a body for the name that the default configuration compiles."""
    nodes = corpus.defined.get(name, ())
    near = [node for node in nodes if not is_foreign(node.path)]  # another machine's is meant for want of any
    return any(truth(corpus.guard(node)) is not False for node in near or nodes)


def _by_configuration(corpus: Corpus, node: Node, compiled: set[str]) -> bool:
    """Whether the callee itself is not compiled in the default configuration."""
    return truth(corpus.guard(node)) is False and corpus.function(node).name not in compiled


class _Tables:
    """Operation tables: (variable, function) pairs of both sides."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.theirs = self.own = self.agreed = 0
        self.missing: list[tuple[str, str, str]] = []
        self.extra: list[tuple[str, str, str]] = []

    def add(self, path: str, variables: Mapping[str, list[str]]) -> None:
        own: set[tuple[str, str]] = set()
        for entry in self.corpus.files[path].tables:
            value, node = self.corpus.named_value(entry.value, path)
            if node is not None and truth(entry.guard) is not False:
                own.add((entry.variable, value))
        names = {variable for variable, _ in own}
        theirs = {
            (variable.split(".")[0], _plain(function))
            for variable, functions in variables.items()
            for function in functions
            if variable.split(".")[0] in names and _plain(function) in self.corpus.defined
        }
        compiled = {variable.split(".")[0] for variable in variables}
        own = {pair for pair in own if pair[0] in compiled}
        self.theirs += len(theirs)
        self.own += len(own)
        self.agreed += len(theirs & own)
        self.missing += [(path, *pair) for pair in sorted(theirs - own)]
        self.extra += [(path, *pair) for pair in sorted(own - theirs)]


__all__ = ["Figures", "Truth", "compare"]
