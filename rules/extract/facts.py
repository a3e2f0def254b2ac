"""The facts of one source file, as they are kept in the cache: values only, independent of path and kernel version.

Arrays instead of maps on disk: a scope has 70,000 functions and 400,000 calls. What a function's text does is read when
somebody asks for it, which few models do for more than a tenth of them: until then there is only the text.
"""

import msgspec

from rules.model import SiteOp

# Part of the cache key and named by every model: a change in what is extracted must change it.
VERSION = "6"

CALL, FIELD, CALLBACK, POINTER, TAKEN, FORWARDED = 0, 1, 2, 3, 4, 5


class Fact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Base of what is stored; `array_like` keeps names of fields out of the file. Facts cannot form cycles: no gc."""


class Call(Fact, frozen=True, array_like=True, gc=False):
    """`kind` CALL: a name called; FIELD: `through->name(...)`; CALLBACK: `name` handed to `through`; POINTER: a
    parameter; TAKEN: `through->name` handed on or put into a variable, to be called; FORWARDED: the parameter `name`,
    a callback, handed to `through`."""

    name: str
    line: int
    kind: int
    condition: int  # index into Body.conditions
    arguments: tuple[str, ...] = ()
    through: str = ""  # CALL of INIT_WORK, queue_work and the like: the work item, `ip->i_ioend_work`
    type: str = ""  # FIELD: struct type of the first identifier of `through`, "" when the function does not show it
    until: int = 0  # as in rules.model.Edge
    place: int = 0  # CALLBACK, FORWARDED: which argument of `through` it is


class StateSite(Fact, frozen=True, array_like=True, gc=False):
    line: int
    op: SiteOp
    subject: str
    spelling: str
    negated: bool
    condition: int
    action: str
    until: int = 0


class ExitFact(Fact, frozen=True, array_like=True, gc=False):
    """As rules.model.Exit, within its function."""

    line: int
    condition: str
    under: str
    action: str


class Assignment(Fact, frozen=True, array_like=True, gc=False):
    """`base->field = &value;` (address) or `base->field = value;`."""

    field: str
    value: str
    line: int
    address: bool
    type: str = ""  # struct type of the first identifier of the base when the function shows it
    condition: int = 0  # index into Body.conditions
    base: str = ""


class Copied(Fact, frozen=True, array_like=True, gc=False):
    """`stream->issue_write = ictx->ops->issue_write;`: an operation of a table becomes one of another struct."""

    to: str
    to_type: str  # struct type of its first identifier, "" when the function does not show it
    value: str
    value_type: str
    line: int


class Body(Fact, frozen=True, array_like=True, gc=False):
    """Lines count from the line of the function's name, so that a function that only moved has the same body."""

    conditions: tuple[str, ...]  # [0] is ""
    calls: tuple[Call, ...]
    sites: tuple[StateSite, ...]
    assignments: tuple[Assignment, ...]
    exits: tuple[ExitFact, ...] = ()
    copied: tuple[Copied, ...] = ()


class FunctionText(Fact, frozen=True, array_like=True, gc=False):
    """A function as it is scanned: everything that its body depends on, and nothing else."""

    at: int  # offset of the name in `text`
    open: int  # offset of the brace
    parameters: tuple[tuple[str, str], ...]  # name, struct type or ""
    text: bytes  # from its storage class to its closing brace, without comments, strings and preprocessor lines


class FunctionFact(Fact, frozen=True, array_like=True, gc=False):
    name: str
    head: int  # line where its declaration starts: storage class and type
    first: int  # line of its name
    last: int
    static: bool
    guard: str
    parameters: tuple[str, ...]
    subjects: tuple[str, ...]  # that its calls may concern, once each
    called: tuple[str, ...]  # names called or set as completions, once each
    digest: bytes  # of its FunctionText; two functions that have it in common do the same
    body: bytes = b""  # encoded Body, b"" while only the text is known


class TableFact(Fact, frozen=True, array_like=True, gc=False):
    struct: str
    variable: str
    field: str
    value: str
    line: int
    guard: str


class MacroFact(Fact, frozen=True, array_like=True, gc=False):
    name: str
    parameters: tuple[str, ...] | None  # None: object-like
    called: tuple[str, ...]  # names called by its text
    text: str  # of aliases and of macros that define functions, "" for the others
    guard: str
    line: int


class Invocation(Fact, frozen=True, array_like=True, gc=False):
    """A macro used outside of functions: `PAGEFLAG(Error, error, PF_NO_TAIL)`."""

    name: str
    arguments: tuple[str, ...]
    line: int
    guard: str


class Member(Fact, frozen=True, array_like=True, gc=False):
    struct: str
    field: str
    type: str  # name of the struct it is or points to; "()" for a pointer to a function


class FileFacts(Fact, frozen=True, array_like=True, gc=False):
    functions: tuple[FunctionFact, ...]
    tables: tuple[TableFact, ...]
    macros: tuple[MacroFact, ...]
    invocations: tuple[Invocation, ...]
    members: tuple[Member, ...]
    included: tuple[str, ...]  # C files taken in by #include "x.c"
    problems: tuple[str, ...]


def encode(facts: FileFacts) -> bytes:
    """The stored form; equal facts give equal bytes."""
    return msgspec.msgpack.encode(facts)


def decode(data: bytes) -> FileFacts:
    """Raises msgspec.MsgspecError for anything that `encode` did not make."""
    return msgspec.msgpack.decode(data, type=FileFacts)


def body_of(function: FunctionFact) -> Body:
    """What the function's text does; decoded each time. Raises msgspec.MsgspecError when only the text is known."""
    return decode_body(function.body)


def decode_body(data: bytes) -> Body:
    """Raises msgspec.MsgspecError for anything that is no encoded Body."""
    return msgspec.msgpack.decode(data, type=Body)
