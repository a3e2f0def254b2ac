"""What came back to a comment block: who answered it, and with what.

People answer what asks something of them. A block that the author answers with "will fix" was a point, one that nobody
answers while the author answers its neighbours seldom is. Pure.
"""

from collections.abc import Iterable

from threads.features import Passage, situation
from threads.reading import Reading
from threads.scene import Scene

_HEARD = (
    "re:promise", "re:done", "re:concede", "re:dispute", "re:explain", "re:satisfied", "re:insist", "re:yes-start",
    "re:no-start", "act:thanks", "?",
)  # fmt: skip
_EARLY = 2  # sentences of an answer that are listened to
_MOST = 8  # answers of one block that are listened to


def heard_back(number: int, reading: Reading) -> frozenset[str]:
    """Features of the answers to a block, alone and with its situation; or of who answered the rest of its mail."""
    scene = reading.scene
    found: set[str] = set()
    msgid = scene.blocks[number].msgid
    answers = [x for x in reading.given.get(number, ()) if not scene.message(scene.blocks[x.block].msgid).automated]
    for one in answers[:_MOST]:
        who = _who(scene.blocks[one.block].msgid, msgid, scene)
        found.update((f"back:{who}", f"back:{who}:{'quoted' if one.lines else 'whole'}"))
        found.update(f"back:{who}:{name}" for name in _said(reading.passages[one.block]))
    if not answers:
        found.update(("back:none", f"back:none:{_elsewhere(msgid, scene)}"))
    side = situation(reading.passages[number])
    return frozenset((*found, *(f"{side}&{name}" for name in found)))


def _who(answer: str, asked: str, scene: Scene) -> str:
    if scene.same(answer, asked):
        return "self"
    return "author" if scene.is_author(answer) else "other"


def _said(passage: Passage) -> Iterable[str]:
    spoken = [each for sentence, each in zip(passage.sentences, passage.each, strict=True) if not sentence.code]
    heard = {name for each in spoken[:_EARLY] for name in _HEARD if name in each}
    yield from heard
    if not heard:
        yield "plain"
    yield f"sentences:{min(len(spoken), 3)}"


def _elsewhere(msgid: str, scene: Scene) -> str:
    """Whether somebody answered the mail at all: the author, others, nobody."""
    children = [scene.thread.messages[child].msgid for child in scene.children[scene.index[msgid]]]
    if any(scene.is_author(child) for child in children):
        return "author"
    return "others" if children else "nobody"
