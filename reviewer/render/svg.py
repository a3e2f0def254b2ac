"""Where things stand in the pictures of the HTML report: geometry only, the templates draw it.

All lengths are in pixels of an unscaled picture. Text is raw; the template engine escapes it.
"""

from datetime import datetime

from msgspec import Struct

from reviewer.render import headline, links, words
from reviewer.review import Review, Step
from threads.model import Message

_MOST_MAILS = 200
_MOST_LANES = 14
_MOST_STEPS = 40
_LETTER = 8  # of the 13 px font of the pictures
_MOST_MARKS = 6  # points named at a mail
_WHERE = 38  # characters of the 11 px font, with ", changed" after them
_BOX = (330, 34, 46)  # width, height, height of a rank
_ROW, _INDENT, _DEPTH = 22, 16, 24


class Node(Struct, frozen=True):
    x: int
    y: int
    name: str
    where: str
    changed: bool


class Edge(Struct, frozen=True):
    x1: int
    y1: int
    x2: int
    y2: int
    label: str


class PathPicture(Struct, frozen=True):
    width: int
    height: int
    box: tuple[int, int]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    told: str  # the picture in words


def path(review: Review, most: int = 3) -> PathPicture | None:
    """A few chains to the changed functions: ranks from top to bottom, each further chain in a column of its own."""
    chains = words.distinct_chains(headline.hunks(review), most)
    steps: dict[str, Step] = {}
    spots: dict[str, tuple[int, int]] = {}
    for column, chain in enumerate(chains):
        for step in chain.steps:
            if len(steps) >= _MOST_STEPS and step.function not in steps:
                continue
            steps.setdefault(step.function, step)
            spots.setdefault(step.function, (column, 0))
    if not steps:
        return None
    edges = [(a, b, step) for (a, b), step in words.edges(chains).items() if a in steps and b in steps]
    ranks = _ranks(list(steps), [(a, b) for a, b, _ in edges])
    columns = _packed({name: spots[name][0] for name in steps}, ranks)
    width, height, rank = _BOX
    changed = {step.function for chain in chains for step in chain.steps if step.changed}
    nodes = tuple(
        Node(
            x=10 + columns[name] * (width + 30),
            y=10 + ranks[name] * rank,
            name=words.step_name(step),
            where=_where(step),
            changed=name in changed,
        )
        for name, step in steps.items()
    )
    at = dict(zip(steps, nodes, strict=True))
    lines = tuple(_edge(at[a], at[b], step) for a, b, step in edges)
    told = "; ".join(" calls ".join(words.step_name(step) for step in chain.steps) for chain in chains)
    return PathPicture(
        width=max(node.x for node in nodes) + width + 10,
        height=max(node.y for node in nodes) + height + 10,
        box=(width, height),
        nodes=nodes,
        edges=lines,
        told=told,
    )


