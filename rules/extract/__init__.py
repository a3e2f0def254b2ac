"""From the bytes of one C file to its facts. Pure, and the same for the same bytes: facts are kept by git blob id.

Two steps. `outline` reads what stands where: functions, tables, macros, and which names a function calls. `scan` reads
what the text of one function does, which takes twice as long and is wanted of one function in ten.
"""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from rules import concepts
from rules.extract import body, tables, toplevel
from rules.extract.facts import (
    VERSION,
    FileFacts,
    FunctionFact,
    FunctionText,
    Invocation,
    Member,
    TableFact,
    decode,
    encode,
)
from rules.extract.source import Source, read

__all__ = ["SIZE_CAP", "VERSION", "Outline", "blob_id", "decode", "encode", "extract", "outline", "scan", "text_of"]

# Bytes; larger files are generated tables (register maps) or hostile, and hold nothing of the fault path.
SIZE_CAP = 3 * 1024 * 1024


class Outline(NamedTuple):
    """The facts of a file without the bodies of its functions, and the encoded FunctionText of each."""

    facts: FileFacts
    texts: tuple[bytes, ...]


def blob_id(data: bytes) -> str:
    """The id that git gives the content."""
    digest = hashlib.sha1(b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def extract(data: bytes) -> FileFacts:
    """Facts of one file with all bodies. Text that is not C gives few or none; nothing is raised for it."""
    found = outline(data)
    functions = tuple(
        msgspec.structs.replace(function, body=scan(text))
        for function, text in zip(found.facts.functions, found.texts, strict=True)
    )
    return msgspec.structs.replace(found.facts, functions=functions)


def scan(text: bytes) -> bytes:
    """Encoded FunctionText to encoded Body."""
    return msgspec.msgpack.encode(body.scan(msgspec.msgpack.decode(text, type=FunctionText)))


def outline(data: bytes) -> Outline:
    """What stands where in one file."""
    source = read(data)
    functions: list[FunctionFact] = []
    texts: list[bytes] = []
    found_tables: list[TableFact] = []
    members: list[Member] = []
    invoked: list[Invocation] = []
    for part in toplevel.parts(source):
        if isinstance(part, toplevel.FunctionPart):
            function, text = _function(source, part)
            functions.append(function)
            texts.append(text)
            for block in tables.inside(source, part.open, part.close):
                found_tables.extend(tables.entries(source, block))
        elif isinstance(part, toplevel.Gap):
            invoked.extend(tables.invocation(source, row) for row in toplevel.invocations(source, part))
            members.extend(tables.typedefs(source, part.start, part.end))
        elif part.kind == "table":
            found_tables.extend(tables.entries(source, part))
        else:
            members.extend(tables.members(source, part))
    macros = [fact for define in source.defines if (fact := tables.macro(define)) is not None]
    facts = FileFacts(
        tuple(functions),
        tuple(found_tables),
        tuple(macros),
        tuple(invoked),
        tuple(members),
        source.included,
        source.problems,
    )
    return Outline(facts, tuple(texts))


def text_of(source: Source, part: toplevel.FunctionPart) -> FunctionText:
    """A function cut out of its file."""
    text = source.text[part.head : part.close + 1].encode("latin-1")
    return FunctionText(part.at - part.head, part.open - part.head, part.parameters, text)


def _function(source: Source, part: toplevel.FunctionPart) -> tuple[FunctionFact, bytes]:
    text = msgspec.msgpack.encode(text_of(source, part))
    inside = source.text[part.open : part.close]
    parameters = tuple([name for name, _ in part.parameters])
    called = body.called(inside, parameters)
    fact = FunctionFact(
        name=part.name,
        head=source.line(part.head),
        first=source.line(part.at),
        last=source.line(part.close),
        static=part.static,
        guard=source.guard(part.at),
        parameters=parameters,
        subjects=_subjects(called, inside),
        called=called,
        digest=hashlib.blake2b(text, digest_size=16).digest(),
    )
    return fact, text


def _subjects(called: Iterable[str], text: str) -> tuple[str, ...]:
    """Of the states that calls of these names may concern; `text` holds their arguments."""
    found = [
        concept.subject for name in called if concepts.may_concern(name) for concept in concepts.all_of(name, text)
    ]
    return tuple(dict.fromkeys(found)) if found else ()
