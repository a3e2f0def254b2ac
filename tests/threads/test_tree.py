import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from tests import growth
from tests.threads.mails import depths, mail, thread
from threads import messages, tree
from threads.model import Message, Thread


def reply(
    msgid: str, parent: str = "", hour: int = 10, subject: str = "Re: x", body: str = "words\n", more: str = ""
) -> bytes:
    date = f"Thu, 4 Jun 2020 {hour:02}:00:00 +0000"
    return mail(msgid, parent=parent, subject=subject, date=date, body=body, more=more)


def shape(read: Thread) -> list[tuple[str, str]]:
    ids = [message.msgid for message in read.messages]
    return [(msgid, ids[parent] if parent >= 0 else "") for msgid, parent in zip(ids, read.parents, strict=True)]


def whats(read: Thread) -> list[str]:
    return [defect.what for defect in read.defects]


def test_mails_stand_depth_first_and_siblings_by_date() -> None:
    read = thread(reply("c", "a", 13), reply("d", "b", 15), reply("b", "a", 12), reply("a", hour=11, subject="x"))
    assert shape(read) == [("a", ""), ("b", "a"), ("d", "b"), ("c", "a")]
    assert (read.missing, read.defects) == ((), ())


def test_a_thread_of_one_and_of_none() -> None:
    assert shape(thread(reply("a"))) == [("a", "")]
    assert thread() == Thread(messages=(), parents=())


def test_the_nearest_mail_that_is_here_is_the_parent_and_the_others_are_missing() -> None:
    read = thread(
        reply("a", subject="x"),
        reply("d", "c", more="References: <a> <b> <c>\n"),
        reply("e", more="References: <a>\n\t<zz>\n"),
    )
    assert shape(read) == [("a", ""), ("d", "a"), ("e", "a")]
    assert set(read.missing) == {"b", "c", "zz"}


def test_in_reply_to_wins_over_references() -> None:
    read = thread(reply("a"), reply("b", "a"), reply("c", "a", more="References: <a> <b>\n"))
    assert shape(read)[2] == ("c", "a")


def test_a_reply_without_known_ids_hangs_by_its_subject() -> None:
    read = thread(
        reply("a", subject="[PATCH] Toy"),
        reply("b", "gone", 12, "Re: [PATCH] toy"),
        reply("c", "", 13, "AW: Re: [PATCH] Toy"),
    )
    assert shape(read) == [("a", ""), ("b", "a"), ("c", "a")]
    assert whats(read) == ["names no mail that is here; put under a by its subject"] * 2


def test_a_mail_of_another_subject_or_that_is_no_reply_stays_a_root() -> None:
    read = thread(
        reply("a", subject="x"),
        reply("b", subject="x", hour=12),
        reply("c", subject="Re: y", hour=13),
        reply("d", subject=""),
    )
    assert [parent for _, parent in shape(read)] == [""] * 4


def test_a_mail_that_answers_itself_is_a_root() -> None:
    assert shape(thread(reply("a", "a"), reply("b", "a"))) == [("a", ""), ("b", "a")]


def test_a_circle_is_broken_at_its_earliest_mail() -> None:
    read = thread(reply("c", "b", 13), reply("a", "c", 11), reply("b", "a", 12), reply("d", "c", 14))
    assert shape(read) == [("a", ""), ("b", "a"), ("c", "b"), ("d", "c")]
    assert whats(read) == ["3 mails answer each other in a circle"]


def test_two_circles_are_both_broken() -> None:
    read = thread(reply("a", "b", 1), reply("b", "a", 2), reply("c", "d", 3), reply("d", "c", 4))
    assert shape(read) == [("a", ""), ("b", "a"), ("c", ""), ("d", "c")]


def test_copies_of_a_mail_are_dropped_even_when_a_list_added_its_footer() -> None:
    footer = "words\n\n" + "_" * 47 + "\nToy mailing list\nhttps://lists.example.org/\n"
    read = thread(reply("a"), reply("a"), reply("a", body=footer))
    assert (shape(read), read.defects) == ([("a", "")], ())


def test_of_two_mails_with_one_id_and_different_text_the_first_is_kept() -> None:
    read = thread(reply("a", body="first\n"), reply("a", body="second\n"))
    assert [message.body for message in read.messages] == ["first\n"]
    assert whats(read) == ["two mails with this id and different text, the first kept"]


