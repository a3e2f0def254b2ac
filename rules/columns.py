"""A model as it is stored: columns of numbers over one table of strings, as gzipped MessagePack.

Columns, because a row of objects would take four times the room and twenty times the time to load. Lines are
stored as the distance from the line before; strings stand in the order of their first use, names of functions before
all others and as the distance from the name before, which takes a fifteenth less room. Equal models give equal bytes.
"""

import gzip
import zlib
from itertools import accumulate, pairwise

import msgspec

from rules.model import SiteOp

FORMAT = 4
EDGE_KINDS = ("call", "macro", "callback", "operation", "unresolved", "completion", "work")
SITE_OPS: tuple[SiteOp, ...] = (
    "test", "assert", "set", "clear", "lock", "unlock", "check", "start", "end", "convert", "wait",
)  # fmt: skip
JOINED = " && "
SEPARATOR = "\t"  # between the arguments of a call and between parameters


class ModelError(ValueError):
    """A stored model that cannot be read: not one of ours, of another format, or damaged."""


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """All numbers that name text are indexes into `strings`; [0] is ""."""

    format: int
    version: str
    tree: str
    extractor: str
    strings: list[str]
    files: list[int]
    blobs: list[str]  # 16 hex digits each
    function_name: list[int]
    function_file: list[int]  # index into files
    function_first: list[int]  # distance from the function before in the same file
    function_head: list[int]  # lines of the declaration before the line of the name
    function_size: list[int]  # last - first
    function_flags: list[int]  # 1 static, 2 only its place is known: its calls are not in the model
    function_guard: list[int]
    function_parameters: list[int]
    edge_count: list[int]  # by function
    edge_line: list[int]  # distance from the edge before, or from the function's first line
    edge_kind: list[int]  # index into EDGE_KINDS
    edge_callee: list[int]  # function, or string for kinds "operation" and "unresolved"
    # For "callback" who is handed it, for "macro" which one, for "operation" the pointer, for "completion" the field.
    edge_through: list[int]
    edge_condition: list[int]  # index into conditions, as the distance from that of the edge before
    edge_arguments: list[int]
    edge_until: list[int]  # 1 + distance from the line of the edge, 0 for none, -1: no condition is kept
    site_count: list[int]
    site_line: list[int]
    site_op: list[int]
    site_subject: list[int]
    site_spelling: list[int]
    site_negated: list[int]
    site_condition: list[int]  # index into conditions
    site_action: list[int]
    site_until: list[int]
    exit_count: list[int]
    exit_line: list[int]
    exit_condition: list[int]
    exit_under: list[int]  # index into conditions
    exit_action: list[int]
    condition_outer: list[int]  # a condition is another one, " && ", and one text more; [0] is ""
    condition_text: list[int]
    entry_struct: list[int]
    entry_field: list[int]
    entry_variable: list[int]
    entry_function: list[int]
    entry_target: list[int]
    entry_file: list[int]  # index into strings: a table can stand in a file that has no function here
    entry_line: list[int]
    entry_guard: list[int]
    install_function: list[int]
    install_line: list[int]
    install_field: list[int]
    install_variable: list[int]
    reach: list[int] = []  # by function: bit i is set when the i-th path comes there; empty where that is not stored
    reach_key: str = ""  # names the paths and what they follow, rules.states.reach_key


def encode(columns: Columns, *, fast: bool = False) -> bytes:
    """The same bytes for the same columns: no time stamp, no name. `fast` for a cache: a tenth of the time."""
    names = [after - before for before, after in pairwise([0, *columns.function_name])]
    stored = msgspec.structs.replace(columns, function_name=names)
    return gzip.compress(msgspec.msgpack.encode(stored), 1 if fast else 9, mtime=0)


def decode(data: bytes) -> Columns:
    """Raises ModelError for anything that `encode` of this version did not make."""
    try:
        columns = msgspec.msgpack.decode(gzip.decompress(data), type=Columns)
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError) as error:
        raise ModelError(f"not a model of this version of mkwrite ({error})") from error
    if columns.format != FORMAT:
        raise ModelError(f"format {columns.format}, this version reads {FORMAT}")
    return msgspec.structs.replace(columns, function_name=list(accumulate(columns.function_name)))


class Conditions:
    """Collects conditions as a tree, because nested ones begin with the same text."""

    def __init__(self, strings: "Strings") -> None:
        self.strings = strings
        self.seen: dict[str, int] = {"": 0}
        self.outer = [0]
        self.text = [strings.add("")]

    def add(self, condition: str) -> int:
        """The number of a condition."""
        known = self.seen.get(condition)
        if known is not None:
            return known
        outer, _, last = condition.rpartition(JOINED)
        above = self.add(outer) if outer and outer in self.seen else 0
        if not above:
            last = condition
        self.seen[condition] = number = len(self.outer)
        self.outer.append(above)
        self.text.append(self.strings.add(last))
        return number


def conditions_of(columns: Columns) -> list[str]:
    """The text of every condition."""
    found = [""]
    strings = columns.strings
    for outer, text in zip(columns.condition_outer[1:], columns.condition_text[1:], strict=True):
        found.append(f"{found[outer]}{JOINED}{strings[text]}" if outer else strings[text])
    return found


class Strings:
    """Collects text while a model is made, in the order of first use."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {"": 0}

    def add(self, text: str) -> int:
        """The number of a text."""
        return self.seen.setdefault(text, len(self.seen))
