"""The paragraph of a placement, from its table alone: every name and place in it stands in a cell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rules import evidence

if TYPE_CHECKING:
    from rules.coverage import Layer, Placement

_PRODUCED_SHOWN = 1


def paragraph(placement: Placement, title: str) -> str:
    """Where the change is, what is checked above it, what it would cover elsewhere, where the state is made.

    `title` is the path's: "page fault".
    """
    layers = placement.layers
    field = placement.operation.rpartition(".")[2]
    sentences = [_where(placement, title, field), *_ways(layers, field)]
    if placement.guard is not None and placement.guard.subject:
        sentences += _checks(placement.guard.subject, layers)
    sentences += _covered(placement)
    sentences += _made(placement)
    return " ".join(sentences)


def _where(placement: Placement, title: str, field: str) -> str:
    changed = next((layer for layer in placement.layers if layer.changed), None)
    place = f" ({changed.spots[0]})" if changed and changed.spots else ""
    owners = next((layer.filesystems for layer in placement.layers if layer.role == "operation"), ())
    by = f", by ->{field} of {evidence.names(owners)}" if field and owners else ""
    helpers = [name for layer in placement.layers if layer.role == "helper" for name in layer.functions]
    through = f", through {_calls(helpers)}" if helpers else ""
    return f"{placement.function}(){place} is on the {title} path{by}{through}."


def _ways(layers: tuple[Layer, ...], field: str) -> Iterator[str]:
    ends = [layer for layer in layers if layer.role == "dispatch"]
    ways = [_calls(layer.functions) for layer in ends]
    entry = next((layer.functions[0] for layer in layers if layer.role == "entry"), "")
    if entry and ways:
        to = f"->{field} is called" if field else "it is reached"
        yield f"From {entry}() {to} by way of {evidence.names(ways)}."


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
        yield f"Here the change covers {evidence.names(here.filesystems)}."
    wide = next((layer for layer in placement.layers if layer.role == "operation call" and not layer.changed), None)
    if wide is not None and len(wide.filesystems) > len(here.filesystems):
        yield f"In {wide.functions[0]}() ({wide.spots[0]}) it would cover {wide.covers.text}."
    narrow = next((layer for layer in placement.layers if layer.missed and not layer.changed), None)
    if narrow is not None:
        missed = " or ".join(f"{name}()" for name in narrow.missed)
        yield f"In {narrow.functions[0]}() it would miss the way by {missed}."


def _made(placement: Placement) -> Iterator[str]:
    produced = placement.produced
    if not produced:
        return
    shown = "; ".join(
        f"{cell.text}, {cell.spots[0]}" if cell.spots else cell.text for cell in produced[:_PRODUCED_SHOWN]
    )
    yield f"The state comes from here: {shown}."
    others = {cell.text.partition(" ")[0]: "when writing fails" in cell.text for cell in produced[_PRODUCED_SHOWN:]}
    writing = [name for name, writes in others.items() if writes]
    reading = [name for name, writes in others.items() if not writes]
    if writing:
        yield f"After failed writes it also comes from {evidence.names(writing, 20)}."
    if reading:
        yield f"After failed reads also from {evidence.names(reading, 20)}."


def _calls(names: tuple[str, ...] | list[str]) -> str:
    return evidence.names([f"{name}()" for name in names], 14)
