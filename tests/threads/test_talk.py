"""Which block answers which."""

from datetime import timedelta

from msgspec import structs

from tests.threads.argued import ADA, BO, CEM, look, talk
from tests.threads.mails import DIFF
from threads import talk as talking
from threads.model import Thread

ASK = "> +\tret = -EIO;\n\nWhy this errno?\n\nPlease also add a comment.\n"


def relations(thread: Thread, text: str) -> dict[str, str]:
    """First words of the blocks that answer the lines with `text`, and how they hang on it."""
    reading = look(thread)
    scene = reading.scene
    number, lines = next(
        (number, frozenset(line.number for line in block.lines if text in line.text))
        for number, block in enumerate(scene.blocks)
        if any(text in line.text for line in block.lines)
    )
    found = talking.about(number, lines, reading.given, scene)
    return {scene.blocks[turn.block].lines[0].text.split()[0]: turn.relation for turn in found}


def test_an_answer_to_other_lines_of_the_comment_is_no_answer() -> None:
    thread = talk((BO, ASK), (CEM, "> Please also add a comment.\n\nSure.\n"))
    assert relations(thread, "Why this") == {}


def test_what_is_quoted_last_is_answered_and_what_stands_above_it_maybe() -> None:
    answer = "> Why this errno?\n>\n> Please also add a comment.\n\nSure.\n"
    thread = talk((BO, ASK), (ADA, answer))
    assert relations(thread, "Please also") == {"Sure.": "last"}
    assert relations(thread, "Why this") == {"Sure.": "above"}


def test_an_answer_to_an_answer_belongs_to_the_talk() -> None:
    thread = talk((BO, ASK), (ADA, "> Why this errno?\n\nBecause.\n"), (CEM, "> Because.\n\nReally?\n"))
    assert relations(thread, "Why this") == {"Because.": "last", "Really?": "chain"}


def test_a_mail_without_a_quote_answers_the_whole_mail() -> None:
    assert relations(talk((BO, ASK), (CEM, "Good question.\n")), "Why this") == {"Good": "whole"}


def test_a_mail_that_carries_a_patch_can_be_answered_as_a_whole() -> None:
    thread = talk((BO, ASK + "\n" + DIFF), (ADA, "It does not build.\n"))
    assert relations(thread, "Why this") == {"It": "whole"}


def test_the_talk_ends_where_a_point_of_its_own_begins() -> None:
    thread = talk((BO, ASK), (ADA, "> Why this errno?\n\nBecause.\n"), (CEM, "> Because.\n\nReally?\n"))
    reading = look(thread)
    ask = next(n for n, block in enumerate(reading.scene.blocks) if block.msgid == "1@example.org")
    because = next(n for n, block in enumerate(reading.scene.blocks) if block.msgid == "2@example.org")
    lines = frozenset(line.number for line in reading.scene.blocks[ask].lines)
    found = talking.about(ask, lines, reading.given, reading.scene, frozenset((because,)))
    assert [turn.block for turn in found] == [because]


def test_nobody_answers_what_is_said_later() -> None:
    """A mail quotes one that is not here, whose words another repeats."""
    lost = "> Why not check the mapping again here?\n\nBecause it is locked.\n"
    late = "Why not check the mapping again here?\n"
    assert relations(talk((BO, lost), (CEM, late)), "Why not") == {}
    assert relations(talk((CEM, late), (BO, lost)), "Why not") == {"Because": "last"}


def test_an_answer_whose_sender_has_a_slow_clock_is_one() -> None:
    slow = talk((BO, ASK), (ADA, "> Why this errno?\n\nBecause.\n"))
    mails = [
        structs.replace(one, date=None if one.date is None else one.date - timedelta(days=place * 9))
        for place, one in enumerate(slow.messages)
    ]
    assert relations(structs.replace(slow, messages=tuple(mails)), "Why this") == {"Because.": "last"}
