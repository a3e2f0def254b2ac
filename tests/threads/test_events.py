"""Reactions and the status they leave a point in."""

import msgspec
import pytest

from tests.threads.argued import ADA, BO, CEM, judged, look, talk
from threads import events
from threads.model import Point, Thread

ASK = "> +\tret = -EIO;\n\nThis leaks the buffer, please free it before you return.\n"
HOW = "> +\tret = -EIO;\n\nWhy do you return EIO here?\n"


def only(thread: Thread) -> Point:
    points = judged(thread).points
    assert len(points) == 1, [point.quote for point in points]
    return points[0]


def answer(to: str, text: str) -> str:
    return f"> {to.rstrip().splitlines()[-1]}\n\n{text}\n"


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ([], "open"),
        ([("author", "none")], "open"),
        ([("author", "accepted")], "accepted"),
        ([("author", "answered")], "answered"),
        ([("author", "answered"), ("raiser", "restated")], "open"),
        ([("author", "disputed"), ("raiser", "restated")], "disputed"),
        ([("author", "answered"), ("raiser", "withdrawn")], "withdrawn"),
        ([("author", "accepted"), ("raiser", "withdrawn")], "accepted"),
        ([("other", "restated")], "open"),
    ],
)
def test_replaying_reactions_gives_the_status_of_the_guidelines(steps: list[tuple[str, str]], status: str) -> None:
    assert events.replay(steps) == status


def reaction(who: str, **chances: float) -> events.Reaction:
    return events.Reaction(block=0, who=who, relation="last", type=None, chances=chances, line=0, why="")


def test_replaying_chances_agrees_with_the_rule_and_adds_up_to_one() -> None:
    assert events.replayed([]) == {"open": 1.0}
    assert events.replayed([reaction("author", accepted=1.0), reaction("raiser", withdrawn=1.0)]) == {"accepted": 1.0}
    unsure = events.replayed([reaction("author", none=0.25, answered=0.75), reaction("raiser", none=0.5, restated=0.5)])
    assert unsure == {"open": 0.625, "answered": 0.375}


def test_nobody_reacted_means_open_and_the_author_is_waited_for() -> None:
    found = only(talk((BO, ASK)))
    assert (found.status, found.waiting_for, found.events) == ("open", "the author", ())
    assert "nobody" in found.status_why


def test_thanks_alone_settle_nothing() -> None:
    found = only(talk((BO, ASK), (CEM, "> Because it is wrong.\n\nThanks for working on this.\n")))
    assert found.status == "open"


@pytest.mark.parametrize(
    ("ask", "text", "status"),
    [
        (ASK, "Oops, you're right. Will fix in v2.", "accepted"),
        (ASK, "Good catch, I'll fix that.", "accepted"),
        (HOW, "Because the device reports nothing else in that case.", "answered"),
        (ASK, "I don't think so. The caller frees the buffer.", "disputed"),
    ],
)
def test_what_the_author_says_decides(ask: str, text: str, status: str) -> None:
    found = only(talk((BO, ask), (ADA, answer(ask, text))))
    assert found.status == status
    assert [(event.author.name, event.role, event.type) for event in found.events] == [("Ada Author", "author", status)]
    assert found.events[0].quote in text


def test_a_satisfied_raiser_clears_the_point() -> None:
    explained = "No, the caller frees the buffer."
    thread = talk((BO, HOW), (ADA, answer(HOW, explained)), (BO, f"> {explained}\n\nAh, I missed that. Fair enough.\n"))
    found = only(thread)
    assert (found.status, found.cleared, found.waiting_for) == ("withdrawn", True, "")


def test_a_third_who_agrees_with_the_raiser_waits_for_the_author_too() -> None:
    found = only(talk((BO, ASK), (CEM, answer(ASK, "I agree with Bo, this leaks here as well."))))
    assert [event.type for event in found.events] == ["restated"]
    assert (found.status, found.waiting_for) == ("open", "the author")


def test_a_promise_for_the_whole_mail_counts_for_what_was_not_quoted() -> None:
    asks = "> +\tret = -EIO;\n\nThis leaks the buffer, please free it.\n\n"
    asks += "> +\ttoy_mark(t);\n\nPlease add a comment here.\n"
    thread = talk((BO, asks), (ADA, "> Please add a comment here.\n\nI'll fix both of these in v2.\n"))
    assert [point.status for point in judged(thread).points] == ["accepted", "accepted"]


def test_every_status_has_something_to_show() -> None:
    """No point is accepted, answered, disputed or withdrawn without a reaction of that type or a later version."""
    thread = talk((BO, ASK), (CEM, answer(ASK, "Hm.")), (BO, "> Hm.\n\nStill leaks.\n"))
    for point in judged(thread).points:
        assert point.status == "open" or point.status in {event.type for event in point.events}


AGREED = "Right, will fix it in v2."


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ("", "accepted"),
        ("\n\nThe caller frees it as well, I will drop that.", "accepted"),
        ("\n\nI also found why it was never seen: the caller keeps it.", "accepted"),
        ("\n\nAs for the caller: I don't think it is wrong, and I would rather not touch it.", "disputed"),
    ],
)
def test_a_later_paragraph_that_pushes_back_takes_an_agreement_back(more: str, status: str) -> None:
    point = only(talk((BO, ASK), (ADA, answer(ASK, AGREED + more))))
    assert point.status == status
    assert [event.type for event in point.events] == (
        ["accepted"] if status == "accepted" else ["answered", "disputed"]
    )


def test_what_is_taken_back_in_plain_words_is_not_open() -> None:
    later = talk((BO, HOW), (BO, "Please ignore this question, I looked at the wrong tree.\n"))
    assert [point.status for point in judged(later).points if point.quote.startswith("Why do")] == ["withdrawn"]


def test_who_goes_on_asking_in_the_same_mail_has_hardly_let_the_point_go() -> None:
    thread = talk((BO, HOW), (ADA, answer(HOW, "It says so.")), (BO, "> It says so.\n\nTrue. But where?\n"))
    scene = look(thread).scene
    block = next(n for n, one in enumerate(scene.blocks) if any("But where" in line.text for line in one.lines))
    one = msgspec.structs.replace(reaction("raiser", none=0.5, withdrawn=0.3, restated=0.2), block=block)
    here = frozenset((scene.blocks[block].msgid,))
    assert events._asks_on(one, here, scene)
    assert not events._asks_on(one, frozenset(("1@example.org",)), scene)
    assert not events._asks_on(msgspec.structs.replace(one, type="withdrawn"), here, scene)
    assert not events._asks_on(msgspec.structs.replace(one, who="author"), here, scene)
