"""Which comment block answers which, through the lines that it quotes.

A block answers the words quoted nearest above it. A block under no quote answers the mail it replies to. What was
said about a point is everything that answers its lines, and everything that answers that.
"""

from threads.model import Value
from threads.scene import Scene

# How a block hangs on a point, by the names of `Turn.relation` and `unquoted.Aside.relation`.
RELATIONS = {
    "last": "quotes the point",
    "above": "quotes the point and more after it",
    "mail": "answers the whole mail",
    "whole": "answers the mail without a quote",
    "chain": "goes on from an answer",
    "self": "in the same breath",
    "later": "a later mail of their own",
    "named": "elsewhere in the thread",
    "tag": "later under the same patch",
    "version": "a later version",
}


class Answer(Value, frozen=True, kw_only=True):
    """Block `block` answers block `to`; `lines` are the lines of `to` that it quotes, empty for the whole mail."""

    block: int
    to: int
    lines: frozenset[int]


class Turn(Value, frozen=True, kw_only=True):
    """A block of the talk about a point."""

    block: int
    relation: str  # last, above, whole, chain, mail, part


def answers(scene: Scene) -> dict[int, list[Answer]]:
    """For each block, the answers that it got, in reading order.

    Words that stand in a later mail too were quoted from another that is not here.
    """
    found: dict[int, list[Answer]] = {}
    for number in range(len(scene.blocks)):
        for answer in _answered(number, scene):
            if scene.when(answer.to)[0] < scene.when(number)[0]:
                found.setdefault(answer.to, []).append(answer)
    return found


def _answered(number: int, scene: Scene) -> list[Answer]:
    block = scene.blocks[number]
    quoted: dict[int, set[int]] = {}
    nearest = -1
    for line in block.context:
        if line.origin is None or not line.text.strip():
            continue
        where = scene.block_of.get((line.origin.msgid, line.origin.line))
        if where is None or scene.what(line.origin) not in ("words", "trailer"):
            nearest = -1
            continue
        quoted.setdefault(where, set()).add(line.origin.line)
        nearest = where
    if nearest >= 0:
        return [Answer(block=number, to=nearest, lines=frozenset(quoted[nearest]))]
    if any(line.text.strip() for line in block.context):
        return []
    parent = scene.parent(block.msgid)
    if not parent or scene.posts(parent):
        return []
    return [Answer(block=number, to=other, lines=frozenset()) for other in scene.blocks_in.get(parent, ())]


def about(
    block: int,
    lines: frozenset[int],
    given: dict[int, list[Answer]],
    scene: Scene,
    stops: frozenset[int] = frozenset(),
) -> list[Turn]:
    """Everything said about the point that stands on these lines of the block, in the order of time.

    "last": the point is what was quoted last; "above": it was quoted, but more of the mail after it; "whole": the mail
    was answered without a quote; "chain": an answer to an answer; "mail": the author answered other parts of the mail
    and may have meant this too. Blocks that quote only other lines of the comment are left out. `stops` are blocks that
    hold points of their own: what answers them is about those.
    """
    turns: dict[int, str] = {}
    for answer in given.get(block, ()):
        if not answer.lines:
            turns.setdefault(answer.block, "whole")
        elif answer.lines & lines:
            turns[answer.block] = "last" if max(answer.lines) in lines else "above"
    waiting = [number for number in turns if number not in stops]
    while waiting:
        for answer in given.get(waiting.pop(), ()):
            if answer.block not in turns and answer.block != block:
                turns[answer.block] = "chain"
                if answer.block not in stops:
                    waiting.append(answer.block)
    for number in _author_answers(block, scene):
        turns.setdefault(number, "mail")
    return [Turn(block=number, relation=turns[number]) for number in sorted(turns, key=scene.when)]


def _author_answers(block: int, scene: Scene) -> list[int]:
    """Blocks of the author's direct answers to the mail that holds the block."""
    msgid = scene.blocks[block].msgid
    if scene.is_author(msgid):
        return []
    found: list[int] = []
    for child in scene.children[scene.index[msgid]]:
        answer = scene.thread.messages[child].msgid
        if scene.is_author(answer) and not scene.posts(answer):
            found.extend(scene.blocks_in.get(answer, ()))
    return found
