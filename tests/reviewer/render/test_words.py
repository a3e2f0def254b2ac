from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from reviewer.render import words
from tests.reviewer.render import sample
from threads.model import Anchor, Identity


def text(spans: words.Spans) -> str:
    return "".join(span.text for span in spans)


@pytest.mark.parametrize(("number", "expected"), [(0, "no mail"), (1, "1 mail"), (2, "2 mails")])
def test_a_count_is_a_phrase(number: int, expected: str) -> None:
    assert words.count(number, "mail") == expected


def test_a_list_ends_in_and() -> None:
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b"]) == "a and b"
    assert words.listed(["a", "b", "c", "d", "e"], 3) == "a, b and 3 more"


def test_a_date_that_is_unknown_is_said_to_be() -> None:
    assert words.day(None) == words.moment(sample.typical(), None) == "no date"
    assert words.day(sample.at(3, 4)) == "3 Nov 2026"
    assert words.moment(sample.typical(), sample.at(3, 4)) == "3 Nov 03:00"  # the mail says 04:00 +0100


def test_times_are_in_utc_so_that_no_answer_stands_before_its_question() -> None:
    asked = datetime(2026, 11, 4, 6, 30, tzinfo=timezone(timedelta(hours=10)))
    answered = datetime(2026, 11, 3, 13, 45, tzinfo=timezone(timedelta(hours=-7)))
    review = sample.typical()
    assert (words.moment(review, asked), words.moment(review, answered)) == ("3 Nov 20:30", "3 Nov 20:45")
    assert words.day(asked) == "3 Nov 2026"


def test_a_time_has_its_year_where_it_is_another_than_that_of_the_series() -> None:
    later = datetime(2028, 2, 26, 20, 22, tzinfo=UTC)
    assert words.moment(sample.typical(), later) == "26 Feb 2028 20:22"
    assert words.moment(sample.empty(), later) == "26 Feb 2028 20:22"


def test_unsettled_points_come_first_and_programs_last_among_them() -> None:
    order = [point.id for point in words.ordered(sample.points())]
    assert order == ["P2", "P3", "P6", "P7", "P1", "P4", "P5"]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, "on the whole of [PATCH] brinefs: do not warn in page_mkwrite"),
        (2, "on the commit message: A write fault on it ends in a warning, although nothing is wrong with the kernel."),
        (3, "on fs/brinefs/file.c:124: +"),
        (5, "on brine_fault_error"),
        (6, "on the cover letter: Second try."),
    ],
)
def test_what_a_point_hangs_on_is_told_for_every_kind(number: int, expected: str) -> None:
    review = sample.typical()
    assert text(words.hangs_on(review, review.points[number - 1].anchor)).startswith(expected)


def test_a_point_without_an_anchor_hangs_on_the_whole() -> None:
    assert text(words.hangs_on(sample.typical(), None)) == "on the patch as a whole"


def test_a_long_chain_loses_its_middle_but_not_its_ends() -> None:
    chain = sample.chain(tuple(f"step_{number}" for number in range(20)))
    told = text(words.chain_spans(chain))
    assert told.startswith("handle_mm_fault > (")
    assert told.endswith("> do_page_mkwrite > ->page_mkwrite brine_page_mkwrite")
    assert "more)" in told


def test_a_quote_goes_on_to_the_end_of_its_passage() -> None:
    review = sample.typical()
    point = msgspec.structs.replace(sample.points()[0], quote="look at the", text="Please look at the\nlock.")
    assert words.passage(review, point) == "look at the lock."
    other = msgspec.structs.replace(point, quote="elsewhere")
    assert words.passage(review, other) == "elsewhere"


def test_a_quote_from_the_middle_of_a_sentence_is_told_from_its_start() -> None:
    review = sample.typical()
    first, *rest = review.thread.messages
    body = "Hi Nils,\n\nThis is fine. But I wonder why the\nfault path would hand out such a folio at\nall.\n"
    thread = msgspec.structs.replace(review.thread, messages=(msgspec.structs.replace(first, body=body), *rest))
    review = msgspec.structs.replace(review, thread=thread)
    quote = "fault path would hand out such a folio at"
    point = msgspec.structs.replace(sample.points()[0], msgid=first.msgid, line=3, quote=quote, text=quote + "\nall.")
    assert words.passage(review, point) == "But I wonder why the fault path would hand out such a folio at all."


def test_a_mail_without_an_id_has_no_address() -> None:
    review = sample.typical()
    assert words.mail_link(review, "no-id-123@invalid") == words.Span("code", "<no-id-123@invalid>")
    assert words.mail_link(review, 'a"b c@x').target == "https://lore.example.org/r/a%22b%20c@x"