def _edge(before: Node, after: Node, step: Step) -> Edge:
    width, height, _ = _BOX
    label = f"->{step.operation.rpartition('.')[2]}" if step.edge == "operation" else ""
    return Edge(before.x + width // 2, before.y + height, after.x + width // 2, after.y, label)


def _ranks(names: list[str], edges: list[tuple[str, str]]) -> dict[str, int]:
    """Longest way from an entry; a call back to an earlier rank is drawn upwards and does not count."""
    ranks = dict.fromkeys(names, 0)
    for _ in range(min(len(names), _MOST_STEPS)):
        moved = False
        for a, b in edges:
            if names.index(a) < names.index(b) and ranks[b] < ranks[a] + 1:
                ranks[b] = ranks[a] + 1
                moved = True
        if not moved:
            break
    return ranks


def _packed(columns: dict[str, int], ranks: dict[str, int]) -> dict[str, int]:
    """No two nodes of one rank in one column."""
    taken: set[tuple[int, int]] = set()
    found = {}
    for name, column in columns.items():
        while (column, ranks[name]) in taken:
            column += 1  # noqa: PLW2901 -- the next free one
        taken.add((column, ranks[name]))
        found[name] = column
    return found


class Mail(Struct, frozen=True):
    x: int
    y: int
    parent: tuple[int, int] | None
    who: str
    when: str
    role: str
    raised: str  # "P2, P6"
    link: str


class TreePicture(Struct, frozen=True):
    width: int
    height: int
    mails: tuple[Mail, ...]
    left_out: int


def tree(review: Review) -> TreePicture:
    """One row for each mail in reading order, moved in by its depth."""
    messages = review.thread.messages[:_MOST_MAILS]
    roles = _roles(review)
    raised = _raised(review)
    depths: list[int] = []
    mails: list[Mail] = []
    for number, message in enumerate(messages):
        parent = review.thread.parents[number]
        above = mails[parent] if 0 <= parent < number else None
        depths.append(depths[parent] + 1 if above else 0)
        x, y = 14 + min(depths[-1], _DEPTH) * _INDENT, 14 + number * _ROW
        role = "bot" if message.automated else roles.get(message.author.address, "reviewer")
        mails.append(
            Mail(
                x=x,
                y=y,
                parent=(above.x, above.y) if above else None,
                who=str(message.author),
                when=words.moment(review, message.date),
                role=role,
                raised=_few(raised.get(message.msgid, [])),
                link=links.mail(review, message.msgid),
            )
        )
    width = max((mail.x + 30 + _LETTER * len(f"{mail.who}, {mail.when} {mail.raised}") for mail in mails), default=0)
    return TreePicture(width, 14 + len(mails) * _ROW, tuple(mails), len(review.thread.messages) - len(messages))


def _few(names: list[str]) -> str:
    more = len(names) - _MOST_MARKS
    return ", ".join(names[:_MOST_MARKS]) + (f" and {more} more" if more > 0 else "")


def _where(step: Step) -> str:
    """file:line in a box; of a long one the end."""
    where = f"{step.place.file}:{step.place.line}"
    return where if len(where) <= _WHERE else "…" + where[-_WHERE + 1 :]


def _roles(review: Review) -> dict[str, str]:
    return {one.address: one.role for one in review.participants}


def _raised(review: Review) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for point in review.points:
        found.setdefault(point.msgid, []).append(point.id)
    return found


class Dot(Struct, frozen=True):
    x: int
    role: str
    told: str
    link: str
    raised: str


class Lane(Struct, frozen=True):
    y: int
    name: str
    dots: tuple[Dot, ...]


class Tick(Struct, frozen=True):
    x: int
    label: str


class TimePicture(Struct, frozen=True):
    width: int
    height: int
    left: int
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]


def timeline(review: Review, width: int = 900, left: int = 190) -> TimePicture | None:
    """A lane for each person, mails as dots by their date; None when fewer than two mails have a date."""
    dated = [(message.date, message) for message in review.thread.messages if message.date is not None]
    if len(dated) < 2:
        return None
    first, last = min(date for date, _ in dated), max(date for date, _ in dated)
    span = max((last - first).total_seconds(), 1.0)
    roles, raised = _roles(review), _raised(review)

    def across(date: datetime) -> int:
        return left + int((width - left - 20) * (date - first).total_seconds() / span)

    lanes: dict[str, list[Dot]] = {}
    names: dict[str, str] = {}
    for date, message in dated:
        key = message.author.address or message.author.name
        names.setdefault(key, str(message.author))
        lanes.setdefault(key, []).append(_dot(review, message, across(date), roles, raised))
    shown = tuple(
        Lane(30 + number * 24, names[key], tuple(dots))
        for number, (key, dots) in enumerate(list(lanes.items())[:_MOST_LANES])
    )
    ticks = tuple(Tick(across(date), words.day(date)) for date in dict.fromkeys((first, last)))
    return TimePicture(width, 44 + len(shown) * 24, left, shown, ticks)


def _dot(review: Review, message: Message, x: int, roles: dict[str, str], raised: dict[str, list[str]]) -> Dot:
    role = "bot" if message.automated else roles.get(message.author.address, "reviewer")
    points = ", ".join(raised.get(message.msgid, []))
    told = f"{message.author}, {words.moment(review, message.date)}" + (f", raises {points}" if points else "")
    return Dot(x, role, told, links.mail(review, message.msgid), points)
