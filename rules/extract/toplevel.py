"""The outer level of a C file: functions, initialisers, struct declarations and macros used as declarations.

Found by matched braces, with one rule for repair: a `}` in column 0 ends whatever is open. Kernel style puts it there
for functions, and only there and at the end of declarations.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from rules.extract.source import CALLED, SPACE, Source, split

_BRACE = re.compile(r"[{}]")
_TAIL = re.compile(r"[A-Za-z_]\w*+|[()]")
_ATTRIBUTES = re.compile(
    r"__(?:releases|acquires|acquire|release|must_hold\w*|cond_\w+|printf|scanf|attribute__|section|alloc_size|aligned|nonnull"
    r"|no_sanitize\w*|assume_aligned|no_context_analysis|guarded_by|context_\w+|diagnose_as|realloc_size|counted_by"
    r"|bpf_\w+|malloc|page_aligned_bss|init_or_module|gfp_\w+|malloc_like|typeof__|typeof)|noinline_for_stack|typeof"
)
_DEFINER = re.compile(r"(COMPAT_)?SYSCALL_DEFINE(?:\d|_MAYBE)\w*+|_*[A-Z][A-Z0-9_]{3,}")
_UNTYPED = re.compile(r"\s*+(?>(?:(?:static|inline|asmlinkage|notrace|noinstr|__\w+)\s++)*)")
_FIRST = re.compile(r"\s*+([A-Za-z_]\w*+)")
_STRUCT = re.compile(r"\b(?:struct|union)\s+(?:__\w+\s+)*([A-Za-z_]\w*+)\s*(?:__\w+\s*)*\Z")
_VARIABLE = re.compile(
    r"\bstruct\s+(\w++)\s*+(?>(?:__\w++\s+|const\s+|\*\s*)*)([A-Za-z_]\w*+)\s*+(?>(?:\[[^\]]{0,60}\]\s*+)*)"
    r"[\w() \t]{0,60}=\s*+\Z"
)
_STRUCT_OF = re.compile(r"\bstruct\s++(\w++)")
_LAST_NAME = re.compile(r"(?<!\w)([A-Za-z_]\w*+)\s*+(?>(?:\[[^\]]*+\]\s*+)*)\Z")
_FUNCTION_POINTER = re.compile(r"\(\s*\*\s*(?:const\s+)?([A-Za-z_]\w*)\s*\)\s*\(")
_INVOKED = re.compile(
    r"[;)\n][ \t]*+(?>(?:(?:static|inline)\s++)*)(_*+[A-Z][A-Z0-9_]{2,}+)\s*+\(([^(){};]{0,400}+)(?=\))"
)
_SKIPPED = re.compile(
    r"EXPORT_\w+|MODULE_\w+|DECLARE_\w+|ALLOW_ERROR\w+|NOKPROBE\w+|LIST_HEAD|BUILD_BUG\w*|BTF_\w+|STATIC_\w+"
)
_STATIC = re.compile(r"\b(?:static|STATIC)\b")
_BRACKETS = re.compile(r"[()]")
_HEADER_CAP = 3000  # characters before a brace in which a definition may begin


class FunctionPart(NamedTuple):
    name: str
    head: int  # offset where the declaration begins
    at: int  # offset of the name
    open: int  # offset of the brace
    close: int
    static: bool
    parameters: tuple[tuple[str, str], ...]


class BlockText(NamedTuple):
    """`struct name { ... }` (kind "struct") or `struct type variable = { ... }` (kind "table")."""

    kind: str
    struct: str
    variable: str
    open: int
    close: int


class Gap(NamedTuple):
    """Text outside of all braces."""

    start: int
    end: int


def parts(source: Source) -> Iterator[FunctionPart | BlockText | Gap]:
    """Everything at the outer level, in order."""
    text = source.text
    after = 0
    for opened, closed in _blocks(text):
        header = _header_start(text, after, opened)
        block = _classified(text, header, opened, closed)
        yield Gap(after, block.head if isinstance(block, FunctionPart) else header)
        if block is not None:
            yield block
        after = closed + 1
    yield Gap(after, len(text))


def _blocks(text: str) -> Iterable[tuple[int, int]]:
    """(offset of `{`, offset of its `}`) at the outer level."""
    marks = [match.start() for match in _BRACE.finditer(text)]
    depths = list(accumulate([1 if text[at] == "{" else -1 for at in marks]))
    ends = [number for number, depth in enumerate(depths) if not depth]
    opens = [marks[number] for number in (0, *[end + 1 for end in ends[:-1]])] if ends else []
    closes = [marks[number] for number in ends]
    if min(depths, default=0) < 0 or (depths and depths[-1]) or 'extern "' in text:
        return _mended(text)
    if text.count("\n{") != sum([text[at - 1] == "\n" for at in opens]):
        return _mended(text)
    if text.count("\n}") != sum([text[at - 1] == "\n" for at in closes]):
        return _mended(text)
    return zip(opens, closes, strict=True)


def _mended(text: str) -> Iterator[tuple[int, int]]:
    """The same for text whose braces do not match, or stand in column 0 inside others."""
    depth = 0
    opened = 0
    for match in _BRACE.finditer(text):
        at = match.start()
        if text[at] == "{":
            if depth and text[at - 1 : at] == "\n" and _starts_function(text, opened, at):
                yield opened, at - 1  # what was open never ended
                depth = 0
            if not depth:
                if _is_linkage(text, at):
                    continue
                opened = at
            depth += 1
        elif depth:
            depth -= 1
            if depth and at and text[at - 1] == "\n":
                depth = 0
            if not depth:
                yield opened, at


_LINKAGE = re.compile(r"extern\s+\"\s*\"\s*\Z")


def _is_linkage(text: str, at: int) -> bool:
    return text[max(0, at - 30) : at].rstrip().endswith('"') and bool(_LINKAGE.search(text, max(0, at - 30), at))


def _starts_function(text: str, opened: int, at: int) -> bool:
    """A brace in column 0 after `)`, while another block is open whose own brace was not in column 0."""
    before = text[max(0, at - 400) : at].rstrip()
    if not before.endswith(")"):
        return False
    return text[opened - 1 : opened] == "\n" and bool(re.search(r"^[a-z_].*\($", before[-200:], re.M))


def _header_start(text: str, after: int, opened: int) -> int:
    """Where the declaration begins that ends in the brace at `opened`."""
    start = max(after, opened - _HEADER_CAP)
    last = max(text.rfind(";", start, opened), text.rfind("}", start, opened))
    return _past_space(text, last + 1 if last >= 0 else start)


def _past_space(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at


def _classified(text: str, header: int, opened: int, closed: int) -> FunctionPart | BlockText | None:
    head = text[header:opened]
    stripped = head.rstrip()
    if stripped.endswith("="):
        found = _VARIABLE.search(head)
        return BlockText("table", found[1], found[2], opened, closed) if found else None
    found = _STRUCT.search(stripped)
    if found:
        return BlockText("struct", found[1], "", opened, closed)
    if ")" in stripped and "=" not in stripped.split("(", 1)[0]:
        return _function(text, header, opened, closed)
    return None


def _function(text: str, header: int, opened: int, closed: int) -> FunctionPart | None:
    head = text[header:opened]
    called = _outer_call(head)
    if called is None:
        return None
    start, name, inside, end = called
    found = _DEFINER.fullmatch(name)
    at = header + start
    before = head[:start]
    if found and _UNTYPED.fullmatch(before[before.rfind(")") + 1 :]):
        first = _FIRST.match(inside)
        if not first:
            return None
        rest = inside[first.end() :]
        if "SYSCALL_DEFINE" in name:
            name = f"{'compat_' if found[1] else ''}sys_{first[1]}"
            return FunctionPart(name, header, at, opened, closed, False, _syscall_parameters(rest))
        name = first[1]
    elif not before.strip() and "\n" not in head[:end] and not name.startswith("__") and head[end:].strip():
        return None
    header = _trimmed(text, header, at)
    static = _STATIC.search(text, header, at) is not None
    return FunctionPart(name, header, at, opened, closed, static, _parameters(inside))


def _trimmed(text: str, header: int, at: int) -> int:
    """Leave out macro uses on lines before the declaration: `PAGEFLAG(Error, error, PF_ANY)` has no semicolon."""
    before = text[header:at]
    last = before.rfind(")")
    if last >= 0 and "\n" in before[last:] and "__attribute__" not in before:
        header += last + 1
        while header < at and text[header].isspace():
            header += 1
    return header


def _outer_call(head: str) -> tuple[int, str, str, int] | None:
    """(offset, name, text between the parentheses, end) of the group that names the function."""
    at = 0
    found = None
    while match := CALLED.search(head, at):
        end = _closing(head, match.end())
        if end < 0:
            return None
        name = match[1]
        if not _ATTRIBUTES.fullmatch(name) and not _SKIPPED.fullmatch(name):
            candidate = (match.start(), name, head[match.end() : end], end + 1)
            if _DEFINER.fullmatch(name) is None or not _UNTYPED.fullmatch(head[at : match.start()]):
                return candidate
            found = candidate  # a declaration made by a macro, unless a real one follows
        at = end + 1
    return found


def _closing(text: str, at: int) -> int:
    depth = 1
    for match in _BRACKETS.finditer(text, at):
        depth += 1 if match[0] == "(" else -1
        if not depth:
            return match.start()
    return -1


def _parameters(inside: str) -> tuple[tuple[str, str], ...]:
    """(name, struct type or "") of each parameter."""
    return tuple([found for part in split(inside) if (found := _parameter(part)) is not None])


@lru_cache(maxsize=16384)
def _parameter(part: str) -> tuple[str, str] | None:
    """Most parameters are one of a few: `struct inode *inode`."""
    pointer = _FUNCTION_POINTER.search(part)
    if pointer:
        return pointer[1], ""
    name = _LAST_NAME.search(part)
    if name and name.start() and name[1] not in ("void", "unsigned", "int"):
        struct = _STRUCT_OF.search(part)
        return name[1], struct[1] if struct and struct[1] != name[1] else ""
    return None


def _syscall_parameters(rest: str) -> tuple[tuple[str, str], ...]:
    """SYSCALL_DEFINE names type and name in turn."""
    words = [part.strip() for part in rest.split(",")][1:]
    return tuple((name, "") for name in words[1::2] if name.isidentifier())


def invocations(source: Source, gap: Gap) -> Iterator[tuple[str, str, int]]:
    """(name, arguments, offset) of the macros used as declarations in a gap."""
    for match in _INVOKED.finditer(source.text, gap.start, gap.end):
        if not _SKIPPED.fullmatch(match[1]):
            yield match[1], match[2], match.start(1)
