"""From the bytes of one C file to its facts. Pure, and the same for the same bytes: facts are kept by git blob id."""

import hashlib
from collections.abc import Mapping

import msgspec

from rules.extract import body, tables, toplevel
from rules.extract.facts import (
    CALL,
    VERSION,
    FileFacts,
    FunctionFact,
    Invocation,
    Member,
    TableFact,
    decode,
    encode,
)
from rules.extract.source import Source, read

__all__ = ["SIZE_CAP", "VERSION", "blob_id", "decode", "encode", "extract"]

# Bytes; larger files are generated tables (register maps) or hostile, and hold nothing of the fault path.
SIZE_CAP = 3 * 1024 * 1024


def blob_id(data: bytes) -> str:
    """The id that git gives the content."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def extract(data: bytes, before: FileFacts | None = None) -> FileFacts:
    """Facts of one file. Text that is not C gives few or none; nothing is raised for it.

    `before`: facts of another version of the file. Functions whose text is the same are taken from there; the outcome
    is the same with and without.
    """
    source = read(data)
    known = {function.digest: function for function in before.functions} if before is not None else {}
    functions: list[FunctionFact] = []
    found_tables: list[TableFact] = []
    members: list[Member] = []
    invoked: list[Invocation] = []
    for part in toplevel.parts(source):
        if isinstance(part, toplevel.FunctionText):
            functions.append(_function(source, part, known))
        elif isinstance(part, toplevel.Gap):
            invoked.extend(tables.invocation(source, row) for row in toplevel.invocations(source, part))
            members.extend(tables.typedefs(source, part.start, part.end))
        elif part.kind == "table":
            found_tables.extend(tables.entries(source, part))
        else:
            members.extend(tables.members(source, part))
    macros = [fact for define in source.defines if (fact := tables.macro(define)) is not None]
    return FileFacts(
        tuple(functions),
        tuple(found_tables),
        tuple(macros),
        tuple(invoked),
        tuple(members),
        source.included,
        source.problems,
    )


def _function(source: Source, part: toplevel.FunctionText, known: Mapping[bytes, FunctionFact]) -> FunctionFact:
    text = source.text[part.head : part.close]
    digest = hashlib.blake2b(text.encode("latin-1"), digest_size=8).digest()
    same = known.get(digest)
    if same is None:
        found = body.scan(source, part)
        subjects = tuple(dict.fromkeys(site.subject for site in found.sites))
        called = tuple(dict.fromkeys(call.name for call in found.calls if call.kind == CALL))
        raw = msgspec.Raw(msgspec.msgpack.encode(found))
    else:
        subjects, called, raw = same.subjects, same.called, same.body
    return FunctionFact(
        name=part.name,
        head=source.line(part.head),
        first=source.line(part.at),
        last=source.line(part.close),
        static=part.static,
        guard=source.guard(part.at),
        parameters=tuple(name for name, _ in part.parameters),
        subjects=subjects,
        called=called,
        digest=digest,
        body=raw,
    )
