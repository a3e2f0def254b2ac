"""What decided a point, in words: the ledger's features ("on-patch&wants>=1 +0.27") for people who never saw its code.

What says the same is told once, with its sum, the strongest first; where cue words made a feature they stand behind it
in quotation marks. What counts for the model and tells a person nothing ("at most 20 words") is left out, unless there
is nothing else.
"""

import re
from collections.abc import Iterable, Sequence
from typing import get_args

from msgspec import Struct

from reviewer.render import marks
from threads import speech
from threads.model import Block, Line, Point, Status

_WEIGHT = re.compile(r"(.{1,120}) ([+-]\d+\.\d+)")
_LIMIT = re.compile(r"(?:(>=|<=|>)(-?[\d.]+)|!{1,2})$")
_CUES = 3  # that are shown of one feature


class Heard(Struct, frozen=True):
    """The words in which cues are looked for: a passage's main sentence, its others, and what the point says."""

    main: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    point: tuple[str, ...] = ()

    def words(self, where: str) -> tuple[str, ...]:
        kinds = {"main": self.main, "rest": self.rest, "point": self.point}
        return kinds.get(where, (*self.main, "", *self.rest))


NOTHING = Heard()


def heard(text: str, point: Heard = NOTHING) -> Heard:
    """The words of a text whose sentences are not told apart; `point` is what it answers."""
    return Heard(main=tuple(speech.tokens(text)), point=point.main)


def heard_point(point: Point) -> Heard:
    """The words of a point; its main sentence is the one that its quote belongs to most."""
    lines = point.text.split("\n")
    quote = next((number for number, line in enumerate(lines) if line.strip()[:200] == point.quote), None)
    own = tuple(Line(number=number, kind="own", depth=0, text=line) for number, line in enumerate(lines))
    found = speech.sentences(Block(msgid=point.msgid, number=0, lines=own, context=()))
    # Which of two sentences on one line it is, is not known: the words of both are looked at.
    mains = [one for one in found if one.best_line == quote] or [one for one in found if quote in one.lines] or found
    main = _together(one.words for one in mains)
    return Heard(main=main, rest=_together(one.words for one in found if one not in mains), point=main)


def _together(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The words of several sentences; no phrase stands across the end of one."""
    return tuple(word for part in parts for word in ("", *part))


def grouped(reasons: Iterable[str], said: Heard = NOTHING) -> tuple[str, ...]:
    """The reasons in words, those with the same head on one line: "point: ..., changelog: ..., should: ..."."""
    groups: dict[str, list[str]] = {}
    for reason in reasons:
        head, mark, rest = reason.partition(": ")
        groups.setdefault(head if mark else "", []).append(rest if mark else reason)
    return tuple(
        told(f"{head}: {', '.join(parts)}", said) if head else ", ".join(parts) for head, parts in groups.items()
    )


def told(reason: str, said: Heard = NOTHING) -> str:
    """One reason of a point or an event; numbers in brackets say how much each part spoke for it."""
    head, mark, rest = reason.partition(": ")
    if mark and not rest.strip():
        return f"{head}: no single thing in it decided that"
    parts = [_WEIGHT.fullmatch(part) for part in rest.split(", ")] if mark else []
    weighed = [(part[1], float(part[2])) for part in parts if part is not None]
    if not weighed or len(weighed) < len(parts):
        return reason
    if head in _STATUSES:
        weighed = [(_of_the_point(feature), weight) for feature, weight in weighed]
        if any(feature.startswith(("silence:", "spoke:nobody")) for feature, _ in weighed):
            weighed = [one for one in weighed if not one[0].startswith(("replayed:", "likeliest:"))]
    kept = [(feature, weight) for feature, weight in weighed if not marks.dull(feature)] or weighed[:1]
    sums: dict[str, float] = {}
    for features in _alike(feature for feature, _ in kept):
        words = phrase(_telling(features))
        quoted = _cues(features, said)
        words += f" ({', '.join(quoted)})" if quoted else ""
        sums[words] = sums.get(words, 0.0) + sum(weight for feature, weight in kept if feature in features)
    ordered = sorted(sums.items(), key=lambda one: -one[1])
    return f"{head}: " + "; ".join(f"{words} ({weight:+.2f})" for words, weight in ordered)


_STATUSES = frozenset(get_args(Status))


def _of_the_point(feature: str) -> str:
    """A feature of the main sentence, where the whole talk is told of."""
    return f"point:{feature}" if feature.startswith("main:") else feature


def phrase(feature: str) -> str:
    """A feature in words. One of weights that this version does not know is shown as it is."""
    return marks.phrase(feature) or f'the mark "{feature}"'


def _alike(features: Iterable[str]) -> list[list[str]]:
    """Features that say the same of the same text, alone or jointly, or to another degree."""
    groups: dict[str, list[str]] = {}
    for feature in features:
        name = "patch" if marks.under_patch(feature) else marks.joint(feature)[-1]
        groups.setdefault(_LIMIT.sub("", name), []).append(feature)
    return list(groups.values())


def _telling(features: Sequence[str]) -> str:
    """The one of them that says most: of which line it is, joint with who speaks, of the strictest limit."""
    return max(features, key=lambda one: (one.startswith("sign:"), len(marks.joint(one)), _strict(one)))


def _strict(feature: str) -> float:
    match = _LIMIT.search(feature)
    if match is None or match[2] is None:
        return 0.0
    return -float(match[2]) if match[1] == "<=" else float(match[2])


def _cues(features: Sequence[str], said: Heard) -> list[str]:
    """The cue phrases as they stand in the text, in quotation marks."""
    where, phrases = marks.about(features[0])
    words = said.words(where)
    found = {shown: None for one in phrases if (shown := _standing(one.split(), words))}
    whole = [one for one in found if not any(one != other and one in other for other in found)]
    return [f'"{one}"' for one in whole[:_CUES]]


def _standing(phrase: Sequence[str], words: Sequence[str]) -> str:
    """The words that a cue phrase stands for where it occurs first; a last "*" of a word is for any ending."""
    for place in range(len(words) - len(phrase) + 1):
        part = words[place : place + len(phrase)]
        if all(
            have == want or (want[-1] == "*" and have.startswith(want[:-1]))
            for have, want in zip(part, phrase, strict=True)
        ):
            return " ".join(part).replace(" ?", "?")
    return ""
