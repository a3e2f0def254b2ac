"""The model of a kernel tree: functions, calls, operation tables, state sites, and how to ask for them.

A model is facts of one tree, made by `rules.extract` and `rules.link`, loaded by `rules.store`. Line numbers count from
1. The identity of a function is its index in `Model.functions`; a name can have several definitions (other file, other
guard), and `named` gives them all. "Test" means that the outcome is branched on; WARN and BUG are "assert".
"""

from typing import Literal, get_args

import msgspec

# "completion": a function put where it is called from when I/O is done; "work": one that a work queue will run.
EdgeKind = Literal["call", "macro", "callback", "operation", "completion", "work"]
SiteOp = Literal["test", "assert", "set", "clear", "lock", "unlock", "check", "start", "end", "convert", "wait"]
# What a change is to a filesystem, in the order in which they are told: what a reader must look at comes first.
FilesystemVerdict = Literal["affected", "unknown", "protected", "not concerned"]
VERDICTS: tuple[FilesystemVerdict, ...] = get_args(FilesystemVerdict)
# Fields in which an object holds a table for as long as it lives; which table that is, no chain can tell.
HELD = frozenset({"vm_ops", "a_ops", "f_op", "i_op", "i_fop", "s_op", "d_op"})


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every value of this package."""


class Function(Value, frozen=True, kw_only=True):
    index: int
    name: str
    file: str  # "fs/iomap/buffered-io.c"
    first: int
    last: int
    static: bool
    guard: str = ""  # preprocessor condition that it stands under, "" for none
    parameters: tuple[str, ...] = ()  # names in order, to bind the arguments of a call
    outline: bool = False  # only its place is in the model; what it calls and tests is not

    @property
    def where(self) -> str:
        return f"{self.file}:{self.first}"


class Edge(Value, frozen=True, kw_only=True):
    """A call. For kind "operation", `operation` names struct and field and `callee` is one implementer."""

    caller: int
    callee: int
    line: int  # in the caller's file
    kind: EdgeKind
    # "vm_operations_struct.page_mkwrite"; for "callback" the function that is handed it, for "completion" the field
    # that is set ("bio.bi_end_io"), for "work" the item that is queued ("i_ioend_work").
    operation: str = ""
    condition: str = ""  # text of the enclosing if/else/case, outermost first, joined by " && "
    # Of calls with constant or flag arguments, as written, by position; "" for one that is neither.
    arguments: tuple[str, ...] = ()
    # Last line that control can go on to from here without a jump: the line of the return or goto that ends the branch
    # it stands in (its own line in `return f(x);`); 0 when it can reach the end of the function.
    until: int = 0
    through: str = ""  # of kind "operation": the pointer to the table where the function was handed it, "wpc->ops"


class OpEntry(Value, frozen=True, kw_only=True):
    """One initialised field of an operation table, `.page_mkwrite = xfs_filemap_page_mkwrite`."""

    struct: str  # "vm_operations_struct"
    field: str
    variable: str
    function: str
    target: int  # index of the function, -1 when it is not in the model
    file: str
    line: int
    guard: str = ""


class Site(Value, frozen=True, kw_only=True):
    """A place where a function tests, asserts, sets, clears, takes or converts something."""

    function: int
    line: int
    op: SiteOp
    subject: str  # a concept: "uptodate", "error", "dirty", "writeback", "locked", "mapping_error", "invalidate_lock",
    # "freeze", "i_size", "mapping", "vm_fault"
    spelling: str  # the identifier as written: "PageUptodate"
    negated: bool = False  # `!PageUptodate(page)`
    condition: str = ""  # enclosing conditions, as in Edge
    action: str = ""  # for tests, what the branch does: "return VM_FAULT_SIGBUS", "goto out_unlock", ""
    until: int = 0  # as in Edge


class Exit(Value, frozen=True, kw_only=True):
    """An early way out of a function, `if (!IS_DAX(inode)) return VM_FAULT_FALLBACK;`: below it the condition is false.

    Only those whose condition is made of predicates, flags and parameters; not `if (ret) return ret;`.
    """

    function: int
    line: int
    condition: str  # as written, with the enclosing conditions of the if in `under`
    under: str = ""
    action: str = ""


class Install(Value, frozen=True, kw_only=True):
    """`vma->vm_ops = &xfs_file_vm_ops` in a function."""

    function: int
    line: int
    field: str  # "vm_ops", "a_ops"
    variable: str
