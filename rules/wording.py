"""The paragraph of a placement, from its table alone: every name and place in it stands in a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rules import evidence, guards

if TYPE_CHECKING:
    from rules.coverage import Layer, Placement
    from rules.guards import Guard

_PRODUCED_SHOWN = 1  # places that make the state; the table has the others
_WAYS_SHOWN = 4
_CONDITION_SHOWN = 110  # characters
_CONDITION_READ = 500  # characters
_PART = re.compile(r"&&|\|\|")
_ASSERTED = re.compile(r"WARN_ON(?:_ONCE)?\((.*)\)")


def paragraph(placement: Placement, title: str) -> str:
    """Where the change is, what is checked above it, what it would cover elsewhere, where the state is made.

    `title` is the path's: "page fault".
    """
    layers = placement.layers
    field = placement.operation.rpartition(".")[2]
    sentences = [_where(placement, title, field), *_condition(placement)]
    if _about_check(placement):
        sentences += _checks(placement.condition, layers)
    sentences += _locks(placement)
    sentences += _covered(placement)
    sentences += _ways(placement, field)
    sentences += _made(placement)
    return " ".join(sentences)


def why_here(placement: Placement) -> str:
    """The answer to "why here and not before": the checks above, what another layer would cover, and the ways."""
    field = placement.operation.rpartition(".")[2]
    sentences = [*_checks(placement.condition, placement.layers)] if _about_check(placement) else []
    return " ".join([*sentences, *_covered(placement), *_ways(placement, field)])


def how(placement: Placement) -> str:
    """The answer to "how can it come to that": where the state is made, and why nothing stops it on the way."""
    field = placement.operation.rpartition(".")[2]
    made = [*_made(placement)] or [*_ways(placement, field)]
    if _about_check(placement):
        made += _checks(placement.condition, placement.layers)
    return " ".join(made)


def _where(placement: Placement, title: str, field: str) -> str:
    changed = next((layer for layer in placement.layers if layer.changed), None)
    place = f" ({changed.spots[0]})" if changed and changed.spots else ""
    implementing = [layer for layer in placement.layers if layer.operation and layer.operation == placement.operation]
    owners = implementing[-1].filesystems if implementing else ()
    by = f", by ->{field} of {evidence.names(owners)}" if field and owners else ""
    helpers = [name for layer in placement.layers if layer.role == "helper" for name in layer.functions]
    through = f", through {_calls(helpers)}" if helpers else ""
    return f"{placement.function}(){place} is on the {title} path{by}{through}."


def _condition(placement: Placement) -> Iterator[str]:
    """Under what an error is new, when that is no recorded state: a way that cannot meet it is not concerned."""
    guard = placement.guard
    if guard is not None and guard.kind == "error return added" and not guard.subject and guard.condition:
        # The same test stands within itself where what it looks at has changed between.
        told = " && ".join(dict.fromkeys(_bare(guard).split(" && ")))
        cut = told if len(told) <= _CONDITION_SHOWN else f"{told[:_CONDITION_SHOWN]}..."
        yield f"The error is new only if {cut}."


def _bare(guard: Guard) -> str:
    """The condition without a WARN_ON() around it."""
    asserted = _ASSERTED.fullmatch(guard.condition[:_CONDITION_READ])
    return asserted[1] if asserted else guard.condition


def _ways(placement: Placement, field: str) -> Iterator[str]:
    entry = next((layer.functions[0] for layer in placement.layers if layer.role == "entry"), "")
    ways = [_calls(way) for way in placement.ways if way]
    if entry and ways:
        to = f"->{field}" if field else f"{placement.function}()"
        more = f", and {len(ways) - _WAYS_SHOWN} ways more" if len(ways) > _WAYS_SHOWN else ""
        yield f"From {entry}() {to} is reached through {', or through '.join(ways[:_WAYS_SHOWN])}{more}."


def _checks(state: str, layers: tuple[Layer, ...]) -> Iterator[str]:
    above = [layer for layer in layers if not layer.changed]
    tested = [name for layer in above if layer.tested for name in layer.functions[:3]]
    without = [name for layer in above if not layer.tested for name in layer.functions[:3]]
    if tested:
        yield f"{_calls(tested)} {'tests' if len(tested) == 1 else 'test'} {state} before."
    if without:
        yield f"No test of {state} that still holds is seen in {_calls(without)}."
    stale = list(dict.fromkeys(words for layer in above for words in layer.stale))
    if stale:
        yield f"One is made and then void: {stale[0]}."


def _covered(placement: Placement) -> Iterator[str]:
    here = next((layer for layer in placement.layers if layer.changed), None)
    if here is None:
        return
    if here.filesystems and here.role != "operation call":
        yield f"On this path the change covers {evidence.names(here.filesystems)}."
    if not _could_move(placement):
        return
    calls = [layer for layer in placement.layers if layer.role == "operation call" and not layer.changed]
    wide = calls[-1] if calls else None  # the call of the operation that is nearest to the change
    if wide is not None and len(wide.filesystems) > len(here.filesystems):
        yield f"In {wide.functions[0]}() ({wide.spots[0]}) it would cover {wide.covers.text.partition(':')[0]}."
    narrow = next((layer for layer in placement.layers if layer.missed and not layer.changed), None)
    if narrow is not None:
        missed = " or ".join(f"{name}()" for name in narrow.missed)
        yield f"In {narrow.functions[0]}() it would miss the way by {missed}."


def _made(placement: Placement) -> Iterator[str]:
    produced = placement.produced
    if not produced:
        return
    if not _about_check(placement):
        yield f"{produced[0].text[:1].upper()}{produced[0].text[1:]}."
        return
    near = [cell for cell in produced if cell.near][:_PRODUCED_SHOWN]
    if near:
        shown = (f"{cell.text}, {cell.spots[0]}" if cell.spots else cell.text for cell in near)
        yield f"The state comes from here: {'; '.join(shown)}."
    else:
        yield "In the code that this change goes through no place is seen that makes the state."
    others = {cell.text.partition(" ")[0]: "when writing fails" in cell.text for cell in produced if cell not in near}
    writing = [name for name, writes in others.items() if writes]
    reading = [name for name, writes in others.items() if not writes]
    if writing:
        yield f"After failed writes it {'also ' if near else ''}comes from {evidence.names(writing, 20)}."
    if reading:
        yield f"After failed reads {'also ' if near or writing else ''}from {evidence.names(reading, 20)}."


def _could_move(placement: Placement) -> bool:
    """The patch adds or changes a check that could stand in another layer: of a state that every layer can look at, or
    by predicates that are no filesystem's own. A variable of the function (`if (ret)`) is known only there, and what
    a completion looks at no layer above can."""
    guard = placement.guard
    if guard is None or placement.private or placement.later or guard.kind.startswith(("state change", "lock")):
        return False
    if guard.kind.endswith(" removed") or guard.kind == "check became assert":  # what goes would cover nothing
        return False
    if guard.subject:
        return guards.adds_check(guard)
    return all(map(guards.calls_in, _PART.split(_bare(guard))))


def _about_check(placement: Placement) -> bool:
    """The patch changes a check that guards a recorded state, not the state itself and no lock."""
    guard = placement.guard
    if guard is None or (guard.kind == "check added" and not guards.adds_check(guard)):
        return False
    return bool(guard.subject) and not guard.kind.startswith(("state change", "lock"))


def _locks(placement: Placement) -> Iterator[str]:
    """For a change of a lock: what the model sees of locks in the changed function and on the way to it."""
    here = next((layer for layer in placement.layers if layer.changed), None)
    if here is not None and placement.guard is not None and placement.guard.kind.startswith("lock"):
        parts = here.holds.text.split("; ")
        told = [part for part in parts if not part.startswith(("sleeping:", "may sleep:"))]
        yield f"Locks that the model sees in {placement.function}(): {'; '.join(told)}."


def _calls(names: tuple[str, ...] | list[str]) -> str:
    return evidence.names([f"{name}()" for name in names], 14)
