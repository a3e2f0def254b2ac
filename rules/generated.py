"""Functions that no text defines: `PAGEFLAG(Error, error, PF_NO_TAIL)` makes PageError and six more.

A macro used as a declaration is expanded with its arguments, pasted, and read as C. Only names, calls and the place of
the use are kept: the line of a generated function is the line of the macro's use.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice

import msgspec

from rules.extract import text_of, toplevel
from rules.extract.body import scan
from rules.extract.facts import CALL, Body, FunctionFact, Invocation, MacroFact
from rules.extract.source import Source, read
from rules.link import Corpus

_DEPTH = 4  # macros within macros that make functions
_INNER = 12  # macros used as declarations in the text of one
_TEXT_CAP = 20000  # characters that one use can expand to
_WORD = re.compile(r"[A-Z_]{3,}\w*")
_PASTE = re.compile(r"\s*##\s*")


def add(corpus: Corpus) -> None:
    """Put the generated functions of every file into `corpus.generated`."""
    makers = _makers(corpus)
    for path in sorted(corpus.files):
        uses = [use for use in corpus.files[path].invocations if use.name in makers]
        rows = [row for use in uses for row in _functions(corpus, path, use)]
        if rows:
            corpus.generated[path] = tuple(rows)


def _makers(corpus: Corpus) -> set[str]:
    """Macros whose text has a brace, or uses one that has."""
    words = {
        name: set(_WORD.findall(macro.text))
        for name, rows in corpus.macros.items()
        for _, macro in rows
        if macro.text and macro.parameters is not None
    }
    found = {name for name, rows in corpus.macros.items() if any("{" in macro.text for _, macro in rows)}
    for _ in range(_DEPTH):
        found |= {name for name, used in words.items() if not used.isdisjoint(found)}
    return found


def _functions(corpus: Corpus, path: str, use: Invocation) -> Iterator[FunctionFact]:
    text = _expanded(corpus, path, use.name, use.arguments, 0)
    if "{" not in text:
        return
    rows = msgspec.msgpack.decode(_remembered(corpus, b"functions", text, _read_functions), type=list[FunctionFact])
    for row in rows:
        yield msgspec.structs.replace(row, head=use.line, first=use.line, last=use.line, guard=use.guard)


def _remembered(corpus: Corpus, kind: bytes, text: str, read_text: Callable[[str], bytes]) -> bytes:
    """Most uses of a kernel are those of the one before it, and expand to the same text."""
    return read_text(text) if corpus.bodies is None else corpus.bodies.remembered(kind, text, read_text)


def _expanded(corpus: Corpus, path: str, name: str, arguments: tuple[str, ...], depth: int) -> str:
    """The text of a macro with its arguments, and of the macros that this text uses as declarations."""
    chosen = corpus.macro(name, path)
    if chosen is None or chosen[1].parameters is None or not chosen[1].text or depth > _DEPTH:
        return ""
    text = "\n" + _replaced(chosen[1], arguments)
    uses = msgspec.msgpack.decode(_remembered(corpus, b"uses", text, _read_uses), type=list[tuple[str, str]])
    inner = [
        _expanded(corpus, path, used, tuple(part.strip() for part in given.split(",")), depth + 1)
        for used, given in uses
        if used != name and used in corpus.macros
    ]
    return "\n".join([text if "{" in text else "", *inner])[:_TEXT_CAP]


def _read_uses(text: str) -> bytes:
    """The encoded (name, arguments) of the first macros that a text uses as declarations."""
    source = read(text.encode("latin-1", "replace"))
    found = islice(toplevel.invocations(source, toplevel.Gap(0, len(source.text))), _INNER)
    return msgspec.msgpack.encode([(name, arguments) for name, arguments, _ in found])


def _replaced(macro: MacroFact, arguments: tuple[str, ...]) -> str:
    values = dict(zip(macro.parameters or (), arguments, strict=False))
    if not values:
        return _PASTE.sub("", macro.text)
    names = re.compile(r"\b(?:" + "|".join(map(re.escape, values)) + r")\b")
    return _PASTE.sub("", names.sub(lambda match: values[match[0]], macro.text))


def _read_functions(text: str) -> bytes:
    """The encoded functions that a text defines, without the place and the guard of the use."""
    source = read(text[:_TEXT_CAP].encode("latin-1", "replace"))
    rows = [_fact(source, part) for part in toplevel.parts(source) if isinstance(part, toplevel.FunctionPart)]
    return msgspec.msgpack.encode(rows)


def _fact(source: Source, part: toplevel.FunctionPart) -> FunctionFact:
    found = scan(text_of(source, part))
    calls = tuple(msgspec.structs.replace(call, line=0, until=0) for call in found.calls)
    return FunctionFact(
        name=part.name,
        head=0,
        first=0,
        last=0,
        static=part.static,
        guard="",
        parameters=tuple(name for name, _ in part.parameters),
        subjects=(),
        called=tuple(dict.fromkeys(call.name for call in found.calls if call.kind == CALL)),
        digest=b"",
        body=msgspec.msgpack.encode(Body(found.conditions, calls, (), ())),
    )