def test_mails_without_a_date_come_last() -> None:
    undated = mail("u", parent="a", date="", subject="Re: x")
    read = thread(undated, reply("a", subject="x"), reply("b", "a"))
    assert [msgid for msgid, _ in shape(read)] == ["a", "b", "u"]


ASKS = "> quoted\n\nWhy is the folio not locked here? It can be truncated in between.\n\nBo\n"


@pytest.mark.parametrize(
    ("second", "once"),
    [
        (ASKS, True),
        ("Hi Ada,\n\n" + ASKS.replace("quoted", "quoted\n> and more"), True),
        ("[sent again with the list in Cc]\n\n" + ASKS, True),
        (ASKS + "\nReviewed-by: Bo <bo@example.org>\n", False),
        (ASKS + "\nAnd why this errno?\n", False),
        ("> quoted\n\nWhy is it not locked?\n", False),
    ],
)
def test_a_reply_that_was_sent_again_is_read_once(second: str, once: bool) -> None:
    """Its replies hang under the first."""
    read = thread(
        reply("c", "b2", 13),
        reply("b2", "a", 12, body=second),
        reply("b1", "a", 11, body=ASKS),
        reply("a", subject="x"),
    )
    if once:
        assert shape(read) == [("a", ""), ("b1", "a"), ("c", "b1")]
        assert whats(read) == ["says what b1 says; read once"]
        assert read.missing == ()
    else:
        assert shape(read) == [("a", ""), ("b1", "a"), ("b2", "a"), ("c", "b2")]
        assert read.defects == ()


def test_the_same_words_to_another_mail_by_another_or_on_another_day_are_read() -> None:
    short = "Gentle ping, could anybody please have a look at these two patches?\n"
    late = mail("e", parent="a", subject="Re: x", date="Sat, 6 Jun 2020 10:00:00 +0000", body=short)
    other = mail("d", parent="a", subject="Re: x", author="Cem <cem@example.org>", body=short)
    read = thread(reply("a", subject="x"), reply("b", "a", body=short), reply("c", "b", body=short), other, late)
    assert len(read.messages) == 5
    tag = "Reviewed-by: Bo <bo@example.org>\n"
    assert len(thread(reply("a", subject="x"), reply("b", "a", body=tag), reply("c", "a", body=tag)).messages) == 3


def test_the_replies_of_each_mail_are_in_reading_order() -> None:
    read = thread(
        reply("a", hour=1), reply("b", "a", 2), reply("c", "b", 3), reply("d", "a", 4), reply("e", hour=5, subject="y")
    )
    assert tree.children(read) == ((1, 3), (2,), (), (), ())
    assert depths(read) == (0, 1, 2, 1, 0)


def test_the_defects_of_the_source_are_kept() -> None:
    read = thread(reply("a"), reply("a", body="other\n"))
    again = tree.build(read.messages, read.defects)
    assert again.defects == read.defects


def raw_message(number: int, parent: int) -> Message:
    return messages.parse_message(reply(f"m{number}", f"m{parent}" if parent >= 0 else "", 10, f"s{number}"), "m")


def test_chains_and_crowds_of_thousands_take_seconds_at_most() -> None:
    template = raw_message(0, -1)
    chain = [template]
    for number in range(1, 20_000):
        chain.append(structs.replace(template, msgid=f"m{number}", in_reply_to=f"m{number - 1}"))
    start = time.process_time()
    read = tree.build(chain)
    assert time.process_time() - start < 5
    assert depths(read)[-1] == 19_999


def test_time_grows_with_the_replies_of_one_person_only() -> None:
    template = structs.replace(raw_message(1, 0), subject="Re: x")

    def make(count: int) -> list[Message]:
        bodies = (f"Why is folio {number} not locked here? It can be truncated.\n" * 5 for number in range(count))
        return [structs.replace(template, msgid=f"m{number}", body=body) for number, body in enumerate(bodies, 1)]

    assert growth.ratio(make, tree.build, 500) < 3


@given(st.lists(st.integers(-1, 30), max_size=30), st.permutations(range(30)))
def test_every_tree_holds_every_mail_once_with_parents_first(parents: list[int], order: list[int]) -> None:
    built = [raw_message(number, parent) for number, parent in enumerate(parents)]
    read = tree.build([built[number] for number in order if number < len(built)])
    assert sorted(message.msgid for message in read.messages) == sorted(f"m{number}" for number in range(len(parents)))
    assert all(parent < number for number, parent in enumerate(read.parents))
    for number, (above, below) in enumerate(pairwise(depths(read)), 1):
        assert below <= above + 1, number
