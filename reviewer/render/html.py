"""The report as one HTML file: no script, nothing loaded from anywhere, everything escaped by the template engine.

The templates get values and raw text. `finalize` makes each text inert before autoescaping sees it, so a template
cannot forget it; what a template may write unescaped is what another template made.
"""

from functools import cache
from typing import Any

from msgspec import Struct

from reviewer import neutral
from reviewer.render import headline, hunkview, page, svg, worddiff, words
from reviewer.render.hunkview import Choice, HunkView
from reviewer.render.page import Entry, Points
from reviewer.review import Review
from threads.model import UNSETTLED, DiffLine, Point

_MOST_PEOPLE = 30  # that can be filtered by


class Person(Struct, frozen=True):
    number: int
    name: str


class Shown(Struct, frozen=True):
    """A review point with what its filters need."""

    entry: Entry
    people: tuple[int, ...]


def render(review: Review) -> str:
    """The document as text."""
    value = page.build(review, verbose=True)
    people = _people(review)
    blocks = [block for section in value.sections for block in section.blocks]
    entries = [entry for block in blocks if isinstance(block, Points) for entry in block.entries]
    text: str = (
        _environment()
        .get_template("review.html.j2")
        .render(
            page=value,
            review=review,
            sections=[section for section in value.sections if section.name not in ("points", "settled")],
            number_of={point.id: number for number, point in enumerate(review.points)}.get,
            points=[Shown(entry, _numbers(entry.point, people)) for entry in entries],
            people=people,
            diff=hunkview.build(review, Choice()),
            path=svg.path(review),
            tree=svg.tree(review),
            timeline=svg.timeline(review),
        )
    )
    return text


@cache
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("reviewer.render"),
        autoescape=True,
        finalize=_inert,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        day=words.day, moment=words.moment, count=words.count, passage=words.passage, marked=_marked,
        event_quote=words.event_quote, where=headline.where,
        step_line=words.chain_spans, met_line=words.met_spans, hangs_on=words.hangs_on, rule_link=words.rule_link,
        people_of=_numbers, symbols=_symbols, OPEN=UNSETTLED,
    )  # fmt: skip
    return environment


def _inert(value: Any) -> Any:
    """All that a template writes, made inert, but for the markup that another template made."""
    return value if hasattr(value, "__html__") else neutral.terminal(str(value))


def _symbols(text: str) -> list[tuple[str, bool]]:
    """A sentence in parts, each with whether it names a function or an operation."""
    import re

    parts = re.split(r"(->\w{1,40}|\b[A-Za-z_]\w{0,40}\(\))", text)
    return [(part, number % 2 == 1) for number, part in enumerate(parts) if part]


def _people(review: Review) -> dict[str, Person]:
    """Those who raised a point, by name, numbered for the filters."""
    names = dict.fromkeys(str(raiser) for point in review.points for raiser in point.raisers)
    return {name: Person(number, name) for number, name in enumerate(list(names)[:_MOST_PEOPLE])}


def _numbers(point: Point, people: dict[str, Person]) -> tuple[int, ...]:
    return tuple(people[str(raiser)].number for raiser in point.raisers if str(raiser) in people)


def _marked(hunk: HunkView) -> list[list[tuple[str, bool]]]:
    """For each row its text in parts, each with whether it differs from the line that it replaces."""
    lines: list[DiffLine] = [row.line for row in hunk.rows]
    marks = worddiff.changed(lines)
    return [worddiff.parts(line.text, marks.get(number, ())) for number, line in enumerate(lines)]
