"""A loaded model and how to ask it. Values are made when asked for; loading makes none.

Indexes by name, file, callee and state are built on first use. Every answer is a tuple in a fixed order: functions by
file and line, edges and sites by line.
"""

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import accumulate
from operator import attrgetter
from types import MappingProxyType
from typing import overload

from rules.columns import EDGE_KINDS, SEPARATOR, SITE_OPS, Columns, ConditionTexts
from rules.model import Edge, Exit, Function, Install, OpEntry, Site, SiteOp, Value

OPERATION, UNRESOLVED = 3, 4  # places in EDGE_KINDS
_FEW = 6  # names
_SOME = 150  # callees
_SYSTEM_CALL = ("__do_sys_", "__se_sys_", "__x64_sys_", "ksys_", "sys_", "")


class OperationCall(Value, frozen=True, kw_only=True):
    """A call through an operation: `vma->vm_ops->page_mkwrite(vmf)`."""

    caller: int
    line: int
    operation: str  # "vm_operations_struct.page_mkwrite"
    condition: str
    arguments: tuple[str, ...]


class Functions(Sequence[Function]):
    """All functions; each is made when it is first asked for, and kept."""

    def __init__(self, model: "Model") -> None:
        self._model = model
        self._made: dict[int, Function] = {}

    def __len__(self) -> int:
        return len(self._model.columns.function_name)

    @overload
    def __getitem__(self, index: int) -> Function: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Function, ...]: ...
    def __getitem__(self, index: int | slice) -> Function | tuple[Function, ...]:
        if isinstance(index, slice):
            return tuple(self._model.function(at) for at in range(*index.indices(len(self))))
        found = self._made.get(index)
        if found is None:
            size = len(self)
            if not -size <= index < size:
                raise IndexError(index)
            found = self._made[index] = self._model.function(index % size)
        return found


