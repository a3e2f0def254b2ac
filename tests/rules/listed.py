"""What `rules.graph.Model` answers, by a look through lists: what the kernels of `toy` and `kernel` have in common."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from rules.model import Edge, Exit, Function, Install, OpEntry, Site, SiteOp


class Listed:
    """A model of few functions. Who derives from it fills the lists; nothing in it is unresolved or leaves early."""

    version = "0.1-toy"
    tree = "invented"
    extractor = "by hand"
    functions: Sequence[Function]
    blobs: Mapping[str, str]
    _edges: tuple[Edge, ...]
    _sites: tuple[Site, ...]
    _entries: tuple[OpEntry, ...]

    def name_of(self, index: int) -> str:
        return self.functions[index].name

    def file_of(self, index: int) -> str:
        return self.functions[index].file

    def is_outline(self, index: int) -> bool:
        return self.functions[index].outline

    @property
    def is_part(self) -> bool:
        return any(function.outline for function in self.functions)

    def named(self, name: str) -> tuple[Function, ...]:
        return tuple(function for function in self.functions if function.name == name)

    def in_file(self, file: str) -> tuple[Function, ...]:
        return tuple(function for function in self.functions if function.file == file)

    def at(self, file: str, line: int) -> Function | None:
        return next((f for f in self.functions if f.file == file and f.first <= line <= f.last), None)

    def holds(self, path: str, blob: str) -> bool:
        return self.blobs.get(path, "") == blob

    def callees(self, index: int) -> tuple[Edge, ...]:
        return tuple(sorted((edge for edge in self._edges if edge.caller == index), key=lambda edge: edge.line))

    def callers(self, index: int) -> tuple[Edge, ...]:
        return tuple(edge for edge in self._edges if edge.callee == index)

    def reach(self, key: str) -> None:
        return None

    def steps(self, index: int) -> tuple[tuple[int, str, str, str], ...]:
        return tuple((edge.callee, edge.kind, edge.operation, edge.through) for edge in self.callees(index))

    def direct_callers(self, indexes: Collection[int]) -> dict[int, frozenset[int]]:
        return {
            index: frozenset(edge.caller for edge in self.callers(index) if edge.kind != "operation")
            for index in indexes
        }

    def calling(self, index: int) -> tuple[tuple[int, str], ...]:
        edges = self.callers(index)
        return tuple(dict.fromkeys((edge.caller, edge.operation * (edge.kind == "operation")) for edge in edges))

    def sites(self, index: int) -> tuple[Site, ...]:
        return tuple(sorted((site for site in self._sites if site.function == index), key=lambda site: site.line))

    def sites_of(self, subject: str, op: SiteOp | None = None) -> tuple[Site, ...]:
        return tuple(site for site in self._sites if site.subject == subject and op in (None, site.op))

    def entries(self, struct: str, field: str) -> tuple[OpEntry, ...]:
        return tuple(entry for entry in self._entries if (entry.struct, entry.field) == (struct, field))

    def entries_of(self, index: int) -> tuple[OpEntry, ...]:
        return tuple(entry for entry in self._entries if entry.target == index)

    def table(self, variable: str) -> tuple[OpEntry, ...]:
        return tuple(entry for entry in self._entries if entry.variable == variable)

    def operations_called(self, index: int) -> tuple[Edge, ...]:
        return tuple(edge for edge in self.callees(index) if edge.kind == "operation")

    def operation_calls(self, struct: str, field: str) -> tuple[Edge, ...]:
        calls = {
            (edge.caller, edge.line): edge
            for edge in self._edges
            if edge.kind == "operation" and edge.operation == f"{struct}.{field}"
        }
        return tuple(calls.values())

    def operations(self) -> tuple[str, ...]:
        return tuple(sorted({f"{entry.struct}.{entry.field}" for entry in self._entries}))

    def arguments_naming(self, text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
        return ((edge.caller, edge.arguments) for edge in self._edges if any(text in part for part in edge.arguments))

    def installs(self) -> tuple[Install, ...]:
        return ()

    def unresolved(self, index: int) -> tuple[tuple[int, str], ...]:
        return ()

    def exits(self, index: int) -> tuple[Exit, ...]:
        return ()
