"""Calls that a statement tells of in many words, by "it", or as a stack trace; see rules.relations."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from rules.evidence import home_of
from rules.lookups import (
    MOST_PLACES,
    Place,
    Verdict,
    below,
    definitions,
    edge_place,
    homes_of,
    outside_places,
    unknown,
    way_to,
    written,
)
from rules.relations import Context, Said, said
from rules.statements import Reading

if TYPE_CHECKING:
    from rules.graph import Model

_BEFORE = 2  # sentences that "it" may point back to
_SHORT = 14  # words of a sentence that says little besides a call
_IMPLEMENTERS = 40  # of an operation that are searched for a call


def traced(model: Model, trace: tuple[str, ...]) -> Verdict:
    """The frames are looked up in pairs that stand side by side; what the compiler inlined is left out of a trace."""
    if len(trace) < 2:
        return unknown("a single frame of a stack trace says nothing of who calls whom")
    places: list[Place] = []
    found, gaps, strange = 0, [], 0
    for lower, upper in pairwise(trace):
        if not model.named(lower) or not model.named(upper):
            strange += 1
            continue
        way = way_to(model, upper, lower)
        if way:
            found += 1
            places += [edge_place(model, edge) for edge in way]
        else:
            gaps.append(f"{upper}() to {lower}()")
    if gaps or found < 2:
        why = f"no call was found from {gaps[0]}" if gaps else f"{found} of its {len(trace) - 1} steps are in the model"
        return Verdict(
            verdict="unknown", text=f"a stack trace: {why} ({model.version})", places=tuple(places[:MOST_PLACES])
        )
    left = f"; {strange} more are outside of the model" if strange else ""
    text = f"a stack trace: {found} of its steps are calls in {model.version}{left}"
    return Verdict(verdict="confirmed", text=text, places=tuple(places[:MOST_PLACES]))


def related(readings: Sequence[Reading], sentences: Sequence[str], context: Context) -> Verdict | None:
    """The first call that one of the sentences tells of and the model has; else why none was decided."""
    missed: Verdict | None = None
    for number, reading in enumerate(readings):
        before = (*context.before, *sentences[:number])
        around = Context(before=before[-_BEFORE:], quoted=context.quoted)
        for one in said(sentences[number], reading.is_function, around):
            verdict = _told_call(reading.model, one, sentences[number])
            if verdict.verdict == "confirmed":
                return verdict
            missed = missed or verdict
    return missed


def _told_call(model: Model, one: Said, sentence: str) -> Verdict:
    reach = (3 if one.strong else 2) - one.resolved
    for depth in range(1, reach + 1):
        for upper in one.uppers:
            places = _places_of(model, upper, one.lowers, depth)
            if places:
                told = " and ".join(map(written, one.lowers))
                whose = (
                    f"{written(upper)} calls" if model.named(upper) or upper[:2] == "->" else f"{upper} has a call of"
                )
                part = "the call that it speaks of is there: " if len(sentence.split()) > _SHORT else ""
                deeper = f" within {depth} calls" if depth > 1 else ""
                meant = ' (taken for what "it" is)' if one.resolved else ""
                text = f"{part}{whose} {told}{deeper} in {model.version}{meant}"
                return Verdict(verdict="confirmed", text=text, places=places[:MOST_PLACES])
    strange = [name for name in one.uppers[:1] if not model.named(name) and name[:2] != "->" and "_" in name]
    if strange:
        return unknown(f"the {model.version} model has no function {strange[0]}()")
    lowers = " and ".join(map(written, one.lowers))
    return unknown(f"no call of {lowers} by {written(one.uppers[0])} was found in {model.version}")


def _places_of(model: Model, upper: str, lowers: tuple[str, ...], depth: int) -> tuple[Place, ...]:
    """Where `upper` (a function, an operation or a filesystem) calls every one of `lowers`; () when it does not."""
    found: list[Place] = []
    for lower in lowers:
        places = _calling_places(model, upper, lower, depth)
        if not places:
            return ()
        found += places
    return tuple(dict.fromkeys(found))


def _calling_places(model: Model, upper: str, lower: str, depth: int) -> tuple[Place, ...]:
    if upper[:2] == "->":
        targets = _implementers_of(model, upper[2:])
        ways = (_calling_places(model, name, lower, depth) for name in targets[:_IMPLEMENTERS])
        return next((places for places in ways if places), ())
    if not model.named(upper):
        return _called_from_home(model, upper, lower)
    if lower[:2] == "->":
        return _operation_places(model, upper, lower[2:], depth)
    if not model.named(lower):
        return outside_places(model, upper, lower)
    way = way_to(model, upper, lower)
    return tuple(edge_place(model, edge) for edge in way) if 0 < len(way) <= depth else ()


def _implementers_of(model: Model, field: str) -> tuple[str, ...]:
    structs = (name.split(".") for name in model.operations() if name.partition(".")[2] == field)
    entries = (entry for struct, own in structs for entry in model.entries(struct, own))
    return tuple(dict.fromkeys(entry.function for entry in entries if entry.target >= 0))


def _called_from_home(model: Model, home: str, lower: str) -> tuple[Place, ...]:
    """Calls of a function in a filesystem's or library's files."""
    if home not in homes_of(model):
        return ()
    edges = [edge for function in definitions(model, (lower,)) for edge in model.callers(function.index)]
    own = [edge for edge in edges if edge.kind != "operation" and home_of(model.functions[edge.caller].file) == home]
    return tuple(edge_place(model, edge) for edge in own)


def _operation_places(model: Model, upper: str, field: str, depth: int) -> tuple[Place, ...]:
    """Where a function, or one that it calls within so many steps, calls ->field."""
    functions = model.named(upper)
    near = [function.index for function in functions]
    if depth > 1:
        near += below(model, functions, depth - 1)
    for index in near:
        for call in model.operations_called(index):
            if call.operation.partition(".")[2] == field:
                caller = model.functions[index]
                text = f"{caller.name}() calls {call.operation}"
                return (Place(file=caller.file, line=call.line, function=caller.name, text=text),)
    return ()