class Model:
    """A kernel tree as functions, edges, operation entries and state sites."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.version = columns.version
        self.tree = columns.tree
        self.extractor = columns.extractor
        self.functions = Functions(self)
        # Answers that are asked for again and again.
        self._called: dict[int, tuple[Edge, ...]] = {}
        self._through: dict[str, tuple[tuple[int, int], ...]] = {}
        self._implementing: dict[str, tuple[int, ...]] = {}
        self._names_asked = 0
        self._callees_asked = 0
        self._sites: dict[int, tuple[Site, ...]] = {}
        self._entries: dict[int, tuple[OpEntry, ...]] = {}
        self._implementers: dict[tuple[str, str], tuple[OpEntry, ...]] = {}

    @cached_property
    def blobs(self) -> Mapping[str, str]:
        """Path to the first 16 hex digits of its git blob id, for every file that has a function here."""
        strings = self.columns.strings
        paths = (strings[at] for at in self.columns.files)
        return MappingProxyType(dict(zip(paths, self.columns.blobs, strict=True)))

    def holds(self, path: str, blob: str) -> bool:
        """Whether the model was made from this very version of a file; `blob` may be abbreviated, to 7 digits."""
        own = self.blobs.get(path, "")
        size = min(len(own), len(blob))
        return size >= 7 and own[:size] == blob[:size].lower()

    # Functions

    def function(self, index: int) -> Function:
        """Raises IndexError for a number that no function has."""
        columns = self.columns
        first = columns.function_first[index]
        flags = columns.function_flags[index]
        parameters = columns.strings[columns.function_parameters[index]]
        return Function(
            index=index,
            name=columns.strings[columns.function_name[index]],
            file=columns.strings[columns.files[columns.function_file[index]]],
            first=first,
            last=first + columns.function_size[index],
            static=bool(flags & 1),
            guard=columns.strings[columns.function_guard[index]],
            parameters=tuple(parameters.split(SEPARATOR)) if parameters else (),
            outline=bool(flags & 2),
        )

    def file_of(self, index: int) -> str:
        """The file of a function, without making the function. Raises IndexError."""
        columns = self.columns
        return columns.strings[columns.files[columns.function_file[index]]]

    def name_of(self, index: int) -> str:
        """The name of a function, without making the function. Raises IndexError."""
        return self.columns.strings[self.columns.function_name[index]]

    def is_outline(self, index: int) -> bool:
        """Whether the model has only the function's place. Raises IndexError."""
        return bool(self.columns.function_flags[index] & 2)

    @cached_property
    def is_part(self) -> bool:
        """The model has only the place of some functions: of who calls it does not have all."""
        return any(flags & 2 for flags in self.columns.function_flags)

    def named(self, name: str) -> tuple[Function, ...]:
        """Every definition of a name. A system call has any of its spellings: msync, sys_msync, __do_sys_msync."""
        found = self._having(name)
        if not found:
            bare = next((name[len(prefix) :] for prefix in _SYSTEM_CALL if name.startswith(prefix)), name)
            found = self._having(f"sys_{bare}")
        return tuple(self.functions[index] for index in found)

    def _having(self, name: str) -> Sequence[int]:
        """The functions of a name. The first few are searched for, because an index of all names costs more."""
        self._names_asked += 1
        if self._names_asked > _FEW:
            return self._by_name.get(name, ())
        with suppress(ValueError):  # where no string is the name
            return self._numbered(self.columns.strings.index(name))
        return ()

    def _numbered(self, number: int) -> list[int]:
        """The functions whose name is a string."""
        names = self.columns.function_name
        found: list[int] = []
        with suppress(ValueError):  # where there is no other
            while True:
                found.append(names.index(number, found[-1] + 1 if found else 0))
        return found

    def at(self, file: str, line: int) -> Function | None:
        """The function that has this line, from the first line of its declaration to its closing brace."""
        low, high = self._span(file)
        first = self.columns.function_first
        index = bisect_right(first, line, low, high) - 1
        if index >= low and line <= first[index] + self.columns.function_size[index]:
            return self.functions[index]
        after = index + 1
        if after < high and line >= first[after] - self.columns.function_head[after]:
            return self.functions[after]
        return None

    def in_file(self, file: str) -> tuple[Function, ...]:
        """The functions of a file, by line."""
        return tuple(self.functions[index] for index in range(*self._span(file)))

    # Edges

    def callees(self, index: int) -> tuple[Edge, ...]:
        """What a function calls, by line; calls of followed operations once for each implementer."""
        if index not in self._called:
            self._called[index] = tuple(self._edges(index))
        return self._called[index]

    def steps(self, index: int) -> Iterator[tuple[int, str, str, str]]:
        """(callee, kind, operation, through) of `callees`, without making edges."""
        columns, strings = self.columns, self.columns.strings
        for row in range(*self._edge_span(index)):
            kind, to = columns.edge_kind[row], columns.edge_callee[row]
            if kind == OPERATION:
                operation, through = strings[to], strings[columns.edge_through[row]]
                for target in self._targets(operation):
                    yield target, "operation", operation, through
            elif kind != UNRESOLVED:
                yield to, EDGE_KINDS[kind], strings[columns.edge_through[row]], ""

    def callers(self, index: int) -> tuple[Edge, ...]:
        """Edges that end in a function, by caller and line."""
        rows = self._calling(index)
        edges = [self._edge(caller, row, self._edge_line(caller, row), index) for caller, row in rows]
        for operation in self._implemented(index):
            for caller, row in self._rows_through(operation):
                edges.append(self._edge(caller, row, self._edge_line(caller, row), index))
        return tuple(sorted(edges, key=attrgetter("caller", "line")))

    def direct_callers(self, indexes: Collection[int]) -> dict[int, frozenset[int]]:
        """The functions whose edges name one of these functions: not those that reach it through an operation."""
        columns = self.columns
        wanted = frozenset(indexes)
        found: dict[int, set[int]] = {index: set() for index in wanted}
        for row, to in [(row, to) for row, to in enumerate(columns.edge_callee) if to in wanted]:
            if columns.edge_kind[row] not in (OPERATION, UNRESOLVED):
                found[to].add(self._caller(row))
        return {index: frozenset(callers) for index, callers in found.items()}

    def calling(self, index: int) -> tuple[tuple[int, str], ...]:
        """Who calls a function: `callers` in short.

        With the operation that leads to it, "completion" or "work" where that is the kind of the edge, else "".
        """
        kinds = self.columns.edge_kind
        rows = [
            (row, EDGE_KINDS[kinds[row]] if kinds[row] > UNRESOLVED else "")
            for row in self._naming(index)
            if kinds[row] not in (OPERATION, UNRESOLVED)
        ]
        for operation in self._implemented(index):
            rows += [(row, operation) for _, row in self._rows_through(operation)]
        rows.sort()  # rows are in the order of callers and lines
        return tuple(dict.fromkeys((self._caller(row), operation) for row, operation in rows))

    def _implemented(self, index: int) -> tuple[str, ...]:
        """The operations that a function implements, by name."""
        columns, strings = self.columns, self.columns.strings
        rows = self._by_target.get(index, ())
        names = (f"{strings[columns.entry_struct[row]]}.{strings[columns.entry_field[row]]}" for row in rows)
        return tuple(dict.fromkeys(names)) if rows else ()

    def operation_calls(self, struct: str, field: str) -> tuple[OperationCall, ...]:
        """Where `->field(...)` of this struct is called."""
        rows = self._rows_through(f"{struct}.{field}")
        return tuple(self._operation_call(caller, row) for caller, row in rows)

    def _operation_call(self, caller: int, row: int) -> OperationCall:
        columns = self.columns
        return OperationCall(
            caller=caller,
            line=self._edge_line(caller, row),
            operation=columns.strings[columns.edge_callee[row]],
            condition=self._edge_text(row),
            arguments=self._arguments(row),
        )

    def operations_called(self, index: int) -> tuple[OperationCall, ...]:
        """The calls through operations that a function makes, also those that nothing here implements."""
        return tuple(
            self._operation_call(index, row)
            for row in range(*self._edge_span(index))
            if self.columns.edge_kind[row] == OPERATION
        )

    def operations(self) -> tuple[str, ...]:
        """Every operation that has an entry or a call, "vm_operations_struct.page_mkwrite", in order."""
        return tuple(sorted({*self._operation_rows, *(f"{struct}.{field}" for struct, field in self._by_operation)}))

    def unresolved(self, index: int) -> tuple[tuple[int, str], ...]:
        """(line, text) of calls that could not be told: through pointers, to names outside of the scope."""
        columns = self.columns
        return tuple(
            (self._edge_line(index, row), columns.strings[columns.edge_callee[row]])
            for row in range(*self._edge_span(index))
            if columns.edge_kind[row] == UNRESOLVED
        )

    def _edges(self, caller: int) -> Iterator[Edge]:
        columns = self.columns
        kinds, callees, lines = columns.edge_kind, columns.edge_callee, columns.edge_line
        line = columns.function_first[caller]
        for row in range(*self._edge_span(caller)):
            kind = kinds[row]
            line += lines[row]
            if kind == OPERATION:
                for target in self._targets(columns.strings[callees[row]]):
                    yield self._edge(caller, row, line, target)
            elif kind != UNRESOLVED:
                yield self._edge(caller, row, line, callees[row])

    def _edge(self, caller: int, row: int, line: int, callee: int) -> Edge:
        columns = self.columns
        strings = columns.strings
        kind = columns.edge_kind[row]
        through = strings[columns.edge_through[row]]
        arguments = columns.edge_arguments[row]
        until = columns.edge_until[row]
        return Edge(
            caller=caller,
            callee=callee,
            line=line,
            kind=EDGE_KINDS[kind],  # type: ignore[arg-type]
            operation=strings[columns.edge_callee[row]] if kind == OPERATION else through,
            condition=self._conditions[columns.edge_condition[row]] if until >= 0 else "",
            arguments=tuple(strings[arguments].split(SEPARATOR)) if arguments else (),
            until=line + until - 1 if until > 0 else 0,
            through=through if kind == OPERATION else "",
        )

    def _edge_text(self, row: int) -> str:
        columns = self.columns
        return self._conditions[columns.edge_condition[row]] if columns.edge_until[row] >= 0 else ""

    def _arguments(self, row: int) -> tuple[str, ...]:
        text = self.columns.strings[self.columns.edge_arguments[row]]
        return tuple(text.split(SEPARATOR)) if text else ()

    def _targets(self, operation: str) -> tuple[int, ...]:
        """Who implements an operation, "vm_operations_struct.page_mkwrite"."""
        if operation not in self._implementing:
            struct, _, field = operation.partition(".")
            rows = self._by_operation.get((struct, field), ())
            targets = (self.columns.entry_target[row] for row in rows)
            self._implementing[operation] = tuple(dict.fromkeys(target for target in targets if target >= 0))
        return self._implementing[operation]

    def arguments_naming(self, text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
        """(caller, arguments) of each call one of whose arguments has this text in it."""
        strings = self.columns.strings
        numbers = {number for number in set(self.columns.edge_arguments) if text in strings[number]}
        for row, number in enumerate(self.columns.edge_arguments):
            if number in numbers:
                yield self._caller(row), self._arguments(row)

    # Sites

    def sites(self, index: int) -> tuple[Site, ...]:
        """State sites of a function, by line."""
        if index not in self._sites:
            start = self._site_start[index]
            rows = range(start, start + self.columns.site_count[index])
            self._sites[index] = tuple(self._site(index, row) for row in rows)
        return self._sites[index]

    def sites_of(self, subject: str, op: SiteOp | None = None) -> tuple[Site, ...]:
        """Every site of a subject, by file and line."""
        rows = self._by_subject.get(subject, ())
        wanted = SITE_OPS.index(op) if op is not None else -1
        ops, starts = self.columns.site_op, self._site_start
        return tuple(self._site(bisect_right(starts, row) - 1, row) for row in rows if wanted in (-1, ops[row]))

    def _site(self, function: int, row: int) -> Site:
        columns = self.columns
        strings = columns.strings
        line = columns.function_first[function] + sum(columns.site_line[self._site_start[function] : row + 1])
        return Site(
            function=function,
            line=line,
            op=SITE_OPS[columns.site_op[row]],
            subject=strings[columns.site_subject[row]],
            spelling=strings[columns.site_spelling[row]],
            negated=bool(columns.site_negated[row]),
            condition=self._conditions[columns.site_condition[row]],
            action=strings[columns.site_action[row]],
            until=_until(line, columns.site_until[row]),
        )

    def exits(self, index: int) -> tuple[Exit, ...]:
        """Early ways out of a function whose condition a caller can know, by line."""
        columns = self.columns
        start = self._exit_start[index]
        return tuple(
            Exit(
                function=index,
                line=columns.function_first[index] + columns.exit_line[row],
                condition=columns.strings[columns.exit_condition[row]],
                under=self._conditions[columns.exit_under[row]],
                action=columns.strings[columns.exit_action[row]],
            )
            for row in sorted(range(start, start + columns.exit_count[index]), key=lambda row: columns.exit_line[row])
        )

    # Paths

    def reach(self, key: str) -> Mapping[int, int] | None:
        """Functions that the paths of a key come to, as rules.states.reachable has them; None when it is not stored."""
        if not key or key != self.columns.reach_key:
            return None
        return {index: bits for index, bits in enumerate(self.columns.reach) if bits}

    # Operation tables

    def entries(self, struct: str, field: str) -> tuple[OpEntry, ...]:
        """Who implements an operation, by file and line of the table."""
        if (struct, field) not in self._implementers:
            rows = self._by_operation.get((struct, field), ())
            self._implementers[struct, field] = tuple(self._entry(row) for row in rows)
        return self._implementers[struct, field]

    def entries_of(self, index: int) -> tuple[OpEntry, ...]:
        """The operations that a function implements."""
        if index not in self._entries:
            self._entries[index] = tuple(self._entry(row) for row in self._by_target.get(index, ()))
        return self._entries[index]

    def table(self, variable: str) -> tuple[OpEntry, ...]:
        """The entries of a variable, "xfs_file_vm_ops"."""
        return tuple(self._entry(row) for row in self._by_variable.get(variable, ()))

    def installs(self) -> tuple[Install, ...]:
        """Every `->vm_ops = &variable` and the like."""
        columns = self.columns
        rows = zip(
            columns.install_function,
            columns.install_line,
            columns.install_field,
            columns.install_variable,
            strict=True,
        )
        text = columns.strings
        return tuple(
            Install(function=function, line=line, field=text[field], variable=text[variable])
            for function, line, field, variable in rows
        )

    def _entry(self, row: int) -> OpEntry:
        columns = self.columns
        strings = columns.strings
        return OpEntry(
            struct=strings[columns.entry_struct[row]],
            field=strings[columns.entry_field[row]],
            variable=strings[columns.entry_variable[row]],
            function=strings[columns.entry_function[row]],
            target=columns.entry_target[row],
            file=strings[columns.entry_file[row]],
            line=columns.entry_line[row],
            guard=strings[columns.entry_guard[row]],
        )

    # Indexes

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        strings = self.columns.strings
        for index, name in enumerate(self.columns.function_name):
            found.setdefault(strings[name], []).append(index)
        return found

    def _span(self, file: str) -> tuple[int, int]:
        """The first function of a file and the one after its last; functions stand in the order of the files."""
        number = self._file_numbers.get(file, -1)
        of_file = self.columns.function_file
        return bisect_left(of_file, number), bisect_right(of_file, number)

    @cached_property
    def _file_numbers(self) -> dict[str, int]:
        strings = self.columns.strings
        return {strings[at]: number for number, at in enumerate(self.columns.files)}

    @cached_property
    def _edge_start(self) -> list[int]:
        return [0, *accumulate(self.columns.edge_count)]

    def _edge_span(self, index: int) -> tuple[int, int]:
        return self._edge_start[index], self._edge_start[index + 1]

    def _edge_line(self, caller: int, row: int) -> int:
        """Rows hold the distance from the row before in the same function."""
        return self.columns.function_first[caller] + sum(self.columns.edge_line[self._edge_start[caller] : row + 1])

    @cached_property
    def _site_start(self) -> list[int]:
        return [0, *accumulate(self.columns.site_count)]

    @cached_property
    def _exit_start(self) -> list[int]:
        return [0, *accumulate(self.columns.exit_count)]

    @cached_property
    def _conditions(self) -> ConditionTexts:
        return ConditionTexts(self.columns)

    def _naming(self, number: int) -> Sequence[int]:
        """The edges that name a function or a string, of every kind: `edge_kind` tells which of the two is meant.

        Some are searched for, by the lowest byte of their number, because an index of all costs as many as 300 of them.
        """
        self._callees_asked += 1
        if self._callees_asked > _SOME:
            return self._by_callee.get(number, ())
        low, callees = self._low_bytes, self.columns.edge_callee
        found = []
        row = low.find(number & 0xFF)
        while row >= 0:
            if callees[row] == number:
                found.append(row)
            row = low.find(number & 0xFF, row + 1)
        return found

    @cached_property
    def _low_bytes(self) -> bytes:
        """The lowest byte of each edge's callee."""
        callees = self.columns.edge_callee
        if not isinstance(callees, array):  # not from a file
            return bytes(number & 0xFF for number in callees)
        return callees.tobytes()[0 if sys.byteorder == "little" else callees.itemsize - 1 :: callees.itemsize]

    @cached_property
    def _by_callee(self) -> Mapping[int, list[int]]:
        found: defaultdict[int, list[int]] = defaultdict(list)
        for row, to in enumerate(self.columns.edge_callee):
            found[to].append(row)
        return found

    def _calling(self, index: int) -> Iterator[tuple[int, int]]:
        """The (caller, edge) pairs that name a function; operations are in `_rows_through`."""
        kinds = self.columns.edge_kind
        for row in self._naming(index):
            if kinds[row] not in (OPERATION, UNRESOLVED):
                yield self._caller(row), row

    def _caller(self, row: int) -> int:
        """Whose edge it is."""
        return bisect_right(self._edge_start, row) - 1

    def _rows_through(self, operation: str) -> tuple[tuple[int, int], ...]:
        """The (caller, edge) pairs that call through an operation."""
        found = self._through.get(operation)
        if found is None:
            rows = self._operation_rows.get(operation, ())
            found = self._through[operation] = tuple([(self._caller(row), row) for row in rows])
        return found

    @cached_property
    def _operation_rows(self) -> dict[str, list[int]]:
        """Operation to the edges that go through it."""
        callees, strings = self.columns.edge_callee, self.columns.strings
        kinds = bytes(self.columns.edge_kind)
        found: defaultdict[int, list[int]] = defaultdict(list)
        row = kinds.find(OPERATION)
        while row >= 0:
            found[callees[row]].append(row)
            row = kinds.find(OPERATION, row + 1)
        return {strings[number]: rows for number, rows in found.items()}

    @cached_property
    def _by_subject(self) -> Mapping[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        strings = self.columns.strings
        for row, subject in enumerate(self.columns.site_subject):
            found[strings[subject]].append(row)
        return found

    @cached_property
    def _by_operation(self) -> dict[tuple[str, str], list[int]]:
        found: dict[tuple[str, str], list[int]] = {}
        strings = self.columns.strings
        for row, (struct, field) in enumerate(zip(self.columns.entry_struct, self.columns.entry_field, strict=True)):
            found.setdefault((strings[struct], strings[field]), []).append(row)
        return found

    @cached_property
    def _by_target(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for row, target in enumerate(self.columns.entry_target):
            found.setdefault(target, []).append(row)
        return found

    @cached_property
    def _by_variable(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for row, variable in enumerate(self.columns.entry_variable):
            found.setdefault(self.columns.strings[variable], []).append(row)
        return found


def _until(line: int, stored: int) -> int:
    return line + stored - 1 if stored > 0 else 0
