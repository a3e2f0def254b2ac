"""A model as it is stored: columns of numbers over one table of strings, as gzipped MessagePack.

Columns, because a row of objects would take four times the room and twenty times the time to load. A column is stored
as the bytes of an array, which is read without making a number, and the strings as one text. Lines are stored as the
distance from the line before; strings stand in the order of their first use, names of functions before all others and
as the distance from the name before, which takes a fifteenth less room. Equal models give equal bytes.
"""

import sys
import zlib
from array import array
from collections.abc import Sequence
from itertools import accumulate, pairwise

import msgspec

from rules import packed
from rules.model import SiteOp

FORMAT = 6
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
    strings: Sequence[str]
    files: Sequence[int]
    blobs: Sequence[str]  # 16 hex digits each
    function_name: Sequence[int]
    function_file: Sequence[int]  # index into files
    function_first: Sequence[int]  # line of the name
    function_head: Sequence[int]  # lines of the declaration before the line of the name
    function_size: Sequence[int]  # last - first
    function_flags: Sequence[int]  # 1 static, 2 only its place is known: its calls are not in the model
    function_guard: Sequence[int]
    function_parameters: Sequence[int]
    edge_count: Sequence[int]  # by function
    edge_line: Sequence[int]  # distance from the edge before, or from the function's first line
    edge_kind: Sequence[int]  # index into EDGE_KINDS
    edge_callee: Sequence[int]  # function, or string for kinds "operation" and "unresolved"
    # For "callback" who is handed it, for "macro" which one, for "operation" the pointer, for "completion" the field.
    edge_through: Sequence[int]
    edge_condition: Sequence[int]  # index into conditions
    edge_arguments: Sequence[int]
    edge_until: Sequence[int]  # 1 + distance from the line of the edge, 0 for none, -1: no condition is kept
    site_count: Sequence[int]
    site_line: Sequence[int]
    site_op: Sequence[int]
    site_subject: Sequence[int]
    site_spelling: Sequence[int]
    site_negated: Sequence[int]
    site_condition: Sequence[int]  # index into conditions
    site_action: Sequence[int]
    site_until: Sequence[int]
    exit_count: Sequence[int]
    exit_line: Sequence[int]
    exit_condition: Sequence[int]
    exit_under: Sequence[int]  # index into conditions
    exit_action: Sequence[int]
    condition_outer: Sequence[int]  # a condition is another one, " && ", and one text more; [0] is ""
    condition_text: Sequence[int]
    entry_struct: Sequence[int]
    entry_field: Sequence[int]
    entry_variable: Sequence[int]
    entry_function: Sequence[int]
    entry_target: Sequence[int]
    entry_file: Sequence[int]  # index into strings: a table can stand in a file that has no function here
    entry_line: Sequence[int]
    entry_guard: Sequence[int]
    install_function: Sequence[int]
    install_line: Sequence[int]
    install_field: Sequence[int]
    install_variable: Sequence[int]
    # By function: bit i is set when the i-th path comes there; empty where that is not stored.
    reach: Sequence[int] = ()
    reach_key: str = ""  # names the paths and what they follow, rules.states.reach_key


class _Stored(msgspec.Struct, frozen=True, kw_only=True):
    """`Columns` in the file: strings as one text; a column of numbers is a type code and the bytes of an array."""

    format: int
    version: str
    tree: str
    extractor: str
    reach_key: str
    strings: str
    blobs: str
    numbers: dict[str, memoryview]  # of the decoded bytes, which are not copied


_END = "\0"  # of a string
# Type codes of arrays by their range, the smallest first; little-endian in the file.
_RANGES = {
    "B": range(1 << 8),
    "H": range(1 << 16),
    "b": range(-1 << 7, 1 << 7),
    "h": range(-1 << 15, 1 << 15),
    "i": range(-1 << 31, 1 << 31),
}


def encode(columns: Columns, *, fast: bool = False) -> bytes:
    """The same bytes for the same columns: no time stamp, no name. `fast` for a cache: a tenth of the time."""
    text = {name: getattr(columns, name) for name in ("version", "tree", "extractor", "reach_key")}
    numbers = {
        name: value for name, value in msgspec.structs.asdict(columns).items() if name not in _Stored.__struct_fields__
    }
    numbers["function_name"] = [after - before for before, after in pairwise([0, *columns.function_name])]
    stored = _Stored(
        format=columns.format,
        **text,
        strings=_END.join(string.replace(_END, "\ufffd") for string in columns.strings),
        blobs=_END.join(columns.blobs),
        numbers={name: memoryview(_bytes(column)) for name, column in numbers.items()},
    )
    return packed.pack(msgspec.msgpack.encode(stored), 1 if fast else 9)


def decode(data: bytes) -> Columns:
    """Raises ModelError for anything that `encode` of this version did not make."""
    try:
        stored = msgspec.msgpack.decode(packed.unpack(data), type=_Stored)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise ModelError(f"not a model of this version of mkwrite ({error})") from error
    if stored.format != FORMAT:
        raise ModelError(f"format {stored.format}, this version reads {FORMAT}")
    try:
        numbers: dict[str, Sequence[int]] = {name: _numbers(column) for name, column in stored.numbers.items()}
        numbers["function_name"] = list(accumulate(numbers["function_name"]))
        return Columns(
            format=stored.format,
            version=stored.version,
            tree=stored.tree,
            extractor=stored.extractor,
            reach_key=stored.reach_key,
            strings=stored.strings.split(_END),
            blobs=stored.blobs.split(_END) if stored.blobs else [],
            **numbers,
        )
    except (TypeError, ValueError, KeyError) as error:  # a column that is damaged, missing or not known
        raise ModelError(f"not a model of this version of mkwrite ({error})") from error


def _bytes(column: Sequence[int]) -> bytes:
    low, high = min(column, default=0), max(column, default=0)
    code = next(code for code, held in _RANGES.items() if low in held and high in held)
    numbers = array(code, column)
    if sys.byteorder == "big":
        numbers.byteswap()
    return code.encode() + numbers.tobytes()


def _numbers(column: memoryview) -> Sequence[int]:
    """Raises ValueError for bytes that `_bytes` did not make."""
    code = chr(column[0]) if column else ""
    if code not in _RANGES:
        raise ValueError(f"a column of type {code!r}")
    numbers = array(code)
    numbers.frombytes(column[1:])
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


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


class ConditionTexts(dict[int, str]):
    """The text of a condition by its number, put together when it is asked for: a query wants one in twenty."""

    def __init__(self, columns: Columns) -> None:
        super().__init__()
        self._columns = columns

    def __missing__(self, number: int) -> str:
        """Raises IndexError where there is no such condition, or one that is not inside an earlier one."""
        columns = self._columns
        parts = []
        at = number
        while at:
            parts.append(columns.strings[columns.condition_text[at]])
            outer = columns.condition_outer[at]
            if not 0 <= outer < at:
                raise IndexError(number)
            at = outer
        self[number] = text = JOINED.join(reversed(parts))
        return text


class Strings:
    """Collects text while a model is made, in the order of first use."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {"": 0}

    def add(self, text: str) -> int:
        """The number of a text."""
        return self.seen.setdefault(text, len(self.seen))