def test_what_was_met_is_told_by_its_kind_and_of_much_that_is_void_the_number() -> None:
    chain = sample.typical().hunks[0].chains[0]
    lock = msgspec.structs.replace(chain.met[0], subject="locked", op="lock", stale=False, why="")
    lines = [msgspec.structs.replace(lock, place=msgspec.structs.replace(lock.place, line=at)) for at in range(1, 5)]
    void = tuple(msgspec.structs.replace(one, subject="i_size", stale=True, why="dropped") for one in lines[:3])
    unlock = msgspec.structs.replace(lock, op="unlock")
    told = msgspec.structs.replace(chain, met=(*lines, *void, unlock))
    file = lock.place.file
    assert text(words.met_spans(told, short=True)) == (
        f"met before: locked lock ({file}:1, {file}:2, {file}:3 and 1 more), 3 more that do not hold any more"
    )
    assert f"i_size lock ({file}:1, {file}:2, {file}:3, stale: dropped), locked unlock" in text(words.met_spans(told))


def _passage(author: str, text: str, quote: str, automated: bool = False) -> str:
    """What is shown of a point that is all the text of the first mail of the sample."""
    review = sample.typical()
    first = msgspec.structs.replace(review.thread.messages[0], body=text)
    thread = msgspec.structs.replace(review.thread, messages=(first, *review.thread.messages[1:]))
    point = msgspec.structs.replace(
        review.points[0], msgid=first.msgid, text=text, quote=quote, line=text.split("\n").index(quote),
        author=Identity(name=author, address="a@example.org"), automated=automated,
    )  # fmt: skip
    return words.passage(msgspec.structs.replace(review, thread=thread), point)


@pytest.mark.parametrize(("name", "sign"), [("Bo Stone", "-Bo."), ("Bo Stone", "--B"), ("Bo Stone", "- bo")])
def test_a_name_below_what_is_said_is_no_part_of_it(name: str, sign: str) -> None:
    assert _passage(name, f"This is not right.\n{sign}", "This is not right.") == "This is not right."


def test_words_behind_a_dash_that_are_not_the_name_stay() -> None:
    assert _passage("Bo Stone", "This is not right\n- really.", "This is not right") == "This is not right - really."


_REPORT = """\
Hi Ada,

kernel test robot noticed the following build warnings:

[auto build test WARNING on toy/for-next]
url: https://example.org/toy

All warnings (new ones prefixed by >>):

   fs/toy/file.c: In function 'toy_write':
>> fs/toy/file.c:359:1: warning: unused label 'out' [-Wunused-label]
"""


def test_of_a_report_of_a_robot_that_is_told_which_it_found() -> None:
    start = "kernel test robot noticed the following build warnings:"
    found = "fs/toy/file.c:359:1: warning: unused label 'out' [-Wunused-label]"
    assert _passage("kernel test robot", _REPORT, start, automated=True) == found
    assert _passage("Bo Stone", _REPORT, start) == found  # passed on by a person
    crash = "syzbot found an issue.\n\nBUG: unable to handle a page fault at 0010\nCall Trace:\n"
    assert _passage("syzbot", crash, "syzbot found an issue.", automated=True).startswith("BUG: unable to handle")


def test_a_trailer_is_not_what_a_point_hangs_on() -> None:
    review = sample.typical()
    anchor = msgspec.structs.replace(
        review.points[0].anchor or Anchor(kind="mail", msgid=sample.V1, line=0),
        kind="mail", text="Closes: https://example.org/1", line=None,
    )  # fmt: skip
    assert text(words.hangs_on(review, anchor)).startswith("on the whole of [PATCH] brinefs")


def test_what_a_status_rests_on_is_told_by_its_time_and_not_by_a_message_id() -> None:
    point = next(point for point in sample.points() if point.events)
    event = point.events[-1]
    point = msgspec.structs.replace(point, status_why=f"{event.author} agreed ({event.msgid})")
    review = sample.typical()
    assert words.status_why(review, point) == f"{event.author} agreed, {words.moment(review, event.date)}"


def test_a_point_on_a_patch_of_a_series_as_a_whole_says_on_which() -> None:
    review = sample.typical()
    last = review.series[-1]
    title = next(message.subject for message in review.thread.messages if message.msgid == last.patches[0].msgid)
    anchor = Anchor(kind="message", msgid=last.patches[0].msgid, line=None)
    several = msgspec.structs.replace(review, series=(msgspec.structs.replace(last, expected=2),))
    assert text(words.hangs_on(several, anchor)) == f"on the whole of {title}"
    alone = msgspec.structs.replace(review, series=(msgspec.structs.replace(last, expected=1),))
    assert text(words.hangs_on(alone, anchor)) == "on the patch as a whole"


def test_who_settles_a_point_in_the_mail_that_raises_it_is_not_quoted_again() -> None:
    review = sample.typical()
    event = next(point.events[-1] for point in review.points if point.events)
    event = msgspec.structs.replace(event, type="accepted", why="raiser, in the same breath: it is taken care of")
    assert text(words.event_line(review, event)) == f"accepted by {event.author} in the same mail"
