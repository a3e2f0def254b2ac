"""Operation tables, struct members and macros: what a file declares outside of the text of its functions."""

import re
from collections.abc import Iterator

from rules.extract.facts import Invocation, MacroFact, Member, TableFact
from rules.extract.source import CALLED, Define, Source, split
from rules.extract.toplevel import BlockText

_DESIGNATED = re.compile(r"(?<![\w\])])\.([A-Za-z_]\w*+)\s*+=\s*+&?\s*+([A-Za-z_]\w*+)\s*+(?=[,}\n])")
_MEMBER = re.compile(
    r"\bstruct\s+(\w++)\s*+(?>(?:__\w++\s+|const\s+)*)(\**)\s*+(?>(?:__\w++\s+|const\s+)*)([A-Za-z_]\w*+)\s*+"
    r"(?:\[[^\]]*+\]\s*+)?[\w() \t]{0,60}?;"
)
# Members of a type that typedef names, as function pointers often are: `bio_end_io_t *bi_end_io;`
_TYPED = re.compile(
    r"(?<=[;{}\n])[ \t]*+(?:const\s++)?([a-z]\w{0,60}_(?:t|fn|func|cb|proc))\b\s*+\**+([A-Za-z_]\w*+)\s*+;"
)
_TYPEDEF = re.compile(r"\btypedef\b[^;{}()]{1,80}+\(\s*+\*?\s*+([A-Za-z_]\w*+)\s*+\)\s*+\(")
_LOCAL = re.compile(r"\bstatic\s+const\s+struct\s+(\w++)\s+([A-Za-z_]\w*+)\s*+=\s*+\{")
_POINTER = re.compile(r"\(\s*+\*\s*+(?:const\s+)?([A-Za-z_]\w*+)\s*+\)\s*+\(")
_ALIAS = re.compile(r"\s*+([A-Za-z_]\w*+)\s*+\Z")
_DEFINES_FUNCTION = re.compile(
    r"##|\b(?:static|inline)\b|^\s*[A-Z][A-Z0-9_]+\s*\([^()]*\)\s*[A-Z]*"
    r"|\A\s*(?!(?:do|if|for|while|switch|else|return)\b)(?>(?:[a-z_]\w*+[ *]++)+)\w++\s*\([^;{}]*+\{",
    re.M,
)
_NOT_CALLED = frozenset(
    "if while for switch return sizeof typeof __typeof__ defined likely unlikely __attribute__ offsetof do else "  # noqa: SIM905
    "__builtin_constant_p __builtin_expect __builtin_types_compatible_p __same_type case".split()
)
_NOT_VALUES = frozenset({"NULL", "true", "false", "THIS_MODULE"})
_TEXT_CAP = 3000  # characters of a macro's text that are kept


def inside(source: Source, start: int, end: int) -> Iterator[BlockText]:
    """The tables that a function defines for itself: `static const struct address_space_operations anon_aops = {`."""
    text = source.text
    if text.find("static const struct", start, end) < 0:
        return
    for match in _LOCAL.finditer(text, start, end):
        close = text.find("}", match.end(), end)
        if close > 0:
            yield BlockText("table", match[1], match[2], match.end() - 1, close)


def entries(source: Source, block: BlockText) -> Iterator[TableFact]:
    """The initialised fields of one table that name something: a function, or a macro that stands for one."""
    for match in _DESIGNATED.finditer(source.text, block.open, block.close + 1):
        if match[2] not in _NOT_VALUES and not match[2].isdigit():
            line = source.line(match.start(1))
            yield TableFact(block.struct, block.variable, match[1], match[2], line, source.guard(match.start(1)))


def members(source: Source, block: BlockText) -> Iterator[Member]:
    """Members that are or point to a struct, and pointers to functions."""
    text = source.text
    for match in _MEMBER.finditer(text, block.open, block.close):
        yield Member(block.struct, match[3], match[1])
    for match in _POINTER.finditer(text, block.open, block.close):
        yield Member(block.struct, match[1], "()")
    for match in _TYPED.finditer(text, block.open, block.close):
        yield Member(block.struct, match[2], f"{match[1]} ()")


def typedefs(source: Source, start: int, end: int) -> Iterator[Member]:
    """Types of functions and of pointers to them, as members of the invented struct "typedef"."""
    if source.text.find("typedef", start, end) >= 0:
        for match in _TYPEDEF.finditer(source.text, start, end):
            yield Member("typedef", match[1], "()")


def macro(define: Define) -> MacroFact | None:
    """A #define that calls something, stands for a name, or defines functions; None for constants.

    One that calls nothing is kept when it is one of several: `#define ASSERT(expr) ((void)0)`.
    """
    text = define.text
    if text.startswith("("):
        close = text.find(")")
        if close < 0:
            return None
        parameters: tuple[str, ...] | None = tuple(
            part.strip().rstrip(".") for part in text[1:close].split(",") if part.strip()
        )
        body = text[close + 1 :]
    else:
        parameters, body = None, text
    alias = _ALIAS.match(body)
    called = tuple(dict.fromkeys(name for name in CALLED.findall(body) if name not in _NOT_CALLED))
    empty = parameters is not None and bool(define.guard)  # the other definitions of the name do more
    if not called and not empty and not (alias and not alias[1].isdigit()):
        return None
    keep = bool(alias) or (parameters is not None and _DEFINES_FUNCTION.search(body) is not None)
    return MacroFact(define.name, parameters, called, body[:_TEXT_CAP] if keep else "", define.guard, define.line)


def invocation(source: Source, row: tuple[str, str, int]) -> Invocation:
    """The fact of a macro used as a declaration."""
    name, arguments, at = row
    return Invocation(name, tuple(split(arguments)), source.line(at), source.guard(at))
